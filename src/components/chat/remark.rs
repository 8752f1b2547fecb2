//! The line above the composer: an operator is being sought again, or the end is near.

use std::borrow::Cow;

use leptos::prelude::*;

use super::ChatActions;
use super::progress::{Stage, Warning};
use super::talk::Talk;
use crate::components::banner::ticking;
use crate::components::banner::view::seconds_left;
use crate::components::dom::{El, button, div, el};
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::i18n::Key;

/// The countdown is said again when so many seconds are left: time enough to answer (WCAG 2.2.1).
const LAST_CALL: u64 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Remark {
    None,
    Handover,
    MaxDuration,
    Inactive,
}

impl Remark {
    fn of(talk: Talk) -> Self {
        match talk.warning() {
            _ if talk.stage() == Stage::Handover => Self::Handover,
            Some(Warning::MaxDuration) => Self::MaxDuration,
            Some(Warning::Inactive(_)) => Self::Inactive,
            None => Self::None,
        }
    }
}

/// The line, where there is something to say.
pub(super) fn remarks(ui: Ui, talk: Talk, actions: ChatActions) -> El {
    let key = move || Remark::of(talk) as u32;
    let drawn = move |_| {
        actions.mind_focus.run(());
        Some(match untrack(|| Remark::of(talk)) {
            Remark::None => return None,
            Remark::Handover => line(Icon::SWAP, "handover")
                .attr("role", "status")
                .child(el("span").says(ui, Key::Transferring)),
            Remark::MaxDuration => line(Icon::CLOCK, "warning")
                .attr("role", "status")
                .child(el("span").says(ui, Key::MaxDuration)),
            Remark::Inactive => inactive(ui, talk),
        })
    };
    el("div").swap_by(key, drawn)
}

fn line(icon: Icon, part: &'static str) -> El {
    div("remark").part(part).child(icon.small())
}

/// Shown with every second; spoken when it begins and once more shortly before the end.
fn inactive(ui: Ui, talk: Talk) -> El {
    let now = ticking(true);
    let left = move || match talk.warning() {
        Some(Warning::Inactive(Some(end))) => Some(seconds_left(end.unsigned_abs(), now.get())),
        Some(Warning::Inactive(None) | Warning::MaxDuration) | None => None,
    };
    let shown = move || {
        left().map_or_else(|| ui.text(Key::InactiveSoon), |left| ui.count(Key::Inactive, left))
    };
    let spoken = move || -> Cow<'static, str> {
        match left() {
            Some(left) if left <= LAST_CALL => ui.count(Key::Inactive, LAST_CALL),
            Some(_) | None => ui.text(Key::InactiveSoon),
        }
    };
    line(Icon::CLOCK, "warning")
        .child(el("span").class("remark__text").attr("aria-hidden", "true").text_live(shown))
        .child(div("sr").attr("role", "status").text_live(spoken))
        .child(
            button("button remark__button", "still-here")
                .on("click", move |_| talk.still_here())
                .says(ui, Key::InactiveHere),
        )
}
