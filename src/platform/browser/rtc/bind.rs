//! What of WebRTC is used here (W3C, "WebRTC", "Media Capture and Streams", "Screen Capture"), named as
//! there. Declared by hand: `web-sys` lacks some of it, and dictionaries are smaller as JSON.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

#[wasm_bindgen]
extern "C" {
    /// `RTCPeerConnection`.
    #[wasm_bindgen(extends = EventTarget, js_name = RTCPeerConnection)]
    #[derive(Clone, Debug, PartialEq)]
    pub(super) type Pc;
    #[wasm_bindgen(constructor, catch, js_class = "RTCPeerConnection")]
    pub(super) fn new(configuration: &JsValue) -> Result<Pc, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setConfiguration)]
    pub(super) fn set_configuration(this: &Pc, configuration: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = addTransceiver)]
    pub(super) fn add_transceiver(
        this: &Pc,
        track_or_kind: &JsValue,
        init: &JsValue,
    ) -> Result<Transceiver, JsValue>;
    #[wasm_bindgen(method, js_name = getTransceivers)]
    pub(super) fn transceivers(this: &Pc) -> Array;
    #[wasm_bindgen(method, js_name = restartIce)]
    pub(super) fn restart_ice(this: &Pc);
    #[wasm_bindgen(method, js_name = setLocalDescription)]
    pub(super) fn set_local_description(this: &Pc) -> Promise;
    #[wasm_bindgen(method, js_name = setRemoteDescription)]
    pub(super) fn set_remote_description(this: &Pc, description: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = addIceCandidate)]
    pub(super) fn add_ice_candidate(this: &Pc, candidate: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = getStats)]
    pub(super) fn stats(this: &Pc) -> Promise;
    #[wasm_bindgen(method)]
    pub(super) fn close(this: &Pc);
    #[wasm_bindgen(method, getter, js_name = localDescription)]
    pub(super) fn local_description(this: &Pc) -> Option<SessionDescription>;
    #[wasm_bindgen(method, getter, js_name = iceConnectionState)]
    pub(super) fn ice_connection_state(this: &Pc) -> String;
    #[wasm_bindgen(method, getter, js_name = connectionState)]
    pub(super) fn connection_state(this: &Pc) -> String;

    /// `RTCSessionDescription`.
    pub(super) type SessionDescription;
    #[wasm_bindgen(method, getter)]
    pub(super) fn sdp(this: &SessionDescription) -> String;

    /// `RTCRtpTransceiver`.
    pub(super) type Transceiver;
    #[wasm_bindgen(method, getter)]
    pub(super) fn sender(this: &Transceiver) -> Sender;
    #[wasm_bindgen(method, getter)]
    pub(super) fn receiver(this: &Transceiver) -> Receiver;
    #[wasm_bindgen(method, getter)]
    pub(super) fn direction(this: &Transceiver) -> String;
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_direction(this: &Transceiver, direction: &str);

    /// `RTCRtpSender`.
    pub(super) type Sender;
    #[wasm_bindgen(method, js_name = replaceTrack)]
    pub(super) fn replace_track(this: &Sender, track: Option<&Track>) -> Promise;
    #[wasm_bindgen(method, getter)]
    pub(super) fn dtmf(this: &Sender) -> Option<Dtmf>;

    /// `RTCDTMFSender`.
    pub(super) type Dtmf;
    #[wasm_bindgen(method, catch, js_name = insertDTMF)]
    pub(super) fn insert(this: &Dtmf, tones: &str) -> Result<(), JsValue>;

    /// `RTCRtpReceiver`.
    pub(super) type Receiver;
    #[wasm_bindgen(method, getter)]
    pub(super) fn track(this: &Receiver) -> Track;

    /// `RTCPeerConnectionIceEvent`.
    #[wasm_bindgen(extends = web_sys::Event)]
    pub(super) type IceEvent;
    #[wasm_bindgen(method, getter)]
    pub(super) fn candidate(this: &IceEvent) -> Option<IceCandidate>;

    /// `RTCIceCandidate`.
    pub(super) type IceCandidate;
    #[wasm_bindgen(method, getter)]
    pub(super) fn candidate(this: &IceCandidate) -> String;
    #[wasm_bindgen(method, getter, js_name = sdpMid)]
    pub(super) fn sdp_mid(this: &IceCandidate) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = sdpMLineIndex)]
    pub(super) fn sdp_m_line_index(this: &IceCandidate) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = usernameFragment)]
    pub(super) fn username_fragment(this: &IceCandidate) -> Option<String>;

    /// `RTCTrackEvent`.
    #[wasm_bindgen(extends = web_sys::Event)]
    pub(super) type TrackEvent;
    #[wasm_bindgen(method, getter)]
    pub(super) fn track(this: &TrackEvent) -> Track;

    /// `MediaStreamTrack`.
    #[wasm_bindgen(extends = EventTarget)]
    #[derive(Clone, Debug, PartialEq)]
    pub(super) type Track;
    #[wasm_bindgen(method, getter)]
    pub(super) fn kind(this: &Track) -> String;
    #[wasm_bindgen(method, getter)]
    pub(super) fn muted(this: &Track) -> bool;
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_enabled(this: &Track, enabled: bool);
    #[wasm_bindgen(method)]
    pub(super) fn stop(this: &Track);
    #[wasm_bindgen(method, js_name = getSettings)]
    pub(super) fn settings(this: &Track) -> DeviceInfo;

    /// `MediaStream`.
    #[wasm_bindgen(js_name = MediaStream)]
    #[derive(Clone, Debug, PartialEq)]
    pub(super) type Stream;
    #[wasm_bindgen(constructor, js_class = "MediaStream")]
    pub(super) fn new() -> Stream;
    #[wasm_bindgen(method, js_name = getTracks)]
    pub(super) fn tracks(this: &Stream) -> Array;
    #[wasm_bindgen(method, js_name = addTrack)]
    pub(super) fn add_track(this: &Stream, track: &Track);
    #[wasm_bindgen(method, js_name = removeTrack)]
    pub(super) fn remove_track(this: &Stream, track: &Track);

    /// `MediaDevices`; absent in a page without TLS.
    #[wasm_bindgen(extends = EventTarget)]
    #[derive(Clone)]
    pub(super) type MediaDevices;
    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = mediaDevices)]
    pub(super) static MEDIA_DEVICES: Option<MediaDevices>;
    #[wasm_bindgen(method, catch, js_name = getUserMedia)]
    pub(super) fn user_media(this: &MediaDevices, of: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getDisplayMedia)]
    pub(super) fn display_media(this: &MediaDevices, of: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, js_name = enumerateDevices)]
    pub(super) fn enumerate(this: &MediaDevices) -> Promise;

    /// `MediaDeviceInfo`, and the id in `MediaTrackSettings`.
    pub(super) type DeviceInfo;
    #[wasm_bindgen(method, getter)]
    pub(super) fn kind(this: &DeviceInfo) -> String;
    #[wasm_bindgen(method, getter)]
    pub(super) fn label(this: &DeviceInfo) -> String;
    #[wasm_bindgen(method, getter, js_name = deviceId)]
    pub(super) fn id(this: &DeviceInfo) -> Option<String>;

    /// An element that plays (`HTMLMediaElement`).
    #[wasm_bindgen(extends = web_sys::HtmlElement, js_name = HTMLMediaElement)]
    #[derive(Clone, Debug, PartialEq)]
    pub(super) type Player;
    #[wasm_bindgen(method, getter, js_name = srcObject)]
    pub(super) fn source(this: &Player) -> Option<Stream>;
    #[wasm_bindgen(method, setter, js_name = srcObject)]
    pub(super) fn set_source(this: &Player, stream: Option<&Stream>);
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_muted(this: &Player, muted: bool);
    #[wasm_bindgen(method, catch)]
    pub(super) fn play(this: &Player) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setSinkId)]
    pub(super) fn set_sink(this: &Player, device: &str) -> Result<Promise, JsValue>;

    /// `DOMException`.
    pub(super) type Exception;
    #[wasm_bindgen(method, getter)]
    pub(super) fn name(this: &Exception) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn message(this: &Exception) -> Option<String>;

    /// `AudioContext` (W3C, "Web Audio API").
    #[derive(Clone, Debug)]
    pub(super) type AudioContext;
    #[wasm_bindgen(constructor, catch, js_class = "AudioContext")]
    pub(super) fn new() -> Result<AudioContext, JsValue>;
    #[wasm_bindgen(method, getter, js_name = currentTime)]
    pub(super) fn time(this: &AudioContext) -> f64;
    #[wasm_bindgen(method, catch)]
    pub(super) fn resume(this: &AudioContext) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, js_name = close)]
    pub(super) fn end(this: &AudioContext) -> Promise;
    #[wasm_bindgen(method, catch, js_name = createMediaStreamSource)]
    pub(super) fn source(this: &AudioContext, stream: &Stream) -> Result<AudioNode, JsValue>;
    #[wasm_bindgen(method, js_name = createAnalyser)]
    pub(super) fn analyser(this: &AudioContext) -> AudioNode;
    #[wasm_bindgen(method, js_name = createOscillator)]
    pub(super) fn oscillator(this: &AudioContext) -> AudioNode;
    #[wasm_bindgen(method, js_name = createGain)]
    pub(super) fn gain(this: &AudioContext) -> AudioNode;
    #[wasm_bindgen(method, js_name = createMediaStreamDestination)]
    pub(super) fn destination(this: &AudioContext) -> AudioNode;

    /// `AudioNode`, and what those that are used here have besides.
    #[wasm_bindgen(extends = EventTarget)]
    #[derive(Clone, Debug)]
    pub(super) type AudioNode;
    #[wasm_bindgen(method)]
    pub(super) fn connect(this: &AudioNode, to: &AudioNode);
    #[wasm_bindgen(method, js_name = getFloatTimeDomainData)]
    pub(super) fn samples(this: &AudioNode, into: &js_sys::Float32Array);
    #[wasm_bindgen(method, getter)]
    pub(super) fn stream(this: &AudioNode) -> Stream;
    #[wasm_bindgen(method, getter)]
    pub(super) fn frequency(this: &AudioNode) -> AudioParam;
    #[wasm_bindgen(method, getter, js_name = gain)]
    pub(super) fn loudness(this: &AudioNode) -> AudioParam;
    #[wasm_bindgen(method, js_name = start)]
    pub(super) fn start_at(this: &AudioNode, time: f64);
    #[wasm_bindgen(method, js_name = stop)]
    pub(super) fn stop_at(this: &AudioNode, time: f64);

    /// `AudioParam`.
    pub(super) type AudioParam;
    #[wasm_bindgen(method, js_name = setValueAtTime)]
    pub(super) fn set_at(this: &AudioParam, value: f64, time: f64);
    #[wasm_bindgen(method, js_name = linearRampToValueAtTime)]
    pub(super) fn ramp_to(this: &AudioParam, value: f64, time: f64);
}
