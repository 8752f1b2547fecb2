use serde_json::Value;

use super::guard::{DecodeError, check};
use super::incoming::{Refusal, RefusalData, Reply, StateValue, Subscribed};
use super::read::{self, Fields};
use super::request::Request;
use super::topic::Topic;
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
        let value: Value = serde_json::from_str(text).map_err(|_| DecodeError::Shape)?;
        let frame = Fields::of(&value)?;
        match (frame.text("method")?, frame.number("id")?) {
            (Some("event"), _) => self.push(frame.fields("params")?.ok_or(DecodeError::Shape)?),
            (Some(_), _) => Ok(Incoming::Ignored),
            // What the server says of a frame it could not read, and therefore to nobody.
            (None, None) if frame.get("error").is_some() => Ok(Incoming::Ignored),
            (None, None) => Err(DecodeError::Shape),
            (None, Some(id)) => self.answer(id, frame),
        }
    }

    fn answer(&mut self, id: u64, frame: Fields<'_>) -> Result<Incoming, DecodeError> {
        let kind = self.asked.remove(&id).ok_or(DecodeError::UnknownId)?;
        let outcome = match frame.get("error") {
            Some(error) => Err(Box::new(read::refusal(error).unwrap_or_else(|_| garbled()))),
            None => {
                let result = frame.get("result").unwrap_or(&Value::Null);
                self.reply(kind, result).map_err(|_| Box::new(garbled()))
            }
        };
        Ok(Incoming::Reply { id, outcome })
    }

    fn reply(&mut self, kind: Kind, result: &Value) -> Result<Reply, DecodeError> {
        Ok(match kind {
            Kind::Version => Reply::Version(read::version(result)?),
            Kind::Hello => Reply::Hello(Box::new(read::hello(result)?)),
            Kind::Subscribe(topic) => Reply::Subscribed(self.subscription(topic, result)?),
            Kind::Pong => Reply::Pong,
            Kind::Done => Reply::Done(result.as_bool().ok_or(DecodeError::Shape)?),
            Kind::Session => Reply::Session(Box::new(read::session(result)?)),
            Kind::Sent => Reply::Sent(read::sent(result)?),
        })
    }

    fn subscription(&mut self, topic: TopicKind, value: &Value) -> Result<Subscribed, DecodeError> {
        let fields = Fields::of(value)?;
        let subscription: SubscriptionId = fields.needed("subscription")?;
        self.subscribed.insert(subscription.clone(), topic);
        if let TopicKind::Chat = topic {
            return Ok(Subscribed::Log { subscription, page: read::page(value)? });
        }
        let rev = fields.number("rev")?.unwrap_or(0);
        let value = fields.get("result").map(|result| topic.state(result)).transpose()?;
        Ok(Subscribed::State { subscription, rev, value })
    }

    fn push(&mut self, params: Fields<'_>) -> Result<Incoming, DecodeError> {
        let subscription: SubscriptionId = params.needed("subscription")?;
        let Some(&topic) = self.subscribed.get(&subscription) else {
            return Ok(Incoming::Ignored);
        };
        if let Some(error) = params.get("error") {
            let refusal = Box::new(read::refusal(error)?);
            self.subscribed.remove(&subscription);
            return Ok(Incoming::Push { subscription, event: PushEvent::Failed(refusal) });
        }
        let result = params.get("result").ok_or(DecodeError::Shape)?;
        let event = if let TopicKind::Chat = topic {
            let event = Box::new(read::event(result)?);
            if event.seq.is_some() { PushEvent::Log(event) } else { PushEvent::Ephemeral(event) }
        } else {
            let rev = params.number("rev")?.unwrap_or(0);
            PushEvent::State { rev, value: topic.state(result)? }
        };
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

    fn state(self, value: &Value) -> Result<StateValue, DecodeError> {
        Ok(match self {
            Self::Channels => StateValue::Channels(read::channels(value)?),
            Self::Service => StateValue::Service(Box::new(read::service_status(value)?)),
            Self::Receipts => StateValue::Receipts(read::watermarks(value)?),
            Self::Session => StateValue::Session(Box::new(read::session(value)?)),
            Self::Chat => return Err(DecodeError::Shape),
        })
    }
}

/// Stands for an answer that cannot be read: the call has failed, the connection goes on.
fn garbled() -> Refusal {
    Refusal {
        code: -32_700,
        message: "the server's answer does not have the documented shape".to_owned(),
        data: RefusalData { reason: "BAD_ANSWER".to_owned(), ..RefusalData::default() },
    }
}
