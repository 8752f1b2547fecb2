//! Sound and picture of calls: what is negotiated, and what a person is shown of it.

use super::{Private, SessionId};
use crate::core::error::{Error, MediaSource};

/// A server that helps two peers to find each other (W3C, `RTCIceServer`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` (RFC 7064, RFC 7065).
    pub urls: Vec<String>,
    /// Who asks, for a relay.
    pub username: Option<String>,
    /// What lets in; a secret.
    pub credential: Option<Private<String>>,
}

/// What lets a call's media find its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ice {
    /// The servers.
    pub servers: Vec<IceServer>,
    /// For how long their credentials hold, in milliseconds; 0 where that is not said.
    pub ttl: u32,
}

/// A way to a peer (W3C, `RTCIceCandidateInit`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// The `candidate` attribute (RFC 8839).
    pub candidate: String,
    /// The media section it belongs to, by identification tag.
    pub sdp_mid: Option<String>,
    /// The same, by index.
    pub sdp_m_line_index: Option<u32>,
    /// The ICE generation it belongs to.
    pub username_fragment: Option<String>,
}

/// What the two sides of a call say to each other about their media (`docs/protocol.md`, "Signals").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// An offer (RFC 8829).
    Offer {
        /// Grows with every offer of either side; odd for the visitor's.
        generation: u32,
        /// The session description.
        sdp: String,
        /// It comes from a new peer connection.
        fresh: bool,
        /// With an ICE restart.
        restart: bool,
    },
    /// The answer to an offer.
    Answer {
        /// The offer's.
        generation: u32,
        /// The session description.
        sdp: String,
    },
    /// Ways that were found.
    Candidates {
        /// Of the offer they belong to.
        generation: u32,
        /// The ways.
        candidates: Vec<Candidate>,
        /// There are no more.
        end: bool,
    },
    /// The polite side wants to begin again.
    Restart,
    /// Whether one's microphone and camera are on.
    Media {
        /// The microphone.
        audio: bool,
        /// The camera, or a screen.
        video: bool,
    },
    /// Media hangs up.
    Bye,
    /// A signal that this version does not know.
    Unknown,
}

/// One of the two things that a call carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// How far a call's media is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MediaPhase {
    /// Nobody is there yet to talk to.
    #[default]
    Waiting,
    /// The two sides look for a way.
    Connecting,
    /// Sound flows, and picture where there is one.
    Connected,
    /// The way was lost, and is looked for again.
    Reconnecting,
    /// It is over; everything has been given back.
    Ended,
}

impl MediaPhase {
    /// The name in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "WAITING",
            Self::Connecting => "CONNECTING",
            Self::Connected => "CONNECTED",
            Self::Reconnecting => "RECONNECTING",
            Self::Ended => "ENDED",
        }
    }
}

/// Sound and picture of one call, as they are now.
#[derive(Clone, Debug, PartialEq)]
pub struct CallMedia {
    /// The call.
    pub session: SessionId,
    /// How far it is.
    pub phase: MediaPhase,
    /// Whether the visitor is heard.
    pub microphone: bool,
    /// Whether the visitor is seen: the camera is taken, its light is on.
    pub camera: bool,
    /// Whether the visitor shows a screen.
    pub screen: bool,
    /// Whether the other side's picture comes.
    pub picture: bool,
    /// Whether the other side holds its microphone back, as far as it says so.
    pub other_muted: bool,
    /// Whether the browser waits for a gesture before it plays a sound.
    pub blocked: bool,
    /// How good the line is; nothing before it was measured.
    pub quality: Option<Quality>,
    /// What went wrong last and still is: a device that could not be had, no way to the other side.
    pub error: Option<Error>,
}

impl CallMedia {
    /// A call of which nothing flows yet.
    #[must_use]
    pub const fn of(session: SessionId) -> Self {
        Self {
            session,
            phase: MediaPhase::Waiting,
            microphone: false,
            camera: false,
            screen: false,
            picture: false,
            other_muted: false,
            blocked: false,
            quality: None,
            error: None,
        }
    }
}

/// How good a line is, over the last seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// 1 (bad) to 5 (excellent).
    pub level: u8,
    /// The mean opinion score that would be given to it, 1 to 4.5: an estimate (ITU-T G.107,
    /// simplified).
    pub mos: f64,
    /// There and back, in milliseconds, where it is known.
    pub round_trip: Option<f64>,
    /// How unevenly packets come, in milliseconds.
    pub jitter: f64,
    /// The share of packets that got lost, 0 to 1: the worse of the two directions.
    pub loss: f64,
    /// What comes, in bits a second.
    pub bits_in: f64,
    /// What goes, in bits a second.
    pub bits_out: f64,
    /// Pictures a second that come.
    pub frames: f64,
    /// How often the picture stood still, since the call began.
    pub freezes: u32,
    /// Whether a relay lies in between.
    pub relayed: bool,
    /// What would help.
    pub advice: Option<Advice>,
}

/// What would help a poor line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Without the camera the sound would come through.
    CameraOff,
    /// Packets get lost: nearer to the router, or another network.
    Network,
    /// It takes long: something else uses the line.
    Delay,
}

impl Advice {
    /// The name in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CameraOff => "CAMERA_OFF",
            Self::Network => "NETWORK",
            Self::Delay => "DELAY",
        }
    }
}

/// What a device is for (W3C, `MediaDeviceKind`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// A microphone.
    AudioInput,
    /// A camera.
    VideoInput,
    /// A speaker.
    AudioOutput,
}

impl DeviceKind {
    /// The name that browsers give it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AudioInput => "audioinput",
            Self::VideoInput => "videoinput",
            Self::AudioOutput => "audiooutput",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::AudioInput, Self::VideoInput, Self::AudioOutput]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }

    /// What it gives, where it gives something.
    #[must_use]
    pub const fn source(self) -> Option<MediaSource> {
        match self {
            Self::AudioInput => Some(MediaSource::Microphone),
            Self::VideoInput => Some(MediaSource::Camera),
            Self::AudioOutput => None,
        }
    }
}

/// A device that a call could use (W3C, `MediaDeviceInfo`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What it is for.
    pub kind: DeviceKind,
    /// Its id in this browser and on this site.
    pub id: String,
    /// What people call it; empty before the visitor has allowed any.
    pub label: String,
    /// Whether it is the one in use.
    pub used: bool,
}
