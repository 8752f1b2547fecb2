//! The widget without a face: what a page, a component or a program holds in its hand.

mod calls;
mod contact;
mod driver;
mod engine;
mod handle;
mod media;

pub use crate::core::model::OpenSession;
pub use driver::Driver;
pub use handle::{Widget, WidgetClient};
pub use media::Preview;
