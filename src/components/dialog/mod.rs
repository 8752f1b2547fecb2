//! A question that has to be answered before anything else: the only modal thing in the widget.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::dom::{El, Node, button, div, el};
use super::ui::Ui;
use crate::i18n::Key;
use crate::signals;

/// A question's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub title: Key,
    /// What follows from yes.
    pub text: Key,
    /// Yes.
    pub confirm: Key,
    /// No.
    pub cancel: Key,
}

impl Question {
    /// Asked before a conversation is ended.
    pub const END: Self = Self {
        title: Key::EndTitle,
        text: Key::EndText,
        confirm: Key::EndConfirm,
        cancel: Key::EndCancel,
    };
}

/// Asks, over the screen that holds it. Escape is no; the keyboard stays with the two answers.
#[must_use]
pub fn dialog(ui: Ui, question: Question, on_confirm: Callback<()>, on_cancel: Callback<()>) -> El {
    let cancel = Node::new();
    let confirm = Node::new();
    // The safe answer has the focus first.
    signals::effect(move || {
        if let Some(button) = cancel.get() {
            let _ = button.focus();
        }
    });
    let keydown = move |event: web_sys::Event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
        match event.key().as_str() {
            "Escape" => {
                event.stop_propagation();
                on_cancel.run(());
            }
            "Tab" => {
                let (Some(cancel), Some(confirm)) = (cancel.get(), confirm.get()) else {
                    return;
                };
                event.prevent_default();
                let next = if cancel.matches(":focus").unwrap_or(false) { confirm } else { cancel };
                let _ = next.focus();
            }
            _ => {}
        }
    };
    div("scrim").on("keydown", keydown).child(
        div("dialog")
            .part("dialog")
            .attr("role", "alertdialog")
            .attr("aria-modal", "true")
            .attr("aria-labelledby", "dialog-title")
            .attr("aria-describedby", "dialog-text")
            .child(
                el("h3").class("dialog__title").attr("id", "dialog-title").says(ui, question.title),
            )
            .child(el("p").class("dialog__text").attr("id", "dialog-text").says(ui, question.text))
            .child(
                div("dialog__actions")
                    .child(
                        button("button", "dialog-cancel")
                            .node(cancel)
                            .does(on_cancel)
                            .says(ui, question.cancel),
                    )
                    .child(
                        button("button button--danger", "dialog-confirm")
                            .node(confirm)
                            .does(on_confirm)
                            .says(ui, question.confirm),
                    ),
            ),
    )
}
