//! The connection, from dial to goodbye, on a clock that is moved by hand.

use std::time::Duration;

use serde_json::json;
use tvox_widget::core::config::RetryOptions;
use tvox_widget::core::ports::{Ports, Wakeup};
use tvox_widget::core::{Error, Phase, Widget};
use tvox_widget::platform::memory::Memory;

use crate::support::Stage;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn hello_and_the_wanted_topics_go_out_together_before_any_answer() {
    let mut stage = Stage::dialled();
    assert!(stage.world.accept());
    stage.settle();
    assert_eq!(stage.methods(), ["hello", "subscribe"]);
    let hello = stage.expect("hello");
    assert_eq!(hello["id"], 1);
    assert_eq!(hello["params"]["heartbeat"], 5000);
    assert_eq!(hello["params"].get("resume"), None);
    assert_eq!(stage.state().phase, Phase::Connecting);
}

#[test]
fn each_state_of_the_connection_is_told_once() {
    let conf = Stage::conf().build().unwrap();
    let mut states = None;
    let mut stage = Stage::driven(Memory::new(), |world| {
        let made = Widget::new(conf, world);
        states = Some(made.0.client().connection_state());
        made
    });
    stage.greet(false);
    stage.live_through(12);
    stage.cut();
    let mut states = states.unwrap();
    let phases: Vec<_> = std::iter::from_fn(|| states.try_next()).map(|it| it.phase).collect();
    assert_eq!(phases, [Phase::Connecting, Phase::Connected, Phase::Waiting]);
}

#[test]
fn the_connection_is_told_when_hello_is_answered_and_ready_only_once() {
    let mut stage = Stage::dialled();
    let mut events = stage.widget.client().connection_event();
    assert_eq!(events.try_next(), None, "nothing is known yet");
    stage.greet(false);
    assert!(events.try_next().unwrap().connected);
    let ready = stage.widget.ready();
    assert_eq!(stage.run(ready), Ok(()));
    assert_eq!(stage.widget.channels_enabled().len(), 1);
    stage.live_through(12);
    stage.cut();
    assert!(!events.try_next().unwrap().connected);
    stage.advance(SECOND);
    stage.greet(true);
    assert!(events.try_next().unwrap().connected);
    let ready = stage.widget.ready();
    assert_eq!(stage.run(ready), Ok(()), "whoever asks late is answered at once");
}

#[test]
fn after_a_loss_the_first_retry_comes_within_a_second_and_the_next_every_ten() {
    let mut stage = Stage::online();
    stage.live_through(20);
    stage.cut();
    let lost = stage.world.now();
    stage.advance(SECOND);
    assert_eq!(stage.world.dials().len(), 2);
    for _ in 0..5 {
        assert!(stage.world.refuse());
        stage.settle();
        stage.advance(10 * SECOND);
    }
    let dials = stage.world.dials();
    let gaps: Vec<u64> =
        dials.windows(2).skip(1).map(|pair| pair[1].since(pair[0]).as_secs()).collect();
    assert!(dials[1].since(lost) <= SECOND);
    assert_eq!(gaps, [10, 10, 10, 10, 10]);
}

#[test]
fn a_link_that_breaks_again_and_again_is_dialled_every_ten_seconds() {
    let mut stage = Stage::online();
    let mut last = stage.world.now();
    for round in 0..5 {
        stage.advance(2 * SECOND);
        stage.cut();
        while stage.world.dials().len() < round + 2 {
            stage.advance(Duration::from_millis(100));
        }
        let dialled = stage.world.now();
        assert!(round == 0 || dialled.since(last) >= 10 * SECOND, "round {round}");
        last = dialled;
        stage.greet(true);
    }
}

#[test]
fn without_fast_first_it_is_still_trying_after_a_simulated_day() {
    let retry = RetryOptions { fast_first: false, ..RetryOptions::default() };
    let mut stage = Stage::with(Memory::new(), retry);
    assert!(stage.world.refuse());
    stage.settle();
    for _ in 0..8_640 {
        stage.advance(10 * SECOND);
        assert!(stage.world.refuse(), "no attempt after {:?}", stage.world.now());
        stage.settle();
    }
    assert_eq!(stage.world.dials().len(), 8_641);
}

#[test]
fn a_connection_that_never_opens_is_given_up_after_ten_seconds() {
    let mut stage = Stage::dialled();
    stage.advance(10 * SECOND);
    let state = stage.state();
    assert_eq!(state.phase, Phase::Waiting);
    assert_eq!(state.reason, Some(Error::TimedOut { operation: "connect" }));
}

#[test]
fn a_server_that_opens_and_never_answers_hello_is_given_up_too() {
    let mut stage = Stage::dialled();
    assert!(stage.world.accept());
    stage.settle();
    stage.advance(10 * SECOND);
    assert_eq!(stage.state().phase, Phase::Waiting);
    assert_eq!(stage.world.closes(), [(1000, String::new())]);
}

#[test]
fn a_silent_link_is_dead_ten_seconds_after_its_last_answer_whatever_else_arrives() {
    let mut stage = Stage::online();
    stage.clear();
    stage.advance(5 * SECOND);
    stage.expect("ping");
    stage.say(&json!({ "jsonrpc": "2.0", "method": "event", "params": { "subscription": "x" } }));
    stage.advance(Duration::from_millis(4_999));
    assert!(stage.state().connected());
    stage.advance(Duration::from_millis(1));
    assert_eq!(stage.state().reason, Some(Error::TimedOut { operation: "ping" }));
}

#[test]
fn a_timer_that_wakes_a_minute_late_pings_and_declares_nothing_dead() {
    let mut stage = Stage::online();
    stage.clear();
    stage.advance(5 * SECOND);
    stage.expect("ping");
    stage.advance(60 * SECOND);
    assert!(stage.state().connected());
    let ping = stage.expect("ping");
    stage.respond(&ping, &json!({}));
    stage.advance(3 * SECOND);
    assert!(stage.state().connected());
}

#[test]
fn a_page_that_comes_into_view_replaces_a_dead_socket_within_three_seconds_and_a_half() {
    let mut stage = Stage::online();
    stage.live_through(30);
    stage.world.wake(Wakeup::Hidden);
    stage.settle();
    stage.clear();
    stage.world.wake(Wakeup::Visible);
    stage.settle();
    assert_eq!(stage.methods(), ["ping"]);
    stage.advance(2 * SECOND);
    assert!(!stage.state().connected());
    stage.advance(SECOND);
    assert_eq!(stage.world.dials().len(), 2);
}

#[test]
fn no_attempt_is_made_while_the_device_is_offline_and_one_at_once_when_it_is_back() {
    let mut stage = Stage::online();
    stage.live_through(20);
    stage.world.wake(Wakeup::Offline);
    stage.cut();
    stage.advance(100 * SECOND);
    assert_eq!(stage.world.dials().len(), 1);
    assert_eq!(stage.state().retry_in, None);
    stage.world.wake(Wakeup::Online);
    stage.settle();
    assert_eq!(stage.world.dials().len(), 2);
}

#[test]
fn wakeups_in_quick_succession_do_not_dial_more_than_once_a_second() {
    let mut stage = Stage::dialled();
    for _ in 0..20 {
        let _ = stage.world.refuse();
        stage.settle();
        stage.world.wake(Wakeup::Online);
        stage.world.wake(Wakeup::Visible);
        stage.settle();
        stage.advance(Duration::from_millis(100));
    }
    assert!(stage.world.dials().len() <= 3, "{:?}", stage.world.dials());
}

#[test]
fn a_close_of_the_40xx_kind_is_final_and_says_why() {
    let mut stage = Stage::online();
    stage.world.close(4001, "ORIGIN");
    stage.settle();
    stage.advance(3_600 * SECOND);
    let state = stage.state();
    assert_eq!((state.phase, stage.world.dials().len()), (Phase::Stopped, 1));
    assert_eq!(state.reason.unwrap().reason(), "ORIGIN");
}

#[test]
fn a_restarting_server_is_dialled_within_a_second() {
    let mut stage = Stage::online();
    stage.advance(2 * SECOND);
    stage.world.close(4201, "RESTARTING");
    stage.settle();
    stage.advance(SECOND);
    assert_eq!(stage.world.dials().len(), 2);
}

#[test]
fn the_token_comes_back_on_the_next_connection_and_on_the_next_page() {
    let world = Memory::new();
    let mut stage = Stage::with(world.clone(), RetryOptions::default());
    stage.greet(false);
    stage.live_through(12);
    stage.cut();
    stage.advance(SECOND);
    assert!(stage.world.accept());
    stage.clear_until("hello", |hello| assert_eq!(hello["params"]["resume"], "rt_1"));
    let mut page = Stage::with(world, RetryOptions::default());
    assert!(page.world.accept());
    page.clear_until("hello", |hello| assert_eq!(hello["params"]["resume"], "rt_1"));
}

#[test]
fn a_server_that_forgot_the_visitor_is_a_discontinuity_and_no_error() {
    let (mut stage, chat) = Stage::connected();
    let mut lost = stage.widget.discontinuity();
    stage.live_through(12);
    stage.cut();
    stage.advance(SECOND);
    stage.greet(false);
    assert_eq!(lost.try_next(), Some(()));
    assert!(stage.state().connected());
    assert!(chat.session().unwrap().is_closed());
}

#[test]
fn rubbish_is_dropped_and_the_connection_goes_on() {
    let mut stage = Stage::online();
    for text in ["", "null", "[]", "{", r#"{"id":99,"result":1}"#, r#"{"method":"event"}"#] {
        stage.world.receive(text);
        stage.settle();
    }
    assert!(stage.state().connected());
    assert!(!stage.world.warnings().is_empty());
    stage.live_through(20);
    assert!(stage.state().connected());
}

#[test]
fn disconnecting_says_goodbye_and_ends_every_observable() {
    let mut stage = Stage::online();
    let mut states = stage.widget.client().connection_state();
    stage.widget.disconnect();
    stage.settle();
    assert_eq!(stage.expect("bye")["params"]["forget"], false);
    assert_eq!(stage.world.closes(), [(1000, String::new())]);
    stage.advance(SECOND);
    while states.try_next().is_some() {}
    assert!(states.end().is_some());
    assert_eq!(stage.world.kept("token").as_deref(), Some("rt_1"));
    let visit = stage.widget.visit(None, None, None);
    assert_eq!(stage.run(visit), Err(Error::Cancelled));
}

#[test]
fn forgetting_wipes_the_token_here_and_asks_the_server_to() {
    let mut stage = Stage::online();
    stage.widget.forget();
    stage.settle();
    assert_eq!(stage.expect("bye")["params"]["forget"], true);
    assert_eq!(stage.world.kept("token"), None);
}

#[test]
fn a_call_made_before_the_connection_waits_ten_seconds_for_it() {
    let mut stage = Stage::dialled();
    let visit = stage.widget.visit(Some("https://shop.example/p"), Some("/p"), None);
    let mut visit = Box::pin(visit);
    stage.poll(&mut visit);
    stage.greet(false);
    stage.answer("visit", &json!(true));
    assert_eq!(stage.run(visit), Ok(true));

    let mut stage = Stage::dialled();
    let mut visit = Box::pin(stage.widget.visit(None, Some("/p"), None));
    stage.poll(&mut visit);
    assert!(stage.world.refuse());
    stage.settle();
    stage.advance(10 * SECOND);
    assert_eq!(stage.run(visit), Err(Error::NotConnected));
}

#[test]
fn while_offline_only_the_latest_page_is_kept() {
    let mut stage = Stage::dialled();
    let mut first = Box::pin(stage.widget.visit(None, Some("/a"), None));
    stage.poll(&mut first);
    let mut second = Box::pin(stage.widget.visit(None, Some("/b"), None));
    stage.poll(&mut second);
    assert_eq!(stage.run(first), Ok(false));
    stage.greet(false);
    let visit = stage.answer("visit", &json!(true));
    assert_eq!(visit["params"]["uri"], "/b");
    assert_eq!(stage.run(second), Ok(true));
}

#[test]
fn a_service_that_is_not_configured_is_refused_at_once() {
    use tvox_widget::core::model::ChannelType;
    let stage = Stage::online();
    let error = stage.widget.service_status("service0009", &ChannelType::Chat).unwrap_err();
    assert_eq!(error.code(), "UNMONITORED");
    assert!(stage.widget.service_status("service0001", &ChannelType::Video).is_err());
}

#[test]
fn a_services_status_is_told_when_it_changes_and_again_wanted_after_a_blip() {
    use tvox_widget::core::model::{ChannelType, ServiceStatusValue};
    let mut stage = Stage::online();
    let mut status = stage.widget.service_status("service0001", &ChannelType::Chat).unwrap();
    stage.settle();
    let topic = "service/service0001/CHAT";
    stage.subscribed(topic, &json!({ "service": "service0001", "status": "ACTIVE" }));
    assert_eq!(status.try_next().unwrap().status, Some(ServiceStatusValue::Active));
    stage.event(topic, &json!({ "service": "service0001", "status": "OVERTIME" }));
    assert_eq!(status.try_next().unwrap().status, Some(ServiceStatusValue::Overtime));
    stage.live_through(12);
    stage.cut();
    stage.advance(SECOND);
    stage.greet(true);
    stage.subscribed(topic, &json!({ "service": "service0001", "status": "OVERTIME" }));
    assert_eq!(status.try_next(), None, "nothing has changed");
}
