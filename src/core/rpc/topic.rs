use std::fmt;

use serde::Serialize;

use crate::core::model::{ChannelType, Epoch, SessionId};

/// Something the server keeps us informed of.
///
/// The order is the order in which a new connection asks for them: a conversation's log before its
/// session's state, so that a close is seen in the documented order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Which channels the server offers (state).
    Channels,
    /// Whether a service answers on a channel (state).
    Service(String, ChannelType),
    /// A conversation (log, and typing beside it).
    Chat(SessionId),
    /// What the operator has received and read (state).
    Receipts(SessionId),
    /// A chat session (state).
    Session(SessionId),
    /// The visitor's call of a channel (state); only its follower understands it.
    Call(ChannelType),
    /// What the other side of a call says about its media (log); only who plays calls understands it.
    Signal(SessionId),
}

/// How far a log has been read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cursor {
    /// The run of the log.
    pub epoch: Epoch,
    /// The last event that was applied.
    pub seq: u64,
}

impl Topic {
    /// The conversation it belongs to, where it belongs to one.
    #[must_use]
    pub const fn session(&self) -> Option<&SessionId> {
        match self {
            Self::Channels | Self::Service(..) | Self::Call(_) | Self::Signal(_) => None,
            Self::Chat(id) | Self::Receipts(id) | Self::Session(id) => Some(id),
        }
    }

    /// Whether it is of one contact, and gone with it.
    #[must_use]
    pub const fn is_of_session(&self) -> bool {
        self.session().is_some() || matches!(self, Self::Signal(_))
    }

    /// Whether every one of its events counts, in order.
    #[must_use]
    pub const fn is_log(&self) -> bool {
        matches!(self, Self::Chat(_) | Self::Signal(_))
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channels => f.write_str("channels"),
            Self::Service(service, channel) => write!(f, "service/{service}/{channel}"),
            Self::Chat(session) => write!(f, "chat/{session}"),
            Self::Receipts(session) => write!(f, "receipts/{session}"),
            Self::Session(session) => write!(f, "session/{session}"),
            Self::Call(channel) => write!(f, "call/{channel}"),
            Self::Signal(session) => write!(f, "signal/{session}"),
        }
    }
}
