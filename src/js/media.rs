use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use super::convert;
use super::error::thrown;
use super::observable::{Source, promise};
use super::widget::WidgetHandle;
use crate::core::Error;
use crate::core::Widget;
use crate::core::model::{ChannelType, DeviceKind, OpenSession, SessionId};
use crate::platform::browser::rtc::Whose;

/// `WebRTCManager` of the reference, and what goes beyond it.
#[wasm_bindgen]
impl WidgetHandle {
    /// `toggleAudioMute`.
    #[wasm_bindgen(js_name = toggleAudioMute)]
    pub fn toggle_audio_mute(&self, session: &str) -> Promise {
        promise(self.inner.toggle_audio_mute(&session.into()), convert::flag)
    }

    /// `toggleVideoMute`.
    #[wasm_bindgen(js_name = toggleVideoMute)]
    pub fn toggle_video_mute(&self, session: &str) -> Promise {
        promise(self.inner.toggle_video_mute(&session.into()), convert::flag)
    }

    /// Sound and picture of a call, as they change.
    pub fn media(&self, session: &str) -> Source {
        let session = SessionId::from(session);
        Source::new(&self.inner, move |widget| widget.call_media(&session), convert::call_media)
    }

    /// The devices there are.
    pub fn devices(&self) -> Source {
        Source::new(&self.inner, Widget::devices, convert::devices)
    }

    /// Uses a device.
    #[wasm_bindgen(js_name = chooseDevice)]
    pub fn choose_device(&self, kind: &str, device: &str) -> Result<Promise, JsValue> {
        let kind = DeviceKind::named(kind).ok_or_else(|| {
            let expected = "audioinput, videoinput or audiooutput";
            thrown(Error::mistake("kind", expected, "another text".to_owned()))
        })?;
        Ok(promise(self.inner.choose_device(kind, device), convert::nothing))
    }

    /// Shows a screen, or the camera again.
    #[wasm_bindgen(js_name = shareScreen)]
    pub fn share_screen(&self, session: &str, on: bool) -> Promise {
        promise(self.inner.share_screen(&session.into(), on), convert::nothing)
    }

    /// Dials in a call.
    #[wasm_bindgen(js_name = sendTones)]
    pub fn send_tones(&self, session: &str, tones: &str) -> Promise {
        promise(self.inner.send_tones(&session.into(), tones), convert::nothing)
    }

    /// Plays what waits for a gesture.
    pub fn play(&self) {
        self.inner.play();
    }

    /// Shows a picture of a call in a `<video>`.
    pub fn show(&self, video: &HtmlElement, session: &str, own: bool) {
        if let Some(rtc) = &self.rtc {
            rtc.attach(video, &session.into(), if own { Whose::Own } else { Whose::Other });
        }
    }

    /// Takes up a call that an earlier page had.
    #[wasm_bindgen(js_name = callJoin)]
    pub fn call_join(&self, session: &str, channel: &str) -> Promise {
        let (id, channel) = (session.into(), ChannelType::from(channel));
        let session = OpenSession { id, channel, service: String::new() };
        promise(self.inner.join_call(&session), convert::nothing)
    }

    /// Calls the echo.
    #[wasm_bindgen(js_name = callTest)]
    pub fn call_test(&self, video: bool) -> Promise {
        promise(self.inner.test_call(video), |id| id.as_str().into())
    }
}
