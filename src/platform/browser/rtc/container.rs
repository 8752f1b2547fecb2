//! The page's own place for the other side's picture (reference, `videoContainer`).

use wasm_bindgen::JsCast;

use super::BrowserRtc;
use super::play::{Whose, player};
use crate::core::model::SessionId;

impl BrowserRtc {
    /// Puts the other side's picture where the page wants it.
    pub(super) fn contain(&self, call: &SessionId) {
        let Some(container) = &self.shared.container else { return };
        if container.query_selector("video").is_ok_and(|there| there.is_none())
            && let Some(video) = player("video")
        {
            let style = video.style();
            for property in ["width", "height"] {
                let _ = style.set_property(property, "100%");
            }
            let _ = container.append_child(&video);
        }
        if let Ok(Some(video)) = container.query_selector("video") {
            self.attach(video.unchecked_ref(), call, Whose::Other);
        }
    }

    /// Takes it away once no call is left.
    pub(super) fn empty(&self) {
        if let Some(container) = &self.shared.container
            && self.shared.peers.borrow().is_empty()
            && let Ok(Some(video)) = container.query_selector("video")
        {
            video.remove();
        }
    }
}
