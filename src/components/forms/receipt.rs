//! What was sent, and under which number it can be asked for.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use super::paper::{Done, Paper};
use super::slots::in_words;
use crate::components::dom::{El, button, div, el, span};
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::i18n::Key;
use crate::signals;

pub(super) fn receipt(ui: Ui, paper: Paper, on_home: Callback<()>) -> El {
    let Some(done) = untrack(|| paper.done()) else { return div("notice") };
    let (title, again, id, left) = match &done {
        Done::Mail { id, .. } => (Key::MailDone, Key::MailAgain, id.clone(), false),
        Done::Callback { id, left, .. } => {
            (Key::CallbackDone, Key::CallbackAgain, id.clone(), *left)
        }
    };
    let words = move || match &done {
        Done::Mail { to, .. } => ui.fill(Key::MailDoneText, &[("mail", to)]),
        Done::Callback { phone, when, .. } => match when.as_deref().and_then(|it| in_words(ui, it))
        {
            Some(when) => ui.fill(Key::CallbackDoneAt, &[("phone", phone), ("when", &when)]),
            None => ui.fill(Key::CallbackDoneSoon, &[("phone", phone)]),
        },
    };
    let notice = div("notice")
        .part("receipt")
        .child(div("notice__mark notice__mark--good").child(Icon::TICK.view()))
        .child(
            el("h2")
                .class("notice__title")
                .attr("tabindex", "-1")
                .attr("data-focus", "")
                .says(ui, title),
        )
        .child(
            el("p")
                .class("notice__text")
                .part("receipt-text")
                .attr("role", "status")
                .text_live(words),
        );
    let notice = if left {
        notice.child(el("p").class("notice__text").says(ui, Key::QueueLeft))
    } else {
        notice
    };
    notice.child(reference(ui, id)).child(
        div("notice__actions")
            .child(
                button("button", "receipt-again")
                    .on("click", move |_| paper.begin_again())
                    .says(ui, again),
            )
            .child(
                button("button button--primary", "receipt-done").does(on_home).says(ui, Key::Done),
            ),
    )
}

/// The number, to be read, selected or copied.
fn reference(ui: Ui, id: String) -> El {
    let copied = RwSignal::new(false);
    let text = id.clone();
    let copy = move |_| {
        if let Some(clipboard) = clipboard() {
            write(&clipboard, &text);
            copied.set(true);
        }
    };
    let view = div("reference")
        .child(span("reference__name").says(ui, Key::Reference))
        .child(el("strong").class("reference__id").part("reference").attr("dir", "ltr").text(id));
    // Only where the browser lets a page write there.
    if clipboard().is_none() {
        return view;
    }
    let name = move || ui.text(if copied.get() { Key::Copied } else { Key::Copy });
    view.child(
        button("icon-button", "reference-copy")
            .attr_live("aria-label", move || Some(name()))
            .attr_live("title", move || Some(name()))
            .on("click", copy)
            .swap_by(
                move || copied.get().into(),
                |done| Some(if done == 1 { Icon::TICK.view() } else { Icon::COPY.view() }),
            ),
    )
    .child(
        span("sr")
            .attr("role", "status")
            .text_live(move || if copied.get() { ui.text(Key::Copied) } else { "".into() }),
    )
}

fn clipboard() -> Option<JsValue> {
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
    clipboard.is_object().then_some(clipboard)
}

fn write(clipboard: &JsValue, text: &str) {
    let function = js_sys::Reflect::get(clipboard, &"writeText".into()).ok();
    let function = function.and_then(|it| it.dyn_into::<js_sys::Function>().ok());
    let written = function.and_then(|it| it.call1(clipboard, &text.into()).ok());
    if let Some(promise) = written.and_then(|it| it.dyn_into::<js_sys::Promise>().ok()) {
        signals::settle(promise);
    }
}
