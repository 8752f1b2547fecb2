//! Sound and picture of calls.
//!
//! `machine` negotiates one call with its other side, as text and ids; `recovery` says when a lost way
//! is looked for again; `quality` what the counters mean; `call` is one call with its tracks; the
//! `manager` has all of them and the devices, which they share. The driver does what is decided, on
//! the platform's [`Rtc`](crate::core::ports::Rtc).
//!
//! The visitor makes the first offer and is the impolite peer of perfect negotiation (W3C, "WebRTC",
//! section 10.7); restarts are the visitor's alone.

mod call;
mod driver;
mod filter;
mod machine;
mod manager;
mod quality;
mod recovery;

pub use driver::MediaDriver;
