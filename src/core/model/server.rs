use serde::Serialize;

use crate::core::error::{Error, Refused};

/// What the server accepts; it says so in `hello` (docs/protocol.md, "Limits").
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// The largest frame in bytes, either way.
    pub frame: u32,
    /// The longest message in characters (Unicode scalar values).
    pub message: u32,
    /// How fast one connection may ask.
    pub rate: RateLimit,
    /// How many subscriptions one connection may hold.
    pub subscriptions: u32,
    /// What files may be sent, where files are possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileLimits>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame: 65_536,
            message: 4_000,
            rate: RateLimit::default(),
            subscriptions: 256,
            file: None,
        }
    }
}

/// A token bucket: `burst` at once, then `per_second`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimit {
    /// Requests a second.
    pub per_second: u32,
    /// Requests at once.
    pub burst: u32,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { per_second: 10, burst: 20 }
    }
}

/// Which files the server takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileLimits {
    /// The largest file in bytes.
    pub bytes: u64,
    /// Media types (RFC 6838).
    pub types: Vec<String>,
}

impl FileLimits {
    /// Judges a file before anything of it is read, as the server would: by its name, its media
    /// type and its size in bytes. What it lets pass, the server may still refuse.
    ///
    /// # Errors
    /// [`Error::Refused`] with 1401 `FILE_TYPE`, 1402 `FILE_SIZE` or 1403 `FILE_NAME`.
    pub fn check(&self, name: &str, media_type: &str, size: u64) -> Result<(), Error> {
        let (code, reason, message) = if !self.types.iter().any(|taken| taken == media_type) {
            (1401, "FILE_TYPE", format!("type: one of {}", self.types.join(", ")))
        } else if size == 0 || size > self.bytes {
            (1402, "FILE_SIZE", format!("size: 1 to {} bytes", self.bytes))
        } else if name.is_empty() || name.contains(is_of_a_path) {
            (1403, "FILE_NAME", "name: it must be a plain one".to_owned())
        } else {
            return Ok(());
        };
        let reason = reason.to_owned();
        Err(Error::Refused(Box::new(Refused { code, reason, message, ..Refused::default() })))
    }
}

/// No part of a name: it leads to a folder, or is not seen.
fn is_of_a_path(character: char) -> bool {
    matches!(character, '/' | '\\') || character.is_control()
}
