//! Values on their way out and in: objects and lists cross as JSON text in the shapes of the
//! reference, what is absent left out; texts and flags cross as they are.

use wasm_bindgen::JsValue;

use super::describe::{self, number};
use super::error::told;
use crate::core::json::Writer;
use crate::core::map::Map;
use crate::core::model::{
    Attachment, CallChannelSession, CallMedia, Callback, CallbackSlot, ChannelType,
    ChatChannelEventMessage, ChatChannelSession, ConfigurationStatus, CustomerInfo, Device,
    FileUrl, Form, Limits, OpenSession, Private, ServiceStatus, SessionField,
};
use crate::core::time::millis;
use crate::core::{ConnectionEvent, ConnectionState, UploadProgress};

/// Nothing but that it happened.
pub(super) const fn nothing((): &()) -> JsValue {
    JsValue::NULL
}

/// `true` or `false`.
pub(super) const fn flag(flag: &bool) -> JsValue {
    JsValue::from_bool(*flag)
}

/// A `ConnectionEvent`.
pub(super) fn connection_event(event: &ConnectionEvent) -> JsValue {
    object(|it| it.flag("connected", event.connected))
}

/// A value of `client.connectionState`.
pub(super) fn connection_state(state: &ConnectionState) -> JsValue {
    object(|it| {
        it.flag("connected", state.connected());
        it.text("state", state.phase.as_str());
        it.number("attempt", state.attempt.into());
        number(it, "retryInMs", state.retry_in.map(millis));
        if let Some(reason) = &state.reason {
            it.member("reason", &told(reason));
        }
    })
}

/// What `getChannelsEnabled` gives.
pub(super) fn channels(channels: &Map<ChannelType, bool>) -> JsValue {
    object(|it| {
        for (channel, enabled) in channels.iter() {
            it.flag(channel.as_str(), *enabled);
        }
    })
}

/// What `getLimits` gives.
pub(super) fn limits(limits: &Limits) -> JsValue {
    object(|it| describe::limits(it, limits))
}

/// What `openSessions` gives.
#[expect(clippy::ptr_arg, reason = "what is handed out is a reference to the value itself")]
pub(super) fn sessions(sessions: &Vec<OpenSession>) -> JsValue {
    list(sessions, |it, session| {
        it.text("id", session.id.as_str());
        it.text("channel", session.channel.as_str());
        it.text("service", &session.service);
    })
}

/// A `ServiceStatus`.
pub(super) fn service_status(status: &ServiceStatus) -> JsValue {
    let word = ConfigurationStatus::as_str;
    object(|it| {
        it.optional("channelConfiguration", status.channel_configuration.as_ref().map(word));
        it.optional("channelId", status.channel_id.as_ref().map(ChannelType::as_str));
        it.optional("service", status.service.as_deref());
        it.optional("serviceConfiguration", status.service_configuration.as_ref().map(word));
        it.optional("status", status.status.as_ref().map(|it| it.as_str()));
    })
}

/// A `ChatChannelSession`.
pub(super) fn chat_session(session: &ChatChannelSession) -> JsValue {
    object(|it| describe::chat_session(it, session))
}

/// A `ChatChannelEventMessage`.
pub(super) fn event(event: &ChatChannelEventMessage) -> JsValue {
    object(|it| describe::event(it, event))
}

/// A `CallChannelSession` or a `VideoChannelSession`.
pub(super) fn call_session(session: &CallChannelSession) -> JsValue {
    object(|it| describe::call_session(it, session))
}

/// A `CallMedia`.
pub(super) fn call_media(media: &CallMedia) -> JsValue {
    object(|it| describe::call_media(it, media))
}

/// What `devices` gives.
#[expect(clippy::ptr_arg, reason = "what is handed out is a reference to the value itself")]
pub(super) fn devices(devices: &Vec<Device>) -> JsValue {
    list(devices, |it, device| {
        it.text("kind", device.kind.as_str());
        it.text("deviceId", &device.id);
        it.text("label", &device.label);
        it.flag("used", device.used);
    })
}

/// A `FileUrl`.
pub(super) fn file_url(url: &FileUrl) -> JsValue {
    object(|it| {
        it.text("url", &url.url);
        it.optional("expires", url.expires.as_deref());
    })
}

/// An `Attachment`.
pub(super) fn attachment(attachment: &Attachment) -> JsValue {
    object(|it| describe::attachment(it, attachment))
}

/// How far an upload has come.
pub(super) fn progress(progress: &UploadProgress) -> JsValue {
    object(|it| {
        it.number("sent", progress.sent);
        it.number("total", progress.total);
    })
}

/// A `Callback`.
pub(super) fn callback(callback: &Callback) -> JsValue {
    object(|it| {
        it.text("id", callback.id.as_str());
        it.optional("phone", callback.phone.as_ref().map(|phone| phone.as_str()));
    })
}

/// `CallbackSlot`s.
#[expect(clippy::ptr_arg, reason = "what is handed out is a reference to the value itself")]
pub(super) fn slots(slots: &Vec<CallbackSlot>) -> JsValue {
    list(slots, |it, slot| {
        it.text("from", &slot.from);
        it.text("to", &slot.to);
    })
}

/// A `Form`; `undefined` where nothing is asked.
pub(super) fn form(form: &Option<Form>) -> JsValue {
    form.as_ref().map_or(JsValue::UNDEFINED, |form| object(|it| describe::form(it, form)))
}

/// `MultiChannelSessionCustomField[]`, as key, value, key, value.
pub(super) fn fields(pairs: &[String]) -> Vec<SessionField> {
    let field =
        |pair: &[String]| SessionField { key: pair[0].clone(), value: pair[1].as_str().into() };
    pairs.chunks_exact(2).map(field).collect()
}

/// `CustomerInfo`, as its texts in the reference's order, empty where one is missing; no texts are no
/// customer.
pub(super) fn customer(texts: &[String]) -> Option<CustomerInfo> {
    let mut customer = CustomerInfo::default();
    for (place, text) in customer.texts_mut().into_iter().zip(texts) {
        if !text.is_empty() {
            *place = Some(Private::from(text.as_str()));
        }
    }
    (!customer.is_empty()).then_some(customer)
}

fn object(write: impl FnOnce(&mut Writer)) -> JsValue {
    let mut writer = Writer::new();
    write(&mut writer);
    writer.finish().into()
}

fn list<T>(items: &[T], write: impl Fn(&mut Writer, &T)) -> JsValue {
    let mut text = "[".to_owned();
    for item in items {
        if text.len() > 1 {
            text.push(',');
        }
        let mut writer = Writer::new();
        write(&mut writer, item);
        text.push_str(&writer.finish());
    }
    text.push(']');
    text.into()
}
