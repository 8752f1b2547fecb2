//! The polite peer of a call that sends back what it hears and sees: str0m, and round it the rules of `signal/<id>` about who offers what when
//! (docs/protocol.md). No socket, no clock: datagrams and moments go in, datagrams and signals come out.
//!
//! ```text
//!  nothing ──offer──▶ Session ⟲ offer (newer gen): renegotiation, ICE restart
//!                        │     ⟲ own offer (even gen) ──▶ answer, or rolled back by the visitor's
//!                        └──offer with fresh:true──▶ another Session
//! ```

use crate::wire::telephony::{Candidate as WireCandidate, Signal};
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Instant;
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::crypto::{CryptoProvider, from_feature_flags};
use str0m::format::{Codec, FormatParams};
use str0m::media::{Direction, Frequency, KeyframeRequestKind, MediaData, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc, RtcError};

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

/// One peer connection.
struct Session {
    rtc: Rtc,
    local: Vec<Candidate>,
    pending: Option<Pending>,
    media: Vec<(Mid, MediaKind)>,
    connection: Connection,
}

/// An offer of ours that waits for its answer.
struct Pending {
    generation: u32,
    offer: SdpPendingOffer,
    /// What is new in it.
    added: Option<Mid>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Connection {
    Begun,
    Up,
    /// The visitor was asked for an ICE restart.
    Lost,
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
            // A number is used once; what repeats an older one came late.
            Signal::Offer { generation, .. } if generation <= self.heard => {}
            Signal::Offer { generation, sdp, fresh, restart: _ } => {
                self.heard = generation;
                if fresh || self.session.is_none() {
                    self.close();
                    self.session = Some(Session::new(&bind(), now));
                    self.alone = Some(now);
                    self.told = None;
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

impl Session {
    fn new(addresses: &[SocketAddr], now: Instant) -> Self {
        // Made once: it looks at what the processor can do.
        static CRYPTO: LazyLock<Arc<CryptoProvider>> =
            LazyLock::new(|| Arc::new(from_feature_flags()));
        let mut config = Rtc::builder().set_crypto_provider(Arc::clone(&CRYPTO));
        // Keys pressed in a call (RFC 4733), at the clock rates of Opus and of G.711; the numbers that Chromium gives them.
        for (number, rate) in [(110, Frequency::FORTY_EIGHT_KHZ), (126, Frequency::EIGHT_KHZ)] {
            let format = FormatParams::default();
            config.codec_config().add_config(number.into(), None, Codec::Tele, rate, None, format);
        }
        let mut rtc = config.build(now);
        let local = addresses
            .iter()
            .filter_map(|address| Candidate::host(*address, Protocol::Udp).ok())
            .filter_map(|candidate| rtc.add_local_candidate(candidate).cloned())
            .collect();
        Self { rtc, local, pending: None, media: Vec::new(), connection: Connection::Begun }
    }

    /// Ours, as `RTCIceCandidateInit` has them.
    fn candidates(&mut self, sdp: &str) -> Vec<WireCandidate> {
        let ufrag = self.rtc.direct_api().local_ice_credentials().ufrag;
        // All media share one transport (max-bundle): that of the first.
        let mid = sdp.lines().find_map(|line| line.strip_prefix("a=mid:")).map(str::to_owned);
        let line = |candidate: &Candidate| WireCandidate {
            candidate: candidate.to_sdp_string(),
            sdp_mid: mid.clone(),
            sdp_m_line_index: Some(0),
            username_fragment: Some(ufrag.clone()),
        };
        self.local.iter().map(line).collect()
    }

    fn mid_of(&self, kind: MediaKind) -> Option<Mid> {
        let is_usable = |mid: &Mid| self.rtc.media(*mid).is_some_and(|it| !it.stopped());
        let mut of_kind = self.media.iter().filter(|(_, it)| *it == kind).map(|(mid, _)| *mid);
        of_kind.rfind(is_usable)
    }

    fn receives(&self, kind: MediaKind) -> bool {
        let media = self.mid_of(kind).and_then(|mid| self.rtc.media(mid));
        media.is_some_and(|media| media.direction().is_receiving())
    }

    fn send_back(&mut self, data: MediaData) {
        let MediaData { mid, params, network_time, time, contiguous, data, .. } = data;
        if !contiguous {
            self.request_keyframe(mid, KeyframeRequestKind::Pli);
        }
        if let Some(writer) = self.rtc.writer(mid)
            && let Some(number) = writer.match_params(params)
            && let Err(error) = writer.write(number, network_time, time, data)
        {
            tracing::debug!(%error, "a frame is not sent back");
        }
    }

    /// The source of what we send is the other side itself.
    fn request_keyframe(&mut self, mid: Mid, kind: KeyframeRequestKind) {
        if let Some(mut writer) = self.rtc.writer(mid)
            && writer.is_request_keyframe_possible(kind)
        {
            // Refused where nothing is received: then there is nothing to repair.
            let _ = writer.request_keyframe(None, kind);
        }
    }

    fn request_keyframes(&mut self) {
        if let Some(mid) = self.mid_of(MediaKind::Video) {
            self.request_keyframe(mid, KeyframeRequestKind::Pli);
        }
    }
}
