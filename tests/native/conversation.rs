//! The native core against the real demo server: two independent readings of one protocol.

use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::json;
use tempfile::TempDir;
use tvox_widget::core::model::{ChannelType, ServiceStatusValue, StepType};
use tvox_widget::core::session::chat::{Conversation, Delivery};

use crate::support::operator::Operator;
use crate::support::served::{connected, conversation, holds, server, step, visitor, within};

/// The operator's view of the log, by subscribing anew.
async fn operators_texts(operator: &mut Operator, session: &str) -> Vec<String> {
    let log = operator.subscribe(&format!("chat/{session}")).await;
    let events = log["result"].as_array().unwrap();
    let messages = events.iter().filter(|event| event["messageType"] == "MESSAGE");
    messages.map(|event| event["message"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_automatic_operator_alone_lets_one_person_see_the_whole_way() {
    let data = TempDir::new().unwrap();
    let server = server(&data, true, 0).await;
    let widget = visitor(server.address());
    let mut status = widget.service_status("service0001", &ChannelType::Chat).unwrap();
    let status = within("the service's status", status.next()).await.unwrap();
    assert_eq!(status.status, Some(ServiceStatusValue::Active));

    let chat = widget.new_chat_session("service0001", Vec::new(), Some("Mario Rossi"), None);
    let created = within("the session", chat.create()).await.unwrap();
    assert_eq!(created.step.unwrap().queue_position, Some(1));
    step(&chat, StepType::Connected).await;
    conversation(&chat, "a greeting", |list| holds(list, "Mario")).await;
    chat.send("Where is my order 4711?").unwrap();
    let read =
        |list: &Conversation| list.entries().iter().any(|entry| entry.delivery == Delivery::Read);
    conversation(&chat, "the message is read", read).await;
    let answered = |list: &Conversation| {
        list.entries()
            .last()
            .is_some_and(|entry| entry.text.contains("4711") && entry.delivery == Delivery::Sent)
    };
    conversation(&chat, "an answer to what was said", answered).await;
    chat.close();
    within("the end", chat.session_monitor().collect::<Vec<_>>()).await;
    assert!(chat.session().unwrap().is_closed());
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn without_an_operator_the_service_says_so_and_a_login_opens_it() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let widget = visitor(server.address());
    let mut status = widget.service_status("service0001", &ChannelType::Chat).unwrap();
    let closed = within("a status", status.next()).await.unwrap();
    assert_eq!(closed.status, Some(ServiceStatusValue::OutOfService));
    let chat = widget.new_chat_session("service0001", Vec::new(), None, None);
    let refused = within("a refusal", chat.create()).await.unwrap_err();
    assert_eq!(refused.reason(), "OUT_OF_SERVICE");
    let _operator = Operator::log_in(server.address(), None).await;
    let open = within("the login", status.next()).await.unwrap();
    assert_eq!(open.status, Some(ServiceStatusValue::Active));
}

#[tokio::test]
async fn after_a_blip_the_conversation_is_complete_on_both_sides_within_two_seconds() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let (_widget, chat, mut operator, session) = connected(server.address()).await;
    operator.send(&session, "00000000-0000-4000-8000-000000000001", "first").await;
    chat.send("second").unwrap();
    let settled = |list: &Conversation| {
        list.entries()
            .iter()
            .any(|entry| &**entry.text == "second" && entry.delivery == Delivery::Sent)
    };
    conversation(&chat, "both are there", settled).await;

    let blip = Instant::now();
    server.drop_connections();
    for text in ["third", "fourth"] {
        chat.send(text).unwrap();
    }
    let mut operator = Operator::log_in(server.address(), operator.token()).await;
    operator.send(&session, "00000000-0000-4000-8000-000000000002", "fifth").await;
    let complete = |list: &Conversation| {
        holds(list, "fifth")
            && list.entries().iter().all(|entry| entry.seq.is_some())
            && holds(list, "fourth")
    };
    let seen = conversation(&chat, "everything is there", complete).await;
    let took = blip.elapsed();
    assert!(took < Duration::from_secs(2), "it took {took:?}");
    assert_eq!(seen, operators_texts(&mut operator, &session).await);
    let mut sorted = seen.clone();
    sorted.sort();
    assert_eq!(sorted, ["fifth", "first", "fourth", "second", "third"], "nothing lost or doubled");
    let place = |text: &str| seen.iter().position(|seen| seen == text);
    assert!(place("third") < place("fourth"), "{seen:?}");
}

#[tokio::test]
async fn a_server_that_dies_and_comes_back_has_lost_nothing() {
    let data = TempDir::new().unwrap();
    let first = server(&data, false, 0).await;
    let address = first.address();
    let (widget, chat, mut operator, session) = connected(address).await;
    operator.send(&session, "00000000-0000-4000-8000-000000000001", "before").await;
    chat.send("acknowledged").unwrap();
    conversation(&chat, "the acknowledgement", |list| {
        list.entries()
            .iter()
            .any(|entry| entry.delivery == Delivery::Sent && &**entry.text == "acknowledged")
    })
    .await;
    let token = operator.token();
    drop(first);
    chat.send("while it is down").unwrap();

    let second = server(&data, false, address.port()).await;
    let mut operator = Operator::log_in(second.address(), token).await;
    operator.subscribe("desk").await;
    let complete = |list: &Conversation| {
        list.entries().iter().all(|entry| entry.seq.is_some()) && holds(list, "down")
    };
    let seen = conversation(&chat, "the waiting message arrives", complete).await;
    assert_eq!(seen, ["before", "acknowledged", "while it is down"]);
    assert_eq!(operators_texts(&mut operator, &session).await, seen);
    let mut lost = widget.discontinuity();
    assert_eq!(lost.try_next(), None);
}

#[tokio::test]
async fn typing_and_receipts_cross_in_both_directions() {
    let data = TempDir::new().unwrap();
    let server = server(&data, false, 0).await;
    let (_widget, chat, mut operator, session) = connected(server.address()).await;
    operator.subscribe(&format!("chat/{session}")).await;
    operator.subscribe(&format!("receipts/{session}")).await;
    let mut typing = chat.operator_typing();
    conversation(&chat, "the log is watched", |list| !list.entries().is_empty()).await;
    let composing = json!({ "session": session, "status": "COMPOSING" });
    operator.notify("chat.typing", composing).await;
    within("the operator's typing", async { while typing.next().await != Some(true) {} }).await;
    chat.composing();
    within(
        "the visitor's typing",
        operator.event(|event| (event["status"] == "COMPOSING").then_some(())),
    )
    .await;

    operator.send(&session, "00000000-0000-4000-8000-000000000001", "hello").await;
    let mut id = None;
    let mut changes = chat.conversation();
    let mut list = Conversation::default();
    while id.is_none() {
        list.apply(within("the message", changes.next()).await.unwrap());
        let hello = list.entries().iter().find(|entry| &**entry.text == "hello");
        id = hello.and_then(|entry| entry.id.clone());
    }
    chat.mark_read(&id.unwrap());
    within(
        "the visitor's receipt",
        operator.event(|event| event["read"].as_u64().filter(|&seq| seq > 0)),
    )
    .await;
}
