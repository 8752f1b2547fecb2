//! Audio and video calls: which there are, what is muted, and who listens.
//!
//! Media are not here: a [`Media`](crate::core::ports::Media) engine may be attached, and without
//! one a call is signalling only.

mod handle;
mod registry;

pub(crate) use handle::{Calls, CallsOfWidget};
