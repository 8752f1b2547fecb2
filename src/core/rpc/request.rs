use std::fmt;
use std::time::Duration;

use super::topic::{Cursor, Topic};
use crate::core::json::Writer;
use crate::core::model::{
    ChannelType, ChatMessageStatus, CustomerInfo, Key, MessageId, SessionField, SessionId,
    SubscriptionId, VisitorToken,
};
use crate::core::time::millis;

/// The API version this client speaks (the second value `getVersion` answers).
const API: &str = "10.26.0";

/// Something this client asks or says: a method and its parameters, written already.
///
/// One function per method. Nothing between here and the socket looks into a request, so a new call
/// is a new function here and, where it answers something new, one on [`Reply`](super::Reply).
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    method: &'static str,
    manner: Manner,
    params: Params,
}

/// How a request is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Nothing is answered.
    Notification,
    /// Something is answered.
    Call,
    /// A call that gets a key when it is made, so that it is safe to repeat.
    Keyed,
    /// A call that overtakes earlier ones of its kind that have not been sent yet.
    Latest,
}

#[derive(Clone, PartialEq, Eq)]
enum Params {
    Absent,
    /// By position, and none of them.
    Empty,
    Named(Writer),
}

impl Request {
    /// Server and API version.
    #[must_use]
    pub const fn get_version() -> Self {
        // The one call that is public on a real TVox keeps its positional form.
        Self { method: "getVersion", manner: Manner::Call, params: Params::Empty }
    }

    /// The first call of every connection: who we are, and how often we ping.
    #[must_use]
    pub fn hello(
        locale: Option<&str>,
        heartbeat: Duration,
        customer: Option<&CustomerInfo>,
    ) -> Self {
        Self::call("hello", |params| {
            params.object("client");
            params.text("name", env!("CARGO_PKG_NAME"));
            params.text("version", env!("CARGO_PKG_VERSION"));
            params.end();
            params.text("api", API);
            params.optional("locale", locale);
            params.number("heartbeat", millis(heartbeat));
            self::customer(params, customer);
        })
    }

    /// The same from a visitor who has been here.
    #[must_use]
    pub fn resuming(mut self, token: &VisitorToken) -> Self {
        self.put("resume", token);
        self
    }

    /// Wants a topic, from after `since` on.
    #[must_use]
    pub fn subscribe(topic: &Topic, since: Option<&Cursor>) -> Self {
        Self::call("subscribe", |params| {
            params.text("topic", &topic.to_string());
            if let Some(cursor) = since {
                params.object("since");
                params.text("epoch", cursor.epoch.as_str());
                params.number("seq", cursor.seq);
                params.end();
            }
        })
    }

    /// Wants it no longer.
    #[must_use]
    pub fn unsubscribe(subscription: &SubscriptionId) -> Self {
        Self::call("unsubscribe", |params| params.text("subscription", subscription.as_str()))
    }

    /// Are you there?
    #[must_use]
    pub const fn ping() -> Self {
        Self { method: "ping", manner: Manner::Call, params: Params::Absent }
    }

    /// The visitor is on this page: its full address, its path, its title.
    #[must_use]
    pub fn visit(linkable_uri: Option<&str>, uri: Option<&str>, uri_display: Option<&str>) -> Self {
        Self::named("visit", Manner::Latest, |params| {
            params.optional("linkableUri", linkable_uri);
            params.optional("uri", uri);
            params.optional("uriDisplay", uri_display);
        })
    }

    /// The visitor has chosen a channel and a service (notification).
    #[must_use]
    pub fn identify(channel: &ChannelType, service: &str) -> Self {
        Self::notification("identify", |params| {
            params.text("channel", channel.as_str());
            params.text("service", service);
        })
    }

    /// Goodbye (notification).
    #[must_use]
    pub fn bye(forget: bool) -> Self {
        Self::notification("bye", |params| params.flag("forget", forget))
    }

    /// Starts a chat session: with which service, who asks, what was answered before.
    #[must_use]
    pub fn chat_create(
        service: &str,
        customer: Option<&CustomerInfo>,
        fields: &[SessionField],
    ) -> Self {
        Self::keyed("chat.create", |params| {
            params.text("service", service);
            self::customer(params, customer);
            self::fields(params, fields);
        })
    }

    /// The same with the operator of a call of the visitor's, who is rung first.
    #[must_use]
    pub fn with_operator_of(mut self, call: &SessionId) -> Self {
        self.put("with", call.as_str());
        self
    }

    /// Sends a message; a greeting is shown as if the operator had sent it.
    #[must_use]
    pub fn chat_send(session: &SessionId, message: &str, greeting: bool) -> Self {
        Self::keyed("chat.send", |params| {
            params.text("session", session.as_str());
            params.text("message", message);
            params.flag("greeting", greeting);
        })
    }

    /// Writing (`COMPOSING`), or not any more (`IDLE`) (notification).
    #[must_use]
    pub fn chat_typing(session: &SessionId, status: &ChatMessageStatus) -> Self {
        Self::notification("chat.typing", |params| {
            params.text("session", session.as_str());
            params.text("status", status.as_str());
        })
    }

    /// Received up to and including this message (notification).
    #[must_use]
    pub fn chat_received(session: &SessionId, message: &MessageId) -> Self {
        Self::receipt("chat.received", session, message)
    }

    /// Read up to and including this message (notification).
    #[must_use]
    pub fn chat_read(session: &SessionId, message: &MessageId) -> Self {
        Self::receipt("chat.read", session, message)
    }

    /// Sends the conversation to a mail address.
    #[must_use]
    pub fn chat_recap(session: &SessionId, mail: &str) -> Self {
        Self::keyed("chat.recap", |params| {
            params.text("session", session.as_str());
            params.text("mail", mail);
        })
    }

    /// Ends the session.
    #[must_use]
    pub fn chat_close(session: &SessionId) -> Self {
        Self::of_session("chat.close", session)
    }

    /// The visitor is still here.
    #[must_use]
    pub fn session_active(session: &SessionId) -> Self {
        Self::of_session("session.active", session)
    }

    /// Gives a call that needs one its key, once.
    #[must_use]
    pub fn with_key(mut self, key: &Key) -> Self {
        if self.manner == Manner::Keyed {
            self.manner = Manner::Call;
            self.put("key", key.as_str());
        }
        self
    }

    /// The method's wire name.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// Whether it is said without expecting an answer.
    #[must_use]
    pub fn is_notification(&self) -> bool {
        self.manner == Manner::Notification
    }

    /// Whether only the latest one of its method counts while it waits.
    #[must_use]
    pub fn overtakes(&self) -> bool {
        self.manner == Manner::Latest
    }

    /// The frame's text. `id` is left out for a notification.
    pub(super) fn encode(&self, id: Option<u64>) -> String {
        let mut frame = Writer::new();
        frame.text("jsonrpc", "2.0");
        if let Some(id) = id {
            frame.number("id", id);
        }
        frame.text("method", self.method);
        match &self.params {
            Params::Absent => {}
            Params::Empty => {
                frame.list("params");
                frame.end_list();
            }
            Params::Named(params) => frame.member("params", params),
        }
        frame.finish()
    }

    fn receipt(method: &'static str, session: &SessionId, message: &MessageId) -> Self {
        Self::notification(method, |params| {
            params.text("session", session.as_str());
            params.text("message", message.as_str());
        })
    }

    fn notification(method: &'static str, write: impl FnOnce(&mut Writer)) -> Self {
        Self::named(method, Manner::Notification, write)
    }

    pub(super) fn of_session(method: &'static str, session: &SessionId) -> Self {
        Self::call(method, |params| params.text("session", session.as_str()))
    }

    pub(super) fn call(method: &'static str, write: impl FnOnce(&mut Writer)) -> Self {
        Self::named(method, Manner::Call, write)
    }

    pub(super) fn keyed(method: &'static str, write: impl FnOnce(&mut Writer)) -> Self {
        Self::named(method, Manner::Keyed, write)
    }

    fn named(method: &'static str, manner: Manner, write: impl FnOnce(&mut Writer)) -> Self {
        let mut params = Writer::new();
        write(&mut params);
        Self { method, manner, params: Params::Named(params) }
    }

    fn put(&mut self, name: &str, text: &str) {
        if let Params::Named(params) = &mut self.params {
            params.text(name, text);
        }
    }
}

/// What is asked may be private.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Request").field(&self.method).finish()
    }
}

/// The answers to a service's form, if there are any.
pub(super) fn fields(object: &mut Writer, fields: &[SessionField]) {
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

/// The whole customer, or nothing for an anonymous contact.
pub(super) fn customer(object: &mut Writer, customer: Option<&CustomerInfo>) {
    if let Some(customer) = customer {
        object.object("customer");
        for (name, text) in customer.texts() {
            object.text(name, text);
        }
        object.end();
    }
}
