//! A chat session: the handle, the machine behind it, and the list a person reads.

mod entry;
mod extras;
mod handle;
mod list;
mod machine;
mod outbox;
mod receipts;
mod typing;

pub use entry::{Change, Delivery, Entry, EntryKey, EntryKind};
pub use handle::ChatSession;
pub use list::Conversation;

pub(crate) use handle::Published;
pub(crate) use machine::{CallKind, Chat, Effect, Input, News};

/// Names a chat towards the driver, before the server has given it an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ChatId(pub(crate) u64);
