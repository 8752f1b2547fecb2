//! Ten seconds of echo: does the line carry a call.

use leptos::prelude::*;

use super::complaint;
use super::view::{TRIAL, Verdict};
use crate::components::banner::ticking;
use crate::components::call::line::Line;
use crate::components::clock;
use crate::components::dom::{El, button, div, el, span};
use crate::components::icons::Icon;
use crate::components::ui::Ui;
use crate::core::model::{CallMedia, MediaPhase, Quality, SessionId};
use crate::core::{Error, MediaError};
use crate::i18n::Key;
use crate::signals;

/// How far the trial is.
#[derive(Clone, Debug, PartialEq)]
enum Trial {
    /// Nobody has asked for it.
    Idle,
    /// The echo is being called.
    Calling,
    /// It answers, since this time.
    Running(u64),
    /// What came of it.
    Done(Verdict),
    /// There is no echo, or no way to it.
    Failed(Error),
}

impl Trial {
    const fn number(&self) -> u32 {
        match self {
            Self::Idle => 0,
            Self::Calling => 1,
            Self::Running(_) => 2,
            Self::Done(_) => 3,
            Self::Failed(_) => 4,
        }
    }
}

#[derive(Clone, Copy)]
struct Bench(RwSignal<State>);

struct State {
    line: Line,
    video: bool,
    trial: Trial,
    /// Tells this attempt from one that was stopped.
    attempt: u32,
    session: Option<SessionId>,
    measured: Vec<Quality>,
    owner: Option<Owner>,
}

/// The button, then the progress, then the result.
pub(super) fn trial(ui: Ui, line: Line, video: bool) -> El {
    let bench = Bench(RwSignal::new(State {
        line,
        video,
        trial: Trial::Idle,
        attempt: 0,
        session: None,
        measured: Vec::new(),
        owner: None,
    }));
    on_cleanup(move || bench.stop());
    let owner = Owner::current().unwrap_or_default();
    let start = Callback::new(move |()| bench.start(&owner));
    div("trial").part("trial").attr("role", "status").swap_by(
        move || bench.trial().number(),
        move |_| {
            Some(match bench.trial() {
                Trial::Idle => again(ui, start, Key::TestStart),
                Trial::Calling => progress(ui, bench, None),
                Trial::Running(since) => progress(ui, bench, Some(since)),
                Trial::Done(verdict) => done(ui, verdict, start),
                Trial::Failed(error) => failed(ui, &error, start),
            })
        },
    )
}

fn again(ui: Ui, start: Callback<()>, key: Key) -> El {
    button("button check__speaker", "trial-start")
        .does(start)
        .child(Icon::BARS.view())
        .child(el("span").says(ui, key))
}

fn progress(ui: Ui, bench: Bench, since: Option<u64>) -> El {
    let now = ticking(true);
    let gone = move || since.map_or(0, |since| now.get().saturating_sub(since).min(TRIAL));
    signals::effect(move || {
        if gone() == TRIAL {
            untrack(|| bench.finish());
        }
    });
    let key = if since.is_some() { Key::TestRunning } else { Key::Connecting };
    div("trial__run")
        .child(el("p").says(ui, key))
        .child(
            el("progress")
                .class("trial__bar")
                .part("trial-progress")
                .attr("max", TRIAL.to_string())
                .named("aria-label", ui, Key::TestStart)
                .attr_live("value", move || Some(gone().to_string().into())),
        )
        .child(
            button("text-button", "trial-stop")
                .on("click", move |_| bench.stop())
                .says(ui, Key::Stop),
        )
}

fn done(ui: Ui, verdict: Verdict, start: Callback<()>) -> El {
    let figures = move || {
        let delay = verdict.delay.map_or("–".into(), |delay| ui.number(delay));
        let loss = ui.number(verdict.loss);
        ui.fill(Key::TestFigures, &[("delay", &delay), ("loss", &loss)])
    };
    let view = div("trial__run")
        .part("trial-result")
        .attr("data-verdict", verdict.word())
        .child(
            el("p")
                .class("trial__verdict")
                .child(if verdict.level > 2 { Icon::TICK.view() } else { Icon::ALERT.view() })
                .child(el("span").says(ui, verdict.key())),
        )
        .child(el("p").class("check__hint").text_live(figures));
    let relay = verdict.relayed.then(|| el("p").class("check__hint").says(ui, Key::TestRelayed));
    relay.into_iter().fold(view, El::child).child(once_more(ui, start))
}

fn failed(ui: Ui, error: &Error, start: Callback<()>) -> El {
    let (title, text) = complaint(error);
    let view = div("trial__run").part("trial-result").attr("data-verdict", "failed").child(
        el("p").class("trial__verdict").child(Icon::ALERT.view()).child(el("span").says(ui, title)),
    );
    let text = text.map(|text| span("check__hint").says(ui, text));
    text.into_iter().fold(view, El::child).child(once_more(ui, start))
}

fn once_more(ui: Ui, start: Callback<()>) -> El {
    button("text-button", "trial-start").does(start).says(ui, Key::Retry)
}

impl Bench {
    fn start(self, owner: &Owner) {
        let state = self.0.read_untracked();
        let Some(widget) = state.line.widget() else { return };
        let calling = widget.test_call(state.video);
        drop(state);
        let owner = owner.child();
        let mut attempt = 0;
        self.change(&mut |state| {
            state.attempt += 1;
            attempt = state.attempt;
            state.trial = Trial::Calling;
            state.measured.clear();
            state.owner = Some(owner.clone());
        });
        signals::spawn_detached(async move {
            let called = calling.await;
            if !self.goes_on(attempt) {
                if let Ok(id) = called {
                    let _ = widget.close_call(&id).await;
                }
                return;
            }
            match called {
                Ok(id) => {
                    self.change(&mut |state| state.session = Some(id.clone()));
                    let media = widget.call_media(&id);
                    owner.with(|| signals::each_frame(media, move |all| self.heard(attempt, all)));
                }
                Err(error) => self.change(&mut |state| state.trial = Trial::Failed(error.clone())),
            }
        });
    }

    fn goes_on(self, attempt: u32) -> bool {
        let state = self.0.try_read_untracked();
        state.is_some_and(|state| {
            state.attempt == attempt && matches!(state.trial, Trial::Calling | Trial::Running(_))
        })
    }

    fn heard(self, attempt: u32, states: Vec<CallMedia>) {
        for media in states {
            if !self.goes_on(attempt) {
                return;
            }
            let connected = media.phase == MediaPhase::Connected;
            let unreachable = media.error == Some(Error::Media(MediaError::Unreachable));
            self.change(&mut |state| {
                if connected && state.trial == Trial::Calling {
                    state.trial = Trial::Running(clock::now());
                }
                state.measured.extend(media.quality.filter(|_| connected));
            });
            if media.phase == MediaPhase::Ended || unreachable {
                self.finish();
            }
        }
    }

    /// The time is up, or the echo has gone: what was measured is the result.
    fn finish(self) {
        self.change(&mut |state| {
            state.trial = match Verdict::of(&state.measured) {
                Some(verdict) => Trial::Done(verdict),
                None => Trial::Failed(Error::Media(MediaError::Unreachable)),
            };
        });
        self.close();
    }

    /// The visitor does not want to wait, or has gone on.
    fn stop(self) {
        self.change(&mut |state| {
            state.attempt += 1;
            state.trial = Trial::Idle;
        });
        self.close();
    }

    fn close(self) {
        let Some(mut state) = self.0.try_write() else { return };
        let (session, owner) = (state.session.take(), state.owner.take());
        let widget = state.line.widget();
        drop(state);
        if let (Some(session), Some(widget)) = (session, widget) {
            let closing = widget.close_call(&session);
            signals::spawn_detached(async move {
                // It ends by itself, should nobody hear this.
                let _ = closing.await;
            });
        }
        if let Some(owner) = owner {
            // Not before what is being heard has been handled.
            signals::after_frame(move || owner.cleanup());
        }
    }

    fn trial(self) -> Trial {
        self.0.read().trial.clone()
    }

    fn change(self, change: &mut dyn FnMut(&mut State)) {
        if let Some(mut state) = self.0.try_write() {
            change(&mut state);
        }
    }
}
