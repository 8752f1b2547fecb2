//! What happens when nothing does.

use crate::support::{Visitor, World};
use serde_json::json;
use std::time::Duration;

/// A conversation whose visitor has followed it since before it was answered: however late this test is woken, no step passes unseen.
async fn answered(world: &World) -> (Visitor, Visitor, String) {
    let mut operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let session = visitor.create("service0001").await;
    visitor.follow(&session).await;
    operator.begin("session.accept", json!({"session": session})).await;
    (visitor, operator, session)
}

#[tokio::test]
async fn who_says_no_hello_is_shown_the_door() {
    let world = World::with(|settings| settings.http.handshake = Duration::from_millis(100)).await;
    let mut client = world.dial("/tvox/widget", "tvox.widget.v1").await;
    client.call("ping", json!({})).await.unwrap();
    assert_eq!(client.closed().await, (4103, "IDLE".to_owned()));
}

#[tokio::test]
async fn a_silent_connection_ends_and_a_talking_one_does_not() {
    let world = World::with(|settings| {
        settings.rules.visitors.silence = Duration::from_millis(300);
        settings.rules.visitors.heartbeat = Duration::from_millis(10);
    })
    .await;
    let mut silent = world.visitor_with(json!({"heartbeat": 50})).await;
    let mut talking = world.visitor_with(json!({"heartbeat": 50})).await;
    assert_eq!(talking.welcome["heartbeat"], 50);
    let talks = async {
        loop {
            talking.call("ping", json!({})).await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        end = silent.closed() => assert_eq!(end.0, 4103),
        () = talks => {}
    }
    assert!(talking.call("ping", json!({})).await.is_ok());
}

#[tokio::test]
async fn heartbeats_are_granted_within_reason() {
    let world = World::new().await;
    for (asked, granted) in [
        (json!({}), 5000),
        (json!({"heartbeat": 1}), 1000),
        (json!({"heartbeat": 8000}), 8000),
        (json!({"heartbeat": 10_000_000}), 60_000),
    ] {
        assert_eq!(
            world.visitor_with(asked.clone()).await.welcome["heartbeat"],
            granted,
            "{asked}"
        );
    }
}

#[tokio::test]
async fn a_token_that_was_not_used_for_long_is_forgotten_with_its_session() {
    let world =
        World::with(|settings| settings.rules.visitors.resume = Duration::from_millis(150)).await;
    let (visitor, mut operator, session) = world.conversation().await;
    operator.subscribe(&format!("chat/{session}")).await;
    let token = visitor.token();
    visitor.client.vanish();
    operator.event(|event| event["result"]["messageType"] == "CLOSED_SESSION").await;
    let again = world.visitor_with(json!({"resume": token})).await;
    assert_eq!(again.welcome["resumed"], false);
}

#[tokio::test]
async fn a_visitor_who_left_the_queue_does_not_keep_others_waiting() {
    let world =
        World::with(|settings| settings.rules.visitors.absence = Duration::from_millis(120)).await;
    let mut operator = world.operator("Anna").await;
    operator.call("operator.status", json!({"status": "PAUSED"})).await.unwrap();
    let _staff = world
        .operator_with(json!({"operator": {"name": "Busy", "services": ["service0001"]}}))
        .await;
    let mut rung = world.visitor().await;
    rung.create("service0001").await;
    let mut first = world.visitor().await;
    let gone = first.create("service0001").await;
    let mut second = world.visitor().await;
    let session = second.create("service0001").await;
    let state = second.subscribe(&format!("session/{session}")).await;
    assert_eq!(state["result"]["step"]["queuePosition"], 2);
    let token = first.token();
    first.client.vanish();
    second.event(|event| event["result"]["step"]["queuePosition"] == 1).await;
    // When he comes back he has his place again.
    let mut back = world.visitor_with(json!({"resume": token})).await;
    let state = back.subscribe(&format!("session/{gone}")).await;
    assert_eq!(state["result"]["step"]["queuePosition"], 1);
    second.event(|event| event["result"]["step"]["queuePosition"] == 2).await;
}

#[tokio::test]
async fn a_silent_visitor_is_asked_and_his_answer_keeps_the_conversation() {
    let world = World::with(|settings| {
        settings.rules.chat.inactivity = Some(Duration::from_millis(150));
        settings.rules.chat.inactivity_warning = Duration::from_secs(60);
    })
    .await;
    let (mut visitor, _operator, session) = answered(&world).await;
    let asked = visitor.event(|event| event["result"]["step"]["type"] == "INACTIVE_TIMEOUT").await;
    let expires = asked["result"]["step"]["inactivityExpireDatetime"].as_i64().unwrap();
    let left = expires
        - i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    assert!((50_000..=60_000).contains(&left), "{left} ms are left");
    visitor.call("session.active", json!({"session": session})).await.unwrap();
    let back =
        visitor.event(|event| event["result"]["step"]["type"] == "ACTIVE_FROM_TIMEOUT").await;
    let on = visitor
        .event(|event| {
            event["result"]["step"]["type"] == "CONNECTED"
                && event["rev"].as_u64() > back["rev"].as_u64()
        })
        .await;
    assert_eq!(
        on["result"]["step"]["step"].as_u64(),
        back["result"]["step"]["step"].as_u64().map(|step| step + 1)
    );
}

#[tokio::test]
async fn a_visitor_who_does_not_answer_loses_the_conversation() {
    let world = World::with(|settings| {
        settings.rules.chat.inactivity = Some(Duration::from_millis(80));
        settings.rules.chat.inactivity_warning = Duration::from_millis(80);
    })
    .await;
    let (mut visitor, mut operator, session) = answered(&world).await;
    visitor.event(|event| event["result"]["sessionState"] == "CLOSED").await;
    assert_eq!(visitor.refused("session.active", json!({"session": session})).await, 1301);
    assert_eq!(operator.subscribe("desk").await["result"]["contacts"], json!([]));
}

#[tokio::test]
async fn the_longest_conversation_ends_with_a_word() {
    let world =
        World::with(|settings| settings.rules.chat.duration = Some(Duration::from_millis(250)))
            .await;
    let (mut visitor, _operator, _session) = answered(&world).await;
    let over =
        visitor.event(|event| event["result"]["step"]["type"] == "MAX_DURATION_TIMEOUT").await;
    let closed = visitor.event(|event| event["result"]["sessionState"] == "CLOSED").await;
    assert_eq!(closed["rev"].as_u64(), over["rev"].as_u64().map(|rev| rev + 1));
}

#[tokio::test]
async fn a_welcome_is_read_before_the_queue() {
    let world = World::with(|settings| {
        settings.rules.services[0].welcome = Some("Benvenuti!".to_owned());
        settings.rules.chat.welcome = Duration::from_millis(120);
    })
    .await;
    let mut operator = world.operator("Anna").await;
    operator.subscribe("queue").await;
    let mut visitor = world.visitor().await;
    let created = visitor
        .call("chat.create", json!({"key": crate::support::key(), "service": "service0001"}))
        .await
        .unwrap();
    assert_eq!(created["step"], json!({"step": 1, "type": "PLAY", "welcomeMessage": "Benvenuti!"}));
    operator.event(|event| event["result"]["waiting"][0]["playing"] == true).await;
    visitor.step(created["id"].as_str().unwrap(), "CONNECTING").await;
}
