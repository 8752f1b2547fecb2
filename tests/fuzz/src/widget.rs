//! The widget's side: the codec, the connection, and a whole page in a conversation.

use std::time::Duration;

use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use serde_json::{Value, json};
use tvox_widget::core::config::RetryOptions;
use tvox_widget::core::connection::{CallId, Effect, Input, LinkId, Machine, Moment, Settings};
use tvox_widget::core::model::{ChannelType, OpenSession};
use tvox_widget::core::observe::Subscription;
use tvox_widget::core::rpc::{Codec, Incoming, Reply, Request, Topic};
use tvox_widget::core::session::chat::{Change, ChatSession};
use tvox_widget::core::{Phase, Timestamp, Widget, WidgetConf};
use tvox_widget::platform::memory::Memory;

/// So many calls have been made, so many answers may come.
const ASKED: u64 = 20;

/// Every kind of topic.
fn topics() -> [Topic; 6] {
    let session = || "s_1".into();
    [
        Topic::Channels,
        Topic::Service("service0001".to_owned(), ChannelType::Chat),
        Topic::Chat(session()),
        Topic::Receipts(session()),
        Topic::Session(session()),
        Topic::Call(ChannelType::Video),
    ]
}

/// Reads a frame as everything that it could be; whether it was one.
pub fn read(codec: &Codec, text: &str) -> bool {
    let decoded = codec.decode(text);
    let is_message = decoded.is_ok();
    match decoded {
        Ok(Incoming::Reply { outcome: Ok(reply), .. }) => read_reply(&reply),
        Ok(Incoming::Push { push, .. }) => {
            for topic in topics() {
                let _ = push.clone().event(&topic);
            }
        }
        Ok(Incoming::Reply { outcome: Err(_), .. } | Incoming::Ignored) | Err(_) => {}
    }
    is_message
}

fn read_reply(reply: &Reply) {
    let _ = (reply.done(), reply.version(), reply.hello(), reply.session(), reply.sent());
    let _ = (reply.subscription(), reply.call_id(), reply.request_id(), reply.callback());
    let _ = (reply.slots(), reply.form(), reply.upload_ticket(), reply.file_address());
    for topic in topics() {
        let _ = reply.clone().subscribed(&topic);
    }
}

/// A codec that waits for answers.
#[must_use]
pub fn waiting_codec() -> Codec {
    let mut codec = Codec::default();
    for _ in 0..ASKED {
        let _ = codec.encode(&Request::ping());
    }
    codec
}

/// A connection that is told nonsense.
pub struct Connection {
    machine: Machine,
    link: LinkId,
    now: Timestamp,
    calls: u64,
}

impl Connection {
    /// Connected, with every kind of topic followed and a few calls made.
    ///
    /// # Errors
    /// The machine does not connect.
    pub fn open() -> Result<Self, String> {
        let heartbeat = Duration::from_secs(5);
        let settings = Settings {
            retry: RetryOptions::default(),
            heartbeat,
            hello: Request::hello(None, heartbeat, None),
            token: None,
        };
        let mut machine = Machine::new(settings);
        let moment = Moment { now: Timestamp::ZERO, random: [7; 16] };
        let effects = machine.handle(Input::Connect, moment);
        let link = effects.iter().find_map(|effect| match effect {
            Effect::Dial(link) => Some(*link),
            Effect::Send(..) | Effect::Close(..) | Effect::Report(_) => None,
        });
        let link = link.ok_or("does not dial")?;
        let mut connection = Self { machine, link, now: Timestamp::ZERO, calls: 0 };
        let _ = connection.put(Input::Opened(link));
        for topic in topics() {
            let _ = connection.put(Input::Watch(topic, None));
        }
        connection.call();
        let hello = json!({ "id": 1, "result": hello() }).to_string();
        let _ = connection.put(Input::Frame(link, hello));
        if !connection.machine.is_online() {
            return Err("is not online".to_owned());
        }
        Ok(connection)
    }

    fn call(&mut self) {
        for _ in 0..3 {
            self.calls += 1;
            let request = Request::visit(None, Some("/"), None);
            let id = CallId(self.calls);
            let timeout = Some(Duration::from_secs(1));
            let _ = self.put(Input::Call { id, request, timeout, patient: true });
        }
    }

    fn put(&mut self, input: Input) -> Vec<Effect> {
        let moment = Moment { now: self.now, random: [7; 16] };
        self.machine.handle(input, moment)
    }

    /// Tells it a frame.
    ///
    /// # Errors
    /// A frame has dialled, or ended the connection without closing it.
    pub fn hear(&mut self, text: &str) -> Result<(), String> {
        let effects = self.put(Input::Frame(self.link, text.to_owned()));
        let (mut dialled, mut closed) = (false, false);
        for effect in &effects {
            match effect {
                Effect::Dial(_) => dialled = true,
                Effect::Close(..) => closed = true,
                Effect::Send(..) | Effect::Report(_) => {}
            }
        }
        match (dialled, closed, self.machine.is_online()) {
            (true, ..) => Err("a frame dialled".to_owned()),
            (false, false, false) => Err("a frame ended the connection".to_owned()),
            (false, true, _) => {
                *self = Self::open()?;
                Ok(())
            }
            (false, false, true) => Ok(()),
        }
    }

    /// Lets calls end and makes new ones; a topic that was refused is wanted again.
    pub fn refresh(&mut self) {
        self.now = self.now + Duration::from_secs(2);
        for effect in self.put(Input::Tick) {
            // Its pings are answered: it is frames that are to end it, or nothing.
            if let Effect::Send(link, text) = effect
                && let Ok(frame) = serde_json::from_str::<Value>(&text)
                && frame["method"] == "ping"
            {
                let pong = json!({ "id": frame["id"], "result": {} }).to_string();
                let _ = self.put(Input::Frame(link, pong));
            }
        }
        self.call();
        for topic in topics() {
            let _ = self.put(Input::Watch(topic, None));
        }
    }
}

/// A page whose server talks nonsense.
pub struct Page {
    pool: LocalPool,
    world: Memory,
    widget: Widget,
    _chat: ChatSession,
    changes: Subscription<Change>,
    subscriptions: u64,
}

impl Page {
    /// Connected, with a conversation that is read.
    ///
    /// # Errors
    /// The page does not come up.
    pub fn open() -> Result<Self, String> {
        let conf = WidgetConf::builder("http://localhost")
            .service(ChannelType::Chat, "service0001", "Support")
            .build()
            .map_err(|error| error.to_string())?;
        let world = Memory::new();
        let (widget, driver) = Widget::new(conf, world.clone());
        let pool = LocalPool::new();
        pool.spawner().spawn_local(driver.run()).map_err(|error| error.to_string())?;
        let session = OpenSession {
            id: "s_1".into(),
            channel: ChannelType::Chat,
            service: "service0001".to_owned(),
        };
        let chat = widget.attach_chat(&session);
        let changes = chat.conversation();
        let mut page = Self { pool, world, widget, _chat: chat, changes, subscriptions: 0 };
        page.settle();
        if !page.world.accept() {
            return Err("does not dial".to_owned());
        }
        page.settle();
        page.world.receive(&json!({ "id": 1, "result": hello() }).to_string());
        page.settle();
        page.is_connected().then_some(page).ok_or_else(|| "is not connected".to_owned())
    }

    fn is_connected(&self) -> bool {
        let state = self.widget.client().connection_state().try_next();
        state.is_some_and(|state| state.phase == Phase::Connected)
    }

    /// Runs until it waits; what it follows is granted.
    fn settle(&mut self) {
        loop {
            self.pool.run_until_stalled();
            let asked = self.world.sent();
            if asked.is_empty() {
                break;
            }
            for text in asked {
                let frame: Value = serde_json::from_str(&text).unwrap_or_default();
                if frame["method"] == "subscribe" {
                    self.grant(&frame);
                }
            }
        }
        while self.changes.try_next().is_some() {}
    }

    fn grant(&mut self, frame: &Value) {
        self.subscriptions += 1;
        let id = format!("w{}", self.subscriptions % 8);
        let topic = frame["params"]["topic"].as_str().unwrap_or_default();
        let result = match topic.split('/').next() {
            Some("chat") => json!({
                "subscription": id, "epoch": "e_1", "recovered": true, "more": false, "result": [],
            }),
            Some("session") => json!({
                "subscription": id, "rev": 1,
                "result": { "id": "s_1", "sessionState": "ACTIVE",
                    "step": { "step": 1, "type": "CONNECTED" } },
            }),
            _other => json!({ "subscription": id, "rev": 1, "result": null }),
        };
        self.world.receive(&json!({ "id": frame["id"], "result": result }).to_string());
    }

    /// Tells it a frame.
    ///
    /// # Errors
    /// The frame has ended the connection.
    pub fn hear(&mut self, text: &str) -> Result<(), String> {
        self.world.receive(text);
        self.settle();
        if self.is_connected() { Ok(()) } else { Err("a frame ended a page's connection".into()) }
    }
}

fn hello() -> Value {
    json!({
        "visitor": "v_1", "resume": "rt_1", "resumeTtl": 1_800_000, "resumed": false,
        "epoch": "e_1", "heartbeat": 5000, "channels": { "CHAT": true }, "sessions": [],
        "limits": { "frame": 65536, "message": 4000 },
    })
}
