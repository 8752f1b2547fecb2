//! Waiting for an operator.

mod media;

use std::borrow::Cow;

use leptos::prelude::*;

use super::chat::progress::{Queue, Stage};
use super::device_check::complaint;
use super::dom::{El, button, div, el, span};
use super::forms::Ways;
use super::ui::Ui;
use crate::components::icons::Icon;
use crate::i18n::Key;
use crate::signals::Reading;

/// What else is offered.
#[derive(Clone, Copy)]
pub struct QueueWays {
    /// While the visitor waits.
    pub waiting: Ways,
    /// Where the contact could not begin.
    pub failed: Ways,
}

/// What is said while nobody has answered: starting, the queue, or why it cannot be.
/// `hint` is said when the beginning takes long.
#[must_use]
pub fn queue_screen(
    ui: Ui,
    stage: Reading<Stage>,
    hint: Option<Key>,
    ways: QueueWays,
    on_cancel: Callback<()>,
    on_retry: Callback<()>,
) -> El {
    let failed = move || matches!(stage.run(()), Stage::Failed(_)).into();
    div("screen").part("queue").swap_by(failed, move |failed| {
        Some(if failed == 0 {
            waiting(ui, stage, hint, ways.waiting, on_cancel)
        } else {
            problem(ui, stage, ways.failed, on_cancel, on_retry)
        })
    })
}

fn waiting(
    ui: Ui,
    stage: Reading<Stage>,
    hint: Option<Key>,
    ways: Ways,
    on_cancel: Callback<()>,
) -> El {
    let queue = move || match stage.run(()) {
        Stage::Queue(queue) => Some(queue),
        Stage::Starting | Stage::Talking | Stage::Handover | Stage::Ended | Stage::Failed(_) => {
            None
        }
    };
    // 0 while nothing is known, 1 while an operator is rung, else the place and one.
    let place = move || match queue() {
        Some(Queue { ringing: true, .. }) => 1,
        Some(Queue { position: Some(place), .. }) => place.saturating_add(1),
        Some(_) | None => 0,
    };
    let shown = move |place: u32| {
        let disc = span("queue__place");
        let disc = match place {
            0 => disc.child(span("spinner")),
            1 => disc.child(Icon::HEADSET.view()),
            place => disc.text_live(move || ui.number(u64::from(place) - 1)),
        };
        Some(disc)
    };
    let welcome = move |_| {
        let welcome = queue()?.welcome?;
        let text = el("p").class("queue__welcome").part("queue-welcome").attr("dir", "auto");
        Some(text.text(welcome))
    };
    let played = move || {
        queue().map_or(0, |queue| {
            let addresses: Vec<&str> = queue.media.iter().map(|it| &*it.url).collect();
            if addresses.is_empty() { 0 } else { hash(&addresses.join(" ")) }
        })
    };
    let media = move |key| {
        let queue = queue().filter(|_| key != 0)?;
        Some(media::media(ui, &queue.media))
    };
    let welcomed = move || queue().and_then(|queue| queue.welcome).map_or(0, |it| hash(&it));
    let wait = move || {
        let minutes = queue().and_then(|queue| queue.minutes);
        minutes.map_or("".into(), |minutes| ui.count(Key::QueueWait, minutes.into()))
    };
    div("screen")
        .child(
            div("notice")
                .child(div("queue__rings").attr("aria-hidden", "true").swap_by(place, shown))
                .child(
                    el("h2")
                        .class("notice__title")
                        .attr("tabindex", "-1")
                        .attr("data-focus", "")
                        .text_live(move || {
                            ui.text(match queue() {
                                None => Key::Starting,
                                Some(Queue { ringing: true, .. }) => Key::Ringing,
                                Some(_) => Key::QueueTitle,
                            })
                        }),
                )
                .child(
                    el("p")
                        .class("queue__position")
                        .part("queue-position")
                        .attr("role", "status")
                        .text_live(move || position(ui, queue().as_ref())),
                )
                .child(el("p").class("notice__text").part("queue-wait").text_live(wait))
                .swap_by(welcomed, welcome)
                .swap_by(played, media)
                .swap_by(
                    move || queue().is_none().into(),
                    move |starting| {
                        let late = el("p").class("notice__text notice__text--late");
                        hint.filter(|_| starting == 1).map(|hint| late.says(ui, hint))
                    },
                )
                .child(el("p").class("notice__text").says(ui, Key::QueueBrowse)),
        )
        .child(
            div("queue__foot")
                .swap(move || ways.run(()))
                .child(button("button", "queue-cancel").does(on_cancel).says(ui, Key::QueueCancel)),
        )
}

/// Tells one text from another (FNV-1a).
pub(super) fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn position(ui: Ui, queue: Option<&Queue>) -> Cow<'static, str> {
    match queue {
        None | Some(Queue { ringing: true, .. }) => "".into(),
        Some(Queue { position: Some(1), .. }) => ui.text(Key::QueueNext),
        Some(Queue { position: Some(place), .. }) => ui.count(Key::QueuePosition, (*place).into()),
        Some(Queue { position: None, .. }) => ui.text(Key::QueueUnknown),
    }
}

fn problem(
    ui: Ui,
    stage: Reading<Stage>,
    ways: Ways,
    on_cancel: Callback<()>,
    on_retry: Callback<()>,
) -> El {
    let why = move || match stage.run(()) {
        Stage::Failed(error) => complaint(&error),
        Stage::Starting | Stage::Queue(_) | Stage::Talking | Stage::Handover | Stage::Ended => {
            (Key::ErrorTitle, Some(Key::ErrorGeneric))
        }
    };
    let help = move || why().1.map_or("".into(), |text| ui.text(text));
    div("notice")
        .part("error")
        .child(div("notice__mark").child(Icon::ALERT.view()))
        .child(
            el("h2")
                .class("notice__title")
                .attr("tabindex", "-1")
                .attr("data-focus", "")
                .text_live(move || ui.text(why().0)),
        )
        .child(el("p").class("notice__text").attr("role", "alert").text_live(help))
        .child(
            div("notice__actions")
                .child(button("button", "discard").does(on_cancel).says(ui, Key::Back))
                .child(
                    button("button button--primary", "retry").does(on_retry).says(ui, Key::Retry),
                ),
        )
        .swap(move || ways.run(()))
}
