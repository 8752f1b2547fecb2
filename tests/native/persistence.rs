//! What the next page of a visitor finds: a reload, another page of the site, a crash.

use std::time::Duration;

use serde_json::{Value, json};
use tvox_widget::core::ChatSession;
use tvox_widget::core::config::RetryOptions;
use tvox_widget::core::ports::Wakeup;
use tvox_widget::core::session::chat::{Change, Delivery, Entry};
use tvox_widget::platform::memory::Memory;

use crate::support::{Stage, inbound, outbound, session};

/// A conversation of two messages that is being read; then the page is hidden, as when it goes.
fn left_behind() -> Memory {
    let (mut stage, _chat) = talking();
    stage.world.wake(Wakeup::Hidden);
    stage.settle();
    next_page(&stage)
}

fn talking() -> (Stage, ChatSession) {
    let (mut stage, chat) = Stage::connected();
    drop(chat.conversation());
    stage.settle();
    let log = [opened(), inbound(2, "Buongiorno"), outbound(3, "k3", "Salve \"a\" tutti")];
    stage.subscribed_log("chat/s_1", &log);
    (stage, chat)
}

fn opened() -> Value {
    let mut event = inbound(1, "");
    event["messageType"] = "OPEN_SESSION".into();
    event
}

/// A world in which nothing happens yet, with what the page before has kept.
fn next_page(before: &Stage) -> Memory {
    let world = Memory::new();
    for key in ["token", "chat", "outbox"] {
        if let Some(value) = before.world.kept(key) {
            world.keep(key, &value);
        }
    }
    world
}

fn open(world: Memory) -> Stage {
    Stage::with(world, RetryOptions::default())
}

fn entries(chat: &ChatSession) -> Vec<Entry> {
    match chat.conversation().try_next() {
        Some(Change::Reset(entries)) => entries,
        other => panic!("{other:?}"),
    }
}

fn texts(chat: &ChatSession) -> Vec<String> {
    entries(chat).iter().map(|entry| entry.text.to_string()).collect()
}

/// Takes the conversation up that the page before has kept.
fn taken_up(stage: &mut Stage) -> ChatSession {
    let open = stage.widget.open_sessions();
    let chat = stage.widget.attach_chat(open.first().expect("a conversation was kept"));
    drop(chat.conversation());
    stage.settle();
    chat
}

/// Answers for a log in pages; gives the first question.
fn paged(stage: &mut Stage, log: &[Value]) -> Value {
    let mut first = None;
    for (at, events) in log.chunks(200).enumerate() {
        let call = stage.expect_subscribe("chat/s_1");
        let page = json!({
            "subscription": "b", "epoch": "e_1", "recovered": true,
            "more": (at + 1) * 200 < log.len(), "result": events,
        });
        stage.respond(&call, &page);
        first.get_or_insert(call);
    }
    first.unwrap()
}

#[test]
fn the_conversation_is_back_before_the_connection_is() {
    let mut stage = open(left_behind());
    let chat = taken_up(&mut stage);
    assert_eq!(texts(&chat), ["", "Buongiorno", "Salve \"a\" tutti"]);
    assert!(chat.was_connected());
    assert!(chat.session().is_none(), "a session's state is the server's to tell");
    assert_eq!(stage.methods(), [""; 0], "nothing was sent");
}

#[test]
fn the_server_is_asked_only_for_what_came_since() {
    let mut stage = open(left_behind());
    let chat = taken_up(&mut stage);
    stage.greet(true);
    let asked = stage.subscribed_log("chat/s_1", &[inbound(4, "Eccomi")]);
    assert_eq!(asked["params"]["since"], json!({ "epoch": "e_1", "seq": 3 }));
    assert_eq!(texts(&chat), ["", "Buongiorno", "Salve \"a\" tutti", "Eccomi"]);
}

#[test]
fn a_log_that_the_server_began_anew_replaces_what_was_kept() {
    let mut stage = open(left_behind());
    let chat = taken_up(&mut stage);
    stage.greet(true);
    let call = stage.expect_subscribe("chat/s_1");
    let page = json!({
        "subscription": "b", "epoch": "e_2", "recovered": false, "more": false,
        "result": [inbound(1, "Da capo")],
    });
    stage.respond(&call, &page);
    assert_eq!(texts(&chat), ["Da capo"]);
}

#[test]
fn what_waited_goes_out_from_the_next_page_in_order_and_under_the_same_keys() {
    let (mut stage, chat) = talking();
    stage.cut();
    chat.send("uno").unwrap();
    chat.send("due").unwrap();
    stage.settle();
    // No word that the page goes: it may have crashed.
    let mut stage = open(next_page(&stage));
    let chat = taken_up(&mut stage);
    chat.send("tre").unwrap();
    stage.settle();
    let waiting = entries(&chat);
    assert_eq!(texts(&chat), ["uno", "due", "tre"]);
    assert!(waiting.iter().all(|entry| entry.delivery == Delivery::Sending));

    stage.greet(true);
    for (at, entry) in waiting.iter().enumerate() {
        let seq = 4 + at as u64;
        let sent = stage.answer("chat.send", &json!({ "id": format!("m_{seq}"), "seq": seq }));
        assert_eq!(sent["params"]["key"], entry.key.to_string());
        assert_eq!(sent["params"]["message"], **entry.text);
    }
    assert_eq!(stage.world.kept("outbox"), None, "nothing waits any more");
}

#[test]
fn a_message_that_arrived_although_its_answer_was_lost_is_not_shown_twice() {
    let (mut stage, chat) = talking();
    chat.send("uno").unwrap();
    stage.settle();
    let key = stage.expect("chat.send")["params"]["key"].as_str().unwrap().to_owned();
    let mut stage = open(next_page(&stage));
    let chat = taken_up(&mut stage);
    stage.greet(true);
    stage.subscribed_log("chat/s_1", &[opened(), outbound(2, &key, "uno")]);
    assert_eq!(texts(&chat), ["", "uno"]);
    // It is asked for again, and answered as before.
    stage.answer("chat.send", &json!({ "id": "m_2", "seq": 2 }));
    assert_eq!(texts(&chat), ["", "uno"]);
}

#[test]
fn a_failed_message_is_not_lost_with_the_page() {
    let (mut stage, chat) = talking();
    chat.send("troppo lungo").unwrap();
    stage.settle();
    let call = stage.expect("chat.send");
    stage.refuse(&call, 1202, &json!({ "reason": "MESSAGE_TOO_LONG", "retryable": false }));
    let mut stage = open(next_page(&stage));
    assert_eq!(texts(&taken_up(&mut stage)), ["troppo lungo"]);
}

#[test]
fn a_conversation_that_is_over_leaves_nothing_behind() {
    let mut stage = open(left_behind());
    let chat = taken_up(&mut stage);
    chat.send("tardi").unwrap();
    stage.greet(true);
    assert!(stage.world.kept("outbox").is_some());
    let mut closed = session("CONNECTED");
    closed["sessionState"] = "CLOSED".into();
    stage.subscribed("session/s_1", &closed);
    stage.live_through(4);
    assert!(entries(&chat).iter().any(|entry| matches!(entry.delivery, Delivery::Failed(_))));
    stage.world.wake(Wakeup::Hidden);
    stage.settle();
    assert_eq!((stage.world.kept("outbox"), stage.world.kept("chat")), (None, None));
}

#[test]
fn a_visitor_whom_the_server_has_forgotten_starts_anew() {
    let mut stage = open(left_behind());
    let _chat = taken_up(&mut stage);
    stage.greet(false);
    assert_eq!((stage.world.kept("outbox"), stage.world.kept("chat")), (None, None));
    assert!(stage.take("chat.send").is_none());
}

#[test]
fn forgetting_wipes_everything() {
    let mut stage = open(left_behind());
    let chat = taken_up(&mut stage);
    chat.send("segreto").unwrap();
    stage.settle();
    stage.widget.forget();
    stage.settle();
    for key in ["token", "chat", "outbox"] {
        assert_eq!(stage.world.kept(key), None, "{key}");
    }
}

#[test]
fn of_a_long_conversation_the_end_is_back_at_once_and_the_rest_from_the_server() {
    let (mut stage, chat) = Stage::connected();
    drop(chat.conversation());
    stage.settle();
    let log: Vec<Value> = (1..=600).map(|seq| inbound(seq, &format!("n. {seq}"))).collect();
    assert!(paged(&mut stage, &log)["params"].get("since").is_none());
    stage.world.wake(Wakeup::Hidden);
    stage.settle();

    let mut stage = open(next_page(&stage));
    let chat = taken_up(&mut stage);
    assert_eq!(texts(&chat).first().map(String::as_str), Some("n. 101"));
    stage.greet(true);
    assert!(paged(&mut stage, &log)["params"].get("since").is_none());
    let all: Vec<String> = (1..=600).map(|seq| format!("n. {seq}")).collect();
    assert_eq!(texts(&chat), all);
}

#[test]
fn a_token_that_comes_late_from_another_page_makes_the_page_that_visitors() {
    let mut stage = Stage::online();
    stage.widget.resume("rt_1");
    stage.settle();
    assert!(stage.state().connected(), "who we are already, we stay");
    stage.widget.resume("rt_of_the_other_page");
    stage.settle();
    stage.advance(Duration::from_secs(2));
    assert!(stage.world.accept(), "it comes back at once");
    stage.settle();
    assert_eq!(stage.expect("hello")["params"]["resume"], "rt_of_the_other_page");
}

#[test]
fn what_was_kept_by_something_else_is_passed_over() {
    let world = Memory::new();
    world.keep("chat", "{\"version\":7}");
    world.keep("outbox", "rubbish");
    let mut stage = open(world);
    assert_eq!(stage.widget.open_sessions(), []);
    stage.greet(false);
    stage.advance(Duration::from_secs(1));
    assert!(stage.state().connected());
}
