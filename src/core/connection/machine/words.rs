use std::time::Duration;

use crate::core::config::RetryOptions;
use crate::core::connection::state::{ConnectionState, LinkId};
use crate::core::error::Error;
use crate::core::model::{Key, VisitorToken};
use crate::core::ports::{Closed, Wakeup};
use crate::core::rpc::{Cursor, DecodeError, HelloReply, Reply, Request, Topic, TopicEvent};
use crate::core::time::Timestamp;

/// What the connection is made with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// When to try again.
    pub retry: RetryOptions,
    /// How often to ping; the server may ask for less often.
    pub heartbeat: Duration,
    /// The first words on every connection.
    pub hello: Request,
    /// The token of an earlier page.
    pub token: Option<VisitorToken>,
}

/// Now, and a number that nobody could foresee.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment {
    /// The clock.
    pub now: Timestamp,
    /// Fresh for every input: what it names is named once.
    pub random: [u8; 16],
}

impl Moment {
    /// Uniformly random over its whole range.
    #[must_use]
    pub const fn chance(&self) -> u32 {
        let [a, b, c, d, ..] = self.random;
        u32::from_le_bytes([a, b, c, d])
    }

    /// The key for what begins with this input.
    #[must_use]
    pub fn key(&self) -> Key {
        Key::from_random(self.random)
    }
}

/// Names a call towards whoever made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// What happens to the connection.
#[derive(Clone, Debug)]
pub enum Input {
    /// Be online from now on.
    Connect,
    /// Be offline for good.
    Disconnect {
        /// Whether the server shall forget the visitor.
        forget: bool,
    },
    /// Be the visitor of this token, whom another page has met; at once.
    Resume(VisitorToken),
    /// The socket is open.
    Opened(LinkId),
    /// A text frame came.
    Frame(LinkId, String),
    /// The socket closed, or could not be opened.
    Closed(LinkId, Closed),
    /// The surroundings changed.
    Wake(Wakeup),
    /// The [`deadline`](super::Machine::deadline) has come.
    Tick,
    /// Ask something; the answer comes as [`Report::Called`]. It waits for the connection and is
    /// repeated on the next one if the answer got lost: every call is safe to repeat.
    Call {
        /// The caller's name for it.
        id: CallId,
        /// What to ask.
        request: Request,
        /// For how long, the waiting included; `None` for as long as it takes.
        timeout: Option<Duration>,
        /// Whether to try again by itself what the server refuses only for now.
        patient: bool,
    },
    /// Say something now, or not at all.
    Notify(Request),
    /// Say something now and again on every later connection, until something else is pledged.
    Pledge(Request),
    /// Want a topic, now and on every later connection: from the beginning, or from where an earlier
    /// page has read it.
    Watch(Topic, Option<Cursor>),
    /// Want it no longer.
    Unwatch(Topic),
}

/// What is to be done about it.
#[derive(Clone, Debug)]
#[must_use = "the machine only decides; somebody has to do it"]
pub enum Effect {
    /// Open a socket.
    Dial(LinkId),
    /// Send a text frame.
    Send(LinkId, String),
    /// Close the socket, or give up opening it.
    Close(LinkId, u16),
    /// Tell the layer above.
    Report(Report),
}

/// What the layer above has to know.
#[derive(Clone, Debug)]
pub enum Report {
    /// The connection's state changed.
    State(ConnectionState),
    /// `hello` was answered.
    Ready(Box<HelloReply>),
    /// The server does not know us any more: what belonged to the old visitor is over.
    Discontinuity,
    /// The token to come back with.
    Token(VisitorToken),
    /// News of a topic.
    Topic(Topic, TopicEvent),
    /// A call has come to its end.
    Called(CallId, Result<Reply, Error>),
    /// A frame was dropped.
    Malformed(DecodeError),
}
