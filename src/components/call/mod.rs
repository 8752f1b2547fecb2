//! A call: the queue, then sound and picture, then its end; small beside the launcher while the
//! visitor browses on; an operator's invitation.

pub mod invitation;
pub mod line;
pub mod live;
mod more;
pub mod part;
pub mod small;
mod stage;
mod tools;
pub mod view;
mod window;

use leptos::prelude::*;

use super::chat::progress::Stage;
use super::device_check;
use super::dom::{El, Node, button, div, el};
use super::home::{close_button, icon_button};
use super::icons::Icon;
use super::queue::{QueueWays, queue_screen};
use super::rating::rating;
use super::ui::Ui;
use crate::i18n::Key;
use crate::signals::Reading;
use line::Line;
use live::Call;
pub(super) use stage::film;

/// What the call screen asks of the panel around it.
#[derive(Clone, Copy)]
pub struct CallActions {
    /// Back to the home screen; the call goes on.
    pub back: Callback<()>,
    /// Close the panel; the call goes on.
    pub close: Callback<()>,
    /// Leave this call: it is over, or the visitor gives the queue up.
    pub leave: Callback<()>,
    /// Call the same service again.
    pub again: Callback<()>,
    /// Show the conversation beside the call, or not any more; `None` where there is no chat.
    pub chat: Option<Callback<()>>,
    /// Whether it is shown.
    pub beside: Reading<bool>,
    /// How many of its messages wait.
    pub unread: Reading<usize>,
    /// A part of the screen is about to be replaced, perhaps with the focus in it.
    pub mind_focus: Callback<()>,
    /// What is offered beside the queue, and instead of it.
    pub ways: QueueWays,
}

/// Which screen of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    Waiting,
    Talking,
    Ended,
}

fn face(call: Call) -> Face {
    match call.stage() {
        Stage::Starting | Stage::Queue(_) | Stage::Failed(_) => Face::Waiting,
        Stage::Talking | Stage::Handover => Face::Talking,
        Stage::Ended => Face::Ended,
    }
}

/// The call screen.
#[must_use]
pub fn call_screen(ui: Ui, line: Line, call: Call, banner: El, actions: CallActions) -> El {
    let body = move |_| {
        actions.mind_focus.run(());
        Some(match (face(call), line.part()) {
            (Face::Talking, Some(part)) => (part.talking)(ui, line, call, actions),
            (Face::Ended, Some(part)) => (part.ended)(ui, call, actions),
            (Face::Waiting | Face::Talking | Face::Ended, _) => waiting(ui, call, actions),
        })
    };
    div("screen call")
        .part("call")
        .attr_live("data-stage", move || {
            Some(match face(call) {
                Face::Waiting => "waiting".into(),
                Face::Talking => "talking".into(),
                Face::Ended => "ended".into(),
            })
        })
        .child(banner)
        .swap_by(move || face(call) as u32, body)
}

/// A head with the service's name.
fn head(ui: Ui, call: Call, actions: CallActions) -> El {
    let title = move || ui.service_name(&call.service()).into();
    div("bar")
        .part("header")
        .child(icon_button(ui, Icon::BACK, "header-back", Key::Back).does(actions.back))
        .child(
            div("bar__name")
                .child(el("h2").class("bar__title").part("header-title").text_live(title)),
        )
        .child(close_button(ui, actions.close))
}

fn waiting(ui: Ui, call: Call, actions: CallActions) -> El {
    let stage = Reading::new(move |()| call.stage());
    let hint = Some(Key::AllowHint);
    div("screen").child(head(ui, call, actions)).child(queue_screen(
        ui,
        stage,
        hint,
        actions.ways,
        actions.leave,
        actions.again,
    ))
}

fn talking(ui: Ui, line: Line, call: Call, actions: CallActions) -> El {
    let (whole, picture) = (Node::new(), Node::new());
    let more = RwSignal::new(false);
    div("screen talk")
        .node(whole)
        .child(stage::stage(ui, call, picture, actions))
        .show_if(move || more.get(), move || more::sheet(ui, line, call, more))
        .child(tools::tools(ui, call, whole, more, actions))
}

fn ended(ui: Ui, call: Call, actions: CallActions) -> El {
    let error = move || call.media(|media| media.error.clone());
    let why = move || error().as_ref().and_then(device_check::view::about_media).map(view::trouble);
    let lasted = move || {
        let lasted = call.lasted(0).map(view::clock);
        lasted.map_or("".into(), |time| ui.fill(Key::CallLasted, &[("time", &time)]))
    };
    div("screen").child(head(ui, call, actions)).child(
        div("notice")
            .part("call-ended")
            .child(div("notice__mark notice__mark--plain").child(Icon::HANG_UP.view()))
            .child(
                el("div")
                    .attr("role", "status")
                    .child(el("h2").class("notice__title").says(ui, Key::CallEnded)),
            )
            .child(
                el("p")
                    .class("notice__text")
                    .text_live(move || why().map_or_else(lasted, |why| ui.text(why))),
            )
            .show_if(
                move || call.has_talked(),
                move || rating(ui, call.rated(), move |score, comment| call.rate(score, comment)),
            )
            .child(
                div("notice__actions")
                    .child(
                        button("button", "call-again").does(actions.again).says(ui, Key::CallAgain),
                    )
                    .child(
                        button("button button--primary", "call-done")
                            .attr("data-focus", "")
                            .does(actions.leave)
                            .says(ui, Key::Done),
                    ),
            ),
    )
}
