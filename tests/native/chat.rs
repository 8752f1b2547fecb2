//! A chat session: order, exactly once, receipts, typing, the end.

use std::time::Duration;

use serde_json::{Value, json};
use tvox_widget::core::model::{
    ChatMessageStatus, ChatRequest, Direction, MultiChannelState, SessionField,
};
use tvox_widget::core::session::chat::{Conversation, Delivery, EntryKind};
use tvox_widget::core::{ChatSession, Error, Subscription};

use crate::support::{Stage, inbound, outbound, session};

const SECOND: Duration = Duration::from_secs(1);

/// Follows a conversation's changes, as a user interface does.
struct Reader {
    changes: Subscription<tvox_widget::core::session::chat::Change>,
    list: Conversation,
}

impl Reader {
    fn of(chat: &ChatSession) -> Self {
        Self { changes: chat.conversation(), list: Conversation::default() }
    }

    fn texts(&mut self) -> Vec<String> {
        self.read().entries().iter().map(|entry| entry.text.to_string()).collect()
    }

    fn fates(&mut self) -> Vec<Delivery> {
        self.read().entries().iter().map(|entry| entry.delivery.clone()).collect()
    }

    fn read(&mut self) -> &Conversation {
        while let Some(change) = self.changes.try_next() {
            self.list.apply(change);
        }
        &self.list
    }
}

/// A connected chat whose conversation is being read.
fn reading() -> (Stage, ChatSession, Reader) {
    let (mut stage, chat) = Stage::connected();
    let reader = Reader::of(&chat);
    stage.settle();
    stage.subscribed_log("chat/s_1", &[opened()]);
    stage.subscribed("receipts/s_1", &json!({ "received": 0, "read": 0 }));
    stage.clear();
    (stage, chat, reader)
}

fn opened() -> Value {
    let mut event = inbound(1, "");
    event["messageType"] = "OPEN_SESSION".into();
    event
}

fn closed(seq: u64) -> Value {
    let mut event = inbound(seq, "");
    event["messageType"] = "CLOSED_SESSION".into();
    event
}

fn sent(seq: u64) -> Value {
    json!({ "id": format!("m_{seq}"), "seq": seq, "createdAt": "2026-11-22T10:00:00.000Z" })
}

/// Loses the link and comes back.
fn blip(stage: &mut Stage) {
    stage.live_through(12);
    stage.cut();
    stage.advance(SECOND);
    stage.greet(true);
}

#[test]
fn creating_carries_the_customer_and_resolves_with_the_session() {
    let mut stage = Stage::online();
    let name = Some("Mario Rossi");
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), name, None);
    let created = chat.create();
    stage.settle();
    let call = stage.answer("chat.create", &session("QUEUE"));
    assert_eq!(call["params"]["customer"], json!({ "customerDisplayName": "Mario Rossi" }));
    assert_eq!(call["params"]["key"].as_str().unwrap().len(), 36);
    let created = stage.run(created).unwrap();
    assert_eq!((created.id.as_str(), chat.id().unwrap().as_str()), ("s_1", "s_1"));
}

#[test]
fn a_chat_can_ring_with_the_operator_of_a_call() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat(ChatRequest {
        service: "service0001".to_owned(),
        customer: None,
        fields: vec![SessionField { key: "order".to_owned(), value: "991".into() }],
        with: Some("k_1".into()),
    });
    drop(chat.create());
    stage.settle();
    let params = stage.expect("chat.create")["params"].clone();
    assert_eq!((&params["with"], params.get("customer")), (&json!("k_1"), None));
    assert_eq!(params["fields"], json!([{ "key": "order", "value": "991" }]));
}

#[test]
fn a_welcome_may_come_with_pictures_and_sounds_and_an_odd_one_harms_nobody() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), None, None);
    let created = chat.create();
    stage.settle();
    let mut playing = session("PLAY");
    let media = json!([{ "type": "audio/ogg", "url": "https://example.org/hold.ogg" }]);
    playing["step"]["media"] = media.clone();
    stage.answer("chat.create", &playing);
    let step = stage.run(created).unwrap().step.unwrap();
    assert_eq!(step.media[0].media_type, "audio/ogg");
    assert_eq!(json!(step.media), media);
    let mut monitor = chat.session_monitor();
    stage.subscribed("session/s_1", &playing);
    assert!(monitor.try_next().is_some());
    playing["step"]["media"] = json!("loud");
    stage.event("session/s_1", &playing);
    assert_eq!(monitor.try_next(), None, "no list: the whole value is dropped");
    stage.event("session/s_1", &session("QUEUE"));
    assert!(monitor.try_next().unwrap().step.unwrap().media.is_empty());
}

#[test]
fn an_anonymous_contact_sends_no_customer() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), None, None);
    drop(chat.create());
    stage.settle();
    assert_eq!(stage.expect("chat.create")["params"].get("customer"), None);
}

#[test]
fn a_lost_answer_to_create_is_asked_for_again_with_the_same_key() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), None, None);
    let created = chat.create();
    stage.settle();
    let first = stage.expect("chat.create");
    stage.cut();
    stage.world.wake(tvox_widget::core::ports::Wakeup::Online);
    stage.advance(SECOND);
    stage.greet(true);
    let second = stage.answer("chat.create", &session("QUEUE"));
    assert_eq!(first["params"]["key"], second["params"]["key"]);
    assert!(stage.run(created).is_ok());
}

#[test]
fn a_refused_create_says_what_the_server_said_and_may_be_tried_again() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), None, None);
    let created = chat.create();
    stage.settle();
    let call = stage.expect("chat.create");
    stage.refuse(&call, 1105, &json!({ "reason": "OUT_OF_SERVICE", "retryable": false }));
    assert_eq!(stage.run(created).unwrap_err().reason(), "OUT_OF_SERVICE");
    let again = chat.create();
    stage.settle();
    stage.answer("chat.create", &session("QUEUE"));
    assert!(stage.run(again).is_ok());
}

#[test]
fn a_second_create_is_a_wrong_state() {
    let (mut stage, chat) = Stage::connected();
    let again = chat.create();
    stage.settle();
    assert_eq!(stage.run(again).unwrap_err().code(), "WRONG_STATE");
}

#[test]
fn the_session_monitor_is_silent_unless_something_changed() {
    let (mut stage, chat) = Stage::connected();
    let mut monitor = chat.session_monitor();
    assert_eq!(monitor.try_next().unwrap().step_type().unwrap().as_str(), "CONNECTED");
    stage.event("session/s_1", &session("CONNECTED"));
    blip(&mut stage);
    stage.subscribed("session/s_1", &session("CONNECTED"));
    assert_eq!(monitor.try_next(), None);
}

#[test]
fn writing_before_an_operator_answers_is_a_wrong_state() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), None, None);
    assert_eq!(chat.send("too early").unwrap_err().code(), "WRONG_STATE");
    let send = chat.chat_send_message("too early", &ChatMessageStatus::Wrote, false);
    stage.settle();
    assert_eq!(stage.run(send).unwrap_err().code(), "WRONG_STATE");

    let created = chat.create();
    stage.settle();
    stage.answer("chat.create", &session("QUEUE"));
    stage.run(created).unwrap();
    assert_eq!(chat.send("still too early").unwrap_err().code(), "WRONG_STATE");
    stage.subscribed("session/s_1", &session("CONNECTED"));
    stage.event("session/s_1", &session("QUEUE"));
    chat.send("in a transfer").unwrap();
    stage.settle();
    assert_eq!(stage.expect("chat.send")["params"]["message"], "in a transfer");
}

#[test]
fn one_message_is_on_its_way_at_a_time_and_they_arrive_in_order() {
    let (mut stage, chat, mut reader) = reading();
    for text in ["one", "two", "three"] {
        chat.send(text).unwrap();
    }
    stage.settle();
    for (seq, text) in [(2, "one"), (3, "two"), (4, "three")] {
        assert_eq!(stage.methods(), ["chat.send"], "one at a time");
        let call = stage.answer("chat.send", &sent(seq));
        assert_eq!(call["params"]["message"], text);
    }
    assert_eq!(reader.texts(), ["", "one", "two", "three"]);
    assert_eq!(reader.fates(), vec![Delivery::Sent; 4]);
}

#[test]
fn a_rate_limited_message_waits_as_asked_and_is_not_overtaken() {
    let (mut stage, chat, _reader) = reading();
    chat.send("one").unwrap();
    chat.send("two").unwrap();
    stage.settle();
    let call = stage.expect("chat.send");
    let data = json!({ "reason": "RATE_LIMITED", "retryable": true, "retryAfter": 2000 });
    stage.refuse(&call, 1201, &data);
    stage.advance(Duration::from_millis(1_999));
    assert!(stage.take("chat.send").is_none());
    stage.advance(Duration::from_millis(1));
    let again = stage.expect("chat.send");
    assert_eq!(again["params"], call["params"]);
}

#[test]
fn a_message_whose_answer_was_lost_goes_again_with_its_key_and_stands_once() {
    let (mut stage, chat, mut reader) = reading();
    chat.send("once").unwrap();
    stage.settle();
    let first = stage.expect("chat.send");
    let key = first["params"]["key"].as_str().unwrap().to_owned();
    blip(&mut stage);
    let page = [inbound(2, "hello"), outbound(3, &key, "once")];
    let subscribe = stage.subscribed_log("chat/s_1", &page);
    assert_eq!(subscribe["params"]["since"], json!({ "epoch": "e_1", "seq": 1 }));
    let second = stage.answer("chat.send", &sent(3));
    assert_eq!(second["params"], first["params"]);
    assert_eq!(reader.texts(), ["", "hello", "once"]);
    assert_eq!(reader.fates()[2], Delivery::Sent);
}

#[test]
fn messages_written_offline_appear_at_once_and_are_sent_when_back() {
    let (mut stage, chat, mut reader) = reading();
    stage.live_through(12);
    stage.cut();
    chat.send("in a tunnel").unwrap();
    stage.settle();
    assert_eq!(reader.fates()[1], Delivery::Sending);
    stage.advance(SECOND);
    stage.greet(true);
    stage.subscribed_log("chat/s_1", &[]);
    stage.answer("chat.send", &sent(2));
    assert_eq!(reader.fates()[1], Delivery::Sent);
}

#[test]
fn a_transfer_halts_the_outbox_until_an_operator_is_there_again() {
    let (mut stage, chat, _reader) = reading();
    stage.event("session/s_1", &session("CONNECTING"));
    chat.send("hello?").unwrap();
    stage.settle();
    let call = stage.expect("chat.send");
    stage.refuse(&call, 1203, &json!({ "reason": "NOT_CONNECTED", "retryable": true }));
    stage.live_through(30);
    assert!(stage.take("chat.send").is_none());
    stage.event("session/s_1", &session("CONNECTED"));
    let again = stage.expect("chat.send");
    assert_eq!(again["params"], call["params"]);
}

#[test]
fn a_message_the_server_will_not_take_fails_and_the_next_goes_on() {
    let (mut stage, chat, mut reader) = reading();
    chat.send("too long").unwrap();
    chat.send("fine").unwrap();
    stage.settle();
    let call = stage.expect("chat.send");
    stage.refuse(&call, 1202, &json!({ "reason": "MESSAGE_TOO_LONG", "retryable": false }));
    stage.answer("chat.send", &sent(2));
    assert_eq!(reader.texts(), ["", "fine", "too long"]);
    let failed = reader.read().entries()[2].clone();
    assert!(
        matches!(&failed.delivery, Delivery::Failed(error) if error.reason() == "MESSAGE_TOO_LONG")
    );
    chat.retry(&failed.key);
    stage.settle();
    let retried = stage.answer("chat.send", &sent(3));
    assert_ne!(retried["params"]["key"], call["params"]["key"], "the old key names a refusal");
    assert_eq!(reader.fates(), vec![Delivery::Sent; 3]);
}

#[test]
fn a_failed_message_can_be_let_go() {
    let (mut stage, chat, mut reader) = reading();
    chat.send("never mind").unwrap();
    stage.settle();
    let call = stage.expect("chat.send");
    stage.refuse(&call, 1202, &json!({ "reason": "MESSAGE_TOO_LONG", "retryable": false }));
    let key = reader.read().entries()[1].key.clone();
    chat.discard(&key);
    stage.settle();
    assert_eq!(reader.texts(), [""]);
}

#[test]
fn the_hundred_and_first_waiting_message_is_refused() {
    let (mut stage, chat, _reader) = reading();
    stage.live_through(12);
    stage.cut();
    for number in 0..100 {
        chat.send(&number.to_string()).unwrap();
    }
    let last = chat.chat_send_message("one more", &ChatMessageStatus::Wrote, false);
    stage.settle();
    assert_eq!(stage.run(last).unwrap_err().code(), "WRONG_STATE");
}

#[test]
fn a_message_that_finds_the_outbox_full_is_shown_as_failed_and_may_be_sent_later() {
    let (mut stage, chat, mut reader) = reading();
    stage.live_through(12);
    stage.cut();
    for number in 0..100 {
        chat.send(&number.to_string()).unwrap();
    }
    // Nobody waits for an answer to this: what vanished would be missed by no program.
    chat.send("one more").unwrap();
    stage.settle();
    assert_eq!(reader.texts().last().unwrap(), "one more");
    let key = reader.read().entries()[101].key.clone();
    chat.retry(&key);
    stage.settle();
    assert!(matches!(reader.fates()[101], Delivery::Failed(_)), "still full: it stays");
    assert_eq!(reader.texts().len(), 102);
}

#[test]
fn whoever_listens_late_hears_each_event_once_and_in_order() {
    let (mut stage, chat, _reader) = reading();
    chat.send("mine").unwrap();
    stage.settle();
    // The answer overtakes the log, which has told 1 so far.
    let call = stage.answer("chat.send", &sent(3));
    let key = call["params"]["key"].as_str().unwrap().to_owned();
    let monitor = chat.event_monitor();
    let mut heard = monitor.notification();
    stage.settle();
    stage.event("chat/s_1", &inbound(2, "theirs"));
    stage.event("chat/s_1", &outbound(3, &key, "mine"));
    let seqs: Vec<_> = heard.ready().into_iter().filter_map(|event| event.seq).collect();
    assert_eq!(seqs, [2, 3]);
}

#[test]
fn a_greeting_is_shown_as_if_the_operator_had_sent_it() {
    let (mut stage, chat, mut reader) = reading();
    let sending = chat.chat_send_message("Ciao!", &ChatMessageStatus::Wrote, true);
    stage.settle();
    let call = stage.answer("chat.send", &sent(2));
    assert_eq!(call["params"]["greeting"], true);
    assert_eq!(stage.run(sending), Ok(true));
    let entry = reader.read().entries()[1].clone();
    assert_eq!((entry.direction, entry.greeting), (Direction::Inbound, true));
}

#[test]
fn a_doubled_event_is_seen_once_and_a_gap_is_asked_for() {
    let (mut stage, _chat, mut reader) = reading();
    stage.event("chat/s_1", &inbound(2, "two"));
    stage.event("chat/s_1", &inbound(2, "two"));
    stage.event("chat/s_1", &inbound(5, "five"));
    assert_eq!(reader.texts(), ["", "two"]);
    let page: Vec<Value> = (3..=5).map(|seq| inbound(seq, &seq.to_string())).collect();
    let asked = stage.subscribed_log("chat/s_1", &page);
    assert_eq!(asked["params"]["since"]["seq"], 2);
    assert_eq!(reader.texts(), ["", "two", "3", "4", "5"]);
}

#[test]
fn a_long_absence_is_caught_up_with_in_pages() {
    let (mut stage, _chat, mut reader) = reading();
    blip(&mut stage);
    let call = stage.expect_subscribe("chat/s_1");
    let page = |seqs: std::ops::Range<u64>, more: bool| {
        let events: Vec<Value> = seqs.map(|seq| inbound(seq, &seq.to_string())).collect();
        json!({ "subscription": "x", "epoch": "e_1", "recovered": true, "more": more, "result": events })
    };
    stage.respond(&call, &page(2..202, true));
    let call = stage.expect_subscribe("chat/s_1");
    assert_eq!(call["params"]["since"]["seq"], 201);
    stage.respond(&call, &page(202..302, false));
    assert_eq!(reader.texts().len(), 301);
}

#[test]
fn receipts_turn_ticks_and_do_not_wake_the_session_monitor() {
    let (mut stage, chat, mut reader) = reading();
    let mut monitor = chat.session_monitor();
    let _ = monitor.try_next();
    chat.send("hello").unwrap();
    stage.settle();
    stage.answer("chat.send", &sent(2));
    stage.event("receipts/s_1", &json!({ "received": 2, "read": 0 }));
    assert_eq!(reader.fates()[1], Delivery::Delivered);
    stage.event("receipts/s_1", &json!({ "received": 2, "read": 2 }));
    assert_eq!(reader.fates()[1], Delivery::Read);
    assert_eq!(monitor.try_next(), None);
}

#[test]
fn our_receipts_are_gathered_and_said_again_after_a_blip() {
    let (mut stage, chat, _reader) = reading();
    for seq in 2..=4 {
        stage.event("chat/s_1", &inbound(seq, "x"));
        chat.mark_received(&format!("m_{seq}").into());
        chat.mark_read(&format!("m_{seq}").into());
    }
    stage.settle();
    stage.clear();
    stage.advance(SECOND);
    assert_eq!(stage.expect("chat.read")["params"]["message"], "m_4");
    assert!(stage.take("chat.read").is_none(), "gathered");
    blip(&mut stage);
    assert_eq!(stage.expect("chat.read")["params"]["message"], "m_4");
}

#[test]
fn typing_is_said_on_the_leading_edge_and_ended_by_the_message() {
    let (mut stage, chat, _reader) = reading();
    for _ in 0..10 {
        chat.composing();
    }
    stage.settle();
    assert_eq!(stage.methods(), ["chat.typing"]);
    assert_eq!(stage.expect("chat.typing")["params"]["status"], "COMPOSING");
    chat.send("done").unwrap();
    stage.settle();
    assert_eq!(stage.methods(), ["chat.typing", "chat.send"]);
    assert_eq!(stage.expect("chat.typing")["params"]["status"], "IDLE");
}

#[test]
fn typing_is_dropped_while_offline_and_says_so() {
    let (mut stage, chat, _reader) = reading();
    let online = chat.chat_send_message("", &ChatMessageStatus::Composing, false);
    stage.settle();
    assert_eq!(stage.run(online), Ok(true));
    stage.live_through(12);
    stage.cut();
    let offline = chat.chat_send_message("", &ChatMessageStatus::Composing, false);
    stage.settle();
    assert_eq!(stage.run(offline), Ok(false));
}

#[test]
fn typing_is_dropped_while_nobody_reads_it_and_says_so() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), None, None);
    let composing = || chat.chat_send_message("", &ChatMessageStatus::Composing, false);
    assert_eq!(stage.run(composing()), Ok(false), "not created");
    let created = chat.create();
    stage.settle();
    stage.answer("chat.create", &session("QUEUE"));
    stage.run(created).unwrap();
    assert_eq!(stage.run(composing()), Ok(false), "in the queue");
    assert_eq!(stage.take("chat.typing"), None);
    stage.subscribed("session/s_1", &session("CONNECTED"));
    assert_eq!(stage.run(composing()), Ok(true));
    stage.settle();
    assert_eq!(stage.expect("chat.typing")["params"]["status"], "COMPOSING");
    for status in [ChatMessageStatus::Idle, ChatMessageStatus::Idle] {
        assert_eq!(stage.run(chat.chat_send_message("", &status, false)), Ok(true));
    }
}

#[test]
fn the_operators_typing_is_shown_until_it_stops_writes_or_eight_seconds_pass() {
    let (mut stage, chat, mut reader) = reading();
    let mut typing = chat.operator_typing();
    assert_eq!(typing.try_next(), Some(false));
    let composing = json!({ "sessionId": "s_1", "status": "COMPOSING", "direction": "INBOUND" });
    stage.event("chat/s_1", &composing);
    assert_eq!(typing.try_next(), Some(true));
    stage.event("chat/s_1", &inbound(2, "here"));
    assert_eq!(typing.try_next(), Some(false));
    stage.event("chat/s_1", &composing);
    assert_eq!(typing.try_next(), Some(true));
    stage.live_through(8);
    assert_eq!(typing.try_next(), Some(false));
    assert_eq!(reader.texts(), ["", "here"], "typing is not in the conversation");
}

#[test]
fn the_end_comes_in_the_documented_order_and_completes_everything() {
    let (mut stage, chat, mut reader) = reading();
    let monitor = chat.event_monitor();
    let (mut result, mut events) = (monitor.result(), monitor.notification());
    let mut sessions = chat.session_monitor();
    stage.settle();
    let mut closing = session("CONNECTED");
    closing["sessionState"] = "CLOSED".into();
    stage.event("session/s_1", &closing);
    let open = sessions.try_next().unwrap();
    assert_eq!(open.session_state, Some(MultiChannelState::Active));
    assert_eq!(sessions.try_next(), None, "the log has not told the end yet");
    stage.event("chat/s_1", &closed(2));
    assert!(sessions.try_next().unwrap().is_closed());
    assert!(sessions.end().is_some());
    assert_eq!(result.try_next().unwrap().message_type.unwrap().as_str(), "OPEN_SESSION");
    assert_eq!(events.try_next().unwrap().message_type.unwrap().as_str(), "CLOSED_SESSION");
    assert!(events.end().is_some());
    assert_eq!(reader.read().entries()[1].kind, EntryKind::Closed);
    assert_eq!(chat.send("too late").unwrap_err().code(), "WRONG_STATE");
}

#[test]
fn closing_asks_the_server_and_ends_here_even_if_nobody_answers() {
    let (mut stage, chat, _reader) = reading();
    stage.clear();
    chat.close();
    stage.settle();
    assert_eq!(stage.expect("chat.close")["params"]["session"], "s_1");
    assert!(!chat.session().unwrap().is_closed());
    stage.live_through(3);
    assert!(chat.session().unwrap().is_closed());
}

#[test]
fn what_waited_when_the_session_ended_is_shown_as_not_sent() {
    let (mut stage, chat, mut reader) = reading();
    chat.send("lost?").unwrap();
    stage.settle();
    let mut closing = session("CONNECTED");
    closing["sessionState"] = "CLOSED".into();
    stage.event("chat/s_1", &closed(2));
    stage.event("session/s_1", &closing);
    assert!(matches!(&reader.fates()[2], Delivery::Failed(Error::WrongState { .. })));
}

#[test]
fn after_a_reload_the_conversation_is_taken_up_where_it_is() {
    let mut stage = Stage::online();
    let chat = stage.attached();
    let mut reader = Reader::of(&chat);
    stage.settle();
    stage.subscribed("session/s_1", &session("CONNECTED"));
    stage.subscribed_log("chat/s_1", &[opened(), outbound(2, "k", "mine"), inbound(3, "theirs")]);
    assert_eq!(reader.texts(), ["", "mine", "theirs"]);
    assert_eq!(chat.send("and on"), Ok(()));
    stage.settle();
    stage.expect("chat.send");
}

#[test]
fn a_session_of_somebody_else_ends_at_once() {
    let mut stage = Stage::online();
    let chat = stage.attached();
    let call = stage.expect_subscribe("session/s_1");
    stage.refuse(&call, 1303, &json!({ "reason": "SESSION_NOT_FOUND", "retryable": false }));
    assert!(chat.session().unwrap().is_closed());
}

#[test]
fn the_event_monitor_sends_its_request_on_the_first_subscription_and_waits_for_the_session() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), None, None);
    let monitor = chat.event_monitor();
    let (mut result, mut events) = (monitor.result(), monitor.notification());
    let created = chat.create();
    stage.settle();
    stage.answer("chat.create", &session("QUEUE"));
    stage.run(created).unwrap();
    stage.subscribed_log("chat/s_1", &[opened(), inbound(2, "Benvenuto")]);
    assert_eq!(result.try_next().unwrap().message_type.unwrap().as_str(), "OPEN_SESSION");
    assert_eq!(events.try_next().unwrap().message.unwrap().as_str(), "Benvenuto");
    monitor.stop_notification();
    stage.settle();
    stage.expect("unsubscribe");
    assert!(events.end().is_some());
}

#[test]
fn a_log_that_nobody_wants_any_more_is_given_back_when_the_server_names_it() {
    let mut stage = Stage::online();
    let chat = stage.widget.new_chat_session("service0001", Vec::new(), None, None);
    let monitor = chat.event_monitor();
    let events = monitor.notification();
    let created = chat.create();
    stage.settle();
    stage.answer("chat.create", &session("QUEUE"));
    stage.run(created).unwrap();
    monitor.stop_notification();
    stage.settle();
    assert_eq!(stage.take("unsubscribe"), None, "there is no name for it yet");
    stage.subscribed_log("chat/s_1", &[opened()]);
    assert_eq!(stage.expect("unsubscribe")["params"]["subscription"], "chat/s_1");
    assert!(events.end().is_some());
}

#[test]
fn a_chat_that_is_over_answers_whoever_still_asks_and_nobody_waits_for_ever() {
    let (mut stage, chat) = Stage::connected();
    chat.close();
    stage.settle();
    stage.advance(4 * SECOND);
    let late = chat.chat_send_message("late", &ChatMessageStatus::Wrote, false);
    let closed = Error::WrongState { operation: "chatSendMessage", state: "closed" };
    assert_eq!(stage.run(late), Err(closed));
    let typing = chat.chat_send_message("", &ChatMessageStatus::Composing, false);
    assert_eq!(stage.run(typing), Ok(false), "typing is dropped, as wherever nobody reads it");
    let again = chat.create();
    assert!(matches!(stage.run(again), Err(Error::WrongState { state: "closed", .. })));
}

#[test]
fn customer_data_is_never_printed() {
    let (mut stage, chat, mut reader) = reading();
    chat.send("my secret").unwrap();
    stage.settle();
    let printed = format!("{:?} {:?} {:?}", reader.read(), chat, stage.widget);
    assert!(!printed.contains("my secret"), "{printed}");
}
