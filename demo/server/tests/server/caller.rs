//! A visitor's browser in a call: str0m, a socket of its own, and the visitor's wire for the signals. It sends sound every 20 ms and pictures every 40, each with a
//! number in it, and notes what comes back.

use crate::support::{PATIENCE, Visitor, key};
use crate::turn_client::TurnClient;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::format::{Codec, CodecExtra, FormatParams};
use str0m::media::{
    Direction, Frequency, KeyframeRequestKind, MediaKind, MediaTime, Mid, TelephoneEvent,
};
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, IceConnectionState, Input, Output, Rtc};
use tokio::net::UdpSocket;

/// Sound goes out so often; every second time pictures too.
const BEAT: Duration = Duration::from_millis(20);

pub(crate) struct Caller {
    pub(crate) visitor: Visitor,
    pub(crate) call: String,
    pub(crate) rtc: Rtc,
    pub(crate) socket: UdpSocket,
    pub(crate) generation: u64,
    pub(crate) audio: Option<Mid>,
    pub(crate) video: Option<Mid>,
    /// Numbers of the frames that came back.
    pub(crate) heard: BTreeSet<u64>,
    pub(crate) seen: BTreeSet<u64>,
    /// Keys that came back.
    pub(crate) keys: Vec<u8>,
    /// Frames that came back other than they were sent.
    pub(crate) strange: usize,
    pub(crate) keyframes_asked: usize,
    pub(crate) is_up: bool,
    /// What the other side said, in order.
    pub(crate) signals: Vec<Value>,
    /// Follows offers of the other side.
    pub(crate) answers: bool,
    /// To whom datagrams go, whatever ICE thinks: nobody, where the way is cut.
    pub(crate) is_cut: bool,
    pub(crate) subscription: Value,
    /// Through which all goes, if there is one; and what it gave us.
    pub(crate) relay: Option<(TurnClient, SocketAddr)>,
    pending: Option<SdpPendingOffer>,
    beats: u64,
    next_beat: Instant,
}

impl Caller {
    /// Follows the signals of a call that is connected.
    pub(crate) async fn new(mut visitor: Visitor, call: &str) -> Self {
        let subscription =
            visitor.subscribe(&format!("signal/{call}")).await["subscription"].clone();
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let rtc = peer(&socket);
        Self {
            visitor,
            call: call.to_owned(),
            rtc,
            socket,
            generation: 0,
            audio: None,
            video: None,
            heard: BTreeSet::new(),
            seen: BTreeSet::new(),
            keys: Vec::new(),
            relay: None,
            strange: 0,
            keyframes_asked: 0,
            is_up: false,
            signals: Vec::new(),
            answers: true,
            is_cut: false,
            subscription,
            pending: None,
            beats: 0,
            next_beat: Instant::now(),
        }
    }

    /// A peer connection of one's own, as a page that was reloaded has one.
    pub(crate) async fn renew(&mut self) {
        self.socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        self.rtc = peer(&self.socket);
        (self.audio, self.video, self.pending, self.is_up) = (None, None, None, false);
        self.forget();
    }

    /// Forgets what came back so far.
    pub(crate) fn forget(&mut self) {
        self.heard.clear();
        self.seen.clear();
    }

    /// Offers sound, or sound and pictures, or what is new of them.
    pub(crate) async fn offer(&mut self, audio: bool, video: bool, more: Value) {
        let mut changes = self.rtc.sdp_api();
        if audio && self.audio.is_none() {
            let kind = MediaKind::Audio;
            self.audio = Some(changes.add_media(kind, Direction::SendRecv, None, None, None));
        }
        if video && self.video.is_none() {
            let kind = MediaKind::Video;
            self.video = Some(changes.add_media(kind, Direction::SendRecv, None, None, None));
        }
        if more["restart"] == true {
            changes.ice_restart(true);
        }
        let (offer, pending) = changes.apply().unwrap();
        self.pending = Some(pending);
        self.generation += 2 - (self.generation + 1) % 2;
        let mut signal =
            json!({"type": "offer", "gen": self.generation, "sdp": offer.to_sdp_string()});
        for (name, value) in more.as_object().unwrap() {
            signal[name] = value.clone();
        }
        self.signal(signal).await;
    }

    pub(crate) async fn signal(&mut self, mut signal: Value) {
        signal["session"] = json!(self.call);
        signal["key"] = json!(key());
        self.visitor.call("signal", signal).await.unwrap();
    }

    /// Goes on with media and signals until it is so.
    pub(crate) async fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(
                Instant::now() < end,
                "not in time: {what}; heard {}, seen {}, up: {}, signals {:?}",
                self.heard.len(),
                self.seen.len(),
                self.is_up,
                self.signals.iter().map(|it| it["type"].clone()).collect::<Vec<_>>()
            );
            self.step().await;
        }
    }

    /// Goes on for as long as so many frames of sound take.
    pub(crate) async fn frames(&mut self, count: u64) {
        let end = self.beats + count;
        self.until("time passes", |caller| caller.beats >= end).await;
    }

    pub(crate) fn last(&self, kind: &str) -> Option<&Value> {
        self.signals.iter().rev().find(|signal| signal["type"] == kind)
    }

    async fn step(&mut self) {
        let deadline = self.poll().await.min(self.next_beat);
        let mut buffer = [0; 2048];
        let subscription = self.subscription.clone();
        let relayed = async {
            match &mut self.relay {
                Some((relay, at)) => (relay.receive_from().await, *at),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            ((bytes, source), destination) = relayed => {
                let Ok(contents) = bytes.as_slice().try_into() else { return };
                let proto = Protocol::Udp;
                let input = Input::Receive(Instant::now(), Receive { proto, source, destination, contents });
                if self.rtc.accepts(&input) {
                    self.rtc.handle_input(input).unwrap();
                }
            }
            received = self.socket.recv_from(&mut buffer) => {
                let Ok((length, source)) = received else { return };
                let Ok(contents) = buffer[..length].try_into() else { return };
                let destination = self.socket.local_addr().unwrap();
                let proto = Protocol::Udp;
                let input = Input::Receive(Instant::now(), Receive { proto, source, destination, contents });
                if !self.is_cut && self.rtc.accepts(&input) {
                    self.rtc.handle_input(input).unwrap();
                }
            }
            event = self.visitor.event(|event| event["subscription"] == subscription) => {
                self.take_signal(event["result"].clone()).await;
            }
            () = tokio::time::sleep_until(deadline.into()) => {
                self.rtc.handle_input(Input::Timeout(Instant::now())).unwrap();
            }
        }
        if Instant::now() >= self.next_beat {
            self.beat();
        }
    }

    async fn poll(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(at) => return at,
                Output::Transmit(it) => {
                    if let Some((relay, _)) = &mut self.relay {
                        relay.send_to(&it.contents, it.destination).await;
                    } else if !self.is_cut {
                        let _ = self.socket.send_to(&it.contents, it.destination).await;
                    }
                }
                Output::Event(Event::IceConnectionStateChange(state)) => {
                    self.is_up = matches!(
                        state,
                        IceConnectionState::Connected | IceConnectionState::Completed
                    );
                }
                Output::Event(Event::MediaAdded(added)) if added.kind == MediaKind::Video => {
                    self.video = Some(added.mid);
                }
                Output::Event(Event::MediaData(data)) => {
                    if let CodecExtra::Tele(key) = data.codec_extra {
                        if key.end {
                            self.keys.push(key.event);
                        }
                        continue;
                    }
                    let number = number_of(&data.data);
                    let is_ours = number < self.beats && *data.data == frame(number);
                    self.strange += usize::from(!is_ours);
                    let set =
                        if Some(data.mid) == self.audio { &mut self.heard } else { &mut self.seen };
                    set.insert(number);
                }
                Output::Event(Event::KeyframeRequest(_)) => self.keyframes_asked += 1,
                Output::Event(_) => {}
            }
        }
    }

    fn beat(&mut self) {
        self.next_beat = Instant::now() + BEAT;
        let number = self.beats;
        self.beats += 1;
        let rates = [(self.audio, Codec::Opus, 48_000), (self.video, Codec::Vp8, 90_000)];
        for (mid, codec, rate) in rates {
            let Some(writer) = mid.and_then(|mid| self.rtc.writer(mid)) else { continue };
            if codec == Codec::Vp8 && number % 2 == 1 {
                continue;
            }
            let Some(params) = writer.payload_params().find(|it| it.spec().codec == codec) else {
                continue;
            };
            let (pt, rate) = (params.pt(), Frequency::new(rate).unwrap());
            let time = MediaTime::new(number * u64::from(rate.get()) / 50, rate);
            let _ = writer.write(pt, Instant::now(), time, frame(number));
        }
    }

    async fn take_signal(&mut self, signal: Value) {
        let generation = signal["gen"].as_u64();
        self.signals.push(signal.clone());
        match signal["type"].as_str().unwrap() {
            "answer" if generation == Some(self.generation) => {
                let answer = SdpAnswer::from_sdp_string(signal["sdp"].as_str().unwrap()).unwrap();
                let pending = self.pending.take().expect("an answer to an offer");
                self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
            }
            "offer" if self.answers => {
                let offer = SdpOffer::from_sdp_string(signal["sdp"].as_str().unwrap()).unwrap();
                let answer = self.rtc.sdp_api().accept_offer(offer).unwrap();
                self.generation = generation.unwrap();
                let sdp = answer.to_sdp_string();
                self.signal(json!({"type": "answer", "gen": generation, "sdp": sdp})).await;
            }
            "candidates" => {
                for line in signal["candidates"].as_array().unwrap() {
                    let line = line["candidate"].as_str().unwrap();
                    self.rtc.add_remote_candidate(Candidate::from_sdp_string(line).unwrap());
                }
            }
            _ => {}
        }
    }

    /// Has everything go through a relay from now on: a peer connection with no other candidate.
    pub(crate) async fn go_through(&mut self, mut relay: TurnClient) {
        let at = relay.allocate().await.unwrap();
        relay.permit("127.0.0.1:40000".parse().unwrap()).await.unwrap();
        self.rtc = bare_peer();
        let candidate = Candidate::relayed(at, relay.address(), Protocol::Udp).unwrap();
        self.rtc.add_local_candidate(candidate);
        self.relay = Some((relay, at));
    }

    /// Presses a key for a tenth of a second.
    pub(crate) fn press(&mut self, event: u8) {
        let number = self.beats;
        let writer = self.rtc.writer(self.audio.unwrap()).unwrap();
        let pt = writer.payload_params().find(|it| it.spec().codec == Codec::Opus).unwrap().pt();
        let time = MediaTime::new(number * 960, Frequency::FORTY_EIGHT_KHZ);
        let (end, volume, duration) = (true, 10, Duration::from_millis(100));
        let key = TelephoneEvent { event, end, volume, duration };
        let nothing: &[u8] = &[];
        writer.telephone_event(key).write(pt, Instant::now(), time, nothing).unwrap();
    }

    /// Asks for a whole picture of what comes back.
    pub(crate) fn ask_keyframe(&mut self) {
        let mut writer = self.rtc.writer(self.video.unwrap()).unwrap();
        writer.request_keyframe(None, KeyframeRequestKind::Pli).unwrap();
    }

    pub(crate) fn address_of_the_other_side(&self) -> SocketAddr {
        let answer = self.last("answer").unwrap()["sdp"].as_str().unwrap();
        let line = answer.lines().find(|line| line.starts_with("a=candidate:")).unwrap();
        let line = line.strip_prefix("a=").unwrap();
        Candidate::from_sdp_string(line).unwrap().addr()
    }
}

fn bare_peer() -> Rtc {
    let crypto = std::sync::Arc::new(str0m::crypto::from_feature_flags());
    let mut config = Rtc::builder().set_crypto_provider(crypto);
    config.codec_config().add_config(
        110.into(),
        None,
        Codec::Tele,
        Frequency::FORTY_EIGHT_KHZ,
        None,
        FormatParams::default(),
    );
    config.build(Instant::now())
}

fn peer(socket: &UdpSocket) -> Rtc {
    let mut rtc = bare_peer();
    let address = socket.local_addr().unwrap();
    rtc.add_local_candidate(Candidate::host(address, Protocol::Udp).unwrap());
    rtc
}

/// A frame that both codecs' packets can carry, with a number in it. Its first bit says "whole picture" to VP8.
fn frame(number: u64) -> Vec<u8> {
    let mut bytes = vec![0x10; 2];
    bytes.extend(number.to_be_bytes());
    bytes.extend([u8::try_from(number % 251).unwrap(); 90]);
    bytes
}

fn number_of(frame: &[u8]) -> u64 {
    frame.get(2..10).map_or(u64::MAX, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()))
}
