//! The automatic operator, as a visitor meets it.

use crate::support::World;
use serde_json::json;
use std::time::Duration;

async fn quick() -> World {
    World::with(|settings| {
        settings.echo.enabled = true;
        settings.echo.pick_up = Duration::from_millis(30);
        settings.echo.think = Duration::from_millis(30);
        settings.rules.operators.automatic = Duration::from_millis(60);
    })
    .await
}

#[tokio::test]
async fn alone_a_visitor_is_queued_rung_greeted_and_answered() {
    let world = quick().await;
    let mut visitor = world
        .visitor_with(
            json!({"locale": "it-IT", "customer": {"customerDisplayName": "Mario Rossi"}}),
        )
        .await;
    assert_eq!(visitor.subscribe("service/service0001/CHAT").await["result"]["status"], "ACTIVE");
    let created = visitor
        .call("chat.create", json!({"key": crate::support::key(), "service": "service0001"}))
        .await
        .unwrap();
    assert_eq!(
        created["step"],
        json!({"step": 1, "type": "QUEUE", "queuePosition": 1, "expectedWait": 3}),
        "nobody but the automatic operator is there, and it answers soon"
    );
    let session = created["id"].as_str().unwrap().to_owned();
    visitor.follow(&session).await;
    visitor.event(|event| event["result"]["step"]["type"] == "CONNECTING").await;
    let connected = visitor.event(|event| event["result"]["step"]["type"] == "CONNECTED").await;
    assert!(connected["result"]["agent"]["name"].as_str().unwrap().contains("automatic"));

    visitor.event(|event| event["result"]["status"] == "COMPOSING").await;
    let greeting = visitor
        .event(|event| event["result"]["direction"] == "INBOUND" && event["result"]["seq"] == 2)
        .await;
    let text = greeting["result"]["message"].as_str().unwrap();
    assert!(
        text.starts_with("Ciao Mario Rossi!") && text.contains("non c'è una persona"),
        "{text}"
    );

    let sent = visitor.say(&session, "Il freno fischia").await;
    visitor.event(|event| event["result"]["read"] == sent["seq"]).await;
    visitor.event(|event| event["result"]["status"] == "COMPOSING").await;
    let answer = visitor
        .event(|event| event["result"]["direction"] == "INBOUND" && event["result"]["seq"] == 4)
        .await;
    assert!(answer["result"]["message"].as_str().unwrap().contains("“Il freno fischia”"));
}

#[tokio::test]
async fn it_pushes_a_page_and_says_good_bye() {
    let world = quick().await;
    let mut visitor = world.visitor_with(json!({"locale": "en-GB"})).await;
    let session = visitor.create("service0002").await;
    visitor.follow(&session).await;
    visitor.step(&session, "CONNECTED").await;
    visitor.say(&session, "Show me a page").await;
    let pushed = visitor.event(|event| event["result"]["step"]["type"] == "TO_URL").await;
    assert_eq!(pushed["result"]["step"]["uri"], world.settings.echo.page);
    visitor.say(&session, "bye").await;
    visitor
        .event(|event| {
            event["result"]["message"]
                .as_str()
                .is_some_and(|text| text.contains("closing this conversation"))
        })
        .await;
    visitor.event(|event| event["result"]["messageType"] == "CLOSED_SESSION").await;
}

#[tokio::test]
async fn a_person_is_rung_before_the_program() {
    let world = quick().await;
    let mut anna = world
        .operator_with(json!({"operator": {"name": "Anna", "services": ["service0001"]}}))
        .await;
    anna.subscribe("desk").await;
    let mut visitor = world.visitor().await;
    let session = visitor.create("service0001").await;
    anna.event(|event| event["result"]["contacts"][0]["state"] == "OFFERED").await;
    anna.accept(&session).await;
    assert_eq!(visitor.step(&session, "CONNECTED").await["agent"]["name"], "Anna");
    // Another service has nobody but the program.
    let mut other = world.visitor().await;
    let session = other.create("service0003").await;
    assert!(
        other.step(&session, "CONNECTED").await["agent"]["name"]
            .as_str()
            .unwrap()
            .contains("automatic")
    );
}

#[tokio::test]
async fn a_restart_in_mid_conversation_loses_no_answer_and_doubles_none() {
    let mut world = quick().await;
    let mut visitor = world.visitor_with(json!({"locale": "en"})).await;
    let session = visitor.create("service0001").await;
    visitor.follow(&session).await;
    visitor.event(|event| event["result"]["seq"] == 2).await;
    visitor.say(&session, "first question").await;
    visitor.event(|event| event["result"]["seq"] == 4).await;
    visitor.say(&session, "second question").await;
    world.kill_and_restart().await;
    let mut back = world.visitor_with(json!({"resume": visitor.token()})).await;
    let mut log = back.follow(&session).await;
    while log.len() < 6 {
        let event = back.event(|event| event["result"]["seq"].is_u64()).await;
        log.push(event["result"].clone());
    }
    let says = |index: usize, text: &str| {
        assert!(log[index]["message"].as_str().unwrap().contains(text), "{index}: {}", log[index]);
    };
    says(1, "automatic operator");
    says(3, "“first question”");
    says(5, "“second question”");
    // The next one is answered once, and nothing else was said meanwhile.
    back.say(&session, "third question").await;
    let answer = back
        .event(|event| event["result"]["direction"] == "INBOUND" && event["result"]["seq"].is_u64())
        .await;
    assert_eq!(answer["result"]["seq"], 8);
}

#[tokio::test]
async fn alone_a_developer_sees_his_call_connected() {
    let world = quick().await;
    let mut visitor = world.visitor().await;
    assert_eq!(visitor.subscribe("call/VIDEO").await["result"], json!(null));
    let created = visitor
        .call(
            "call.create",
            json!({"key": crate::support::key(), "channel": "VIDEO", "service": "service0001"}),
        )
        .await
        .unwrap();
    let connected = visitor.event(|event| event["result"]["state"] == "CONNECTED").await;
    assert_eq!(connected["result"]["id"], created["id"]);
    assert_eq!(connected["result"]["agent"]["name"], "Eco (automatic)");
    visitor.call("call.close", json!({"session": created["id"]})).await.unwrap();
    visitor.event(|event| event["result"]["state"] == "IDLE").await;
}

#[tokio::test]
async fn a_file_is_answered_by_its_name_once() {
    let world = quick().await;
    let mut visitor = world.visitor_with(json!({"locale": "en-GB"})).await;
    let session = visitor.create("service0001").await;
    visitor.follow(&session).await;
    visitor.event(|event| event["result"]["seq"] == 2).await;
    let text = b"Where is order 4711?";
    let file = json!({"session": session, "key": crate::support::key(), "name": "order.txt", "size": text.len(), "type": "text/plain"});
    let slot = visitor.call("file.begin", file).await.unwrap();
    assert_eq!(crate::files::put(&world, &slot, text).await.status, 201);
    let says = |event: &serde_json::Value| {
        event["result"]["direction"] == "INBOUND" && event["result"]["seq"].is_u64()
    };
    let answer = visitor.event(says).await;
    let words = answer["result"]["message"].as_str().unwrap();
    assert!(words.contains("the file “order.txt”"), "{words}");
    visitor.say(&session, "and now").await;
    let next = visitor.event(says).await;
    let words = next["result"]["message"].as_str().unwrap();
    assert!(words.contains("“and now”"), "not the file again: {words}");
}

#[tokio::test]
async fn who_comes_when_the_only_person_has_closed_the_browser_is_answered_by_the_program() {
    let world = quick().await;
    let mut anna = world.operator("Anna").await;
    anna.subscribe("desk").await;
    let mut mario = world.visitor().await;
    let conversation = mario.create("service0001").await;
    anna.event(|event| event["result"]["contacts"][0]["state"] == "OFFERED").await;
    anna.accept(&conversation).await;
    mario.step(&conversation, "CONNECTED").await;
    anna.client.vanish();
    // The grace time is 30 s: nobody waits for that long in a test.
    let mut giulia = world.visitor().await;
    let session = giulia.create("service0001").await;
    let state = giulia.step(&session, "CONNECTED").await;
    assert_eq!(state["agent"]["name"], "Eco (automatic)");
    let state = mario.step(&conversation, "CONNECTED").await;
    assert_eq!(state["agent"]["name"], "Anna", "her own conversation waits for her");
}

#[tokio::test]
async fn a_blip_of_the_only_person_gives_no_visitor_away() {
    let world = World::with(|settings| {
        settings.echo.enabled = true;
        settings.echo.pick_up = Duration::from_millis(30);
        settings.rules.operators.automatic = Duration::from_secs(5);
        settings.rules.operators.offer = Duration::from_millis(100);
        settings.rules.operators.again = Duration::from_millis(100);
    })
    .await;
    let anna = world.operator("Anna").await;
    let token = anna.token();
    let mut visitor = world.visitor().await;
    let session = visitor.create("service0001").await;
    visitor.step(&session, "CONNECTING").await;
    anna.client.vanish();
    visitor.step(&session, "QUEUE").await;
    let mut back = world.operator_with(json!({"resume": token})).await;
    back.subscribe("desk").await;
    back.event(|event| event["result"]["contacts"][0]["state"] == "OFFERED").await;
    back.accept(&session).await;
    assert_eq!(visitor.step(&session, "CONNECTED").await["agent"]["name"], "Anna");
}
