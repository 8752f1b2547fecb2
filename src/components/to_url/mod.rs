//! A page that the operator sent: the visitor decides, and sees where it leads.

use leptos::prelude::*;

use super::address::{Destination, destination};
use super::chat::progress::Pushed;
use super::chat::talk::Talk;
use super::dom::{El, button, div, el};
use super::icons::Icon;
use super::queue::hash;
use super::ui::Ui;
use crate::i18n::Key;

/// The card for the newest page that was sent; nothing where there is none, or none that may be
/// followed (docs/protocol.md, "Chat").
#[must_use]
pub fn to_url(ui: Ui, talk: Talk) -> El {
    // A page is told from the next by its step.
    let key = move || talk.pushed().map_or(0, |pushed| hash(&pushed.id));
    el("div").attr("role", "status").swap_by(key, move |_| {
        let pushed = talk.pushed()?;
        let origin = window().location().origin().unwrap_or_default();
        let destination = destination(&pushed.uri, &origin)?;
        Some(card(ui, talk, pushed, destination))
    })
}

fn card(ui: Ui, talk: Talk, pushed: Pushed, destination: Destination) -> El {
    let (href, foreign) = match destination {
        Destination::Here(href) => (href, None),
        Destination::Elsewhere(address) => (address.href, Some(address.host)),
    };
    let title = move || ui.fill(Key::ToUrlTitle, &[("name", &talk.operator())]);
    let open = el("a")
        .class("button button--primary")
        .part("to-url-open")
        .attr("href", &href)
        .attr("rel", "noopener noreferrer nofollow");
    // Leaving for another site would end the conversation here.
    let (open, label) = match foreign {
        Some(_) => (open.attr("target", "_blank"), Key::ToUrlOpenNew),
        None => (open, Key::ToUrlOpen),
    };
    let warning = foreign.map(|host| {
        el("p")
            .class("to-url__warning")
            .child(Icon::ALERT.small())
            .child(el("span").text_live(move || ui.fill(Key::ToUrlForeign, &[("host", &host)])))
    });
    let dismiss = pushed.clone();
    let card = div("to-url")
        .part("to-url")
        .child(
            el("h3")
                .class("to-url__title")
                .child(Icon::PAGE.view())
                .child(el("span").text_live(title)),
        )
        .child(el("p").class("to-url__address").attr("dir", "ltr").text(href));
    let card = warning.into_iter().fold(card, |card, warning| card.child(warning));
    card.child(
        div("to-url__actions")
            .child(
                button("button", "to-url-dismiss")
                    .on("click", move |_| talk.handle_pushed(&dismiss))
                    .says(ui, Key::ToUrlDismiss),
            )
            .child(open.on("click", move |_| talk.handle_pushed(&pushed)).says(ui, label)),
    )
}
