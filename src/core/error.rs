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

impl Refused {
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
