//! A world without clocks, sockets and disks: hours take milliseconds, and a run can be repeated from its seed.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tvox_demo_server::engine::{
    Door, Effect, Engine, Input, KeptVisitor, LinkId, Record, Snapshot, Timestamp,
};
use tvox_demo_server::media::Order;
use tvox_demo_server::settings::Rules;

pub(crate) const HANDSHAKE: Duration = Duration::from_secs(10);

/// Splittable, tiny, good enough: SplitMix64.
#[derive(Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

/// What a disk would hold.
#[derive(Default)]
pub(crate) struct Disk(pub(crate) Snapshot);

impl Disk {
    pub(crate) fn write(&mut self, record: Record) {
        let kept = &mut self.0;
        match record {
            Record::Visitor(row) => {
                match kept.visitors.iter_mut().find(|visitor| visitor.row.id == row.id) {
                    Some(visitor) => visitor.row = row,
                    None => kept.visitors.push(KeptVisitor { row, visits: Vec::new() }),
                }
            }
            Record::VisitorGone(id) => kept.visitors.retain(|visitor| visitor.row.id != id),
            Record::Visit { .. } => {}
            Record::Operator(row) => {
                kept.operators.retain(|operator| operator.id != row.id);
                kept.operators.push(row);
            }
            Record::OperatorGone(id) => kept.operators.retain(|operator| operator.id != id),
            Record::SessionOpened(row) => kept.sessions.push((row, Vec::new())),
            Record::SessionChanged { id, service, progress, .. } => {
                if let Some((row, _)) = kept.sessions.iter_mut().find(|(row, _)| row.id == id) {
                    row.progress = progress;
                    row.service = service;
                }
            }
            Record::SessionRetired(id) => kept.sessions.retain(|(row, _)| row.id != id),
            Record::Entry { session, seq, entry } => {
                let (_, log) = kept.sessions.iter_mut().find(|(row, _)| row.id == session).unwrap();
                log.push(entry);
                assert_eq!(log.len() as u64, seq, "a log without gaps");
            }
            Record::Key { owner, method, key, kept: answer } => {
                kept.keys.push((owner, method.to_owned(), key, answer));
            }
            Record::Signal(signal) => kept.signals.push(signal),
            Record::SignalsGone(id) => kept.signals.retain(|signal| signal.session != id),
            Record::File(row) => {
                kept.files.retain(|file| file.id != row.id);
                kept.files.push(row);
            }
            Record::Ticket(row) => kept.tickets = row.number,
            Record::Callback(row) => kept.callbacks = row.number,
            Record::Mail(mail) => kept.mails.push(mail),
            Record::MailSent(id) | Record::MailGivenUp(id) => {
                kept.mails.retain(|mail| mail.id != id);
            }
            Record::Rating(_) => {}
            Record::Alive(at) => kept.alive = at,
        }
    }

    pub(crate) fn read(&self, boot: u64) -> Snapshot {
        Snapshot {
            epoch: "e_sim".to_owned(),
            boot,
            alive: self.0.alive,
            visitors: self.0.visitors.clone(),
            operators: self.0.operators.clone(),
            sessions: self.0.sessions.clone(),
            signals: self.0.signals.clone(),
            files: self.0.files.clone(),
            secret: [7; 32],
            mails: Vec::new(),
            tickets: self.0.tickets,
            callbacks: self.0.callbacks,
            keys: self.0.keys.clone(),
        }
    }
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) disk: Disk,
    pub(crate) rules: Rules,
    pub(crate) now: Timestamp,
    pub(crate) boots: u64,
    pub(crate) next_link: u64,
    pub(crate) seed: u64,
    /// What was sent to each connection and not yet read.
    pub(crate) sent: BTreeMap<LinkId, Vec<Value>>,
    /// What the media of trial calls was told.
    pub(crate) orders: Vec<Order>,
}

impl World {
    pub(crate) fn new(seed: u64, rules: Rules) -> Self {
        let now = Timestamp::from_millis(1_795_342_200_000);
        let disk = Disk::default();
        let engine = boot(&disk, &rules, 0, seed, now);
        Self {
            engine,
            disk,
            rules,
            now,
            boots: 0,
            next_link: 1,
            seed,
            sent: BTreeMap::new(),
            orders: Vec::new(),
        }
    }

    /// The process dies. What was on the disk is all there is.
    pub(crate) fn crash(&mut self) {
        self.boots += 1;
        self.sent.clear();
        self.engine = boot(&self.disk, &self.rules, self.boots, self.seed, self.now);
    }

    pub(crate) fn open(&mut self, door: Door) -> LinkId {
        let link = LinkId(self.next_link);
        self.next_link += 1;
        self.sent.insert(link, Vec::new());
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        self.take(Input::Opened { link, door, origin: "http://localhost".to_owned(), address });
        link
    }

    pub(crate) fn take(&mut self, input: Input) {
        for effect in self.engine.handle(input, self.now) {
            match effect {
                Effect::Store(record) => self.disk.write(*record),
                Effect::Send { link, text } => {
                    if let Some(frames) = self.sent.get_mut(&link) {
                        frames.push(serde_json::from_str(&text).unwrap());
                    }
                }
                Effect::Media(order) => self.orders.push(order),
                Effect::Scan { .. } | Effect::Discard { .. } => {}
                Effect::Close { link, .. } => {
                    self.sent.remove(&link);
                }
            }
        }
    }

    /// Result or error of a call; nothing, if the connection is gone.
    pub(crate) fn call(
        &mut self,
        link: LinkId,
        method: &str,
        params: &Value,
    ) -> Option<Result<Value, Value>> {
        let frame = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        self.take(Input::Frame { link, text: frame.to_string() });
        let frames = self.sent.get_mut(&link)?;
        let at = frames.iter().position(|frame| frame["id"] == 1)?;
        let answer = frames.remove(at);
        Some(if answer["error"].is_null() {
            Ok(answer["result"].clone())
        } else {
            Err(answer["error"].clone())
        })
    }

    pub(crate) fn hang_up(&mut self, link: LinkId) {
        if self.sent.remove(&link).is_some() {
            self.take(Input::Closed { link });
        }
    }

    /// Time passes; the engine is woken when it asked to be.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        while let Some(deadline) = self.engine.deadline().filter(|deadline| *deadline <= end) {
            self.now = deadline.max(self.now);
            self.take(Input::Tick);
        }
        self.now = end;
    }
}

pub(crate) fn boot(disk: &Disk, rules: &Rules, boots: u64, seed: u64, now: Timestamp) -> Engine {
    let mut dice = Dice(seed ^ boots.wrapping_mul(0xA076_1D64_78BD_642F));
    let fill = move |bytes: &mut [u8]| {
        bytes.iter_mut().for_each(|byte| *byte = dice.next().to_le_bytes()[0]);
    };
    Engine::new(rules.clone(), disk.read(boots), HANDSHAKE, Box::new(fill), now)
}

/// Visitor or operator: keeps what it wants, and does it again until it is done.
pub(crate) struct Client {
    pub(crate) door: Door,
    pub(crate) link: Option<LinkId>,
    pub(crate) token: Value,
    pub(crate) next: usize,
}

impl Client {
    pub(crate) fn new(door: Door) -> Self {
        Self { door, link: None, token: Value::Null, next: 0 }
    }

    pub(crate) fn connect(&mut self, world: &mut World) -> Option<LinkId> {
        if let Some(link) = self.link.filter(|link| world.sent.contains_key(link)) {
            return Some(link);
        }
        let link = world.open(self.door);
        let mut hello = json!({"client": {"name": "sim", "version": "1"}, "api": "10.26.0", "resume": self.token});
        if self.door == Door::Operator {
            hello["operator"] = json!({"name": "Anna"});
        }
        let welcome = world.call(link, "hello", &hello)?.unwrap();
        assert!(
            self.token.is_null() || welcome["resumed"] == true,
            "a token in use is not forgotten"
        );
        self.token = welcome["resume"].clone();
        self.link = Some(link);
        Some(link)
    }

    pub(crate) fn key(&self, session: &Value) -> String {
        format!("{:?}-{}-{}", self.door, session.as_str().unwrap().len(), self.next)
    }

    /// Sends the next message, and counts it as said only when that was answered.
    pub(crate) fn say(&mut self, world: &mut World, session: &Value, is_answer_lost: bool) {
        let Some(link) = self.connect(world) else { return };
        if self.door == Door::Operator {
            let _ = world.call(link, "session.accept", &json!({"session": session}));
        }
        let message =
            json!({"session": session, "key": self.key(session), "message": self.next.to_string()});
        match world.call(link, "chat.send", &message) {
            Some(Ok(_)) if is_answer_lost => world.hang_up(link),
            Some(Ok(_)) => self.next += 1,
            Some(Err(error)) => assert_eq!(error["data"]["retryable"], true, "{error}"),
            None => {}
        }
    }
}
