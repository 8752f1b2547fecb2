//! The connection's machine under events in any order.
#![allow(missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tvox_widget::core::config::RetryOptions;
use tvox_widget::core::connection::{
    CallId, Effect, Input, LinkId, Machine, Moment, Report, Settings,
};
use tvox_widget::core::model::ChannelType;
use tvox_widget::core::ports::{Closed, Wakeup};
use tvox_widget::core::rpc::{Request, Topic};
use tvox_widget::core::{Phase, Timestamp};

/// Between two pings.
const BEAT: u64 = 5_000;
/// The documented pause between attempts, and what a timer may be late.
const RETRY: u64 = 10_500;
/// No two attempts are closer.
const APART: u64 = 1_000;

/// Something that happens, in milliseconds where time passes.
#[derive(Clone, Debug)]
enum Event {
    /// Time passes, and every timer comes in time.
    Wait(u64),
    /// Time passes while the page sleeps: one timer comes, late.
    Sleep(u64),
    Open,
    Greet,
    RefuseHello(Option<u64>),
    Pong,
    /// Answers any number with anything.
    Answer(u64, u8),
    Push(u8),
    Frame(String),
    Close(u16, String),
    /// An old socket speaks, or says that it is closed.
    Stale(bool),
    Wake(Wakeup),
    Connect,
    Disconnect(bool),
    Call(Option<u64>, bool),
    Watch(u8),
    Unwatch(u8),
    Notify,
    Pledge,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let wakeup = prop_oneof![
        1 => Just(Wakeup::Offline),
        3 => Just(Wakeup::Online),
        1 => Just(Wakeup::Hidden),
        2 => Just(Wakeup::Visible),
        1 => Just(Wakeup::Resumed),
    ];
    let code = prop_oneof![
        Just(1000),
        Just(1001),
        Just(1006),
        Just(1009),
        Just(1012),
        Just(4001),
        Just(4100),
        Just(4102),
        Just(4200),
        Just(4201),
        1000_u16..5000,
    ];
    let reason = prop_oneof![
        Just(String::new()),
        Just("OVERLOADED;retry=3000".to_owned()),
        Just("DRAIN".to_owned()),
        "[A-Z]{0,8};retry=[0-9]{0,5}",
        any::<String>(),
    ];
    let event = prop_oneof![
        6 => (0_u64..30_000).prop_map(Event::Wait),
        3 => (0_u64..1_500).prop_map(Event::Wait),
        1 => (0_u64..200_000).prop_map(Event::Sleep),
        5 => Just(Event::Open),
        5 => Just(Event::Greet),
        1 => proptest::option::of(0_u64..60_000).prop_map(Event::RefuseHello),
        5 => Just(Event::Pong),
        3 => (0_u64..12, any::<u8>()).prop_map(|(id, what)| Event::Answer(id, what)),
        2 => any::<u8>().prop_map(Event::Push),
        1 => any::<String>().prop_map(Event::Frame),
        3 => (code, reason).prop_map(|(code, reason)| Event::Close(code, reason)),
        1 => any::<bool>().prop_map(Event::Stale),
        3 => wakeup.prop_map(Event::Wake),
        1 => Just(Event::Connect),
        1 => any::<bool>().prop_map(Event::Disconnect),
        2 => (proptest::option::of(0_u64..20_000), any::<bool>())
            .prop_map(|(timeout, patient)| Event::Call(timeout, patient)),
        1 => (0_u8..6).prop_map(Event::Watch),
        1 => (0_u8..6).prop_map(Event::Unwatch),
        1 => Just(Event::Notify),
        1 => Just(Event::Pledge),
    ];
    proptest::collection::vec(event, 1..150)
}

/// A machine, and what it has promised.
struct Rig {
    machine: Machine,
    now: u64,
    links: Vec<LinkId>,
    is_open: bool,
    phase: Phase,
    dialled: Option<u64>,
    /// The visitor has asked for a connection since the last attempt.
    acted: bool,
    offline: bool,
    /// When the last ping was answered, or hello was; forgiven where a timer came late.
    alive: u64,
    ping: Option<Value>,
    /// When the pause ends that was told.
    pause: Option<u64>,
    /// How long the last close asked us to stay away.
    asked: u64,
    calls: BTreeMap<CallId, u32>,
}

impl Rig {
    fn new() -> Self {
        let heartbeat = Duration::from_millis(BEAT);
        let settings = Settings {
            retry: RetryOptions::default(),
            heartbeat,
            hello: Request::hello(None, heartbeat, None),
            token: None,
        };
        Self {
            machine: Machine::new(settings),
            now: 0,
            links: Vec::new(),
            is_open: false,
            phase: Phase::Stopped,
            dialled: None,
            acted: false,
            offline: false,
            alive: 0,
            ping: None,
            pause: None,
            asked: 0,
            calls: BTreeMap::new(),
        }
    }

    fn play(&mut self, event: Event) -> Result<(), TestCaseError> {
        let link = self.links.last().copied();
        match event {
            Event::Wait(wait) => return self.wait(self.now + wait),
            Event::Sleep(wait) => {
                self.now += wait;
                self.alive = self.now;
                self.pause = None;
                return self.put(Input::Tick);
            }
            Event::Wake(wakeup) => {
                match wakeup {
                    Wakeup::Offline => self.offline = true,
                    Wakeup::Online => self.offline = false,
                    Wakeup::Hidden | Wakeup::Visible | Wakeup::Resumed => {}
                }
                return self.put(Input::Wake(wakeup));
            }
            Event::Connect => {
                self.acted = true;
                return self.put(Input::Connect);
            }
            Event::Disconnect(forget) => return self.put(Input::Disconnect { forget }),
            Event::Call(timeout, patient) => {
                let id = CallId(self.calls.len() as u64 + 1);
                self.calls.insert(id, 0);
                let request = Request::session_active(&"s_1".into());
                let timeout = timeout.map(Duration::from_millis);
                return self.put(Input::Call { id, request, timeout, patient });
            }
            Event::Watch(which) => return self.put(Input::Watch(topic(which), None)),
            Event::Unwatch(which) => return self.put(Input::Unwatch(topic(which))),
            Event::Notify => return self.put(Input::Notify(Request::bye(false))),
            Event::Pledge => {
                let request = Request::identify(&ChannelType::Chat, "service0001");
                return self.put(Input::Pledge(request));
            }
            Event::Stale(closes) => {
                if let [.., old, _] = self.links[..] {
                    return self.put(if closes {
                        Input::Closed(old, Closed { code: 4001, reason: "ORIGIN".to_owned() })
                    } else {
                        Input::Frame(old, json!({ "id": 1, "result": hello() }).to_string())
                    });
                }
            }
            Event::Open => {
                if let Some(link) = link
                    && self.phase == Phase::Connecting
                    && !self.is_open
                {
                    self.is_open = true;
                    return self.put(Input::Opened(link));
                }
            }
            Event::Greet => {
                if self.is_open && self.phase == Phase::Connecting {
                    return self.hear(&json!({ "id": 1, "result": hello() }));
                }
            }
            Event::RefuseHello(after) => {
                if self.is_open && self.phase == Phase::Connecting {
                    self.asked = after.unwrap_or_default();
                    return self.hear(&refusal(&json!(1), after));
                }
            }
            Event::Pong => {
                if let Some(id) = self.ping.take() {
                    self.alive = self.now;
                    return self.hear(&json!({ "id": id, "result": {} }));
                }
            }
            Event::Answer(id, what) => {
                // Not what a ping or hello waits for: those are answered by name.
                if id > 1 && self.ping != Some(json!(id)) {
                    return self.hear(&answer(id, what));
                }
            }
            Event::Push(what) => {
                let params = json!({ "subscription": format!("w{}", what % 4), "rev": what,
                    "result": answer(0, what)["result"] });
                return self.hear(&json!({ "method": "event", "params": params }));
            }
            Event::Frame(text) => {
                if let Some(link) = link.filter(|_| self.is_open) {
                    return self.put(Input::Frame(link, text));
                }
            }
            Event::Close(code, reason) => {
                if let Some(link) = link.filter(|_| self.phase != Phase::Waiting) {
                    self.asked = match (code, reason.split_once(";retry=")) {
                        (4100..4200, Some((_, retry))) => {
                            retry.trim().parse().unwrap_or(APART).max(APART)
                        }
                        (4100..4200, None) => APART,
                        _ => 0,
                    };
                    return self.put(Input::Closed(link, Closed { code, reason }));
                }
            }
        }
        Ok(())
    }

    fn hear(&mut self, frame: &Value) -> Result<(), TestCaseError> {
        match self.links.last() {
            Some(link) if self.is_open => self.put(Input::Frame(*link, frame.to_string())),
            Some(_) | None => Ok(()),
        }
    }

    /// Time passes; every timer comes when it is due.
    fn wait(&mut self, until: u64) -> Result<(), TestCaseError> {
        while let Some(due) = self.machine.deadline().map(millis).filter(|due| *due <= until) {
            self.now = self.now.max(due);
            let before = self.phase;
            self.put(Input::Tick)?;
            let next = self.machine.deadline().map(millis);
            // A pause of no length is one more tick, not one without end.
            let goes_on = next.is_none_or(|next| next > self.now) || self.phase != before;
            prop_assert!(goes_on, "a tick that changes nothing");
        }
        self.now = until;
        Ok(())
    }

    fn put(&mut self, input: Input) -> Result<(), TestCaseError> {
        let random = self.now.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
        let mut chance = [0; 16];
        chance[..8].copy_from_slice(&random);
        chance.rotate_left(3);
        let moment = Moment { now: Timestamp::from_millis(self.now), random: chance };
        let paused = self.pause.filter(|_| matches!(input, Input::Tick));
        for effect in self.machine.handle(input, moment) {
            self.follow(effect)?;
        }
        self.hold(paused)
    }

    fn follow(&mut self, effect: Effect) -> Result<(), TestCaseError> {
        match effect {
            Effect::Dial(link) => {
                let apart = self.dialled.is_none_or(|last| self.now - last >= APART);
                prop_assert!(apart || self.acted, "two attempts within {} ms", APART);
                prop_assert!(!self.links.contains(&link), "a link's name is used twice");
                self.links.push(link);
                self.dialled = Some(self.now);
                (self.acted, self.is_open, self.ping) = (false, false, None);
            }
            Effect::Send(link, text) => {
                prop_assert!(self.is_open && self.links.last() == Some(&link), "sent nowhere");
                let frame: Value = serde_json::from_str(&text).unwrap_or_default();
                if frame["method"] == "ping" {
                    self.ping = Some(frame["id"].clone());
                }
            }
            Effect::Close(link, _) => {
                prop_assert_eq!(self.links.last(), Some(&link));
                self.is_open = false;
            }
            Effect::Report(Report::State(state)) => {
                self.phase = state.phase;
                self.pause = state.retry_in.map(|wait| self.now + wait.as_millis() as u64);
                match state.phase {
                    Phase::Connected => self.alive = self.now,
                    Phase::Waiting | Phase::Stopped => self.is_open = false,
                    Phase::Connecting => {}
                }
            }
            Effect::Report(Report::Called(id, _)) => {
                let told = self.calls.entry(id).or_default();
                *told += 1;
                prop_assert_eq!(*told, 1, "a call has come to its end twice");
            }
            Effect::Report(
                Report::Ready(_)
                | Report::Discontinuity
                | Report::Token(_)
                | Report::Topic(..)
                | Report::Malformed(_),
            ) => {}
        }
        Ok(())
    }

    /// What holds after every input; after a tick, also of the pause that was told before it.
    fn hold(&self, paused: Option<u64>) -> Result<(), TestCaseError> {
        let due = self.machine.deadline().map(millis);
        let within = |most: u64| due.is_some_and(|due| due <= self.now + most);
        match self.phase {
            Phase::Connecting => prop_assert!(within(10_000), "opens without end: {:?}", due),
            Phase::Connected => {
                prop_assert!(within(BEAT), "no beat within an interval: {:?}", due);
                let silent = self.now - self.alive;
                prop_assert!(silent <= 2 * BEAT, "taken for alive, silent for {} ms", silent);
            }
            Phase::Waiting if self.offline => {}
            Phase::Waiting => {
                let most = RETRY + self.asked;
                prop_assert!(within(most), "no attempt within {} ms: {:?}", most, due);
                let is_over = paused.is_some_and(|until| self.now >= until);
                prop_assert!(
                    !is_over || paused != self.pause,
                    "the pause is over and nothing happens"
                );
            }
            Phase::Stopped => {}
        }
        Ok(())
    }

    /// At the end nobody waits for an answer that cannot come.
    fn end(&mut self) -> Result<(), TestCaseError> {
        self.put(Input::Disconnect { forget: false })?;
        prop_assert!(self.calls.values().all(|told| *told == 1), "a call without an end");
        prop_assert_eq!(self.machine.deadline(), None);
        Ok(())
    }
}

fn millis(at: Timestamp) -> u64 {
    u64::try_from(at.since(Timestamp::ZERO).as_millis()).unwrap_or(u64::MAX)
}

fn topic(which: u8) -> Topic {
    match which {
        0 => Topic::Channels,
        1 => Topic::Service("service0001".to_owned(), ChannelType::Chat),
        2 => Topic::Chat("s_1".into()),
        3 => Topic::Receipts("s_1".into()),
        4 => Topic::Session("s_1".into()),
        _ => Topic::Call(ChannelType::Video),
    }
}

fn hello() -> Value {
    json!({
        "visitor": "v_1", "resume": "rt_1", "resumeTtl": 1_800_000, "resumed": true,
        "epoch": "e_1", "heartbeat": BEAT, "channels": {}, "sessions": [],
    })
}

fn refusal(id: &Value, after: Option<u64>) -> Value {
    let data = json!({ "reason": "BUSY", "retryable": after.is_some(), "retryAfter": after });
    json!({ "id": id, "error": { "code": -32009, "message": "busy", "data": data } })
}

fn answer(id: u64, what: u8) -> Value {
    let seq = u64::from(what >> 4);
    let events: Vec<Value> =
        (0..what >> 6).map(|at| json!({ "seq": seq + u64::from(at) })).collect();
    let result = match what & 7 {
        0 => json!({ "subscription": format!("w{}", what & 3), "rev": 1, "result": {} }),
        1 => json!({ "subscription": format!("w{}", what & 3), "epoch": "e_1",
            "recovered": what & 8 == 0, "more": what & 16 == 0, "result": events }),
        2 => json!(true),
        3 => Value::Null,
        4 => json!({ "seq": seq, "messageType": "MESSAGE", "message": "x" }),
        5 => return refusal(&json!(id), Some(u64::from(what) * 50)),
        6 => return refusal(&json!(id), None),
        _ => json!([]),
    };
    json!({ "id": id, "result": result })
}

proptest! {
    #![proptest_config(support::config(1_000))]

    #[test]
    fn a_connection_keeps_its_promises_whatever_happens(events in events()) {
        let mut rig = Rig::new();
        rig.acted = true;
        rig.put(Input::Connect)?;
        for event in events {
            rig.play(event)?;
        }
        rig.end()?;
    }
}
