//! The custom element `<tvox-widget>` (docs/element.md).
//!
//! A class that extends `HTMLElement` has to be JavaScript: `element.js`, which forwards and decides
//! nothing. It makes one `TvoxElement` on a `<div>` in its shadow root and
//! tells it what the page does.

pub mod attributes;
#[cfg(target_arch = "wasm32")]
mod media;
#[cfg(target_arch = "wasm32")]
pub mod object;
#[cfg(target_arch = "wasm32")]
mod stage;
