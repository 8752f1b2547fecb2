//! The conversation.

mod attach;
mod attachment;
pub mod composer;
pub mod composer_view;
mod ended;
pub mod log;
mod message;
mod place;
pub mod progress;
mod remark;
pub mod strip;
pub mod talk;
pub mod timeline;
pub mod upload_view;
pub mod uploads;

use leptos::prelude::*;

use super::dialog::{Question, dialog};
use super::dom::{El, div, el, span};
use super::home::{close_button, icon_button};
use super::icons::Icon;
use super::menu::{Item, menu};
use super::queue::{QueueWays, queue_screen};
use super::recap::{download, recap};
use super::to_url::to_url;
use super::ui::Ui;
use crate::i18n::Key;
use crate::signals::Reading;
use progress::Stage;
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

/// Whether the visitor is asked where to send the conversation.
#[derive(Clone, Copy)]
struct Keep(RwSignal<bool>);

impl Keep {
    fn open(self) {
        self.0.set(true);
    }
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
    let keep = Keep(RwSignal::new(false));
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
            Face::Talking => conversation(ui, talk, visible, lost, keep, actions),
        })
    };
    let question = move || dialog(ui, Question::END, end, stay);
    let takes_files =
        move || face(talk) == Face::Talking && !talk.is_over() && talk.uploads().limits().is_some();
    let screen = div("screen")
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
                .child(header(ui, talk, asking, keep, actions))
                .child(banner)
                .swap_by(move || face(talk) as u32, body),
        )
        .show_if(move || asking.get(), question);
    attach::takes_drops(screen, ui, talk.uploads(), takes_files)
}

fn header(ui: Ui, talk: Talk, asking: RwSignal<bool>, keep: Keep, actions: ChatActions) -> El {
    let talking = move || face(talk) == Face::Talking;
    let here = move || talk.stage() == Stage::Talking;
    let item = |part, icon, name, does| Item { part, icon, name, does };
    let options = move || {
        menu(ui, "chat-menu", Key::ChatMenu, move || {
            let mail = Callback::new(move |()| keep.open());
            let save = Callback::new(move |()| download(ui, talk));
            let end = Callback::new(move |()| asking.set(true));
            vec![
                item("recap-open", Icon::MAIL, Key::RecapMail, mail),
                item("download", Icon::SAVE, Key::RecapDownload, save),
                item("end-chat", Icon::LEAVE, Key::End, end),
            ]
        })
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
        .show_if(move || talking() && !talk.is_over(), options)
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
    keep: Keep,
    actions: ChatActions,
) -> El {
    let over = move || (talk.is_over() || lost.run(())).into();
    let foot = move |over| {
        actions.mind_focus.run(());
        Some(if over == 1 {
            ended::ended(ui, talk, lost, keep, actions)
        } else {
            composer::composer(ui, talk)
        })
    };
    let kept = Callback::new(move |()| {
        actions.mind_focus.run(());
        keep.0.set(false);
    });
    div("screen")
        .child(log::log(ui, talk, visible, attachment::on_their_way(ui, talk.uploads())))
        .child(typing(ui, talk))
        .child(passed(ui, talk))
        .child(to_url(ui, talk))
        .child(remark::remarks(ui, talk, actions))
        .show_if(move || keep.0.get(), move || recap(ui, talk, kept))
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

/// Said once when somebody else takes over; the list shows it.
fn passed(ui: Ui, talk: Talk) -> El {
    let spoken = move || {
        let mut passing = None;
        talk.timeline(&mut |timeline| passing = timeline.passed().cloned());
        passing
            .map_or("".into(), |it| ui.fill(Key::Passed, &[("from", &it.from), ("name", &it.to)]))
    };
    div("sr").attr("role", "status").text_live(spoken)
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
