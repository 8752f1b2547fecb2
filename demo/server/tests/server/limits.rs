//! Too much of everything.

use crate::support::{World, key};
use serde_json::json;
use std::time::Duration;
use tvox_demo_server::settings::Rate;

#[tokio::test]
async fn requests_above_the_rate_are_refused_with_the_time_to_wait() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    // The hello was one of the twenty.
    let mut refused = Vec::new();
    for _ in 0..40 {
        if let Err(error) = visitor.call("getVersion", json!([])).await {
            refused.push(error);
        }
    }
    assert!(!refused.is_empty());
    assert!(refused.len() >= 15, "only {} of 40 at once were refused", refused.len());
    for error in &refused {
        assert_eq!(
            (error["code"].as_i64(), error["data"]["retryable"].as_bool()),
            (Some(1201), Some(true))
        );
        assert!((1..=100).contains(&error["data"]["retryAfter"].as_u64().unwrap()), "{error}");
    }
    // Who waits that long is served.
    let wait = refused.last().unwrap()["data"]["retryAfter"].as_u64().unwrap();
    tokio::time::sleep(Duration::from_millis(wait)).await;
    assert!(visitor.call("getVersion", json!([])).await.is_ok());
}

#[tokio::test]
async fn pings_subscriptions_and_receipts_do_not_count() {
    let world = World::new().await;
    let (mut visitor, _operator, session) = world.conversation().await;
    for _ in 0..60 {
        visitor.call("ping", json!({})).await.unwrap();
        visitor.subscribe("channels").await;
        visitor.call("chat.read", json!({"session": session, "message": "m_1"})).await.unwrap();
    }
}

#[tokio::test]
async fn one_connection_does_not_use_up_anothers_rate() {
    let world = World::new().await;
    let mut loud = world.visitor().await;
    let mut quiet = world.visitor().await;
    for _ in 0..50 {
        let _ = loud.call("getVersion", json!([])).await;
    }
    assert!(quiet.call("getVersion", json!([])).await.is_ok());
}

#[tokio::test]
async fn a_flood_ends_the_connection() {
    let world =
        World::with(|settings| settings.rules.limits.flood = Rate { per_second: 1, burst: 50 })
            .await;
    let mut visitor = world.visitor().await;
    for _ in 0..60 {
        visitor.notify("ping", json!({})).await;
    }
    let (code, reason) = visitor.closed().await;
    assert_eq!(code, 4101);
    assert!(reason.starts_with("RATE_LIMITED;retry="), "{reason}");
}

#[tokio::test]
async fn a_message_is_measured_in_characters_not_bytes() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    for side in [&mut visitor, &mut operator] {
        let fits = "🚲".repeat(4000);
        assert!(
            side.call("chat.send", json!({"session": session, "key": key(), "message": fits}))
                .await
                .is_ok()
        );
        let long = "a".repeat(4001);
        assert_eq!(
            side.refused("chat.send", json!({"session": session, "key": key(), "message": long}))
                .await,
            1202
        );
        assert_eq!(
            side.refused("chat.send", json!({"session": session, "key": key(), "message": " \n "}))
                .await,
            -32602
        );
    }
}

#[tokio::test]
async fn the_form_has_its_limits() {
    let world = World::new().await;
    let _operator = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let field = |length: usize| json!({"key": "k", "value": "v".repeat(length)});
    for (fields, code) in [
        (vec![field(1); 33], -32007),
        (vec![field(1001)], -32602),
        (vec![json!({"key": "k".repeat(129), "value": ""})], -32602),
    ] {
        assert_eq!(
            visitor
                .refused(
                    "chat.create",
                    json!({"key": key(), "service": "service0001", "fields": fields})
                )
                .await,
            code
        );
    }
    let most = vec![field(1000); 32];
    assert!(
        visitor
            .call("chat.create", json!({"key": key(), "service": "service0001", "fields": most}))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn there_is_an_end_to_subscriptions_and_following_twice_counts_once() {
    let world = World::with(|settings| settings.rules.limits.subscriptions = 3).await;
    let mut visitor = world.visitor().await;
    for code in ["a", "b", "c", "c", "b"] {
        visitor.subscribe(&format!("service/{code}/CHAT")).await;
    }
    assert_eq!(visitor.refused("subscribe", json!({"topic": "channels"})).await, -32006);
    let again = visitor.subscribe("service/a/CHAT").await;
    visitor.call("unsubscribe", json!({"subscription": again["subscription"]})).await.unwrap();
    visitor.subscribe("channels").await;
    assert_eq!(visitor.call("unsubscribe", json!({"subscription": "b999"})).await, Ok(json!(true)));
}

#[tokio::test]
async fn the_sixth_connection_of_a_visitor_is_sent_away() {
    let world = World::new().await;
    let first = world.visitor().await;
    let mut tabs = Vec::new();
    for _ in 0..4 {
        tabs.push(world.visitor_with(json!({"resume": first.token()})).await);
    }
    let mut sixth = world.dial("/tvox/widget", "tvox.widget.v1").await;
    let hello =
        json!({"client": {"name": "x", "version": "1"}, "api": "10.26.0", "resume": first.token()});
    let error = sixth.call("hello", hello.clone()).await.unwrap_err();
    assert_eq!(
        (error["code"].as_i64(), error["data"]["retryable"].as_bool()),
        (Some(-32009), Some(true))
    );
    assert_eq!(sixth.closed().await.0, 4100);
    for tab in &mut tabs {
        assert!(tab.call("ping", json!({})).await.is_ok(), "the others are left alone");
    }
}

#[tokio::test]
async fn so_many_new_sessions_an_hour_for_an_address() {
    let world = World::with(|settings| {
        settings.rules.limits.sessions_per_hour = 2;
    })
    .await;
    let _operator = world.operator("Anna").await;
    for _ in 0..2 {
        let mut visitor = world.visitor().await;
        let session = visitor.create("service0001").await;
        visitor.call("chat.close", json!({"session": session})).await.unwrap();
    }
    let mut visitor = world.visitor().await;
    let error = visitor
        .call("chat.create", json!({"key": key(), "service": "service0001"}))
        .await
        .unwrap_err();
    assert_eq!(error["code"], 1201);
    let wait = error["data"]["retryAfter"].as_u64().unwrap();
    assert!((3_500_000..=3_600_000).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_queue_has_an_end() {
    let world = World::with(|settings| settings.rules.limits.queue = 1).await;
    let _operator = world.operator("Anna").await;
    let mut first = world.visitor().await;
    first.create("service0001").await;
    let mut second = world.visitor().await;
    let error = second
        .call("chat.create", json!({"key": key(), "service": "service0001"}))
        .await
        .unwrap_err();
    assert_eq!(
        (error["code"].as_i64(), error["data"]["retryAfter"].as_u64()),
        (Some(1205), Some(30_000))
    );
    second.create("service0002").await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_and_loses_nothing() {
    let world = World::with(|settings| {
        settings.http.backlog = 256 * 1024;
        settings.rules.operators.rate = Rate { per_second: 10_000, burst: 10_000 };
    })
    .await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator.subscribe("desk").await;
    let long = "x".repeat(4000);
    // Loopback sockets swallow some megabytes before anything waits.
    let mut sent = 0;
    let offline = loop {
        let mut asked = Vec::new();
        for _ in 0..100 {
            let message = json!({"session": session, "key": key(), "message": long});
            asked.push(operator.begin("chat.send", message).await);
        }
        for id in asked {
            operator.answer(id).await.unwrap();
        }
        sent += 100;
        let is_offline = json!(false);
        let gone = operator.waiting(|frame| {
            frame["params"]["result"]["contacts"][0]["visitor"]["online"] == is_offline
        });
        if gone || sent == 5_000 {
            break gone;
        }
    };
    assert!(offline, "the visitor read nothing of {sent} messages and was not closed");
    assert_eq!(visitor.closed().await.0, 4102);
    // He comes back, and gets all of it.
    let mut back = world.visitor_with(json!({"resume": visitor.token()})).await;
    let mut since = json!(null);
    let mut count = 0;
    loop {
        let page = back
            .call("subscribe", json!({"topic": format!("chat/{session}"), "since": since}))
            .await
            .unwrap();
        let events = page["result"].as_array().unwrap();
        count += events.len();
        since = json!({"epoch": page["epoch"], "seq": events.last().unwrap()["seq"]});
        if page["more"] == false {
            break;
        }
    }
    assert_eq!(count, sent + 1);
}
