//! The one public error, cut by what the caller can do about it.

use std::time::Duration;

/// How long to wait where the server does not say.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why something asked of the widget was not done.
///
/// [`code`](Error::code) is the stable contract; the message is for developers, in English, and
/// never holds customer data. A user interface chooses its own words by code and
/// [`reason`](Error::reason).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration is wrong: mend it and construct the widget again.
    #[error("configuration: {0}")]
    Config(Box<Mistake>),
    /// There is no connection, and the thing could not wait for one.
    #[error("not connected to the server")]
    NotConnected,
    /// The connection went away and what was asked cannot be repeated safely.
    #[error("the connection was lost")]
    ConnectionLost,
    /// No answer in time.
    #[error("{operation} was not answered in time")]
    TimedOut {
        /// The wire method, or `connect`.
        operation: &'static str,
    },
    /// The server said no.
    #[error("the server refused: {} ({})", .0.message, .0.code)]
    Refused(Box<Refused>),
    /// The other side does not speak the documented protocol.
    #[error("protocol: {0}")]
    Protocol(&'static str),
    /// Not possible now: the session has to be in another state first.
    #[error("{operation} is not possible while the session is {state}")]
    WrongState {
        /// What was asked.
        operation: &'static str,
        /// The state it met.
        state: &'static str,
    },
    /// The service is not in the configuration for this channel: `service/CHANNEL`.
    #[error("{0}: not configured as service and channel")]
    Unmonitored(Box<str>),
    /// A device, or the way to the other side's, could not be had.
    #[error("media: {0}")]
    Media(MediaError),
    /// Given up by the caller, or because the widget was disconnected.
    #[error("cancelled")]
    Cancelled,
}

/// What is wrong in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: expected {expected}, found {found}")]
pub struct Mistake {
    /// The field's path, such as `servicesConfiguration[0].type`.
    pub field: String,
    /// What would be right there.
    pub expected: String,
    /// What kind of thing is there; never customer data.
    pub found: String,
}

/// What the server says when it says no.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// The number of `docs/protocol.md`, "Errors", or the close code.
    pub code: i32,
    /// The stable word for it, such as `SERVICE_NOT_FOUND`.
    pub reason: String,
    /// For developers, in English.
    pub message: String,
    /// Whether the same thing may succeed later.
    pub retryable: bool,
    /// How long to wait before trying again, where the server says so.
    pub retry_after: Option<Duration>,
    /// The session that is in the way (`SESSION_OPEN`).
    pub session: Option<String>,
}

/// Why there is no sound or no picture, cut by what a person can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// The visitor, or a policy of the browser or the page, does not allow it (`NotAllowedError`).
    #[error("{0} was not allowed")]
    PermissionDenied(MediaSource),
    /// There is none (`NotFoundError`), or not the one that was chosen (`OverconstrainedError`).
    #[error("there is no {0}")]
    NotFound(MediaSource),
    /// Another program has it, or it does not work (`NotReadableError`).
    #[error("{0} cannot be used")]
    InUse(MediaSource),
    /// This browser, or a page without TLS, cannot have it.
    #[error("{0} cannot be had in this page")]
    Unsupported(MediaSource),
    /// No way to the other side was found.
    #[error("no way to the other side was found")]
    Unreachable,
    /// Another page of the visitor has the call now.
    #[error("another page has the call")]
    TakenOver,
}

/// Where sound and picture come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaSource {
    /// The microphone.
    Microphone,
    /// The camera.
    Camera,
    /// A screen, a window or a tab.
    Screen,
}

impl MediaError {
    /// The stable word for it.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::PermissionDenied(_) => "PERMISSION_DENIED",
            Self::NotFound(_) => "DEVICE_NOT_FOUND",
            Self::InUse(_) => "DEVICE_IN_USE",
            Self::Unsupported(_) => "UNSUPPORTED",
            Self::Unreachable => "UNREACHABLE",
            Self::TakenOver => "TAKEN_OVER",
        }
    }

    /// What could not be had, where it is a device.
    #[must_use]
    pub const fn source(self) -> Option<MediaSource> {
        match self {
            Self::PermissionDenied(source)
            | Self::NotFound(source)
            | Self::InUse(source)
            | Self::Unsupported(source) => Some(source),
            Self::Unreachable | Self::TakenOver => None,
        }
    }
}

impl MediaSource {
    /// The name in events and errors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Camera => "camera",
            Self::Screen => "screen",
        }
    }
}

impl std::fmt::Display for MediaSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Refused {
    /// Another connection of the visitor has the call.
    pub const TAKEN_OVER: i32 = 1504;
    /// The session is not with an operator just now.
    pub const NOT_CONNECTED: i32 = 1203;
    /// The frame is longer than the server takes.
    pub const FRAME_TOO_BIG: i32 = 1204;
    /// The session has ended.
    pub const SESSION_CLOSED: i32 = 1301;
    /// The session is not this visitor's, or is not there any more.
    pub const SESSION_NOT_FOUND: i32 = 1303;
}

impl Error {
    /// A mistake in a configuration.
    pub(crate) fn mistake(field: &str, expected: &str, found: String) -> Self {
        let (field, expected) = (field.to_owned(), expected.to_owned());
        Self::Config(Box::new(Mistake { field, expected, found }))
    }

    /// The stable code, in upper snake case: an interface, so it never changes for a variant.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Config(_) => "CONFIG",
            Self::NotConnected => "NOT_CONNECTED",
            Self::ConnectionLost => "CONNECTION_LOST",
            Self::TimedOut { .. } => "TIMED_OUT",
            Self::Refused(_) => "REFUSED",
            Self::Protocol(_) => "PROTOCOL",
            Self::WrongState { .. } => "WRONG_STATE",
            Self::Unmonitored(_) => "UNMONITORED",
            Self::Media(_) => "MEDIA",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// How long to wait before asking again, where that may help: what the server says, or a second.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let refused = self.refusal().filter(|refused| refused.retryable)?;
        Some(refused.retry_after.unwrap_or(PATIENCE))
    }

    /// What the server said, where it said no.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refused> {
        if let Self::Refused(refused) = self { Some(refused) } else { None }
    }

    /// The server's word for a refusal; otherwise the code.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Refused(refused) => &refused.reason,
            Self::Media(error) => error.reason(),
            Self::Config(_)
            | Self::NotConnected
            | Self::ConnectionLost
            | Self::TimedOut { .. }
            | Self::Protocol(_)
            | Self::WrongState { .. }
            | Self::Unmonitored(_)
            | Self::Cancelled => self.code(),
        }
    }
}
