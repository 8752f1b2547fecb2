//! How it was: one to five, and a word about it.

use futures::future::LocalBoxFuture;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::dom::{El, Node, button, div, el};
use super::icons::Icon;
use super::ui::{Ui, failure};
use crate::core::Error;
use crate::i18n::Key;
use crate::signals;

/// The longest comment, in characters (docs/protocol.md, "Limits").
const LONGEST: &str = "1000";

/// What the five mean, the worst first.
const WORDS: [Key; 5] = [Key::Rate1, Key::Rate2, Key::Rate3, Key::Rate4, Key::Rate5];

/// What is rated, and what has become of it. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Rated(RwSignal<State>);

#[derive(Clone, Default)]
struct State {
    score: u8,
    phase: Phase,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Phase {
    #[default]
    Open,
    Sending,
    Sent,
    Failed(Error),
}

impl Default for Rated {
    fn default() -> Self {
        Self::new()
    }
}

impl Rated {
    /// Nothing has been said yet.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(State::default()))
    }

    fn score(self) -> u8 {
        self.0.read().score
    }

    fn is_sent(self) -> bool {
        self.0.read().phase == Phase::Sent
    }

    fn choose(self, score: u8) {
        self.0.update(|state| {
            state.score = score;
            state.phase = Phase::Open;
        });
    }

    fn enter(self, phase: Phase) {
        // The screen may have gone meanwhile.
        let _ = self.0.try_update(|state| state.phase = phase);
    }
}

/// Five stars as a group of radio buttons, then a comment and the button that sends both. What was
/// sent can be changed: the later rating counts.
#[must_use]
pub fn rating<F>(ui: Ui, rated: Rated, rate: impl Fn(u8, Option<&str>) -> F + Clone + 'static) -> El
where
    F: Future<Output = Result<bool, Error>> + 'static,
{
    let send = move |score, comment: Option<&str>| -> LocalBoxFuture<'static, _> {
        Box::pin(rate(score, comment))
    };
    drawn(ui, rated, std::rc::Rc::new(send))
}

type Send = std::rc::Rc<dyn Fn(u8, Option<&str>) -> LocalBoxFuture<'static, Result<bool, Error>>>;

fn drawn(ui: Ui, rated: Rated, send: Send) -> El {
    let word = move || {
        let word = WORDS.get(usize::from(rated.score()).wrapping_sub(1));
        ui.text(word.copied().unwrap_or(Key::RateTitle))
    };
    let told = move || match &rated.0.read().phase {
        Phase::Sent => ui.text(Key::RateThanks),
        Phase::Failed(error) => ui.text(failure(error)),
        Phase::Open | Phase::Sending => "".into(),
    };
    div("rating")
        .part("rating")
        .attr_live("data-score", move || Some(rated.score().to_string().into()))
        .attr_if("data-sent", "", move || rated.is_sent())
        .child(el("p").class("rating__word").attr("aria-hidden", "true").text_live(word))
        .child(stars(ui, rated))
        .show_if(
            move || rated.score() > 0 && !rated.is_sent(),
            move || comment(ui, rated, Send::clone(&send)),
        )
        .child(el("p").class("rating__told").attr("role", "status").text_live(told))
}

fn stars(ui: Ui, rated: Rated) -> El {
    let group = Node::new();
    let keydown = move |event: Event| {
        let (Some(key), Some(group)) = (event.dyn_ref::<KeyboardEvent>(), group.get()) else {
            return;
        };
        let backwards = group.matches(":dir(rtl)").unwrap_or(false);
        let score = rated.0.read_untracked().score;
        let next = match key.key().as_str() {
            "ArrowUp" => after(score, true),
            "ArrowDown" => after(score, false),
            "ArrowRight" => after(score, !backwards),
            "ArrowLeft" => after(score, backwards),
            _ => return,
        };
        event.prevent_default();
        rated.choose(next);
        let star = group.children().item(u32::from(next) - 1);
        if let Some(star) = star.and_then(|star| star.dyn_into::<HtmlElement>().ok()) {
            let _ = star.focus();
        }
    };
    let group = div("rating__stars")
        .attr("role", "radiogroup")
        .named("aria-label", ui, Key::RateTitle)
        .node(group)
        .on("keydown", keydown);
    (1..=5_u8).zip(WORDS).fold(group, |group, (score, word)| {
        // One stop for the keyboard: what is chosen, or the first.
        let stop = move || matches!(rated.score(), at if at == score || (at == 0 && score == 1));
        let name = move || format!("{score}, {}", ui.text(word)).into();
        group.child(
            button("rating__star", "rating-star")
                .attr("role", "radio")
                .attr_live("aria-checked", move || {
                    Some((rated.score() == score).to_string().into())
                })
                .attr_live("tabindex", move || Some(if stop() { "0".into() } else { "-1".into() }))
                .attr_live("aria-label", move || Some(name()))
                .attr_if("data-on", "", move || rated.score() >= score)
                .on("click", move |_| rated.choose(score))
                .child(Icon::STAR.view()),
        )
    })
}

/// The next of five, and round again.
const fn after(score: u8, up: bool) -> u8 {
    match (score, up) {
        (0 | 5, true) => 1,
        (_, true) => score + 1,
        (0 | 1, false) => 5,
        (_, false) => score - 1,
    }
}

fn comment(ui: Ui, rated: Rated, send: Send) -> El {
    let input = Node::new();
    let submit = move |_| {
        let score = rated.0.read_untracked().score;
        let written = input.get().and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
        let written = written.map(|it| it.value().trim().to_owned()).filter(|it| !it.is_empty());
        if rated.0.read_untracked().phase == Phase::Sending {
            return;
        }
        rated.enter(Phase::Sending);
        let sending = send(score, written.as_deref());
        signals::spawn_detached(async move {
            match sending.await {
                Ok(_) => rated.enter(Phase::Sent),
                Err(error) => rated.enter(Phase::Failed(error)),
            }
        });
    };
    div("rating__comment")
        .child(
            el("textarea")
                .class("text-field")
                .part("rating-comment")
                .attr("rows", "2")
                .attr("maxlength", LONGEST)
                .attr("dir", "auto")
                .named("aria-label", ui, Key::RateComment)
                .named("placeholder", ui, Key::RateComment)
                .node(input),
        )
        .child(
            button("button button--primary", "rating-send")
                .attr_if("aria-disabled", "true", move || rated.0.read().phase == Phase::Sending)
                .on("click", submit)
                .says(ui, Key::RateSend),
        )
}

#[cfg(test)]
mod tests {
    use super::after;

    #[test]
    fn the_arrows_go_round() {
        assert_eq!([0, 1, 4, 5].map(|at| after(at, true)), [1, 2, 5, 1]);
        assert_eq!([0, 1, 2, 5].map(|at| after(at, false)), [5, 5, 1, 4]);
    }
}
