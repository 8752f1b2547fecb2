//! The answers: to `hello` on both wires, to `subscribe`, `ping` and the calls that create something.

use crate::wire::desk::OperatorStatus;
use crate::wire::id::{OperatorId, VisitorId};
use crate::wire::model::{ChatEvent, SessionLine};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Answer to a visitor's `hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Welcome {
    /// Who he is here.
    pub visitor: VisitorId,
    /// The token: the only thing that opens his sessions.
    pub resume: String,
    /// Milliseconds that it lives unused.
    pub resume_ttl: u64,
    /// He was known.
    pub resumed: bool,
    /// Of the logs.
    pub epoch: String,
    /// Milliseconds between pings, as the server wants it.
    pub heartbeat: u64,
    /// The server's, RFC 3339.
    pub time: String,
    /// Which channels are on.
    pub channels: BTreeMap<String, bool>,
    /// What else is served.
    pub features: Vec<String>,
    /// What is enforced.
    pub limits: ServedLimits,
    /// His open sessions.
    pub sessions: Vec<SessionLine>,
}

/// Answer to an operator's `hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorWelcome {
    /// Who he is here.
    pub operator: OperatorId,
    /// The token.
    pub resume: String,
    /// Milliseconds that it lives unused.
    pub resume_ttl: u64,
    /// He was known.
    pub resumed: bool,
    /// Of the logs.
    pub epoch: String,
    /// Milliseconds between pings, as the server wants it.
    pub heartbeat: u64,
    /// The server's, RFC 3339.
    pub time: String,
    /// His name.
    pub name: String,
    /// Whether he is rung.
    pub status: OperatorStatus,
    /// What he answers.
    pub joined: Vec<String>,
    /// What there is.
    pub services: Vec<ServiceLine>,
    /// Milliseconds that his contacts wait for him.
    pub grace: u64,
    /// Milliseconds that an offer rings.
    pub offer: u64,
    /// What is enforced.
    pub limits: ServedLimits,
    /// His contacts.
    pub sessions: Vec<SessionLine>,
}

/// A service, as the console shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLine {
    /// Its code.
    pub code: String,
    /// Its name.
    pub description: String,
}

/// Limits, as `hello` tells them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedLimits {
    /// Bytes of a frame.
    pub frame: usize,
    /// Characters (Unicode scalar values) of a message.
    pub message: usize,
    /// Requests.
    pub rate: ServedRate,
    /// Topics at a time.
    pub subscriptions: usize,
    /// Files; absent where none are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<ServedFiles>,
}

/// Which files are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedFiles {
    /// Of one.
    pub bytes: u64,
    /// Media types.
    pub types: Vec<String>,
}

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServedRate {
    /// Steadily.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

/// Answer to `ping`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pong {
    /// The server's, RFC 3339.
    pub time: String,
}

/// Answer to `subscribe` of a state topic.
#[derive(Debug, Serialize)]
pub struct StateAnswer<'a> {
    /// For the events to come, and for `unsubscribe`.
    pub subscription: &'a str,
    /// Grows with every value.
    pub rev: u64,
    /// The newest value.
    pub result: &'a RawValue,
}

/// Answer to `subscribe` of a log topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogAnswer<E = ChatEvent> {
    /// For the events to come, and for `unsubscribe`.
    pub subscription: String,
    /// Of the log.
    pub epoch: String,
    /// The cursor fitted: `result` follows on it.
    pub recovered: bool,
    /// There is more, and nothing is attached: subscribe again.
    pub more: bool,
    /// In order, without a gap.
    pub result: Vec<E>,
}

/// Answer to `chat.send`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// The message's id.
    pub id: String,
    /// Its place in the log.
    pub seq: u64,
    /// When, RFC 3339.
    pub created_at: String,
}

/// Answer to `page.push`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushed {
    /// Number of the step.
    pub step: u32,
}
