//! Peer connections and devices of a page.

mod bind;
mod container;
mod devices;
mod peer;
mod play;
mod sound;
mod stats;

use std::cell::RefCell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::channel::mpsc;
use futures::{Stream, StreamExt};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, EventTarget, HtmlElement};

use super::Sleep;
use super::events::Events;
use crate::core::error::MediaSource;
use crate::core::model::{DeviceKind, SessionId};
use crate::core::ports::{PeerId, Rtc, RtcCommand, RtcEvent};
use crate::core::time::Timestamp;
use bind::{IceEvent, Pc, Track, TrackEvent};
use devices::{Chosen, Taken};
use peer::Peer;
use play::Stage;
pub use play::Whose;
use sound::Sound;

/// The events of a peer connection that are of interest.
const OF_PEER: [&str; 5] = [
    "icecandidate",
    "iceconnectionstatechange",
    "connectionstatechange",
    "negotiationneeded",
    "track",
];

/// The page's WebRTC. Clones are one.
#[derive(Clone)]
pub struct BrowserRtc {
    shared: Rc<Shared>,
}

struct Shared {
    events: RefCell<Option<mpsc::UnboundedReceiver<RtcEvent>>>,
    teller: mpsc::UnboundedSender<RtcEvent>,
    heard: RefCell<Events>,
    peers: RefCell<Vec<Peer>>,
    held: RefCell<Vec<(MediaSource, Track)>>,
    /// How often each source was asked for or given back: what comes late is not wanted any more.
    asked: RefCell<[u32; 3]>,
    chosen: RefCell<Chosen>,
    stage: Stage,
    sound: Sound,
    /// The page's own place for pictures (reference, `videoContainer`).
    container: Option<HtmlElement>,
}

impl BrowserRtc {
    /// The page's WebRTC. The other side's picture is put into `container`, if there is one (reference,
    /// `videoContainer`).
    #[must_use]
    pub fn new(container: Option<HtmlElement>) -> Self {
        let (teller, events) = mpsc::unbounded();
        let mut heard = Events::new();
        if let Some(devices) = devices::all() {
            heard.listen(&devices, &["devicechange"]);
        }
        if let Some(window) = web_sys::window() {
            heard.listen(&window, &["online"]);
        }
        let shared = Shared {
            events: RefCell::new(Some(events)),
            teller,
            heard: RefCell::new(heard),
            peers: RefCell::default(),
            held: RefCell::default(),
            asked: RefCell::default(),
            chosen: RefCell::default(),
            stage: Stage::default(),
            sound: Sound::default(),
            container,
        };
        Self { shared: Rc::new(shared) }
    }

    /// Whether there is WebRTC here.
    #[must_use]
    pub fn is_supported() -> bool {
        js_sys::Reflect::has(&js_sys::global(), &"RTCPeerConnection".into()).unwrap_or(false)
    }

    /// Shows a picture of a call in a `<video>`: the other side's, or the visitor's own. It is silent;
    /// sound is played by itself. An element that leaves the page is forgotten.
    pub fn attach(&self, video: &HtmlElement, call: &SessionId, whose: Whose) {
        self.shared.stage.attach(video, call, whose);
    }

    fn capture(&self, sources: Vec<MediaSource>) {
        for source in &sources {
            // Some browsers end the new track with the old one: the old one goes first.
            self.stop(*source);
        }
        let (this, chosen) = (self.clone(), self.shared.chosen.borrow().clone());
        let asked = *self.shared.asked.borrow();
        spawn_local(async move {
            let taken = devices::take(sources, chosen).await;
            this.taken(taken, asked);
        });
    }

    fn taken(&self, taken: Taken, asked: [u32; 3]) {
        for (source, outcome) in taken {
            let at = source as usize;
            let is_wanted = self.shared.asked.borrow()[at] == asked[at];
            match &outcome {
                Ok(track) if is_wanted => self.hold(source, track),
                // It was given back before it came.
                Ok(track) => track.stop(),
                Err(_) => {}
            }
            if is_wanted {
                self.tell(RtcEvent::Captured(source, outcome.map(|_| ())));
            }
        }
    }

    fn hold(&self, source: MediaSource, track: &Track) {
        self.shared.heard.borrow_mut().listen(track, &["ended"]);
        self.shared.held.borrow_mut().push((source, track.clone()));
        self.carry(source, Some(track));
        if source == MediaSource::Camera {
            // Seen before anybody else sees it.
            self.shared.stage.show(Some(track));
        }
    }

    /// What was sent of a source is sent of another track of it; sound always is.
    fn carry(&self, source: MediaSource, track: Option<&Track>) {
        if source == MediaSource::Microphone {
            for peer in self.shared.peers.borrow_mut().iter_mut() {
                peer.send("audio", track.cloned());
            }
        }
    }

    fn release(&self, source: MediaSource) {
        self.stop(source);
        self.carry(source, None);
    }

    fn stop(&self, source: MediaSource) {
        self.shared.asked.borrow_mut()[source as usize] += 1;
        if source == MediaSource::Microphone {
            self.shared.sound.rest();
        }
        let mut held = self.shared.held.borrow_mut();
        held.retain(|(known, track)| {
            if *known == source {
                self.shared.heard.borrow_mut().forget(track);
                self.shared.stage.hide(track);
                track.stop();
            }
            *known != source
        });
    }

    fn track(&self, source: MediaSource) -> Option<Track> {
        let held = self.shared.held.borrow();
        held.iter().find(|(known, _)| *known == source).map(|(_, track)| track.clone())
    }

    fn show(&self, peer: PeerId, source: Option<MediaSource>) {
        let track = source.and_then(|source| self.track(source));
        self.shared.stage.show(track.as_ref());
        if let Some(peer) = self.shared.peers.borrow_mut().iter_mut().find(|it| it.id == peer) {
            peer.send("video", track);
        }
    }

    fn open(&self, command: RtcCommand) {
        let RtcCommand::Open { peer: id, call, ice, relay, picture } = command else { return };
        let sound = self.track(MediaSource::Microphone);
        let Ok(peer) = Peer::open(id, call, &ice, relay, picture, sound) else {
            let reason = "there is no RTCPeerConnection".to_owned();
            return self.tell(RtcEvent::Described(id, Err(reason)));
        };
        self.shared.heard.borrow_mut().listen(&peer.pc, &OF_PEER);
        self.contain(&peer.call);
        self.shared.peers.borrow_mut().push(peer);
    }

    fn close(&self, id: PeerId) {
        let mut peers = self.shared.peers.borrow_mut();
        let Some(at) = peers.iter().position(|peer| peer.id == id) else { return };
        let peer = peers.swap_remove(at);
        drop(peers);
        let mut heard = self.shared.heard.borrow_mut();
        heard.forget(&peer.pc);
        let tracks = self.shared.stage.other(&peer.call).tracks();
        for track in tracks.iter() {
            heard.forget(track.unchecked_ref::<Track>());
        }
        peer.pc.close();
        self.shared.stage.clear(&peer.call);
        // A rebuilt one follows at once, and takes the stream over.
        let (this, call) = (self.clone(), peer.call);
        spawn_local(async move {
            if this.shared.peers.borrow().iter().all(|peer| peer.call != call) {
                this.shared.stage.end(&call);
                this.empty();
            }
        });
    }

    fn enumerate(&self) {
        let held = self.shared.held.borrow();
        let mut used: Vec<String> = held.iter().filter_map(|(_, it)| it.settings().id()).collect();
        drop(held);
        used.extend(self.shared.stage.speaker());
        let this = self.clone();
        spawn_local(async move { this.tell(RtcEvent::Devices(devices::list(used).await)) });
    }

    fn play(&self) {
        let this = self.clone();
        spawn_local(async move {
            let plays = Stage::play(this.shared.stage.sounds()).await;
            this.gestures(!plays);
            this.tell(RtcEvent::Blocked(!plays));
        });
    }

    /// A browser that holds sound back gives it with the visitor's next gesture, wherever in the page.
    fn gestures(&self, wanted: bool) {
        let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
        let mut heard = self.shared.heard.borrow_mut();
        heard.forget(&document);
        if wanted {
            heard.listen(&document, &["pointerup", "keydown"]);
        }
    }

    /// A connection that is still there.
    fn with(&self, id: PeerId, act: impl FnOnce(&mut Peer)) {
        if let Some(peer) = self.shared.peers.borrow_mut().iter_mut().find(|peer| peer.id == id) {
            act(peer);
        }
    }

    fn pc(&self, id: PeerId) -> Option<Pc> {
        self.shared.peers.borrow().iter().find(|peer| peer.id == id).map(|peer| peer.pc.clone())
    }

    fn describe(&self, id: PeerId, restart: bool) {
        let (this, pc) = (self.clone(), self.pc(id));
        spawn_local(async move {
            if let Some(pc) = pc {
                let outcome = Peer::describe(pc, restart).await;
                this.tell(RtcEvent::Described(id, outcome));
            }
        });
    }

    fn tell(&self, event: RtcEvent) {
        let _ = self.shared.teller.unbounded_send(event);
    }

    /// What an event of the page means.
    fn event(&self, event: &Event) -> Option<RtcEvent> {
        let target = event.target()?;
        match event.type_().as_str() {
            "online" => return Some(RtcEvent::Network),
            "devicechange" => {
                self.enumerate();
                return None;
            }
            "pointerup" | "keydown" => {
                self.play();
                return None;
            }
            "ended" => {
                let held = self.shared.held.borrow();
                let lost = held.iter().find(|(_, track)| is(track, &target))?.0;
                drop(held);
                self.release(lost);
                return Some(RtcEvent::Lost(lost));
            }
            _ => {}
        }
        let peers = self.shared.peers.borrow();
        if let "mute" | "unmute" = event.type_().as_str() {
            let of = |peer: &&Peer| {
                let tracks = self.shared.stage.other(&peer.call).tracks();
                tracks.iter().any(|track| is(track.unchecked_ref::<Track>(), &target))
            };
            return Some(RtcEvent::Picture(peers.iter().find(of)?.id, event.type_() == "unmute"));
        }
        let peer = peers.iter().find(|peer| is(&peer.pc, &target))?.clone();
        drop(peers);
        match event.type_().as_str() {
            "icecandidate" => {
                let found = event.unchecked_ref::<IceEvent>().candidate();
                Some(RtcEvent::Found(peer.id, found.as_ref().map(peer::candidate)))
            }
            "negotiationneeded" => Some(RtcEvent::Needed(peer.id)),
            "track" => self.came(&peer, &event.unchecked_ref::<TrackEvent>().track()),
            _ => Some(RtcEvent::State(peer.id, peer.state())),
        }
    }

    /// Something comes from the other side.
    fn came(&self, peer: &Peer, track: &Track) -> Option<RtcEvent> {
        self.shared.stage.other(&peer.call).add_track(track);
        if track.kind() == "audio" {
            self.play();
            return None;
        }
        self.shared.heard.borrow_mut().listen(track, &["mute", "unmute"]);
        (!track.muted()).then_some(RtcEvent::Picture(peer.id, true))
    }
}

impl Rtc for BrowserRtc {
    type Events = RtcEvents;
    type Sleep = Sleep;

    fn perform(&self, command: RtcCommand) {
        match command {
            RtcCommand::Capture(sources) => self.capture(sources),
            RtcCommand::Release(source) => self.release(source),
            RtcCommand::Enable(on) => {
                if let Some(track) = self.track(MediaSource::Microphone) {
                    track.set_enabled(on);
                }
            }
            RtcCommand::Choose(DeviceKind::AudioOutput, device) => self.shared.stage.sink(device),
            RtcCommand::Choose(kind, device) => self.shared.chosen.borrow_mut().set(kind, device),
            RtcCommand::Enumerate => self.enumerate(),
            RtcCommand::Open { .. } => self.open(command),
            RtcCommand::Configure { peer, ice, relay } => {
                self.with(peer, |peer| peer.configure(&ice, relay));
            }
            RtcCommand::Show(peer, source) => self.show(peer, source),
            RtcCommand::Pause(peer, paused) => self.with(peer, |peer| peer.pause(paused)),
            RtcCommand::Offer(peer, restart) => self.describe(peer, restart),
            RtcCommand::Answer(peer) => self.describe(peer, false),
            RtcCommand::Apply(id, kind, sdp) => {
                let (this, pc) = (self.clone(), self.pc(id));
                spawn_local(async move {
                    if let Some(pc) = pc {
                        this.tell(RtcEvent::Applied(id, Peer::apply(pc, kind, sdp).await));
                    }
                });
            }
            RtcCommand::Gather(id) => {
                if let Some(pc) = self.pc(id) {
                    self.tell(RtcEvent::Gathered(id, Peer::local(&pc)));
                }
            }
            RtcCommand::Candidates(peer, candidates) => {
                self.with(peer, |peer| peer.add(&candidates));
            }
            RtcCommand::Tones(peer, tones) => self.with(peer, |peer| peer.dial(&tones)),
            RtcCommand::Measure(id) => {
                let (this, pc) = (self.clone(), self.pc(id));
                spawn_local(async move {
                    if let Some(pc) = pc
                        && let Some(sample) = stats::measure(pc).await
                    {
                        this.tell(RtcEvent::Sampled(id, Box::new(sample)));
                    }
                });
            }
            RtcCommand::Play => self.play(),
            RtcCommand::Close(peer) => self.close(peer),
        }
    }

    fn events(&self) -> RtcEvents {
        RtcEvents { rtc: self.clone(), events: self.shared.events.borrow_mut().take() }
    }

    fn now(&self) -> Timestamp {
        super::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::of(duration)
    }
}

/// What happens in the page's WebRTC.
#[must_use = "nothing is heard without it"]
pub struct RtcEvents {
    rtc: BrowserRtc,
    events: Option<mpsc::UnboundedReceiver<RtcEvent>>,
}

impl Stream for RtcEvents {
    type Item = RtcEvent;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<RtcEvent>> {
        if let Some(events) = &mut self.events
            && let Poll::Ready(event) = events.poll_next_unpin(context)
        {
            return Poll::Ready(event);
        }
        loop {
            let heard = self.rtc.shared.heard.borrow_mut().poll_next_unpin(context);
            match heard {
                Poll::Ready(Some(event)) => {
                    if let Some(event) = self.rtc.event(&event) {
                        return Poll::Ready(Some(event));
                    }
                }
                Poll::Ready(None) | Poll::Pending => return Poll::Pending,
            }
        }
    }
}

fn is(one: &EventTarget, other: &EventTarget) -> bool {
    one == other
}

impl fmt::Debug for BrowserRtc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserRtc").field("peers", &self.shared.peers.borrow().len()).finish()
    }
}

impl fmt::Debug for RtcEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtcEvents").finish_non_exhaustive()
    }
}
