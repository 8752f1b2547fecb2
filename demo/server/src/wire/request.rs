//! What a visitor may ask for beside a contact: a form, a mail, to be called back, the transcript, a say afterwards.

use crate::wire::call::{Key, null_is_default, params};
use crate::wire::fault::Fault;
use crate::wire::id::SessionId;
use crate::wire::model::{Channel, Customer, Field};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// The calls.
#[derive(Debug)]
pub enum RequestCall {
    /// What do you want to know before?
    Forms(Forms),
    /// Here is a letter.
    Mail(MailRequest),
    /// When could you call?
    Slots(Slots),
    /// Call me.
    Callback(CallbackRequest),
    /// Send me all of it by mail.
    Recap(Recap),
    /// It was like this.
    Rate(Rate),
}

/// `forms`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Forms {
    /// Before a contact of this channel.
    pub channel: Channel,
    /// Of this service.
    pub service: String,
}

/// `mail.request`.
#[derive(Clone, Serialize, Deserialize)]
pub struct MailRequest {
    /// Makes it safe to repeat.
    pub key: Key,
    /// To which service.
    pub service: String,
    /// Where to answer.
    pub from: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub message: String,
    /// Overrides what `hello` said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The form.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// `callback.slots`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Slots {
    /// Which service would call.
    pub service: String,
    /// From now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// `callback.request`.
#[derive(Clone, Serialize, Deserialize)]
pub struct CallbackRequest {
    /// Makes it safe to repeat.
    pub key: Key,
    /// Which service shall call.
    pub service: String,
    /// As typed.
    pub phone: String,
    /// RFC 3339; absent: soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Overrides what `hello` said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// The form.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// `chat.recap`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Recap {
    /// Which conversation.
    pub session: SessionId,
    /// Makes it safe to repeat.
    pub key: Key,
    /// Where to.
    pub mail: String,
}

/// `session.rate`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Rate {
    /// Which conversation or call.
    pub session: SessionId,
    /// Makes it safe to repeat.
    pub key: Key,
    /// 1 to 5.
    pub score: u8,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

macro_rules! private {
    ($($name:ident)*) => {
        $(impl fmt::Debug for $name {
            /// What people write is never printed.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })*
    };
}
private!(MailRequest CallbackRequest Recap Rate CallbackKept);

/// Answer to `mail.request`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number.
    pub id: String,
}

/// Answer to `callback.request`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackKept {
    /// Its number.
    pub id: String,
    /// E.164, as it was understood.
    pub phone: String,
}

/// A time at which somebody may call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// RFC 3339.
    pub from: String,
    /// RFC 3339.
    pub to: String,
}

/// Answer to `forms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// From top to bottom.
    pub fields: Vec<FormField>,
    /// What the visitor must or may agree to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
}

/// A field of a [`Form`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormField {
    /// One of `CustomerInfo`, or one of the service's own.
    pub key: String,
    /// For people.
    pub label: String,
    /// How it is filled.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Not without it.
    pub required: bool,
    /// HTML's autofill token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autocomplete: Option<String>,
    /// With `select`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<FormOption>,
}

/// How a field is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// One line.
    Text,
    /// A mail address.
    Email,
    /// A telephone number.
    Tel,
    /// Several lines.
    Textarea,
    /// One of some.
    Select,
    /// Yes or no.
    Checkbox,
}

/// One of some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormOption {
    /// For programs.
    pub value: String,
    /// For people.
    pub label: String,
}

/// What the visitor agrees to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// For people.
    pub text: String,
    /// Where it is explained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Not without it.
    pub required: bool,
}

impl RequestCall {
    /// Reads one of these calls; nothing if the method is another's.
    ///
    /// # Errors
    /// -32602 for parameters that do not fit.
    pub(super) fn decode(method: &str, value: Value) -> Result<Option<Self>, Fault> {
        Ok(Some(match method {
            "forms" => Self::Forms(params(value)?),
            "mail.request" => Self::Mail(params(value)?),
            "callback.slots" => Self::Slots(params(value)?),
            "callback.request" => Self::Callback(params(value)?),
            "chat.recap" => Self::Recap(params(value)?),
            "session.rate" => Self::Rate(params(value)?),
            _ => return Ok(None),
        }))
    }
}
