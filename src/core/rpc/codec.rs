use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::guard::{DecodeError, check};
use super::incoming::{LogPage, Refusal, Reply, StateValue, Subscribed};
use super::request::Request;
use super::topic::Topic;
use crate::core::model::{ChatChannelEventMessage, SubscriptionId};

/// One connection's table of what was asked and what is subscribed, by which its frames make sense.
#[derive(Debug, Default)]
pub struct Codec {
    last_id: u64,
    asked: BTreeMap<u64, Kind>,
    subscribed: BTreeMap<SubscriptionId, TopicKind>,
}

/// A frame that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The answer to a call.
    Reply {
        /// The id that [`Codec::encode`] gave.
        id: u64,
        /// What the server says.
        outcome: Result<Reply, Refusal>,
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
    Failed(Refusal),
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

#[derive(Deserialize)]
struct Frame<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Push<'a> {
    subscription: SubscriptionId,
    #[serde(default)]
    rev: u64,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Subscription<'a> {
    subscription: SubscriptionId,
    #[serde(default)]
    rev: u64,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
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
        let frame: Frame<'_> = object(text)?;
        match (&frame.method, frame.id) {
            (Some(method), _) if method == "event" => self.push(frame.params),
            (Some(_), _) => Ok(Incoming::Ignored),
            // What the server says of a frame it could not read, and therefore to nobody.
            (None, None) if frame.error.is_some() => Ok(Incoming::Ignored),
            (None, None) => Err(DecodeError::Shape),
            (None, Some(id)) => self.answer(id, &frame),
        }
    }

    fn answer(&mut self, id: u64, frame: &Frame<'_>) -> Result<Incoming, DecodeError> {
        let kind = self.asked.remove(&id).ok_or(DecodeError::UnknownId)?;
        let outcome = match (frame.error, frame.result) {
            (Some(error), _) => Err(object(error.get()).unwrap_or_else(|_| garbled())),
            (None, result) => {
                let text = result.map_or("null", RawValue::get);
                self.reply(kind, text).map_err(|_| garbled())
            }
        };
        Ok(Incoming::Reply { id, outcome })
    }

    fn reply(&mut self, kind: Kind, text: &str) -> Result<Reply, DecodeError> {
        Ok(match kind {
            Kind::Version => Reply::Version(parse(text)?),
            Kind::Hello => Reply::Hello(object(text)?),
            Kind::Subscribe(topic) => Reply::Subscribed(self.subscription(topic, text)?),
            Kind::Pong => Reply::Pong,
            Kind::Done => Reply::Done(parse(text)?),
            Kind::Session => Reply::Session(object(text)?),
            Kind::Sent => Reply::Sent(object(text)?),
        })
    }

    fn subscription(&mut self, topic: TopicKind, text: &str) -> Result<Subscribed, DecodeError> {
        let Subscription { subscription, rev, result } = object(text)?;
        self.subscribed.insert(subscription.clone(), topic);
        if let TopicKind::Chat = topic {
            let page: LogPage = object(text)?;
            return Ok(Subscribed::Log { subscription, page });
        }
        let value = result.map(|result| topic.state(result.get())).transpose()?;
        Ok(Subscribed::State { subscription, rev, value })
    }

    fn push(&mut self, params: Option<&RawValue>) -> Result<Incoming, DecodeError> {
        let Push { subscription, rev, result, error } =
            object(params.ok_or(DecodeError::Shape)?.get())?;
        let Some(&topic) = self.subscribed.get(&subscription) else {
            return Ok(Incoming::Ignored);
        };
        if let Some(refusal) = error {
            self.subscribed.remove(&subscription);
            return Ok(Incoming::Push { subscription, event: PushEvent::Failed(refusal) });
        }
        let text = result.ok_or(DecodeError::Shape)?.get();
        let event = if let TopicKind::Chat = topic {
            let event: Box<ChatChannelEventMessage> = object(text)?;
            if event.seq.is_some() { PushEvent::Log(event) } else { PushEvent::Ephemeral(event) }
        } else {
            PushEvent::State { rev, value: topic.state(text)? }
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

    fn state(self, text: &str) -> Result<StateValue, DecodeError> {
        Ok(match self {
            Self::Channels => StateValue::Channels(object(text)?),
            Self::Service => StateValue::Service(object(text)?),
            Self::Receipts => StateValue::Receipts(object(text)?),
            Self::Session => StateValue::Session(object(text)?),
            Self::Chat => return Err(DecodeError::Shape),
        })
    }
}

/// Reads an object, and nothing but an object: serde's structs would take a list as well, field by
/// field in the order they are written here.
fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, DecodeError> {
    if text.trim_start().starts_with('{') { parse(text) } else { Err(DecodeError::Shape) }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, DecodeError> {
    serde_json::from_str(text).map_err(|_| DecodeError::Shape)
}

/// Stands for an answer that cannot be read: the call has failed, the connection goes on.
fn garbled() -> Refusal {
    Refusal {
        code: -32_700,
        message: "the server's answer does not have the documented shape".to_owned(),
        data: super::incoming::RefusalData {
            reason: "BAD_ANSWER".to_owned(),
            ..super::incoming::RefusalData::default()
        },
    }
}
