use std::time::Duration;

use crate::core::connection;
use crate::core::error::Error;
use crate::core::model::{
    ChatChannelEventMessage, ChatChannelSession, Key, MessageId, Private, SessionId,
};
use crate::core::rpc::{Kept, Reply, Request, Topic, TopicEvent};
use crate::core::session::chat::entry::{Change, EntryKey};

/// What happens to a chat.
#[derive(Clone, Debug)]
pub(crate) enum Input<'a> {
    Create,
    /// With what earlier pages have kept of it.
    Attach(SessionId, Vec<Kept>),
    /// Somebody reads the conversation.
    WantConversation,
    /// Somebody reads the documented events, or does so no more.
    WantEvents(bool),
    Send {
        text: Private<String>,
        greeting: bool,
    },
    Retry(EntryKey),
    Discard(EntryKey),
    /// A key was pressed in the composer.
    Composing,
    /// The composer was left or emptied.
    Idle,
    Received(MessageId),
    Read(MessageId),
    StillHere,
    Close,
    /// The connection is up, for the first time or again.
    Ready,
    /// The server does not know the session any more.
    Gone,
    Topic(&'a Topic, &'a TopicEvent),
    Called(CallKind, Result<Reply, Error>),
    Tick,
}

/// Which of a chat's calls came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    Create(Key),
    Send(Key),
    Close,
    StillHere,
}

/// What is to be done about it.
#[derive(Clone, Debug)]
#[must_use = "the machine only decides; somebody has to do it"]
pub(crate) enum Effect {
    Call { kind: CallKind, request: Request, timeout: Option<Duration>, patient: bool },
    Connection(connection::Input),
    Tell(News),
}

/// What the handles are told.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// The session has an id.
    Id(SessionId),
    /// An operator has answered on an earlier page.
    Met,
    Session(ChatChannelSession),
    /// Other messages wait than before.
    Waiting,
    Change(Change),
    /// The first event of the log.
    Opened(ChatChannelEventMessage),
    /// Any other event, and typing.
    Event(ChatChannelEventMessage),
    Typing(bool),
    /// What became of the input of that key.
    Answer(Key, Result<Reply, Error>),
    /// Nothing follows.
    Over,
}

impl Input<'_> {
    /// What the reference calls it, where somebody may wait for what becomes of it.
    pub(crate) const fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Create => Some("createChatChannelSession"),
            Self::Send { .. } | Self::Composing | Self::Idle => Some("chatSendMessage"),
            Self::Attach(..)
            | Self::WantConversation
            | Self::WantEvents(_)
            | Self::Retry(_)
            | Self::Discard(_)
            | Self::Received(_)
            | Self::Read(_)
            | Self::StillHere
            | Self::Close
            | Self::Ready
            | Self::Gone
            | Self::Topic(..)
            | Self::Called(..)
            | Self::Tick => None,
        }
    }
}
