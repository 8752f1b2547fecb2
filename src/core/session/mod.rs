//! Contacts: what a session is and does, without a word about connections.
//!
//! A session's machine is a fold over what the server tells and what the visitor does. It asks for
//! calls and topics; the connection decides when they reach the server.

pub(crate) mod call;
pub mod chat;
mod command;
pub(crate) mod upload;

pub(crate) use command::{Answer, Command, Inbox, answered};
pub use upload::{FileUpload, UploadProgress};
