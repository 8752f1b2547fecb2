//! What an operator has beside the conversation: pages pushed, pages visited, who is there.

use crate::support::{World, key};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_pushed_page_is_a_step_and_the_conversation_goes_on() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    let push = json!({"session": session, "key": key(), "uri": "https://shop.example/p/1"});
    let pushed = operator.call("page.push", push.clone()).await.unwrap();
    assert_eq!(pushed, json!({"step": 4}));
    assert_eq!(operator.call("page.push", push.clone()).await.unwrap(), pushed);
    let seen = visitor.event(|event| event["result"]["step"]["type"] == "TO_URL").await;
    assert_eq!(
        seen["result"]["step"],
        json!({"step": 4, "type": "TO_URL", "uri": "https://shop.example/p/1"})
    );
    assert_eq!(seen["result"]["agent"]["name"], "Anna");
    // Saying something is possible all the while, and ends the step.
    visitor.say(&session, "a nice page").await;
    let after = visitor.event(|event| event["result"]["step"]["type"] == "CONNECTED").await;
    assert_eq!(after["result"]["step"]["step"], 5);
    let mut other = push;
    other["uri"] = json!("/elsewhere");
    assert_eq!(operator.refused("page.push", other).await, 1304);
}

#[tokio::test]
async fn a_visit_ends_a_pushed_page_and_so_does_time() {
    let world =
        World::with(|settings| settings.rules.operators.push = Duration::from_millis(80)).await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator
        .call("page.push", json!({"session": session, "key": key(), "uri": "/p/1"}))
        .await
        .unwrap();
    visitor.event(|event| event["result"]["step"]["step"] == 4).await;
    let by_time = visitor.event(|event| event["result"]["step"]["step"] == 5).await;
    assert_eq!(by_time["result"]["step"]["type"], "CONNECTED");

    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator
        .call("page.push", json!({"session": session, "key": key(), "uri": "/p/1"}))
        .await
        .unwrap();
    visitor.event(|event| event["result"]["step"]["type"] == "TO_URL").await;
    visitor.call("visit", json!({"uri": "/p/1"})).await.unwrap();
    visitor.event(|event| event["result"]["step"]["type"] == "CONNECTED").await;
}

#[tokio::test]
async fn only_web_addresses_and_paths_are_pushed() {
    let world = World::new().await;
    let (_visitor, mut operator, session) = world.conversation().await;
    for uri in [
        "javascript:alert(1)",
        "JaVa\tScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https:\\\\evil.example",
        "https://user@evil.example/",
        "https://",
        "page.html",
        "",
        "file:///etc/passwd",
        "/a b",
        "/a\nb",
        "/\\evil.example",
    ] {
        assert_eq!(
            operator
                .refused("page.push", json!({"session": session, "key": key(), "uri": uri}))
                .await,
            -32602,
            "{uri:?}"
        );
    }
    let long = format!("/{}", "a".repeat(2048));
    assert_eq!(
        operator.refused("page.push", json!({"session": session, "key": key(), "uri": long})).await,
        -32602
    );
    for uri in ["/", "/p?q=1#r", "https://shop.example", "HTTP://shop.example:8080/p"] {
        assert!(
            operator
                .call("page.push", json!({"session": session, "key": key(), "uri": uri}))
                .await
                .is_ok(),
            "{uri:?}"
        );
    }
}

#[tokio::test]
async fn the_operator_sees_where_the_visitor_was_and_is() {
    let world = World::with(|settings| {
        settings.rules.limits.visits = 3;
        settings.rules.limits.rate.burst = 100;
    })
    .await;
    let mut operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let visit = |number: u32| json!({"linkableUri": format!("https://shop.example/{number}"), "uri": format!("/{number}"), "uriDisplay": format!("Page\u{1} {number}")});
    visitor.call("visit", visit(1)).await.unwrap();
    visitor.call("visit", visit(1)).await.unwrap();
    visitor.call("visit", json!({})).await.unwrap();
    visitor.call("visit", visit(2)).await.unwrap();
    let session = visitor.create("service0001").await;
    let before = operator.subscribe(&format!("visits/{session}")).await;
    let titles = |event: &Value| {
        event["result"]["visits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|visit| visit["uriDisplay"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(titles(&before), ["Page 1", "Page 2"], "the latest told again is no new visit");
    assert_eq!(before["result"]["visits"][0]["linkableUri"], "https://shop.example/1");
    visitor.call("visit", visit(3)).await.unwrap();
    visitor.call("visit", visit(4)).await.unwrap();
    let after = operator.event(|event| event["result"]["visits"][2]["uri"] == "/4").await;
    assert_eq!(titles(&after), ["Page 2", "Page 3", "Page 4"]);
    assert_eq!(visitor.refused("visit", json!({"uri": "a".repeat(2049)})).await, -32602);
}

#[tokio::test]
async fn the_operator_sees_the_visitor_go_and_come_and_what_he_is_about_to_choose() {
    let world = World::new().await;
    let mut operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    visitor.notify("identify", json!({"channel": "CHAT", "service": "service0002"})).await;
    let session = visitor.create("service0001").await;
    let topic = format!("session/{session}");
    let seen = operator.subscribe(&topic).await;
    assert_eq!(
        seen["result"]["visitor"]["chosen"],
        json!({"channel": "CHAT", "service": "service0002"})
    );
    let token = visitor.token();
    visitor.client.vanish();
    operator.event(|event| event["result"]["visitor"]["online"] == false).await;
    let _again = world.visitor_with(json!({"resume": token})).await;
    operator.event(|event| event["result"]["visitor"]["online"] == true).await;
}

#[tokio::test]
async fn the_form_before_contact_reaches_the_operator() {
    let world = World::new().await;
    let mut operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let fields =
        json!([{"key": "order", "value": "4711"}, {"key": "note", "value": "<b>è urgente</b>"}]);
    let created = visitor
        .call("chat.create", json!({"key": key(), "service": "service0001", "fields": fields}))
        .await
        .unwrap();
    let id = created["id"].as_str().unwrap();
    assert_eq!(operator.subscribe(&format!("session/{id}")).await["result"]["fields"], fields);
}
