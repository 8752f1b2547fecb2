use super::call::{CallValue, SignalValue};
use super::guard::DecodeError;
use super::read;
use super::topic::Topic;
use crate::core::error::{Error, Refused};
use crate::core::json::{Field, Json, Notes};
use crate::core::map::Map;
use crate::core::model::{
    ChannelType, ChatChannelEventMessage, ChatChannelSession, Epoch, Limits, MessageId,
    OpenSession, Private, ServiceStatus, SubscriptionId, VisitorId, VisitorToken, Watermarks,
};

/// What a call answered. Whoever asked knows how to read it: one function per shape.
///
/// Each of them says [`Error::Refused`] with code -32700 where the answer has another shape: the call
/// has failed, the connection goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply(Private<Json>);

impl Reply {
    /// The frame that holds the answer.
    pub(super) const fn of(frame: Json) -> Self {
        Self(Private::new(frame))
    }

    /// Whether the thing was carried out, where that is what was asked.
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn done(&self) -> Result<bool, Error> {
        self.read(|result| result.needed_flag())
    }

    /// Server version and API version (`getVersion`).
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn version(&self) -> Result<Vec<String>, Error> {
        self.read(|result| result.texts())
    }

    /// The answer to `hello`.
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn hello(&self) -> Result<HelloReply, Error> {
        self.read(read::hello)
    }

    /// The answer to `subscribe`.
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn subscribed(self, topic: &Topic) -> Result<Subscribed, Error> {
        let mut subscribed = self.read(|result| {
            let subscription = read::needed(result, "subscription");
            if topic.is_log() {
                return Subscribed::Log { subscription, page: read::page(topic, result) };
            }
            let rev = read::number(result, "rev").unwrap_or(0);
            let value = result.find("result").and_then(|value| state(topic, &value));
            Subscribed::State { subscription, rev, value }
        })?;
        if let (Subscribed::State { value, .. }, Topic::Call(_)) = (&mut subscribed, topic) {
            // Even that there is none: whoever saw one wants to know.
            *value = Some(StateValue::Call(CallValue::of(self.0, "result")));
        }
        Ok(subscribed)
    }

    /// The subscription that `subscribe` opened, whatever else it answered.
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn subscription(&self) -> Result<SubscriptionId, Error> {
        self.read(|result| read::needed(result, "subscription"))
    }

    /// A session of the visitor (`chat.create`).
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn session(&self) -> Result<ChatChannelSession, Error> {
        self.read(read::session)
    }

    /// A message's place in the log (`chat.send`).
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn sent(&self) -> Result<Sent, Error> {
        self.read(read::sent)
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&Field<'_>) -> T) -> Result<T, Error> {
        let notes = Notes::default();
        let value = read(&Field::root(&self.0, &notes).get("result"));
        if notes.failed() { Err(garbled()) } else { Ok(value) }
    }
}

/// An answer that was not the server's to give.
impl From<bool> for Reply {
    fn from(done: bool) -> Self {
        Self::of(Json::Object(vec![("result".to_owned(), Json::Bool(done))]))
    }
}

/// News of a subscription. Whoever holds it knows its topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Push(Private<Json>);

impl Push {
    /// The frame that holds the news.
    pub(super) const fn of(frame: Json) -> Self {
        Self(Private::new(frame))
    }

    /// The news, read as those of this topic.
    ///
    /// # Errors
    /// They have another shape.
    pub fn event(self, topic: &Topic) -> Result<TopicEvent, DecodeError> {
        let notes = Notes::default();
        let frame = Field::root(&self.0, &notes);
        let params = frame.get("params");
        let result = params.get("result");
        let rev = read::number(&params, "rev").unwrap_or(0);
        let event = if let Some(error) = params.find("error") {
            Some(TopicEvent::Failed(read::refusal(&error)))
        } else if topic.is_log() {
            Some(match read::entry(topic, &result) {
                LogEntry::Chat(event) if event.seq.is_none() => {
                    TopicEvent::Ephemeral(Box::new(event))
                }
                entry @ (LogEntry::Chat(_) | LogEntry::Signal(_)) => {
                    TopicEvent::Log { events: vec![entry], reset: false }
                }
            })
        } else {
            state(topic, &result).map(|value| TopicEvent::State { rev, value })
        };
        if notes.failed() {
            return Err(DecodeError::Shape);
        }
        let call = || StateValue::Call(CallValue::of(self.0, "params"));
        Ok(event.unwrap_or_else(|| TopicEvent::State { rev, value: call() }))
    }
}

/// News of a topic.
#[derive(Clone, Debug, PartialEq)]
pub enum TopicEvent {
    /// A state topic's newest value.
    State {
        /// Its revision.
        rev: u64,
        /// The value.
        value: StateValue,
    },
    /// The next events of a log.
    Log {
        /// The events in order.
        events: Vec<LogEntry>,
        /// Whether they replace all that was told before.
        reset: bool,
    },
    /// Something that is never replayed: typing.
    Ephemeral(Box<ChatChannelEventMessage>),
    /// The subscription has ended.
    Failed(Error),
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
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
pub struct LogPage {
    /// The run of the log.
    pub epoch: Epoch,
    /// Whether the stretch joins the cursor that was sent.
    pub recovered: bool,
    /// Whether there is more to ask for before live events come.
    pub more: bool,
    /// The events in order.
    pub result: Vec<LogEntry>,
}

/// An event of a log.
#[derive(Clone, Debug, PartialEq)]
pub enum LogEntry {
    /// Of [`Topic::Chat`](super::Topic::Chat).
    Chat(ChatChannelEventMessage),
    /// Of [`Topic::Signal`](super::Topic::Signal).
    Signal(SignalValue),
}

impl LogEntry {
    /// Its place in the log; typing has none.
    #[must_use]
    pub const fn seq(&self) -> Option<u64> {
        match self {
            Self::Chat(event) => event.seq,
            Self::Signal(signal) => Some(signal.seq),
        }
    }

    /// The event of a conversation, where it is one.
    #[must_use]
    pub const fn chat(&self) -> Option<&ChatChannelEventMessage> {
        match self {
            Self::Chat(event) => Some(event),
            Self::Signal(_) => None,
        }
    }
}

/// The value of a state topic.
#[derive(Clone, Debug, PartialEq)]
pub enum StateValue {
    /// Of [`Topic::Channels`](super::Topic::Channels).
    Channels(Map<ChannelType, bool>),
    /// Of [`Topic::Service`](super::Topic::Service).
    Service(Box<ServiceStatus>),
    /// Of [`Topic::Receipts`](super::Topic::Receipts).
    Receipts(Watermarks),
    /// Of [`Topic::Session`](super::Topic::Session).
    Session(Box<ChatChannelSession>),
    /// Of [`Topic::Call`](super::Topic::Call).
    Call(CallValue),
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

/// A log has no state, and that of a call is read by whoever follows it.
fn state(topic: &Topic, field: &Field<'_>) -> Option<StateValue> {
    Some(match topic {
        Topic::Channels => StateValue::Channels(read::channels(field)),
        Topic::Service(..) => StateValue::Service(Box::new(read::service_status(field))),
        Topic::Receipts(_) => StateValue::Receipts(read::watermarks(field)),
        Topic::Session(_) => StateValue::Session(Box::new(read::session(field))),
        Topic::Chat(_) | Topic::Call(_) | Topic::Signal(_) => return None,
    })
}

/// Stands for an answer that cannot be read.
pub(super) fn garbled() -> Error {
    Error::Refused(Box::new(Refused {
        code: -32_700,
        reason: "BAD_ANSWER".to_owned(),
        message: "the server's answer does not have the documented shape".to_owned(),
        ..Refused::default()
    }))
}
