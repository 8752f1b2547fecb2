//! Where the visitor writes.

use std::borrow::Cow;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::attach::attach_button;
use super::composer_view::{Room, sendable};
use super::progress::Warning;
use super::talk::Talk;
use crate::components::dom::{El, Node, button, div, el};
use crate::components::icons::Icon;
use crate::components::ui::{Ui, failure};
use crate::core::Error;
use crate::i18n::Key;
use crate::signals;

/// The text field and its button. Enter sends, Shift and Enter breaks the line; a draft survives a
/// reload, and sending works without a connection.
#[must_use]
pub fn composer(ui: Ui, talk: Talk) -> El {
    let input = Node::new();
    let refused = move || talk.refused().is_some();
    let ready = move || sendable(&talk.draft()).is_some();
    let room = move || Room::of(&talk.draft());
    let send = move || {
        let draft = untrack(|| talk.draft());
        let Some(text) = sendable(&draft) else { return };
        talk.send(text);
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    };
    let keydown = move |event: web_sys::Event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        // While an input method is composing, Enter chooses a word. 229 is how Safari says so.
        let composing = event.is_composing() || event.key_code() == 229;
        // Whoever presses a key is there: one is enough (WCAG 2.2.1).
        if matches!(untrack(|| talk.warning()), Some(Warning::Inactive(_))) {
            talk.still_here();
        }
        if event.key() == "Enter" && !event.shift_key() && !composing {
            event.prevent_default();
            send();
        }
    };
    let pasted = move |event: web_sys::Event| {
        let clipboard = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
        let files = clipboard.and_then(|it| it.files()).filter(|files| files.length() > 0);
        if let Some(files) = files.filter(|_| untrack(|| talk.uploads().limits().is_some())) {
            event.prevent_default();
            talk.uploads().add(&files);
        }
    };
    let attach = move || attach_button(ui, talk.uploads());
    let typed = move |event: web_sys::Event| {
        let target = event.target().and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
        if let Some(target) = target {
            talk.write(target.value());
        }
    };
    signals::effect(move || {
        let _ = talk.draft();
        if let Some(input) = input.get() {
            grow(&input);
        }
    });
    div("composer")
        .part("composer")
        .child(
            div("composer__box")
                .show_if(move || talk.uploads().limits().is_some(), attach)
                .child(
                    el("textarea")
                        .class("composer__input")
                        .part("composer-input")
                        .attr("rows", "1")
                        .attr("dir", "auto")
                        .attr("enterkeyhint", "send")
                        .attr("data-focus", "")
                        .attr("aria-describedby", "composer-note")
                        .named("aria-label", ui, Key::Compose)
                        .named("placeholder", ui, Key::Compose)
                        .attr_if("aria-invalid", "true", move || matches!(room(), Room::Over(_)))
                        .prop_live("value", move || talk.draft().into())
                        .node(input)
                        .on("input", typed)
                        .on("keydown", keydown)
                        .on("paste", pasted)
                        .on("blur", move |_| talk.idle()),
                )
                .child(
                    button("composer__send", "composer-send")
                        .named("aria-label", ui, Key::Send)
                        .named("title", ui, Key::Send)
                        .attr_if("aria-disabled", "true", move || !ready())
                        .on("click", move |_| send())
                        .child(Icon::SEND.view()),
                ),
        )
        .child(
            el("p")
                .class("composer__count")
                .class_if("composer__count--over", move || {
                    matches!(room(), Room::Over(_)) || refused()
                })
                .attr("id", "composer-note")
                .text_live(move || note(ui, room(), talk.refused().as_ref())),
        )
}

fn note(ui: Ui, room: Room, problem: Option<&Error>) -> Cow<'static, str> {
    match (problem, room) {
        (Some(problem), _) => ui.text(failure(problem)),
        (None, Room::Plenty) => "".into(),
        (None, Room::Left(left)) => ui.count(Key::Remaining, left as u64),
        (None, Room::Over(excess)) => ui.count(Key::Excess, excess as u64),
    }
}

/// As high as the text, up to the style sheet's limit. `field-sizing: content` will do this one day.
fn grow(input: &HtmlElement) {
    let style = input.style();
    let _ = style.set_property("height", "auto");
    let height = input.scroll_height();
    if height > 0 {
        let _ = style.set_property("height", &format!("{height}px"));
    }
}
