//! A contact-centre web widget: the visitor of a site reaches an operator from inside the page.
//!
//! Four faces, one core:
//!
//! * the custom element `<tvox-widget>` ([`element`]), for a site owner;
//! * the documented JavaScript library (`js`, for WebAssembly only), for an integrator;
//! * the headless [`core`], in a browser or natively, for a Rust developer;
//! * the Leptos [`components`] and [`signals`], for an application of one's own.
//!
//! The core decides and never touches the outside; [`platform`] does. `docs/architecture.md` has the
//! map, `docs/protocol.md` the wire. The project is independent of Telenia: it implements the public
//! interface of the TVox widget library 1.0 over a protocol of its own.

pub mod core;
pub mod platform;

#[cfg(feature = "ui")]
pub mod components;
#[cfg(feature = "ui")]
pub mod element;
#[cfg(feature = "ui")]
pub mod i18n;
#[cfg(all(feature = "js", target_arch = "wasm32"))]
pub mod js;
#[cfg(feature = "ui")]
pub mod signals;
