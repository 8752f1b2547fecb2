//! Stands in for a TVox on one machine.
//!
//! It speaks the visitor's wire (`docs/protocol.md`) at `/tvox/widget` and the operator's (`docs/operator-protocol.md`) at `/tvox/operator`, and serves the
//! demo page, the built widget and the operator console. It shares no code with the widget, so that a mistake in one reading of the
//! protocol shows up against the other. For development, demos and tests; production is a TVox.
//!
//! ```text
//!  http ──▶ shell (one thread owns the two below) ──▶ engine   decides; no clock, no sockets, no SQL
//!   ▲ frames   │                                      store    SQLite; a commit before every answer
//!   └──────────┘◀── echo: an operator inside of the server, on the operators' wire
//!                     └── media: his sound and picture, WebRTC over UDP
//! ```

pub mod echo;
pub mod engine;
pub mod media;
pub mod mutant;
pub mod settings;
pub mod turn;
pub mod wire;

mod error;
mod files;
mod http;
mod mail;
mod server;
mod shell;
mod store;

pub use error::Error;
pub use server::{Paused, Running, Server};
pub use settings::Settings;
pub use shell::{Inlet, Outgoing, Outlet, cost};
