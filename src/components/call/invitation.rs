//! An operator calls.

use leptos::prelude::*;

use super::line::{Line, Other};
use crate::components::dom::{El, button, div, el, span};
use crate::components::home::view::Channel;
use crate::components::icons::Icon;
use crate::components::queue::hash;
use crate::components::ui::Ui;
use crate::i18n::Key;

/// The card, in whatever screen; nothing while nobody calls. It takes no focus: the visitor may be
/// writing.
#[must_use]
pub fn invitation(ui: Ui, line: Line, on_accept: Callback<()>) -> El {
    let key = move || line.invitation().map_or(0, |other| hash(other.session.id.as_str()));
    el("div").swap_by(key, move |_| Some(card(ui, line, &line.invitation()?, on_accept)))
}

pub(super) fn words(ui: Ui, other: &Other) -> std::borrow::Cow<'static, str> {
    let agent = other.session.agent.as_ref().map(|agent| agent.name.trim());
    let name = agent.filter(|name| !name.is_empty()).map(str::to_owned);
    let name = name.unwrap_or_else(|| ui.text(Key::Operator).into_owned());
    let key = if other.channel == Channel::Video { Key::InvitedVideo } else { Key::InvitedAudio };
    ui.fill(key, &[("name", &name)])
}

fn card(ui: Ui, line: Line, other: &Other, on_accept: Callback<()>) -> El {
    let (shown, accept, decline) = (other.clone(), other.clone(), other.clone());
    let icon = if other.channel == Channel::Video { Icon::VIDEO } else { Icon::PHONE };
    div("invitation")
        .part("invitation")
        .attr("role", "dialog")
        .attr("aria-labelledby", "invitation")
        .child(span("invitation__rings").attr("aria-hidden", "true").child(icon.view()))
        .child(
            el("p")
                .class("invitation__title")
                .attr("id", "invitation")
                .text_live(move || words(ui, &shown)),
        )
        .child(
            div("invitation__actions")
                .child(
                    button("button button--danger", "invitation-decline")
                        .on("click", move |_| line.decline(&decline))
                        .says(ui, Key::Decline),
                )
                .child(
                    button("button button--primary", "invitation-accept")
                        .on("click", move |_| {
                            line.accept(&accept);
                            on_accept.run(());
                        })
                        .says(ui, Key::Accept),
                ),
        )
}
