//! JSON-RPC text to values and back: the only place that knows the wire's names.
//!
//! An adapter for another server replaces this module (and the serde names of
//! [`model`](crate::core::model)); nothing else speaks to a server. The messages are those of
//! `docs/protocol.md`; golden ones in `tests/golden` keep both in step.

mod call;
mod codec;
mod contact;
mod file;
mod guard;
mod incoming;
mod kept;
mod read;
mod request;
mod topic;

pub use call::{CallValue, SignalValue};
pub use codec::{Codec, Incoming};
pub use file::{UploadTicket, upload_refusal};
pub use guard::{DecodeError, MAX_DEPTH, MAX_FRAME};
pub use incoming::{
    HelloReply, LogEntry, LogPage, Push, Reply, Sent, StateValue, Subscribed, TopicEvent,
};
pub(crate) use kept::Keeping;
pub use kept::{Kept, Part};
pub use request::Request;
pub use topic::{Cursor, Topic};

/// The WebSocket subprotocol of this wire.
pub const SUBPROTOCOL: &str = "tvox.widget.v1";
