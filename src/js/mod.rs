//! The documented JavaScript library (reference, `Widget`), its half in Rust.
//!
//! Two halves make the library. The classes here are handles: they convert, call the core and
//! convert back, and the glue of wasm-bindgen exports them. `library.js` and the scripts beside it
//! are the face that a page sees: the documented names, Promises, Observables, `TvoxError`.
//!
//! What crosses in between is text, numbers and handles. Plain objects cross as JSON text, which both
//! sides have anyway; errors too, and `TvoxError` is made of them on the other side.
//!
//! No method here is `async`: wasm-bindgen would keep the handle borrowed across the wait, and a
//! second call meanwhile would throw. A handle is cloned, a Promise is returned.

#![expect(
    clippy::needless_pass_by_value,
    reason = "texts that may be absent, and lists of texts, cross from JavaScript so"
)]

mod chat;
mod convert;
mod describe;
mod error;
mod media;
mod observable;
mod upload;
mod widget;

pub use chat::{ChatHandle, LiveHandle};
pub use observable::{Listening, Source};
pub use upload::UploadHandle;
pub use widget::WidgetHandle;
