//! One call: its negotiation, its way, how good it is, and what a person is shown of that.

use std::time::Duration;

use super::machine::{self, Machine, Policy};
use super::quality::Meter;
use super::recovery::{Recovery, Remedy};
use crate::core::error::{Error, MediaError, MediaSource};
use crate::core::model::{
    CallChannelSession, CallMedia, CallState, Ice, MediaPhase, SessionId, Signal, StepType,
};
use crate::core::ports::{IceState, PeerId, RtcCommand, RtcEvent};
use crate::core::time::{Timestamp, earliest};

/// How often is measured.
const MEASURING: Duration = Duration::from_secs(1);

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) media: CallMedia,
    /// Nothing but an echo: there is no session to wait for.
    is_test: bool,
    machine: Machine,
    recovery: Recovery,
    meter: Meter,
    /// The step for which it was begun: another operator is offered to anew.
    begun: Option<Option<i64>>,
    has_ice: bool,
    /// What the server said before it was known who helps.
    session: Option<CallChannelSession>,
    measured: Option<Timestamp>,
    refresh: Option<Timestamp>,
    ttl: Duration,
    /// An ICE restart waits for fresh credentials.
    restarts: bool,
    held: bool,
    /// Whether the other side's picture comes, and whether the other side says that it shows one: a
    /// track whose camera was turned off tells nobody, and its last picture would stand still.
    comes: bool,
    shown: bool,
    told: Option<CallMedia>,
    out: Vec<Effect>,
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub(super) enum Effect {
    Rtc(RtcCommand),
    Say(Signal),
    /// Fresh credentials are wanted.
    Ice,
    /// It cannot go on: the server is to be told.
    HangUp,
    Tell(CallMedia),
}

impl Call {
    pub(super) fn new(
        id: &SessionId,
        policy: Policy,
        picture: bool,
        resumed: bool,
        first_peer: u32,
    ) -> Self {
        Self {
            media: CallMedia::of(id.clone()),
            is_test: false,
            machine: Machine::new(id.clone(), policy, picture, resumed, first_peer),
            recovery: Recovery::new(),
            meter: Meter::default(),
            begun: None,
            has_ice: false,
            session: None,
            measured: None,
            refresh: None,
            ttl: Duration::ZERO,
            restarts: false,
            held: false,
            comes: false,
            shown: true,
            told: None,
            out: Vec::new(),
        }
    }

    /// An echo, which is there at once.
    pub(super) fn test(self) -> Self {
        Self { is_test: true, ..self }
    }

    pub(super) const fn peer(&self) -> Option<PeerId> {
        self.machine.peer()
    }

    /// When something is due at the latest.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let measure = self.measured.map(|last| last + MEASURING);
        [self.machine.deadline(), self.recovery.deadline(), self.refresh]
            .into_iter()
            .fold(measure, earliest)
    }

    /// What is to be done, after whatever happened.
    pub(super) fn effects(&mut self) -> Vec<Effect> {
        let news = self.told.as_ref() != Some(&self.media);
        if news {
            self.told = Some(self.media.clone());
            self.out.push(Effect::Tell(self.media.clone()));
        }
        std::mem::take(&mut self.out)
    }

    /// Who helps to find a way: with the call, or fresh.
    pub(super) fn helped(&mut self, ice: Result<Ice, Error>, now: Timestamp) {
        // Where there are none, the old ones may still do.
        if let Ok(ice) = ice {
            self.ttl = Duration::from_millis(ice.ttl.into());
            self.decide(machine::Input::Ice(ice.servers), now);
        }
        // A little before they end.
        self.refresh = (!self.ttl.is_zero()).then(|| now + self.ttl * 4 / 5);
        if std::mem::take(&mut self.restarts) {
            self.decide(machine::Input::Restart, now);
        } else if !std::mem::replace(&mut self.has_ice, true) {
            self.decide(machine::Input::Open, now);
            match self.session.take() {
                Some(session) => self.session(&session, now),
                None if self.is_test => self.begin(None, now),
                None => {}
            }
        }
    }

    /// The server says what the call is doing.
    pub(super) fn session(&mut self, session: &CallChannelSession, now: Timestamp) {
        if session.is_over() {
            return self.end(now);
        }
        if !self.has_ice {
            self.session = Some(session.clone());
            return;
        }
        let answered = matches!(
            session.state,
            Some(CallState::Connected | CallState::Conferenced | CallState::Hold)
        );
        let rings = session.state == Some(CallState::NewOutbound)
            && session.step_type() == Some(&StepType::Connecting);
        let step = session.step.as_ref().and_then(|step| step.step);
        // Each operator whom it rings at is offered to anew; who answers has been offered to.
        let is_new = self.begun.is_none_or(|begun| rings && begun != step);
        if (rings || answered) && is_new {
            self.begin(step, now);
        } else if !answered && !rings && self.begun.is_some() {
            self.decide(machine::Input::End, now);
            self.recovery.ended();
            (self.begun, self.measured) = (None, None);
            self.media.phase = MediaPhase::Waiting;
            self.media.quality = None;
            self.parted();
        }
        let held = session.state == Some(CallState::Hold);
        if held != self.held {
            self.held = held;
            self.recovery.hold(held);
            if let Some(peer) = self.peer() {
                self.out.push(Effect::Rtc(RtcCommand::Pause(peer, held)));
            }
        }
    }

    /// The other side says something.
    pub(super) fn heard(&mut self, signal: Signal, now: Timestamp) {
        match &signal {
            Signal::Media { audio, video } => {
                self.media.other_muted = !audio;
                self.shown = *video;
                self.media.picture = self.comes && self.shown;
            }
            Signal::Bye if self.is_test => return self.end(now),
            // A new peer connection: what was measured is of the old one.
            Signal::Restart if self.peer().is_some() => self.looks(now),
            Signal::Offer { .. }
            | Signal::Answer { .. }
            | Signal::Candidates { .. }
            | Signal::Restart
            | Signal::Bye
            | Signal::Unknown => {}
        }
        self.decide(machine::Input::Heard(signal), now);
    }

    /// The server has taken ways of ours.
    pub(super) fn taken(&mut self, now: Timestamp) {
        self.decide(machine::Input::Taken, now);
    }

    /// Its peer connection says something.
    pub(super) fn rtc(&mut self, event: RtcEvent, now: Timestamp) {
        let remedy = match &event {
            RtcEvent::State(_, state) => {
                let remedy = self.recovery.told(*state, now);
                let lost = match state {
                    IceState::Disconnected | IceState::Failed => !self.recovery.is_flowing(),
                    IceState::Checking | IceState::Connected => false,
                };
                // Bytes follow at once; a lost way is found again only when they do.
                self.media.phase = match (*state, self.media.phase) {
                    (IceState::Connected, MediaPhase::Connecting) => MediaPhase::Connected,
                    (_, MediaPhase::Connected) if lost => MediaPhase::Reconnecting,
                    (_, phase) => phase,
                };
                remedy
            }
            RtcEvent::Sampled(_, sample) => {
                let (again, remedy) = self.recovery.received(sample.bytes_in, now);
                if again || self.recovery.is_flowing() {
                    self.media.phase = MediaPhase::Connected;
                    self.media.error =
                        self.media.error.take().filter(|error| !is_unreachable(error));
                }
                self.media.quality = self
                    .meter
                    .take(sample, now, self.media.camera)
                    .or(self.media.quality)
                    .filter(|_| !self.held);
                remedy
            }
            RtcEvent::Picture(_, comes) => {
                self.comes = *comes;
                self.media.picture = self.comes && self.shown;
                None
            }
            RtcEvent::Network => self.recovery.moved(),
            RtcEvent::Blocked(blocked) => {
                self.media.blocked = *blocked;
                None
            }
            RtcEvent::Described(..)
            | RtcEvent::Applied(..)
            | RtcEvent::Found(..)
            | RtcEvent::Gathered(..)
            | RtcEvent::Needed(_)
            | RtcEvent::Captured(..)
            | RtcEvent::Lost(_)
            | RtcEvent::Devices(_) => None,
        };
        self.decide(machine::Input::Rtc(event), now);
        self.mend(remedy, now);
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: Timestamp) {
        if let Some(peer) = self.peer()
            && self.measured.is_some_and(|last| now >= last + MEASURING)
        {
            self.measured = Some(now);
            self.out.push(Effect::Rtc(RtcCommand::Measure(peer)));
        }
        if self.refresh.is_some_and(|refresh| now >= refresh) {
            self.refresh = None;
            self.out.push(Effect::Ice);
        }
        self.decide(machine::Input::Tick, now);
        let remedy = self.recovery.tick(now);
        self.mend(remedy, now);
    }

    /// It is over, for whatever reason.
    pub(super) fn end(&mut self, now: Timestamp) {
        self.decide(machine::Input::End, now);
        self.recovery.ended();
        (self.measured, self.refresh) = (None, None);
        self.media = CallMedia {
            phase: MediaPhase::Ended,
            error: self.media.error.take(),
            ..CallMedia::of(self.media.session.clone())
        };
    }

    /// Whether a source is on in this call.
    pub(super) const fn shows(&self, source: MediaSource) -> bool {
        match source {
            MediaSource::Microphone => self.media.microphone,
            MediaSource::Camera => self.media.camera,
            MediaSource::Screen => self.media.screen,
        }
    }

    /// Turns a picture on or off. A screen comes before the camera.
    pub(super) fn show(&mut self, source: MediaSource, on: bool) {
        match source {
            MediaSource::Microphone => {}
            MediaSource::Camera => self.media.camera = on,
            MediaSource::Screen => self.media.screen = on,
        }
        self.carry(true);
        if source == MediaSource::Screen {
            self.hint();
        }
    }

    /// What the other side is told of our devices.
    fn hint(&mut self) {
        if self.begun.is_some() {
            let (audio, video) = (self.media.microphone, self.media.camera || self.media.screen);
            self.out.push(Effect::Say(Signal::Media { audio, video }));
        }
    }

    /// What was known of the other side is of nobody any more.
    const fn parted(&mut self) {
        (self.comes, self.shown) = (false, true);
        (self.media.picture, self.media.other_muted) = (false, false);
    }

    fn begin(&mut self, step: Option<i64>, now: Timestamp) {
        self.begun = Some(step);
        self.parted();
        self.looks(now);
        self.decide(machine::Input::Begin, now);
    }

    /// A way is looked for, on a new peer connection.
    fn looks(&mut self, now: Timestamp) {
        self.recovery.begun();
        self.meter.reset();
        self.measured = Some(now);
        if self.media.phase != MediaPhase::Reconnecting {
            let known = self.media.phase == MediaPhase::Connected;
            self.media.phase =
                if known { MediaPhase::Reconnecting } else { MediaPhase::Connecting };
        }
    }

    fn mend(&mut self, remedy: Option<Remedy>, now: Timestamp) {
        match remedy {
            None => {}
            Some(Remedy::Restart) => {
                self.media.phase = MediaPhase::Reconnecting;
                self.restarts = true;
                self.out.push(Effect::Ice);
            }
            Some(Remedy::Rebuild) => {
                self.looks(now);
                self.decide(machine::Input::Begin, now);
            }
            Some(Remedy::GiveUp) => self.give_up(),
        }
    }

    fn give_up(&mut self) {
        self.media.error = Some(Error::Media(MediaError::Unreachable));
        self.out.push(Effect::HangUp);
    }

    fn decide(&mut self, input: machine::Input, now: Timestamp) {
        for effect in self.machine.handle(input, now) {
            match effect {
                machine::Effect::Rtc(command) => {
                    let opened = matches!(command, RtcCommand::Open { .. });
                    self.out.push(Effect::Rtc(command));
                    if opened {
                        self.carry(false);
                    }
                }
                machine::Effect::Say(signal) => self.out.push(Effect::Say(signal)),
                machine::Effect::Settled => self.recovery.settled(now),
                machine::Effect::Stuck => self.give_up(),
            }
        }
    }

    /// Has the peer connection send what the call shows; a new one shows nothing by itself.
    fn carry(&mut self, known: bool) {
        let Some(peer) = self.peer() else { return };
        let source = match (self.media.screen, self.media.camera) {
            (true, _) => Some(MediaSource::Screen),
            (false, true) => Some(MediaSource::Camera),
            (false, false) => None,
        };
        if known || source.is_some() {
            self.out.push(Effect::Rtc(RtcCommand::Show(peer, source)));
        }
        if !known && self.held {
            self.out.push(Effect::Rtc(RtcCommand::Pause(peer, true)));
        }
    }
}

fn is_unreachable(error: &Error) -> bool {
    *error == Error::Media(MediaError::Unreachable)
}
