//! One row of the conversation.

use std::borrow::Cow;

use leptos::prelude::*;

use super::attachment::attachment;
use super::talk::Talk;
use super::timeline::{Bubble, Content, Row};
use crate::components::address::{Piece, pieces};
use crate::components::clock;
use crate::components::dom::{El, button, div, el, span};
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::core::Error;
use crate::core::session::chat::Delivery;
use crate::i18n::Key;

/// Draws a row. Its text never changes; its place in a group and its fate do. What is no news is not
/// spoken when it appears.
pub(super) fn row(ui: Ui, talk: Talk, row: &Row, content: RwSignal<Content>, news: bool) -> El {
    match &row.content {
        Content::Day(moment) => {
            let moment = *moment;
            let day = el("span").text_live(move || clock::day(ui, moment));
            div("log__day").attr("aria-live", "off").child(day)
        }
        Content::Opened(moment) => {
            let moment = *moment;
            div("log__event").attr("aria-live", "off").text_live(move || {
                let started = ui.text(Key::Started);
                let Some(moment) = moment else { return started };
                format!("{started} · {}", clock::time_of_day(ui, moment)).into()
            })
        }
        Content::Passed(passing) => {
            let passing = passing.clone();
            div("log__event").part("passing").attr("aria-live", "off").text_live(move || {
                ui.fill(Key::Passed, &[("from", &passing.from), ("name", &passing.to)])
            })
        }
        Content::Message(bubble) => {
            let message = message(ui, talk, &row.key, bubble, content);
            // What the visitor has just written need not be read out to them.
            if bubble.own || !news { message.attr("aria-live", "off") } else { message }
        }
    }
}

fn message(ui: Ui, talk: Talk, key: &str, bubble: &Bubble, content: RwSignal<Content>) -> El {
    let own = bubble.own;
    let is = move |read: fn(&Bubble) -> bool| move || matches!(&*content.read(), Content::Message(bubble) if read(bubble));
    let name = move || {
        let name = span("message__name").attr("aria-hidden", "true");
        name.text_live(move || talk.operator())
    };
    let author = move || {
        let author = if own { ui.text(Key::You) } else { talk.operator() };
        format!("{author}: ").into()
    };
    let fate = move || match &*content.read() {
        Content::Message(bubble) => bubble.delivery.as_ref().map_or("", word),
        Content::Day(_) | Content::Opened(_) | Content::Passed(_) => "",
    };
    let below = move || match &*content.read() {
        Content::Message(bubble) => meta(ui, bubble),
        Content::Day(_) | Content::Opened(_) | Content::Passed(_) => None,
    };
    let owned = key.to_owned();
    let trouble = move || match &*content.read() {
        Content::Message(Bubble { delivery: Some(Delivery::Failed(error)), .. }) => {
            Some(failure(ui, talk, &owned, error))
        }
        Content::Message(_) | Content::Day(_) | Content::Opened(_) | Content::Passed(_) => None,
    };
    let row = el("div")
        .class(if own { "message message--own" } else { "message" })
        .class_if("message--first", is(|bubble| bubble.first))
        .class_if(
            "message--failed",
            is(|bubble| matches!(bubble.delivery, Some(Delivery::Failed(_)))),
        )
        .part("message")
        .attr("data-key", key)
        .attr("data-direction", if own { "outbound" } else { "inbound" })
        .attr_live("data-delivery", move || Some(fate().into()));
    row.show_if(is(|bubble| bubble.first && !bubble.own), name)
        .child(span("sr").text_live(author))
        .child(match &bubble.file {
            Some(file) => attachment(ui, talk, file, content),
            None => text(ui, &bubble.text),
        })
        .swap(below)
        .swap(trouble)
}

/// The text, with its addresses as links. Text nodes only: nothing in it is ever markup.
fn text(ui: Ui, text: &str) -> El {
    let bubble = div("bubble").part("bubble").attr("dir", "auto");
    pieces(text).into_iter().fold(bubble, |bubble, piece| match piece {
        Piece::Text(text) => bubble.text(text),
        Piece::Link(shown, address) => bubble.child(
            el("a")
                .attr("href", address.href)
                .attr("target", "_blank")
                .attr("rel", "noopener noreferrer nofollow")
                .text(shown)
                .child(
                    span("sr")
                        .text_live(move || format!(" ({})", ui.text(Key::OpensNewTab)).into()),
                ),
        ),
    })
}

/// Time and ticks, below the last message of a group and below any that is not sent yet.
fn meta(ui: Ui, bubble: &Bubble) -> Option<El> {
    let delivery = bubble.delivery.as_ref();
    let shown = match delivery {
        Some(Delivery::Failed(_)) => false,
        Some(Delivery::Sending) => true,
        Some(Delivery::Sent | Delivery::Delivered | Delivery::Read) | None => bubble.last,
    };
    if !shown {
        return None;
    }
    let mut line = div("message__meta").part("meta");
    if let Some(moment) = bubble.at {
        let time = el("span").text_live(move || clock::time_of_day(ui, moment).into());
        line = line.child(time);
    }
    if let Some(delivery) = delivery {
        line = line
            .attr("data-delivery", word(delivery))
            .child(ticks(delivery).small())
            .child(span("sr").says(ui, said(delivery)));
    }
    Some(line)
}

fn failure(ui: Ui, talk: Talk, key: &str, error: &Error) -> El {
    let why = crate::components::ui::failure(error);
    let words = move || -> Cow<'static, str> {
        format!("{}. {}", ui.text(Key::Failed), ui.text(why)).into()
    };
    let button = |part: &'static str, label: Key| button("text-button", part).says(ui, label);
    let (again, away) = (key.to_owned(), key.to_owned());
    div("message__failure")
        .child(el("span").attr("role", "alert").text_live(words))
        .child(button("retry", Key::Retry).on("click", move |_| talk.retry(&again)))
        .child(button("discard", Key::Discard).on("click", move |_| talk.discard(&away)))
}

/// The word in the `data-delivery` attribute.
const fn word(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Sending => "sending",
        Delivery::Sent => "sent",
        Delivery::Delivered => "delivered",
        Delivery::Read => "read",
        Delivery::Failed(_) => "failed",
    }
}

const fn said(delivery: &Delivery) -> Key {
    match delivery {
        Delivery::Sending => Key::Sending,
        Delivery::Sent => Key::Sent,
        Delivery::Delivered => Key::Delivered,
        Delivery::Read => Key::Read,
        Delivery::Failed(_) => Key::Failed,
    }
}

const fn ticks(delivery: &Delivery) -> Icon {
    match delivery {
        Delivery::Sending => Icon::CLOCK,
        Delivery::Sent => Icon::TICK,
        Delivery::Delivered | Delivery::Read => Icon::TICKS,
        Delivery::Failed(_) => Icon::ALERT,
    }
}
