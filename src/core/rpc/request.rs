use super::topic::{Cursor, Topic};
use crate::core::json::Writer;
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
        let mut frame = Writer::new();
        frame.text("jsonrpc", "2.0");
        if !self.is_notification() {
            frame.number("id", id);
        }
        frame.text("method", self.method());
        // The one call that is public on a real TVox keeps its positional form.
        if matches!(self, Self::GetVersion) {
            frame.list("params");
            frame.end_list();
        } else if !matches!(self, Self::Ping) {
            frame.object("params");
            self.params(&mut frame);
            frame.end();
        }
        frame.finish()
    }

    fn params(&self, object: &mut Writer) {
        match self {
            Self::GetVersion | Self::Ping => {}
            Self::Hello(hello) => {
                object.object("client");
                object.text("name", hello.client.name);
                object.text("version", hello.client.version);
                object.end();
                object.text("api", hello.api);
                object.optional("locale", hello.locale.as_deref());
                object.number("heartbeat", hello.heartbeat.into());
                object.optional("resume", hello.resume.as_ref().map(|token| token.as_str()));
                customer(object, hello.customer.as_ref());
            }
            Self::Subscribe { topic, since } => {
                object.text("topic", &topic.to_string());
                if let Some(cursor) = since {
                    object.object("since");
                    object.text("epoch", cursor.epoch.as_str());
                    object.number("seq", cursor.seq);
                    object.end();
                }
            }
            Self::Unsubscribe { subscription } => {
                object.text("subscription", subscription.as_str());
            }
            Self::Visit { linkable_uri, uri, uri_display } => {
                object.optional("linkableUri", linkable_uri.as_deref());
                object.optional("uri", uri.as_deref());
                object.optional("uriDisplay", uri_display.as_deref());
            }
            Self::Identify { channel, service } => {
                object.text("channel", channel.as_str());
                object.text("service", service);
            }
            Self::Bye { forget } => object.flag("forget", *forget),
            Self::ChatCreate { key, service, customer: who, fields } => {
                object.text("key", key.as_str());
                object.text("service", service);
                customer(object, who.as_deref());
                if !fields.is_empty() {
                    object.list("fields");
                    for field in fields {
                        object.item();
                        object.text("key", &field.key);
                        object.text("value", &field.value);
                        object.end();
                    }
                    object.end_list();
                }
            }
            Self::ChatSend { session, key, message, greeting } => {
                object.text("session", session.as_str());
                object.text("key", key.as_str());
                object.text("message", message);
                object.flag("greeting", *greeting);
            }
            Self::ChatTyping { session, status } => {
                object.text("session", session.as_str());
                object.text("status", status.as_str());
            }
            Self::ChatReceived { session, message } | Self::ChatRead { session, message } => {
                object.text("session", session.as_str());
                object.text("message", message.as_str());
            }
            Self::ChatRecap { session, key, mail } => {
                object.text("session", session.as_str());
                object.text("key", key.as_str());
                object.text("mail", mail);
            }
            Self::ChatClose { session } | Self::SessionActive { session } => {
                object.text("session", session.as_str());
            }
        }
    }
}

fn customer(object: &mut Writer, customer: Option<&CustomerInfo>) {
    if let Some(customer) = customer {
        object.object("customer");
        for (name, text) in customer.texts() {
            object.text(name, text);
        }
        object.end();
    }
}
