//! A conversation.

use crate::support::{World, key};
use serde_json::json;

#[tokio::test]
async fn messages_reach_the_other_side_both_ways_in_order() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator.subscribe(&format!("chat/{session}")).await;

    let first = visitor.say(&session, "Buongiorno").await;
    let second = operator.say(&session, "Buongiorno, sono Anna").await;
    assert_eq!(first["seq"], 2);
    assert_eq!(second["seq"], 3);
    assert_eq!(second["id"], "m_3");

    let heard = visitor.hears("Buongiorno, sono Anna").await;
    assert_eq!(heard["direction"], "INBOUND");
    assert_eq!(heard["messageType"], "MESSAGE");
    assert_eq!(heard["status"], "WROTE");
    assert_eq!(heard["createdAt"], second["createdAt"]);
    assert!(heard.get("key").is_none(), "the operator's key is his own");
    let heard = operator.hears("Buongiorno").await;
    assert_eq!(heard["direction"], "OUTBOUND");
    assert!(heard.get("key").is_none(), "the visitor's key is his own");
}

#[tokio::test]
async fn a_message_comes_back_to_its_writer_with_its_key() {
    let world = World::new().await;
    let (mut visitor, _operator, session) = world.conversation().await;
    let key = key();
    let sent = visitor
        .call("chat.send", json!({"session": session, "key": key, "message": "mine"}))
        .await
        .unwrap();
    let back = visitor.hears("mine").await;
    assert_eq!(back["key"], key);
    assert_eq!(back["id"], sent["id"]);
    assert_eq!(back["seq"], sent["seq"]);
}

#[tokio::test]
async fn a_greeting_stands_on_the_operators_side_and_is_marked() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator.subscribe(&format!("chat/{session}")).await;
    let key = key();
    visitor
        .call(
            "chat.send",
            json!({"session": session, "key": key, "message": "I am a bot", "greeting": true}),
        )
        .await
        .unwrap();
    let seen = visitor.hears("I am a bot").await;
    assert_eq!(
        (&seen["direction"], &seen["greeting"], &seen["key"]),
        (&json!("INBOUND"), &json!(true), &json!(key))
    );
    let seen = operator.hears("I am a bot").await;
    assert_eq!((&seen["direction"], &seen["greeting"]), (&json!("INBOUND"), &json!(true)));
    assert!(seen.get("key").is_none());
}

#[tokio::test]
async fn the_log_begins_with_the_opening_and_ends_with_the_close() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    visitor.say(&session, "one").await;
    operator.call("chat.close", json!({"session": session})).await.unwrap();
    let closed = visitor.event(|event| event["result"]["messageType"] == "CLOSED_SESSION").await;
    assert_eq!(closed["result"]["seq"], 3);
    let state = visitor.event(|event| event["result"]["sessionState"] == "CLOSED").await;
    assert!(state["result"].get("step").is_none());
    assert!(state["result"].get("agent").is_none());

    let log = visitor.follow(&session).await;
    let kinds: Vec<_> = log.iter().map(|entry| entry["messageType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["OPEN_SESSION", "MESSAGE", "CLOSED_SESSION"]);
    assert_eq!(
        visitor
            .refused("chat.send", json!({"session": session, "key": key(), "message": "late"}))
            .await,
        1301
    );
    assert_eq!(
        operator
            .refused("chat.send", json!({"session": session, "key": key(), "message": "late"}))
            .await,
        1301
    );
    assert_eq!(
        visitor.call("chat.close", json!({"session": session})).await,
        Ok(json!(true)),
        "closing twice is no error"
    );
}

#[tokio::test]
async fn sending_twice_with_one_key_says_it_once() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    for side in [&mut visitor, &mut operator] {
        let params = json!({"session": session, "key": key(), "message": "once"});
        let first = side.call("chat.send", params.clone()).await.unwrap();
        let second = side.call("chat.send", params.clone()).await.unwrap();
        assert_eq!(first, second);
        let mut other = params;
        other["message"] = json!("something else");
        assert_eq!(side.refused("chat.send", other).await, 1304);
    }
    let log = visitor.follow(&session).await;
    assert_eq!(log.len(), 3, "opened, once, once: {log:?}");
    visitor.call("chat.close", json!({"session": session})).await.unwrap();
}

#[tokio::test]
async fn a_repeated_send_is_answered_even_after_the_end() {
    let world = World::new().await;
    let (mut visitor, _operator, session) = world.conversation().await;
    let params = json!({"session": session, "key": key(), "message": "the last words"});
    let first = visitor.call("chat.send", params.clone()).await.unwrap();
    visitor.call("chat.close", json!({"session": session})).await.unwrap();
    assert_eq!(visitor.call("chat.send", params).await, Ok(first));
}

#[tokio::test]
async fn creating_twice_with_one_key_opens_one_session() {
    let world = World::new().await;
    let _operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let params = json!({"key": key(), "service": "service0001"});
    let first = visitor.call("chat.create", params.clone()).await.unwrap();
    assert_eq!(visitor.call("chat.create", params.clone()).await.unwrap(), first);
    let mut other = params;
    other["service"] = json!("service0002");
    assert_eq!(visitor.refused("chat.create", other).await, 1304);
    let error = visitor
        .call("chat.create", json!({"key": key(), "service": "service0001"}))
        .await
        .unwrap_err();
    assert_eq!(error["code"], 1106);
    assert_eq!(error["data"]["session"], first["id"]);
}

#[tokio::test]
async fn nothing_can_be_said_before_an_operator_is_there() {
    let world = World::new().await;
    let mut operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let session = visitor.create("service0001").await;
    let error = visitor
        .call("chat.send", json!({"session": session, "key": key(), "message": "hello?"}))
        .await
        .unwrap_err();
    assert_eq!(
        (error["code"].as_i64(), error["data"]["retryable"].as_bool()),
        (Some(1203), Some(true))
    );
    assert_eq!(
        operator
            .refused("chat.send", json!({"session": session, "key": key(), "message": "hello?"}))
            .await,
        1203
    );
}

#[tokio::test]
async fn typing_is_told_to_the_other_side_and_never_kept() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator.subscribe(&format!("chat/{session}")).await;
    for (status, _) in [("COMPOSING", 0), ("IDLE", 1)] {
        operator.notify("chat.typing", json!({"session": session, "status": status})).await;
        let seen = visitor.event(|event| event["result"]["status"] == status).await;
        assert_eq!(
            seen["result"],
            json!({"sessionId": session, "status": status, "direction": "INBOUND"})
        );
        visitor.notify("chat.typing", json!({"session": session, "status": status})).await;
        let seen = operator.event(|event| event["result"]["status"] == status).await;
        assert_eq!(
            seen["result"],
            json!({"sessionId": session, "status": status, "direction": "OUTBOUND"})
        );
    }
    assert_eq!(visitor.follow(&session).await.len(), 1);
}

#[tokio::test]
async fn receipts_are_watermarks_that_never_go_back() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    let topic = format!("receipts/{session}");
    let before = operator.subscribe(&topic).await;
    assert_eq!(before["result"], json!({"received": 0, "read": 0}));
    operator.say(&session, "one").await;
    operator.say(&session, "two").await;

    visitor.notify("chat.received", json!({"session": session, "message": "m_3"})).await;
    let seen = operator.event(|event| event["result"]["received"] == 3).await;
    assert_eq!(seen["result"], json!({"received": 3, "read": 0}));
    visitor.notify("chat.read", json!({"session": session, "message": "m_2"})).await;
    let after = operator.event(|event| event["result"]["read"] == 2).await;
    assert_eq!(after["result"], json!({"received": 3, "read": 2}));
    assert!(after["rev"].as_u64() > seen["rev"].as_u64());
    visitor.notify("chat.read", json!({"session": session, "message": "m_1"})).await;
    visitor.call("ping", json!({})).await.unwrap();
    assert_eq!(operator.subscribe(&topic).await["result"], json!({"received": 3, "read": 2}));

    // The other way: the operator's receipts come on the visitor's topic. Reading implies having received.
    let message = visitor.say(&session, "three").await;
    operator.notify("chat.read", json!({"session": session, "message": message["id"]})).await;
    let seen = visitor.event(|event| event["result"]["read"] == 4).await;
    assert_eq!(seen["result"], json!({"received": 4, "read": 4}));
    assert_eq!(
        visitor.refused("chat.read", json!({"session": session, "message": "m_99"})).await,
        -32602
    );
    assert_eq!(
        visitor.refused("chat.read", json!({"session": session, "message": "99"})).await,
        -32602
    );
}

#[tokio::test]
async fn every_tab_of_a_visitor_sees_the_conversation() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    let mut other = world.visitor_with(json!({"resume": visitor.token()})).await;
    assert_eq!(other.welcome["resumed"], true);
    assert_eq!(
        other.welcome["sessions"],
        json!([{"id": session, "channel": "CHAT", "service": "service0001"}])
    );
    other.follow(&session).await;
    other.say(&session, "from the second tab").await;
    visitor.hears("from the second tab").await;
    operator.say(&session, "to both").await;
    visitor.hears("to both").await;
    other.hears("to both").await;
}

#[tokio::test]
async fn a_long_log_comes_in_pages_and_is_live_after_the_last() {
    let world = World::with(|settings| {
        settings.rules.operators.rate.burst = 2000;
    })
    .await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    let total = 450;
    for number in 0..total {
        operator
            .begin(
                "chat.send",
                json!({"session": session, "key": key(), "message": format!("message {number}")}),
            )
            .await;
    }
    visitor.hears(&format!("message {}", total - 1)).await;

    let mut late = world.visitor_with(json!({"resume": visitor.token()})).await;
    let topic = format!("chat/{session}");
    let mut since = json!(null);
    let mut seqs = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = late.call("subscribe", json!({"topic": topic, "since": since})).await.unwrap();
        assert_eq!(page["recovered"], true);
        let events = page["result"].as_array().unwrap();
        sizes.push(events.len());
        seqs.extend(events.iter().map(|event| event["seq"].as_u64().unwrap()));
        since = json!({"epoch": page["epoch"], "seq": seqs.last()});
        if page["more"] == false {
            break;
        }
        operator.say(&session, "meanwhile").await;
    }
    assert_eq!(sizes, [200, 200, 53], "two were said between three pages, one opened the session");
    assert_eq!(seqs, (1..=453).collect::<Vec<u64>>());
    operator.say(&session, "live again").await;
    assert_eq!(late.hears("live again").await["seq"], 454);
    let early = late.everything().await;
    assert!(early.is_empty(), "nothing was attached before the last page: {early:?}");
}

#[tokio::test]
async fn a_page_of_long_messages_fits_into_a_frame() {
    let world = World::with(|settings| settings.rules.operators.rate.burst = 2000).await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    let long = "🚲".repeat(4000);
    for _ in 0..12 {
        operator.say(&session, &long).await;
    }
    let page =
        visitor.call("subscribe", json!({"topic": format!("chat/{session}")})).await.unwrap();
    assert_eq!(page["more"], true);
    assert!(page.to_string().len() < 64 * 1024, "{} bytes", page.to_string().len());
    assert!(page["result"].as_array().unwrap().len() > 1);
}

#[tokio::test]
async fn a_cursor_of_another_epoch_or_from_the_future_starts_over() {
    let world = World::new().await;
    let (mut visitor, _operator, session) = world.conversation().await;
    visitor.say(&session, "one").await;
    let topic = format!("chat/{session}");
    let epoch = visitor.welcome["epoch"].clone();
    for since in [json!({"epoch": "e_other", "seq": 1}), json!({"epoch": epoch, "seq": 99})] {
        let page =
            visitor.call("subscribe", json!({"topic": topic, "since": since})).await.unwrap();
        assert_eq!(
            (&page["recovered"], page["result"].as_array().unwrap().len()),
            (&json!(false), 2),
            "{since}"
        );
    }
    let page = visitor
        .call("subscribe", json!({"topic": topic, "since": {"epoch": epoch, "seq": 2}}))
        .await
        .unwrap();
    assert_eq!((&page["recovered"], &page["result"]), (&json!(true), &json!([])));
}
