//! Devices, and a keypad where a telephone may be at the other end.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::line::Line;
use super::live::Call;
use crate::components::device_check::device_fields;
use crate::components::dom::{El, Node, button, div, el};
use crate::components::home::icon_button;
use crate::components::home::view::Channel;
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::i18n::Key;
use crate::signals;

const TONES: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/// The sheet over the stage's foot; Escape closes it.
pub(super) fn sheet(ui: Ui, line: Line, call: Call, open: RwSignal<bool>) -> El {
    let first = Node::new();
    signals::effect(move || {
        if let Some(button) = first.get() {
            let _ = button.focus();
        }
    });
    let keydown = move |event: web_sys::Event| {
        if event.dyn_ref::<KeyboardEvent>().is_some_and(|key| key.key() == "Escape") {
            event.stop_propagation();
            open.set(false);
        }
    };
    let sheet = div("more")
        .part("call-sheet")
        .attr("role", "dialog")
        .attr("aria-labelledby", "call-more")
        .on("keydown", keydown)
        .child(
            div("more__head")
                .child(el("h3").class("more__title").attr("id", "call-more").says(ui, Key::Devices))
                .child(
                    icon_button(ui, Icon::CLOSE, "call-sheet-close", Key::Close)
                        .node(first)
                        .on("click", move |_| open.set(false)),
                ),
        )
        .child(device_fields(ui, line, true));
    if call.channel() == Channel::PhoneCall { sheet.child(keypad(ui, call)) } else { sheet }
}

fn keypad(ui: Ui, call: Call) -> El {
    let pad =
        div("keypad").part("keypad").attr("role", "group").named("aria-label", ui, Key::Keypad);
    TONES.into_iter().fold(pad, |pad, tone| {
        pad.child(
            button("keypad__key", "keypad-key").on("click", move |_| call.tone(tone)).text(tone),
        )
    })
}
