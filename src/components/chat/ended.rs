//! The end of a conversation: what can still be done.

use leptos::prelude::*;

use super::progress::Warning;
use super::talk::Talk;
use super::{ChatActions, Keep};
use crate::components::dom::{El, button, div, el};
use crate::components::icons::Icon;
use crate::components::rating::rating;
use crate::components::recap::download;
use crate::components::ui::Ui;
use crate::i18n::Key;
use crate::signals::Reading;

/// Why it is over, a rating, a copy to keep, another conversation.
pub(super) fn ended(
    ui: Ui,
    talk: Talk,
    lost: Reading<bool>,
    keep: Keep,
    actions: ChatActions,
) -> El {
    let title = move || ui.text(if lost.run(()) { Key::Lost } else { Key::EndedTitle });
    let why = move || {
        ui.text(match talk.expired() {
            Some(Warning::Inactive(_)) => Key::EndedInactive,
            Some(Warning::MaxDuration) => Key::EndedDuration,
            None => Key::EndedText,
        })
    };
    // Who was never answered has nothing to rate and nothing to keep.
    let met = move || talk.has_talked() && !lost.run(());
    let rate = move || rating(ui, talk.rated(), move |score, comment| talk.rate(score, comment));
    let copies = move || {
        div("ended__copies")
            .child(
                button("text-button", "recap-open")
                    .on("click", move |_| keep.open())
                    .child(Icon::MAIL.small())
                    .child(el("span").says(ui, Key::RecapMail)),
            )
            .child(
                button("text-button", "download")
                    .on("click", move |_| download(ui, talk))
                    .child(Icon::SAVE.small())
                    .child(el("span").says(ui, Key::RecapDownload)),
            )
    };
    div("ended")
        .part("ended")
        .child(
            div("ended__head")
                .attr("role", "status")
                .child(el("p").class("ended__title").text_live(title))
                .child(el("p").class("ended__text").text_live(why)),
        )
        .show_if(met, rate)
        .show_if(met, copies)
        .child(
            button("button button--primary", "new-conversation")
                .attr("data-focus", "")
                .does(actions.leave)
                .says(ui, Key::NewConversation),
        )
}
