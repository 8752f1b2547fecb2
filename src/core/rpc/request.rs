use serde::ser::{Serialize, SerializeMap, Serializer};

use super::topic::{Cursor, Topic};
use crate::core::model::{
    ChannelType, ChatMessageStatus, CustomerInfo, Key, MessageId, Private, SessionField, SessionId,
    SubscriptionId, VisitorToken,
};

/// Everything this client asks or says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Server and API version.
    GetVersion,
    /// The first call of every connection.
    Hello(Box<Hello>),
    /// Wants a topic, from after `since` on.
    Subscribe {
        /// What.
        topic: Topic,
        /// How far it is known already.
        since: Option<Cursor>,
    },
    /// Wants it no longer.
    Unsubscribe {
        /// The subscription of this connection.
        subscription: SubscriptionId,
    },
    /// Are you there?
    Ping,
    /// The visitor is on this page.
    Visit {
        /// The full address.
        linkable_uri: Option<String>,
        /// The path.
        uri: Option<String>,
        /// The page's title.
        uri_display: Option<String>,
    },
    /// The visitor has chosen a channel and a service (notification).
    Identify {
        /// The channel.
        channel: ChannelType,
        /// The service's code.
        service: String,
    },
    /// Goodbye (notification).
    Bye {
        /// Whether the server shall forget the visitor.
        forget: bool,
    },
    /// Starts a chat session.
    ChatCreate {
        /// Makes it safe to repeat.
        key: Key,
        /// The service's code.
        service: String,
        /// Who asks.
        customer: Option<Box<CustomerInfo>>,
        /// What was answered before.
        fields: Vec<SessionField>,
    },
    /// Sends a message.
    ChatSend {
        /// Where to.
        session: SessionId,
        /// Makes it safe to repeat.
        key: Key,
        /// The text.
        message: Private<String>,
        /// Shown as if the operator had sent it.
        greeting: bool,
    },
    /// Writing, or not any more (notification).
    ChatTyping {
        /// Where.
        session: SessionId,
        /// `COMPOSING` or `IDLE`.
        status: ChatMessageStatus,
    },
    /// Received up to and including this message (notification).
    ChatReceived {
        /// Where.
        session: SessionId,
        /// The message.
        message: MessageId,
    },
    /// Read up to and including this message (notification).
    ChatRead {
        /// Where.
        session: SessionId,
        /// The message.
        message: MessageId,
    },
    /// Sends the conversation by mail.
    ChatRecap {
        /// Which.
        session: SessionId,
        /// Makes it safe to repeat.
        key: Key,
        /// Where to.
        mail: Private<String>,
    },
    /// Ends the session.
    ChatClose {
        /// Which.
        session: SessionId,
    },
    /// The visitor is still here.
    SessionActive {
        /// Where.
        session: SessionId,
    },
}

/// The first call: who we are and what we have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// This software.
    pub client: Client,
    /// The API version spoken.
    pub api: &'static str,
    /// The visitor's language (BCP 47).
    pub locale: Option<String>,
    /// How often we ping, in milliseconds.
    pub heartbeat: u32,
    /// The token of an earlier connection.
    pub resume: Option<VisitorToken>,
    /// Who the visitor says to be.
    pub customer: Option<CustomerInfo>,
}

/// The software at this end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl Request {
    /// The method's wire name.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::GetVersion => "getVersion",
            Self::Hello(_) => "hello",
            Self::Subscribe { .. } => "subscribe",
            Self::Unsubscribe { .. } => "unsubscribe",
            Self::Ping => "ping",
            Self::Visit { .. } => "visit",
            Self::Identify { .. } => "identify",
            Self::Bye { .. } => "bye",
            Self::ChatCreate { .. } => "chat.create",
            Self::ChatSend { .. } => "chat.send",
            Self::ChatTyping { .. } => "chat.typing",
            Self::ChatReceived { .. } => "chat.received",
            Self::ChatRead { .. } => "chat.read",
            Self::ChatRecap { .. } => "chat.recap",
            Self::ChatClose { .. } => "chat.close",
            Self::SessionActive { .. } => "session.active",
        }
    }

    /// Whether it is said without expecting an answer.
    #[must_use]
    pub const fn is_notification(&self) -> bool {
        matches!(
            self,
            Self::Identify { .. }
                | Self::Bye { .. }
                | Self::ChatTyping { .. }
                | Self::ChatReceived { .. }
                | Self::ChatRead { .. }
        )
    }

    /// The frame's text. `id` is left out for a notification.
    pub(super) fn encode(&self, id: u64) -> String {
        let envelope = Envelope { id: (!self.is_notification()).then_some(id), request: self };
        // Only maps with string keys are written, so there is nothing that could fail.
        serde_json::to_string(&envelope).unwrap_or_default()
    }
}

struct Envelope<'a> {
    id: Option<u64>,
    request: &'a Request,
}

struct Params<'a>(&'a Request);

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("jsonrpc", "2.0")?;
        if let Some(id) = self.id {
            map.serialize_entry("id", &id)?;
        }
        map.serialize_entry("method", self.request.method())?;
        // The one call that is public on a real TVox keeps its positional form.
        if matches!(self.request, Request::GetVersion) {
            map.serialize_entry("params", &[(); 0])?;
        } else if !matches!(self.request, Request::Ping) {
            map.serialize_entry("params", &Params(self.request))?;
        }
        map.end()
    }
}

impl Serialize for Params<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.0 {
            Request::GetVersion | Request::Ping => {}
            Request::Hello(hello) => {
                map.serialize_entry("client", &hello.client)?;
                map.serialize_entry("api", hello.api)?;
                optional(&mut map, "locale", hello.locale.as_ref())?;
                map.serialize_entry("heartbeat", &hello.heartbeat)?;
                optional(&mut map, "resume", hello.resume.as_ref())?;
                optional(&mut map, "customer", hello.customer.as_ref())?;
            }
            Request::Subscribe { topic, since } => {
                map.serialize_entry("topic", &topic.to_string())?;
                optional(&mut map, "since", since.as_ref())?;
            }
            Request::Unsubscribe { subscription } => {
                map.serialize_entry("subscription", subscription)?;
            }
            Request::Visit { linkable_uri, uri, uri_display } => {
                optional(&mut map, "linkableUri", linkable_uri.as_ref())?;
                optional(&mut map, "uri", uri.as_ref())?;
                optional(&mut map, "uriDisplay", uri_display.as_ref())?;
            }
            Request::Identify { channel, service } => {
                map.serialize_entry("channel", channel)?;
                map.serialize_entry("service", service)?;
            }
            Request::Bye { forget } => map.serialize_entry("forget", forget)?,
            Request::ChatCreate { key, service, customer, fields } => {
                map.serialize_entry("key", key)?;
                map.serialize_entry("service", service)?;
                optional(&mut map, "customer", customer.as_ref())?;
                if !fields.is_empty() {
                    map.serialize_entry("fields", fields)?;
                }
            }
            Request::ChatSend { session, key, message, greeting } => {
                map.serialize_entry("session", session)?;
                map.serialize_entry("key", key)?;
                map.serialize_entry("message", message)?;
                map.serialize_entry("greeting", greeting)?;
            }
            Request::ChatTyping { session, status } => {
                map.serialize_entry("session", session)?;
                map.serialize_entry("status", status)?;
            }
            Request::ChatReceived { session, message } | Request::ChatRead { session, message } => {
                map.serialize_entry("session", session)?;
                map.serialize_entry("message", message)?;
            }
            Request::ChatRecap { session, key, mail } => {
                map.serialize_entry("session", session)?;
                map.serialize_entry("key", key)?;
                map.serialize_entry("mail", mail)?;
            }
            Request::ChatClose { session } | Request::SessionActive { session } => {
                map.serialize_entry("session", session)?;
            }
        }
        map.end()
    }
}

impl Serialize for Client {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("name", self.name)?;
        map.serialize_entry("version", self.version)?;
        map.end()
    }
}

fn optional<M: SerializeMap, T: Serialize>(
    map: &mut M,
    name: &'static str,
    value: Option<&T>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(name, value))
}
