//! A question that has to be answered before anything else: the only modal thing in the widget.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::dom::{Node, el};
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
#[component]
pub fn Dialog(
    /// The shared things.
    ui: Ui,
    /// The words.
    question: Question,
    /// Yes.
    on_confirm: Callback<()>,
    /// No.
    on_cancel: Callback<()>,
) -> impl IntoView {
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
                let (Some(cancel), Some(confirm)) =
                    (cancel.get_untracked(), confirm.get_untracked())
                else {
                    return;
                };
                event.prevent_default();
                let next = if cancel.matches(":focus").unwrap_or(false) { confirm } else { cancel };
                let _ = next.focus();
            }
            _ => {}
        }
    };
    el("div").class("scrim").on("keydown", keydown).child(
        el("div")
            .class("dialog")
            .part("dialog")
            .attr("role", "alertdialog")
            .attr("aria-modal", "true")
            .attr("aria-labelledby", "dialog-title")
            .attr("aria-describedby", "dialog-text")
            .child(
                el("h3")
                    .class("dialog__title")
                    .attr("id", "dialog-title")
                    .text_live(move || ui.text(question.title)),
            )
            .child(
                el("p")
                    .class("dialog__text")
                    .attr("id", "dialog-text")
                    .text_live(move || ui.text(question.text)),
            )
            .child(
                el("div")
                    .class("dialog__actions")
                    .child(
                        el("button")
                            .class("button")
                            .part("dialog-cancel")
                            .attr("type", "button")
                            .node(cancel)
                            .on("click", move |_| on_cancel.run(()))
                            .text_live(move || ui.text(question.cancel)),
                    )
                    .child(
                        el("button")
                            .class("button button--danger")
                            .part("dialog-confirm")
                            .attr("type", "button")
                            .node(confirm)
                            .on("click", move |_| on_confirm.run(()))
                            .text_live(move || ui.text(question.confirm)),
                    ),
            ),
    )
}
