//! What can go wrong before the server runs. Each says what to do about it.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the server did not start, or had to stop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The settings cannot be used.
    #[error("{}: {reason}", file.display())]
    Settings {
        /// Which file.
        file: PathBuf,
        /// Line, field and what was expected.
        reason: String,
    },
    /// Somebody else listens there.
    #[error(
        "{address} is in use by another program; stop it, or choose another port with --listen"
    )]
    AddressInUse {
        /// Where.
        address: SocketAddr,
    },
    /// The operating system does not let us listen there.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What it said.
        reason: std::io::Error,
    },
    /// The database cannot be used.
    #[error("{}: {reason}", file.display())]
    Store {
        /// Which file.
        file: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// The operating system gives no random numbers, no threads.
    #[error("{0}")]
    System(String),
}
