//! What calls need of the outside, besides [`Ports`](super::Ports): whoever makes none does not load it.

use std::future::Future;
use std::time::Duration;

use futures::Stream;

use crate::core::error::{MediaError, MediaSource};
use crate::core::model::{Candidate, Device, DeviceKind, IceServer, SessionId};
use crate::core::time::Timestamp;

/// Peer connections and devices (W3C, "WebRTC" and "Media Capture and Streams"), as texts and ids:
/// what is asked is a [`RtcCommand`], what comes of it is a [`RtcEvent`], later.
pub trait Rtc: 'static {
    /// What happens.
    type Events: Stream<Item = RtcEvent> + Unpin;
    /// A pause.
    type Sleep: Future<Output = ()> + Unpin;

    /// Does this. Never waits; what goes wrong is an event.
    fn perform(&self, command: RtcCommand);

    /// What happens, from now on; asked for once.
    fn events(&self) -> Self::Events;

    /// Reads the monotonic clock.
    fn now(&self) -> Timestamp;

    /// Completes no earlier than after `duration`.
    fn sleep(&self, duration: Duration) -> Self::Sleep;
}

/// A peer connection. Events of one that was closed fall through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u32);

/// What the platform is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RtcCommand {
    /// Take these devices: a [`RtcEvent::Captured`] follows for each. Asked for together, so that a
    /// person is asked once. What was held of the same source is given back first.
    Capture(Vec<MediaSource>),
    /// Give it back: its light goes off.
    Release(MediaSource),
    /// The microphone is heard, or gives silence.
    Enable(bool),
    /// Take this device from now on, for what is held and for what will be.
    Choose(DeviceKind, String),
    /// Look which devices there are: [`RtcEvent::Devices`].
    Enumerate,
    /// Make a peer connection.
    Open {
        /// What it is called.
        peer: PeerId,
        /// Whose media it carries.
        call: SessionId,
        /// Who helps.
        ice: Vec<IceServer>,
        /// No way but through a relay.
        relay: bool,
        /// With a place for a picture both ways, besides the sound.
        picture: bool,
    },
    /// Use these helpers from the next ICE restart on.
    Configure {
        /// Which.
        peer: PeerId,
        /// Who helps.
        ice: Vec<IceServer>,
        /// No way but through a relay.
        relay: bool,
    },
    /// What is sent as the picture: a source that is held, or nothing. A place is made for it where
    /// there is none: then [`RtcEvent::Needed`] follows.
    Show(PeerId, Option<MediaSource>),
    /// Send nothing at all, or what is held again: the other side has put the call on hold.
    Pause(PeerId, bool),
    /// Make an offer, with an ICE restart or without, and set it: [`RtcEvent::Described`].
    Offer(PeerId, bool),
    /// Make an answer and set it: [`RtcEvent::Described`].
    Answer(PeerId),
    /// Set what the other side says: [`RtcEvent::Applied`].
    Apply(PeerId, Description, String),
    /// The local description as it is now: [`RtcEvent::Gathered`].
    Gather(PeerId),
    /// The other side's ways.
    Candidates(PeerId, Vec<Candidate>),
    /// Dial these (RFC 4733): digits, `*`, `#`, `A` to `D`, and `,` for a pause.
    Tones(PeerId, String),
    /// Measure: [`RtcEvent::Sampled`].
    Measure(PeerId),
    /// Try again to play what a gesture was waited for.
    Play,
    /// Close it.
    Close(PeerId),
}

/// Which half of a negotiation a description is (W3C, `RTCSdpType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Description {
    /// An offer.
    Offer,
    /// An answer.
    Answer,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum RtcEvent {
    /// A device is held, or could not be had.
    Captured(MediaSource, Result<(), MediaError>),
    /// A device that was held went away: unplugged, taken back by the visitor, the sharing stopped.
    Lost(MediaSource),
    /// The devices there are.
    Devices(Vec<Device>),
    /// The local description was set; its text, or what the browser says against it.
    Described(PeerId, Result<String, String>),
    /// The remote description was set, or what the browser says against it.
    Applied(PeerId, Result<(), String>),
    /// A way was found; `None`: there are no more.
    Found(PeerId, Option<Candidate>),
    /// The local description with the ways found so far.
    Gathered(PeerId, String),
    /// Something was added that has to be negotiated.
    Needed(PeerId),
    /// How the way is.
    State(PeerId, IceState),
    /// Whether the other side's picture comes.
    Picture(PeerId, bool),
    /// What was measured.
    Sampled(PeerId, Box<Sample>),
    /// Whether the browser waits for a gesture before it plays a sound.
    Blocked(bool),
    /// The device says that it has a network, perhaps another one.
    Network,
}

/// How the way to the other side is (W3C, `RTCIceConnectionState` and `RTCPeerConnectionState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IceState {
    /// It is looked for.
    Checking,
    /// It is there.
    Connected,
    /// Nothing was heard for a while.
    Disconnected,
    /// It is lost.
    Failed,
}

/// Counters of a peer connection (W3C, "Identifiers for WebRTC's Statistics API"), summed over its
/// streams. They may begin again at zero.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// There and back, in seconds.
    pub round_trip: Option<f64>,
    /// Jitter of the sound that comes, in seconds.
    pub jitter: f64,
    /// How long a sample of sound waits before it is played, in seconds, all of them together.
    pub buffered: f64,
    /// How many samples of sound were played.
    pub played: f64,
    /// Packets that came.
    pub received: f64,
    /// Packets that should have come.
    pub lost: f64,
    /// The share that the other side misses, 0 to 1.
    pub lost_there: f64,
    /// Bytes that came.
    pub bytes_in: f64,
    /// Bytes that went.
    pub bytes_out: f64,
    /// Pictures that were decoded.
    pub frames: f64,
    /// How often the picture stood still.
    pub freezes: f64,
    /// Whether the way goes through a relay.
    pub relayed: bool,
}
