//! The engine alone, among faults.

use crate::sim::{Client, Dice, World};
use serde_json::{Value, json};
use std::time::Duration;
use tvox_demo_server::engine::{Door, Effect, Input, LinkId, Owner, Record};
use tvox_demo_server::settings::Rules;

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
            Effect::Scan { .. }
            | Effect::Discard { .. }
            | Effect::Media(_)
            | Effect::Close { .. } => panic!("why?"),
        }
    }
    assert_eq!((entries, keys, answered), (1, 1, true));
}
