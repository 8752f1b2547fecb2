//! The element, the signals and the components in a browser.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod calls;
mod conversation;
mod element;
mod forms;
mod languages;
mod modes;
mod page;
mod room;
#[path = "../native/support/rtc.rs"]
#[allow(dead_code)] // the native tests ask it for more
mod script;
mod siblings;
mod signals;
mod uploads;
mod views;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
