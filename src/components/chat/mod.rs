//! The conversation.

pub mod composer;
pub mod composer_view;
pub mod log;
mod message;
pub mod progress;
pub mod talk;
pub mod timeline;

use leptos::prelude::*;

use super::banner::ticking;
use super::banner::view::seconds_left;
use super::dialog::{Question, dialog};
use super::dom::{El, button, div, el, span};
use super::home::{close_button, icon_button};
use super::icons::Icon;
use super::queue::{QueueWays, queue_screen};
use super::to_url::to_url;
use super::ui::Ui;
use crate::i18n::Key;
use crate::signals::Reading;
use progress::{Stage, Warning};
use talk::Talk;

/// What the chat screen asks of the panel around it.
#[derive(Clone, Copy)]
pub struct ChatActions {
    /// Back to the home screen; the conversation goes on.
    pub back: Callback<()>,
    /// Close the panel; the conversation goes on.
    pub close: Callback<()>,
    /// Leave this conversation: it is over, or the visitor gives the queue up.
    pub leave: Callback<()>,
    /// Begin a conversation with the same service.
    pub again: Callback<()>,
    /// A part of the screen is about to be replaced, perhaps with the focus in it.
    pub mind_focus: Callback<()>,
    /// What is offered beside the queue, and instead of it.
    pub ways: QueueWays,
}

/// Which screen of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    Waiting,
    Talking,
}

fn face(talk: Talk) -> Face {
    match talk.stage() {
        Stage::Starting | Stage::Queue(_) | Stage::Failed(_) => Face::Waiting,
        Stage::Talking | Stage::Handover | Stage::Ended => Face::Talking,
    }
}

/// The chat screen: the queue, then the conversation, then its end.
#[must_use]
pub fn chat_screen(
    ui: Ui,
    talk: Talk,
    visible: Reading<bool>,
    lost: Reading<bool>,
    banner: El,
    actions: ChatActions,
) -> El {
    let asking = RwSignal::new(false);
    let stay = Callback::new(move |()| asking.set(false));
    let end = Callback::new(move |()| {
        asking.set(false);
        talk.close();
    });
    let body = move |_| {
        actions.mind_focus.run(());
        Some(match face(talk) {
            Face::Waiting => {
                let stage = Reading::new(move |()| talk.stage());
                queue_screen(ui, stage, None, actions.ways, actions.leave, actions.again)
            }
            Face::Talking => conversation(ui, talk, visible, lost, actions),
        })
    };
    let question = move || dialog(ui, Question::END, end, stay);
    div("screen")
        .part("chat")
        .attr_live("data-stage", move || {
            Some(match face(talk) {
                Face::Waiting => "waiting".into(),
                Face::Talking => "talking".into(),
            })
        })
        .child(
            div("screen")
                .attr_if("inert", "", move || asking.get())
                .child(header(ui, talk, asking, actions))
                .child(banner)
                .swap_by(move || face(talk) as u32, body),
        )
        .show_if(move || asking.get(), question)
}

fn header(ui: Ui, talk: Talk, asking: RwSignal<bool>, actions: ChatActions) -> El {
    let talking = move || face(talk) == Face::Talking;
    let here = move || talk.stage() == Stage::Talking;
    let end = move || {
        icon_button(ui, Icon::LEAVE, "end-chat", Key::End).on("click", move |_| asking.set(true))
    };
    let title = move || {
        if talking() { talk.operator() } else { ui.service_name(&talk.service()).into() }
    };
    let avatar = move || {
        let letters = move || initials(&talk.operator()).into();
        span("avatar").attr("aria-hidden", "true").text_live(letters)
    };
    let dot = move || {
        span("dot")
            .attr("data-state", "available")
            .child(span("sr").text_live(move || format!("{}, ", ui.text(Key::Online)).into()))
    };
    let state = move || {
        el("p")
            .class("bar__state")
            .part("header-state")
            .show_if(here, dot)
            .child(el("span").text_live(move || ui.service_name(&talk.service()).into()))
    };
    div("bar")
        .part("header")
        .child(icon_button(ui, Icon::BACK, "header-back", Key::Back).does(actions.back))
        .child(
            div("bar__name").show_if(talking, avatar).child(
                div("bar__texts")
                    .child(el("h2").class("bar__title").part("header-title").text_live(title))
                    .show_if(talking, state),
            ),
        )
        .show_if(move || talking() && !talk.is_over(), end)
        .child(close_button(ui, actions.close))
}

/// At most two letters that stand for a name; the style sheet makes them capitals.
pub(super) fn initials(name: &str) -> String {
    let words = name.split_whitespace();
    let letters = words.filter_map(|word| word.chars().find(|c| !c.is_ascii_punctuation()));
    letters.take(2).collect()
}

fn conversation(
    ui: Ui,
    talk: Talk,
    visible: Reading<bool>,
    lost: Reading<bool>,
    actions: ChatActions,
) -> El {
    let over = move || (talk.is_over() || lost.run(())).into();
    let foot = move |over| {
        actions.mind_focus.run(());
        Some(if over == 1 { ended(ui, lost, actions) } else { composer::composer(ui, talk) })
    };
    div("screen")
        .child(log::log(ui, talk, visible))
        .child(typing(ui, talk))
        .child(to_url(ui, talk))
        .child(
            el("div")
                .attr("role", "status")
                .swap_by(move || Remark::of(talk) as u32, move |_| remark(ui, talk)),
        )
        .swap_by(over, foot)
}

/// Said once for a screen reader; the list shows three dots.
fn typing(ui: Ui, talk: Talk) -> El {
    let spoken = move || {
        let words = || ui.fill(Key::Typing, &[("name", &talk.operator())]);
        if talk.operator_types() { words() } else { "".into() }
    };
    div("sr").attr("role", "status").text_live(spoken)
}

/// A line above the composer: an operator is being sought again, or the end is near.
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

fn remark(ui: Ui, talk: Talk) -> Option<El> {
    let said = |key| el("span").says(ui, key);
    Some(match Remark::of(talk) {
        Remark::None => return None,
        Remark::Handover => remark_line(Icon::CLOCK, said(Key::Transferring), "handover"),
        Remark::MaxDuration => remark_line(Icon::CLOCK, said(Key::MaxDuration), "warning"),
        Remark::Inactive => remark_line(Icon::CLOCK, countdown(ui, talk), "warning"),
    })
}

fn remark_line(icon: Icon, text: El, part: &'static str) -> El {
    el("p").class("remark").part(part).child(icon.small()).child(text)
}

/// Spoken once, without the seconds; shown with them, where the end is known.
fn countdown(ui: Ui, talk: Talk) -> El {
    let now = ticking(true);
    let shown = move || match talk.warning() {
        Some(Warning::Inactive(Some(end))) => {
            ui.count(Key::Inactive, seconds_left(end.unsigned_abs(), now.get()))
        }
        Some(Warning::Inactive(None) | Warning::MaxDuration) | None => ui.text(Key::InactiveSoon),
    };
    el("span")
        .child(el("span").attr("aria-hidden", "true").text_live(shown))
        .child(span("sr").says(ui, Key::InactiveSoon))
}

fn ended(ui: Ui, lost: Reading<bool>, actions: ChatActions) -> El {
    let title = move || ui.text(if lost.run(()) { Key::Lost } else { Key::EndedTitle });
    div("ended")
        .part("ended")
        .child(el("p").class("ended__title").attr("role", "status").text_live(title))
        .child(el("p").class("ended__text").says(ui, Key::EndedText))
        .child(
            button("button button--primary", "new-conversation")
                .attr("data-focus", "")
                .does(actions.leave)
                .says(ui, Key::NewConversation),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_at_most_two_and_never_fail() {
        assert_eq!(initials("Anna Maria Rossi"), "AM");
        assert_eq!(initials("  ëva "), "ë");
        assert_eq!(initials("Eco (automatico)"), "Ea");
        assert_eq!(initials("()"), "");
    }
}
