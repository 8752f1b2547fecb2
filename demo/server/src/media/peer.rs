//! The polite peer of a call that sends back what it hears and sees: str0m, and round it the rules of `signal/<id>` about who offers what when
//! (docs/protocol.md). No socket, no clock: datagrams and moments go in, datagrams and signals come out.
//!
//! ```text
//!  nothing ──offer──▶ Session ⟲ offer (newer gen): renegotiation, ICE restart
//!                        │     ⟲ own offer (even gen) ──▶ answer, or rolled back by the visitor's
//!                        └──offer with fresh:true──▶ another Session
//! ```

use super::session::{Connection, Pending, Session};
use crate::wire::telephony::{Candidate as WireCandidate, Signal};
use std::net::SocketAddr;
use std::time::Instant;
use str0m::change::{SdpAnswer, SdpOffer};
use str0m::media::{Direction, MediaKind};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, RtcError};

/// Something to send.
pub(super) struct Datagram {
    /// From this address of ours.
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) bytes: Vec<u8>,
}

/// See the module's text.
#[derive(Default)]
pub(super) struct Peer {
    session: Option<Session>,
    /// The newest offer of the visitor's.
    heard: u32,
    /// The newest offer of ours.
    offered: u32,
    /// The newest offer, of either side, that was answered.
    agreed: u32,
    /// Pictures were asked for, and no offer with them was answered yet.
    wants_video: bool,
    held: bool,
    /// What the visitor has on: microphone, camera.
    hint: Option<(bool, bool)>,
    /// What was said of ours, which is the visitor's own.
    told: Option<(bool, bool)>,
    /// Since when nobody is there: not before a first offer.
    alone: Option<Instant>,
    failed: bool,
    signals: Vec<Signal>,
}

impl Peer {
    /// What the visitor's browser says. Sockets are bound for a new peer connection; `bind` gives their addresses.
    pub(super) fn hear(
        &mut self,
        signal: Signal,
        now: Instant,
        bind: impl FnOnce() -> Vec<SocketAddr>,
    ) {
        match signal {
            // Older than one of ours, it is said again with a newer number once ours is seen. The same number once more may be a page that was reloaded
            // and knows of no answer yet.
            Signal::Offer { generation, .. } if generation < self.heard.max(self.offered) => {}
            Signal::Offer { generation, sdp, fresh, restart } => {
                self.heard = generation;
                if fresh || self.session.is_none() {
                    self.close();
                    self.session = Some(Session::new(&bind(), now));
                    self.alone = Some(now);
                    self.told = None;
                }
                if let Some(session) = self.session.as_mut().filter(|_| restart) {
                    // The visitor has noticed: no need to ask for what is under way.
                    session.connection = Connection::Begun;
                }
                self.answer(generation, &sdp);
            }
            Signal::Answer { generation, sdp } => self.accept_answer(generation, &sdp),
            Signal::Candidates { generation, candidates, end: _ } => {
                if generation >= self.agreed {
                    self.add_candidates(&candidates);
                }
            }
            Signal::Media { audio, video, .. } => {
                self.hint = Some((audio, video));
            }
            // The impolite side restarts by an offer of its own.
            Signal::Restart { .. } => {}
            Signal::Bye { .. } => {
                self.close();
                self.alone = Some(now);
            }
        }
    }

    /// Sends nothing back from now on, or again.
    pub(super) fn hold(&mut self, held: bool) {
        self.held = held;
        if let Some(session) = self.session.as_mut().filter(|_| !held) {
            session.request_keyframes();
        }
    }

    /// Offers pictures where there are none.
    pub(super) fn offer_video(&mut self) {
        self.wants_video = true;
        self.offer();
    }

    /// A datagram came in.
    pub(super) fn receive(
        &mut self,
        bytes: &[u8],
        source: SocketAddr,
        destination: SocketAddr,
        now: Instant,
    ) {
        let Ok(contents) = bytes.try_into() else { return };
        let input =
            Input::Receive(now, Receive { proto: Protocol::Udp, source, destination, contents });
        if let Some(session) = &mut self.session
            && session.rtc.accepts(&input)
            && let Err(error) = session.rtc.handle_input(input)
        {
            self.lose(&error, now);
        }
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: Instant) {
        if let Some(session) = &mut self.session
            && let Err(error) = session.rtc.handle_input(Input::Timeout(now))
        {
            self.lose(&error, now);
        }
    }

    /// Collects what there is to send. When to tick.
    pub(super) fn poll(&mut self, now: Instant, datagrams: &mut Vec<Datagram>) -> Option<Instant> {
        loop {
            let session = self.session.as_mut()?;
            if !session.rtc.is_alive() {
                self.session = None;
                self.alone.get_or_insert(now);
                return None;
            }
            match session.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.tell_media();
                    return Some(at);
                }
                Ok(Output::Transmit(it)) => datagrams.push(Datagram {
                    source: it.source,
                    destination: it.destination,
                    bytes: it.contents.into(),
                }),
                Ok(Output::Event(event)) => self.event(event, now),
                Err(error) => self.lose(&error, now),
            }
        }
    }

    /// What there is to say, in order.
    pub(super) fn take_signals(&mut self) -> Vec<Signal> {
        std::mem::take(&mut self.signals)
    }

    /// Since when there is no connection, once one was tried.
    pub(super) fn alone_since(&self) -> Option<Instant> {
        self.alone
    }

    /// It was offered what cannot be understood.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Ends the peer connection; what is still to be sent is polled.
    pub(super) fn close(&mut self) {
        if let Some(session) = &mut self.session {
            session.pending = None;
            // A connection that never came about has nobody to tell.
            if session.rtc.close().is_err() {
                self.session = None;
            }
        }
    }

    fn answer(&mut self, generation: u32, sdp: &str) {
        let Some(session) = &mut self.session else { return };
        // Polite: the visitor's offer stands, one of ours that crossed it never was.
        session.pending = None;
        let answer =
            SdpOffer::from_sdp_string(sdp).map_err(|error| error.to_string()).and_then(|offer| {
                session.rtc.sdp_api().accept_offer(offer).map_err(|error| error.to_string())
            });
        match answer {
            Ok(answer) => {
                let sdp = answer.to_sdp_string();
                let candidates = session.candidates(&sdp);
                self.signals.push(Signal::Answer { generation, sdp });
                // They are in the answer too, for whoever does not trickle.
                self.signals.push(Signal::Candidates { generation, candidates, end: true });
                self.agreed = generation;
                if self.wants_video {
                    self.offer();
                }
            }
            Err(error) => {
                tracing::warn!(error, "an offer that cannot be answered");
                self.failed = true;
            }
        }
    }

    fn accept_answer(&mut self, generation: u32, sdp: &str) {
        let Some(session) = &mut self.session else { return };
        let Some(Pending { offer, added, .. }) =
            session.pending.take_if(|pending| pending.generation == generation)
        else {
            return;
        };
        let accepted =
            SdpAnswer::from_sdp_string(sdp).map_err(|error| error.to_string()).and_then(|answer| {
                session
                    .rtc
                    .sdp_api()
                    .accept_answer(offer, answer)
                    .map_err(|error| error.to_string())
            });
        match accepted {
            Ok(()) => {
                // Of media that is ours str0m tells nothing.
                session.media.extend(added.map(|mid| (mid, MediaKind::Video)));
                self.agreed = generation;
                self.wants_video = false;
            }
            Err(error) => {
                tracing::warn!(error, "an answer that cannot be accepted");
                self.failed = true;
            }
        }
    }

    fn offer(&mut self) {
        let newest = self.heard.max(self.offered);
        let Some(session) = &mut self.session else { return };
        if session.pending.is_some() {
            return;
        }
        let video = session.mid_of(MediaKind::Video);
        let mut changes = session.rtc.sdp_api();
        let added = match video {
            Some(mid) => {
                changes.set_direction(mid, Direction::SendRecv);
                None
            }
            None => {
                let kind = MediaKind::Video;
                Some(changes.add_media(kind, Direction::SendRecv, None, None, None))
            }
        };
        match changes.apply() {
            Some((sdp, offer)) => {
                let generation = newest + 2 - newest % 2;
                self.offered = generation;
                session.pending = Some(Pending { generation, offer, added });
                let sdp = sdp.to_sdp_string();
                let (fresh, restart) = (false, false);
                self.signals.push(Signal::Offer { generation, sdp, fresh, restart });
            }
            None => self.wants_video = false,
        }
    }

    fn add_candidates(&mut self, candidates: &[WireCandidate]) {
        let Some(session) = &mut self.session else { return };
        for line in candidates {
            // Nothing to resolve an mDNS name with (`.local`): such a browser finds us, and is learned from its check (RFC 8445, 7.3.1.3).
            if let Ok(candidate) = Candidate::from_sdp_string(&line.candidate) {
                session.rtc.add_remote_candidate(candidate);
            }
        }
    }

    /// Says what comes from here, where that is news.
    fn tell_media(&mut self) {
        let Some(session) = &self.session else { return };
        let (audio, video) = self.hint.unwrap_or((true, true));
        let has = |kind| !self.held && session.receives(kind);
        let now = (audio && has(MediaKind::Audio), video && has(MediaKind::Video));
        if self.told != Some(now) {
            self.told = Some(now);
            let (audio, video) = now;
            self.signals.push(Signal::Media { generation: None, audio, video });
        }
    }

    fn event(&mut self, event: Event, now: Instant) {
        let Some(session) = &mut self.session else { return };
        if let Event::IceConnectionStateChange(state) = event {
            self.connection(state, now);
        } else if let Event::MediaAdded(added) = event {
            session.media.push((added.mid, added.kind));
        } else if let Event::MediaData(data) = event {
            if !self.held {
                session.send_back(data);
            }
        } else if let Event::KeyframeRequest(request) = event {
            session.request_keyframe(request.mid, request.kind);
        } else if let Event::ChannelData(data) = event
            && let Some(mut channel) = session.rtc.channel(data.id)
        {
            // What does not fit is lost: the other side counts what comes back.
            let _ = channel.write(data.binary, &data.data);
        }
    }

    fn connection(&mut self, state: IceConnectionState, now: Instant) {
        let Some(session) = &mut self.session else { return };
        match state {
            IceConnectionState::New | IceConnectionState::Checking => {}
            IceConnectionState::Connected | IceConnectionState::Completed => {
                session.connection = Connection::Up;
                self.alone = None;
            }
            IceConnectionState::Disconnected => {
                self.alone = Some(now);
                if session.connection == Connection::Up {
                    session.connection = Connection::Lost;
                    self.signals.push(Signal::Restart { generation: None });
                }
            }
        }
    }

    /// A peer connection that is broken: a fresh offer begins another.
    fn lose(&mut self, error: &RtcError, now: Instant) {
        tracing::warn!(%error, "a call's media broke");
        self.session = None;
        self.alone = Some(now);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;
    use str0m::Rtc;
    use str0m::crypto::from_feature_flags;

    /// A peer and a browser, nothing but memory between them, and a clock moved by hand.
    struct Stage {
        peer: Peer,
        browser: Rtc,
        now: Instant,
        is_cut: bool,
        said: Vec<Signal>,
    }

    impl Stage {
        fn connected() -> Self {
            let now = Instant::now();
            let crypto = Arc::new(from_feature_flags());
            let mut browser = Rtc::builder().set_crypto_provider(crypto).build(now);
            let at = SocketAddr::from(([127, 0, 0, 1], 40_000));
            browser.add_local_candidate(Candidate::host(at, Protocol::Udp).unwrap());
            let mut stage =
                Self { peer: Peer::default(), browser, now, is_cut: false, said: Vec::new() };
            assert_eq!(stage.peer.alone_since(), None, "who never came is not gone");
            stage.offer(1);
            stage.pass(Duration::from_secs(2));
            assert_eq!(stage.peer.alone_since(), None, "it is connected");
            stage
        }

        /// Begins, or begins to look for a way anew.
        fn offer(&mut self, generation: u32) {
            let fresh = generation == 1;
            let mut changes = self.browser.sdp_api();
            if fresh {
                changes.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
            } else {
                changes.ice_restart(true);
            }
            let (offer, pending) = changes.apply().unwrap();
            let sdp = offer.to_sdp_string();
            let offer = Signal::Offer { generation, sdp, fresh, restart: !fresh };
            let bind = || vec![SocketAddr::from(([127, 0, 0, 1], 10_000))];
            self.peer.hear(offer, self.now, bind);
            let said = self.peer.take_signals();
            let Signal::Answer { sdp, .. } = &said[0] else { unreachable!() };
            let answer = SdpAnswer::from_sdp_string(sdp).unwrap();
            self.browser.sdp_api().accept_answer(pending, answer).unwrap();
        }

        fn pass(&mut self, time: Duration) {
            let end = self.now + time;
            while self.now < end {
                let mut datagrams = Vec::new();
                self.peer.poll(self.now, &mut datagrams);
                self.said.extend(self.peer.take_signals());
                for datagram in datagrams {
                    self.deliver(&datagram);
                }
                while let Ok(output) = self.browser.poll_output() {
                    match output {
                        Output::Transmit(it) if !self.is_cut => {
                            self.peer.receive(&it.contents, it.source, it.destination, self.now);
                        }
                        Output::Transmit(_) | Output::Event(_) => {}
                        Output::Timeout(_) => break,
                    }
                }
                self.now += Duration::from_millis(5);
                self.peer.tick(self.now);
                self.browser.handle_input(Input::Timeout(self.now)).unwrap();
            }
        }

        fn deliver(&mut self, datagram: &Datagram) {
            if let Ok(contents) = datagram.bytes.as_slice().try_into() {
                let (source, destination) = (datagram.source, datagram.destination);
                let proto = Protocol::Udp;
                let receive = Receive { proto, source, destination, contents };
                let input = Input::Receive(self.now, receive);
                if !self.is_cut && self.browser.accepts(&input) {
                    self.browser.handle_input(input).unwrap();
                }
            }
        }
    }

    #[test]
    fn where_the_way_is_cut_it_asks_once_for_another_and_counts_the_time() {
        let mut stage = Stage::connected();
        stage.said.clear();
        stage.is_cut = true;
        stage.pass(Duration::from_secs(60));
        assert_eq!(stage.said, [Signal::Restart { generation: None }]);
        let since = stage.peer.alone_since().unwrap();
        assert!(stage.now - since > Duration::from_secs(20), "alone since the way was cut");
        stage.is_cut = false;
        stage.offer(3);
        stage.pass(Duration::from_secs(5));
        assert_eq!(stage.peer.alone_since(), None, "by an ICE restart it was found again");
    }

    #[test]
    fn who_looks_for_another_way_already_is_not_asked_to() {
        let mut stage = Stage::connected();
        stage.said.clear();
        stage.is_cut = true;
        stage.pass(Duration::from_secs(1));
        stage.offer(3);
        stage.pass(Duration::from_secs(60));
        assert_eq!(stage.said, []);
        assert!(stage.peer.alone_since().is_some(), "and yet nobody is there");
    }

    #[test]
    fn an_offer_that_is_older_than_its_own_is_dropped() {
        let mut stage = Stage::connected();
        stage.peer.offer_video();
        let said = stage.peer.take_signals();
        assert!(matches!(said[..], [Signal::Offer { generation: 2, .. }]), "{said:?}");
        let sdp = "v=0\r\nthis would end it\r\n".to_owned();
        let (generation, fresh, restart) = (1, true, false);
        stage.peer.hear(Signal::Offer { generation, sdp, fresh, restart }, stage.now, Vec::new);
        assert!(stage.peer.take_signals().is_empty() && !stage.peer.has_failed());
    }

    #[test]
    fn what_cannot_be_understood_ends_it_and_a_bye_leaves_it_waiting() {
        let mut stage = Stage::connected();
        let now = stage.now;
        stage.peer.hear(Signal::Bye { generation: None }, now, Vec::new);
        assert_eq!(stage.peer.alone_since(), Some(now));
        assert!(!stage.peer.has_failed());
        let sdp = "v=0\r\nthis is no session description\r\n".to_owned();
        let (generation, fresh, restart) = (3, true, false);
        stage.peer.hear(Signal::Offer { generation, sdp, fresh, restart }, now, Vec::new);
        assert!(stage.peer.has_failed());
    }
}
