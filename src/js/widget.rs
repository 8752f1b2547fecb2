use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use futures::StreamExt;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::chat::ChatHandle;
use super::convert;
use super::error::thrown;
use super::observable::{Source, promise};
use crate::core::config::Persist;
use crate::core::model::{
    CallRequest, CallbackRequest, ChannelType, ChatRequest, MailRequest, OpenSession,
};
use crate::core::{Widget, WidgetConf};
use crate::platform::browser::rtc::BrowserRtc;
use crate::platform::browser::storage::Storage;
use crate::platform::browser::{Browser, Siblings};

/// `Widget` and `WidgetClient` of the reference.
#[wasm_bindgen]
pub struct WidgetHandle {
    pub(super) inner: Widget,
    pub(super) rtc: Option<BrowserRtc>,
}

#[wasm_bindgen]
impl WidgetHandle {
    /// `new Widget`, of the configuration's JSON text and the element for pictures. It connects, and lives until it is
    /// disconnected, whether or not the page still holds it: as a WebSocket does.
    #[wasm_bindgen(constructor)]
    pub fn new(
        conf: &str,
        container: Option<web_sys::HtmlElement>,
    ) -> Result<WidgetHandle, JsValue> {
        #[cfg(feature = "panic-hook")]
        console_error_panic_hook::set_once();

        let (conf, warnings) = WidgetConf::from_json_with_warnings(conf).map_err(thrown)?;
        for warning in warnings {
            web_sys::console::warn_2(&"tvox-widget:".into(), &warning.into());
        }
        let storage = Storage::or(Persist::None, &conf);
        let (inner, driver) = Widget::new(conf, Browser::new(storage.clone()));
        let held = inner.clone();
        let mut siblings = Siblings::new(&storage);
        spawn_local(async move {
            storage.settle().await;
            let mut run = pin!(driver.run());
            poll_fn(|context| {
                while let Some(Poll::Ready(Some((key, value)))) =
                    siblings.as_mut().map(|siblings| siblings.poll_next_unpin(context))
                {
                    match (&*key, value) {
                        ("session", Some(kept)) => held.hear(&kept),
                        ("token", Some(token)) => held.resume(&token),
                        ("token", None) => held.forget(),
                        _ => {}
                    }
                }
                run.as_mut().poll(context)
            })
            .await;
        });
        let rtc = play(&inner, container);
        Ok(Self { inner, rtc })
    }

    /// `client.options`.
    pub fn options(&self) -> String {
        self.inner.client().options().to_json()
    }

    /// `client.connectionEvent`.
    pub fn connected(&self) -> Source {
        let subscribe = |widget: &Widget| widget.client().connection_event();
        Source::new(&self.inner, subscribe, convert::connection_event)
    }

    /// `client.connectionState`.
    pub fn state(&self) -> Source {
        let subscribe = |widget: &Widget| widget.client().connection_state();
        Source::new(&self.inner, subscribe, convert::connection_state)
    }

    /// What `getChannelsEnabled` gives, whenever it changes.
    pub fn channels(&self) -> Source {
        Source::new(&self.inner, Widget::channels, convert::channels)
    }

    /// The visitor's running sessions, at each connect: the first word is that the client is loaded
    /// (`onLoadClientComplete`).
    pub fn sessions(&self) -> Source {
        Source::new(&self.inner, Widget::sessions, convert::sessions)
    }

    /// `null` whenever the server has forgotten the visitor.
    pub fn discontinuity(&self) -> Source {
        Source::new(&self.inner, Widget::discontinuity, convert::nothing)
    }

    /// `getServiceStatusForChannel`.
    pub fn status(&self, service: String, channel: &str) -> Result<Source, JsValue> {
        let channel = ChannelType::from(channel);
        let subscribe = move |widget: &Widget| widget.service_status(&service, &channel);
        // A service that is not configured is refused now, and not only when somebody listens.
        drop(subscribe(&self.inner).map_err(thrown)?);
        Ok(Source::fallible(&self.inner, subscribe, convert::service_status))
    }

    /// `widgetVisitUri`.
    pub fn visit(
        &self,
        linkable_uri: Option<String>,
        uri: Option<String>,
        uri_display: Option<String>,
    ) -> Promise {
        let (linkable_uri, uri) = (linkable_uri.as_deref(), uri.as_deref());
        promise(self.inner.visit(linkable_uri, uri, uri_display.as_deref()), convert::flag)
    }

    /// `sendCustomerIdentifier`.
    pub fn identify(&self, channel: &str, service: &str) {
        self.inner.identify(&channel.into(), service);
    }

    /// `disconnect`; with `forget` the server and this device forget the visitor.
    pub fn disconnect(&self, forget: bool) {
        if forget {
            self.inner.forget();
        } else {
            self.inner.disconnect();
        }
    }

    /// `getChannelsEnabled`.
    #[wasm_bindgen(js_name = channelsEnabled)]
    pub fn channels_enabled(&self) -> JsValue {
        convert::channels(&self.inner.channels_enabled())
    }

    /// What the server accepts.
    pub fn limits(&self) -> JsValue {
        convert::limits(&self.inner.limits())
    }

    /// The visitor's sessions that ran when the connection came up.
    #[wasm_bindgen(js_name = openSessions)]
    pub fn open_sessions(&self) -> JsValue {
        convert::sessions(&self.inner.open_sessions())
    }

    /// `newChatSession`; the fields as key, value, key, value.
    pub fn chat(
        &self,
        service: String,
        fields: Vec<String>,
        name: Option<String>,
        value: Option<String>,
        with: Option<String>,
    ) -> ChatHandle {
        let (fields, with) = (convert::fields(&fields), with.as_deref().map(Into::into));
        let customer = Some(self.inner.customer_named(name.as_deref(), value.as_deref()));
        ChatHandle::new(self.inner.new_chat(ChatRequest { service, customer, fields, with }))
    }

    /// Takes up a chat that runs already.
    pub fn attach(&self, id: &str, service: &str) -> ChatHandle {
        let (id, channel, service) = (id.into(), ChannelType::Chat, service.to_owned());
        ChatHandle::new(self.inner.attach_chat(&OpenSession { id, channel, service }))
    }

    /// `videoChannelSessionMonitor` and `callChannelSessionMonitor`.
    #[wasm_bindgen(js_name = callMonitor)]
    pub fn call_monitor(&self, channel: &str) -> Source {
        let channel = ChannelType::from(channel);
        Source::fallible(
            &self.inner,
            move |widget| widget.call_monitor(&channel),
            convert::call_session,
        )
    }

    /// `videoChannelSessionMonitorStop` and `callChannelSessionMonitorStop`.
    #[wasm_bindgen(js_name = callMonitorStop)]
    pub fn call_monitor_stop(&self, channel: &str) {
        self.inner.stop_call_monitor(&channel.into());
    }

    /// `videoChannelSessionNew` and `callChannelSessionNew`; the fields as key, value, key, value.
    #[wasm_bindgen(js_name = callNew)]
    pub fn call_new(
        &self,
        channel: &str,
        service: String,
        name: Option<String>,
        value: Option<String>,
        fields: Vec<String>,
        with: Option<String>,
    ) -> Promise {
        let (channel, fields) = (channel.into(), convert::fields(&fields));
        let customer = Some(self.inner.customer_named(name.as_deref(), value.as_deref()));
        let with = with.as_deref().map(Into::into);
        let call = CallRequest { channel, service, customer, fields, with };
        promise(self.inner.create_call(call), |id| id.as_str().into())
    }

    /// `videoChannelSessionClose` and `callChannelSessionClose`.
    #[wasm_bindgen(js_name = callClose)]
    pub fn call_close(&self, session: &str) -> Promise {
        promise(self.inner.close_call(&session.into()), convert::flag)
    }

    /// Takes an operator's invitation.
    #[wasm_bindgen(js_name = callAccept)]
    pub fn call_accept(&self, session: &str) -> Promise {
        promise(self.inner.accept_call(&session.into()), convert::flag)
    }

    /// Refuses an operator's invitation.
    #[wasm_bindgen(js_name = callDecline)]
    pub fn call_decline(&self, session: &str) -> Promise {
        promise(self.inner.decline_call(&session.into()), convert::flag)
    }

    /// Sends a message that becomes a ticket; the customer as `convert::customer` reads it, the
    /// fields as key, value, key, value.
    pub fn mail(
        &self,
        service: String,
        from: String,
        subject: String,
        message: String,
        customer: Vec<String>,
        fields: Vec<String>,
    ) -> Promise {
        let (customer, fields) = (convert::customer(&customer), convert::fields(&fields));
        let (from, subject, message) = (from.into(), subject.into(), message.into());
        let mail = MailRequest { service, from, subject, message, customer, fields };
        promise(self.inner.send_mail(mail), |id| id.as_str().into())
    }

    /// Asks to be called; the customer as `convert::customer` reads it, the fields as key, value,
    /// key, value.
    pub fn callback(
        &self,
        service: String,
        phone: String,
        when: Option<String>,
        message: Option<String>,
        customer: Vec<String>,
        fields: Vec<String>,
    ) -> Promise {
        let (customer, fields) = (convert::customer(&customer), convert::fields(&fields));
        let (phone, message) = (phone.into(), message.map(Into::into));
        let callback = CallbackRequest { service, phone, when, message, customer, fields };
        promise(self.inner.request_callback(callback), convert::callback)
    }

    /// The times in which a service calls back.
    #[wasm_bindgen(js_name = callbackSlots)]
    pub fn callback_slots(&self, service: &str, days: u32) -> Promise {
        promise(self.inner.callback_slots(service, days), convert::slots)
    }

    /// What a service asks before a contact begins.
    pub fn forms(&self, channel: &str, service: &str) -> Promise {
        promise(self.inner.forms(&channel.into(), service), convert::form)
    }
}

/// Gives calls their sound and picture, where they are wanted and the browser can: in Node a call is
/// signalling only.
fn play(widget: &Widget, container: Option<web_sys::HtmlElement>) -> Option<BrowserRtc> {
    let wanted = widget.client().options().server.webrtc.as_ref().is_some_and(|it| it.enabled);
    let rtc = (wanted && BrowserRtc::is_supported()).then(|| BrowserRtc::new(container))?;
    spawn_local(widget.attach_media(rtc.clone()).run());
    Some(rtc)
}
