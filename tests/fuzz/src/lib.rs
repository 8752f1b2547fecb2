//! Frames that nobody wrote: arbitrary ones, and golden ones that were broken on purpose.
//!
//! ```text
//!   tests/golden ──▶ mutate ──▶ widget: codec, connection, a whole page with a chat
//!                          └──▶ server: frames, calls, the engine with a visitor and an operator
//! ```
//!
//! Nothing may panic, take memory out of proportion, or lose the connection other than by closing it.
//! A block of frames is made from a seed and can be repeated from it.

pub mod block;
pub mod corpus;
pub mod memory;
pub mod mutate;
pub mod server;
pub mod widget;
