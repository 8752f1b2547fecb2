//! The server from outside: real sockets, a real database, both wires.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod call_test;
mod caller;
mod calls;
mod chat;
mod desk;
mod documented;
mod doors;
mod echo;
mod echo_calls;
mod files;
mod frames;
mod golden;
mod identity;
mod limits;
mod mail;
mod mail_tls;
mod pages;
mod program;
mod recovery;
mod requests;
mod routing;
mod signals;
mod sim;
mod simulated;
mod support;
mod timeouts;
mod transfers;
mod turn;
mod turn_client;
