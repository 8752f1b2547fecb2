//! The engine alone, in a world without clocks, sockets and disks: hours take milliseconds, and a run can be repeated from its seed.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tvox_demo_server::engine::{
    Door, Effect, Engine, Input, KeptVisitor, LinkId, Owner, Record, Snapshot, Timestamp,
};
use tvox_demo_server::settings::Rules;

const HANDSHAKE: Duration = Duration::from_secs(10);

/// Splittable, tiny, good enough: SplitMix64.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

/// What a disk would hold.
#[derive(Default)]
struct Disk(Snapshot);

impl Disk {
    fn write(&mut self, record: Record) {
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
            Record::SessionChanged { id, progress, .. } => {
                if let Some((row, _)) = kept.sessions.iter_mut().find(|(row, _)| row.id == id) {
                    row.progress = progress;
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
            Record::Alive(at) => kept.alive = at,
        }
    }

    fn read(&self, boot: u64) -> Snapshot {
        Snapshot {
            epoch: "e_sim".to_owned(),
            boot,
            alive: self.0.alive,
            visitors: self.0.visitors.clone(),
            operators: self.0.operators.clone(),
            sessions: self.0.sessions.clone(),
            keys: self.0.keys.clone(),
        }
    }
}

struct World {
    engine: Engine,
    disk: Disk,
    rules: Rules,
    now: Timestamp,
    boots: u64,
    next_link: u64,
    seed: u64,
    /// What was sent to each connection and not yet read.
    sent: BTreeMap<LinkId, Vec<Value>>,
}

impl World {
    fn new(seed: u64, rules: Rules) -> Self {
        let now = Timestamp::from_millis(1_795_342_200_000);
        let disk = Disk::default();
        let engine = boot(&disk, &rules, 0, seed, now);
        Self { engine, disk, rules, now, boots: 0, next_link: 1, seed, sent: BTreeMap::new() }
    }

    /// The process dies. What was on the disk is all there is.
    fn crash(&mut self) {
        self.boots += 1;
        self.sent.clear();
        self.engine = boot(&self.disk, &self.rules, self.boots, self.seed, self.now);
    }

    fn open(&mut self, door: Door) -> LinkId {
        let link = LinkId(self.next_link);
        self.next_link += 1;
        self.sent.insert(link, Vec::new());
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        self.take(Input::Opened { link, door, origin: "http://localhost".to_owned(), address });
        link
    }

    fn take(&mut self, input: Input) {
        for effect in self.engine.handle(input, self.now) {
            match effect {
                Effect::Store(record) => self.disk.write(*record),
                Effect::Send { link, text } => {
                    if let Some(frames) = self.sent.get_mut(&link) {
                        frames.push(serde_json::from_str(&text).unwrap());
                    }
                }
                Effect::Close { link, .. } => {
                    self.sent.remove(&link);
                }
            }
        }
    }

    /// Result or error of a call; nothing, if the connection is gone.
    fn call(&mut self, link: LinkId, method: &str, params: &Value) -> Option<Result<Value, Value>> {
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

    fn hang_up(&mut self, link: LinkId) {
        if self.sent.remove(&link).is_some() {
            self.take(Input::Closed { link });
        }
    }

    /// Time passes; the engine is woken when it asked to be.
    fn pass(&mut self, time: Duration) {
        let end = self.now.after(time);
        while let Some(deadline) = self.engine.deadline().filter(|deadline| *deadline <= end) {
            self.now = deadline.max(self.now);
            self.take(Input::Tick);
        }
        self.now = end;
    }
}

fn boot(disk: &Disk, rules: &Rules, boots: u64, seed: u64, now: Timestamp) -> Engine {
    let mut dice = Dice(seed ^ boots.wrapping_mul(0xA076_1D64_78BD_642F));
    let fill = move |bytes: &mut [u8]| {
        bytes.iter_mut().for_each(|byte| *byte = dice.next().to_le_bytes()[0]);
    };
    Engine::new(rules.clone(), disk.read(boots), HANDSHAKE, Box::new(fill), now)
}

/// Visitor or operator: keeps what it wants, and does it again until it is done.
struct Client {
    door: Door,
    link: Option<LinkId>,
    token: Value,
    next: usize,
}

impl Client {
    fn new(door: Door) -> Self {
        Self { door, link: None, token: Value::Null, next: 0 }
    }

    fn connect(&mut self, world: &mut World) -> Option<LinkId> {
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

    fn key(&self, session: &Value) -> String {
        format!("{:?}-{}-{}", self.door, session.as_str().unwrap().len(), self.next)
    }

    /// Sends the next message, and counts it as said only when that was answered.
    fn say(&mut self, world: &mut World, session: &Value, is_answer_lost: bool) {
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

/// The log, page by page.
fn read_log(world: &mut World, link: LinkId, session: &Value) -> Vec<Value> {
    let mut since = Value::Null;
    let mut log = Vec::new();
    loop {
        let topic = format!("chat/{}", session.as_str().unwrap());
        let page = world
            .call(link, "subscribe", &json!({"topic": topic, "since": since}))
            .unwrap()
            .unwrap();
        assert_eq!(page["recovered"], true);
        log.extend(page["result"].as_array().unwrap().iter().cloned());
        if page["more"] == false {
            return log;
        }
        since = json!({"epoch": page["epoch"], "seq": log.last().unwrap()["seq"]});
    }
}

fn run(seed: u64) -> usize {
    let mut dice = Dice(seed);
    let mut rules = Rules::default();
    rules.chat.inactivity = None;
    let mut world = World::new(seed, rules);
    let (mut visitor, mut operator) = (Client::new(Door::Visitor), Client::new(Door::Operator));
    operator.connect(&mut world).unwrap();
    let link = visitor.connect(&mut world).unwrap();
    let session = world
        .call(link, "chat.create", &json!({"key": "the-chat", "service": "service0001"}))
        .unwrap()
        .unwrap()["id"]
        .clone();
    let mut faults = 0;
    for _ in 0..300 {
        match dice.next() % 10 {
            0 => {
                world.crash();
                faults += 1;
            }
            1 | 2 => {
                let side = if dice.chance(50) { &visitor } else { &operator };
                if let Some(link) = side.link {
                    world.hang_up(link);
                }
                faults += 1;
            }
            3 => world.pass(Duration::from_millis(dice.next() % 60_000)),
            _ => {
                let is_lost = dice.chance(15);
                faults += usize::from(is_lost);
                world.pass(Duration::from_millis(150));
                let side = if dice.chance(50) { &mut visitor } else { &mut operator };
                side.say(&mut world, &session, is_lost);
            }
        }
    }
    let again = visitor.connect(&mut world).unwrap();
    let created = world
        .call(again, "chat.create", &json!({"key": "the-chat", "service": "service0001"}))
        .unwrap()
        .unwrap();
    assert_eq!(created["id"], session, "the key is good for the life of the session");
    let log = read_log(&mut world, again, &session);
    let seqs: Vec<u64> = log.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<u64>>());
    for (direction, side) in [("OUTBOUND", &visitor), ("INBOUND", &operator)] {
        let said: Vec<&str> = log
            .iter()
            .filter(|event| event["direction"] == direction)
            .map(|event| event["message"].as_str().unwrap())
            .collect();
        let numbers: Vec<String> = (0..said.len()).map(|number| number.to_string()).collect();
        assert_eq!(said, numbers, "lost, doubled or out of order");
        // The very last may have been heard, and its answer lost.
        assert!(
            said.len() == side.next || said.len() == side.next + 1,
            "{} of {}",
            said.len(),
            side.next
        );
    }
    faults
}

#[test]
fn nothing_is_lost_doubled_or_reordered_whatever_is_cut_or_dies() {
    let mut faults = 0;
    for seed in 0..30 {
        match std::panic::catch_unwind(|| run(seed)) {
            Ok(count) => faults += count,
            Err(_) => panic!("SEED={seed}"),
        }
    }
    assert!(faults > 2_000, "only {faults} faults were tried");
}

#[test]
fn a_run_can_be_repeated_from_its_seed() {
    let record = |seed: u64| {
        let mut world = World::new(seed, Rules::default());
        let mut visitor = Client::new(Door::Visitor);
        let link = visitor.connect(&mut world).unwrap();
        let status = world
            .call(link, "subscribe", &json!({"topic": "service/service0001/CHAT"}))
            .unwrap()
            .unwrap();
        (visitor.token, status)
    };
    assert_eq!(record(7), record(7));
    assert_ne!(record(7).0, record(8).0);
}

#[test]
fn a_day_of_silence_takes_no_time_and_forgets_who_is_gone() {
    let mut world = World::new(1, Rules::default());
    let mut operator = Client::new(Door::Operator);
    let mut visitor = Client::new(Door::Visitor);
    let at_desk = operator.connect(&mut world).unwrap();
    let link = visitor.connect(&mut world).unwrap();
    let created = world
        .call(link, "chat.create", &json!({"key": "k", "service": "service0001"}))
        .unwrap()
        .unwrap();
    world.call(at_desk, "session.accept", &json!({"session": created["id"]})).unwrap().unwrap();
    world.pass(Duration::from_secs(74));
    assert!(world.sent.contains_key(&link), "74 s of silence are borne");
    world.pass(Duration::from_secs(2));
    assert!(!world.sent.contains_key(&link) && !world.sent.contains_key(&at_desk), "76 s are not");
    world.pass(Duration::from_secs(29 * 60));
    assert_eq!(world.disk.0.visitors.len(), 1);
    world.pass(Duration::from_secs(2 * 60));
    assert!(world.disk.0.visitors.is_empty() && world.disk.0.sessions.is_empty());
    world.pass(Duration::from_secs(24 * 3600));
    assert!(world.disk.0.operators.is_empty());
    assert_eq!(world.engine.deadline(), None, "a server that nobody uses sleeps");
}

#[test]
fn every_acknowledged_message_is_written_in_the_same_answer() {
    let mut world = World::new(3, Rules::default());
    let (mut visitor, mut operator) = (Client::new(Door::Visitor), Client::new(Door::Operator));
    let at_desk = operator.connect(&mut world).unwrap();
    let link = visitor.connect(&mut world).unwrap();
    let session = world
        .call(link, "chat.create", &json!({"key": "k", "service": "service0001"}))
        .unwrap()
        .unwrap()["id"]
        .clone();
    world.call(at_desk, "session.accept", &json!({"session": session})).unwrap().unwrap();
    let send = json!({"jsonrpc": "2.0", "id": 9, "method": "chat.send", "params": {"session": session, "key": "a", "message": "x"}});
    let effects = world.engine.handle(Input::Frame { link, text: send.to_string() }, world.now);
    let mut entries = 0;
    let mut keys = 0;
    let mut answered = false;
    for effect in effects {
        match effect {
            Effect::Store(record) => {
                if let Record::Entry { seq, .. } = *record {
                    assert_eq!(seq, 2);
                    entries += 1;
                } else if let Record::Key { owner, method, .. } = *record {
                    assert!(matches!(owner, Owner::Visitor(_)) && method == "chat.send");
                    keys += 1;
                } else {
                    panic!("{record:?}");
                }
            }
            Effect::Send { text, .. } => answered |= text.contains("\"id\":9"),
            Effect::Close { .. } => panic!("closed"),
        }
    }
    assert_eq!((entries, keys, answered), (1, 1, true));
}
