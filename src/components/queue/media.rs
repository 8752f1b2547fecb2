//! What a service shows and lets be heard while the visitor waits: nothing of it begins by itself.

use super::super::address::{Destination, destination};
use super::super::dom::{El, div, el};
use super::super::ui::Ui;
use crate::core::model::StepMedia;
use crate::i18n::Key;

/// Pictures, sounds and films, each from the server or by https; others are left out.
pub(super) fn media(ui: Ui, media: &[StepMedia]) -> El {
    let origin = {
        let settings = ui.settings();
        settings.conf.as_ref().map(|conf| conf.server.url.origin()).unwrap_or_default()
    };
    let shown = media.iter().filter_map(|media| one(ui, &origin, media));
    shown.fold(div("queue__played").part("queue-media"), El::child)
}

fn one(ui: Ui, origin: &str, media: &StepMedia) -> Option<El> {
    let address = address(origin, &media.url)?;
    let (kind, _) = media.media_type.split_once('/')?;
    let element = match kind {
        // It says nothing that the text beside it does not.
        "image" => el("img").attr("alt", "").attr("decoding", "async"),
        "audio" => played(ui, "audio").attr("preload", "none"),
        "video" => played(ui, "video").attr("preload", "metadata").attr("playsinline", ""),
        _ => return None,
    };
    Some(element.class("queue__media").attr("src", address))
}

fn played(ui: Ui, tag: &'static str) -> El {
    el(tag).attr("controls", "").named("aria-label", ui, Key::WelcomeMedia)
}

/// Where it is, if it may be fetched: a path of the server, or an address that is as safe as it.
fn address(origin: &str, url: &str) -> Option<String> {
    match destination(url, origin)? {
        Destination::Here(href) => Some(href),
        Destination::Elsewhere(address) => Some(address.href).filter(|it| it.starts_with("https:")),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn only_the_server_and_https_are_asked_for_media() {
        let server = "https://contact.example";
        let found = |url| address(server, url);
        assert_eq!(found("/media/w.mp3").as_deref(), Some("https://contact.example/media/w.mp3"));
        assert!(found("https://cdn.example/w.mp4").is_some());
        for url in [
            "http://cdn.example/w.mp4",
            "//cdn.example/w",
            "data:image/png,x",
            "javascript:alert(1)",
            "w.mp3",
            "https://a@b.example/x",
        ] {
            assert_eq!(found(url), None, "{url}");
        }
        assert!(address("http://localhost:8080", "/w.mp3").is_some(), "as the server itself");
        assert_eq!(address("http://localhost:8080", "http://cdn.example/w"), None);
    }
}
