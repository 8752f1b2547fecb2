use super::guard::{DecodeError, check};
use super::incoming::{Refusal, RefusalData, Reply, StateValue, Subscribed};
use super::read;
use super::request::Request;
use super::topic::Topic;
use crate::core::json::{Field, Json, Notes};
use crate::core::map::Map;
use crate::core::model::{ChatChannelEventMessage, SubscriptionId};

/// One connection's table of what was asked and what is subscribed, by which its frames make sense.
#[derive(Debug, Default)]
pub struct Codec {
    last_id: u64,
    asked: Map<u64, Kind>,
    subscribed: Map<SubscriptionId, TopicKind>,
}

/// A frame that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The answer to a call.
    Reply {
        /// The id that [`Codec::encode`] gave.
        id: u64,
        /// What the server says.
        outcome: Result<Reply, Box<Refusal>>,
    },
    /// News of a subscription.
    Push {
        /// Of which.
        subscription: SubscriptionId,
        /// What is new.
        event: PushEvent,
    },
    /// Something a later version says, or a late word about a subscription that has ended.
    Ignored,
}

/// News of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushEvent {
    /// A state topic's newest value.
    State {
        /// Its revision.
        rev: u64,
        /// The value.
        value: StateValue,
    },
    /// The next event of a log.
    Log(Box<ChatChannelEventMessage>),
    /// Something that is never replayed.
    Ephemeral(Box<ChatChannelEventMessage>),
    /// The subscription has ended.
    Failed(Box<Refusal>),
}

/// By which shape an answer is read.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Version,
    Hello,
    Subscribe(TopicKind),
    Pong,
    Done,
    Session,
    Sent,
}

#[derive(Clone, Copy, Debug)]
enum TopicKind {
    Channels,
    Service,
    Receipts,
    Session,
    Chat,
}

impl Codec {
    /// The frame for a request, and the id that its answer will carry (`None` for a notification).
    pub fn encode(&mut self, request: &Request) -> (Option<u64>, String) {
        let Some(kind) = Kind::of(request) else {
            return (None, request.encode(0));
        };
        self.last_id += 1;
        self.asked.insert(self.last_id, kind);
        if let Request::Unsubscribe { subscription } = request {
            self.subscribed.remove(subscription);
        }
        (Some(self.last_id), request.encode(self.last_id))
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// The frame is to be dropped and counted; the table is unchanged, except that an answer of the
    /// wrong shape answers its call with `Err` and code -32700.
    pub fn decode(&mut self, text: &str) -> Result<Incoming, DecodeError> {
        check(text)?;
        let json = Json::parse(text).map_err(|_| DecodeError::Shape)?;
        let notes = Notes::default();
        let frame = Field::root(&json, &notes);
        frame.members();
        let (method, id) = (frame.text("method"), read::number(&frame, "id"));
        if notes.failed() {
            return Err(DecodeError::Shape);
        }
        match (method, id) {
            (Some("event"), _) => self.push(&frame.get("params")),
            (Some(_), _) => Ok(Incoming::Ignored),
            // What the server says of a frame it could not read, and therefore to nobody.
            (None, None) if frame.find("error").is_some() => Ok(Incoming::Ignored),
            (None, None) => Err(DecodeError::Shape),
            (None, Some(id)) => self.answer(id, &frame),
        }
    }

    fn answer(&mut self, id: u64, frame: &Field<'_>) -> Result<Incoming, DecodeError> {
        let kind = self.asked.remove(&id).ok_or(DecodeError::UnknownId)?;
        let outcome = match frame.find("error") {
            Some(error) => Err(Box::new(read::refusal(&error))),
            None => Ok(self.reply(kind, &frame.get("result"))),
        };
        let garbled = frame.notes().failed();
        let outcome = if garbled { Err(Box::new(garbled_answer())) } else { outcome };
        Ok(Incoming::Reply { id, outcome })
    }

    fn reply(&mut self, kind: Kind, result: &Field<'_>) -> Reply {
        match kind {
            Kind::Version => Reply::Version(result.texts()),
            Kind::Hello => Reply::Hello(Box::new(read::hello(result))),
            Kind::Subscribe(topic) => Reply::Subscribed(self.subscription(topic, result)),
            Kind::Pong => Reply::Pong,
            Kind::Done => Reply::Done(result.needed_flag()),
            Kind::Session => Reply::Session(Box::new(read::session(result))),
            Kind::Sent => Reply::Sent(read::sent(result)),
        }
    }

    fn subscription(&mut self, topic: TopicKind, field: &Field<'_>) -> Subscribed {
        let subscription: SubscriptionId = read::needed(field, "subscription");
        self.subscribed.insert(subscription.clone(), topic);
        if let TopicKind::Chat = topic {
            return Subscribed::Log { subscription, page: read::page(field) };
        }
        let rev = read::number(field, "rev").unwrap_or(0);
        let value = field.find("result").map(|result| topic.state(&result));
        Subscribed::State { subscription, rev, value }
    }

    fn push(&mut self, params: &Field<'_>) -> Result<Incoming, DecodeError> {
        let subscription: SubscriptionId = read::needed(params, "subscription");
        let Some(&topic) = self.subscribed.get(&subscription) else {
            return if params.notes().failed() {
                Err(DecodeError::Shape)
            } else {
                Ok(Incoming::Ignored)
            };
        };
        let result = params.get("result");
        let event = if let Some(error) = params.find("error") {
            PushEvent::Failed(Box::new(read::refusal(&error)))
        } else if let TopicKind::Chat = topic {
            let event = Box::new(read::event(&result));
            if event.seq.is_some() { PushEvent::Log(event) } else { PushEvent::Ephemeral(event) }
        } else {
            let rev = read::number(params, "rev").unwrap_or(0);
            PushEvent::State { rev, value: topic.state(&result) }
        };
        if params.notes().failed() {
            return Err(DecodeError::Shape);
        }
        if let PushEvent::Failed(_) = event {
            self.subscribed.remove(&subscription);
        }
        Ok(Incoming::Push { subscription, event })
    }
}

impl Kind {
    fn of(request: &Request) -> Option<Self> {
        Some(match request {
            Request::GetVersion => Self::Version,
            Request::Hello(_) => Self::Hello,
            Request::Subscribe { topic, .. } => Self::Subscribe(TopicKind::of(topic)),
            Request::Ping => Self::Pong,
            Request::Unsubscribe { .. }
            | Request::Visit { .. }
            | Request::ChatRecap { .. }
            | Request::ChatClose { .. }
            | Request::SessionActive { .. } => Self::Done,
            Request::ChatCreate { .. } => Self::Session,
            Request::ChatSend { .. } => Self::Sent,
            Request::Identify { .. }
            | Request::Bye { .. }
            | Request::ChatTyping { .. }
            | Request::ChatReceived { .. }
            | Request::ChatRead { .. } => return None,
        })
    }
}

impl TopicKind {
    const fn of(topic: &Topic) -> Self {
        match topic {
            Topic::Channels => Self::Channels,
            Topic::Service(..) => Self::Service,
            Topic::Receipts(_) => Self::Receipts,
            Topic::Session(_) => Self::Session,
            Topic::Chat(_) => Self::Chat,
        }
    }

    /// A log has no state: its topic is asked for one by nobody.
    fn state(self, field: &Field<'_>) -> StateValue {
        match self {
            Self::Channels => StateValue::Channels(read::channels(field)),
            Self::Service => StateValue::Service(Box::new(read::service_status(field))),
            Self::Receipts | Self::Chat => StateValue::Receipts(read::watermarks(field)),
            Self::Session => StateValue::Session(Box::new(read::session(field))),
        }
    }
}

/// Stands for an answer that cannot be read: the call has failed, the connection goes on.
fn garbled_answer() -> Refusal {
    Refusal {
        code: -32_700,
        message: "the server's answer does not have the documented shape".to_owned(),
        data: RefusalData { reason: "BAD_ANSWER".to_owned(), ..RefusalData::default() },
    }
}
