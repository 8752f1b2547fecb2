//! Files of a conversation: announcing, arriving, fetching.

use crate::wire::call::{Key, params};
use crate::wire::fault::Fault;
use crate::wire::id::{FileId, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// What either side asks about files.
#[derive(Debug)]
pub enum FileCall {
    /// I am about to send one.
    Begin(FileBegin),
    /// Where is it?
    Url(FileUrl),
}

/// `file.begin`.
#[derive(Clone, Serialize, Deserialize)]
pub struct FileBegin {
    /// Which conversation.
    pub session: SessionId,
    /// Makes it safe to repeat.
    pub key: Key,
    /// As it is called where it comes from.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Media type.
    #[serde(rename = "type")]
    pub media_type: String,
}

impl fmt::Debug for FileBegin {
    /// Without the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileBegin({} bytes)", self.size)
    }
}

/// `file.url`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileUrl {
    /// Which conversation.
    pub session: SessionId,
    /// Which file.
    pub file: FileId,
}

/// Answer to `file.begin`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSlot {
    /// The file.
    pub file: FileId,
    /// Of the HTTP request.
    pub method: String,
    /// From the server's root.
    pub url: String,
    /// For `Authorization: Bearer`.
    pub token: String,
    /// Until when, RFC 3339.
    pub expires: String,
}

impl fmt::Debug for FileSlot {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileSlot({})", self.file)
    }
}

/// Answer to `file.url`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAddress {
    /// From the server's root, signed.
    pub url: String,
    /// Until when, RFC 3339.
    pub expires: String,
}

impl fmt::Debug for FileAddress {
    /// Without the signature.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileAddress(until {})", self.expires)
    }
}

/// A file, as the log tells of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file.
    pub file: FileId,
    /// Words of a stranger: shown as text.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Media type, as its content has it.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Whether it may be fetched.
    pub state: FileState,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl fmt::Debug for Attachment {
    /// Without the name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({} {:?})", self.file, self.state)
    }
}

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FileState {
    /// It is there, and looked at.
    Scanning,
    /// It may be fetched.
    Available,
    /// It may not, and is gone.
    Refused,
}

impl FileCall {
    /// Reads a call about files; nothing if the method is another's.
    ///
    /// # Errors
    /// -32602 for parameters that do not fit.
    pub(super) fn decode(method: &str, value: Value) -> Result<Option<Self>, Fault> {
        Ok(Some(match method {
            "file.begin" => Self::Begin(params(value)?),
            "file.url" => Self::Url(params(value)?),
            _ => return Ok(None),
        }))
    }
}
