use serde::Serialize;

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
