//! What belongs to a conversation besides its messages: files, rating.

use super::guard::check;
use super::incoming::Reply;
use super::read::{needed, refusal};
use super::request::Request;
use crate::core::error::Error;
use crate::core::json::{Field, Json, Notes};
use crate::core::model::{FileId, FileUrl, Private, SessionId};

/// What `file.begin` answers: where the bytes go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadTicket {
    /// The server's id for the file.
    pub file: FileId,
    /// Where to, beginning with the path.
    pub url: String,
    /// What lets it in, once, and for this file only.
    pub token: Private<String>,
}

impl Request {
    /// Announces a file: its name, its size in bytes, its media type.
    #[must_use]
    pub fn file_begin(session: &SessionId, name: &str, size: u64, media_type: &str) -> Self {
        Self::keyed("file.begin", |params| {
            params.text("session", session.as_str());
            params.text("name", name);
            params.number("size", size);
            params.text("type", media_type);
        })
    }

    /// Where can it be fetched?
    #[must_use]
    pub fn file_url(session: &SessionId, file: &FileId) -> Self {
        Self::call("file.url", |params| {
            params.text("session", session.as_str());
            params.text("file", file.as_str());
        })
    }

    /// Tells how it was.
    #[must_use]
    pub fn session_rate(session: &SessionId, score: u8, comment: Option<&str>) -> Self {
        Self::keyed("session.rate", |params| {
            params.text("session", session.as_str());
            params.number("score", score.into());
            params.optional("comment", comment);
        })
    }
}

impl Reply {
    /// Where the bytes of a file go (`file.begin`).
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn upload_ticket(&self) -> Result<UploadTicket, Error> {
        self.read(|result| UploadTicket {
            file: needed(result, "file"),
            url: path(result),
            token: Private::new(needed(result, "token")),
        })
    }

    /// Where a file can be fetched (`file.url`). The address begins with the path: the server's
    /// origin comes before it.
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn file_address(&self) -> Result<FileUrl, Error> {
        self.read(|result| FileUrl {
            url: Private::new(path(result)),
            expires: result.string("expires"),
        })
    }
}

/// What a server says to an upload with a status of 400 or more: the error object of the wire.
#[must_use]
pub fn upload_refusal(body: &str) -> Option<Error> {
    check(body).ok()?;
    let json = Json::parse(body).ok()?;
    let notes = Notes::default();
    let answer = Field::root(&json, &notes);
    let refused = refusal(&answer.find("error")?);
    (!notes.failed()).then_some(refused)
}

/// A path of the server itself: a token must not be carried to another host.
fn path(field: &Field<'_>) -> String {
    let expected = "a path of this server";
    let url = field.needed_text("url", expected);
    if !url.starts_with('/') || url.starts_with("//") {
        field.get("url").expected(expected);
    }
    url.to_owned()
}
