//! One peer connection.

use js_sys::JSON;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::bind::{Exception, IceCandidate, Pc, Stream, Track, Transceiver};
use crate::core::json::Writer;
use crate::core::model::{Candidate, IceServer, SessionId};
use crate::core::ports::{Description, IceState, PeerId};

/// A peer connection and what it sends.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) id: PeerId,
    pub(super) call: SessionId,
    pub(super) pc: Pc,
    /// What sound and picture are said to belong to: one stream, so that lips and voice stay together.
    stream: Stream,
    /// On hold: nothing is sent.
    pub(super) paused: bool,
    /// What is sent, but for holds.
    pub(super) sound: Option<Track>,
    pub(super) picture: Option<Track>,
}

impl Peer {
    /// Makes one, with a place for sound and, perhaps, for a picture.
    pub(super) fn open(
        id: PeerId,
        call: SessionId,
        ice: &[IceServer],
        relay: bool,
        with_picture: bool,
        sound: Option<Track>,
    ) -> Result<Self, JsValue> {
        let pc = Pc::new(&configuration(ice, relay))?;
        let stream = Stream::new();
        let peer = Self { id, call, pc, stream, paused: false, sound, picture: None };
        peer.place(peer.sound.as_ref(), "audio")?;
        if with_picture {
            peer.place(None, "video")?;
        }
        Ok(peer)
    }

    pub(super) fn configure(&self, ice: &[IceServer], relay: bool) {
        // It fails only for a connection that is closed.
        let _ = self.pc.set_configuration(&configuration(ice, relay));
    }

    /// What is sent of a kind from now on.
    pub(super) fn send(&mut self, kind: &str, track: Option<Track>) {
        let sent = if self.paused { None } else { track.clone() };
        match self.transceiver(kind) {
            Some(transceiver) => {
                // The promise fails where the connection is closed meanwhile.
                forget(transceiver.sender().replace_track(sent.as_ref()));
                // The other side began with it, and we only listened: now both.
                if sent.is_some() && !transceiver.direction().starts_with("send") {
                    transceiver.set_direction("sendrecv");
                }
            }
            None if track.is_some() => {
                let _ = self.place(sent.as_ref(), kind);
            }
            None => {}
        }
        if kind == "audio" {
            self.sound = track;
        } else {
            self.picture = track;
        }
    }

    /// Sends nothing, or again what was sent.
    pub(super) fn pause(&mut self, paused: bool) {
        self.paused = paused;
        self.send("audio", self.sound.clone());
        if self.picture.is_some() {
            self.send("video", self.picture.clone());
        }
    }

    /// Makes the local description and sets it.
    pub(super) async fn describe(pc: Pc, restart: bool) -> Result<String, String> {
        if restart {
            pc.restart_ice();
        }
        JsFuture::from(pc.set_local_description()).await.map_err(|error| text(&error))?;
        Ok(Self::local(&pc))
    }

    /// Sets the remote description.
    pub(super) async fn apply(pc: Pc, kind: Description, sdp: String) -> Result<(), String> {
        let mut writer = Writer::new();
        writer.text(
            "type",
            match kind {
                Description::Offer => "offer",
                Description::Answer => "answer",
            },
        );
        writer.text("sdp", &sdp);
        let description = parsed(writer);
        let set = JsFuture::from(pc.set_remote_description(&description)).await;
        set.map(|_| ()).map_err(|error| text(&error))
    }

    pub(super) fn local(pc: &Pc) -> String {
        pc.local_description().map(|description| description.sdp()).unwrap_or_default()
    }

    pub(super) fn add(&self, candidates: &[Candidate]) {
        for candidate in candidates {
            let mut writer = Writer::new();
            writer.text("candidate", &candidate.candidate);
            writer.optional("sdpMid", candidate.sdp_mid.as_deref());
            if let Some(index) = candidate.sdp_m_line_index {
                writer.number("sdpMLineIndex", index.into());
            }
            writer.optional("usernameFragment", candidate.username_fragment.as_deref());
            // One that does not fit is one way less.
            forget(self.pc.add_ice_candidate(&parsed(writer)));
        }
    }

    pub(super) fn dial(&self, tones: &str) {
        let sender = self.transceiver("audio").map(|transceiver| transceiver.sender());
        if let Some(dtmf) = sender.and_then(|sender| sender.dtmf()) {
            let _ = dtmf.insert(tones);
        }
    }

    /// How the way is: the state of ICE, but that some browsers say `failed` of the connection only.
    pub(super) fn state(&self) -> IceState {
        if self.pc.connection_state() == "failed" {
            return IceState::Failed;
        }
        match self.pc.ice_connection_state().as_str() {
            "connected" | "completed" => IceState::Connected,
            "disconnected" => IceState::Disconnected,
            "failed" => IceState::Failed,
            _ => IceState::Checking,
        }
    }

    fn place(&self, track: Option<&Track>, kind: &str) -> Result<Transceiver, JsValue> {
        let init = js_sys::Object::new();
        js_sys::Reflect::set(&init, &"direction".into(), &"sendrecv".into())?;
        let streams = js_sys::Array::of1(&self.stream);
        js_sys::Reflect::set(&init, &"streams".into(), &streams)?;
        let kind = JsValue::from_str(kind);
        self.pc.add_transceiver(track.map_or(&kind, |track| track), &init)
    }

    fn transceiver(&self, kind: &str) -> Option<Transceiver> {
        let transceivers = self.pc.transceivers();
        transceivers.iter().map(JsCast::unchecked_into::<Transceiver>).find(|transceiver| {
            transceiver.receiver().track().kind() == kind && transceiver.direction() != "stopped"
        })
    }
}

pub(super) fn candidate(found: &IceCandidate) -> Candidate {
    Candidate {
        candidate: found.candidate(),
        sdp_mid: found.sdp_mid(),
        sdp_m_line_index: found.sdp_m_line_index(),
        username_fragment: found.username_fragment(),
    }
}

/// A dictionary of the browser's.
pub(super) fn parsed(writer: Writer) -> JsValue {
    JSON::parse(&writer.finish()).unwrap_or(JsValue::NULL)
}

/// What becomes of it interests nobody; a rejection that nobody hears would be logged.
pub(super) fn forget(promise: js_sys::Promise) {
    wasm_bindgen_futures::spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}

/// What a browser says against something.
fn text(error: &JsValue) -> String {
    error.unchecked_ref::<Exception>().message().unwrap_or_default()
}

fn configuration(ice: &[IceServer], relay: bool) -> JsValue {
    let mut writer = Writer::new();
    writer.list("iceServers");
    for server in ice {
        writer.item();
        writer.list("urls");
        server.urls.iter().for_each(|url| writer.word(url));
        writer.end_list();
        writer.optional("username", server.username.as_deref());
        writer.optional("credential", server.credential.as_ref().map(|secret| secret.as_str()));
        writer.end();
    }
    writer.end_list();
    writer.text("iceTransportPolicy", if relay { "relay" } else { "all" });
    writer.text("bundlePolicy", "max-bundle");
    parsed(writer)
}
