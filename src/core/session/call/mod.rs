//! Audio and video calls: which there are, what is muted, and who listens.
//!
//! Sound and picture are not here: those who play them are told by a [`Feed`], and without any a call
//! is signalling only.

mod feed;
mod handle;
mod registry;

pub(crate) use feed::{Feed, Outcome, Wish};
pub(crate) use handle::{Calls, CallsOfWidget};
