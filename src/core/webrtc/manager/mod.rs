//! All calls of a page and the devices that they share: microphone, camera, screen.

mod words;

use super::call::{Call, Effect as Done};
use super::machine::Policy;
use crate::core::error::{Error, MediaError, MediaSource, Refused};
use crate::core::map::Map;
use crate::core::model::{DeviceKind, MediaPhase, SessionId, Track};
use crate::core::ports::{PeerId, RtcCommand, RtcEvent};
use crate::core::session::call::Wish;
use crate::core::time::{Timestamp, earliest};
pub(super) use words::{Effect, Input, Ticket};

/// Peer connections of one call are numbered within so many.
const PEERS: u32 = 1 << 16;

/// Everything about the media of a visitor's calls.
#[derive(Debug)]
pub(super) struct Manager {
    policy: Policy,
    calls: Map<SessionId, Call>,
    opened: u32,
    microphone: Held,
    camera: Held,
    screen: Held,
    muted: bool,
    waiting: Vec<Waiting>,
    /// How many calls are being made, and how many look before one: devices are kept for them.
    making: u32,
    /// Why a call that is being made begins without a camera.
    dark: Option<MediaError>,
    out: Vec<Effect>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Held {
    #[default]
    No,
    Asked,
    Yes,
}

/// Somebody waits for devices.
#[derive(Debug)]
struct Waiting {
    ticket: Option<Ticket>,
    /// Those whose fate is not known yet.
    open: Vec<MediaSource>,
    failed: Option<Error>,
    then: Then,
}

/// What is done when the devices are there.
#[derive(Clone, Debug)]
enum Then {
    /// A call begins, without a camera if need be.
    Begin,
    /// Somebody looks at them.
    Preview,
    Show(SessionId, MediaSource),
    /// Another device goes on where one was.
    GoOn(MediaSource),
}

impl Manager {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            policy,
            calls: Map::new(),
            opened: 0,
            microphone: Held::No,
            camera: Held::No,
            screen: Held::No,
            muted: false,
            waiting: Vec::new(),
            making: 0,
            dark: None,
            out: Vec::new(),
        }
    }

    /// Takes one input and says what is to be done, in order.
    pub(super) fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        match input {
            Input::Wish(wish, ticket) => self.wish(wish, ticket, now),
            Input::Ice(id, ice) => self.with(&id, |call| call.helped(ice, now)),
            Input::Taken(id) => self.with(&id, |call| call.taken(now)),
            Input::Rtc(event) => self.rtc(event, now),
            Input::Tick => self.each(|call| call.tick(now)),
        }
        std::mem::take(&mut self.out)
    }

    /// When a tick is due at the latest.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.calls.values().map(Call::deadline).fold(None, earliest)
    }

    fn wish(&mut self, wish: Wish, ticket: Ticket, now: Timestamp) {
        match wish {
            Wish::Prepare(picture) => self.prepare(picture, ticket, Then::Begin),
            Wish::Preview(picture) => self.prepare(picture, ticket, Then::Preview),
            Wish::Abandon => self.made(),
            Wish::Opened { id, picture, resumed, test } => {
                self.opened(&id, picture, resumed, test);
            }
            Wish::Ice(id, ice) => self.with(&id, |call| call.helped(ice, now)),
            Wish::Session(session) => self.with(&session.id, |call| call.session(&session, now)),
            Wish::Heard(id, signal) => self.with(&id, |call| call.heard(signal, now)),
            Wish::Deaf(id, error) => self.with(&id, |call| {
                let is_taken = |refused: &Refused| refused.code == Refused::TAKEN_OVER;
                if error.refusal().is_some_and(is_taken) {
                    call.media.error = Some(Error::Media(MediaError::TakenOver));
                }
                call.end(now);
            }),
            Wish::Switch(id, Track::Audio, on) => self.mute(&id, !on, ticket),
            Wish::Switch(id, Track::Video, on) => {
                self.picture(&id, MediaSource::Camera, on, ticket);
            }
            Wish::Share(id, on) => self.picture(&id, MediaSource::Screen, on, ticket),
            Wish::Choose(kind, device) => self.choose(kind, device, ticket),
            Wish::Enumerate => self.command(RtcCommand::Enumerate),
            Wish::Tones(id, tones) => self.tones(&id, tones, ticket),
            Wish::Play => self.command(RtcCommand::Play),
            Wish::Close(id) => self.with(&id, |call| call.end(now)),
            Wish::End => {
                self.each(|call| call.end(now));
                self.give_back();
            }
        }
    }

    fn prepare(&mut self, picture: bool, ticket: Ticket, then: Then) {
        self.making += 1;
        self.dark = None;
        let wanted: &[MediaSource] = if picture {
            &[MediaSource::Microphone, MediaSource::Camera]
        } else {
            &[MediaSource::Microphone]
        };
        self.capture(wanted, Some(ticket), then);
    }

    fn opened(&mut self, id: &SessionId, picture: bool, resumed: bool, test: bool) {
        let first_peer = self.opened * PEERS;
        self.opened += 1;
        let mut call = Call::new(id, self.policy, picture, resumed, first_peer);
        if test {
            call = call.test();
        }
        call.media.microphone = !self.muted && self.microphone == Held::Yes;
        if picture {
            call.media.camera = self.camera == Held::Yes;
            call.media.error = self.dark.take().map(Error::Media);
            if !call.media.camera && !test {
                self.out.push(Effect::Muted(id.clone(), Track::Video, true));
            }
        }
        self.calls.insert(id.clone(), call);
        self.out.push(Effect::Watch(id.clone()));
        self.command(RtcCommand::Enumerate);
        self.with(id, |_| {});
        self.made();
    }

    /// A call has been made, or was given up.
    fn made(&mut self) {
        self.making = self.making.saturating_sub(1);
        self.give_back();
    }

    fn mute(&mut self, id: &SessionId, muted: bool, ticket: Ticket) {
        if self.calls.contains_key(id) {
            self.muted = muted;
            self.command(RtcCommand::Enable(!muted));
            let heard = !muted && self.microphone == Held::Yes;
            self.each(|call| call.media.microphone = heard);
        }
        self.answer(ticket, Ok(()));
    }

    fn picture(&mut self, id: &SessionId, source: MediaSource, on: bool, ticket: Ticket) {
        if !self.calls.contains_key(id) {
            let error = Error::WrongState { operation: "video", state: "not running" };
            return self.answer(ticket, Err(error));
        }
        if on {
            return self.capture(&[source], Some(ticket), Then::Show(id.clone(), source));
        }
        self.hide(id, source);
        self.answer(ticket, Ok(()));
    }

    /// A source is not shown any more; the last call that shows it gives it back.
    fn hide(&mut self, id: &SessionId, source: MediaSource) {
        self.with(id, |call| call.show(source, false));
        if !self.calls.values().any(|call| call.shows(source)) {
            self.release(source);
        }
    }

    fn choose(&mut self, kind: DeviceKind, device: String, ticket: Ticket) {
        self.command(RtcCommand::Choose(kind, device));
        match kind.source().filter(|source| *self.held(*source) == Held::Yes) {
            Some(source) => {
                *self.held(source) = Held::No;
                self.capture(&[source], Some(ticket), Then::GoOn(source));
            }
            None => self.answer(ticket, Ok(())),
        }
        self.command(RtcCommand::Enumerate);
    }

    fn tones(&mut self, id: &SessionId, tones: String, ticket: Ticket) {
        let peer = self.calls.get(id).and_then(Call::peer);
        let outcome = match peer {
            Some(peer) => {
                self.command(RtcCommand::Tones(peer, tones));
                Ok(())
            }
            None => Err(Error::WrongState { operation: "sendTones", state: "not connected" }),
        };
        self.answer(ticket, outcome);
    }

    /// Takes those of the devices that are not held; what follows is done when all are known.
    fn capture(&mut self, sources: &[MediaSource], ticket: Option<Ticket>, then: Then) {
        let mut open = Vec::new();
        let mut ask = Vec::new();
        for source in sources {
            let held = self.held(*source);
            match held {
                Held::Yes => {}
                Held::Asked => open.push(*source),
                Held::No => {
                    *held = Held::Asked;
                    open.push(*source);
                    ask.push(*source);
                }
            }
        }
        if !ask.is_empty() {
            self.command(RtcCommand::Capture(ask));
        }
        self.waiting.push(Waiting { ticket, open, failed: None, then });
        self.served();
    }

    fn captured(&mut self, source: MediaSource, outcome: Result<(), MediaError>) {
        if *self.held(source) != Held::Asked {
            return;
        }
        *self.held(source) = if outcome.is_ok() { Held::Yes } else { Held::No };
        if outcome.is_ok() && source == MediaSource::Microphone && self.muted {
            self.command(RtcCommand::Enable(false));
        }
        for waiting in &mut self.waiting {
            if waiting.open.contains(&source) {
                waiting.open.retain(|open| *open != source);
                if let Err(error) = outcome {
                    if matches!(waiting.then, Then::Begin) && source == MediaSource::Camera {
                        // Better heard than not at all.
                        self.dark = Some(error);
                    } else if source == MediaSource::Microphone || waiting.failed.is_none() {
                        waiting.failed = Some(Error::Media(error));
                    }
                }
            }
        }
        self.served();
    }

    /// Goes on for those who have what they wanted.
    fn served(&mut self) {
        while let Some(at) = self.waiting.iter().position(|waiting| waiting.open.is_empty()) {
            let Waiting { ticket, failed, then, .. } = self.waiting.remove(at);
            match (&then, &failed) {
                (Then::Show(id, source), None) => {
                    let (id, source) = (id.clone(), *source);
                    self.with(&id, |call| call.show(source, true));
                    // The call may be over by now.
                    if !self.calls.values().any(|call| call.shows(source)) {
                        self.release(source);
                    }
                }
                (Then::GoOn(source), Some(error)) => self.gone(*source, Some(error)),
                (Then::Begin | Then::Preview | Then::GoOn(_), _) | (Then::Show(..), Some(_)) => {}
            }
            if let Some(ticket) = ticket {
                self.answer(ticket, failed.map_or(Ok(()), Err));
            }
        }
    }

    /// A device went away.
    fn lost(&mut self, source: MediaSource) {
        *self.held(source) = Held::No;
        match source {
            // There may be another one.
            MediaSource::Microphone => self.capture(&[source], None, Then::GoOn(source)),
            MediaSource::Camera => {
                self.gone(source, Some(&Error::Media(MediaError::NotFound(source))));
            }
            MediaSource::Screen => self.gone(source, None),
        }
        self.command(RtcCommand::Enumerate);
    }

    fn gone(&mut self, source: MediaSource, error: Option<&Error>) {
        let ids: Vec<_> = self.calls.keys().cloned().collect();
        for id in ids {
            let Some(call) = self.calls.get_mut(&id).filter(|call| call.shows(source)) else {
                continue;
            };
            if let Some(error) = error {
                call.media.error = Some(error.clone());
                let track = match source {
                    MediaSource::Microphone => Track::Audio,
                    MediaSource::Camera | MediaSource::Screen => Track::Video,
                };
                self.out.push(Effect::Muted(id.clone(), track, true));
            }
            if source == MediaSource::Microphone {
                self.with(&id, |call| call.media.microphone = false);
            } else {
                self.hide(&id, source);
            }
        }
    }

    fn rtc(&mut self, event: RtcEvent, now: Timestamp) {
        let peer = match &event {
            RtcEvent::Captured(source, outcome) => return self.captured(*source, *outcome),
            RtcEvent::Lost(source) => return self.lost(*source),
            RtcEvent::Devices(devices) => return self.out.push(Effect::Devices(devices.clone())),
            RtcEvent::Blocked(_) | RtcEvent::Network => {
                return self.each(|call| call.rtc(event.clone(), now));
            }
            RtcEvent::Described(peer, _)
            | RtcEvent::Applied(peer, _)
            | RtcEvent::Found(peer, _)
            | RtcEvent::Gathered(peer, _)
            | RtcEvent::Needed(peer)
            | RtcEvent::State(peer, _)
            | RtcEvent::Picture(peer, _)
            | RtcEvent::Sampled(peer, _) => *peer,
        };
        if let Some(id) = self.call_of(peer) {
            self.with(&id, |call| call.rtc(event, now));
        }
    }

    fn call_of(&self, peer: PeerId) -> Option<SessionId> {
        let mut calls = self.calls.iter();
        calls.find(|(_, call)| call.peer() == Some(peer)).map(|(id, _)| id.clone())
    }

    fn each(&mut self, mut act: impl FnMut(&mut Call)) {
        let ids: Vec<_> = self.calls.keys().cloned().collect();
        for id in ids {
            self.with(&id, &mut act);
        }
    }

    /// Does something with a call, and what follows from it.
    fn with(&mut self, id: &SessionId, act: impl FnOnce(&mut Call)) {
        let Some(call) = self.calls.get_mut(id) else { return };
        act(call);
        let over = call.media.phase == MediaPhase::Ended;
        for done in call.effects() {
            self.out.push(match done {
                Done::Rtc(command) => Effect::Rtc(command),
                Done::Say(signal) => Effect::Say(id.clone(), signal),
                Done::Ice => Effect::Ice(id.clone()),
                Done::HangUp => Effect::HangUp(id.clone()),
                Done::Tell(media) => Effect::Tell(media),
            });
        }
        if over {
            self.calls.remove(id);
            self.out.push(Effect::Unwatch(id.clone()));
            self.give_back();
        }
    }

    /// Without a call, and none being made, no device is held: every light goes off.
    fn give_back(&mut self) {
        if !self.calls.is_empty() || self.making > 0 {
            return;
        }
        self.muted = false;
        for source in [MediaSource::Microphone, MediaSource::Camera, MediaSource::Screen] {
            self.release(source);
        }
    }

    fn release(&mut self, source: MediaSource) {
        let was = std::mem::take(self.held(source));
        if was != Held::No {
            self.command(RtcCommand::Release(source));
        }
        if was == Held::Asked {
            for waiting in &mut self.waiting {
                if waiting.open.contains(&source) {
                    waiting.open.retain(|open| *open != source);
                    waiting.failed = Some(Error::Cancelled);
                }
            }
            self.served();
        }
    }

    const fn held(&mut self, source: MediaSource) -> &mut Held {
        match source {
            MediaSource::Microphone => &mut self.microphone,
            MediaSource::Camera => &mut self.camera,
            MediaSource::Screen => &mut self.screen,
        }
    }

    fn answer(&mut self, ticket: Ticket, outcome: Result<(), Error>) {
        self.out.push(Effect::Answer(ticket, outcome));
    }

    fn command(&mut self, command: RtcCommand) {
        self.out.push(Effect::Rtc(command));
    }
}
