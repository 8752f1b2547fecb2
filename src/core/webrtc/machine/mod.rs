//! Negotiates one call with its other side: offers, answers and ways, as texts and ids.
//!
//! ```text
//!            Offer                Described             their answer            Applied
//!   Stable ────────▶ Describing ────────────▶ Offered ────────────────▶ Answered ────────▶ Stable
//!     │                                          │ ▲                                         ▲
//!     │ their offer                              └─┘ their offer crosses: ours is said again │
//!     └────────────▶ Applying ──▶ Answering ──────────────────────────────────────────────────┘
//! ```
//!
//! Every offer has a generation, odd for ours, greater than all before it. What belongs to an earlier
//! one falls through, as does what an earlier peer connection still says. We are the impolite peer: an
//! offer that crosses ours is not taken, and as the other side may have dropped ours for being older
//! than its own, ours is said again under the next generation.

mod words;

use std::time::Duration;

use super::filter::{Filter, is_wanted, without_hosts};
use crate::core::config::TrickleIcePolicy;
use crate::core::model::{Candidate, IceServer, SessionId, Signal};
use crate::core::ports::{Description, PeerId, RtcCommand, RtcEvent};
use crate::core::time::Timestamp;
pub(super) use words::{Effect, Input, Policy};
use words::{Found, Offer};

/// How long an offer waits for the ways that belong into it.
const GATHERING: Duration = Duration::from_secs(3);

/// How far a page that comes later begins above what it has seen: earlier offers of ours that nobody
/// answered are in no log that we read.
const LATER: u32 = 64;

/// How often a browser may refuse a description in a row.
const REFUSALS: u32 = 3;

/// One call's negotiation.
#[derive(Debug)]
pub(super) struct Machine {
    call: SessionId,
    policy: Policy,
    /// The picture has a place from the beginning.
    picture: bool,
    ice: Vec<IceServer>,
    peer: Option<PeerId>,
    /// Peer connections are numbered through all calls of the page.
    first_peer: u32,
    peers: u32,
    /// It was opened ahead, and nothing was negotiated on it.
    is_new: bool,
    state: State,
    /// The greatest generation of either side.
    newest: u32,
    /// The generation with which the present ways began: what is earlier belongs to other ways.
    floor: u32,
    /// The generation of the remote description that is set, if one is.
    applied: Option<u32>,
    /// An earlier page had the call.
    resumed: bool,
    wants: Option<Offer>,
    /// What came too early.
    early: Vec<(u32, Vec<Candidate>)>,
    /// Their offer that came while a description was being set.
    offered: Option<(u32, String)>,
    found: Found,
    refusals: u32,
    out: Vec<Effect>,
}

#[derive(Debug, Default)]
enum State {
    /// Nothing is under way.
    #[default]
    Stable,
    /// Our offer, or our answer to theirs, is being made.
    Describing { generation: u32, offer: Option<Offer> },
    /// It waits for its ways.
    Gathering { generation: u32, offer: Option<Offer>, until: Timestamp },
    /// It was said.
    Offered { generation: u32, sdp: String, offer: Offer },
    /// Their answer is being set.
    Answered { generation: u32 },
    /// Their offer is being set.
    Applying { generation: u32 },
}

impl Machine {
    pub(super) fn new(
        call: SessionId,
        policy: Policy,
        picture: bool,
        resumed: bool,
        first_peer: u32,
    ) -> Self {
        Self {
            call,
            policy,
            picture,
            ice: Vec::new(),
            peer: None,
            first_peer,
            peers: 0,
            is_new: false,
            state: State::Stable,
            newest: 0,
            floor: 0,
            applied: None,
            resumed,
            wants: None,
            early: Vec::new(),
            offered: None,
            found: Found::default(),
            refusals: 0,
            out: Vec::new(),
        }
    }

    /// The peer connection there is.
    pub(super) const fn peer(&self) -> Option<PeerId> {
        self.peer
    }

    /// Takes one input and says what is to be done, in order.
    pub(super) fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        match input {
            Input::Open => self.open(),
            Input::Begin => self.begin(),
            Input::End => self.end(),
            Input::Ice(ice) => self.helped(ice),
            Input::Restart => self.want(Offer { fresh: false, restart: true }),
            Input::Heard(signal) => self.heard(signal),
            Input::Taken => {
                self.found.busy = false;
                self.trickle();
            }
            Input::Rtc(event) => self.rtc(event, now),
            Input::Tick => self.tick(now),
        }
        std::mem::take(&mut self.out)
    }

    /// When a tick is due at the latest.
    pub(super) const fn deadline(&self) -> Option<Timestamp> {
        if let State::Gathering { until, .. } = self.state { Some(until) } else { None }
    }

    fn open(&mut self) {
        self.close();
        let peer = PeerId(self.first_peer + self.peers);
        self.peers += 1;
        self.peer = Some(peer);
        self.is_new = true;
        let (call, ice) = (self.call.clone(), self.ice.clone());
        let (relay, picture) = (self.policy.filter == Filter::Relay, self.picture);
        self.command(RtcCommand::Open { peer, call, ice, relay, picture });
    }

    fn begin(&mut self) {
        if !self.is_new {
            self.open();
        }
        self.is_new = false;
        if self.resumed && self.peers == 1 {
            self.newest += LATER;
        }
        self.want(Offer { fresh: self.resumed || self.peers > 1, restart: false });
    }

    fn end(&mut self) {
        self.close();
    }

    fn close(&mut self) {
        if let Some(peer) = self.peer.take() {
            self.command(RtcCommand::Close(peer));
        }
        self.state = State::Stable;
        self.is_new = false;
        self.applied = None;
        self.wants = None;
        self.early.clear();
        self.offered = None;
        self.found = Found::default();
    }

    fn helped(&mut self, ice: Vec<IceServer>) {
        self.ice = ice;
        if let Some(peer) = self.peer {
            let relay = self.policy.filter == Filter::Relay;
            self.command(RtcCommand::Configure { peer, ice: self.ice.clone(), relay });
        }
    }

    /// An offer is to be made, now or as soon as nothing else is under way.
    fn want(&mut self, offer: Offer) {
        let Some(peer) = self.peer else { return };
        if !matches!(self.state, State::Stable) {
            let wanted = self.wants.get_or_insert_default();
            wanted.restart |= offer.restart;
            wanted.fresh |= offer.fresh;
            return;
        }
        let generation = self.next_generation();
        if offer.fresh || offer.restart || self.floor == 0 {
            self.floor = generation;
            self.found = Found { busy: self.found.busy, ..Found::default() };
        }
        self.state = State::Describing { generation, offer: Some(offer) };
        self.command(RtcCommand::Offer(peer, offer.restart));
    }

    fn heard(&mut self, signal: Signal) {
        match signal {
            Signal::Offer { generation, sdp, .. } => self.their_offer(generation, sdp),
            Signal::Answer { generation, sdp } => self.their_answer(generation, sdp),
            Signal::Candidates { generation, candidates, .. } => {
                self.newest = self.newest.max(generation);
                self.their_ways(generation, candidates);
            }
            // They have no peer connection of ours any more, or do not get on with it.
            Signal::Restart if self.peer.is_some() && !self.is_new => self.begin(),
            Signal::Restart | Signal::Media { .. } | Signal::Bye | Signal::Unknown => {}
        }
    }

    fn their_offer(&mut self, generation: u32, sdp: String) {
        if generation <= self.newest {
            return;
        }
        self.newest = generation;
        let Some(peer) = self.peer.filter(|_| !self.is_new) else { return };
        match std::mem::take(&mut self.state) {
            State::Stable => {
                self.state = State::Applying { generation };
                self.command(RtcCommand::Apply(peer, Description::Offer, sdp));
            }
            // They cross. Theirs falls, and ours, which they may have dropped, is said again.
            State::Offered { sdp, offer, .. } => {
                let generation = self.next_generation();
                self.refloor(offer, generation);
                self.found.said = 0;
                self.found.ended = false;
                self.offer(generation, sdp, offer);
            }
            State::Describing { offer: Some(offer), .. } => {
                let generation = self.next_generation();
                self.refloor(offer, generation);
                self.state = State::Describing { generation, offer: Some(offer) };
            }
            State::Gathering { offer: Some(offer), until, .. } => {
                let generation = self.next_generation();
                self.refloor(offer, generation);
                self.state = State::Gathering { generation, offer: Some(offer), until };
            }
            // Theirs are being taken: one after the other, and of several the last.
            state @ (State::Describing { offer: None, .. }
            | State::Gathering { offer: None, .. }
            | State::Answered { .. }
            | State::Applying { .. }) => {
                self.offered = Some((generation, sdp));
                self.state = state;
            }
        }
    }

    fn refloor(&mut self, offer: Offer, generation: u32) {
        if offer.fresh || offer.restart {
            self.floor = generation;
        }
    }

    fn their_answer(&mut self, generation: u32, sdp: String) {
        self.newest = self.newest.max(generation);
        let Some(peer) = self.peer else { return };
        let State::Offered { generation: ours, .. } = self.state else { return };
        if ours == generation {
            self.state = State::Answered { generation };
            self.command(RtcCommand::Apply(peer, Description::Answer, sdp));
        }
    }

    fn their_ways(&mut self, generation: u32, mut candidates: Vec<Candidate>) {
        let Some(peer) = self.peer else { return };
        candidates.retain(|candidate| !candidate.candidate.is_empty());
        if generation < self.floor || candidates.is_empty() {
            return;
        }
        if self.applied.is_some_and(|applied| generation <= applied) {
            self.command(RtcCommand::Candidates(peer, candidates));
        } else {
            self.early.push((generation, candidates));
        }
    }

    fn rtc(&mut self, event: RtcEvent, now: Timestamp) {
        match event {
            RtcEvent::Described(_, Ok(sdp)) => self.described(sdp, now),
            RtcEvent::Gathered(_, sdp) => self.gathered(sdp),
            RtcEvent::Applied(_, Ok(())) => self.applied(),
            RtcEvent::Described(_, Err(_)) | RtcEvent::Applied(_, Err(_)) => {
                self.refusals += 1;
                if self.refusals < REFUSALS {
                    self.begin();
                } else {
                    self.out.push(Effect::Stuck);
                }
            }
            RtcEvent::Found(peer, found) => self.found(peer, found),
            // Something was added in mid-call. While a negotiation is under way the browser says so
            // again after it.
            RtcEvent::Needed(_) if matches!(self.state, State::Stable) && !self.is_new => {
                self.want(Offer::default());
            }
            RtcEvent::Needed(_)
            | RtcEvent::Captured(..)
            | RtcEvent::Lost(_)
            | RtcEvent::Devices(_)
            | RtcEvent::State(..)
            | RtcEvent::Picture(..)
            | RtcEvent::Sampled(..)
            | RtcEvent::Blocked(_)
            | RtcEvent::Network => {}
        }
    }

    /// Our description is set.
    fn described(&mut self, sdp: String, now: Timestamp) {
        let State::Describing { generation, offer } = self.state else { return };
        let complete = match (self.policy.trickle, offer) {
            (TrickleIcePolicy::FullTrickle, _) | (TrickleIcePolicy::HalfTrickle, None) => false,
            (TrickleIcePolicy::NotSupported, _) | (TrickleIcePolicy::HalfTrickle, Some(_)) => true,
        };
        if complete && !self.found.complete {
            self.state = State::Gathering { generation, offer, until: now + GATHERING };
        } else if complete {
            self.state = State::Gathering { generation, offer, until: now };
            self.gather();
        } else {
            self.say(generation, offer, sdp);
        }
    }

    fn gathered(&mut self, sdp: String) {
        let State::Gathering { generation, offer, .. } = self.state else { return };
        // They are all in the text.
        self.found.said = self.found.all.len();
        self.found.ended = true;
        self.say(generation, offer, sdp);
    }

    fn say(&mut self, generation: u32, offer: Option<Offer>, sdp: String) {
        let sdp = match self.policy.filter {
            Filter::NoHost => without_hosts(&sdp),
            Filter::All | Filter::Relay => sdp,
        };
        if let Some(offer) = offer {
            self.offer(generation, sdp, offer);
        } else {
            self.out.push(Effect::Say(Signal::Answer { generation, sdp }));
            self.settled(generation);
        }
    }

    fn offer(&mut self, generation: u32, sdp: String, offer: Offer) {
        self.state = State::Offered { generation, sdp: sdp.clone(), offer };
        let Offer { fresh, restart } = offer;
        self.out.push(Effect::Say(Signal::Offer { generation, sdp, fresh, restart }));
        self.trickle();
    }

    /// Their description is set.
    fn applied(&mut self) {
        let Some(peer) = self.peer else { return };
        match self.state {
            State::Answered { generation } => self.settled(generation),
            State::Applying { generation } => {
                self.state = State::Describing { generation, offer: None };
                self.command(RtcCommand::Answer(peer));
                self.take_early(generation);
            }
            State::Stable
            | State::Describing { .. }
            | State::Gathering { .. }
            | State::Offered { .. } => {}
        }
    }

    fn settled(&mut self, generation: u32) {
        self.state = State::Stable;
        self.refusals = 0;
        self.take_early(generation);
        self.trickle();
        self.out.push(Effect::Settled);
        if let Some((generation, sdp)) = self.offered.take()
            && generation >= self.newest
        {
            self.newest = generation - 1;
            self.their_offer(generation, sdp);
        }
        if let Some(wanted) = self.wants.take() {
            self.want(wanted);
        }
    }

    fn take_early(&mut self, generation: u32) {
        self.applied = Some(self.applied.unwrap_or(0).max(generation));
        for (of, candidates) in std::mem::take(&mut self.early) {
            self.their_ways(of, candidates);
        }
    }

    fn found(&mut self, peer: PeerId, found: Option<Candidate>) {
        match found {
            Some(candidate) => {
                if is_wanted(&candidate.candidate, self.policy.filter) {
                    self.found.all.push(candidate);
                    self.found.complete = false;
                }
            }
            None => {
                self.found.complete = true;
                if matches!(self.state, State::Gathering { .. }) {
                    self.command(RtcCommand::Gather(peer));
                }
            }
        }
        self.trickle();
    }

    /// Says the ways that were found since, unless the last ones are still under way: so they go
    /// together.
    fn trickle(&mut self) {
        let generation = match self.state {
            State::Offered { generation, .. } | State::Answered { generation } => generation,
            State::Stable | State::Applying { .. } => match self.applied {
                Some(generation) => generation,
                None => return,
            },
            State::Describing { .. } | State::Gathering { .. } => return,
        };
        let found = &mut self.found;
        let end = found.complete && !found.ended;
        if found.busy || (found.said == found.all.len() && !end) {
            return;
        }
        let candidates = found.all[found.said..].to_vec();
        (found.said, found.busy) = (found.all.len(), true);
        found.ended |= end;
        self.out.push(Effect::Say(Signal::Candidates { generation, candidates, end }));
    }

    fn tick(&mut self, now: Timestamp) {
        if let State::Gathering { until, .. } = &self.state
            && now >= *until
        {
            self.gather();
        }
    }

    /// Takes what there is.
    fn gather(&mut self) {
        if let State::Gathering { until, .. } = &mut self.state {
            *until = Timestamp::from_millis(u64::MAX);
        }
        if let Some(peer) = self.peer {
            self.command(RtcCommand::Gather(peer));
        }
    }

    fn next_generation(&mut self) -> u32 {
        self.newest = self.newest.saturating_add(1) | 1;
        self.newest
    }

    fn command(&mut self, command: RtcCommand) {
        self.out.push(Effect::Rtc(command));
    }
}
