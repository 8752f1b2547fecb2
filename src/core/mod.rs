//! The headless heart: what a contact is, how the connection lives, what the server is asked.
//!
//! Nothing below this module names a browser, a runtime or a UI. Decisions are plain state machines
//! (`machine.rs`, `handle(input, now)`), effects happen in `driver.rs` files and in
//! [`platform`](crate::platform).

pub mod error;
pub mod model;
pub mod observe;
pub mod ports;
pub mod rpc;
pub mod time;

pub use error::Error;
pub use observe::{LiveResult, Subject, Subscription};
pub use time::Timestamp;
