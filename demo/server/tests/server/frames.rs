//! Rubbish on the wire.

use crate::support::{World, key};
use serde_json::{Value, json};

#[tokio::test]
async fn rubbish_is_answered_and_the_connection_lives() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    for (text, code) in [
        ("{", -32700),
        ("[]", -32005),
        ("7", -32600),
        (r#"{"jsonrpc":"2.0","id":99,"method":7}"#, -32600),
    ] {
        visitor.send(text).await;
        let answer = visitor.frame(|frame| !frame["error"].is_null()).await;
        assert_eq!(answer["error"]["code"], code, "{text}");
        assert!(answer["error"]["data"]["reason"].is_string());
        assert!(
            answer.as_object().unwrap().contains_key("id"),
            "even without one, id is null: {answer}"
        );
    }
    assert!(visitor.call("ping", json!({})).await.is_ok());
}

#[tokio::test]
async fn unknown_notifications_and_answers_are_passed_over_in_silence() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    visitor.notify("wave", json!({"hand": "left"})).await;
    visitor.notify("chat.typing", json!({"session": "s_none", "status": "COMPOSING"})).await;
    visitor.notify("chat.read", json!({"session": "s_none"})).await;
    assert_eq!(visitor.everything().await, Vec::<Value>::new());
}

#[tokio::test]
async fn unknown_fields_are_passed_over_and_wrong_ones_are_named() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    assert!(visitor.call("visit", json!({"uri": "/a", "mood": "good"})).await.is_ok());
    let error = visitor.call("visit", json!({"uri": 7})).await.unwrap_err();
    assert_eq!(error["code"], -32602);
    for (method, params) in [
        ("chat.create", json!({"service": "service0001"})),
        ("chat.create", json!({"key": "", "service": "service0001"})),
        ("chat.create", json!({"key": "a b", "service": "service0001"})),
        ("chat.create", json!({"key": "k".repeat(65), "service": "service0001"})),
        ("chat.create", json!([])),
        ("subscribe", json!({"topic": "channels", "since": 7})),
        ("identify", json!({"channel": "FAX", "service": "service0001"})),
    ] {
        assert_eq!(visitor.refused(method, params.clone()).await, -32602, "{method} {params}");
    }
}

#[tokio::test]
async fn null_and_absent_mean_the_same() {
    let world = World::new().await;
    let (mut visitor, _operator, session) = world.conversation().await;
    let send = json!({"session": session, "key": key(), "message": "x", "greeting": null});
    assert!(visitor.call("chat.send", send).await.is_ok());
    assert_eq!(visitor.hears("x").await["direction"], "OUTBOUND");
    assert!(visitor.call("visit", json!({"uri": "/a", "linkableUri": null})).await.is_ok());
    assert!(visitor.call("ping", json!(null)).await.is_ok());
    visitor.call("chat.close", json!({"session": session})).await.unwrap();
    let create = json!({"key": key(), "service": "service0001", "fields": null, "customer": null});
    assert!(visitor.call("chat.create", create).await.is_ok());
    let mut other =
        world.visitor_with(json!({"resume": null, "customer": null, "locale": null})).await;
    other.call("bye", json!({"forget": null})).await.unwrap();
    let again = world.visitor_with(json!({"resume": other.token()})).await;
    assert_eq!(again.welcome["resumed"], true);
}

#[tokio::test]
async fn who_speaks_only_rubbish_is_sent_away() {
    let world = World::with(|settings| settings.rules.limits.malformed = 3).await;
    let mut visitor = world.visitor().await;
    for _ in 0..4 {
        visitor.send("rubbish").await;
    }
    assert_eq!(visitor.closed().await, (4003, "PROTOCOL".to_owned()));
}

#[tokio::test]
async fn binary_frames_are_not_spoken_here() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    visitor.send_binary(&[1, 2, 3]).await;
    assert_eq!(visitor.closed().await.0, 4003);
}

#[tokio::test]
async fn a_frame_as_large_as_it_may_be_is_read_and_a_larger_one_ends_the_connection() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    let frame = |bytes: usize| {
        let bare = r#"{"jsonrpc":"2.0","id":1000,"method":"ping","params":{"x":""}}"#.len();
        format!(
            r#"{{"jsonrpc":"2.0","id":1000,"method":"ping","params":{{"x":"{}"}}}}"#,
            "a".repeat(bytes - bare)
        )
    };
    visitor.send(&frame(65536)).await;
    assert!(visitor.answer(1000).await.is_ok());
    visitor.send(&frame(65537)).await;
    assert_eq!(visitor.closed().await.0, 1009);

    let mut visitor = world.visitor().await;
    visitor.send(&frame(300_000)).await;
    assert_eq!(visitor.closed().await.0, 1009, "even where it is not read to its end");
}

#[tokio::test]
async fn a_batch_is_one_refusal_and_nothing_of_it_is_done() {
    let world = World::new().await;
    let (mut visitor, _operator, session) = world.conversation().await;
    let send = json!({"jsonrpc": "2.0", "id": 500, "method": "chat.send", "params": {"session": session, "key": key(), "message": "x"}});
    visitor.send(&json!([send, send]).to_string()).await;
    assert_eq!(
        visitor.frame(|frame| frame["id"].is_null() && frame["method"].is_null()).await["error"]["code"],
        -32005
    );
    assert_eq!(visitor.follow(&session).await.len(), 1);
}

#[tokio::test]
async fn a_method_that_nobody_serves_is_unknown() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    for method in ["call.tests", "session.rates", "forms.all", "chat", "signal.all", ""] {
        let params = json!({"session": session, "key": key()});
        let code = if method.is_empty() { -32600 } else { -32601 };
        assert_eq!(visitor.refused(method, params.clone()).await, code, "{method}");
        assert_eq!(operator.refused(method, params).await, code, "{method}");
    }
}
