//! Calls: asking for one, its state, and the signals by which two browsers arrange their media.

use crate::wire::call::{About, Key, null_is_default, params};
use crate::wire::fault::Fault;
use crate::wire::id::SessionId;
use crate::wire::model::{Channel, Customer, Field, SessionValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// Characters of one candidate line.
const CANDIDATE: usize = 1024;
/// Candidates in one signal.
const CANDIDATES: usize = 64;

/// What a visitor asks about calls.
#[derive(Debug)]
pub enum VisitorTelephony {
    /// I want to speak with somebody.
    Create(CallCreate),
    /// I take the invitation.
    Accept(About),
    /// I do not.
    Decline(About),
    /// How do I reach the other side?
    Ice(About),
    /// I hang up.
    Close(About),
    /// Pass this on.
    Signal(SignalCall),
    /// Let me try my devices and my network.
    Test(CallTest),
}

/// What an operator asks about calls. Accepting and declining are those of every contact.
#[derive(Debug)]
pub enum OperatorTelephony {
    /// Shall we speak?
    Invite(Invite),
    /// One moment.
    Hold(About),
    /// Here I am again.
    Resume(About),
    /// How do I reach the other side?
    Ice(About),
    /// I hang up.
    Close(About),
    /// Pass this on.
    Signal(SignalCall),
}

/// A visitor's `call.create`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CallCreate {
    /// Makes it safe to repeat.
    pub key: Key,
    /// `VIDEO` or `PHONE_CALL`.
    pub channel: Channel,
    /// Which service.
    pub service: String,
    /// Overrides what `hello` said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The form before contact.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// A conversation whose operator shall be rung first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<SessionId>,
}

/// `call.test`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CallTest {
    /// Makes it safe to repeat.
    pub key: Key,
    /// What is to be tried.
    pub media: BTreeSet<MediaKind>,
}

/// Sound or pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// A microphone.
    Audio,
    /// A camera.
    Video,
}

/// An operator's `call.create`: the visitor is rung.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Invite {
    /// Makes it safe to repeat.
    pub key: Key,
    /// The conversation with the visitor.
    pub session: SessionId,
    /// `VIDEO` or `PHONE_CALL`.
    pub channel: Channel,
}

/// `signal`.
#[derive(Clone, Debug)]
pub struct SignalCall {
    /// Which call.
    pub session: SessionId,
    /// Makes it safe to repeat.
    pub key: Key,
    /// What to pass on; a shape that is none is the call's fault, not the frame's.
    pub body: Result<Signal, Fault>,
}

/// Whom and what a `signal` is about, whatever it says.
#[derive(Deserialize)]
struct Envelope {
    session: SessionId,
    key: Key,
}

/// What one browser says to the other.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Signal {
    /// Let us speak so.
    Offer {
        /// Counts offers: odd from the visitor, even from the operator.
        #[serde(rename = "gen")]
        generation: u32,
        /// RFC 8866.
        sdp: String,
        /// From a new peer connection: the old one is gone.
        #[serde(
            default,
            deserialize_with = "null_is_default",
            skip_serializing_if = "std::ops::Not::not"
        )]
        fresh: bool,
        /// With an ICE restart.
        #[serde(
            default,
            deserialize_with = "null_is_default",
            skip_serializing_if = "std::ops::Not::not"
        )]
        restart: bool,
    },
    /// Agreed.
    Answer {
        /// Of the offer.
        #[serde(rename = "gen")]
        generation: u32,
        /// RFC 8866.
        sdp: String,
    },
    /// I may be reached there.
    Candidates {
        /// Of the offer.
        #[serde(rename = "gen")]
        generation: u32,
        /// In the order in which they were found.
        candidates: Vec<Candidate>,
        /// There are no more.
        #[serde(default, deserialize_with = "null_is_default")]
        end: bool,
    },
    /// Please look for another way.
    Restart {
        /// Of the newest offer.
        #[serde(rename = "gen", default, skip_serializing_if = "Option::is_none")]
        generation: Option<u32>,
    },
    /// What of mine is on.
    Media {
        /// Of the newest offer.
        #[serde(rename = "gen", default, skip_serializing_if = "Option::is_none")]
        generation: Option<u32>,
        /// The microphone.
        audio: bool,
        /// The camera.
        video: bool,
    },
    /// My media is gone.
    Bye {
        /// Of the newest offer.
        #[serde(rename = "gen", default, skip_serializing_if = "Option::is_none")]
        generation: Option<u32>,
    },
}

impl fmt::Debug for Signal {
    /// Descriptions and candidates hold people's network addresses: never printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offer { .. } => "Offer(…)",
            Self::Answer { .. } => "Answer(…)",
            Self::Candidates { .. } => "Candidates(…)",
            Self::Restart { .. } => "Restart",
            Self::Media { .. } => "Media(…)",
            Self::Bye { .. } => "Bye",
        })
    }
}

/// `RTCIceCandidateInit`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The line; empty for the end.
    pub candidate: String,
    /// Of which media.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// Of which media, counted.
    #[serde(rename = "sdpMLineIndex", default, skip_serializing_if = "Option::is_none")]
    pub sdp_m_line_index: Option<u16>,
    /// Of which round of looking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}

impl Signal {
    /// Reads a signal. Fields that it does not know are left out of what is passed on.
    ///
    /// # Errors
    /// 1502, with what is wrong.
    pub fn read(value: Value) -> Result<Self, Fault> {
        let signal: Self =
            serde_json::from_value(value).map_err(|error| Fault::bad_signal(error.to_string()))?;
        match &signal {
            Self::Offer { generation, sdp, .. } | Self::Answer { generation, sdp } => {
                check_generation(*generation)?;
                if !sdp.starts_with("v=0") {
                    return Err(Fault::bad_signal("sdp: must be a session description"));
                }
            }
            Self::Candidates { generation, candidates, .. } => {
                check_generation(*generation)?;
                if candidates.len() > CANDIDATES {
                    return Err(Fault::bad_signal(format!("candidates: at most {CANDIDATES}")));
                }
                let is_line =
                    |text: &str| text.len() <= CANDIDATE && !text.chars().any(char::is_control);
                let is_sound = |one: &Candidate| {
                    [Some(&one.candidate), one.sdp_mid.as_ref(), one.username_fragment.as_ref()]
                        .into_iter()
                        .flatten()
                        .all(|text| is_line(text))
                };
                if !candidates.iter().all(is_sound) {
                    return Err(Fault::bad_signal("candidates: each is one short line"));
                }
            }
            Self::Restart { generation }
            | Self::Media { generation, .. }
            | Self::Bye { generation } => {
                if let Some(generation) = generation {
                    check_generation(*generation)?;
                }
            }
        }
        Ok(signal)
    }

    /// The number of an offer.
    pub fn offered(&self) -> Option<u32> {
        match self {
            Self::Offer { generation, .. } => Some(*generation),
            Self::Answer { .. }
            | Self::Candidates { .. }
            | Self::Restart { .. }
            | Self::Media { .. }
            | Self::Bye { .. } => None,
        }
    }
}

fn check_generation(generation: u32) -> Result<(), Fault> {
    if generation == 0 { Err(Fault::bad_signal("gen: counts from 1")) } else { Ok(()) }
}

/// An entry of `signal/<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalEvent {
    /// Previous + 1.
    pub seq: u64,
    /// What was said.
    #[serde(flatten)]
    pub signal: Signal,
}

/// `RTCIceServer`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:` or `turn:` addresses.
    pub urls: Vec<String>,
    /// For a relay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For a relay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl fmt::Debug for IceServer {
    /// Without the credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IceServer({:?})", self.urls)
    }
}

/// How to reach the other side: the answer to `call.ice`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ice {
    /// None: only the direct way.
    pub ice_servers: Vec<IceServer>,
    /// Milliseconds that names and credentials hold.
    pub ice_ttl: u64,
}

/// Answer to `call.create` and to a visitor's `call.accept`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallCreated {
    /// The call.
    pub id: SessionId,
    /// How to reach the other side.
    #[serde(flatten)]
    pub ice: Ice,
}

/// The reference's `CallState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CallState {
    /// The operator rings the visitor.
    NewInbound,
    /// The visitor waits, or rings an operator.
    NewOutbound,
    /// Answered.
    Connected,
    /// With more than two.
    Conferenced,
    /// Put on hold by the operator.
    Hold,
    /// Over.
    Idle,
}

/// What a call has beside what every session has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallFacts {
    /// Where it stands.
    pub state: CallState,
    /// When it was answered, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The server's clock when this was said, RFC 3339.
    pub time: String,
    /// Until when an invitation rings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// The conversation that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<SessionId>,
}

/// Value of `call/<CHANNEL>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallValue {
    /// As every session.
    #[serde(flatten)]
    pub session: SessionValue,
    /// As a call.
    #[serde(flatten)]
    pub facts: CallFacts,
}

impl VisitorTelephony {
    /// Reads a call about calls; nothing if the method is another's.
    ///
    /// # Errors
    /// -32602 for parameters that do not fit.
    pub(super) fn decode(method: &str, value: Value) -> Result<Option<Self>, Fault> {
        Ok(Some(match method {
            "call.create" => Self::Create(params(value)?),
            "call.accept" => Self::Accept(params(value)?),
            "call.decline" => Self::Decline(params(value)?),
            "call.ice" => Self::Ice(params(value)?),
            "call.close" => Self::Close(params(value)?),
            "call.test" => Self::Test(params(value)?),
            "signal" => Self::Signal(signal(value)?),
            _ => return Ok(None),
        }))
    }
}

impl OperatorTelephony {
    /// Reads a call about calls; nothing if the method is another's.
    ///
    /// # Errors
    /// -32602 for parameters that do not fit.
    pub(super) fn decode(method: &str, value: Value) -> Result<Option<Self>, Fault> {
        Ok(Some(match method {
            "call.create" => Self::Invite(params(value)?),
            "call.hold" => Self::Hold(params(value)?),
            "call.resume" => Self::Resume(params(value)?),
            "call.ice" => Self::Ice(params(value)?),
            "call.close" => Self::Close(params(value)?),
            "signal" => Self::Signal(signal(value)?),
            _ => return Ok(None),
        }))
    }
}

fn signal(value: Value) -> Result<SignalCall, Fault> {
    let Envelope { session, key } = params(value.clone())?;
    Ok(SignalCall { session, key, body: Signal::read(value) })
}
