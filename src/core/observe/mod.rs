//! One observable with three faces: a `futures::Stream` here, Leptos signals in `signals`,
//! Observables in JavaScript.

mod live_result;
mod subject;
mod subscription;

pub use live_result::LiveResult;
pub use subject::{End, Subject};
pub use subscription::Subscription;
