//! The whole interface over a scripted server, in memory.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use serde_json::{Value, json};
use tvox_widget::components::dom::ElState;
use tvox_widget::components::shell::{Desk, shell};
use tvox_widget::components::ui::{Announcement, Connect, Embedding, Settings, Ui};
use tvox_widget::core::config::Webrtc;
use tvox_widget::core::model::{ChannelType, CustomerInfo, SessionId};
use tvox_widget::core::{Widget, WidgetConf};
use tvox_widget::i18n::{Lang, Texts};
use tvox_widget::platform::memory::Memory;

use crate::page::{Look, place, until};
use crate::script::Script;

/// A page that embeds the interface and writes down what it is told.
#[derive(Default)]
pub(crate) struct House {
    world: Memory,
    pub(crate) told: Mutex<Vec<Announcement>>,
    pub(crate) kept: Mutex<BTreeMap<String, String>>,
    pub(crate) objects: AtomicBool,
    resumable: AtomicBool,
    /// The browser's WebRTC, where the page has any.
    rtc: Option<SendWrapper<Script>>,
    /// Whose pictures were asked for.
    pub(crate) pictures: Mutex<Vec<Option<String>>>,
}

impl Embedding for House {
    fn connect(&self, conf: WidgetConf) -> Widget {
        let (widget, driver) = Widget::new(conf, self.world.clone());
        wasm_bindgen_futures::spawn_local(driver.run());
        if let Some(rtc) = &self.rtc {
            wasm_bindgen_futures::spawn_local(widget.attach_media(Script::clone(rtc)).run());
        }
        widget
    }

    fn resumable(&self, _: &WidgetConf) -> bool {
        self.resumable.load(Ordering::Relaxed)
    }

    fn has_media(&self) -> bool {
        self.rtc.is_some()
    }

    fn picture(&self, _: &web_sys::HtmlElement, of: Option<&SessionId>) {
        self.pictures.lock().unwrap().push(of.map(ToString::to_string));
    }

    fn announce(&self, announcement: &Announcement) -> bool {
        self.told.lock().unwrap().push(announcement.clone());
        !self.objects.load(Ordering::Relaxed)
    }

    fn recall(&self, name: &str) -> Option<String> {
        self.kept.lock().unwrap().get(name).cloned()
    }

    fn keep(&self, name: &str, value: Option<&str>) {
        let mut kept = self.kept.lock().unwrap();
        match value {
            Some(value) => kept.insert(name.to_owned(), value.to_owned()),
            None => kept.remove(name),
        };
    }
}

/// The interface on a page, and the server behind it.
pub(crate) struct Room {
    pub(crate) house: Arc<House>,
    pub(crate) settings: ArcRwSignal<Settings>,
    pub(crate) look: Look,
    pub(crate) methods: Vec<String>,
    pub(crate) calls: Vec<Value>,
    log: Vec<Value>,
    rev: u64,
    session: Value,
    /// The visitor's call, and its channel.
    call: (&'static str, Value),
    /// What the service asks before a contact.
    pub(crate) form: Value,
    /// Whether the chat is outside its opening hours.
    pub(crate) closed: bool,
    /// How the server answers a method, in place of what it would say: a result, or an error.
    pub(crate) answers: BTreeMap<&'static str, Value>,
    online: bool,
    silent: bool,
    desk: Desk,
    owner: Owner,
    mounted: Option<UnmountHandle<ElState>>,
}

pub(crate) fn conf(services: usize) -> WidgetConf {
    let names = ["Assistenza", "Commerciale", "Amministrazione"];
    let numbered = names.iter().take(services).enumerate();
    numbered
        .fold(WidgetConf::builder("http://localhost"), |conf, (at, name)| {
            conf.service(ChannelType::Chat, &format!("service000{}", at + 1), name)
        })
        .build()
        .unwrap()
}

impl Room {
    /// A page as the visitor meets it: nothing has been done yet.
    pub(crate) fn new(services: usize) -> Self {
        Self::of(House::default(), conf(services), Vec::new(), Value::Null)
    }

    /// A page after a reload: the visitor was in a conversation, with the panel open.
    pub(crate) fn reloaded(log: Vec<Value>) -> Self {
        let house = House::default();
        house.resumable.store(true, Ordering::Relaxed);
        house.keep("panel", Some("chat"));
        house.keep("draft", Some("a draft"));
        Self::of(house, conf(1), log, session("CONNECTED"))
    }

    /// A page with chat, callback and mail of one service; of somebody the page knows, or not.
    pub(crate) fn with_forms(customer: CustomerInfo) -> Self {
        let channels = [ChannelType::Chat, ChannelType::Callback, ChannelType::Mail];
        let conf = channels
            .into_iter()
            .fold(WidgetConf::builder("http://localhost").customer(customer), |conf, channel| {
                conf.service(channel, "service0001", "Assistenza")
            });
        Self::of(House::default(), conf.build().unwrap(), Vec::new(), Value::Null)
    }

    /// A page with every channel, and sound and picture.
    pub(crate) fn with_calls() -> Self {
        Self::calling(calls().webrtc(Webrtc::WANTED).build().unwrap())
    }

    /// The same, without a word about calls in the configuration.
    pub(crate) fn without_webrtc() -> Self {
        Self::calling(calls().build().unwrap())
    }

    fn calling(conf: WidgetConf) -> Self {
        let mut house = House::default();
        house.rtc = Some(SendWrapper::new(Script::new(&house.world)));
        Self::of(house, conf, Vec::new(), Value::Null)
    }

    /// The browser's WebRTC.
    pub(crate) fn rtc(&self) -> Script {
        Script::clone(self.house.rtc.as_ref().unwrap())
    }

    /// Something becomes of the visitor's call.
    pub(crate) fn call(&mut self, channel: &'static str, state: &str, step: &str) {
        self.call = (channel, call(state, step));
        let told = self.call.1.clone();
        self.event(&format!("call/{channel}"), &told);
    }

    /// The call's other side says something.
    pub(crate) fn signal(&mut self, seq: u64, mut signal: Value) {
        signal["seq"] = seq.into();
        self.event("signal/k_1", &signal);
    }

    /// What the page may ask of it.
    pub(crate) fn desk(&self) -> Desk {
        self.desk
    }

    fn of(house: House, conf: WidgetConf, log: Vec<Value>, session: Value) -> Self {
        let house = Arc::new(house);
        let settings =
            ArcRwSignal::new(Settings::of(Ok(conf), Texts::built_in(Lang::It), Connect::Intent));
        let place = place();
        let returned = Arc::new(Mutex::new(None));
        let mounted = mount_to(place.clone(), {
            let (house, settings, returned) = (house.clone(), settings.clone(), returned.clone());
            move || {
                let desk = Desk::new(Ui::new(settings.into(), house));
                *returned.lock().unwrap() = Owner::current().map(|owner| (owner, desk));
                shell(desk)
            }
        });
        let (owner, desk) = returned.lock().unwrap().take().unwrap();
        Self {
            house,
            settings,
            look: Look(place.into()),
            methods: Vec::new(),
            calls: Vec::new(),
            log,
            rev: 1,
            session,
            call: ("VIDEO", Value::Null),
            form: Value::Null,
            closed: false,
            answers: BTreeMap::new(),
            online: false,
            silent: false,
            desk,
            owner,
            mounted: Some(mounted),
        }
    }

    /// Waits for a fact, with the server at work meanwhile.
    pub(crate) async fn until(&mut self, fact: &str, holds: impl Fn(&Look) -> bool) {
        until(fact, || {
            self.serve();
            holds(&self.look)
        })
        .await;
    }

    /// Opens the panel, chooses the first service and comes to the queue.
    pub(crate) async fn queue(&mut self) {
        self.look.click("launcher");
        self.until("the home screen", |look| look.has("channel-row")).await;
        self.look.click("channel-row");
        self.until("the queue", |look| look.text("queue-position").contains('2')).await;
    }

    /// The same, and an operator answers.
    pub(crate) async fn talk(&mut self) {
        self.queue().await;
        self.step(&session("CONNECTED"));
        self.until("the conversation", |look| look.has("composer-input")).await;
    }

    /// The operator writes.
    pub(crate) fn says(&mut self, text: &str) {
        let event = self.add(json!({ "direction": "INBOUND", "message": text }));
        self.event("chat/s_1", &event);
    }

    /// The operator sends a file, or something becomes of it.
    pub(crate) fn shares(&mut self, attachment: &Value) {
        let event = self.add(json!({ "direction": "INBOUND", "attachment": attachment }));
        self.event("chat/s_1", &event);
    }

    /// Waits until the server is asked for something.
    pub(crate) async fn until_asked(&mut self, method: &str) {
        until(method, || {
            self.serve();
            self.methods.iter().any(|asked| asked == method)
        })
        .await;
    }

    pub(crate) fn step(&mut self, session: &Value) {
        self.session = session.clone();
        self.event("session/s_1", session);
    }

    pub(crate) fn event(&mut self, topic: &str, result: &Value) {
        self.rev += 1;
        let params = json!({ "subscription": topic, "rev": self.rev, "result": result });
        self.tell(&json!({ "jsonrpc": "2.0", "method": "event", "params": params }));
    }

    /// From now on calls are not answered.
    pub(crate) fn fall_silent(&mut self) {
        self.silent = true;
    }

    /// Time passes.
    pub(crate) fn pass(&self, time: Duration) {
        self.house.world.advance(time);
    }

    pub(crate) fn cut(&mut self) {
        self.online = false;
        self.house.world.close(1006, "");
    }

    fn add(&mut self, mut event: Value) -> Value {
        let seq = self.log.len() + 1;
        event["seq"] = seq.into();
        event["id"] = format!("m_{seq}").into();
        event["sessionId"] = "s_1".into();
        event["status"] = "WROTE".into();
        event["createdAt"] = "2026-11-22T10:00:00.000Z".into();
        if event["messageType"].is_null() {
            event["messageType"] = "MESSAGE".into();
        }
        self.log.push(event.clone());
        event
    }

    /// Does what a server does with what has arrived.
    fn serve(&mut self) {
        if !self.online && !self.silent {
            self.online = self.house.world.accept();
        }
        for text in self.house.world.sent() {
            let call: Value = serde_json::from_str(&text).unwrap();
            let method = call["method"].as_str().unwrap_or_default().to_owned();
            self.methods.push(method.clone());
            self.calls.push(call.clone());
            let id = call["id"].clone();
            if !self.silent && !id.is_null() {
                let own = self.answers.get(&*method).cloned();
                let result = own.unwrap_or_else(|| self.answer(&method, &call["params"]));
                let name = if result["code"].is_i64() { "error" } else { "result" };
                self.tell(&json!({ "jsonrpc": "2.0", "id": id, name: result }));
            }
        }
    }

    fn answer(&mut self, method: &str, params: &Value) -> Value {
        match method {
            "hello" => json!({
                "visitor": "v_1", "resume": "rt_1", "resumeTtl": 1_800_000, "resumed": true,
                "epoch": "e_1", "heartbeat": 5000, "channels": { "CHAT": true },
                "sessions": if self.session.is_null() { json!([]) } else {
                    json!([{ "id": "s_1", "channel": "CHAT", "service": "service0001" }])
                },
            }),
            "subscribe" => self.subscribed(params["topic"].as_str().unwrap()),
            "forms" => self.form.clone(),
            "callback.slots" => json!(
                ["2030-03-10T08:00:00Z", "2030-03-10T08:30:00Z", "2030-03-11T09:00:00Z"]
                    .map(|from| json!({ "from": from, "to": from }))
            ),
            "mail.request" => json!({ "id": "t_8" }),
            "callback.request" => json!({ "id": "cb_3", "phone": "+390422000000" }),
            "chat.create" => {
                self.session = session("QUEUE");
                self.add(json!({ "direction": "OUTBOUND", "messageType": "OPEN_SESSION" }));
                self.session.clone()
            }
            "chat.send" => {
                let (key, message) = (params["key"].clone(), params["message"].clone());
                let event = json!({ "direction": "OUTBOUND", "key": key, "message": message });
                let event = self.add(event);
                json!({ "id": event["id"], "seq": event["seq"], "createdAt": event["createdAt"] })
            }
            "chat.close" => {
                let last = json!({ "direction": "OUTBOUND", "messageType": "CLOSED_SESSION" });
                let last = self.add(last);
                self.event("chat/s_1", &last);
                self.session["sessionState"] = "CLOSED".into();
                let closed = self.session.clone();
                self.event("session/s_1", &closed);
                json!(true)
            }
            "call.create" | "call.accept" | "call.test" | "call.ice" => {
                json!({ "id": "k_1", "iceServers": [], "iceTtl": 600_000 })
            }
            "call.close" | "call.decline" => {
                self.call.1 = Value::Null;
                json!(true)
            }
            _ => json!(true),
        }
    }

    fn subscribed(&self, topic: &str) -> Value {
        let closed = |channel: &str| self.closed && channel == "CHAT";
        let result = match topic.split('/').collect::<Vec<_>>()[..] {
            ["service", code, channel] => json!({
                "channelId": channel, "service": code, "channelConfiguration": "ENABLED",
                "serviceConfiguration": "ENABLED",
                "status": match code {
                    "service0002" => "OUT_OF_SERVICE",
                    _ if closed(channel) => "OVERTIME",
                    _ => "ACTIVE",
                },
            }),
            ["session", _] => self.session.clone(),
            ["call", channel] if channel == self.call.0 => self.call.1.clone(),
            ["call", _] => Value::Null,
            ["signal", _] => {
                return json!({
                    "subscription": topic, "epoch": "e_1", "recovered": true, "more": false,
                    "result": [],
                });
            }
            ["receipts", _] => json!({ "received": 0, "read": 0 }),
            ["chat", _] => {
                return json!({
                    "subscription": topic, "epoch": "e_1", "recovered": true, "more": false,
                    "result": self.log,
                });
            }
            _ => json!({ "CHAT": true }),
        };
        json!({ "subscription": topic, "rev": 1, "result": result })
    }

    fn tell(&self, frame: &Value) {
        self.house.world.receive(&frame.to_string());
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        drop(self.mounted.take());
        self.owner.cleanup();
        if let Some(place) = self.look.0.parent_node() {
            let _ = place.remove_child(&self.look.0);
        }
    }
}

/// A chat session as the server tells it: second in the queue, or with Anna.
pub(crate) fn session(step: &str) -> Value {
    let mut session = json!({
        "id": "s_1", "service": "service0001", "sessionState": "ACTIVE",
        "step": { "step": 1, "type": step, "queuePosition": 2 },
    });
    if step != "QUEUE" {
        session["agent"] = json!({ "name": "Anna" });
    }
    session
}

/// A call as the server tells it, with Anna.
fn call(state: &str, step: &str) -> Value {
    json!({
        "id": "k_1", "service": "service0001", "sessionState": "ACTIVE", "state": state,
        "step": { "step": 1, "type": step, "queuePosition": 2 }, "agent": { "name": "Anna" },
        "start": "2026-11-22T10:00:00Z", "time": "2026-11-22T10:00:00Z",
    })
}

/// Chat, video and audio.
fn calls() -> tvox_widget::core::config::WidgetConfBuilder {
    let channels = [ChannelType::Chat, ChannelType::Video, ChannelType::PhoneCall];
    let conf = WidgetConf::builder("http://localhost");
    channels
        .into_iter()
        .fold(conf, |conf, channel| conf.service(channel, "service0001", "Assistenza"))
}

/// A message of the operator, as it stands in the log.
pub(crate) fn logged(seq: u64, text: &str) -> Value {
    json!({
        "seq": seq, "id": format!("m_{seq}"), "sessionId": "s_1", "messageType": "MESSAGE",
        "status": "WROTE", "direction": "INBOUND", "message": text,
        "createdAt": "2026-11-22T10:00:00.000Z",
    })
}

impl Room {
    /// After a conversation: the way to the queue is open again.
    pub(crate) async fn queue_again(&mut self) {
        self.log.clear();
        self.look.click("channel-row");
        self.until("the queue again", |look| look.has("queue")).await;
    }
}
