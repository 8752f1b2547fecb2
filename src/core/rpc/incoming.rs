use std::time::Duration;

use crate::core::error::{Error, Refused};
use crate::core::map::Map;
use crate::core::model::{
    ChannelType, ChatChannelEventMessage, ChatChannelSession, Epoch, Limits, MessageId,
    OpenSession, ServiceStatus, SubscriptionId, VisitorId, VisitorToken, Watermarks,
};

/// What a call answered, by kind of call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `getVersion`: server version, API version.
    Version(Vec<String>),
    /// `hello`.
    Hello(Box<HelloReply>),
    /// `subscribe`.
    Subscribed(Subscribed),
    /// `ping`.
    Pong,
    /// A call that answers whether it was carried out.
    Done(bool),
    /// `chat.create`.
    Session(Box<ChatChannelSession>),
    /// `chat.send`.
    Sent(Sent),
}

impl Reply {
    /// Whether the thing was carried out, where that is what was asked.
    ///
    /// # Errors
    /// [`Error::Protocol`] when the server answered something else.
    pub fn done(&self) -> Result<bool, Error> {
        if let Self::Done(done) = self {
            return Ok(*done);
        }
        Err(Error::Protocol("the answer is not the one that was asked for"))
    }
}

/// The server's first answer on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelloReply {
    /// Who we are to the server.
    pub visitor: VisitorId,
    /// The token for the next connection.
    pub resume: VisitorToken,
    /// For how long the token holds while unused, in milliseconds.
    pub resume_ttl: u64,
    /// Whether the server knew the token we came with.
    pub resumed: bool,
    /// The run of the server's logs.
    pub epoch: Epoch,
    /// How often to ping, in milliseconds; never more often than we asked.
    pub heartbeat: u32,
    /// The server's clock: RFC 3339.
    pub time: Option<String>,
    /// Which channels it offers.
    pub channels: Map<ChannelType, bool>,
    /// What it can do beyond the minimum.
    pub features: Vec<String>,
    /// What it accepts.
    pub limits: Limits,
    /// The visitor's running sessions.
    pub sessions: Vec<OpenSession>,
}

/// The answer to `subscribe`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscribed {
    /// A state topic.
    State {
        /// Names the subscription on this connection.
        subscription: SubscriptionId,
        /// The value's revision.
        rev: u64,
        /// The present value, if there is one.
        value: Option<StateValue>,
    },
    /// A log topic.
    Log {
        /// Names the subscription on this connection.
        subscription: SubscriptionId,
        /// What has happened since the cursor.
        page: LogPage,
    },
}

/// A stretch of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPage {
    /// The run of the log.
    pub epoch: Epoch,
    /// Whether the stretch joins the cursor that was sent.
    pub recovered: bool,
    /// Whether there is more to ask for before live events come.
    pub more: bool,
    /// The events in order.
    pub result: Vec<ChatChannelEventMessage>,
}

/// The value of a state topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateValue {
    /// Of [`Topic::Channels`](super::Topic::Channels).
    Channels(Map<ChannelType, bool>),
    /// Of [`Topic::Service`](super::Topic::Service).
    Service(Box<ServiceStatus>),
    /// Of [`Topic::Receipts`](super::Topic::Receipts).
    Receipts(Watermarks),
    /// Of [`Topic::Session`](super::Topic::Session).
    Session(Box<ChatChannelSession>),
}

/// A message's place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message's id.
    pub id: MessageId,
    /// Its place.
    pub seq: u64,
    /// When the server took it: RFC 3339.
    pub created_at: Option<String>,
}

/// The error object of the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// `docs/protocol.md`, "Errors".
    pub code: i32,
    /// For developers, in English.
    pub message: String,
    /// The part made for programs.
    pub data: RefusalData,
}

/// What a program needs to know of a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefusalData {
    /// A stable word.
    pub reason: String,
    /// Whether trying again may help.
    pub retryable: bool,
    /// After how many milliseconds.
    pub retry_after: Option<u32>,
    /// The session that is in the way (`SESSION_OPEN`).
    pub session: Option<crate::core::model::SessionId>,
}

impl Refusal {
    /// The session is not with an operator just now.
    pub const NOT_CONNECTED: i32 = 1203;
    /// The frame is longer than the server takes.
    pub const FRAME_TOO_BIG: i32 = 1204;
    /// The session has ended.
    pub const SESSION_CLOSED: i32 = 1301;
    /// The session is not this visitor's, or is not there any more.
    pub const SESSION_NOT_FOUND: i32 = 1303;

    /// How long to wait before trying again, if trying again may help.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let after = Duration::from_millis(u64::from(self.data.retry_after.unwrap_or(1_000)));
        self.data.retryable.then_some(after)
    }
}

impl From<Box<Refusal>> for Error {
    fn from(refusal: Box<Refusal>) -> Self {
        let refusal = *refusal;
        Self::Refused(Box::new(Refused {
            code: refusal.code,
            retry_after: refusal.data.retry_after.map(|ms| Duration::from_millis(u64::from(ms))),
            retryable: refusal.data.retryable,
            reason: refusal.data.reason,
            message: refusal.message,
        }))
    }
}
