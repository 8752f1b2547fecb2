//! A whole page in a conversation – driver, connection, chat – under a visitor who does anything and
//! a server that does nearly anything.
#![allow(missing_docs)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;
use proptest::prelude::*;
use serde_json::{Value, json};
use tvox_widget::core::model::{ChannelType, MessageId, OpenSession};
use tvox_widget::core::observe::Subscription;
use tvox_widget::core::ports::Wakeup;
use tvox_widget::core::session::chat::{Change, ChatSession, Conversation, Delivery, Entry};
use tvox_widget::core::{Widget, WidgetConf};
use tvox_widget::platform::memory::Memory;

/// So many messages may wait.
const OUTBOX: usize = 100;

#[derive(Clone, Debug)]
enum Event {
    /// Milliseconds.
    Wait(u64),
    /// The visitor writes so many messages.
    Say(u8),
    Key,
    Leave,
    /// The visitor has read, or received, up to the message of this number.
    Read(u64),
    Receive(u64),
    Retry,
    /// The server takes the message under way; before or after the log tells of it.
    Take(bool),
    /// It refuses it: for so long, or for good.
    Refuse(Option<u16>),
    NoOperator,
    /// The operator writes.
    Hear,
    /// The last event comes again, or one that leaves something out.
    Again,
    Gap,
    Operator(bool),
    Cut,
    Close(u16),
    Accept,
    Fail,
    Nonsense(String),
    Wake(bool),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        6 => (0_u64..6_000).prop_map(Event::Wait),
        6 => (1_u8..4).prop_map(Event::Say),
        1 => (20_u8..60).prop_map(Event::Say),
        4 => Just(Event::Key),
        1 => Just(Event::Leave),
        3 => (0_u64..30).prop_map(Event::Read),
        3 => (0_u64..30).prop_map(Event::Receive),
        1 => Just(Event::Retry),
        6 => any::<bool>().prop_map(Event::Take),
        2 => proptest::option::of(0_u16..3_000).prop_map(Event::Refuse),
        1 => Just(Event::NoOperator),
        4 => Just(Event::Hear),
        1 => Just(Event::Again),
        1 => Just(Event::Gap),
        2 => any::<bool>().prop_map(Event::Operator),
        1 => Just(Event::Cut),
        1 => (4_100_u16..4_300).prop_map(Event::Close),
        5 => Just(Event::Accept),
        1 => Just(Event::Fail),
        1 => any::<String>().prop_map(Event::Nonsense),
        1 => any::<bool>().prop_map(Event::Wake),
    ];
    proptest::collection::vec(event, 1..120)
}

struct Rig {
    pool: LocalPool,
    world: Memory,
    widget: Widget,
    chat: ChatSession,
    changes: Subscription<Change>,
    list: Conversation,
    now: u64,
    is_open: bool,
    /// How many connections the page itself has closed.
    closed: usize,
    /// The server's log: the keys of the visitor's messages, nothing for the operator's.
    log: Vec<Option<(String, String)>>,
    /// On this connection: is the log followed, what is under way.
    followed: bool,
    under_way: Option<Value>,
    said: u64,
    composing: Option<u64>,
    read: u64,
    received: u64,
    /// Which text a key stands for: for ever the same.
    keys: BTreeMap<String, String>,
    /// The last text that was sent for the first time, and those that the visitor sends once more.
    newest: Option<u64>,
    retried: BTreeSet<u64>,
}

impl Rig {
    fn new() -> Result<Self, TestCaseError> {
        let conf = WidgetConf::builder("http://localhost")
            .service(ChannelType::Chat, "service0001", "Support")
            .build()
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let world = Memory::new();
        let (widget, driver) = Widget::new(conf, world.clone());
        let pool = LocalPool::new();
        pool.spawner()
            .spawn_local(driver.run())
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let session = OpenSession {
            id: "s_1".into(),
            channel: ChannelType::Chat,
            service: "service0001".to_owned(),
        };
        let chat = widget.attach_chat(&session);
        let changes = chat.conversation();
        let mut rig = Self {
            pool,
            world,
            widget,
            chat,
            changes,
            list: Conversation::default(),
            now: 0,
            is_open: false,
            closed: 0,
            log: Vec::new(),
            followed: false,
            under_way: None,
            said: 0,
            composing: None,
            read: 0,
            received: 0,
            keys: BTreeMap::new(),
            newest: None,
            retried: BTreeSet::new(),
        };
        rig.settle()?;
        rig.play(&Event::Accept)?;
        Ok(rig)
    }

    fn play(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match event {
            Event::Wait(wait) => {
                // In steps, so that its pings are answered in time.
                for step in 0..wait.div_ceil(500) {
                    let step = (wait - step * 500).min(500);
                    self.now += step;
                    self.world.advance(Duration::from_millis(step));
                    self.settle()?;
                }
            }
            Event::Say(count) => {
                for _ in 0..*count {
                    if self.chat.send(&self.said.to_string()).is_ok() {
                        self.said += 1;
                    }
                }
            }
            Event::Key => self.chat.composing(),
            Event::Leave => self.chat.idle(),
            Event::Read(nth) => {
                if let Some(id) = self.shown(*nth) {
                    self.chat.mark_read(&id);
                }
            }
            Event::Receive(nth) => {
                if let Some(id) = self.shown(*nth) {
                    self.chat.mark_received(&id);
                }
            }
            Event::Retry => {
                let failed = |it: &&Entry| matches!(it.delivery, Delivery::Failed(_));
                if let Some(entry) = self.list.entries().iter().find(failed) {
                    self.retried.extend(entry.text.as_str().parse::<u64>());
                    self.chat.retry(&entry.key);
                }
            }
            Event::Take(log_first) => self.take(*log_first),
            Event::Refuse(after) => {
                let data = json!({ "reason": "RATE_LIMITED", "retryable": after.is_some(),
                    "retryAfter": after });
                self.refuse(1201, &data);
            }
            Event::NoOperator => {
                self.refuse(1203, &json!({ "reason": "NOT_CONNECTED", "retryable": true }));
            }
            Event::Hear => {
                self.log.push(None);
                self.tell(self.log.len());
            }
            Event::Again => self.tell(self.log.len()),
            Event::Gap => {
                self.log.extend([None, None]);
                self.tell(self.log.len());
            }
            Event::Operator(there) => self.push("session", &session(*there)),
            Event::Cut | Event::Close(_) => {
                let code = if let Event::Close(code) = event { *code } else { 1006 };
                if self.is_open {
                    self.hang_up();
                    self.world.close(code, "");
                }
            }
            Event::Accept => {
                if !self.is_open && self.world.accept() {
                    self.is_open = true;
                }
            }
            Event::Fail => {
                let _ = self.world.refuse();
            }
            Event::Nonsense(text) => self.receive(text),
            Event::Wake(visible) => {
                self.world.wake(if *visible { Wakeup::Visible } else { Wakeup::Hidden });
            }
        }
        self.settle()
    }

    /// Any of the messages that the visitor sees and the server knows.
    fn shown(&self, nth: u64) -> Option<MessageId> {
        let known: Vec<_> = self.list.entries().iter().filter_map(|it| it.id.clone()).collect();
        known.get(usize::try_from(nth).unwrap_or_default() % known.len().max(1)).cloned()
    }

    fn waiting(&self) -> usize {
        let waits = |it: &&Entry| it.delivery == Delivery::Sending;
        self.list.entries().iter().filter(waits).count()
    }

    fn hang_up(&mut self) {
        (self.is_open, self.followed, self.under_way) = (false, false, None);
        self.composing = None;
    }

    fn receive(&self, text: &str) {
        if self.is_open {
            self.world.receive(text);
        }
    }

    fn take(&mut self, log_first: bool) {
        let Some(frame) = self.under_way.take() else { return };
        let text = |name: &str| frame["params"][name].as_str().unwrap_or_default().to_owned();
        let message = (text("key"), text("message"));
        let known = self.log.iter().position(|it| it.as_ref() == Some(&message));
        let seq = known.unwrap_or_else(|| {
            self.log.push(Some(message));
            self.log.len() - 1
        }) + 1;
        if log_first {
            self.tell(seq);
        }
        let sent = json!({ "id": format!("m_{seq}"), "seq": seq });
        self.receive(&json!({ "id": frame["id"], "result": sent }).to_string());
        if !log_first {
            self.tell(seq);
        }
    }

    fn refuse(&mut self, code: i32, data: &Value) {
        if let Some(frame) = self.under_way.take() {
            let error = json!({ "code": code, "message": "not now", "data": data });
            self.receive(&json!({ "id": frame["id"], "error": error }).to_string());
        }
    }

    /// The log tells of the message of this number.
    fn tell(&self, seq: usize) {
        if self.followed && seq > 0 {
            self.push("chat", &self.event(seq));
        }
    }

    fn event(&self, seq: usize) -> Value {
        let mut event = json!({ "seq": seq, "id": format!("m_{seq}"), "sessionId": "s_1",
            "messageType": "MESSAGE", "status": "WROTE", "direction": "INBOUND", "message": "o" });
        if let Some(Some((key, text))) = self.log.get(seq - 1) {
            (event["direction"], event["key"]) = ("OUTBOUND".into(), key.as_str().into());
            event["message"] = text.as_str().into();
        }
        event
    }

    fn push(&self, subscription: &str, result: &Value) {
        let params = json!({ "subscription": subscription, "rev": self.now, "result": result });
        self.receive(&json!({ "method": "event", "params": params }).to_string());
    }

    /// Runs until the page waits, answers what a server answers by itself, and looks at all it says.
    fn settle(&mut self) -> Result<(), TestCaseError> {
        loop {
            self.pool.run_until_stalled();
            let said = self.world.sent();
            if said.is_empty() {
                break;
            }
            for text in said {
                let frame: Value = serde_json::from_str(&text)
                    .map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
                self.look_at(&frame)?;
            }
        }
        if self.world.closes().len() > self.closed {
            self.closed = self.world.closes().len();
            self.hang_up();
        }
        while let Some(change) = self.changes.try_next() {
            self.list.apply(change);
        }
        self.look_at_list()
    }

    fn look_at(&mut self, frame: &Value) -> Result<(), TestCaseError> {
        let (id, params) = (&frame["id"], &frame["params"]);
        let answer = match frame["method"].as_str().unwrap_or_default() {
            "hello" => json!({ "visitor": "v_1", "resume": "rt_1", "resumeTtl": 1_800_000,
                "resumed": true, "epoch": "e_1", "heartbeat": 5000, "channels": {},
                "sessions": [] }),
            "subscribe" => self.follow(params),
            "chat.send" => {
                prop_assert!(self.under_way.is_none(), "two messages are under way");
                self.look_at_message(params)?;
                self.under_way = Some(frame.clone());
                self.composing = None;
                return Ok(());
            }
            "chat.typing" => {
                if params["status"] == "COMPOSING" {
                    let before = self.composing.replace(self.now);
                    let apart = before.is_none_or(|before| self.now - before >= 4_000);
                    prop_assert!(apart, "typing is said twice within 4 s");
                } else {
                    self.composing = None;
                }
                return Ok(());
            }
            method @ ("chat.read" | "chat.received") => {
                let message = params["message"].as_str().unwrap_or_default();
                let seq = message.trim_start_matches("m_").parse::<u64>().unwrap_or_default();
                let mark = if method == "chat.read" { &mut self.read } else { &mut self.received };
                prop_assert!(seq >= *mark, "{} falls from {} to {}", method, mark, seq);
                *mark = seq;
                return Ok(());
            }
            _other => json!(true),
        };
        if id.is_u64() {
            self.receive(&json!({ "id": id, "result": answer }).to_string());
        }
        Ok(())
    }

    /// A key is for ever one message's, and messages go in the order in which they were written.
    fn look_at_message(&mut self, params: &Value) -> Result<(), TestCaseError> {
        let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
        let (key, message) = (text("key"), text("message"));
        let before = self.keys.insert(key, message.clone());
        prop_assert!(before.is_none_or(|before| before == message), "one key for two messages");
        let number: u64 = message.parse().unwrap_or_default();
        if !self.retried.contains(&number) {
            prop_assert!(self.newest.is_none_or(|newest| number >= newest), "overtaken");
            self.newest = Some(number);
        }
        Ok(())
    }

    fn follow(&mut self, params: &Value) -> Value {
        let topic = params["topic"].as_str().unwrap_or_default();
        match topic.split('/').next() {
            Some("chat") => {
                self.followed = true;
                let since = params["since"]["seq"].as_u64().unwrap_or_default();
                let from = usize::try_from(since).unwrap_or_default() + 1;
                let events: Vec<Value> =
                    (from..=self.log.len()).map(|seq| self.event(seq)).collect();
                json!({ "subscription": "chat", "epoch": "e_1", "recovered": true, "more": false,
                    "result": events })
            }
            Some("session") => json!({ "subscription": "session", "result": session(true) }),
            Some(other) => json!({ "subscription": other, "rev": 1, "result": {} }),
            None => Value::Null,
        }
    }

    fn look_at_list(&self) -> Result<(), TestCaseError> {
        let entries = self.list.entries();
        prop_assert!(self.waiting() <= OUTBOX, "{} messages wait", self.waiting());
        let seqs: Vec<u64> = entries.iter().filter_map(|entry| entry.seq).collect();
        prop_assert!(seqs.is_sorted_by(|a, b| a < b), "out of order, or twice: {:?}", seqs);
        let keys: BTreeSet<String> = entries.iter().map(|it| format!("{:?}", it.key)).collect();
        prop_assert_eq!(keys.len(), entries.len(), "a message stands twice");
        Ok(())
    }

    fn look_at_dials(&self) -> Result<(), TestCaseError> {
        for pair in self.world.dials().windows(2) {
            let apart = pair[1].since(pair[0]);
            prop_assert!(apart >= Duration::from_secs(1), "two attempts within {:?}", apart);
        }
        Ok(())
    }

    /// Once everything goes well again, all that was not refused arrives.
    fn recover(&mut self) -> Result<(), TestCaseError> {
        self.world.wake(Wakeup::Visible);
        for _ in 0..400 {
            if self.followed && self.waiting() == 0 {
                break;
            }
            self.play(&Event::Accept)?;
            self.play(&Event::Operator(true))?;
            self.play(&Event::Take(true))?;
            self.play(&Event::Wait(500))?;
        }
        let entries = self.list.entries();
        prop_assert_eq!(self.waiting(), 0, "these wait for ever");
        let seen = entries.iter().filter(|entry| entry.seq.is_some()).count();
        prop_assert_eq!(seen, self.log.len(), "the list is not the log");
        let failed = entries.len() - seen;
        let kept = self.log.iter().flatten().count();
        prop_assert_eq!(kept + failed, usize::try_from(self.said).unwrap_or_default(), "lost");
        self.widget.disconnect();
        self.settle()
    }
}

fn session(is_connected: bool) -> Value {
    let step = if is_connected { "CONNECTED" } else { "QUEUE" };
    json!({ "id": "s_1", "service": "service0001", "sessionState": "ACTIVE",
        "step": { "step": 1, "type": step } })
}

proptest! {
    #![proptest_config(support::config(150))]

    #[test]
    fn a_page_keeps_its_promises_whatever_happens(events in events()) {
        let mut rig = Rig::new()?;
        for event in &events {
            rig.play(event)?;
        }
        rig.recover()?;
        rig.look_at_dials()?;
    }
}
