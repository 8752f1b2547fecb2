//! The headless heart: what a contact is, how the connection lives, what the server is asked.
//!
//! Nothing below this module names a browser, a runtime or a UI. Decisions are plain state machines
//! (`machine.rs`, `handle(input, now)`), effects happen in `driver.rs` files and in
//! [`platform`](crate::platform).

pub mod config;
pub mod connection;
pub mod error;
pub(crate) mod json;
pub mod map;
pub mod model;
#[doc(hidden)]
pub mod mutant;
pub mod observe;
pub mod ports;
pub mod rpc;
pub mod session;
pub mod time;
pub mod webrtc;
pub mod widget;

pub use config::WidgetConf;
pub use connection::{ConnectionEvent, ConnectionState, Phase};
pub use error::{Error, MediaError, MediaSource};
pub use map::Map;
pub use observe::{LiveResult, Subject, Subscription};
pub use session::chat::ChatSession;
pub use session::{FileUpload, UploadProgress};
pub use time::Timestamp;
pub use widget::{Driver, OpenSession, Preview, Widget, WidgetClient};
