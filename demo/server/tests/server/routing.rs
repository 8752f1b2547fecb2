//! The queue, and who is rung.

use crate::support::{Visitor, World};
use serde_json::{Value, json};
use std::time::Duration;

async fn position(visitor: &mut Visitor, session: &str, wanted: u64) {
    visitor
        .event(|event| {
            event["result"]["id"] == session && event["result"]["step"]["queuePosition"] == wanted
        })
        .await;
}

#[tokio::test]
async fn three_visitors_see_their_places_and_move_up() {
    let world = World::new().await;
    let mut operator = world.operator("Anna").await;
    let mut visitors = Vec::new();
    for _ in 0..4 {
        let mut visitor = world.visitor().await;
        let session = visitor.create("service0001").await;
        visitor.subscribe(&format!("session/{session}")).await;
        visitors.push((visitor, session));
    }
    // One rings, three wait.
    let mut first = visitors.remove(0);
    first.0.step(&first.1, "CONNECTING").await;
    for (index, (visitor, session)) in visitors.iter_mut().enumerate() {
        let state = visitor.subscribe(&format!("session/{session}")).await["result"].clone();
        assert_eq!(
            state["step"],
            json!({"step": 1, "type": "QUEUE", "queuePosition": index + 1, "expectedWait": 10}),
            "of visitor {index}"
        );
    }
    let queue = operator.subscribe("queue").await["result"].clone();
    assert_eq!(queue["total"], 4);
    assert_eq!(queue["waiting"][0]["offered"], true);
    let places: Vec<&Value> =
        queue["waiting"].as_array().unwrap().iter().map(|contact| &contact["position"]).collect();
    assert_eq!(places, [&json!(null), &json!(1), &json!(2), &json!(3)]);

    // The one in the middle gives up: who stands behind him moves up.
    let (mut middle, session) = visitors.remove(1);
    middle.call("chat.close", json!({"session": session})).await.unwrap();
    let (last, session) = &mut visitors[1];
    position(last, session, 2).await;
    // The first is answered: the next rings, and everybody moves up.
    operator.accept(&first.1).await;
    let (second, session) = &mut visitors[0];
    let session = session.clone();
    second.step(&session, "CONNECTING").await;
    let (last, session) = &mut visitors[1];
    position(last, session, 1).await;
}

#[tokio::test]
async fn an_accepted_contact_has_the_operators_name() {
    let world = World::new().await;
    let mut operator = world.operator("Anna").await;
    operator.subscribe("desk").await;
    let mut visitor = world.visitor_with(json!({"customer": {"customerDisplayName": "Mario Rossi", "customerValue": "m@example.com"}, "locale": "it-IT"})).await;
    let session = visitor.create("service0001").await;
    let rings = operator.event(|event| event["result"]["contacts"][0]["state"] == "OFFERED").await;
    let contact = &rings["result"]["contacts"][0];
    assert_eq!(contact["id"], session);
    assert_eq!(
        contact["customer"],
        json!({"customerDisplayName": "Mario Rossi"}),
        "lists carry the name only"
    );
    assert_eq!(
        contact["visitor"],
        json!({"id": visitor.welcome["visitor"], "online": true, "locale": "it-IT"})
    );
    assert!(contact["expires"].is_string());
    let accepted = operator.accept(&session).await;
    assert_eq!(accepted["customer"]["customerValue"], "m@example.com");
    let connected =
        operator.event(|event| event["result"]["contacts"][0]["state"] == "CONNECTED").await;
    assert!(connected["result"]["contacts"][0].get("expires").is_none());
    let state = visitor.step(&session, "CONNECTED").await;
    assert_eq!(state["agent"], json!({"name": "Anna"}));
    assert_eq!(state["step"], json!({"step": 3, "type": "CONNECTED"}));
    assert_eq!(operator.accept(&session).await["id"], session, "accepting twice is no error");
}

#[tokio::test]
async fn a_declined_contact_rings_with_the_next_operator() {
    let world = World::new().await;
    let mut anna = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let session = visitor.create("service0001").await;
    visitor.step(&session, "CONNECTING").await;
    let mut bruno = world.operator("Bruno").await;
    bruno.subscribe("desk").await;
    assert_eq!(
        bruno.refused("session.accept", json!({"session": session})).await,
        1601,
        "it rings with Anna"
    );
    assert_eq!(bruno.refused("session.decline", json!({"session": session})).await, 1602);
    anna.call("session.decline", json!({"session": session})).await.unwrap();
    bruno.event(|event| event["result"]["contacts"][0]["state"] == "OFFERED").await;
    assert_eq!(anna.refused("session.accept", json!({"session": session})).await, 1601);
    bruno.call("session.decline", json!({"session": session})).await.unwrap();
    visitor.step(&session, "QUEUE").await;
    // Nobody is left to ring, but anybody may take it by hand.
    anna.accept(&session).await;
}

#[tokio::test]
async fn an_unanswered_contact_goes_on_to_the_next_and_comes_round_again() {
    let world = World::with(|settings| {
        settings.rules.operators.offer = Duration::from_millis(60);
        settings.rules.operators.again = Duration::from_millis(150);
    })
    .await;
    let mut anna = world.operator("Anna").await;
    anna.subscribe("desk").await;
    let mut visitor = world.visitor().await;
    let session = visitor.create("service0001").await;
    visitor.subscribe(&format!("session/{session}")).await;
    anna.event(|event| event["result"]["contacts"][0]["state"] == "OFFERED").await;
    anna.event(|event| event["result"]["contacts"] == json!([])).await;
    visitor.event(|event| event["result"]["step"]["type"] == "QUEUE").await;
    anna.event(|event| event["result"]["contacts"][0]["state"] == "OFFERED").await;
}

#[tokio::test]
async fn a_paused_operator_is_not_rung_but_may_take_by_hand() {
    let world = World::new().await;
    let mut anna = world.operator("Anna").await;
    let mut bruno = world.operator("Bruno").await;
    anna.call("operator.status", json!({"status": "PAUSED"})).await.unwrap();
    anna.subscribe("queue").await;
    let mut one = world.visitor().await;
    let mut two = world.visitor().await;
    let first = one.create("service0001").await;
    let second = two.create("service0001").await;
    let desk = bruno.subscribe("desk").await["result"].clone();
    assert_eq!(desk["contacts"][0]["id"], first);
    anna.event(|event| event["result"]["total"] == 2).await;
    anna.accept(&second).await;
    assert_eq!(two.step(&second, "CONNECTED").await["agent"]["name"], "Anna");
}

#[tokio::test]
async fn contacts_go_to_who_has_fewest_and_only_up_to_the_limit() {
    let world = World::with(|settings| settings.rules.operators.contacts = 1).await;
    let mut anna = world.operator("Anna").await;
    let mut bruno = world.operator("Bruno").await;
    let mut sessions = Vec::new();
    let mut visitors = Vec::new();
    for _ in 0..3 {
        let mut visitor = world.visitor().await;
        sessions.push(visitor.create("service0001").await);
        visitors.push(visitor);
    }
    let offered = |desk: Value| {
        desk["result"]["contacts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|contact| contact["id"].clone())
            .collect::<Vec<_>>()
    };
    let (for_anna, for_bruno) =
        (offered(anna.subscribe("desk").await), offered(bruno.subscribe("desk").await));
    let mut both = [for_anna.clone(), for_bruno].concat();
    both.sort_by_key(ToString::to_string);
    let mut first_two = vec![json!(sessions[0]), json!(sessions[1])];
    first_two.sort_by_key(ToString::to_string);
    assert_eq!(both, first_two);
    // Anna is full now; the third waits until she is free again.
    let hers = for_anna[0].as_str().unwrap().to_owned();
    anna.accept(&hers).await;
    visitors[2].step(&sessions[2], "QUEUE").await;
    anna.call("chat.close", json!({"session": hers})).await.unwrap();
    visitors[2].step(&sessions[2], "CONNECTING").await;
}

#[tokio::test]
async fn services_have_queues_of_their_own() {
    let world = World::new().await;
    let mut sales = world
        .operator_with(json!({"operator": {"name": "Sara", "services": ["service0002"]}}))
        .await;
    let mut help = world.operator_with(json!({"operator": {"name": "Hugo", "services": ["service0001"], "status": "AVAILABLE"}})).await;
    assert_eq!(sales.welcome["joined"], json!(["service0002"]));
    let mut visitor = world.visitor().await;
    let session = visitor.create("service0001").await;
    visitor.step(&session, "CONNECTING").await;
    assert_eq!(sales.subscribe("queue").await["result"], json!({"total": 0, "waiting": []}));
    assert_eq!(sales.subscribe("desk").await["result"]["contacts"], json!([]));
    // Who joins the service later sees it; who leaves it sees it no more.
    sales
        .call("operator.services", json!({"services": ["service0001", "service0002"]}))
        .await
        .unwrap();
    sales.event(|event| event["result"]["total"] == 1).await;
    sales.subscribe(&format!("session/{session}")).await;
    sales.call("operator.services", json!({"services": ["service0002"]})).await.unwrap();
    let end = sales.event(|event| !event["error"].is_null()).await;
    assert_eq!(end["error"]["code"], 1303);
    assert_eq!(help.accept(&session).await["step"]["type"], "CONNECTED");
    assert_eq!(
        sales.refused("operator.services", json!({"services": ["service0009"]})).await,
        -32602
    );
}

#[tokio::test]
async fn the_state_of_a_service_follows_its_operators() {
    let world = World::with(|settings| {
        settings.rules.operators.grace = Duration::from_millis(100);
        settings.rules.channels.remove(&tvox_demo_server::wire::model::Channel::Video);
    })
    .await;
    let mut visitor = world.visitor().await;
    let topic = "service/service0001/CHAT";
    let status = visitor.subscribe(topic).await["result"].clone();
    assert_eq!(
        status,
        json!({"channelId": "CHAT", "service": "service0001", "channelConfiguration": "ENABLED", "serviceConfiguration": "ENABLED", "status": "OUT_OF_SERVICE"})
    );
    assert_eq!(
        visitor
            .refused("chat.create", json!({"key": crate::support::key(), "service": "service0001"}))
            .await,
        1105
    );
    let mut anna = world
        .operator_with(json!({"operator": {"name": "Anna", "services": ["service0001"]}}))
        .await;
    let active = visitor.event(|event| event["result"]["status"] == "ACTIVE").await;
    anna.call("operator.status", json!({"status": "PAUSED"})).await.unwrap();
    let gone = visitor.event(|event| event["result"]["status"] == "OUT_OF_SERVICE").await;
    assert_eq!(gone["rev"].as_u64().unwrap(), active["rev"].as_u64().unwrap() + 1);
    anna.call("operator.status", json!({"status": "AVAILABLE"})).await.unwrap();
    visitor.event(|event| event["result"]["status"] == "ACTIVE").await;
    // A lost connection closes no service at once, an absence does.
    anna.client.vanish();
    visitor.event(|event| event["result"]["status"] == "OUT_OF_SERVICE").await;

    assert_eq!(
        visitor.subscribe("service/service0001/VIDEO").await["result"]["channelConfiguration"],
        "DISABLED"
    );
    let unknown = visitor.subscribe("service/sailing/CHAT").await["result"].clone();
    assert_eq!(
        (&unknown["serviceConfiguration"], &unknown["status"]),
        (&json!("NOT_FOUND"), &json!("FAILED"))
    );
}

#[tokio::test]
async fn a_service_is_closed_by_its_calendar() {
    let closed = r#"
        [[services]]
        code = "always"
        description = "Open"
        [[services]]
        code = "never"
        description = "Closed"
        [services.calendar]
        timezone = "Europe/Rome"
        open = [{ days = [], from = "00:00", to = "24:00" }]
        [[services]]
        code = "video"
        description = "No chat"
        channels = ["VIDEO"]
    "#;
    let rules = tvox_demo_server::Settings::parse(closed).unwrap().rules;
    let world = World::with(|settings| settings.rules = rules).await;
    let mut visitor = world.visitor().await;
    let _operator = world.operator("Anna").await;
    for (code, status, error) in [
        ("always", "ACTIVE", None),
        ("never", "OVERTIME", Some(1104)),
        ("video", "FAILED", Some(1102)),
        ("none", "FAILED", Some(1101)),
    ] {
        assert_eq!(
            visitor.subscribe(&format!("service/{code}/CHAT")).await["result"]["status"],
            status,
            "{code}"
        );
        if let Some(error) = error {
            assert_eq!(
                visitor
                    .refused("chat.create", json!({"key": crate::support::key(), "service": code}))
                    .await,
                error,
                "{code}"
            );
        }
    }
}

#[tokio::test]
async fn a_lost_operators_contact_goes_to_the_head_of_the_queue() {
    let world =
        World::with(|settings| settings.rules.operators.grace = Duration::from_millis(150)).await;
    let (mut visitor, anna, session) = world.conversation().await;
    let mut bruno = world.operator("Bruno").await;
    bruno.call("operator.status", json!({"status": "PAUSED"})).await.unwrap();
    bruno.subscribe("queue").await;
    let mut other = world.visitor().await;
    let waiting = other.create("service0001").await;
    bruno.event(|event| event["result"]["total"] == 1).await;
    anna.client.vanish();
    let queue = bruno.event(|event| event["result"]["total"] == 2).await;
    let order: Vec<_> = queue["result"]["waiting"]
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| contact["id"].as_str().unwrap())
        .collect();
    assert_eq!(order, [session.as_str(), waiting.as_str()]);
    let state = visitor.step(&session, "QUEUE").await;
    assert_eq!((&state["step"]["step"], &state["step"]["queuePosition"]), (&json!(4), &json!(1)));
    assert!(
        state["step"].get("expectedWait").is_none(),
        "nobody is available: how long it takes cannot be said"
    );
    assert!(state.get("agent").is_none());
}

#[tokio::test]
async fn an_operator_who_comes_back_in_time_keeps_his_contact() {
    let world = World::new().await;
    let (mut visitor, anna, session) = world.conversation().await;
    let token = anna.token();
    anna.client.vanish();
    let mut again = world.operator_with(json!({"resume": token})).await;
    assert_eq!(again.welcome["resumed"], true);
    assert_eq!(again.welcome["name"], "Anna");
    assert_eq!(
        again.welcome["sessions"],
        json!([{"id": session, "channel": "CHAT", "service": "service0001"}])
    );
    again.say(&session, "here I am again").await;
    visitor.hears("here I am again").await;
}

#[tokio::test]
async fn logging_out_gives_the_contacts_back_at_once() {
    let world = World::new().await;
    let (mut visitor, mut anna, session) = world.conversation().await;
    anna.notify("bye", json!({"forget": true})).await;
    assert_eq!(anna.closed().await.0, 1000);
    visitor.step(&session, "QUEUE").await;
    let again = world.dial("/tvox/operator", "tvox.operator.v1").await.call("hello", json!({"client": {"name": "x", "version": "1"}, "api": "10.26.0", "resume": anna.token()})).await;
    assert_eq!(again.unwrap_err()["code"], -32602);
}

#[tokio::test]
async fn the_list_of_operators_is_live() {
    let world = World::new().await;
    let mut anna = world.operator("Anna").await;
    anna.subscribe("operators").await;
    let bruno = world
        .operator_with(
            json!({"operator": {"name": "Bruno", "services": ["service0003"], "status": "PAUSED"}}),
        )
        .await;
    let list = anna
        .event(|event| event["result"]["operators"].as_array().is_some_and(|list| list.len() == 2))
        .await;
    assert_eq!(
        list["result"]["operators"][1],
        json!({"id": bruno.welcome["operator"], "name": "Bruno", "status": "PAUSED", "online": true, "automatic": false, "services": ["service0003"], "contacts": 0})
    );
    bruno.client.vanish();
    anna.event(|event| event["result"]["operators"][1]["online"] == false).await;
}

#[tokio::test]
async fn a_welcome_is_seen_and_heard_before_the_queue() {
    let media = json!([{"type": "audio/ogg", "url": "/demo/site/welcome.ogg"}]);
    let world = World::with(|settings| {
        settings.rules.services[0].media = serde_json::from_value(media.clone()).unwrap();
        settings.rules.chat.welcome = Duration::from_millis(50);
    })
    .await;
    let mut anna = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    let params = json!({"key": crate::support::key(), "service": "service0001"});
    let created = visitor.call("chat.create", params).await.unwrap();
    assert_eq!(created["step"], json!({"step": 1, "type": "PLAY", "media": media}));
    let session = created["id"].as_str().unwrap();
    let state = visitor.step(session, "CONNECTING").await;
    assert_eq!(state["step"].get("media"), None);
    anna.accept(session).await;
}
