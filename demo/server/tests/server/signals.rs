//! What the two browsers of a call say to each other.

use crate::support::{Visitor, World, key, with};
use serde_json::{Value, json};
use std::time::Duration;

/// A call that was answered; both sides follow its signals.
async fn call(world: &World) -> (Visitor, Visitor, String) {
    let mut operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let params = json!({"key": key(), "channel": "VIDEO", "service": "service0001"});
    let call =
        visitor.call("call.create", params).await.unwrap()["id"].as_str().unwrap().to_owned();
    operator.accept(&call).await;
    visitor.subscribe(&format!("signal/{call}")).await;
    operator.subscribe(&format!("signal/{call}")).await;
    (visitor, operator, call)
}

fn offer(generation: u32) -> Value {
    json!({"gen": generation, "type": "offer", "sdp": format!("v=0\r\no={generation}\r\n")})
}

async fn say(side: &mut Visitor, call: &str, signal: &Value) -> Result<Value, Value> {
    side.call("signal", with(json!({"session": call, "key": key()}), signal)).await
}

async fn refused(side: &mut Visitor, call: &str, signal: &Value) -> i64 {
    say(side, call, signal).await.unwrap_err()["code"].as_i64().unwrap()
}

fn body(event: &Value) -> Value {
    let mut body = event["result"].clone();
    body.as_object_mut().unwrap().remove("seq");
    body
}

#[tokio::test]
async fn signals_reach_the_other_browser_in_order_and_nobody_else() {
    let world = World::new().await;
    let (mut visitor, mut operator, call) = call(&world).await;
    let candidates = json!({"gen": 1, "type": "candidates", "end": false, "candidates": [
        {"candidate": "candidate:1 1 udp 1 192.0.2.1 5 typ host", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "a"}
    ]});
    for signal in [&offer(1), &candidates, &json!({"type": "media", "audio": true, "video": false})]
    {
        say(&mut visitor, &call, signal).await.unwrap();
    }
    let heard = [
        operator.event(|event| event["result"]["seq"] == 1).await,
        operator.event(|event| event["result"]["seq"] == 2).await,
        operator.event(|event| event["result"]["seq"] == 3).await,
    ];
    assert_eq!((body(&heard[0]), body(&heard[1])), (offer(1), candidates));
    assert_eq!(body(&heard[2])["type"], "media");
    let answer = json!({"gen": 1, "type": "answer", "sdp": "v=0\r\n"});
    say(&mut operator, &call, &answer).await.unwrap();
    let heard = visitor.event(|event| event["result"]["seq"] == 1).await;
    assert_eq!(body(&heard), answer);
    assert!(
        visitor.everything().await.iter().all(|frame| frame["params"]["result"]["type"] != "offer"),
        "nobody hears himself"
    );
}

#[tokio::test]
async fn a_signal_of_no_known_shape_is_refused_and_not_passed_on() {
    let world = World::new().await;
    let (mut visitor, mut operator, call) = call(&world).await;
    let long = "x".repeat(1025);
    let many: Vec<Value> = (0..65).map(|_| json!({"candidate": ""})).collect();
    for signal in [
        json!({}),
        json!({"type": "song"}),
        json!({"type": "offer", "sdp": "v=0"}),
        json!({"type": "offer", "gen": 0, "sdp": "v=0"}),
        json!({"type": "offer", "gen": 2, "sdp": "v=0"}),
        json!({"type": "offer", "gen": -1, "sdp": "v=0"}),
        json!({"type": "offer", "gen": 1, "sdp": "<script>"}),
        json!({"type": "offer", "gen": 1, "sdp": 7}),
        json!({"type": "answer", "gen": 1}),
        json!({"type": "candidates", "gen": 1}),
        json!({"type": "candidates", "gen": 1, "candidates": "all"}),
        json!({"type": "candidates", "gen": 1, "candidates": many}),
        json!({"type": "candidates", "gen": 1, "candidates": [{"candidate": long}]}),
        json!({"type": "candidates", "gen": 1, "candidates": [{"candidate": "a\r\nb"}]}),
        json!({"type": "media", "audio": "loud", "video": true}),
    ] {
        assert_eq!(refused(&mut visitor, &call, &signal).await, 1502, "{signal}");
    }
    assert_eq!(refused(&mut operator, &call, &offer(1)).await, 1502, "odd ones are the visitor's");
    let keyless = json!({"session": call, "type": "bye"});
    assert_eq!(visitor.refused("signal", keyless).await, -32602);
    say(&mut visitor, &call, &json!({"type": "bye", "tune": "la"})).await.unwrap();
    let heard = operator.event(|event| event["result"]["seq"] == 1).await;
    assert_eq!(body(&heard), json!({"type": "bye"}), "the first, and without what nobody knows");
}

#[tokio::test]
async fn a_repeated_signal_is_heard_once() {
    let world = World::new().await;
    let (mut visitor, mut operator, call) = call(&world).await;
    let signal = with(json!({"session": call, "key": key()}), &offer(1));
    for _ in 0..3 {
        assert_eq!(visitor.call("signal", signal.clone()).await.unwrap(), json!(true));
    }
    let other = with(signal, &json!({"gen": 3}));
    assert_eq!(visitor.refused("signal", other).await, 1304);
    let heard: Vec<Value> = operator.everything().await;
    assert_eq!(
        heard.iter().filter(|frame| frame["params"]["result"]["type"] == "offer").count(),
        1
    );
}

#[tokio::test]
async fn a_lost_connection_and_a_dead_server_miss_no_signal() {
    let mut world = World::new().await;
    let (mut visitor, mut operator, call) = call(&world).await;
    say(&mut operator, &call, &offer(2)).await.unwrap();
    let log = visitor.subscribe(&format!("signal/{call}")).await;
    assert_eq!(log["result"][0]["seq"], 1);
    let (token, desk) = (visitor.token(), operator.token());
    visitor.client.vanish();
    say(&mut operator, &call, &offer(4)).await.unwrap();
    operator.client.vanish();
    world.kill_and_restart().await;
    let mut operator = world.operator_with(json!({"resume": desk})).await;
    say(
        &mut operator,
        &call,
        &json!({"gen": 4, "type": "candidates", "candidates": [], "end": true}),
    )
    .await
    .unwrap();
    let mut visitor = world.visitor_with(json!({"resume": token})).await;
    let since = json!({"epoch": log["epoch"], "seq": 1});
    let missed = visitor
        .call("subscribe", json!({"topic": format!("signal/{call}"), "since": since}))
        .await
        .unwrap();
    assert_eq!(missed["recovered"], true);
    let missed: Vec<(u64, &str)> = missed["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["seq"].as_u64().unwrap(), event["type"].as_str().unwrap()))
        .collect();
    assert_eq!(missed, [(2, "offer"), (3, "candidates")]);
}

#[tokio::test]
async fn a_second_tab_takes_the_call_over() {
    let world = World::new().await;
    let (mut visitor, mut operator, call) = call(&world).await;
    let mut tab = world.visitor_with(json!({"resume": visitor.token()})).await;
    assert_eq!(
        refused(&mut tab, &call, &offer(1)).await,
        1504,
        "who does not read the answers does not speak"
    );
    tab.subscribe(&format!("signal/{call}")).await;
    let ended = visitor.event(|event| event["error"]["code"] == 1504).await;
    assert_eq!(ended["error"]["data"]["reason"], "TAKEN_OVER");
    assert_eq!(refused(&mut visitor, &call, &offer(1)).await, 1504);
    say(&mut tab, &call, &json!({"gen": 3, "type": "offer", "sdp": "v=0", "fresh": true}))
        .await
        .unwrap();
    let heard = operator.event(|event| event["result"]["type"] == "offer").await;
    assert_eq!(heard["result"]["fresh"], true);
    say(&mut operator, &call, &json!({"gen": 3, "type": "answer", "sdp": "v=0"})).await.unwrap();
    tab.event(|event| event["result"]["type"] == "answer").await;
    assert!(visitor.everything().await.is_empty(), "the first tab hears nothing any more");
}

#[tokio::test]
async fn signals_begin_when_it_rings_and_begin_anew_with_the_next_operator() {
    let world =
        World::with(|settings| settings.rules.operators.grace = Duration::from_millis(100)).await;
    let mut visitor = world.visitor().await;
    let mut anna =
        world.operator_with(json!({"operator": {"name": "Anna", "status": "PAUSED"}})).await;
    let bruno = world.operator("Bruno").await;
    let params = json!({"key": key(), "channel": "VIDEO", "service": "service0001"});
    visitor.subscribe("call/VIDEO").await;
    bruno.client.vanish();
    let call =
        visitor.call("call.create", params).await.unwrap()["id"].as_str().unwrap().to_owned();
    assert_eq!(refused(&mut visitor, &call, &offer(1)).await, 1203, "it waits");
    anna.accept(&call).await;
    say(&mut visitor, &call, &offer(1)).await.unwrap();
    let mut carla =
        world.operator_with(json!({"operator": {"name": "Carla", "status": "PAUSED"}})).await;
    assert_eq!(carla.refused("subscribe", json!({"topic": format!("signal/{call}")})).await, 1303);
    anna.client.vanish();
    visitor.event(|event| event["result"]["step"]["step"] == 3).await;
    carla.accept(&call).await;
    let log = carla.subscribe(&format!("signal/{call}")).await;
    assert_eq!(log["result"], json!([]), "what was for Anna's browser is not for Carla's");
    say(&mut visitor, &call, &offer(3)).await.unwrap();
    let heard = carla.event(|event| event["result"]["type"] == "offer").await;
    assert_eq!(heard["result"]["seq"], 2, "numbers go on");
    carla.call("call.close", json!({"session": call})).await.unwrap();
    assert_eq!(refused(&mut visitor, &call, &offer(5)).await, 1301);
}

#[tokio::test]
async fn a_call_takes_so_many_signals_and_no_more() {
    let world = World::with(|settings| settings.rules.calls.signals = 3).await;
    let (mut visitor, _operator, call) = call(&world).await;
    for _ in 0..3 {
        say(&mut visitor, &call, &json!({"type": "restart"})).await.unwrap();
    }
    assert_eq!(refused(&mut visitor, &call, &json!({"type": "restart"})).await, 1502);
}
