//! The strip that says what is wrong with the connection, and for how long.

pub mod view;

use std::borrow::Cow;
use std::time::Duration;

use leptos::leptos_dom::helpers::{set_interval_with_handle, window_event_listener_untyped};
use leptos::prelude::*;

use super::clock;
use super::contact::Contact;
use super::dom::{El, div, el, span};
use super::icons::Icon;
use super::ui::{Ui, failure};
use crate::core::time::millis;
use crate::i18n::Key;
use view::{Notice, seconds_left};

/// The connection's banner: nothing while all is well.
#[must_use]
pub fn banner(ui: Ui, contact: Contact) -> El {
    let online = online();
    let notice = move || {
        let (state, had) = contact.connection();
        Notice::of(state.as_ref(), online.get(), had)
    };
    // Another attempt is another countdown.
    let key = move || {
        let (state, _) = contact.connection();
        let attempt = state.map_or(0, |state| state.attempt) & 0xffff;
        notice().map_or(0, |notice| notice.number() << 16 | attempt)
    };
    // Spoken once for each state; a countdown that is read out every second is noise.
    let spoken = move || match notice() {
        // Said only when it lasts, and then the next state says it.
        None | Some(Notice::Connecting) => "".into(),
        Some(notice) => words(ui, &notice, None),
    };
    el("div")
        .child(div("sr").attr("role", "status").text_live(spoken))
        .swap_by(key, move |_| Some(strip(ui, notice()?)))
}

fn strip(ui: Ui, notice: Notice) -> El {
    let deadline = match &notice {
        Notice::Reconnecting(Some(wait)) => Some(clock::now() + millis(*wait)),
        Notice::Reconnecting(None) | Notice::Connecting | Notice::Offline | Notice::Stopped(_) => {
            None
        }
    };
    let now = ticking(deadline.is_some());
    let busy = matches!(notice, Notice::Connecting | Notice::Reconnecting(_));
    let icon = match &notice {
        Notice::Offline => Icon::OFFLINE,
        Notice::Stopped(_) | Notice::Connecting | Notice::Reconnecting(_) => Icon::ALERT,
    };
    let strip =
        div("banner").part("banner").attr("data-phase", notice.phase()).attr("aria-hidden", "true");
    let strip = if busy { strip.child(span("spinner")) } else { strip.child(icon.small()) };
    let text = move || {
        let left = deadline.map(|deadline| seconds_left(deadline, now.get()));
        words(ui, &notice, left.filter(|left| *left > 0))
    };
    strip.child(el("span").text_live(text))
}

fn words(ui: Ui, notice: &Notice, left: Option<u64>) -> Cow<'static, str> {
    match (notice, left) {
        (Notice::Connecting, _) => ui.text(Key::Connecting),
        (Notice::Offline, _) => ui.text(Key::Offline),
        (Notice::Reconnecting(_), Some(left)) => ui.count(Key::ReconnectingIn, left),
        (Notice::Reconnecting(_), None) => ui.text(Key::Reconnecting),
        (Notice::Stopped(error), _) => {
            let why = error.as_ref().map_or(Key::ErrorGeneric, failure);
            format!("{}. {}", ui.text(Key::Stopped), ui.text(why)).into()
        }
    }
}

/// The time now, four times a second, while it is of use.
pub(super) fn ticking(of_use: bool) -> RwSignal<u64> {
    const EVERY: Duration = Duration::from_millis(250);

    let now = RwSignal::new(clock::now());
    if of_use && let Ok(interval) = set_interval_with_handle(move || now.set(clock::now()), EVERY) {
        on_cleanup(move || interval.clear());
    }
    now
}

/// Whether the visitor's device says that it has a network.
fn online() -> RwSignal<bool> {
    let online = RwSignal::new(window().navigator().on_line());
    for event in ["online", "offline"] {
        let listener = window_event_listener_untyped(event, move |_| {
            online.set(window().navigator().on_line());
        });
        on_cleanup(move || listener.remove());
    }
    online
}
