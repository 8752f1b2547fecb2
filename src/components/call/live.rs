//! A call as signals.

use std::borrow::Cow;
use std::future::Future;

use leptos::prelude::*;

use super::view::{Remark, contact};
use crate::components::chat::progress::{Progress, Stage};
use crate::components::clock;
use crate::components::home::view::Channel;
use crate::components::rating::Rated;
use crate::components::ui::Ui;
use crate::core::model::{CallChannelSession, CallMedia, CallState, MediaPhase, SessionId};
use crate::core::{Error, Widget};
use crate::i18n::Key;
use crate::signals;

/// One call. Copies are handles to the same.
#[derive(Clone, Copy)]
pub struct Call(RwSignal<State>);

/// One signal: it changes about once a second, and what it draws is compared before it is drawn.
struct State {
    // What does not change.
    ui: Ui,
    number: u32,
    rated: Rated,
    widget: Widget,
    channel: Channel,
    service: String,
    // What does.
    id: Option<SessionId>,
    progress: Progress,
    state: Option<CallState>,
    media: Option<CallMedia>,
    /// When the talk began and ended, in milliseconds since 1970, by this device's clock.
    since: Option<u64>,
    until: Option<u64>,
    failure: Option<Error>,
    given_up: bool,
    /// Why the last thing that was asked of it was not done.
    refused: Option<Error>,
}

impl Call {
    /// A call that is being made, under the present reactive owner.
    #[must_use]
    pub fn new(ui: Ui, widget: Widget, channel: Channel, service: &str) -> Self {
        Self(RwSignal::new(State {
            ui,
            number: ui.next_number(),
            rated: Rated::new(),
            widget,
            channel,
            service: service.to_owned(),
            id: None,
            progress: Progress::default(),
            state: None,
            media: None,
            since: None,
            until: None,
            failure: None,
            given_up: false,
            refused: None,
        }))
    }

    /// It is there: follows its sound and picture, under the present reactive owner.
    pub(super) fn made(self, id: &SessionId) {
        self.change(&mut |state| state.id = Some(id.clone()));
        let media = self.0.read_untracked().widget.call_media(id);
        signals::each_frame(media, move |states| {
            let Some(newest) = states.last() else { return };
            self.change(&mut |state| {
                if newest.phase == MediaPhase::Ended {
                    state.end();
                }
                state.media = Some(newest.clone());
            });
        });
    }

    /// Takes in what the server says of it.
    pub(super) fn apply(self, session: &CallChannelSession) {
        self.change(&mut |state| {
            if state.since.is_none() {
                state.since = began(session);
            }
            if session.is_over() {
                state.end();
            }
            state.state.clone_from(&session.state);
            state.progress.apply(contact(session));
        });
    }

    /// It could not be made.
    pub(super) fn fail(self, error: &Error) {
        self.change(&mut |state| state.failure = Some(error.clone()));
    }

    /// Hangs up; a call that is still being made ends as soon as it is there.
    pub fn hang_up(self) {
        self.change(&mut |state| {
            state.given_up = true;
            state.end();
        });
        let state = self.0.read_untracked();
        if let Some(id) = &state.id {
            let closing = state.widget.close_call(id);
            leptos::task::spawn_local(async move {
                // What the server does not hear it finds out: the visitor's side has ended.
                let _ = closing.await;
            });
        }
    }

    /// The microphone is heard, or not.
    pub fn toggle_microphone(self) {
        self.ask(|widget, id| widget.toggle_audio_mute(id));
    }

    /// The camera is taken, or given back.
    pub fn toggle_camera(self) {
        self.ask(|widget, id| widget.toggle_video_mute(id));
    }

    /// A screen is shown, or not any more.
    pub fn toggle_screen(self) {
        let on = untrack(|| !self.media(|media| media.screen));
        self.ask(move |widget, id| {
            let sharing = widget.share_screen(id, on);
            async move { sharing.await.map(|()| true) }
        });
    }

    /// Dials within the call.
    pub fn tone(self, tone: &'static str) {
        self.ask(move |widget, id| {
            let dialing = widget.send_tones(id, tone);
            async move { dialing.await.map(|()| true) }
        });
    }

    /// Plays what the browser holds back until a gesture.
    pub fn play(self) {
        self.0.read_untracked().widget.play();
    }

    fn ask<F>(self, ask: impl FnOnce(&Widget, &SessionId) -> F)
    where
        F: Future<Output = Result<bool, Error>> + 'static,
    {
        let state = self.0.read_untracked();
        let Some(id) = &state.id else { return };
        let asking = ask(&state.widget, id);
        drop(state);
        signals::spawn_detached(async move {
            let refused = asking.await.err();
            if let Some(mut state) = self.0.try_write() {
                state.refused = refused;
            }
        });
    }

    /// Changes what the screens show, and tells them. Compiled once for all changes.
    fn change(self, change: &mut dyn FnMut(&mut State)) {
        if let Some(mut state) = self.0.try_write() {
            change(&mut state);
        }
    }

    /// Tells this call from the next one.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0.read_untracked().number
    }

    /// Audio or video, as it began.
    #[must_use]
    pub fn channel(self) -> Channel {
        self.0.read_untracked().channel
    }

    /// The service's code.
    #[must_use]
    pub fn service(self) -> String {
        self.0.read_untracked().service.clone()
    }

    /// The session's id, once there is one.
    #[must_use]
    pub fn id(self) -> Option<SessionId> {
        self.0.read_untracked().id.clone()
    }

    /// Whether the visitor has hung up, also before it was made; `None` where nobody shows it any more.
    pub(super) fn is_given_up(self) -> Option<bool> {
        self.0.try_read_untracked().map(|state| state.given_up)
    }

    /// What to show, reactively.
    #[must_use]
    pub fn stage(self) -> Stage {
        let state = self.0.read();
        let ended = state.media.as_ref().is_some_and(|media| media.phase == MediaPhase::Ended);
        if state.given_up || ended {
            Stage::Ended
        } else {
            state.progress.stage(state.failure.as_ref())
        }
    }

    /// How it was, as far as the visitor has said.
    #[must_use]
    pub fn rated(self) -> Rated {
        self.0.read_untracked().rated
    }

    /// Tells the server how it was; nothing of a call that never was one.
    pub fn rate(
        self,
        score: u8,
        comment: Option<&str>,
    ) -> impl Future<Output = Result<bool, Error>> + use<> {
        let state = self.0.read_untracked();
        let rating = state.id.as_ref().map(|id| state.widget.rate_call(id, score, comment));
        async move {
            match rating {
                Some(rating) => rating.await,
                None => Err(Error::WrongState { operation: "rate", state: "not created" }),
            }
        }
    }

    /// Whether anybody has ever answered, reactively.
    #[must_use]
    pub fn has_talked(self) -> bool {
        self.0.read().progress.has_talked()
    }

    /// Whether it is over, or never began, reactively.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self.stage(), Stage::Ended | Stage::Failed(_))
    }

    /// Whether it is being made.
    pub(super) fn is_being_made(self) -> bool {
        let state = self.0.try_read_untracked();
        state.is_some_and(|it| it.id.is_none() && it.failure.is_none() && !it.given_up)
    }

    /// The operator's name, or what operators are called, reactively.
    #[must_use]
    pub fn operator(self) -> Cow<'static, str> {
        let name = self.0.read().progress.operator().map(str::to_owned);
        let ui = self.0.read_untracked().ui;
        name.map_or_else(|| ui.text(Key::Operator), Cow::Owned)
    }

    /// One thing about sound and picture, reactively; the default before they are there.
    pub fn media<T: Default>(self, read: impl FnOnce(&CallMedia) -> T) -> T {
        self.0.read().media.as_ref().map(read).unwrap_or_default()
    }

    /// What is said over the pictures, reactively.
    #[must_use]
    pub fn remark(self) -> Remark {
        let handover = self.stage() == Stage::Handover;
        let state = self.0.read();
        Remark::of(state.state.as_ref(), state.media.as_ref(), handover)
    }

    /// Why the last thing asked of it was not done, reactively.
    #[must_use]
    pub fn refused(self) -> Option<Error> {
        self.0.read().refused.clone()
    }

    /// For how long it has lasted, in milliseconds, reactively; `None` before anybody answered.
    #[must_use]
    pub fn lasted(self, now: u64) -> Option<u64> {
        let state = self.0.read();
        Some(state.until.unwrap_or(now).saturating_sub(state.since?))
    }
}

impl State {
    fn end(&mut self) {
        self.until.get_or_insert_with(clock::now);
    }
}

/// When the talk began, by this device's clock: the server's two times tell how long ago that was.
fn began(session: &CallChannelSession) -> Option<u64> {
    let start = clock::moment(session.start.as_deref()?)?.millis;
    let now = session.time.as_deref().and_then(clock::moment);
    let ago = now.map_or(0, |now| (now.millis - start).max(0));
    Some(clock::now().saturating_sub(ago.unsigned_abs()))
}
