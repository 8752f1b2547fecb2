//! What the core needs from the outside. A platform implements it; the driver uses it.

mod rtc;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;

use super::time::Timestamp;
pub use rtc::{Description, IceState, PeerId, Rtc, RtcCommand, RtcEvent, Sample};

/// The outside world, as one platform offers it.
///
/// The futures are named types, so that whether a driver is `Send` is the platform's business.
pub trait Ports: 'static {
    /// An open connection.
    type Link: Link;
    /// A connection being opened.
    type Dial: Future<Output = Result<Self::Link, Closed>> + Unpin;
    /// A pause.
    type Sleep: Future<Output = ()> + Unpin;
    /// Changes of the surroundings.
    type Wakeups: Stream<Item = Wakeup> + Unpin;

    /// Opens a WebSocket to `url` with the given subprotocol. Resolves when it is open; failing is
    /// reported as the close it amounts to (code 1006 where nothing better is known). Dropping the
    /// future gives the attempt up.
    fn dial(&self, url: &str, subprotocol: &'static str) -> Self::Dial;

    /// Reads the monotonic clock.
    fn now(&self) -> Timestamp;

    /// Completes no earlier than after `duration`; late is possible and must do no harm.
    fn sleep(&self, duration: Duration) -> Self::Sleep;

    /// Changes of the surroundings, from now on.
    fn wakeups(&self) -> Self::Wakeups;

    /// Fills `bytes` with randomness fit for identifiers.
    fn random(&self, bytes: &mut [u8]);

    /// Reads what [`save`](Ports::save) kept, or `None`.
    fn load(&self, key: &str) -> Option<String>;

    /// Keeps `value` for the next page of this visitor, as far as the platform allows.
    fn save(&self, key: &str, value: &str);

    /// Forgets what was kept under `key`.
    fn remove(&self, key: &str);

    /// Tells a developer of something odd that did no harm. Never customer data.
    fn warn(&self, message: &str);
}

/// An open connection that carries text frames.
pub trait Link: Stream<Item = LinkEvent> + Unpin {
    /// Queues a text frame. After the link has closed this does nothing.
    fn send(&mut self, text: String);

    /// Begins to close it. The stream ends, at the latest with the other side's close.
    fn close(&mut self, code: u16, reason: &str);
}

/// What comes out of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// A text frame.
    Text(String),
    /// The end; nothing follows.
    Closed(Closed),
}

/// Why a link closed (RFC 6455, section 7.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The close code; 1006 where none was received.
    pub code: u16,
    /// The other side's words, at most 123 bytes.
    pub reason: String,
}

impl Closed {
    /// The link broke without a close frame.
    #[must_use]
    pub const fn abnormal() -> Self {
        Self { code: 1006, reason: String::new() }
    }
}

/// Something around us changed that a connection should know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wakeup {
    /// The device says that it has a network.
    Online,
    /// The device says that it has none.
    Offline,
    /// The page came into view.
    Visible,
    /// The page went out of view.
    Hidden,
    /// The page came back from a freeze or from the back/forward cache.
    Resumed,
}

/// What sending files needs of the outside, besides [`Ports`]: whoever sends none does not load it.
pub trait Http: 'static {
    /// Bytes on their way.
    type Put: Stream<Item = PutEvent> + Unpin;
    /// A pause.
    type Sleep: Future<Output = ()> + Unpin;

    /// Sends bytes (`PUT`, RFC 9110). Dropping the stream gives the attempt up.
    fn put(&self, request: &PutRequest) -> Self::Put;

    /// Completes no earlier than after `duration`.
    fn sleep(&self, duration: Duration) -> Self::Sleep;
}

/// Bytes for the server.
#[derive(Clone, PartialEq, Eq)]
pub struct PutRequest {
    /// Where to, complete.
    pub url: String,
    /// What lets it in: `Authorization: Bearer …` (RFC 6750). A secret.
    pub token: String,
    /// The media type (RFC 6838).
    pub content_type: String,
    /// The bytes.
    pub body: Arc<[u8]>,
}

impl fmt::Debug for PutRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PutRequest").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// What becomes of bytes on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutEvent {
    /// So many have gone out.
    Sent(u64),
    /// The server's answer; nothing follows.
    Answered {
        /// The status (RFC 9110, section 15).
        status: u16,
        /// What it says, as far as it is text.
        body: String,
    },
    /// There will be no answer; nothing follows.
    Lost,
}
