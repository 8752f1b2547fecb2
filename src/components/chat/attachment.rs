//! Files on the screen: those of the conversation, and those on their way into it.

use leptos::prelude::*;

use super::talk::Talk;
use super::timeline::{Bubble, Content};
use super::upload_view::{self as view, Fate};
use super::uploads::{Item, Uploads};
use crate::components::dom::{El, button, div, el, span, svg};
use crate::components::home::icon_button;
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::core::model::{Attachment, AttachmentState};
use crate::i18n::Key;

/// A file of the conversation: name, size, what has become of it, and the way to fetch it. The server
/// decides whether it can be.
pub(super) fn attachment(ui: Ui, talk: Talk, file: &Attachment, content: RwSignal<Content>) -> El {
    let state = move || match &*content.read() {
        Content::Message(Bubble { file: Some(file), .. }) => match &file.state {
            AttachmentState::Available => None,
            AttachmentState::Scanning => Some(Key::FileScanning),
            AttachmentState::Refused | AttachmentState::Unknown(_) => {
                let why = file.reason.as_deref().and_then(view::reason);
                Some(why.unwrap_or(Key::NotAvailable))
            }
        },
        Content::Message(_) | Content::Day(_) | Content::Opened(_) | Content::Passed(_) => None,
    };
    let word = move || match &*content.read() {
        Content::Message(Bubble { file: Some(file), .. }) => match &file.state {
            AttachmentState::Available => "available",
            AttachmentState::Scanning => "scanning",
            AttachmentState::Refused | AttachmentState::Unknown(_) => "refused",
        },
        Content::Message(_) | Content::Day(_) | Content::Opened(_) | Content::Passed(_) => {
            "available"
        }
    };
    let (id, name, size) = (file.file.clone(), file.name.to_string(), view::size(file.size));
    let help = move || match state() {
        Some(key) => format!("{size} · {}", ui.text(key)).into(),
        None => size.clone().into(),
    };
    let named = name.clone();
    let card = button("file__card", "attachment")
        .attr_live("title", move || Some(ui.fill(Key::FileFetch, &[("name", &named)])))
        .on("click", move |_| talk.fetch(&id))
        .child(span("file__icon").child(view::icon(&file.media_type).view()))
        .child(texts(&name, help));
    let bubble = div("bubble file")
        .part("bubble")
        .attr("dir", "auto")
        .attr_live("data-state", move || Some(word().into()));
    match talk.uploads().picture(&file.file) {
        Some(address) => bubble.child(picture(&address)).child(card),
        None => bubble.child(card),
    }
}

fn texts(name: &str, help: impl FnMut() -> std::borrow::Cow<'static, str> + 'static) -> El {
    span("file__texts")
        .child(el("bdi").class("file__name").text(name))
        .child(span("file__help").text_live(help))
}

/// The visitor's own picture, in a frame whose size is known before it is there.
fn picture(address: &str) -> El {
    el("img").class("file__picture").part("preview").attr("alt", "").attr("src", address)
}

/// The files on their way, below the messages.
pub(super) fn on_their_way(ui: Ui, uploads: Uploads) -> El {
    let keys = move || uploads.ids().iter().map(ToString::to_string).collect();
    let draw = move |key: &str| {
        let item = key.parse().ok().and_then(|id| untrack(|| uploads.item(id)));
        // The keys come from the items; an empty row is the harmless other answer.
        item.map_or_else(|| el("div"), |item| upload(ui, uploads, &item))
    };
    div("uploads").attr("aria-live", "off").rows(keys, draw)
}

fn upload(ui: Ui, uploads: Uploads, item: &Item) -> El {
    let id = item.id;
    let fate = move || uploads.item(id).map_or(Fate::Waiting, |item| item.fate);
    let size = view::size(item.size);
    let help = move || match fate() {
        Fate::Waiting => format!("{size} · {}", ui.text(Key::FileWaiting)).into(),
        Fate::Sending(part) => ui.fill(Key::FileSending, &[("n", &part.to_string())]),
        Fate::Done(_) => ui.text(Key::FileScanning),
        Fate::Failed(_) | Fate::Lost => size.clone().into(),
    };
    let mark = view::icon(&item.media_type);
    let card = div("file__card")
        .child(span("file__icon").swap_by(
            move || fate().is_failed().into(),
            move |failed| Some(if failed == 1 { mark.view() } else { ring(fate) }),
        ))
        .child(texts(&item.name, help))
        .show_if(
            move || !fate().is_failed(),
            move || {
                icon_button(ui, Icon::CLOSE, "upload-cancel", Key::FileCancel)
                    .on("click", move |_| uploads.discard(id))
            },
        );
    let bubble = div("bubble file").part("bubble").attr("dir", "auto");
    let bubble = match item.picture() {
        Some(address) => bubble.child(picture(&address)),
        None => bubble,
    };
    div("message message--own message--first")
        .class_if("message--failed", move || fate().is_failed())
        .part("upload")
        .attr_live("data-state", move || Some(fate().word().into()))
        .attr("role", "group")
        .attr("aria-label", &item.name)
        .child(bubble.child(card))
        .show_if(move || fate().is_failed(), move || failure(ui, uploads, id))
}

fn failure(ui: Ui, uploads: Uploads, id: u32) -> El {
    let fate = untrack(|| uploads.item(id)).map_or(Fate::Waiting, |item| item.fate);
    let why = fate.why().unwrap_or(Key::Failed);
    let line = div("message__failure").child(el("span").attr("role", "alert").says(ui, why));
    let action = |part, name| button("text-button", part).says(ui, name);
    let line = if fate.may_retry() {
        line.child(action("retry", Key::Retry).on("click", move |_| uploads.retry(id)))
    } else {
        line
    };
    line.child(action("discard", Key::Discard).on("click", move |_| uploads.discard(id)))
}

/// How much has gone, as a ring. What it says is said beside it.
fn ring(fate: impl Fn() -> Fate + 'static) -> El {
    // The circle's length is a hundred parts.
    let rest = move || match fate() {
        Fate::Waiting | Fate::Failed(_) | Fate::Lost => 100,
        Fate::Sending(part) => 100 - part.min(100),
        Fate::Done(_) => 0,
    };
    let circle = |class| {
        svg("circle")
            .class(class)
            .attr("cx", "12")
            .attr("cy", "12")
            .attr("r", "9.5")
            .attr("pathLength", "100")
    };
    svg("svg")
        .class("icon ring")
        .attr("viewBox", "0 0 24 24")
        .attr("aria-hidden", "true")
        .child(circle("ring__track"))
        .child(
            circle("ring__part")
                .attr("stroke-dasharray", "100")
                .attr_live("stroke-dashoffset", move || Some(rest().to_string().into())),
        )
}
