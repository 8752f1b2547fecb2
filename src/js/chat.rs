use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::convert;
use super::error::thrown;
use super::observable::{Source, promise};
use super::upload::UploadHandle;
use crate::core::model::{ChatChannelEventMessage, ChatMessageStatus};
use crate::core::{ChatSession, LiveResult};
use crate::platform::browser::Uploads;

/// `ChatSession` of the reference.
#[wasm_bindgen]
pub struct ChatHandle {
    inner: ChatSession,
}

/// `LiveResult` of the reference.
#[wasm_bindgen]
pub struct LiveHandle {
    inner: LiveResult<ChatChannelEventMessage>,
}

impl ChatHandle {
    pub(super) const fn new(inner: ChatSession) -> Self {
        Self { inner }
    }
}

#[wasm_bindgen]
impl ChatHandle {
    /// The server's id, once there is one.
    pub fn id(&self) -> Option<String> {
        self.inner.id().map(|id| id.to_string())
    }

    /// The code of the service it is with.
    pub fn service(&self) -> String {
        self.inner.service().to_owned()
    }

    /// `createChatChannelSession`.
    pub fn create(&self) -> Promise {
        promise(self.inner.create(), convert::chat_session)
    }

    /// `getChatChannelSessionMonitor`.
    pub fn monitor(&self) -> Source {
        Source::new(&self.inner, ChatSession::session_monitor, convert::chat_session)
    }

    /// `getChatChannelEventMonitor`.
    pub fn events(&self) -> LiveHandle {
        LiveHandle { inner: self.inner.event_monitor() }
    }

    /// Whether the operator is writing.
    pub fn typing(&self) -> Source {
        Source::new(&self.inner, ChatSession::operator_typing, convert::flag)
    }

    /// `chatSendMessage`.
    pub fn send(&self, message: &str, status: &str, greeting: bool) -> Promise {
        let status = ChatMessageStatus::from(status);
        promise(self.inner.chat_send_message(message, &status, greeting), convert::flag)
    }

    /// `chatChannelReceivedMessage`.
    pub fn received(&self, message: &str) {
        self.inner.mark_received(&message.into());
    }

    /// `chatChannelReadMessage`.
    pub fn read(&self, message: &str) {
        self.inner.mark_read(&message.into());
    }

    /// `chatSendRecapOfSession`.
    pub fn recap(&self, mail: &str) -> Promise {
        promise(self.inner.send_recap(mail), convert::flag)
    }

    /// Tells how it was.
    pub fn rate(&self, score: u8, comment: Option<String>) -> Promise {
        promise(self.inner.rate(score, comment.as_deref()), convert::flag)
    }

    /// Whether a file of so many bytes may be sent.
    #[wasm_bindgen(js_name = checkFile)]
    pub fn check_file(&self, name: &str, media_type: &str, size: f64) -> Result<(), JsValue> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of bytes, far below 2^53"
        )]
        let size = size as u64;
        self.inner.check_file(name, media_type, size).map_err(thrown)
    }

    /// Sends a file.
    #[wasm_bindgen(js_name = sendFile)]
    pub fn send_file(&self, name: &str, media_type: &str, bytes: Vec<u8>) -> UploadHandle {
        UploadHandle::new(self.inner.send_file(name, media_type, bytes, Uploads))
    }

    /// Where a file of the conversation can be fetched for a short while.
    #[wasm_bindgen(js_name = fileUrl)]
    pub fn file_url(&self, file: &str) -> Promise {
        promise(self.inner.file_url(&file.into()), convert::file_url)
    }

    /// The answer to `INACTIVE_TIMEOUT`.
    #[wasm_bindgen(js_name = stillHere)]
    pub fn still_here(&self) {
        self.inner.still_here();
    }

    /// `chatChannelSessionClose`.
    pub fn close(&self) {
        self.inner.close();
    }
}

#[wasm_bindgen]
impl LiveHandle {
    /// `result`.
    pub fn result(&self) -> Source {
        Source::new(&self.inner, LiveResult::result, convert::event)
    }

    /// `notification`.
    pub fn notification(&self) -> Source {
        Source::new(&self.inner, LiveResult::notification, convert::event)
    }

    /// `stopNotification`.
    pub fn stop(&self) {
        self.inner.stop_notification();
    }
}
