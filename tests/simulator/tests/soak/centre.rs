//! The contact centre: the demo server's engine, without a disk, and an operator who answers every
//! message with one.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde_json::{Value, json};
use tvox_demo_server::engine::{Door, Effect, Engine, Input, LinkId, Snapshot, Timestamp};
use tvox_demo_server::settings::Rules;
use tvox_simulator::dice::Dice;

use crate::heap;

/// Milliseconds since the day began.
pub(crate) type Time = u64;
pub(crate) const HOUR: Time = 3_600_000;

const EPOCH: i64 = 1_795_342_200_000;
const OPERATOR: LinkId = LinkId(1);
const HEARTBEAT: Time = 5_000;

pub(crate) struct Centre {
    engine: Engine,
    now: Time,
    /// What was sent to whom and is not read yet.
    mail: BTreeMap<LinkId, Vec<String>>,
    next_id: u64,
    next_ping: Time,
    /// What the operator has asked to have, by request.
    accepting: BTreeMap<u64, String>,
    /// Conversations that he had.
    pub(crate) accepted: u64,
}

impl Centre {
    pub(crate) fn new() -> Self {
        heap::centre(Self::begin)
    }

    fn begin() -> Self {
        let mut dice = Dice::new(24);
        let fill = Box::new(move |bytes: &mut [u8]| dice.fill(bytes));
        let mut rules = Rules::default();
        // Everybody comes from one address here.
        rules.limits.sessions_per_hour = 1_000;
        rules.operators.contacts = 1_000;
        let handshake = Duration::from_secs(10);
        let engine = Engine::new(rules, Snapshot::default(), handshake, fill, civil(0));
        let mut centre = Self {
            engine,
            now: 0,
            mail: BTreeMap::new(),
            next_id: 1,
            next_ping: HEARTBEAT,
            accepting: BTreeMap::new(),
            accepted: 0,
        };
        centre.open_by(OPERATOR, Door::Operator);
        let client = json!({ "name": "soak", "version": "0.1.0" });
        let hello = json!({ "client": client, "api": "10.26.0", "operator": { "name": "Anna" } });
        centre.ask(OPERATOR, "hello", &hello);
        centre.ask(OPERATOR, "subscribe", &json!({ "topic": "desk" }));
        centre
    }

    pub(crate) const fn now(&self) -> Time {
        self.now
    }

    /// When something happens by itself.
    pub(crate) fn deadline(&self) -> Time {
        let engine = self.engine.deadline().and_then(|at| u64::try_from(at.millis() - EPOCH).ok());
        engine.unwrap_or(Time::MAX).min(self.next_ping)
    }

    /// Time passes, nobody else does anything.
    pub(crate) fn live_until(&mut self, until: Time) {
        while self.deadline() <= until {
            self.pass(self.deadline());
        }
        self.pass(until);
    }

    /// It is later now.
    pub(crate) fn pass(&mut self, now: Time) {
        self.now = self.now.max(now);
        heap::centre(|| {
            self.take(Input::Tick);
            if self.now >= self.next_ping {
                self.next_ping = self.now + HEARTBEAT;
                self.ask(OPERATOR, "ping", &json!({}));
            }
        });
    }

    pub(crate) fn open(&mut self, link: LinkId) {
        heap::centre(|| self.open_by(link, Door::Visitor));
    }

    fn open_by(&mut self, link: LinkId, door: Door) {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        self.mail.insert(link, Vec::new());
        self.take(Input::Opened { link, door, origin: String::new(), address });
    }

    pub(crate) fn close(&mut self, link: LinkId) {
        heap::centre(|| {
            self.mail.remove(&link);
            self.take(Input::Closed { link });
        });
    }

    /// A frame as it is.
    pub(crate) fn frame(&mut self, link: LinkId, text: &str) {
        heap::centre(|| {
            self.take(Input::Frame { link, text: text.to_owned() });
            self.operate();
        });
    }

    /// Hands over what was sent to somebody since this was last asked, if there is anything.
    pub(crate) fn deliver(&mut self, link: LinkId, mut take: impl FnMut(&str)) -> bool {
        let texts = heap::centre(|| self.read(link));
        texts.iter().for_each(|text| take(text));
        let is_some = !texts.is_empty();
        heap::centre(|| drop(texts));
        is_some
    }

    fn read(&mut self, link: LinkId) -> Vec<String> {
        self.mail.get_mut(&link).map(std::mem::take).unwrap_or_default()
    }

    /// Asks by hand; the result.
    ///
    /// # Panics
    /// It is not answered, or refused.
    pub(crate) fn ask(&mut self, link: LinkId, method: &str, params: &Value) -> Value {
        let id = self.put(link, method, params);
        let mut answer = None;
        for text in self.read(link) {
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["id"] == id {
                answer = Some(frame);
            } else if link == OPERATOR {
                self.hear(&frame);
            }
        }
        self.operate();
        let answer = answer.unwrap();
        assert_eq!(answer.get("error"), None, "{method}");
        answer["result"].clone()
    }

    pub(crate) fn tell(&mut self, link: LinkId, method: &str, params: &Value) {
        let frame = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.frame(link, &frame.to_string());
    }

    fn put(&mut self, link: LinkId, method: &str, params: &Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        let frame = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.take(Input::Frame { link, text: frame.to_string() });
        id
    }

    fn take(&mut self, input: Input) {
        for effect in self.engine.handle(input, civil(self.now)) {
            match effect {
                Effect::Send { link, text } => {
                    if let Some(mail) = self.mail.get_mut(&link) {
                        mail.push(text);
                    }
                }
                Effect::Close { link, .. } => drop(self.mail.remove(&link)),
                // What is on the disk is no business of the memory's.
                Effect::Store(_)
                | Effect::Scan { .. }
                | Effect::Discard { .. }
                | Effect::Media(_) => {}
            }
        }
    }

    /// The operator does what there is to do.
    fn operate(&mut self) {
        loop {
            let frames = self.read(OPERATOR);
            if frames.is_empty() {
                return;
            }
            for text in frames {
                self.hear(&serde_json::from_str(&text).unwrap());
            }
        }
    }

    fn hear(&mut self, frame: &Value) {
        if let Some(session) = frame["id"].as_u64().and_then(|id| self.accepting.remove(&id)) {
            assert_eq!(frame.get("error"), None);
            self.accepted += 1;
            self.put(OPERATOR, "subscribe", &json!({ "topic": format!("chat/{session}") }));
        }
        let value = &frame["params"]["result"];
        for contact in value["contacts"].as_array().into_iter().flatten() {
            let session = contact["id"].as_str().unwrap();
            let asked = self.accepting.values().any(|accepting| accepting == session);
            if contact["state"] == "OFFERED" && !asked {
                let id = self.put(OPERATOR, "session.accept", &json!({ "session": session }));
                self.accepting.insert(id, session.to_owned());
            }
        }
        if value["direction"] == "OUTBOUND" && value["seq"].is_number() {
            let session = value["sessionId"].as_str().unwrap();
            let read = json!({ "session": session, "message": value["id"] });
            let frame = json!({ "jsonrpc": "2.0", "method": "chat.read", "params": read });
            self.take(Input::Frame { link: OPERATOR, text: frame.to_string() });
            let key = format!("00000000-0000-4000-8000-{:012x}", self.next_id);
            let answer = format!("an answer to {}", value["message"]);
            let answer = json!({ "session": session, "key": key, "message": answer });
            self.put(OPERATOR, "chat.send", &answer);
        }
    }
}

fn civil(now: Time) -> Timestamp {
    Timestamp::from_millis(EPOCH + i64::try_from(now).unwrap())
}
