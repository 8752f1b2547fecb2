//! The real core and the demo server's own engine on a virtual network, in virtual time.
//!
//! ```text
//!   page ── Widget, Driver ── ports ──▶ net ◀── server ── Engine, disk
//!   operator (by script, on the operators' wire) ──▶ net
//! ```
//!
//! A run is played from a seed and can be repeated from it. At its end what the visitor sees, what the
//! operator sees and what the server has on its disk must be the same, and be what both wrote: in
//! order, once.

pub mod dice;
pub mod fault;
mod judge;
pub mod mutant;
pub mod net;
pub mod operator;
pub mod page;
pub mod ports;
pub mod server;
mod storm;
pub mod world;
