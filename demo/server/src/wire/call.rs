//! What the calls of both wires share: reading parameters, and the words that occur in several of them.

use crate::wire::fault::Fault;
use crate::wire::id::SessionId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `subscribe`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Subscribe {
    /// Name of the topic.
    pub topic: String,
    /// With a log: what is known already.
    pub since: Option<Cursor>,
}

/// A place in a log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Cursor {
    /// Of which life of the server's logs.
    pub epoch: String,
    /// The last entry known.
    pub seq: u64,
}

/// `unsubscribe`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Unsubscribe {
    /// As the answer to `subscribe` named it.
    pub subscription: String,
}

/// `bye`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Bye {
    /// The token dies, and with it everything that is open.
    #[serde(deserialize_with = "null_is_default")]
    pub forget: bool,
}

/// A call about a session, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Which.
    pub session: SessionId,
}

/// `chat.received`, `chat.read`: a watermark.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Watermark {
    /// Which session.
    pub session: SessionId,
    /// Up to and including this message, by its id.
    pub message: String,
}

/// `chat.typing`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Typing {
    /// Which session.
    pub session: SessionId,
    /// Began or stopped.
    pub status: TypingStatus,
}

/// What fingers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TypingStatus {
    /// Began.
    Composing,
    /// Stopped.
    Idle,
}

/// Name and version of the program on the other side.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Client {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A client-made key that makes a call safe to repeat.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

impl Key {
    /// As it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl TryFrom<String> for Key {
    type Error = &'static str;

    /// A UUID by custom; any short visible text will do.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text))
        } else {
            Err("key must be 1 to 64 visible ASCII characters")
        }
    }
}

/// Reads parameters by name.
///
/// # Errors
/// -32602, with what was wrong.
pub fn params<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    if !value.is_object() {
        return Err(Fault::params("parameters go by name"));
    }
    serde_json::from_value(value).map_err(|error| Fault::params(error.to_string()))
}

/// `null` and absent mean the same; absence is what `#[serde(default)]` sees to.
pub(super) fn null_is_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: serde::Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}
