//! The public Rust interface, natively: no browser, no network beyond this machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod calls;
mod chat;
mod config;
mod connection;
mod contact;
#[cfg(feature = "native")]
mod conversation;
mod design;
mod documents;
#[cfg(feature = "native")]
mod errands;
mod files;
mod golden;
mod herd;
mod layering;
mod media;
mod mutants;
mod persistence;
mod support;
