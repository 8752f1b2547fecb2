//! The calls of a visitor's widget.

use crate::wire::call::{
    About, Bye, Client, Key, Subscribe, Typing, Unsubscribe, Watermark, null_is_default, params,
};
use crate::wire::fault::Fault;
use crate::wire::file::FileCall;
use crate::wire::id::SessionId;
use crate::wire::model::{Channel, Customer, Field};
use crate::wire::request::RequestCall;
use crate::wire::telephony::VisitorTelephony;
use serde::Deserialize;
use serde_json::Value;

/// Everything that a widget may ask for today.
#[derive(Debug)]
pub enum VisitorCall {
    /// Which versions are here?
    GetVersion,
    /// Who I am; gives a token.
    Hello(Hello),
    /// Are you there?
    Ping,
    /// I go.
    Bye(Bye),
    /// Tell me about this, from here on.
    Subscribe(Subscribe),
    /// Enough of it.
    Unsubscribe(Unsubscribe),
    /// I am on this page.
    Visit(VisitCall),
    /// I am about to choose this.
    Identify(Identify),
    /// I want to talk.
    ChatCreate(ChatCreate),
    /// I say this.
    ChatSend(ChatSend),
    /// I am writing.
    ChatTyping(Typing),
    /// I have everything up to this.
    ChatReceived(Watermark),
    /// I have seen everything up to this.
    ChatRead(Watermark),
    /// It is over.
    ChatClose(About),
    /// I'm here.
    SessionActive(About),
    /// About calls.
    Telephony(VisitorTelephony),
    /// About files.
    File(FileCall),
    /// Beside a contact.
    Request(RequestCall),
}

/// `hello`.
#[derive(Clone, Debug, Deserialize)]
pub struct Hello {
    /// Which program.
    pub client: Client,
    /// Which API it speaks.
    pub api: String,
    /// BCP 47.
    pub locale: Option<String>,
    /// Milliseconds between pings.
    pub heartbeat: Option<u64>,
    /// A token that this server gave before.
    pub resume: Option<String>,
    /// What the visitor typed.
    pub customer: Option<Customer>,
}

/// `visit`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitCall {
    /// The address.
    pub linkable_uri: Option<String>,
    /// The path.
    pub uri: Option<String>,
    /// The title.
    pub uri_display: Option<String>,
}

/// `identify`.
#[derive(Clone, Debug, Deserialize)]
pub struct Identify {
    /// Which channel.
    pub channel: Channel,
    /// Which service.
    pub service: String,
}

/// `chat.create`.
#[derive(Clone, Debug, Deserialize)]
pub struct ChatCreate {
    /// Makes it safe to repeat.
    pub key: Key,
    /// Which service.
    pub service: String,
    /// Overrides what `hello` said.
    pub customer: Option<Customer>,
    /// The form before contact.
    #[serde(default, deserialize_with = "null_is_default")]
    pub fields: Vec<Field>,
    /// A call whose operator shall be rung first.
    pub with: Option<SessionId>,
}

/// `chat.send`.
#[derive(Clone, Debug, Deserialize)]
pub struct ChatSend {
    /// Which session.
    pub session: SessionId,
    /// Makes it safe to repeat.
    pub key: Key,
    /// The text.
    pub message: String,
    /// Said in the operator's name.
    #[serde(default, deserialize_with = "null_is_default")]
    pub greeting: bool,
}

impl VisitorCall {
    /// Reads a call.
    ///
    /// # Errors
    /// -32601 for a method that is not served, -32602 for parameters that do not fit.
    pub fn decode(method: &str, value: Value) -> Result<Self, Fault> {
        Ok(match method {
            "getVersion" => Self::GetVersion,
            "hello" => Self::Hello(params(value)?),
            "ping" => Self::Ping,
            "bye" => Self::Bye(params(value)?),
            "subscribe" => Self::Subscribe(params(value)?),
            "unsubscribe" => Self::Unsubscribe(params(value)?),
            "visit" => Self::Visit(params(value)?),
            "identify" => Self::Identify(params(value)?),
            "chat.create" => Self::ChatCreate(params(value)?),
            "chat.send" => Self::ChatSend(params(value)?),
            "chat.typing" => Self::ChatTyping(params(value)?),
            "chat.received" => Self::ChatReceived(params(value)?),
            "chat.read" => Self::ChatRead(params(value)?),
            "chat.close" => Self::ChatClose(params(value)?),
            "session.active" => Self::SessionActive(params(value)?),
            _ => return Self::decode_more(method, value),
        })
    }

    fn decode_more(method: &str, value: Value) -> Result<Self, Fault> {
        if let Some(call) = VisitorTelephony::decode(method, value.clone())? {
            return Ok(Self::Telephony(call));
        }
        if let Some(call) = FileCall::decode(method, value.clone())? {
            return Ok(Self::File(call));
        }
        RequestCall::decode(method, value)?
            .map(Self::Request)
            .ok_or_else(|| Fault::method("no such method"))
    }

    /// Whether it counts against the requests a second.
    pub fn is_counted(&self) -> bool {
        match self {
            Self::Ping
            | Self::Subscribe(_)
            | Self::Unsubscribe(_)
            | Self::ChatReceived(_)
            | Self::ChatRead(_)
            | Self::Telephony(VisitorTelephony::Signal(_)) => false,
            Self::GetVersion
            | Self::Hello(_)
            | Self::Bye(_)
            | Self::Visit(_)
            | Self::Identify(_)
            | Self::ChatCreate(_)
            | Self::ChatSend(_)
            | Self::ChatTyping(_)
            | Self::ChatClose(_)
            | Self::SessionActive(_)
            | Self::Telephony(_)
            | Self::File(_)
            | Self::Request(_) => true,
        }
    }
}
