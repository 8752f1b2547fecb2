//! The connection: a machine that decides and a driver that does.
//!
//! There is one way in. First connect, blip, server restart and page reload run the same sequence:
//! `hello`, then a `subscribe` for each wanted topic, then the calls that wait (docs/protocol.md,
//! "Five rules").

mod close;
mod driver;
mod heartbeat;
mod machine;
mod retry;
mod state;
mod watch;

pub(crate) use driver::Wire;
pub use machine::{CallId, Effect, Input, Machine, Moment, Report, Settings};
pub use retry::{Retry, delay};
pub use state::{ConnectionEvent, ConnectionState, LinkId, Phase};
