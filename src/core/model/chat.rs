use std::sync::Arc;

use serde::Serialize;

use super::{Attachment, Key, MessageId, Private, SessionId, wire_enum};

wire_enum! {
    /// What happened to a message on its sender's side (reference, `ChatChannelEventMessageStatus`).
    ChatMessageStatus {
        /// Written and sent.
        Wrote = "WROTE",
        /// Somebody is writing.
        Composing = "COMPOSING",
        /// Nobody is writing any more.
        Idle = "IDLE",
    }
}

wire_enum! {
    /// What an event of the conversation is (reference, `ChatMessageType`).
    ChatMessageType {
        /// A message of a person, or a greeting.
        Message = "MESSAGE",
        /// The session's last event.
        ClosedSession = "CLOSED_SESSION",
        /// The session's first event.
        OpenSession = "OPEN_SESSION",
    }
}

wire_enum! {
    /// Which way an event goes, as the visitor sees it (reference, `Direction`).
    Direction {
        /// Towards the visitor.
        Inbound = "INBOUND",
        /// From the visitor.
        Outbound = "OUTBOUND",
    }
}

/// One event of a conversation (reference, `ChatChannelEventMessage`; `seq`, `key`, `greeting`
/// and `attachment` are ours).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatChannelEventMessage {
    /// Place in the session's log, from 1 without gaps; absent for typing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The event's id, as receipts name it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
    /// The session it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_type: Option<ChatMessageType>,
    /// Written, writing, not writing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ChatMessageStatus>,
    /// Which way it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Private<String>>,
    /// When the server took it: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// The sender's key, by which it finds its own message again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Sent by the widget in the operator's name (reference, `notifyGreetingMessage`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub greeting: bool,
    /// The file that the event is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Arc<Attachment>>,
}

/// Up to which message the other side has received and read, as places in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Watermarks {
    /// Received up to and including.
    pub received: u64,
    /// Read up to and including.
    pub read: u64,
}
