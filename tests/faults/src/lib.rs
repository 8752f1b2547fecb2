//! A TCP proxy that breaks WebSocket connections in every way a network knows, at a chosen moment.
//!
//! ```text
//!   browser ──▶ Proxy ── Line ── Line ──▶ server
//!                 ▲        ▲
//!      lead_to, shut     strike(Fault), shape(Shape)
//! ```
//!
//! The proxy keeps its address while servers behind it come and go. Each connection is a [`Line`],
//! which can be struck by a [`Fault`] or given another [`Shape`]. Of WebSockets it knows where frames
//! begin and end (RFC 6455, section 5.2), so that it can deliver half of one, one twice, or one that
//! nobody sent. Compressed frames pass too, but are never doubled.

mod fault;
mod frame;
mod line;
mod proxy;
mod relay;

pub use fault::{Fault, Shape, Unknown, Way};
pub use line::{Line, Struck};
pub use proxy::Proxy;
