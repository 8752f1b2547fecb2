//! The public Rust interface, natively: no browser, no network beyond this machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod config;
mod golden;
mod layering;
