//! A widget in a scripted world: what it sends is read as JSON, what it is told is written as JSON.

#[cfg(feature = "native")]
pub(crate) mod operator;
pub(crate) mod rtc;
#[cfg(feature = "native")]
pub(crate) mod served;

use std::time::Duration;

use futures::executor::LocalPool;
use futures::future::RemoteHandle;
use futures::task::LocalSpawnExt;
use serde_json::{Value, json};
use tvox_widget::core::config::{RetryOptions, WidgetConfBuilder};
use tvox_widget::core::model::{ChannelType, OpenSession};
use tvox_widget::core::{ChatSession, ConnectionState, Driver, Widget, WidgetConf};
use tvox_widget::platform::memory::Memory;

/// A widget, the world around it, and the executor that runs it until it waits.
pub(crate) struct Stage {
    pub(crate) widget: Widget,
    pub(crate) world: Memory,
    pool: LocalPool,
    unread: Vec<Value>,
}

impl Stage {
    /// A widget that has dialled and waits for an answer.
    pub(crate) fn dialled() -> Self {
        Self::with(Memory::new(), RetryOptions::default())
    }

    /// The same in a world of one's own, such as one that remembers an earlier page.
    pub(crate) fn with(world: Memory, retry: RetryOptions) -> Self {
        Self::configured(world, &Self::conf().retry(retry).build().unwrap())
    }

    /// The usual configuration, to be added to.
    pub(crate) fn conf() -> WidgetConfBuilder {
        WidgetConf::builder("http://localhost").service(
            ChannelType::Chat,
            "service0001",
            "Assistenza",
        )
    }

    pub(crate) fn configured(world: Memory, conf: &WidgetConf) -> Self {
        Self::driven(world, |world| Widget::new(conf.clone(), world))
    }

    /// A widget that is made, and perhaps listened to, before it is driven.
    pub(crate) fn driven(
        world: Memory,
        make: impl FnOnce(Memory) -> (Widget, Driver<Memory>),
    ) -> Self {
        let (widget, driver) = make(world.clone());
        let pool = LocalPool::new();
        pool.spawner().spawn_local(driver.run()).unwrap();
        let mut stage = Self { widget, world, pool, unread: Vec::new() };
        stage.settle();
        stage
    }

    /// A widget that the server has greeted.
    pub(crate) fn online() -> Self {
        let mut stage = Self::dialled();
        stage.greet(false);
        stage
    }

    /// A chat with an operator on the other side, its log watched.
    pub(crate) fn connected() -> (Self, ChatSession) {
        let mut stage = Self::online();
        let chat = stage.chat();
        (stage, chat)
    }

    /// A chat with an operator on the other side.
    pub(crate) fn chat(&mut self) -> ChatSession {
        let chat = self.widget.new_chat_session("service0001", Vec::new(), None, None);
        let created = chat.create();
        self.settle();
        self.answer("chat.create", &session("QUEUE"));
        self.pool.run_until(created).unwrap();
        self.subscribed("session/s_1", &session("CONNECTED"));
        chat
    }

    /// Takes the same chat up after a reload.
    pub(crate) fn attached(&mut self) -> ChatSession {
        let open = OpenSession {
            id: "s_1".into(),
            channel: ChannelType::Chat,
            service: "service0001".to_owned(),
        };
        let chat = self.widget.attach_chat(&open);
        self.settle();
        chat
    }

    /// Opens the socket and answers `hello`.
    pub(crate) fn greet(&mut self, resumed: bool) {
        self.greet_with(&json!({ "resumed": resumed }));
    }

    /// The same with other members.
    pub(crate) fn greet_with(&mut self, more: &Value) {
        assert!(self.world.accept(), "the widget has not dialled");
        self.settle();
        let mut reply = json!({
            "visitor": "v_1", "resume": "rt_1", "resumeTtl": 1_800_000, "resumed": false,
            "epoch": "e_1", "heartbeat": 5000, "channels": { "CHAT": true }, "sessions": [],
        });
        for (name, value) in more.as_object().unwrap() {
            reply[name] = value.clone();
        }
        self.answer("hello", &reply);
    }

    /// Lets everything run until nothing can go on by itself.
    pub(crate) fn settle(&mut self) {
        self.pool.run_until_stalled();
        for text in self.world.sent() {
            self.unread.push(serde_json::from_str(&text).unwrap());
        }
    }

    pub(crate) fn run<T>(&mut self, future: impl Future<Output = T>) -> T {
        self.pool.run_until(future)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.world.advance(by);
        self.settle();
    }

    /// Lets time pass in steps, with every ping answered: the link stays alive.
    pub(crate) fn live_through(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.advance(Duration::from_secs(1));
            if let Some(ping) = self.take("ping") {
                self.respond(&ping, &json!({ "time": "2026-11-22T10:00:00Z" }));
            }
        }
    }

    /// The methods sent and not taken yet, in order.
    pub(crate) fn methods(&self) -> Vec<&str> {
        self.unread.iter().filter_map(|frame| frame["method"].as_str()).collect()
    }

    /// Forgets what was sent.
    pub(crate) fn clear(&mut self) {
        self.settle();
        self.unread.clear();
    }

    /// Takes the first unread frame of a method.
    pub(crate) fn take(&mut self, method: &str) -> Option<Value> {
        let at = self.unread.iter().position(|frame| frame["method"] == method)?;
        Some(self.unread.remove(at))
    }

    pub(crate) fn expect(&mut self, method: &str) -> Value {
        let sent: Vec<String> = self.methods().into_iter().map(str::to_owned).collect();
        self.take(method).unwrap_or_else(|| panic!("{method} was not sent, but {sent:?}"))
    }

    /// Looks at the next frame of a method and forgets the rest.
    pub(crate) fn clear_until(&mut self, method: &str, look: impl FnOnce(&Value)) {
        self.settle();
        look(&self.expect(method));
        self.unread.clear();
    }

    /// Runs a future beside everything else; dropping what is given back ends it.
    pub(crate) fn spawn<T: 'static>(
        &mut self,
        future: impl Future<Output = T> + 'static,
    ) -> RemoteHandle<T> {
        let running = self.pool.spawner().spawn_local_with_handle(future).unwrap();
        self.settle();
        running
    }

    /// Lets a future go on; what it has come to, if it has.
    pub(crate) fn polled<T>(
        &mut self,
        future: &mut (impl Future<Output = T> + Unpin),
    ) -> Option<T> {
        let waker = futures::task::noop_waker();
        let mut context = std::task::Context::from_waker(&waker);
        let polled = std::pin::Pin::new(future).poll(&mut context);
        self.settle();
        match polled {
            std::task::Poll::Ready(value) => Some(value),
            std::task::Poll::Pending => None,
        }
    }

    /// Lets a future begin.
    pub(crate) fn poll<T>(&mut self, future: &mut (impl Future<Output = T> + Unpin)) {
        assert!(self.polled(future).is_none(), "it was answered at once");
    }

    /// Takes the subscription to a topic.
    pub(crate) fn expect_subscribe(&mut self, topic: &str) -> Value {
        let wanted =
            |frame: &Value| frame["method"] == "subscribe" && frame["params"]["topic"] == topic;
        let at = self.unread.iter().position(wanted).unwrap_or_else(|| panic!("no {topic}"));
        self.unread.remove(at)
    }

    /// Answers the first unread call of a method.
    pub(crate) fn answer(&mut self, method: &str, result: &Value) -> Value {
        let call = self.expect(method);
        self.respond(&call, result);
        call
    }

    pub(crate) fn respond(&mut self, call: &Value, result: &Value) {
        self.say(&json!({ "jsonrpc": "2.0", "id": call["id"], "result": result }));
    }

    pub(crate) fn refuse(&mut self, call: &Value, code: i32, data: &Value) {
        let error = json!({ "code": code, "message": "no", "data": data });
        self.say(&json!({ "jsonrpc": "2.0", "id": call["id"], "error": error }));
    }

    /// Answers the subscription to a state topic; its subscription is named after it.
    pub(crate) fn subscribed(&mut self, topic: &str, value: &Value) {
        let call = self.expect_subscribe(topic);
        self.respond(&call, &json!({ "subscription": topic, "rev": 1, "result": value }));
    }

    /// Answers the subscription to a log topic; answers what was asked.
    pub(crate) fn subscribed_log(&mut self, topic: &str, events: &[Value]) -> Value {
        let call = self.expect_subscribe(topic);
        let page = json!({
            "subscription": topic, "epoch": "e_1", "recovered": true, "more": false,
            "result": events,
        });
        self.respond(&call, &page);
        call
    }

    pub(crate) fn event(&mut self, topic: &str, result: &Value) {
        let params = json!({ "subscription": topic, "rev": 2, "result": result });
        self.say(&json!({ "jsonrpc": "2.0", "method": "event", "params": params }));
    }

    pub(crate) fn say(&mut self, frame: &Value) {
        self.world.receive(&frame.to_string());
        self.settle();
    }

    pub(crate) fn state(&self) -> ConnectionState {
        self.widget.client().connection_state().try_next().unwrap()
    }

    pub(crate) fn cut(&mut self) {
        self.world.close(1006, "");
        self.settle();
    }
}

/// A chat session as the server tells it.
pub(crate) fn session(step: &str) -> Value {
    json!({
        "id": "s_1", "service": "service0001", "sessionState": "ACTIVE",
        "step": { "step": 1, "type": step },
    })
}

/// An operator's message in the log.
pub(crate) fn inbound(seq: u64, text: &str) -> Value {
    json!({
        "seq": seq, "id": format!("m_{seq}"), "sessionId": "s_1", "messageType": "MESSAGE",
        "status": "WROTE", "direction": "INBOUND", "message": text,
        "createdAt": "2026-11-22T10:00:00.000Z",
    })
}

/// A visitor's message in the log.
pub(crate) fn outbound(seq: u64, key: &str, text: &str) -> Value {
    let mut event = inbound(seq, text);
    event["direction"] = "OUTBOUND".into();
    event["key"] = key.into();
    event
}
