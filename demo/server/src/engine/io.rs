//! What goes into the engine, and what comes out.

use super::files::Digest;
use super::link::{Door, LinkId};
use super::record::Record;
use crate::media::{Order, Report};
use crate::wire::id::FileId;
use std::net::IpAddr;
use std::time::Duration;

/// Something happened.
#[derive(Debug)]
pub enum Input {
    /// A connection was made.
    Opened {
        /// Its name from now on.
        link: LinkId,
        /// Which wire it speaks.
        door: Door,
        /// From where the page came; empty where nobody said.
        origin: String,
        /// From where the connection came.
        address: IpAddr,
    },
    /// A text frame arrived.
    Frame {
        /// On which connection.
        link: LinkId,
        /// The frame.
        text: String,
    },
    /// A connection is gone.
    Closed {
        /// Which.
        link: LinkId,
    },
    /// The bytes of an announced file are on the disk.
    Uploaded {
        /// Which.
        file: FileId,
        /// Of the bytes.
        digest: Digest,
    },
    /// A file was looked at.
    Scanned {
        /// Which.
        file: FileId,
        /// Nothing bad is in it.
        is_clean: bool,
    },
    /// The media of a trial call has something to say.
    Media(Report),
    /// Time has passed.
    Tick,
    /// The server is about to stop: everybody shall come back at once.
    Shutdown,
}

/// Something to do.
#[derive(Debug)]
#[must_use]
pub enum Effect {
    /// To be on the disk before any `Send` of the same answer goes out.
    Store(Box<Record>),
    /// A text frame to send.
    Send {
        /// On which connection.
        link: LinkId,
        /// The frame.
        text: String,
    },
    /// A file to look at; the answer is [`Input::Scanned`].
    Scan {
        /// Which.
        file: FileId,
        /// Its name on the disk.
        stored: String,
    },
    /// A file to throw away.
    Discard {
        /// Its name on the disk.
        stored: String,
    },
    /// For the media of a trial call.
    Media(Order),
    /// A connection to close, once what is sent to it went out. The engine has forgotten it already.
    Close {
        /// Which.
        link: LinkId,
        /// Why.
        close: Close,
    },
}

/// A WebSocket close: code, and `TOKEN` or `TOKEN;retry=3000`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// 1000, 40xx, 41xx, 42xx.
    pub code: u16,
    /// At most 123 bytes.
    pub reason: String,
}

impl Close {
    fn new(code: u16, reason: &str) -> Self {
        Self { code, reason: reason.to_owned() }
    }

    /// Good bye.
    pub fn bye() -> Self {
        Self::new(1000, "BYE")
    }

    /// A frame is larger than it may be.
    pub fn too_big() -> Self {
        Self::new(1009, "FRAME_TOO_BIG")
    }

    /// The client speaks another version.
    pub fn version() -> Self {
        Self::new(4000, "VERSION")
    }

    /// The client does not speak this protocol.
    pub fn protocol() -> Self {
        Self::new(4003, "PROTOCOL")
    }

    /// There are too many.
    pub fn overloaded(retry: Duration) -> Self {
        Self::new(4100, &format!("OVERLOADED;retry={}", retry.as_millis()))
    }

    /// There is too much.
    pub fn rate_limited(retry: Duration) -> Self {
        Self::new(4101, &format!("RATE_LIMITED;retry={}", retry.as_millis()))
    }

    /// The client does not read as fast as the server must write.
    pub fn slow_consumer() -> Self {
        Self::new(4102, "SLOW_CONSUMER;retry=1000")
    }

    /// The client has said nothing for long.
    pub fn idle() -> Self {
        Self::new(4103, "IDLE")
    }

    /// The server stops, and will be back.
    pub fn restarting() -> Self {
        Self::new(4201, "RESTARTING")
    }
}
