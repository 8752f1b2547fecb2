//! The calls of an operator's console.

use crate::wire::call::{
    About, Bye, Client, Key, Subscribe, Typing, Unsubscribe, Watermark, params,
};
use crate::wire::desk::OperatorStatus;
use crate::wire::fault::Fault;
use crate::wire::file::FileCall;
use crate::wire::id::{OperatorId, SessionId};
use crate::wire::telephony::OperatorTelephony;
use serde::Deserialize;
use serde_json::Value;

/// Everything that a console may ask for today.
#[derive(Debug)]
pub enum OperatorCall {
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
    /// Ring me, or do not.
    Status(StatusCall),
    /// I answer these.
    Services(ServicesCall),
    /// I take it.
    Accept(About),
    /// I do not.
    Decline(About),
    /// Somebody else should have it.
    Transfer(TransferCall),
    /// I say this.
    ChatSend(ChatSend),
    /// I am writing.
    ChatTyping(Typing),
    /// I have everything up to this.
    ChatReceived(Watermark),
    /// I have seen everything up to this.
    ChatRead(Watermark),
    /// Look at this page.
    PagePush(PagePush),
    /// It is over.
    ChatClose(About),
    /// About calls.
    Telephony(OperatorTelephony),
    /// About files.
    File(FileCall),
}

/// `hello`.
#[derive(Clone, Debug, Deserialize)]
pub struct Hello {
    /// Which program.
    pub client: Client,
    /// Which API it speaks.
    pub api: String,
    /// Milliseconds between pings.
    pub heartbeat: Option<u64>,
    /// A token that this server gave before.
    pub resume: Option<String>,
    /// Where the server wants one.
    pub passcode: Option<String>,
    /// Needed where `resume` does not do.
    pub operator: Option<Profile>,
}

/// Who sits at the console.
#[derive(Clone, Debug, Deserialize)]
pub struct Profile {
    /// The name that visitors see.
    pub name: String,
    /// Codes; none given: all.
    pub services: Option<Vec<String>>,
    /// To begin with.
    pub status: Option<OperatorStatus>,
}

/// `operator.status`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct StatusCall {
    /// From now on.
    pub status: OperatorStatus,
}

/// `operator.services`.
#[derive(Clone, Debug, Deserialize)]
pub struct ServicesCall {
    /// Codes, from now on.
    pub services: Vec<String>,
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
}

/// `session.transfer`: to a colleague, or to a service.
#[derive(Clone, Deserialize)]
pub struct TransferCall {
    /// Which session.
    pub session: SessionId,
    /// Makes it safe to repeat.
    pub key: Key,
    /// The colleague.
    pub to: Option<OperatorId>,
    /// The service's code.
    pub service: Option<String>,
    /// What the next one should know.
    pub note: Option<String>,
}

impl std::fmt::Debug for TransferCall {
    /// Without the note: what is said about a visitor is nobody else's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TransferCall({} to {:?} {:?})", self.session, self.to, self.service)
    }
}

/// `page.push`.
#[derive(Clone, Debug, Deserialize)]
pub struct PagePush {
    /// Which session.
    pub session: SessionId,
    /// Makes it safe to repeat.
    pub key: Key,
    /// An http(s) address, or a path from `/`.
    pub uri: String,
}

impl OperatorCall {
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
            "operator.status" => Self::Status(params(value)?),
            "operator.services" => Self::Services(params(value)?),
            "session.accept" => Self::Accept(params(value)?),
            "session.decline" => Self::Decline(params(value)?),
            "session.transfer" => Self::Transfer(params(value)?),
            "chat.send" => Self::ChatSend(params(value)?),
            "chat.typing" => Self::ChatTyping(params(value)?),
            "chat.received" => Self::ChatReceived(params(value)?),
            "chat.read" => Self::ChatRead(params(value)?),
            "page.push" => Self::PagePush(params(value)?),
            "chat.close" => Self::ChatClose(params(value)?),
            _ => return Self::decode_more(method, value),
        })
    }

    fn decode_more(method: &str, value: Value) -> Result<Self, Fault> {
        if let Some(call) = OperatorTelephony::decode(method, value.clone())? {
            return Ok(Self::Telephony(call));
        }
        FileCall::decode(method, value)?
            .map(Self::File)
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
            | Self::Telephony(OperatorTelephony::Signal(_)) => false,
            Self::GetVersion
            | Self::Hello(_)
            | Self::Bye(_)
            | Self::Status(_)
            | Self::Services(_)
            | Self::Accept(_)
            | Self::Decline(_)
            | Self::Transfer(_)
            | Self::ChatSend(_)
            | Self::ChatTyping(_)
            | Self::PagePush(_)
            | Self::ChatClose(_)
            | Self::Telephony(_)
            | Self::File(_) => true,
        }
    }
}
