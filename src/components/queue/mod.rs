//! Waiting for an operator.

use std::borrow::Cow;

use leptos::prelude::*;

use super::chat::progress::{Queue, Stage};
use super::chat::talk::Talk;
use super::dom::{El, el};
use super::ui::{Ui, failure};
use crate::components::icons::Icon;
use crate::i18n::Key;

/// What is said while nobody has answered: starting, the queue, or why it cannot be.
#[component]
pub fn QueueScreen(
    /// The shared things.
    ui: Ui,
    /// The conversation to be.
    talk: Talk,
    /// The visitor gives up.
    on_cancel: Callback<()>,
    /// The visitor tries again.
    on_retry: Callback<()>,
) -> impl IntoView {
    // Rebuilt only when it is another kind of screen; what moves within one is text.
    let failed = Memo::new(move |_| match talk.stage() {
        Stage::Failed(error) => Some(failure(&error)),
        Stage::Starting | Stage::Queue(_) | Stage::Talking | Stage::Handover | Stage::Ended => None,
    });
    el("div").class("screen").part("queue").swap(move || {
        Some(match failed.get() {
            Some(why) => problem(ui, why, on_cancel, on_retry).into_any(),
            None => waiting(ui, talk, on_cancel).into_any(),
        })
    })
}

fn waiting(ui: Ui, talk: Talk, on_cancel: Callback<()>) -> El {
    let queue = Memo::new(move |_| match talk.stage() {
        Stage::Queue(queue) => Some(queue),
        Stage::Starting | Stage::Talking | Stage::Handover | Stage::Ended | Stage::Failed(_) => {
            None
        }
    });
    let place = move || match queue.get() {
        Some(Queue { position: Some(place), ringing: false, .. }) => {
            el("span").class("queue__place").text(place.to_string()).into_any()
        }
        Some(Queue { ringing: true, .. }) => {
            el("span").class("queue__place").child(Icon::HEADSET.view()).into_any()
        }
        Some(_) | None => {
            el("span").class("queue__place").child(el("span").class("spinner")).into_any()
        }
    };
    let welcome = move || {
        let welcome = queue.get()?.welcome?;
        let text = el("p").class("queue__welcome").part("queue-welcome").attr("dir", "auto");
        Some(text.text(welcome).into_any())
    };
    let wait = move || {
        let minutes = queue.get()?.minutes?;
        let text = ui.count(Key::QueueWait, minutes.into());
        Some(el("p").class("notice__text").part("queue-wait").text(text).into_any())
    };
    el("div")
        .class("screen")
        .child(
            el("div")
                .class("notice")
                .child(
                    el("div")
                        .class("queue__rings")
                        .attr("aria-hidden", "true")
                        .swap(move || Some(place())),
                )
                .child(
                    el("h2")
                        .class("notice__title")
                        .attr("tabindex", "-1")
                        .attr("data-focus", "")
                        .text_live(move || {
                            ui.text(match queue.get() {
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
                        .text_live(move || queue.with(|queue| position(ui, queue.as_ref()))),
                )
                .swap(wait)
                .swap(welcome)
                .child(el("p").class("notice__text").text_live(move || ui.text(Key::QueueBrowse))),
        )
        .child(
            el("div").class("queue__foot").child(
                el("button")
                    .class("button")
                    .part("queue-cancel")
                    .attr("type", "button")
                    .on("click", move |_| on_cancel.run(()))
                    .text_live(move || ui.text(Key::QueueCancel)),
            ),
        )
}

fn position(ui: Ui, queue: Option<&Queue>) -> Cow<'static, str> {
    match queue {
        None | Some(Queue { ringing: true, .. }) => "".into(),
        Some(Queue { position: Some(1), .. }) => ui.text(Key::QueueNext),
        Some(Queue { position: Some(place), .. }) => {
            ui.fill(Key::QueuePosition, &[("n", &place.to_string())])
        }
        Some(Queue { position: None, .. }) => ui.text(Key::QueueUnknown),
    }
}

fn problem(ui: Ui, why: Key, on_cancel: Callback<()>, on_retry: Callback<()>) -> El {
    el("div")
        .class("notice")
        .part("error")
        .child(el("div").class("notice__mark").child(Icon::ALERT.view()))
        .child(
            el("h2")
                .class("notice__title")
                .attr("tabindex", "-1")
                .attr("data-focus", "")
                .text_live(move || ui.text(Key::ErrorTitle)),
        )
        .child(el("p").class("notice__text").attr("role", "alert").text_live(move || ui.text(why)))
        .child(
            el("div")
                .class("notice__actions")
                .child(
                    el("button")
                        .class("button")
                        .part("discard")
                        .attr("type", "button")
                        .on("click", move |_| on_cancel.run(()))
                        .text_live(move || ui.text(Key::Back)),
                )
                .child(
                    el("button")
                        .class("button button--primary")
                        .part("retry")
                        .attr("type", "button")
                        .on("click", move |_| on_retry.run(()))
                        .text_live(move || ui.text(Key::Retry)),
                ),
        )
}
