//! Calls: what both sides see of them, and how they end.

use crate::sim;
use crate::support::{Visitor, World, key};
use serde_json::{Value, json};
use std::time::Duration;
use tvox_demo_server::engine::Door;
use tvox_demo_server::settings::Rules;

/// A call of that channel that waits.
async fn ring(visitor: &mut Visitor, channel: &str) -> String {
    let params = json!({"key": key(), "channel": channel, "service": "service0001"});
    visitor.call("call.create", params).await.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn state(visitor: &mut Visitor, state: &str) -> Value {
    visitor.event(|event| event["result"]["state"] == state).await["result"].clone()
}

#[tokio::test]
async fn a_call_rings_is_answered_held_resumed_and_ended() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    let mut operator = world.operator("Anna").await;
    operator.subscribe("desk").await;
    assert_eq!(
        visitor.subscribe("call/VIDEO").await["result"],
        json!(null),
        "there is no call yet"
    );
    let created = visitor
        .call("call.create", json!({"key": key(), "channel": "VIDEO", "service": "service0001"}))
        .await
        .unwrap();
    let call = created["id"].as_str().unwrap();
    assert!(call.starts_with("k_"), "{call}");
    assert_eq!((&created["iceServers"], &created["iceTtl"]), (&json!([]), &json!(600_000)));

    let ringing = state(&mut visitor, "NEW_OUTBOUND").await;
    assert_eq!((&ringing["id"], &ringing["step"]["type"]), (&json!(call), &json!("CONNECTING")));
    let desk = operator.event(|event| event["result"]["contacts"][0]["state"] == "OFFERED").await;
    assert_eq!(desk["result"]["contacts"][0]["channel"], "VIDEO");

    let accepted = operator.accept(call).await;
    assert_eq!((&accepted["channel"], &accepted["state"]), (&json!("VIDEO"), &json!("CONNECTED")));
    let connected = state(&mut visitor, "CONNECTED").await;
    assert_eq!(connected["step"]["type"], "CONNECTED");
    assert_eq!(connected["agent"]["name"], "Anna");
    assert_eq!(connected["start"], connected["time"]);

    operator.call("call.hold", json!({"session": call})).await.unwrap();
    let held = state(&mut visitor, "HOLD").await;
    assert_eq!(held["start"], connected["start"], "holding does not begin it anew");
    operator.call("call.resume", json!({"session": call})).await.unwrap();
    state(&mut visitor, "CONNECTED").await;

    operator.call("call.close", json!({"session": call})).await.unwrap();
    let over = state(&mut visitor, "IDLE").await;
    assert_eq!((&over["sessionState"], over.get("step")), (&json!("CLOSED"), None));
    assert_eq!(
        visitor.subscribe("call/VIDEO").await["result"],
        json!(null),
        "a call that is over is not told of again"
    );
    assert_eq!(visitor.refused("call.ice", json!({"session": call})).await, 1301);
}

#[tokio::test]
async fn a_visitor_has_one_call_of_each_channel_and_hello_tells_of_all() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    let _operator =
        world.operator_with(json!({"operator": {"name": "Anna", "status": "PAUSED"}})).await;
    // Somebody must be there for a contact to begin.
    let _other = world.operator("Bruno").await;
    let video = ring(&mut visitor, "VIDEO").await;
    let phone = ring(&mut visitor, "PHONE_CALL").await;
    let chat = visitor.create("service0002").await;
    let again = visitor
        .call("call.create", json!({"key": key(), "channel": "VIDEO", "service": "service0003"}))
        .await
        .unwrap_err();
    assert_eq!((&again["code"], &again["data"]["session"]), (&json!(1106), &json!(video)));
    let tab = world.visitor_with(json!({"resume": visitor.token()})).await;
    let mut told: Vec<(&str, &str)> = tab.welcome["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| (line["channel"].as_str().unwrap(), line["id"].as_str().unwrap()))
        .collect();
    told.sort_unstable();
    assert_eq!(told, [("CHAT", &*chat), ("PHONE_CALL", &*phone), ("VIDEO", &*video)]);
}

#[tokio::test]
async fn asking_again_with_the_same_key_names_the_same_call() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    let _operator = world.operator("Anna").await;
    let params = json!({"key": key(), "channel": "PHONE_CALL", "service": "service0001"});
    let first = visitor.call("call.create", params.clone()).await.unwrap();
    assert_eq!(visitor.call("call.create", params.clone()).await.unwrap()["id"], first["id"]);
    let mut other = params;
    other["channel"] = json!("VIDEO");
    assert_eq!(visitor.refused("call.create", other).await, 1304);
    let chat = json!({"key": key(), "channel": "CHAT", "service": "service0001"});
    assert_eq!(visitor.refused("call.create", chat).await, -32602);
}

#[tokio::test]
async fn conversations_and_calls_do_not_know_each_others_methods() {
    let world = World::new().await;
    let (mut visitor, mut operator, chat) = world.conversation().await;
    let call = ring(&mut visitor, "VIDEO").await;
    operator.accept(&call).await;
    let mut stranger = world.visitor().await;
    for method in ["call.accept", "call.decline", "call.ice", "call.close"] {
        assert_eq!(visitor.refused(method, json!({"session": chat})).await, 1303, "{method}");
        assert_eq!(stranger.refused(method, json!({"session": call})).await, 1303, "{method}");
    }
    let signal = |session: &str| json!({"session": session, "key": key(), "type": "bye"});
    assert_eq!(visitor.refused("signal", signal(&chat)).await, 1303);
    assert_eq!(stranger.refused("signal", signal(&call)).await, 1303);
    let message = |session: &str| json!({"session": session, "key": key(), "message": "x"});
    assert_eq!(visitor.refused("chat.send", message(&call)).await, 1303);
    assert_eq!(operator.refused("chat.send", message(&call)).await, 1303);
    assert_eq!(visitor.refused("chat.close", json!({"session": call})).await, 1303);
    assert_eq!(operator.refused("chat.close", json!({"session": call})).await, 1303);
    for method in ["call.hold", "call.resume", "call.ice", "call.close"] {
        assert_eq!(operator.refused(method, json!({"session": chat})).await, 1303, "{method}");
    }
    for topic in [format!("session/{call}"), format!("chat/{call}"), format!("signal/{chat}")] {
        assert_eq!(visitor.refused("subscribe", json!({"topic": topic})).await, 1303, "{topic}");
    }
    assert_eq!(visitor.refused("subscribe", json!({"topic": "call/CHAT"})).await, 1003);
}

#[tokio::test]
async fn an_operator_invites_from_a_conversation_and_the_visitor_takes_it() {
    let world = World::new().await;
    let (mut visitor, mut operator, chat) = world.conversation().await;
    visitor.subscribe("call/VIDEO").await;
    let params = json!({"key": key(), "session": chat, "channel": "VIDEO"});
    let invited = operator.call("call.create", params.clone()).await.unwrap();
    assert_eq!(operator.call("call.create", params).await.unwrap()["id"], invited["id"]);
    let call = invited["id"].as_str().unwrap();
    let ringing = state(&mut visitor, "NEW_INBOUND").await;
    assert_eq!(
        (&ringing["id"], &ringing["with"], &ringing["agent"]["name"]),
        (&json!(call), &json!(chat), &json!("Anna"))
    );
    assert!(ringing["expires"].as_str().unwrap() > ringing["time"].as_str().unwrap());
    assert_eq!(operator.refused("session.accept", json!({"session": call})).await, 1602);
    let offer = json!({"session": call, "key": key(), "gen": 1, "type": "offer", "sdp": "v=0\r\n"});
    assert_eq!(visitor.refused("signal", offer).await, 1203, "it still rings");

    let accepted = visitor.call("call.accept", json!({"session": call})).await.unwrap();
    assert_eq!(accepted, json!({"id": call, "iceServers": [], "iceTtl": 600_000}));
    state(&mut visitor, "CONNECTED").await;
    assert_eq!(
        visitor.call("call.accept", json!({"session": call})).await.unwrap(),
        accepted,
        "taking it twice is taking it"
    );
    visitor.call("call.close", json!({"session": call})).await.unwrap();
    state(&mut visitor, "IDLE").await;
    assert_eq!(visitor.refused("call.accept", json!({"session": call})).await, 1301);
    // The conversation that it came from goes on.
    operator.say(&chat, "Are you still there?").await;
}

#[tokio::test]
async fn a_declined_invitation_is_over_for_both() {
    let world = World::new().await;
    let (mut visitor, mut operator, chat) = world.conversation().await;
    operator.subscribe("desk").await;
    let params = json!({"key": key(), "session": chat, "channel": "PHONE_CALL"});
    let call = operator.call("call.create", params).await.unwrap()["id"].clone();
    operator.event(|event| event["result"]["contacts"][1]["state"] == "INVITED").await;
    let second = json!({"key": key(), "session": chat, "channel": "PHONE_CALL"});
    assert_eq!(operator.refused("call.create", second).await, 1106);
    visitor.call("call.decline", json!({"session": call})).await.unwrap();
    operator
        .event(|event| event["result"]["contacts"].as_array().is_some_and(|all| all.len() == 1))
        .await;
    let mut bruno = world.operator("Bruno").await;
    let foreign = json!({"key": key(), "session": chat, "channel": "VIDEO"});
    assert_eq!(bruno.refused("call.create", foreign).await, 1303);
}

#[tokio::test]
async fn a_call_with_a_conversation_rings_with_its_operator_first() {
    let world = World::new().await;
    let (mut visitor, mut anna, chat) = world.conversation().await;
    let mut bruno = world.operator("Bruno").await;
    anna.subscribe("desk").await;
    bruno.subscribe("desk").await;
    let params = json!({"key": key(), "channel": "VIDEO", "service": "service0002", "with": chat});
    let call = visitor.call("call.create", params).await.unwrap()["id"].clone();
    let desk = anna.event(|event| event["result"]["contacts"][1]["state"] == "OFFERED").await;
    assert_eq!(desk["result"]["contacts"][1]["id"], call, "Bruno has nothing to do, and yet");
    anna.call("session.decline", json!({"session": call})).await.unwrap();
    bruno.event(|event| event["result"]["contacts"][0]["id"] == call).await;
    let mut stranger = world.visitor().await;
    let foreign = json!({"key": key(), "channel": "VIDEO", "service": "service0002", "with": chat});
    assert_eq!(stranger.refused("call.create", foreign).await, 1303);
}

#[tokio::test]
async fn relay_credentials_are_made_for_the_call_and_made_anew() {
    use base64::Engine as _;
    use hmac::Mac as _;
    let turn = r#"
        [calls]
        stun = ["stun:turn.example.org:3478"]
        turn = ["turn:turn.example.org:3478?transport=udp"]
        turn_secret = "between us"
        turn_ttl = "2m"
    "#;
    let rules = tvox_demo_server::Settings::parse(turn).unwrap().rules;
    let world = World::with(|settings| settings.rules = rules).await;
    let mut visitor = world.visitor().await;
    let _operator = world.operator("Anna").await;
    let created = visitor
        .call("call.create", json!({"key": key(), "channel": "VIDEO", "service": "service0001"}))
        .await
        .unwrap();
    assert_eq!(created["iceServers"][0], json!({"urls": ["stun:turn.example.org:3478"]}));
    assert_eq!(created["iceTtl"], 120_000);
    let relay = &created["iceServers"][1];
    let name = relay["username"].as_str().unwrap();
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(b"between us").unwrap();
    mac.update(name.as_bytes());
    let expected = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(relay["credential"], expected);
    let parts: Vec<&str> = name.split(':').collect();
    let now = jiff::Timestamp::now().as_second();
    let end: i64 = parts[0].parse().unwrap();
    assert!((now + 100..=now + 121).contains(&end), "{end} is not in two minutes");
    assert_eq!(json!(parts[1..]), json!([visitor.welcome["visitor"], created["id"]]));
    let fresh = visitor.call("call.ice", json!({"session": created["id"]})).await.unwrap();
    assert_eq!(fresh["iceServers"][1]["urls"], relay["urls"]);
    assert_eq!(fresh.get("id"), None);
}

/// The engine with an operator and a visitor who has a call that was answered.
fn answered() -> (sim::World, sim::Client, sim::Client, Value) {
    let mut world = sim::World::new(5, Rules::default());
    let (mut operator, mut visitor) =
        (sim::Client::new(Door::Operator), sim::Client::new(Door::Visitor));
    let desk = operator.connect(&mut world).unwrap();
    let link = visitor.connect(&mut world).unwrap();
    let params = json!({"key": "c", "channel": "VIDEO", "service": "service0001"});
    let call = world.call(link, "call.create", &params).unwrap().unwrap()["id"].clone();
    world.call(desk, "session.accept", &json!({"session": call})).unwrap().unwrap();
    (world, visitor, operator, call)
}

fn seen_by_operator(world: &mut sim::World, operator: &mut sim::Client, call: &Value) -> Value {
    let link = operator.connect(world).unwrap();
    let topic = json!({"topic": format!("session/{}", call.as_str().unwrap())});
    world.call(link, "subscribe", &topic).unwrap().unwrap()["result"]["state"].clone()
}

#[test]
fn a_call_ends_thirty_seconds_after_the_visitors_last_connection_went_away() {
    let (mut world, mut visitor, mut operator, call) = answered();
    world.hang_up(visitor.link.unwrap());
    world.pass(Duration::from_secs(29));
    assert_eq!(seen_by_operator(&mut world, &mut operator, &call), "CONNECTED");
    // Who comes back in time has all the time again.
    visitor.connect(&mut world).unwrap();
    world.pass(Duration::from_secs(29));
    assert_eq!(seen_by_operator(&mut world, &mut operator, &call), "CONNECTED");
    world.hang_up(visitor.link.unwrap());
    world.pass(Duration::from_secs(31));
    assert_eq!(seen_by_operator(&mut world, &mut operator, &call), "IDLE");
}

#[test]
fn a_call_outlives_the_server_and_waits_for_its_visitor() {
    let (mut world, mut visitor, mut operator, call) = answered();
    world.pass(Duration::from_secs(50));
    world.crash();
    operator.connect(&mut world).unwrap();
    world.pass(Duration::from_secs(29));
    assert_eq!(seen_by_operator(&mut world, &mut operator, &call), "CONNECTED");
    let link = visitor.connect(&mut world).unwrap();
    let seen = world.call(link, "subscribe", &json!({"topic": "call/VIDEO"})).unwrap().unwrap();
    assert_eq!((&seen["result"]["id"], &seen["result"]["state"]), (&call, &json!("CONNECTED")));
    world.hang_up(link);
    world.pass(Duration::from_secs(31));
    assert_eq!(seen_by_operator(&mut world, &mut operator, &call), "IDLE");
}

#[test]
fn silence_does_not_interrupt_a_call() {
    let (mut world, visitor, mut operator, call) = answered();
    let link = visitor.link.unwrap();
    for _ in 0..60 {
        world.pass(Duration::from_secs(30));
        world.call(link, "ping", &json!({})).unwrap().unwrap();
        let desk = operator.connect(&mut world).unwrap();
        world.call(desk, "ping", &json!({})).unwrap().unwrap();
    }
    let value = world.call(link, "subscribe", &json!({"topic": "call/VIDEO"})).unwrap().unwrap();
    assert_eq!(value["result"]["step"]["type"], "CONNECTED");
    assert_eq!(seen_by_operator(&mut world, &mut operator, &call), "CONNECTED");
    let (start, now) = (&value["result"]["start"], &value["result"]["time"]);
    assert_eq!(seconds(now) - seconds(start), 1800.0, "who subscribes learns how late it is now");
}

#[test]
fn an_invitation_that_nobody_takes_ends_by_itself_and_with_who_sent_it() {
    for leaves in [false, true] {
        let mut world = sim::World::new(6, Rules::default());
        let (mut operator, mut visitor) =
            (sim::Client::new(Door::Operator), sim::Client::new(Door::Visitor));
        let desk = operator.connect(&mut world).unwrap();
        let link = visitor.connect(&mut world).unwrap();
        let params = json!({"key": "s", "service": "service0001"});
        let chat = world.call(link, "chat.create", &params).unwrap().unwrap()["id"].clone();
        world.call(desk, "session.accept", &json!({"session": chat})).unwrap().unwrap();
        world.call(link, "subscribe", &json!({"topic": "call/VIDEO"})).unwrap().unwrap();
        let params = json!({"key": "i", "session": chat, "channel": "VIDEO"});
        world.call(desk, "call.create", &params).unwrap().unwrap();
        if leaves {
            world.hang_up(desk);
        } else {
            world.pass(Duration::from_secs(31));
        }
        let states: Vec<&Value> = world.sent[&link]
            .iter()
            .map(|frame| &frame["params"]["result"]["state"])
            .filter(|state| !state.is_null())
            .collect();
        assert_eq!(states, ["NEW_INBOUND", "IDLE"], "leaves: {leaves}");
    }
}

#[test]
fn the_expected_wait_follows_from_how_long_contacts_last_and_who_is_free() {
    let mut rules = Rules::default();
    rules.operators.contacts = 1;
    let mut world = sim::World::new(7, rules);
    let mut operator = sim::Client::new(Door::Operator);
    let desk = operator.connect(&mut world).unwrap();
    let wait_of = |world: &mut sim::World, name: &str| {
        let link = sim::Client::new(Door::Visitor).connect(world).unwrap();
        let params = json!({"key": name, "service": "service0001"});
        let created = world.call(link, "chat.create", &params).unwrap().unwrap();
        (created["id"].clone(), created["step"]["expectedWait"].as_u64().unwrap())
    };
    let (first, wait) = wait_of(&mut world, "first");
    assert_eq!(wait, 10, "somebody is free: as long as it takes to answer");
    world.call(desk, "session.accept", &json!({"session": first})).unwrap().unwrap();
    assert_eq!(wait_of(&mut world, "second").1, 10 + 240, "one contact, of the length set");
    assert_eq!(wait_of(&mut world, "third").1, 10 + 2 * 240);
    // Nobody pings: what matters is that the contact has lasted a minute when it ends.
    world.pass(Duration::from_secs(60));
    world.call(desk, "chat.close", &json!({"session": first})).unwrap().unwrap();
    let (_, wait) = wait_of(&mut world, "fourth");
    assert_eq!(wait, 10 + 2 * (240 - 36), "a short contact shortens the wait");
}

fn seconds(time: &Value) -> f64 {
    let time: jiff::Timestamp = time.as_str().unwrap().parse().unwrap();
    (time.as_millisecond() / 1000) as f64
}
