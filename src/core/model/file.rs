use serde::Serialize;

use super::{FileId, Private, wire_enum};

wire_enum! {
    /// What has become of a file.
    AttachmentState {
        /// The server has it and looks at it for what would do harm.
        Scanning = "SCANNING",
        /// It can be fetched.
        Available = "AVAILABLE",
        /// It has been thrown away.
        Refused = "REFUSED",
    }
}

/// A file in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attachment {
    /// The server's id.
    pub file: FileId,
    /// The name that its sender gave it.
    pub name: Private<String>,
    /// Its size in bytes.
    pub size: u64,
    /// Its media type (RFC 6838); empty where the server does not say.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub media_type: String,
    /// What has become of it; a later event of the log names the same file with its fate.
    pub state: AttachmentState,
    /// Why it was refused, such as `FILE_INFECTED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Where a file can be fetched for a short while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileUrl {
    /// The address, complete and signed: whoever has it can fetch the file.
    pub url: Private<String>,
    /// Until when: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}
