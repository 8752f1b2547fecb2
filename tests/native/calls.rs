//! Audio and video calls: asking, what a monitor hears, what is held back. Without media.

use std::time::Duration;

use futures::FutureExt;
use serde_json::{Value, json};
use tvox_widget::core::config::{IceGatherPolicy, TrickleIcePolicy, Webrtc};
use tvox_widget::core::model::{
    CallChannelSession, CallRequest, CallState, ChannelType, CustomerInfo, MultiChannelState,
    SessionField, SessionId,
};
use tvox_widget::core::{Error, Subscription};
use tvox_widget::platform::memory::Memory;

use crate::support::Stage;

const SECOND: Duration = Duration::from_secs(1);
const TOPIC: &str = "call/VIDEO";

fn webrtc(enabled: bool) -> Webrtc {
    Webrtc {
        enabled,
        trickle_ice_policy: TrickleIcePolicy::default(),
        ice_gather_policy: IceGatherPolicy::default(),
    }
}

/// A widget that may call and that the server has greeted.
fn online() -> Stage {
    let conf = Stage::conf().webrtc(webrtc(true)).build().unwrap();
    let mut stage = Stage::configured(Memory::new(), &conf);
    stage.greet(false);
    stage.clear();
    stage
}

/// The same, with a monitor of the video channel; the server has told what there is.
fn monitored(present: &Value) -> (Stage, Subscription<CallChannelSession>) {
    let mut stage = online();
    let monitor = stage.widget.call_monitor(&ChannelType::Video).unwrap();
    stage.settle();
    stage.subscribed(TOPIC, present);
    (stage, monitor)
}

fn call(id: &str, state: &str) -> Value {
    json!({
        "id": id, "service": "service0001", "sessionState": "ACTIVE", "state": state,
        "step": { "step": 1, "type": "QUEUE" }, "time": "2026-11-22T10:00:00Z",
    })
}

fn over(id: &str) -> Value {
    json!({ "id": id, "sessionState": "CLOSED", "state": "IDLE", "time": "2026-11-22T10:09:00Z" })
}

/// The states a monitor has heard since it was last asked.
fn heard(monitor: &mut Subscription<CallChannelSession>) -> Vec<(String, CallState)> {
    std::iter::from_fn(|| monitor.try_next())
        .map(|session| (session.id.to_string(), session.state.unwrap()))
        .collect()
}

fn told(id: &str, state: CallState) -> (String, CallState) {
    (id.to_owned(), state)
}

fn blip(stage: &mut Stage, resumed: bool) {
    stage.live_through(12);
    stage.clear();
    stage.cut();
    stage.advance(SECOND);
    stage.greet(resumed);
}

/// A call that the server has taken.
fn calling(stage: &mut Stage) -> SessionId {
    let widget = stage.widget.clone();
    let mut asked = Box::pin(widget.new_call(&ChannelType::Video, "service0001", None, None));
    stage.poll(&mut asked);
    stage.answer("call.create", &json!({ "id": "k_1", "iceServers": [], "iceTtl": 600_000 }));
    let id = stage.polled(&mut asked).unwrap().unwrap();
    stage.settle();
    id
}

#[test]
fn a_call_is_asked_for_with_its_channel_and_customer_and_answers_its_id() {
    let mut stage = online();
    let (channel, name) = (ChannelType::PhoneCall, Some("Mario Rossi"));
    let mut asked =
        Box::pin(stage.widget.new_call(&channel, "service0001", name, Some("mario@example.org")));
    stage.poll(&mut asked);
    let call = stage.answer("call.create", &json!({ "id": "k_7", "iceServers": [] }));
    assert_eq!(call["params"]["channel"], "PHONE_CALL");
    assert_eq!(call["params"]["service"], "service0001");
    let customer = json!({
        "customerDisplayName": "Mario Rossi", "customerValue": "mario@example.org",
    });
    assert_eq!(call["params"]["customer"], customer);
    assert_eq!(call["params"]["key"].as_str().unwrap().len(), 36);
    assert_eq!(stage.polled(&mut asked).unwrap().unwrap().as_str(), "k_7");
}

#[test]
fn a_call_can_ring_with_the_operator_of_a_conversation() {
    let mut stage = online();
    let request = CallRequest {
        channel: ChannelType::Video,
        service: "service0001".to_owned(),
        customer: Some(CustomerInfo::default()),
        fields: vec![SessionField { key: "order".to_owned(), value: "991".into() }],
        with: Some("s_1".into()),
    };
    let mut asked = Box::pin(stage.widget.create_call(request));
    stage.poll(&mut asked);
    let params = stage.expect("call.create")["params"].clone();
    assert_eq!(params["with"], "s_1");
    assert_eq!(params["fields"], json!([{ "key": "order", "value": "991" }]));
    assert_eq!(params.get("customer"), None, "nothing is known: anonymous");
}

#[test]
fn a_lost_answer_to_a_call_is_asked_for_again_with_the_same_key() {
    let mut stage = online();
    let mut asked = Box::pin(stage.widget.new_call(&ChannelType::Video, "service0001", None, None));
    stage.poll(&mut asked);
    let first = stage.expect("call.create");
    stage.cut();
    stage.world.wake(tvox_widget::core::ports::Wakeup::Online);
    stage.advance(SECOND);
    stage.greet(true);
    let second = stage.answer("call.create", &json!({ "id": "k_1" }));
    assert_eq!(first["params"]["key"], second["params"]["key"]);
    assert!(stage.polled(&mut asked).unwrap().is_ok());
}

#[test]
fn without_webrtc_a_call_is_refused_and_nothing_is_asked() {
    let confs = [Stage::conf(), Stage::conf().webrtc(webrtc(false))];
    for (conf, found) in confs.into_iter().zip(["nothing", "enabled: false"]) {
        let mut stage = Stage::configured(Memory::new(), &conf.build().unwrap());
        stage.greet(false);
        let channel = ChannelType::Video;
        let mut asked = Box::pin(stage.widget.new_call(&channel, "service0001", None, None));
        let Some(Err(Error::Config(mistake))) = stage.polled(&mut asked) else {
            panic!("not refused")
        };
        assert_eq!((mistake.field.as_str(), mistake.found.as_str()), ("server.webrtc", found));
        let mut accepted = Box::pin(stage.widget.accept_call(&"k_1".into()));
        assert_eq!(stage.polled(&mut accepted).unwrap().unwrap_err().code(), "CONFIG");
        assert!(!stage.methods().iter().any(|method| method.starts_with("call.")));
    }
}

#[test]
fn only_the_two_call_channels_have_calls() {
    let mut stage = online();
    for channel in [ChannelType::Chat, ChannelType::Mail, ChannelType::Callback] {
        assert_eq!(stage.widget.call_monitor(&channel).unwrap_err().code(), "UNMONITORED");
        let mut asked = Box::pin(stage.widget.new_call(&channel, "service0001", None, None));
        assert_eq!(stage.polled(&mut asked).unwrap().unwrap_err().code(), "UNMONITORED");
    }
}

#[test]
fn a_refused_call_says_why() {
    let mut stage = online();
    let mut asked = Box::pin(stage.widget.new_call(&ChannelType::Video, "service0001", None, None));
    stage.poll(&mut asked);
    let call = stage.expect("call.create");
    stage.refuse(&call, 1106, &json!({ "reason": "SESSION_OPEN", "session": "k_0" }));
    assert_eq!(stage.polled(&mut asked).unwrap().unwrap_err().reason(), "SESSION_OPEN");
}

#[test]
fn a_monitor_is_silent_without_a_call_and_then_hears_its_life_and_its_end() {
    let (mut stage, mut monitor) = monitored(&Value::Null);
    assert_eq!(heard(&mut monitor), []);
    for state in ["NEW_OUTBOUND", "CONNECTED", "HOLD", "CONNECTED"] {
        stage.event(TOPIC, &call("k_1", state));
    }
    stage.event(TOPIC, &over("k_1"));
    let expected = [
        told("k_1", CallState::NewOutbound),
        told("k_1", CallState::Connected),
        told("k_1", CallState::Hold),
        told("k_1", CallState::Connected),
        told("k_1", CallState::Idle),
    ];
    assert_eq!(heard(&mut monitor), expected);
    stage.event(TOPIC, &call("k_2", "NEW_INBOUND"));
    assert_eq!(heard(&mut monitor), [told("k_2", CallState::NewInbound)], "it goes on");
}

#[test]
fn a_monitor_hears_nothing_when_only_the_servers_clock_goes_on() {
    let (mut stage, mut monitor) = monitored(&call("k_1", "CONNECTED"));
    assert_eq!(heard(&mut monitor).len(), 1);
    let mut later = call("k_1", "CONNECTED");
    later["time"] = "2026-11-22T10:05:00Z".into();
    stage.event(TOPIC, &later);
    blip(&mut stage, true);
    stage.subscribed(TOPIC, &later);
    assert_eq!(heard(&mut monitor), []);
    later["step"]["queuePosition"] = 2.into();
    stage.event(TOPIC, &later);
    assert_eq!(heard(&mut monitor).len(), 1, "a field of the reference changed");
}

#[test]
fn a_call_that_ended_before_anybody_listened_is_never_told() {
    let (mut stage, mut monitor) = monitored(&over("k_0"));
    stage.event(TOPIC, &over("k_0"));
    assert_eq!(heard(&mut monitor), []);
    stage.event(TOPIC, &call("k_1", "CONNECTED"));
    stage.event(TOPIC, &over("k_1"));
    stage.event(TOPIC, &over("k_1"));
    stage.event(TOPIC, &call("k_1", "CONNECTED"));
    let heard_once = [told("k_1", CallState::Connected), told("k_1", CallState::Idle)];
    assert_eq!(heard(&mut monitor), heard_once, "a late word brings nothing back");
    let mut late = stage.widget.call_monitor(&ChannelType::Video).unwrap();
    assert_eq!(heard(&mut late), []);
}

#[test]
fn a_second_monitor_sees_the_present_call_first() {
    let (mut stage, _first) = monitored(&call("k_1", "CONNECTED"));
    let mut second = stage.widget.call_monitor(&ChannelType::Video).unwrap();
    stage.settle();
    assert_eq!(heard(&mut second), [told("k_1", CallState::Connected)]);
    assert_eq!(stage.take("subscribe"), None, "one topic serves all");
}

#[test]
fn a_call_that_ended_while_the_connection_was_lost_is_told_as_ended() {
    for resumed in [true, false] {
        let (mut stage, mut monitor) = monitored(&call("k_1", "CONNECTED"));
        blip(&mut stage, resumed);
        stage.subscribed(TOPIC, &Value::Null);
        let expected = [told("k_1", CallState::Connected), told("k_1", CallState::Idle)];
        assert_eq!(heard(&mut monitor), expected);
        let mut toggled = Box::pin(stage.widget.toggle_audio_mute(&"k_1".into()));
        assert_eq!(stage.polled(&mut toggled).unwrap().unwrap_err().code(), "WRONG_STATE");
    }
}

#[test]
fn a_call_that_took_the_place_of_another_ends_it() {
    let (mut stage, mut monitor) = monitored(&call("k_1", "CONNECTED"));
    blip(&mut stage, true);
    stage.subscribed(TOPIC, &call("k_2", "NEW_INBOUND"));
    let ended = std::iter::from_fn(|| monitor.try_next()).nth(1).unwrap();
    assert_eq!(ended.id.as_str(), "k_1");
    assert_eq!(ended.session_state, Some(MultiChannelState::Closed));
    assert_eq!(ended.service.as_deref(), Some("service0001"), "what was known stays");
}

#[test]
fn stopping_completes_the_monitors_and_asks_the_server_for_no_more() {
    let (mut stage, mut monitor) = monitored(&Value::Null);
    stage.widget.stop_call_monitor(&ChannelType::Video);
    stage.settle();
    assert_eq!(stage.expect("unsubscribe")["params"]["subscription"], TOPIC);
    assert_eq!(stage.run(futures::StreamExt::next(&mut monitor)), None);
    let mut again = stage.widget.call_monitor(&ChannelType::Video).unwrap();
    stage.settle();
    stage.subscribed(TOPIC, &call("k_1", "NEW_INBOUND"));
    assert_eq!(heard(&mut again), [told("k_1", CallState::NewInbound)]);
}

#[test]
fn a_call_is_followed_to_its_end_even_if_nobody_monitors_it() {
    let mut stage = online();
    let id = calling(&mut stage);
    stage.subscribed(TOPIC, &call("k_1", "NEW_OUTBOUND"));
    let monitor = stage.widget.call_monitor(&ChannelType::Video).unwrap();
    stage.widget.stop_call_monitor(&ChannelType::Video);
    stage.settle();
    drop(monitor);
    assert_eq!(stage.take("unsubscribe"), None, "the call still runs");
    let mut toggled = Box::pin(stage.widget.toggle_audio_mute(&id));
    assert_eq!(stage.polled(&mut toggled), Some(Ok(true)));
    stage.event(TOPIC, &over("k_1"));
    assert_eq!(stage.expect("unsubscribe")["params"]["subscription"], TOPIC);
    let mut toggled = Box::pin(stage.widget.toggle_audio_mute(&id));
    assert_eq!(stage.polled(&mut toggled).unwrap().unwrap_err().code(), "WRONG_STATE");
}

#[test]
fn a_topic_that_the_server_refuses_ends_the_monitor_with_its_reason() {
    let mut stage = online();
    let monitor = stage.widget.call_monitor(&ChannelType::Video).unwrap();
    stage.settle();
    let call = stage.expect_subscribe(TOPIC);
    stage.refuse(&call, 1102, &json!({ "reason": "CHANNEL_DISABLED" }));
    let Some(tvox_widget::core::observe::End::Failed(error)) = monitor.end() else {
        panic!("it goes on")
    };
    assert_eq!(error.reason(), "CHANNEL_DISABLED");
}

#[test]
fn a_malformed_call_is_reported_and_dropped() {
    let (mut stage, mut monitor) = monitored(&Value::Null);
    stage.event(TOPIC, &json!({ "id": 7 }));
    stage.event(TOPIC, &call("k_1", "CONNECTED"));
    assert_eq!(heard(&mut monitor), [told("k_1", CallState::Connected)]);
    assert_eq!(stage.world.warnings().len(), 1);
}

#[test]
fn hanging_up_accepting_and_declining_are_asked_of_the_server() {
    let mut stage = online();
    let (widget, id) = (stage.widget.clone(), SessionId::from("k_1"));
    for (method, answer) in [
        ("call.close", json!(true)),
        ("call.decline", json!(true)),
        ("call.accept", json!({ "id": "k_1", "iceServers": [] })),
    ] {
        let mut asked = match method {
            "call.close" => widget.close_call(&id).boxed(),
            "call.decline" => widget.decline_call(&id).boxed(),
            _ => widget.accept_call(&id).boxed(),
        };
        stage.poll(&mut asked);
        let call = stage.answer(method, &answer);
        assert_eq!(call["params"], json!({ "session": "k_1" }));
        assert_eq!(stage.polled(&mut asked), Some(Ok(true)), "{method}");
    }
    let mut asked = widget.close_call(&id).boxed();
    stage.poll(&mut asked);
    stage.answer("call.close", &json!(false));
    assert_eq!(stage.polled(&mut asked), Some(Ok(false)), "there was none to end");
}

#[test]
fn muting_flips_and_flips_back_and_the_operators_side_is_told() {
    let mut stage = online();
    let id = calling(&mut stage);
    stage.subscribed(TOPIC, &call("k_1", "CONNECTED"));
    let widget = stage.widget.clone();
    for (toggle, audio, video) in
        [("audio", false, true), ("video", false, false), ("audio", true, false)]
    {
        let mut toggled = match toggle {
            "audio" => widget.toggle_audio_mute(&id).boxed(),
            _ => widget.toggle_video_mute(&id).boxed(),
        };
        assert_eq!(stage.polled(&mut toggled), Some(Ok(true)));
        let signal = stage.answer("signal", &json!(true));
        let mut params = signal["params"].clone();
        assert!(params.as_object_mut().unwrap().remove("key").is_some());
        let expected = json!({ "session": "k_1", "type": "media", "audio": audio, "video": video });
        assert_eq!(params, expected);
    }
}

#[test]
fn what_was_muted_in_the_queue_is_told_when_an_operator_answers_and_not_before() {
    let mut stage = online();
    let id = calling(&mut stage);
    stage.subscribed(TOPIC, &call("k_1", "NEW_OUTBOUND"));
    let mut toggled = Box::pin(stage.widget.toggle_audio_mute(&id));
    assert_eq!(stage.polled(&mut toggled), Some(Ok(true)));
    assert_eq!(stage.take("signal"), None, "there is nobody to tell");
    stage.event(TOPIC, &call("k_1", "CONNECTED"));
    assert_eq!(stage.answer("signal", &json!(true))["params"]["audio"], false);
    stage.event(TOPIC, &call("k_1", "HOLD"));
    assert_eq!(stage.take("signal"), None, "the same operator knows");
    stage.event(TOPIC, &call("k_1", "NEW_OUTBOUND"));
    stage.event(TOPIC, &call("k_1", "CONNECTED"));
    assert_eq!(stage.expect("signal")["params"]["audio"], false, "another operator does not");
}

#[test]
fn muting_while_offline_takes_effect_at_once_and_is_told_when_back() {
    let (mut stage, _monitor) = monitored(&call("k_1", "CONNECTED"));
    stage.live_through(12);
    stage.clear();
    stage.cut();
    let mut toggled = Box::pin(stage.widget.toggle_video_mute(&"k_1".into()));
    assert_eq!(stage.polled(&mut toggled), Some(Ok(true)));
    stage.advance(SECOND);
    assert!(stage.world.refuse());
    stage.settle();
    stage.advance(SECOND * 11);
    stage.greet(true);
    assert_eq!(stage.expect("signal")["params"]["video"], false);
}

#[test]
fn after_disconnecting_monitors_are_complete_and_calls_are_cancelled() {
    let (mut stage, mut monitor) = monitored(&call("k_1", "CONNECTED"));
    stage.widget.disconnect();
    stage.settle();
    stage.advance(SECOND);
    assert_eq!(heard(&mut monitor).len(), 1);
    assert_eq!(stage.run(futures::StreamExt::next(&mut monitor)), None);
    let mut late = stage.widget.call_monitor(&ChannelType::PhoneCall).unwrap();
    assert_eq!(stage.run(futures::StreamExt::next(&mut late)), None);
    let mut asked = Box::pin(stage.widget.new_call(&ChannelType::Video, "service0001", None, None));
    assert_eq!(stage.polled(&mut asked), Some(Err(Error::Cancelled)));
}
