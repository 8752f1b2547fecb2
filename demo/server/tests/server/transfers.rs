//! A contact passed on from one operator to another, or to a service.

use crate::sim;
use crate::support::{Visitor, World, key};
use serde_json::{Value, json};
use std::time::Duration;
use tvox_demo_server::engine::Door;
use tvox_demo_server::settings::Rules;

const NOTE: &str = "He has the receipt at hand.";

fn id_of(operator: &Visitor) -> Value {
    operator.welcome["operator"].clone()
}

async fn pass(operator: &mut Visitor, session: &str, colleague: &Visitor) {
    let params = json!({"session": session, "key": key(), "to": id_of(colleague), "note": NOTE});
    assert_eq!(operator.call("session.transfer", params).await, Ok(json!(true)));
}

/// The only contact of a desk, once it is in that state.
async fn desk(operator: &mut Visitor, state: &str) -> Value {
    let mut contacts = operator.subscribe("desk").await["result"]["contacts"].clone();
    while contacts[0]["state"] != state {
        contacts = operator.event(|event| event["result"]["contacts"].is_array()).await["result"]
            ["contacts"]
            .clone();
    }
    contacts[0].clone()
}

async fn desk_is_empty(operator: &mut Visitor) {
    let mut contacts = operator.subscribe("desk").await["result"]["contacts"].clone();
    while contacts != json!([]) {
        contacts = operator.event(|event| event["result"]["contacts"].is_array()).await["result"]
            ["contacts"]
            .clone();
    }
}

#[tokio::test]
async fn a_colleague_takes_over_a_conversation_with_all_that_was_said() {
    let world = World::new().await;
    let (mut visitor, mut anna, session) = world.conversation().await;
    // He has joined another service: who passes on decides to whom.
    let mut bruno = world
        .operator_with(json!({"operator": {"name": "Bruno", "services": ["service0003"]}}))
        .await;
    visitor.say(&session, "My parcel is lost").await;
    anna.say(&session, "My colleague can help").await;
    assert_eq!(visitor.hears("My colleague can help").await["agent"], json!({"name": "Anna"}));
    pass(&mut anna, &session, &bruno).await;

    let rings = visitor.step(&session, "CONNECTING").await;
    assert_eq!(rings["sessionState"], "ACTIVE");
    assert!(rings.get("agent").is_none(), "nobody has it: {rings}");
    assert!(!rings.to_string().contains(NOTE), "the note is not for the visitor");
    let message = json!({"session": session, "key": key(), "message": "Hello?"});
    assert_eq!(visitor.refused("chat.send", message.clone()).await, 1203);
    let left = desk(&mut anna, "TRANSFERRING").await;
    assert_eq!(left["transfer"], json!({"by": "Anna", "to": "Bruno", "note": NOTE}));
    assert!(left["expires"].is_string());
    let offered = desk(&mut bruno, "OFFERED").await;
    assert_eq!((&offered["id"], &offered["transfer"]), (&json!(session), &left["transfer"]));
    let log = bruno.follow(&session).await;
    let said: Vec<&Value> = log.iter().filter_map(|event| event.get("message")).collect();
    assert_eq!(said, ["My parcel is lost", "My colleague can help"], "read before it is taken");

    let taken = bruno.accept(&session).await;
    assert_eq!(
        (&taken["agent"]["name"], &taken["transfer"]["by"]),
        (&json!("Bruno"), &json!("Anna"))
    );
    let connected = visitor.step(&session, "CONNECTED").await;
    assert_eq!((&connected["id"], &connected["agent"]["name"]), (&json!(session), &json!("Bruno")));
    assert_eq!(visitor.call("chat.send", message).await.unwrap()["seq"], 4, "the log goes on");
    bruno.hears("Hello?").await;
    bruno.say(&session, "Bruno here").await;
    assert_eq!(visitor.hears("Bruno here").await["agent"], json!({"name": "Bruno"}));
    desk_is_empty(&mut anna).await;
    let late = json!({"session": session, "key": key(), "message": "too late"});
    assert_eq!(anna.refused("chat.send", late).await, 1203);
    // Who had it may still read it.
    anna.follow(&session).await;
}

#[tokio::test]
async fn what_a_colleague_declines_comes_back() {
    let world = World::new().await;
    let (mut visitor, mut anna, session) = world.conversation().await;
    let mut bruno = world.operator("Bruno").await;
    pass(&mut anna, &session, &bruno).await;
    desk(&mut bruno, "OFFERED").await;
    bruno.call("session.decline", json!({"session": session})).await.unwrap();
    let back = visitor.step(&session, "CONNECTED").await;
    assert_eq!(back["agent"]["name"], "Anna");
    assert_eq!(desk(&mut anna, "CONNECTED").await["transfer"]["returned"], true);
    desk_is_empty(&mut bruno).await;
    let topic = json!({"topic": format!("chat/{session}")});
    assert_eq!(bruno.refused("subscribe", topic).await, 1303, "it is none of his any more");
    anna.say(&session, "Here I am again").await;
    visitor.hears("Here I am again").await;
}

#[test]
fn what_a_colleague_leaves_ringing_comes_back() {
    let mut world = sim::World::new(11, Rules::default());
    let ring = world.rules.operators.offer;
    let mut clients = [Door::Operator, Door::Operator, Door::Visitor].map(sim::Client::new);
    let [anna, bruno, visitor] =
        clients.each_mut().map(|client| client.connect(&mut world).unwrap());
    let session =
        world.call(visitor, "chat.create", &json!({"key": key(), "service": "service0001"}));
    let session = session.unwrap().unwrap()["id"].clone();
    world.call(bruno, "session.decline", &json!({"session": session}));
    world.call(anna, "session.accept", &json!({"session": session})).unwrap().unwrap();
    let colleagues =
        world.call(anna, "subscribe", &json!({"topic": "operators"})).unwrap().unwrap();
    let busy = |line: &&Value| line["contacts"] == 0;
    let colleague =
        colleagues["result"]["operators"].as_array().unwrap().iter().find(busy).unwrap();
    let params = json!({"session": session, "key": key(), "to": colleague["id"]});
    world.call(anna, "session.transfer", &params).unwrap().unwrap();
    let topic = json!({"topic": format!("session/{}", session.as_str().unwrap())});
    let step = |world: &mut sim::World| {
        world.call(visitor, "subscribe", &topic).unwrap().unwrap()["result"]["step"]["type"].clone()
    };
    world.pass(ring - Duration::from_millis(1));
    assert_eq!(step(&mut world), "CONNECTING");
    world.pass(Duration::from_millis(1));
    assert_eq!(step(&mut world), "CONNECTED");
    let message = json!({"session": session, "key": key(), "message": "Here I am again"});
    assert!(world.call(anna, "chat.send", &message).unwrap().is_ok());
}

#[tokio::test]
async fn what_rings_with_a_colleague_who_is_lost_comes_back() {
    let world = World::new().await;
    let (mut visitor, mut anna, session) = world.conversation().await;
    let bruno = world.operator("Bruno").await;
    pass(&mut anna, &session, &bruno).await;
    visitor.step(&session, "CONNECTING").await;
    bruno.client.vanish();
    let back = visitor.step(&session, "CONNECTED").await;
    assert_eq!(back["agent"]["name"], "Anna");
}

#[tokio::test]
async fn who_passed_it_on_may_take_it_back_while_it_rings() {
    let world = World::new().await;
    let (mut visitor, mut anna, session) = world.conversation().await;
    let mut bruno = world.operator("Bruno").await;
    pass(&mut anna, &session, &bruno).await;
    visitor.step(&session, "CONNECTING").await;
    let again = anna.accept(&session).await;
    assert!(again.get("transfer").is_none(), "nothing was passed on: {again}");
    assert_eq!(visitor.step(&session, "CONNECTED").await["agent"]["name"], "Anna");
    desk_is_empty(&mut bruno).await;
    assert_eq!(bruno.refused("session.accept", json!({"session": session})).await, 1601);
}

#[tokio::test]
async fn who_logs_out_after_passing_it_on_does_not_get_it_back() {
    let world = World::new().await;
    let (mut visitor, mut anna, session) = world.conversation().await;
    let mut bruno = world.operator("Bruno").await;
    pass(&mut anna, &session, &bruno).await;
    desk(&mut bruno, "OFFERED").await;
    anna.notify("bye", json!({"forget": true})).await;
    anna.closed().await;
    assert_eq!(desk(&mut bruno, "OFFERED").await["id"], session, "it rings on");
    bruno.call("session.decline", json!({"session": session})).await.unwrap();
    // There is nobody to whom it could go back: it waits, and may be taken by hand.
    bruno.accept(&session).await;
    assert_eq!(visitor.step(&session, "CONNECTED").await["agent"]["name"], "Bruno");
}

#[tokio::test]
async fn a_conversation_passed_on_to_a_service_waits_in_its_queue() {
    let world = World::new().await;
    let (mut visitor, mut anna, session) = world.conversation().await;
    let to = |code: &str| json!({"session": session, "key": key(), "service": code, "note": NOTE});
    assert_eq!(
        anna.refused("session.transfer", to("service0002")).await,
        1105,
        "only Anna is there"
    );
    let mut bruno = world
        .operator_with(
            json!({"operator": {"name": "Bruno", "services": ["service0002"], "status": "PAUSED"}}),
        )
        .await;
    assert_eq!(anna.refused("session.transfer", to("service0002")).await, 1105, "he is paused");
    bruno.call("operator.status", json!({"status": "AVAILABLE"})).await.unwrap();
    assert_eq!(anna.call("session.transfer", to("service0002")).await, Ok(json!(true)));
    let offered = desk(&mut bruno, "OFFERED").await;
    assert_eq!(
        (&offered["service"], &offered["transfer"]["note"]),
        (&json!("service0002"), &json!(NOTE))
    );
    desk_is_empty(&mut anna).await;
    bruno.accept(&session).await;
    let connected = visitor.step(&session, "CONNECTED").await;
    assert_eq!(
        (&connected["service"], &connected["agent"]["name"]),
        (&json!("service0002"), &json!("Bruno"))
    );
}

#[tokio::test]
async fn a_contact_is_passed_on_to_somebody_who_can_take_it_or_not_at_all() {
    let world = World::new().await;
    let (mut visitor, mut anna, session) = world.conversation().await;
    let mut bruno = world.operator("Bruno").await;
    let with = |more: Value| crate::support::with(json!({"session": session, "key": key()}), &more);
    let refused = [
        (json!({}), -32602),
        (json!({"to": id_of(&bruno), "service": "service0002"}), -32602),
        (json!({"to": id_of(&bruno), "note": "x".repeat(1_001)}), -32602),
        (json!({"to": id_of(&anna)}), 1603),
        (json!({"to": "o_nobody"}), 1603),
        (json!({"service": "service9999"}), 1101),
    ];
    for (more, code) in refused {
        assert_eq!(anna.refused("session.transfer", with(more.clone())).await, code, "{more}");
    }
    bruno.call("operator.status", json!({"status": "PAUSED"})).await.unwrap();
    let to_bruno = with(json!({"to": id_of(&bruno)}));
    assert_eq!(anna.refused("session.transfer", to_bruno.clone()).await, 1603, "he is paused");
    bruno.call("operator.status", json!({"status": "AVAILABLE"})).await.unwrap();
    let foreign = with(json!({"to": id_of(&anna)}));
    assert_eq!(bruno.refused("session.transfer", foreign).await, 1303, "it is not his");
    assert_eq!(visitor.step(&session, "CONNECTED").await["agent"]["name"], "Anna");
    assert_eq!(anna.call("session.transfer", to_bruno.clone()).await, Ok(json!(true)));
    assert_eq!(anna.call("session.transfer", to_bruno.clone()).await, Ok(json!(true)), "once");
    let other = crate::support::with(to_bruno, &json!({"note": "other"}));
    assert_eq!(anna.refused("session.transfer", other).await, 1304);
    let again = with(json!({"to": id_of(&bruno)}));
    assert_eq!(anna.refused("session.transfer", again).await, 1203, "it is under way already");
}

#[tokio::test]
async fn a_server_killed_while_a_contact_is_passed_on_has_it_back_where_it_was() {
    let mut world = World::new().await;
    let (mut visitor, mut anna, session) = world.conversation().await;
    let mut bruno = world.operator("Bruno").await;
    visitor.say(&session, "before").await;
    pass(&mut anna, &session, &bruno).await;
    desk(&mut bruno, "OFFERED").await;
    let tokens = [visitor.token(), anna.token(), bruno.token()];
    world.kill_and_restart().await;
    let mut anna = world.operator_with(json!({"resume": tokens[1]})).await;
    let mut bruno = world.operator_with(json!({"resume": tokens[2]})).await;
    let mut visitor = world.visitor_with(json!({"resume": tokens[0]})).await;
    assert_eq!(visitor.step(&session, "CONNECTED").await["agent"]["name"], "Anna");
    assert_eq!(desk(&mut anna, "CONNECTED").await["transfer"]["returned"], true);
    desk_is_empty(&mut bruno).await;
    // And the second attempt works, over another restart that finds the service changed.
    let params = json!({"session": session, "key": key(), "service": "service0002"});
    anna.call("session.transfer", params).await.unwrap();
    visitor.step(&session, "CONNECTING").await;
    bruno.accept(&session).await;
    world.kill_and_restart().await;
    let mut bruno = world.operator_with(json!({"resume": tokens[2]})).await;
    assert_eq!(desk(&mut bruno, "CONNECTED").await["service"], "service0002");
    let log = bruno.follow(&session).await;
    assert_eq!(log.iter().filter(|event| event["message"] == "before").count(), 1);
}

#[tokio::test]
async fn a_call_passed_on_begins_its_media_anew() {
    let world = World::new().await;
    let mut anna = world.operator("Anna").await;
    let mut visitor = world.visitor().await;
    visitor.subscribe("call/VIDEO").await;
    let call = visitor
        .call("call.create", json!({"key": key(), "channel": "VIDEO", "service": "service0001"}))
        .await
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    desk(&mut anna, "OFFERED").await;
    anna.accept(&call).await;
    visitor.event(|event| event["result"]["state"] == "CONNECTED").await;
    let offer = |generation: u32| json!({"session": call, "key": key(), "gen": generation, "type": "offer", "sdp": "v=0\r\n"});
    visitor.call("signal", offer(1)).await.unwrap();
    anna.call("call.hold", json!({"session": call})).await.unwrap();
    visitor.event(|event| event["result"]["state"] == "HOLD").await;

    let mut bruno = world.operator("Bruno").await;
    pass(&mut anna, &call, &bruno).await;
    let rings = visitor.event(|event| event["result"]["state"] == "NEW_OUTBOUND").await;
    assert_eq!(rings["result"]["step"]["type"], "CONNECTING");
    desk(&mut bruno, "OFFERED").await;
    let known = bruno.subscribe(&format!("signal/{call}")).await;
    assert_eq!(known["result"], json!([]), "what was for Anna's browser is forgotten");
    assert_eq!(known["recovered"], true);
    visitor.call("signal", offer(3)).await.unwrap();
    let heard = bruno.event(|event| event["result"]["type"] == "offer").await;
    assert_eq!((&heard["result"]["gen"], &heard["result"]["seq"]), (&json!(3), &json!(2)));
    bruno.accept(&call).await;
    let connected = visitor.event(|event| event["result"]["state"] == "CONNECTED").await;
    assert_eq!(connected["result"]["agent"]["name"], "Bruno", "and not on hold any more");

    // Who is on a call can take no other.
    let mut other = world.visitor().await;
    other.subscribe("call/PHONE_CALL").await;
    let second = other
        .call(
            "call.create",
            json!({"key": key(), "channel": "PHONE_CALL", "service": "service0001"}),
        )
        .await
        .unwrap()["id"]
        .clone();
    other.event(|event| event["result"]["step"]["type"] == "CONNECTING").await;
    anna.accept(second.as_str().unwrap()).await;
    let params = json!({"session": second, "key": key(), "to": id_of(&bruno)});
    assert_eq!(anna.refused("session.transfer", params).await, 1603);
}
