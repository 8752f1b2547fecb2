//! Sound and picture of the element's calls: code that comes with the first of them.

use leptos::task::spawn_local;
use web_sys::HtmlElement;

use crate::components::call::part::Missing;
use crate::core::model::SessionId;
use crate::core::{Error, Widget};
use crate::platform::browser::rtc::{BrowserRtc, Whose};

/// What the interface asks of it. Reached through a table, so that the code behind it may come later.
pub(super) trait Media {
    /// Shows a picture in a `<video>`.
    fn attach(&self, video: &HtmlElement, call: &SessionId, whose: Whose);
    /// How loud the microphone is, 0 to 1.
    fn level(&self) -> f64;
    /// Lets a short sound be heard.
    fn chime(&self);
}

impl Media for BrowserRtc {
    fn attach(&self, video: &HtmlElement, call: &SessionId, whose: Whose) {
        Self::attach(self, video, call, whose);
    }

    fn level(&self) -> f64 {
        Self::level(self)
    }

    fn chime(&self) {
        Self::chime(self);
    }
}

/// Gives a widget's calls their sound and picture.
pub(super) async fn attach(widget: &Widget) -> Result<Box<dyn Media>, Error> {
    #[cfg(feature = "split")]
    let media = attached(widget).await;
    #[cfg(not(feature = "split"))]
    let media = attached(widget);
    Ok(media?)
}

#[cfg_attr(feature = "split", allow(unsafe_code), wasm_split_helpers::wasm_split(calls, fallible))]
fn attached(widget: &Widget) -> Result<Box<dyn Media>, Missing> {
    let rtc = BrowserRtc::new(None);
    spawn_local(widget.attach_media(rtc.clone()).run());
    Ok(Box::new(rtc))
}
