//! What the core uses of the outside, per platform.
//!
//! The target picks: a browser where there is WebAssembly, tokio natively (feature `native`).
//! [`memory`] is for tests: a scripted link and a clock that is moved by hand.

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod memory;
#[cfg(all(feature = "native", not(target_arch = "wasm32")))]
pub mod native;
