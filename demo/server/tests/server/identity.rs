//! Who is who: tokens, origins, and what is nobody else's business.

use crate::support::{World, key};
use serde_json::{Value, json};

#[tokio::test]
async fn the_greeting_says_everything_that_the_protocol_promises() {
    let world = World::new().await;
    let mut visitor = world.visitor_with(json!({"heartbeat": 8000, "locale": "it-IT"})).await;
    let welcome = visitor.welcome.clone();
    assert_eq!(welcome["resumed"], false);
    assert_eq!(welcome["heartbeat"], 8000);
    assert_eq!(welcome["resumeTtl"], 1_800_000);
    assert_eq!(
        welcome["channels"],
        json!({"CHAT": true, "VIDEO": true, "PHONE_CALL": true, "MAIL": true, "CALLBACK": true})
    );
    assert_eq!(welcome["limits"]["rate"], json!({"perSecond": 10, "burst": 20}));
    assert_eq!(welcome["limits"]["frame"], 65536);
    assert_eq!(welcome["sessions"], json!([]));
    let token = visitor.token();
    assert!(token.starts_with("rt_") && token.len() == 3 + 43, "256 bits in base64url: {token:?}");
    assert_eq!(
        visitor.call("getVersion", json!([])).await.unwrap(),
        json!(["10.26.32", "10.26.0"])
    );
    assert_eq!(
        visitor
            .refused("hello", json!({"client": {"name": "x", "version": "1"}, "api": "10.26.0"}))
            .await,
        -32600
    );
}

#[tokio::test]
async fn before_hello_only_version_and_ping_are_answered() {
    let world = World::new().await;
    for (path, protocol) in
        [("/tvox/widget", "tvox.widget.v1"), ("/tvox/operator", "tvox.operator.v1")]
    {
        let mut client = world.dial(path, protocol).await;
        assert!(client.call("getVersion", json!([])).await.is_ok());
        assert!(client.call("ping", json!({})).await.unwrap()["time"].is_string());
        for method in ["subscribe", "chat.send", "no.such.method"] {
            let params =
                json!({"topic": "channels", "session": "s_1", "key": key(), "message": "x"});
            assert_eq!(client.refused(method, params).await, 1001, "{method}");
        }
        assert_eq!(
            client.refused("hello", json!({"api": "10.26.0"})).await,
            -32602,
            "a bad hello is a hello"
        );
    }
}

#[tokio::test]
async fn an_unknown_token_is_never_adopted() {
    let world = World::new().await;
    let invented = format!("rt_{}", "A".repeat(43));
    let visitor = world.visitor_with(json!({"resume": invented})).await;
    assert_eq!(visitor.welcome["resumed"], false);
    assert_ne!(visitor.token(), invented);
    let other = world.visitor_with(json!({"resume": invented})).await;
    assert_eq!(other.welcome["resumed"], false);
    assert_ne!(other.welcome["visitor"], visitor.welcome["visitor"]);
}

#[tokio::test]
async fn a_token_opens_nothing_from_another_origin() {
    let world =
        World::with(|settings| settings.http.origins.push("https://www.example.org".to_owned()))
            .await;
    let visitor = world.visitor().await;
    let hello = json!({"client": {"name": "x", "version": "1"}, "api": "10.26.0", "resume": visitor.token()});
    let mut elsewhere = world
        .try_dial("/tvox/widget", "tvox.widget.v1", &[("origin", "https://www.example.org")])
        .await
        .unwrap();
    assert_eq!(elsewhere.call("hello", hello).await.unwrap()["resumed"], false);
    let again = world.visitor_with(json!({"resume": visitor.token()})).await;
    assert_eq!(again.welcome["resumed"], true);
    assert_eq!(again.welcome["visitor"], visitor.welcome["visitor"]);
    assert_eq!(again.token(), visitor.token(), "the token is not rotated");
}

#[tokio::test]
async fn a_forgotten_visitor_is_a_new_one_and_his_conversation_is_over() {
    let world = World::new().await;
    let (mut visitor, mut operator, session) = world.conversation().await;
    operator.subscribe(&format!("chat/{session}")).await;
    let mut tab = world.visitor_with(json!({"resume": visitor.token()})).await;
    visitor.notify("bye", json!({"forget": true})).await;
    assert_eq!(visitor.closed().await.0, 1000);
    assert_eq!(tab.closed().await.0, 1000, "it is forgotten in every tab");
    operator.event(|event| event["result"]["messageType"] == "CLOSED_SESSION").await;
    let again = world.visitor_with(json!({"resume": visitor.token()})).await;
    assert_eq!(again.welcome["resumed"], false);
    assert_eq!(again.welcome["sessions"], json!([]));
}

#[tokio::test]
async fn leaving_for_now_keeps_everything() {
    let world = World::new().await;
    let (mut visitor, _operator, session) = world.conversation().await;
    visitor.notify("bye", json!({"forget": false})).await;
    assert_eq!(visitor.closed().await.0, 1000);
    let again = world.visitor_with(json!({"resume": visitor.token()})).await;
    assert_eq!(again.welcome["sessions"][0]["id"], session);
}

#[tokio::test]
async fn what_belongs_to_another_visitor_is_not_there() {
    let world = World::new().await;
    let (_owner, _operator, session) = world.conversation().await;
    let mut stranger = world.visitor().await;
    for id in [session.as_str(), "s_never", "", "k_7"] {
        for (method, params) in [
            ("subscribe", json!({"topic": format!("session/{id}")})),
            ("subscribe", json!({"topic": format!("chat/{id}")})),
            ("subscribe", json!({"topic": format!("receipts/{id}")})),
            ("chat.send", json!({"session": id, "key": key(), "message": "x"})),
            ("chat.typing", json!({"session": id, "status": "COMPOSING"})),
            ("chat.received", json!({"session": id, "message": "m_1"})),
            ("chat.read", json!({"session": id, "message": "m_1"})),
            ("chat.recap", json!({"session": id, "key": key(), "mail": "a@example.org"})),
            ("chat.close", json!({"session": id})),
            ("session.active", json!({"session": id})),
        ] {
            let error = stranger.call(method, params.clone()).await.unwrap_err();
            assert_eq!(error["code"], 1303, "{method} {params}");
            assert_eq!(
                error["message"], "no such session",
                "a foreign session and one that never was are told apart by nothing"
            );
            // The rate of requests is not what is tested here.
            if stranger.welcome["spent"].as_u64().unwrap_or_default() == 12 {
                stranger = world.visitor().await;
            } else {
                stranger.welcome["spent"] =
                    json!(stranger.welcome["spent"].as_u64().unwrap_or_default() + 1);
            }
        }
    }
}

#[tokio::test]
async fn an_operator_of_another_service_sees_nothing_of_a_contact() {
    let world = World::new().await;
    let (_visitor, _operator, session) = world.conversation().await;
    for services in [json!(["service0002"]), json!(["service0001"])] {
        let mut other =
            world.operator_with(json!({"operator": {"name": "Bruno", "services": services}})).await;
        for topic in ["session", "chat", "receipts", "visits"] {
            assert_eq!(
                other.refused("subscribe", json!({"topic": format!("{topic}/{session}")})).await,
                1303,
                "{topic}"
            );
        }
        for (method, params) in [
            ("session.decline", json!({"session": session})),
            ("chat.send", json!({"session": session, "key": key(), "message": "x"})),
            ("chat.typing", json!({"session": session, "status": "IDLE"})),
            ("chat.received", json!({"session": session, "message": "m_1"})),
            ("chat.read", json!({"session": session, "message": "m_1"})),
            ("page.push", json!({"session": session, "key": key(), "uri": "/"})),
            ("chat.close", json!({"session": session})),
        ] {
            assert_eq!(other.refused(method, params).await, 1303, "{method}");
        }
        let code = other.refused("session.accept", json!({"session": session})).await;
        assert_eq!(code, if services == json!(["service0001"]) { 1601 } else { 1303 });
    }
}

#[tokio::test]
async fn the_visitors_door_knows_no_operators_and_the_other_way_round() {
    let world = World::new().await;
    let mut visitor = world.visitor().await;
    for method in ["session.accept", "session.decline", "operator.status", "page.push"] {
        assert_eq!(visitor.refused(method, json!({"session": "s_1"})).await, -32601, "{method}");
    }
    for topic in [
        "desk",
        "queue",
        "operators",
        "visits/s_1",
        "call/CHAT",
        "signals/k_7",
        "service/a",
        "service//CHAT",
        "service/a/FAX",
        "",
    ] {
        assert_eq!(visitor.refused("subscribe", json!({"topic": topic})).await, 1003, "{topic}");
    }
    let mut operator = world.operator("Anna").await;
    for method in ["chat.create", "visit", "identify"] {
        assert_eq!(operator.refused(method, json!({})).await, -32601, "{method}");
    }
    let hello = json!({"client": {"name": "x", "version": "1"}, "api": "10.26.0", "resume": visitor.token()});
    let mut confused = world.dial("/tvox/operator", "tvox.operator.v1").await;
    assert_eq!(
        confused.refused("hello", hello).await,
        -32602,
        "a visitor's token logs no operator in"
    );
}

#[tokio::test]
async fn a_client_of_another_age_is_sent_away_for_good() {
    let world = World::new().await;
    for (path, protocol) in
        [("/tvox/widget", "tvox.widget.v1"), ("/tvox/operator", "tvox.operator.v1")]
    {
        let mut client = world.dial(path, protocol).await;
        let hello = json!({"client": {"name": "x", "version": "1"}, "api": "9.4.0", "operator": {"name": "Anna"}});
        assert_eq!(client.refused("hello", hello).await, 1002);
        assert_eq!(client.closed().await, (4000, "VERSION".to_owned()));
    }
}

#[tokio::test]
async fn a_passcode_is_asked_for_where_one_is_set() {
    let world =
        World::with(|settings| settings.rules.operators.passcode = "sesame".to_owned()).await;
    let mut client = world.dial("/tvox/operator", "tvox.operator.v1").await;
    let hello = |passcode: Value| json!({"client": {"name": "x", "version": "1"}, "api": "10.26.0", "operator": {"name": "Anna"}, "passcode": passcode});
    assert_eq!(client.refused("hello", hello(json!(null))).await, 1004);
    assert_eq!(client.refused("hello", hello(json!("wrong"))).await, 1004);
    assert!(client.call("hello", hello(json!("sesame"))).await.is_ok());
}

#[tokio::test]
async fn the_customers_words_are_cleaned_and_measured() {
    let world = World::new().await;
    let mut operator = world.operator("Anna").await;
    let customer = json!({"customerDisplayName": "  Mario\u{0000}\u{001b} Rossi\u{0085} ", "customerValue": "mario@example.com", "customerCompany": "\u{0007}"});
    let mut visitor = world.visitor_with(json!({"customer": customer})).await;
    let session = visitor.create("service0001").await;
    let seen = operator.subscribe(&format!("session/{session}")).await;
    assert_eq!(
        seen["result"]["customer"],
        json!({"customerDisplayName": "Mario Rossi", "customerValue": "mario@example.com"})
    );
    visitor.call("chat.close", json!({"session": session})).await.unwrap();

    let long = json!({"key": key(), "service": "service0001", "customer": {"customerFirstName": "é".repeat(129)}});
    let error = visitor.call("chat.create", long).await.unwrap_err();
    assert_eq!(error["code"], -32602);
    assert!(error["message"].as_str().unwrap().contains("customerFirstName"));
    let fits = json!({"key": key(), "service": "service0001", "customer": {"customerFirstName": "é".repeat(128)}});
    assert!(visitor.call("chat.create", fits).await.is_ok());
}
