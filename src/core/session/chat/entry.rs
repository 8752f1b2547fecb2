use std::fmt;
use std::sync::Arc;

use crate::core::error::Error;
use crate::core::model::{
    Attachment, ChatChannelEventMessage, ChatMessageStatus, ChatMessageType, Direction, Key,
    MessageId, Private, SessionId, Watermarks,
};

/// One line of a conversation as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Stays the same while the entry is sent, taken, received and read.
    pub key: EntryKey,
    /// A message, or a mark in the conversation.
    pub kind: EntryKind,
    /// Which way it went, as the visitor sees it.
    pub direction: Direction,
    /// The text, or the name of the file that it is; empty for a mark.
    pub text: Private<String>,
    /// When the server took it: RFC 3339. `None` until then.
    pub created_at: Option<String>,
    /// The server's id. `None` until it is taken.
    pub id: Option<MessageId>,
    /// Place in the server's log. `None` until it is taken.
    pub seq: Option<u64>,
    /// Sent by the widget in the operator's name.
    pub greeting: bool,
    /// How far it has come; [`Delivery::Sent`] for what the other side wrote.
    pub delivery: Delivery,
    /// The file that it is, where it is one, with its newest fate.
    pub attachment: Option<Arc<Attachment>>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// Somebody wrote.
    Message,
    /// The session began.
    Opened,
    /// The session ended.
    Closed,
}

/// How far a message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// In the outbox or on its way.
    Sending,
    /// The server has it.
    Sent,
    /// The other side has it.
    Delivered,
    /// The other side has read it.
    Read,
    /// The server will not take it; a person may try again or let it go.
    Failed(Error),
}

/// An entry's identity on screen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey(String);

/// One edit of the list of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Everything anew.
    Reset(Vec<Entry>),
    /// One more, at this index.
    Insert {
        /// Where.
        index: usize,
        /// What.
        entry: Entry,
    },
    /// The entry at this index has changed; its key has not.
    Update {
        /// Where.
        index: usize,
        /// What it is now.
        entry: Entry,
    },
    /// The entry at this index is gone.
    Remove {
        /// Where.
        index: usize,
    },
}

impl Entry {
    /// The entry for a numbered event of the server's log.
    pub(super) fn of_event(event: &ChatChannelEventMessage, watermarks: Watermarks) -> Self {
        let kind = match &event.message_type {
            Some(ChatMessageType::OpenSession) => EntryKind::Opened,
            Some(ChatMessageType::ClosedSession) => EntryKind::Closed,
            Some(ChatMessageType::Message | ChatMessageType::Unknown(_)) | None => {
                EntryKind::Message
            }
        };
        let text = event.message.as_ref().or(event.attachment.as_ref().map(|file| &file.name));
        let direction = event.direction.clone().unwrap_or(Direction::Inbound);
        let seq = event.seq;
        let delivery = delivery(&direction, seq, watermarks);
        Self {
            key: EntryKey::of(event.key.as_ref(), seq),
            kind,
            direction,
            text: text.cloned().unwrap_or_default(),
            created_at: event.created_at.clone(),
            id: event.id.clone(),
            seq,
            greeting: event.greeting,
            delivery,
            attachment: event.attachment.clone(),
        }
    }

    /// The entry for a message that waits to be sent.
    pub(super) fn unsent(key: &Key, text: Private<String>, greeting: bool) -> Self {
        Self {
            key: EntryKey(key.as_str().to_owned()),
            kind: EntryKind::Message,
            direction: if greeting { Direction::Inbound } else { Direction::Outbound },
            text,
            created_at: None,
            id: None,
            seq: None,
            greeting,
            delivery: Delivery::Sending,
            attachment: None,
        }
    }

    /// What the next page has to know of it.
    pub(super) fn kept(&self) -> ChatChannelEventMessage {
        let message_type = match self.kind {
            EntryKind::Message => ChatMessageType::Message,
            EntryKind::Opened => ChatMessageType::OpenSession,
            EntryKind::Closed => ChatMessageType::ClosedSession,
        };
        ChatChannelEventMessage {
            seq: self.seq,
            id: self.id.clone(),
            session_id: None,
            message_type: Some(message_type),
            status: Some(ChatMessageStatus::Wrote),
            direction: Some(self.direction.clone()),
            message: (self.kind == EntryKind::Message && self.attachment.is_none())
                .then(|| self.text.clone()),
            created_at: self.created_at.clone(),
            key: Some(Key::from(&*self.key.0)),
            greeting: self.greeting,
            attachment: self.attachment.clone(),
        }
    }

    /// The documented event this entry came of; `None` while the server has not taken it.
    pub(super) fn event(&self, session: &SessionId) -> Option<ChatChannelEventMessage> {
        self.seq?;
        Some(ChatChannelEventMessage {
            session_id: Some(session.clone()),
            key: None,
            ..self.kept()
        })
    }
}

impl EntryKey {
    fn of(key: Option<&Key>, seq: Option<u64>) -> Self {
        match (key, seq) {
            (Some(key), _) => Self(key.as_str().to_owned()),
            (None, Some(seq)) => Self(format!("#{seq}")),
            (None, None) => Self(String::new()),
        }
    }

    /// The identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is(&self, key: &Key) -> bool {
        self.0 == key.as_str()
    }
}

impl From<&Key> for EntryKey {
    fn from(key: &Key) -> Self {
        Self(key.as_str().to_owned())
    }
}

impl fmt::Display for EntryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a message that the server has taken has come.
pub(super) fn delivery(direction: &Direction, seq: Option<u64>, to: Watermarks) -> Delivery {
    let seq = seq.unwrap_or(u64::MAX);
    match direction {
        Direction::Outbound if seq <= to.read => Delivery::Read,
        Direction::Outbound if seq <= to.received => Delivery::Delivered,
        Direction::Outbound | Direction::Inbound | Direction::Unknown(_) => Delivery::Sent,
    }
}
