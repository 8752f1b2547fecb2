//! The one bar of a call: what is heard and seen of the visitor, what else there is, and the end.

use leptos::prelude::*;

use super::CallActions;
use super::live::Call;
use super::window;
use crate::components::device_check::view::about_media;
use crate::components::dom::{El, Node, div, el, span};
use crate::components::home::icon_button;
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::i18n::Key;
use crate::signals::Reading;

/// The bar. `whole` is what fills the screen, `more` whether devices and keypad are shown.
pub(super) fn tools(
    ui: Ui,
    call: Call,
    whole: Node,
    more: RwSignal<bool>,
    actions: CallActions,
) -> El {
    let microphone = Reading::new(move |()| call.media(|media| media.microphone));
    let camera = Reading::new(move |()| call.media(|media| media.camera));
    let screen = Reading::new(move |()| call.media(|media| media.screen));
    let full = RwSignal::new(false);
    let filled = move |_| full.set(window::fills(whole));
    let bar = div("tools")
        .part("call-tools")
        .attr("role", "toolbar")
        .named("aria-label", ui, Key::CallTools)
        .child(microphone_tool(ui, call, microphone).attr("data-focus", ""))
        .child(
            toggle(ui, Icon::VIDEO, "call-camera", Key::Camera, camera)
                .class_if("tool--struck", || true)
                .on("click", move |_| call.toggle_camera()),
        );
    let share = toggle(ui, Icon::SCREEN, "call-screen", Key::ShareScreen, screen)
        .on("click", move |_| call.toggle_screen());
    let bar = if window::can_share() { bar.child(share) } else { bar };
    let opened = Reading::new(move |()| more.get());
    let bar = bar.child(
        icon_button(ui, Icon::SLIDERS, "call-more", Key::Devices)
            .class_if("tool", || true)
            .attr_live("aria-expanded", move || Some(opened.run(()).to_string().into()))
            .on("click", move |_| more.update(|more| *more = !*more)),
    );
    let chat = actions.chat.map(|chat| chat_tool(ui, chat, actions));
    let bar = chat.into_iter().fold(bar, El::child);
    let fills = Reading::new(move |()| full.get());
    let fill = toggle(ui, Icon::FULL, "call-full", Key::FullScreen, fills)
        .class_if("tool--full", || true)
        .on("click", move |_| window::fill(whole));
    let bar = if window::can_fill() { bar.child(fill) } else { bar };
    let hang_up = icon_button(ui, Icon::HANG_UP, "hang-up", Key::HangUp)
        .class_if("tool--end", || true)
        .on("click", move |_| call.hang_up());
    div("talk__foot").child(trouble(ui, call)).child(window::watched(
        bar.child(hang_up),
        whole,
        filled,
    ))
}

/// The microphone: on, or struck through.
pub(super) fn microphone_tool(ui: Ui, call: Call, on: Reading<bool>) -> El {
    toggle(ui, Icon::MICROPHONE, "call-microphone", Key::Microphone, on)
        .class_if("tool--struck", || true)
        .on("click", move |_| call.toggle_microphone())
}

fn toggle(ui: Ui, icon: Icon, part: &'static str, name: Key, on: Reading<bool>) -> El {
    icon_button(ui, icon, part, name)
        .class_if("tool", || true)
        .attr_live("aria-pressed", move || Some(on.run(()).to_string().into()))
}

fn chat_tool(ui: Ui, chat: Callback<()>, actions: CallActions) -> El {
    let badge = move || {
        let unread = if actions.beside.run(()) { 0 } else { actions.unread.run(()) };
        let words = ui.count(Key::Unread, unread as u64);
        (unread > 0).then(|| {
            span("tool__badge")
                .child(span("sr").text(words))
                .child(span("badge").attr("aria-hidden", "true").text(ui.number(unread as u64)))
        })
    };
    toggle(ui, Icon::CHAT, "call-chat", Key::Chat, actions.beside).does(chat).swap(badge)
}

/// Why the last thing asked for was not done.
fn trouble(ui: Ui, call: Call) -> El {
    let why = move || {
        let refused = call.refused();
        refused.map(|error| match about_media(&error) {
            Some(error) => super::view::trouble(error),
            None => crate::components::ui::failure(&error),
        })
    };
    el("p")
        .class("talk__trouble")
        .part("call-trouble")
        .attr("role", "alert")
        .text_live(move || why().map_or("".into(), |key| ui.text(key)))
}
