use std::time::Duration;

use crate::core::connection::{Failure, TopicEvent};
use crate::core::error::Error;
use crate::core::model::{
    ChatChannelEventMessage, ChatChannelSession, Key, MessageId, Private, SessionId,
};
use crate::core::rpc::{Reply, Request, Topic};
use crate::core::session::chat::entry::{Change, EntryKey};

/// What happens to a chat.
#[derive(Clone, Debug)]
pub(crate) enum Input {
    Create(Key),
    Attach(SessionId),
    /// Somebody reads the conversation.
    WantConversation,
    /// Somebody reads the documented events, or does so no more.
    WantEvents(bool),
    Send {
        key: Key,
        text: Private<String>,
        greeting: bool,
    },
    Retry {
        entry: EntryKey,
        key: Key,
    },
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
    Topic(Topic, TopicEvent),
    Called(CallKind, Result<Reply, Failure>),
    Tick,
}

/// Which of a chat's calls came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallKind {
    Create,
    Send(Key),
    Close,
    StillHere,
}

/// What is to be done about it.
#[derive(Clone, Debug)]
#[must_use = "the machine only decides; somebody has to do it"]
pub(crate) enum Effect {
    Call { kind: CallKind, request: Request, timeout: Option<Duration>, patient: bool },
    Notify(Request),
    Watch(Topic),
    Unwatch(Topic),
    Tell(News),
}

/// What the handles are told.
#[derive(Clone, Debug)]
pub(crate) enum News {
    /// The session has an id.
    Id(SessionId),
    Created(Result<ChatChannelSession, Error>),
    Session(ChatChannelSession),
    Change(Change),
    /// The first event of the log.
    Opened(ChatChannelEventMessage),
    /// Any other event, and typing.
    Event(ChatChannelEventMessage),
    Typing(bool),
    Sent(Key, Result<bool, Error>),
    /// Nothing follows.
    Over,
}
