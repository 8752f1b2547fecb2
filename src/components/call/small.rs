//! A call in a strip: while its screen is not shown, and after a reload.

use leptos::prelude::*;

use super::line::{Line, Other};
use super::live::Call;
use super::tools::microphone_tool;
use super::view::clock;
use crate::components::banner::ticking;
use crate::components::dom::{El, button, div, el, span};
use crate::components::home::icon_button;
use crate::components::icons::Icon;
use crate::components::queue::hash;
use crate::components::ui::Ui;
use crate::i18n::Key;
use crate::signals::Reading;

/// The strip; nothing while there is no call that could be returned to.
#[must_use]
pub fn small_call(ui: Ui, line: Line, on_return: Callback<()>) -> El {
    // 0 for nothing, the call's number, or what tells another page's call.
    let key = move || match (line.running(), line.elsewhere()) {
        (Some(call), _) => call.number(),
        (None, Some(other)) => hash(other.session.id.as_str()),
        (None, None) => 0,
    };
    el("div").swap_by(key, move |_| match (line.running(), line.elsewhere()) {
        (Some(call), _) => Some(running(ui, call, on_return)),
        (None, Some(other)) => Some(offered(ui, line, &other, on_return)),
        (None, None) => None,
    })
}

fn running(ui: Ui, call: Call, on_return: Callback<()>) -> El {
    let now = ticking(true);
    let time = move || call.lasted(now.get()).map_or("".into(), |time| clock(time).into());
    let on = Reading::new(move |()| call.media(|media| media.microphone));
    let name = move || {
        if call.lasted(0).is_some() { call.operator() } else { ui.text(Key::Starting) }
    };
    strip(ui)
        .child(
            button("small__return", "call-return")
                .does(on_return)
                .child(Icon::PHONE.view())
                .child(
                    span("small__texts")
                        .child(span("small__name").text_live(name))
                        .child(span("small__clock").attr("aria-hidden", "true").text_live(time)),
                )
                .child(span("sr").says(ui, Key::ReturnCall)),
        )
        .child(microphone_tool(ui, call, on))
        .child(
            icon_button(ui, Icon::HANG_UP, "hang-up", Key::HangUp)
                .class_if("tool--end", || true)
                .on("click", move |_| call.hang_up()),
        )
}

fn offered(ui: Ui, line: Line, other: &Other, on_return: Callback<()>) -> El {
    let (join, end) = (other.clone(), other.clone());
    strip(ui)
        .class_if("small--offered", || true)
        .child(el("p").class("small__name").attr("role", "status").says(ui, Key::CallElsewhere))
        .child(
            button("button button--primary", "call-return")
                .on("click", move |_| {
                    line.join(&join);
                    on_return.run(());
                })
                .says(ui, Key::ReturnCall),
        )
        .child(
            button("button", "hang-up")
                .on("click", move |_| line.hang_up(&end))
                .says(ui, Key::HangUp),
        )
}

fn strip(ui: Ui) -> El {
    div("small").part("small-call").attr("role", "region").named("aria-label", ui, Key::YourCall)
}
