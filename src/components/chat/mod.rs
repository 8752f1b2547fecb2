//! The conversation.

pub mod composer;
pub mod composer_view;
pub mod log;
mod message;
pub mod progress;
pub mod talk;
pub mod timeline;

use std::borrow::Cow;

use leptos::prelude::*;

use super::banner::ticking;
use super::banner::view::seconds_left;
use super::dialog::{Dialog, DialogProps, Question};
use super::dom::{El, el};
use super::home::{close_button, icon_button};
use super::icons::Icon;
use super::queue::{QueueScreen, QueueScreenProps};
use super::to_url::{ToUrl, ToUrlProps};
use super::ui::Ui;
use crate::i18n::Key;
use composer::Composer;
use log::Log;
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
}

/// Which screen of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    Waiting,
    Talking,
}

/// The chat screen: the queue, then the conversation, then its end.
#[component]
pub fn ChatScreen(
    /// The shared things.
    ui: Ui,
    /// The conversation.
    talk: Talk,
    /// Whether the visitor can see it now.
    #[prop(into)]
    visible: Signal<bool>,
    /// Whether the server has forgotten the conversation.
    #[prop(into)]
    lost: Signal<bool>,
    /// The connection's banner, shown below the header.
    banner: AnyView,
    /// What the visitor can ask of the panel.
    actions: ChatActions,
) -> impl IntoView {
    let asking = RwSignal::new(false);
    let face = Memo::new(move |_| match talk.stage() {
        Stage::Starting | Stage::Queue(_) | Stage::Failed(_) => Face::Waiting,
        Stage::Talking | Stage::Handover | Stage::Ended => Face::Talking,
    });
    let answer = Callback::new(move |end: bool| {
        asking.set(false);
        if end {
            talk.close();
        }
    });
    let body = move || {
        actions.mind_focus.run(());
        Some(match face.get() {
            Face::Waiting => {
                let props = QueueScreenProps::builder().ui(ui).talk(talk);
                let props = props.on_cancel(actions.leave).on_retry(actions.again);
                QueueScreen(props.build()).into_any()
            }
            Face::Talking => conversation(ui, talk, visible, lost, actions).into_any(),
        })
    };
    let dialog = move || {
        let props = DialogProps::builder().ui(ui).question(Question::END).on_answer(answer);
        asking.get().then(|| Dialog(props.build()).into_any())
    };
    el("div")
        .class("screen")
        .part("chat")
        .attr_live("data-stage", move || {
            Some(match face.get() {
                Face::Waiting => "waiting".into(),
                Face::Talking => "talking".into(),
            })
        })
        .child(
            el("div")
                .class("screen")
                .attr_live("inert", move || asking.get().then_some("".into()))
                .child(header(ui, talk, face, asking, actions))
                .child(banner)
                .swap(body),
        )
        .swap(dialog)
}

fn header(
    ui: Ui,
    talk: Talk,
    face: Memo<Face>,
    asking: RwSignal<bool>,
    actions: ChatActions,
) -> El {
    let end = move || {
        let open = face.get() == Face::Talking && !talk.is_over();
        open.then(|| {
            icon_button(Icon::LEAVE, "end-chat", move || ui.text(Key::End))
                .on("click", move |_| asking.set(true))
                .into_any()
        })
    };
    let title = move || match face.get() {
        Face::Waiting => ui.service_name(&talk.service()).into(),
        Face::Talking => Cow::Owned(talk.operator()),
    };
    el("div")
        .class("bar")
        .part("header")
        .child(
            icon_button(Icon::BACK, "header-back", move || ui.text(Key::Back))
                .on("click", move |_| actions.back.run(())),
        )
        .child(
            el("div").class("bar__name").swap(move || avatar(talk, face.get())).child(
                el("div")
                    .class("bar__texts")
                    .child(el("h2").class("bar__title").part("header-title").text_live(title))
                    .swap(move || state(ui, talk, face.get())),
            ),
        )
        .swap(end)
        .swap(move || close_button(ui, actions.close))
}

fn avatar(talk: Talk, face: Face) -> Option<AnyView> {
    (face == Face::Talking).then(|| {
        let letters = initials(&talk.operator());
        el("span").class("avatar").attr("aria-hidden", "true").text(letters).into_any()
    })
}

fn state(ui: Ui, talk: Talk, face: Face) -> Option<AnyView> {
    if face == Face::Waiting {
        return None;
    }
    let here = talk.stage() == Stage::Talking;
    let state = el("p").class("bar__state").part("header-state");
    let state = if here {
        let dot = el("span").class("dot").attr("data-state", "available");
        state.child(dot).child(
            el("span").class("sr").text_live(move || format!("{}, ", ui.text(Key::Online)).into()),
        )
    } else {
        state
    };
    Some(state.text(ui.service_name(&talk.service())).into_any())
}

/// At most two letters that stand for a name.
fn initials(name: &str) -> String {
    let letters = name.split(|c: char| !c.is_alphanumeric()).filter_map(|word| word.chars().next());
    letters.take(2).flat_map(char::to_uppercase).collect()
}

fn conversation(
    ui: Ui,
    talk: Talk,
    visible: Signal<bool>,
    lost: Signal<bool>,
    actions: ChatActions,
) -> El {
    let over = Memo::new(move |_| talk.is_over() || lost.get());
    let foot = move || {
        actions.mind_focus.run(());
        Some(if over.get() {
            ended(ui, lost, actions).into_any()
        } else {
            Composer(composer::ComposerProps::builder().ui(ui).talk(talk).build()).into_any()
        })
    };
    let log = log::LogProps::builder().ui(ui).talk(talk).visible(visible).build();
    el("div")
        .class("screen")
        .child(Log(log))
        .child(typing(ui, talk))
        .child(ToUrl(ToUrlProps::builder().ui(ui).talk(talk).build()))
        .child(el("div").attr("role", "status").swap(move || remark(ui, talk)))
        .swap(foot)
}

/// Said once for a screen reader; the list shows three dots.
fn typing(ui: Ui, talk: Talk) -> El {
    let spoken = move || {
        let words = || ui.fill(Key::Typing, &[("name", &talk.operator())]);
        if talk.operator_types() { words() } else { "".into() }
    };
    el("div").class("sr").attr("role", "status").text_live(spoken)
}

/// A line above the composer: an operator is being sought again, or the end is near.
fn remark(ui: Ui, talk: Talk) -> Option<AnyView> {
    if talk.stage() == Stage::Handover {
        let text = el("span").text_live(move || ui.text(Key::Transferring));
        return Some(remark_line(Icon::CLOCK, text, "handover"));
    }
    let text = match talk.warning()? {
        Warning::MaxDuration => el("span").text_live(move || ui.text(Key::MaxDuration)),
        Warning::Inactive(None) => el("span").text_live(move || ui.text(Key::InactiveSoon)),
        Warning::Inactive(Some(end)) => countdown(ui, end),
    };
    Some(remark_line(Icon::CLOCK, text, "warning"))
}

fn remark_line(icon: Icon, text: El, part: &'static str) -> AnyView {
    el("p").class("remark").part(part).child(icon.small()).child(text).into_any()
}

/// Spoken once, without the seconds; shown with them.
fn countdown(ui: Ui, end: i64) -> El {
    let now = ticking(true);
    #[allow(clippy::cast_precision_loss)] // milliseconds since 1970
    let end = end as f64;
    el("span")
        .child(
            el("span")
                .attr("aria-hidden", "true")
                .text_live(move || ui.count(Key::Inactive, seconds_left(end, now.get()))),
        )
        .child(el("span").class("sr").text_live(move || ui.text(Key::InactiveSoon)))
}

fn ended(ui: Ui, lost: Signal<bool>, actions: ChatActions) -> El {
    let title = move || ui.text(if lost.get() { Key::Lost } else { Key::EndedTitle });
    el("div")
        .class("ended")
        .part("ended")
        .child(el("p").class("ended__title").attr("role", "status").text_live(title))
        .child(el("p").class("ended__text").text_live(move || ui.text(Key::EndedText)))
        .child(
            el("button")
                .class("button button--primary")
                .part("new-conversation")
                .attr("type", "button")
                .attr("data-focus", "")
                .on("click", move |_| actions.leave.run(()))
                .text_live(move || ui.text(Key::NewConversation)),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_at_most_two_and_never_fail() {
        assert_eq!(initials("Anna Maria Rossi"), "AM");
        assert_eq!(initials("  ëva "), "Ë");
        assert_eq!(initials("Eco (automatico)"), "EA");
        assert_eq!(initials("()"), "");
    }
}
