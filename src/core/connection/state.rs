use std::fmt;
use std::time::Duration;

use crate::core::error::Error;

/// Names one dial and the socket that came of it. Events of an old link fall through: browsers
/// report one failure twice, and a socket that was given up may still speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub(super) u64);

/// Where the connection stands, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionState {
    /// What it is doing.
    pub phase: Phase,
    /// How many attempts have failed in a row.
    pub attempt: u32,
    /// When waiting: how long, counted from when this state was told.
    pub retry_in: Option<Duration>,
    /// Why it is not connected.
    pub reason: Option<Error>,
}

/// What the connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// A socket is being opened, or the server has not answered `hello` yet.
    Connecting,
    /// The server has answered.
    Connected,
    /// Waiting for the next attempt, or for a network.
    Waiting,
    /// No attempt will follow by itself.
    Stopped,
}

/// The reference's `ConnectionEvent`, told when `connected` changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionEvent {
    /// Whether there is a connection.
    pub connected: bool,
}

impl ConnectionState {
    /// A state without failures behind it.
    #[must_use]
    pub const fn of(phase: Phase) -> Self {
        Self { phase, attempt: 0, retry_in: None, reason: None }
    }

    /// Whether there is a connection.
    #[must_use]
    pub fn connected(&self) -> bool {
        self.phase == Phase::Connected
    }
}

impl Phase {
    /// The word `client.connectionState` uses in JavaScript.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Waiting => "waiting",
            Self::Stopped => "stopped",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
