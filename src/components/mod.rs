//! The interface, as Leptos components.
//!
//! [`shell::Shell`] is the whole of it; the others are its parts and can be used alone. Each is a
//! component (`mod.rs`) and, where there is something to decide, a plain type beside it that is
//! tested without a browser.

pub mod address;
pub mod banner;
pub mod call;
pub mod card;
pub mod chat;
pub mod clock;
pub mod contact;
pub mod device_check;
pub mod dialog;
pub mod dom;
pub mod forms;
pub mod home;
pub mod icons;
pub mod launcher;
pub mod menu;
pub mod palette;
pub mod queue;
pub mod rating;
pub mod recap;
mod rows;
pub mod service_selector;
pub mod shell;
pub mod to_url;
pub mod ui;

/// The style sheet that the components expect around them, in the document or in a shadow root.
pub const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/widget.css"));
