//! Sound and picture of calls, with a browser that is played by a script.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use tvox_widget::core::config::{IceGatherPolicy, TrickleIcePolicy, Webrtc};
use tvox_widget::core::model::{
    CallMedia, ChannelType, DeviceKind, MediaPhase, OpenSession, SessionId,
};
use tvox_widget::core::ports::{Description, IceState, RtcCommand, RtcEvent};
use tvox_widget::core::{Error, MediaError, MediaSource, Subscription};
use tvox_widget::platform::memory::Memory;

use crate::support::Stage;
use crate::support::rtc::Script;

const SECOND: Duration = Duration::from_secs(1);
const SIGNALS: &str = "signal/k_1";
const CALL: &str = "call/VIDEO";
const MICROPHONE: MediaSource = MediaSource::Microphone;
const CAMERA: MediaSource = MediaSource::Camera;

/// A widget whose browser can make calls.
struct Room {
    stage: Stage,
    rtc: Script,
    media: Option<Subscription<CallMedia>>,
    seq: u64,
}

impl Room {
    fn new() -> Self {
        Self::with(TrickleIcePolicy::FullTrickle, IceGatherPolicy::All)
    }

    fn with(trickle_ice_policy: TrickleIcePolicy, ice_gather_policy: IceGatherPolicy) -> Self {
        let webrtc = Webrtc { enabled: true, trickle_ice_policy, ice_gather_policy };
        let conf = Stage::conf().webrtc(webrtc).build().unwrap();
        let mut stage = Stage::configured(Memory::new(), &conf);
        let rtc = Script::new(&stage.world);
        let driver = stage.widget.attach_media(rtc.clone());
        stage.spawn(driver.run()).forget();
        stage.greet(false);
        stage.clear();
        Self { stage, rtc, media: None, seq: 0 }
    }

    /// A video call that rings at an operator's.
    fn ringing(mut self) -> Self {
        let widget = self.stage.widget.clone();
        let mut call = widget.new_call(&ChannelType::Video, "service0001", None, None).boxed();
        self.stage.poll(&mut call);
        self.stage.settle();
        assert!(self.stage.polled(&mut call).is_none());
        self.stage.answer("call.create", &created());
        assert_eq!(self.stage.polled(&mut call), Some(Ok("k_1".into())));
        self.opened();
        self.stage.subscribed(CALL, &state("NEW_OUTBOUND", "CONNECTING", 2));
        self.settle();
        self
    }

    /// One that flows.
    fn talking(mut self) -> Self {
        self = self.ringing();
        self.stage.event(CALL, &state("CONNECTED", "CONNECTED", 3));
        self.hear(&json!({ "type": "answer", "gen": 1, "sdp": "their answer" }));
        self.rtc.receives(1_000.0);
        self.settle();
        assert_eq!(self.media().phase, MediaPhase::Connected);
        self.said();
        self.rtc.asked();
        self.stage.clear();
        self
    }

    /// A page that takes up the call of the one before; the devices are there.
    fn joining(&mut self) -> BoxFuture<'static, Result<(), Error>> {
        let session = OpenSession {
            id: "k_1".into(),
            channel: ChannelType::Video,
            service: "service0001".to_owned(),
        };
        let mut joined = self.stage.widget.join_call(&session).boxed();
        self.stage.poll(&mut joined);
        assert!(self.stage.polled(&mut joined).is_none());
        self.settle();
        joined
    }

    fn opened(&mut self) {
        self.settle();
        self.media = Some(self.stage.widget.call_media(&"k_1".into()));
        self.stage.subscribed_log(SIGNALS, &[]);
        self.settle();
    }

    fn settle(&mut self) {
        self.stage.settle();
    }

    /// The other side says something.
    fn hear(&mut self, signal: &Value) {
        self.seq += 1;
        let mut signal = signal.clone();
        signal["seq"] = self.seq.into();
        self.stage.event(SIGNALS, &signal);
        self.settle();
    }

    /// What was said, and taken by the server, keys left out.
    fn said(&mut self) -> Vec<Value> {
        let mut said = Vec::new();
        self.settle();
        while let Some(signal) = self.stage.take("signal") {
            self.stage.respond(&signal, &json!(true));
            let mut params = signal["params"].clone();
            params.as_object_mut().unwrap().remove("key").unwrap();
            params.as_object_mut().unwrap().remove("session").unwrap();
            said.push(params);
            self.settle();
        }
        said
    }

    fn media(&mut self) -> CallMedia {
        let media = self.media.as_mut().unwrap();
        let mut last = None;
        while let Some(next) = media.try_next() {
            last = Some(next);
        }
        last.expect("nothing new was told")
    }

    /// Seconds in which as many bytes come as are told.
    fn seconds(&mut self, bytes: impl IntoIterator<Item = f64>) {
        for bytes in bytes {
            self.stage.live_through(1);
            self.rtc.receives(bytes);
            self.settle();
        }
    }

    fn toggles(&mut self, video: bool) -> Result<bool, Error> {
        let widget = self.stage.widget.clone();
        let mut toggled = match video {
            true => widget.toggle_video_mute(&"k_1".into()).boxed(),
            false => widget.toggle_audio_mute(&"k_1".into()).boxed(),
        };
        for _ in 0..3 {
            if let Some(toggled) = self.stage.polled(&mut toggled) {
                return toggled;
            }
        }
        panic!("it was never answered")
    }
}

fn created() -> Value {
    json!({ "id": "k_1", "iceServers": [{ "urls": ["stun:turn.example.org"] }], "iceTtl": 600_000 })
}

fn state(state: &str, step: &str, number: u32) -> Value {
    json!({
        "id": "k_1", "service": "service0001", "sessionState": "ACTIVE", "state": state,
        "step": { "step": number, "type": step }, "time": "2026-11-22T10:00:00Z",
    })
}

fn offer(generation: u32, sdp: &str) -> Value {
    json!({ "type": "offer", "gen": generation, "sdp": sdp })
}

#[test]
fn devices_come_first_and_a_visitor_who_refuses_has_called_nobody() {
    for (error, reason) in [
        (MediaError::PermissionDenied as fn(MediaSource) -> MediaError, "PERMISSION_DENIED"),
        (MediaError::NotFound, "DEVICE_NOT_FOUND"),
        (MediaError::InUse, "DEVICE_IN_USE"),
    ] {
        let mut room = Room::new();
        room.rtc.lacks(MICROPHONE, error);
        let widget = room.stage.widget.clone();
        let mut call = widget.new_call(&ChannelType::Video, "service0001", None, None).boxed();
        room.stage.poll(&mut call);
        let refused = room.stage.polled(&mut call).unwrap().unwrap_err();
        assert_eq!((refused.code(), refused.reason()), ("MEDIA", reason));
        room.settle();
        assert_eq!(room.stage.take("call.create"), None);
        let asked = room.rtc.asked();
        assert_eq!(asked[0], RtcCommand::Capture(vec![MICROPHONE, CAMERA]));
        assert!(asked.contains(&RtcCommand::Release(CAMERA)), "its light stays on: {asked:?}");
    }
}

#[test]
fn a_video_call_without_a_camera_is_made_and_says_so() {
    let mut room = Room::new();
    room.rtc.lacks(CAMERA, MediaError::NotFound);
    room = room.ringing();
    let media = room.media();
    assert!(media.microphone && !media.camera);
    assert_eq!(media.error, Some(Error::Media(MediaError::NotFound(CAMERA))));
    room.stage.event(CALL, &state("CONNECTED", "CONNECTED", 3));
    let said = room.said();
    assert!(said.contains(&json!({ "type": "media", "audio": true, "video": false })), "{said:?}");
}

#[test]
fn the_first_offer_goes_out_when_it_rings_and_ways_follow_together() {
    let mut room = Room::new().ringing();
    let asked = room.rtc.asked();
    assert!(matches!(&asked[1], RtcCommand::Open { relay: false, picture: true, .. }), "{asked:?}");
    assert_eq!(room.said(), [offer(1, "description 1")]);
    room.rtc.finds("candidate:1 1 udp 1 192.0.2.1 9 typ host");
    room.settle();
    // While these are under way, others gather.
    room.rtc.finds("candidate:2 1 udp 1 192.0.2.2 9 typ host");
    room.rtc.finds("");
    room.rtc.tell(RtcEvent::Found(room.rtc.peer(), None));
    let said = room.said();
    let ways: Vec<_> =
        said.iter().map(|it| (it["candidates"].as_array().unwrap().len(), &it["end"])).collect();
    assert_eq!(ways, [(1, &json!(false)), (1, &json!(true))]);
    assert_eq!(said[1]["candidates"][0]["sdpMid"], "0");
}

#[test]
fn nothing_is_offered_in_the_queue_and_everything_anew_to_another_operator() {
    let mut room = Room::new().ringing();
    let first = room.rtc.peer();
    room.said();
    room.stage.event(CALL, &state("NEW_OUTBOUND", "QUEUE", 3));
    room.settle();
    assert!(room.rtc.asked().contains(&RtcCommand::Close(first)));
    assert_eq!(room.media().phase, MediaPhase::Waiting);
    assert_eq!(room.said(), [] as [Value; 0]);
    room.stage.event(CALL, &state("NEW_OUTBOUND", "CONNECTING", 4));
    let mut anew = offer(3, "description 2");
    anew["fresh"] = true.into();
    assert_eq!(room.said(), [anew]);
    assert_ne!(room.rtc.peer(), first);
}

#[test]
fn an_answer_settles_it_and_what_belongs_to_earlier_offers_falls_through() {
    let mut room = Room::new().ringing();
    room.rtc.asked();
    let way = |generation: u32, name: &str| {
        let candidate = json!({ "candidate": format!("candidate:{name}"), "sdpMid": "0" });
        json!({ "type": "candidates", "gen": generation, "candidates": [candidate], "end": false })
    };
    room.hear(&way(1, "early"));
    room.hear(&json!({ "type": "answer", "gen": 7, "sdp": "of another offer" }));
    assert_eq!(room.rtc.asked(), [], "there is no description yet that it belongs to");
    room.hear(&json!({ "type": "answer", "gen": 1, "sdp": "their answer" }));
    let (peer, asked) = (room.rtc.peer(), room.rtc.asked());
    assert_eq!(asked[0], RtcCommand::Apply(peer, Description::Answer, "their answer".to_owned()));
    let RtcCommand::Candidates(_, ways) = &asked[1] else { panic!("{asked:?}") };
    assert_eq!(ways[0].candidate, "candidate:early");
}

#[test]
fn an_operators_offer_is_answered_and_an_old_one_is_not() {
    let mut room = Room::new().talking();
    room.hear(&offer(2, "with a picture"));
    let peer = room.rtc.peer();
    assert_eq!(
        room.rtc.asked(),
        [
            RtcCommand::Apply(peer, Description::Offer, "with a picture".to_owned()),
            RtcCommand::Answer(peer)
        ]
    );
    assert_eq!(room.said(), [json!({ "type": "answer", "gen": 2, "sdp": "description 2" })]);
    room.hear(&offer(2, "again"));
    assert_eq!(room.rtc.asked(), []);
}

#[test]
fn of_two_offers_that_cross_ours_stands_and_is_said_again_under_the_next_generation() {
    let mut room = Room::new().talking();
    room.rtc.tell(RtcEvent::Needed(room.rtc.peer()));
    assert_eq!(room.said(), [offer(3, "description 2")]);
    room.rtc.asked();
    room.hear(&offer(4, "theirs"));
    assert_eq!(room.rtc.asked(), [], "theirs is not taken");
    assert_eq!(room.said(), [offer(5, "description 2")]);
    room.hear(&json!({ "type": "answer", "gen": 3, "sdp": "late" }));
    assert_eq!(room.rtc.asked(), []);
    room.hear(&json!({ "type": "answer", "gen": 5, "sdp": "right" }));
    let peer = room.rtc.peer();
    assert_eq!(
        room.rtc.asked(),
        [RtcCommand::Apply(peer, Description::Answer, "right".to_owned())]
    );
}

#[test]
fn without_trickling_the_offer_waits_for_its_ways_and_no_longer_than_three_seconds() {
    for policy in [TrickleIcePolicy::NotSupported, TrickleIcePolicy::HalfTrickle] {
        let mut room = Room::with(policy, IceGatherPolicy::NoHost).ringing();
        room.rtc.finds("candidate:2 1 udp 1 198.51.100.7 9 typ relay");
        assert_eq!(room.said(), [] as [Value; 0]);
        room.stage.live_through(3);
        let said = room.said();
        assert_eq!(said.len(), 1, "{said:?}");
        let sdp = said[0]["sdp"].as_str().unwrap();
        assert!(sdp.contains("typ relay") && !sdp.contains("typ host"), "{sdp}");
        room.hear(&json!({ "type": "answer", "gen": 1, "sdp": "their answer" }));
        assert_eq!(room.said(), [] as [Value; 0], "all ways were in it");
        room.hear(&offer(2, "theirs"));
        let answers = room.said().len();
        assert_eq!(answers, usize::from(policy == TrickleIcePolicy::HalfTrickle));
    }
}

#[test]
fn the_policies_filter_what_is_said_and_what_is_looked_for() {
    for (policy, relay, hosts) in [
        (IceGatherPolicy::All, false, 2),
        (IceGatherPolicy::NoHost, false, 1),
        (IceGatherPolicy::Relay, true, 1),
    ] {
        let mut room = Room::with(TrickleIcePolicy::FullTrickle, policy).ringing();
        let asked = room.rtc.asked();
        assert!(matches!(&asked[1], RtcCommand::Open { relay: is, .. } if *is == relay));
        room.said();
        room.rtc.finds("candidate:1 1 udp 1 192.0.2.1 9 typ host");
        room.rtc.finds("candidate:2 1 udp 1 198.51.100.7 9 typ relay");
        let ways = room.said().iter().map(|it| it["candidates"].as_array().unwrap().len()).sum();
        assert_eq!((policy, hosts), (policy, ways));
    }
}

#[test]
fn silence_restarts_ice_with_fresh_credentials_and_then_builds_anew() {
    let mut room = Room::new().talking();
    room.seconds([2_000.0, 2_000.0, 2_000.0, 2_000.0]);
    assert_eq!(room.media().phase, MediaPhase::Reconnecting);
    room.stage.answer("call.ice", &json!({ "iceServers": [], "iceTtl": 600_000 }));
    let mut restart = offer(3, "description 2");
    restart["restart"] = true.into();
    assert_eq!(room.said(), [restart]);
    let peer = room.rtc.peer();
    let configured =
        |it: &RtcCommand| matches!(it, RtcCommand::Configure { ice, .. } if ice.is_empty());
    let asked = room.rtc.asked();
    assert!(asked.iter().any(configured) && asked.contains(&RtcCommand::Offer(peer, true)));

    room.hear(&json!({ "type": "answer", "gen": 3, "sdp": "their answer" }));
    room.seconds([2_000.0; 9]);
    let mut anew = offer(5, "description 3");
    anew["fresh"] = true.into();
    assert_eq!(room.said(), [anew]);
    assert!(room.rtc.asked().contains(&RtcCommand::Close(peer)));
    room.hear(&json!({ "type": "answer", "gen": 5, "sdp": "their answer" }));
    room.seconds([500.0, 900.0]);
    assert_eq!(room.media().phase, MediaPhase::Connected);
}

#[test]
fn a_call_that_finds_no_way_is_hung_up_and_says_why() {
    let mut room = Room::new().talking();
    room.rtc.tell(RtcEvent::State(room.rtc.peer(), IceState::Failed));
    room.settle();
    room.stage.answer("call.ice", &created());
    for generation in [3, 5, 7, 9, 11, 13] {
        room.said();
        room.hear(&json!({ "type": "answer", "gen": generation, "sdp": "their answer" }));
        room.stage.live_through(9);
    }
    assert_eq!(room.media().error, Some(Error::Media(MediaError::Unreachable)));
    assert_eq!(room.stage.expect("call.close")["params"]["session"], "k_1");
}

#[test]
fn a_call_on_hold_is_silent_in_both_directions_and_that_is_no_loss() {
    let mut room = Room::new().talking();
    room.stage.event(CALL, &state("HOLD", "CONNECTED", 3));
    room.settle();
    let peer = room.rtc.peer();
    assert_eq!(room.rtc.asked(), [RtcCommand::Pause(peer, true)]);
    room.seconds([2_000.0; 30]);
    assert_eq!(room.stage.take("call.ice"), None);
    room.stage.event(CALL, &state("CONNECTED", "CONNECTED", 3));
    room.settle();
    assert_eq!(room.rtc.asked(), [RtcCommand::Pause(peer, false)]);
}

#[test]
fn a_muted_microphone_stays_and_a_muted_camera_is_given_back_and_taken_again() {
    let mut room = Room::new().talking();
    let peer = room.rtc.peer();
    assert_eq!(room.toggles(false), Ok(true));
    assert_eq!(room.rtc.asked(), [RtcCommand::Enable(false)]);
    assert!(!room.media().microphone);
    assert_eq!(room.toggles(true), Ok(true));
    assert_eq!(room.rtc.asked(), [RtcCommand::Show(peer, None), RtcCommand::Release(CAMERA)]);
    assert_eq!(
        room.said().last(),
        Some(&json!({ "type": "media", "audio": false, "video": false }))
    );
    assert_eq!(room.toggles(true), Ok(true));
    let again = [RtcCommand::Capture(vec![CAMERA]), RtcCommand::Show(peer, Some(CAMERA))];
    assert_eq!(room.rtc.asked(), again);
    room.toggles(true).unwrap();
    room.rtc.lacks(CAMERA, MediaError::InUse);
    assert_eq!(room.toggles(true), Err(Error::Media(MediaError::InUse(CAMERA))));
    assert!(!room.media().camera, "the refusal changed nothing");
}

#[test]
fn a_screen_takes_the_cameras_place_and_gives_it_back() {
    let mut room = Room::new().talking();
    let (peer, widget, id) = (room.rtc.peer(), room.stage.widget.clone(), SessionId::from("k_1"));
    let mut shared = widget.share_screen(&id, true).boxed();
    room.stage.poll(&mut shared);
    assert_eq!(room.stage.polled(&mut shared), Some(Ok(())));
    let screen = MediaSource::Screen;
    assert_eq!(
        room.rtc.asked(),
        [RtcCommand::Capture(vec![screen]), RtcCommand::Show(peer, Some(screen))]
    );
    assert!(room.media().screen);
    // The visitor ends it in the browser's own bar.
    room.rtc.tell(RtcEvent::Lost(screen));
    room.settle();
    assert_eq!(room.rtc.asked(), [RtcCommand::Show(peer, Some(CAMERA))]);
    assert!(!room.media().screen);
}

#[test]
fn a_picture_that_the_other_side_turns_off_is_not_left_standing() {
    let mut room = Room::new().talking();
    let picture = |room: &mut Room, video: bool| {
        room.hear(&json!({ "type": "media", "audio": true, "video": video }));
        room.media().picture
    };
    room.rtc.tell(RtcEvent::Picture(room.rtc.peer(), true));
    room.settle();
    assert!(room.media().picture);
    assert!(!picture(&mut room, false), "its track says nothing");
    assert!(picture(&mut room, true));
    // The next operator says nothing yet, and nothing of hers has come.
    picture(&mut room, false);
    room.stage.event(CALL, &state("NEW_OUTBOUND", "QUEUE", 4));
    room.stage.event(CALL, &state("NEW_OUTBOUND", "CONNECTING", 5));
    room.settle();
    room.rtc.tell(RtcEvent::Picture(room.rtc.peer(), true));
    room.settle();
    assert!(room.media().picture);
}

#[test]
fn a_device_that_is_unplugged_is_replaced_or_missed_and_another_may_be_chosen() {
    let mut room = Room::new().talking();
    room.rtc.tell(RtcEvent::Lost(MICROPHONE));
    room.settle();
    assert_eq!(room.rtc.asked(), [RtcCommand::Capture(vec![MICROPHONE])]);
    room.rtc.tell(RtcEvent::Lost(CAMERA));
    room.settle();
    let media = room.media();
    assert!(media.microphone && !media.camera);
    assert_eq!(media.error, Some(Error::Media(MediaError::NotFound(CAMERA))));
    assert_eq!(room.said().last().unwrap()["video"], false);
    let widget = room.stage.widget.clone();
    let mut chosen = widget.choose_device(DeviceKind::AudioInput, "headset").boxed();
    room.rtc.asked();
    room.stage.poll(&mut chosen);
    assert_eq!(room.stage.polled(&mut chosen), Some(Ok(())));
    let choice = RtcCommand::Choose(DeviceKind::AudioInput, "headset".to_owned());
    assert_eq!(room.rtc.asked(), [choice, RtcCommand::Capture(vec![MICROPHONE])]);
}

#[test]
fn however_it_ends_every_device_is_given_back_at_once() {
    for end in ["visitor", "operator", "elsewhere", "widget"] {
        let mut room = Room::new().talking();
        let peer = room.rtc.peer();
        match end {
            "visitor" => {
                let mut closed = room.stage.widget.close_call(&"k_1".into()).boxed();
                room.stage.poll(&mut closed);
            }
            "operator" => room.stage.event(CALL, &state("IDLE", "CLOSED", 4)),
            "elsewhere" => {
                let error = json!({ "code": 1504, "message": "no", "data": {} });
                let params = json!({ "subscription": SIGNALS, "error": error });
                room.stage.say(&json!({ "jsonrpc": "2.0", "method": "event", "params": params }));
            }
            _ => {
                room.stage.widget.disconnect();
                room.stage.advance(SECOND);
            }
        }
        room.settle();
        let asked = room.rtc.asked();
        for command in
            [RtcCommand::Close(peer), RtcCommand::Release(MICROPHONE), RtcCommand::Release(CAMERA)]
        {
            assert!(asked.contains(&command), "{end}: {command:?} is missing in {asked:?}");
        }
        let media = room.media();
        assert_eq!(media.phase, MediaPhase::Ended, "{end}");
        let taken = (end == "elsewhere").then_some(Error::Media(MediaError::TakenOver));
        assert_eq!(media.error, taken, "{end}");
    }
}

#[test]
fn a_lost_socket_leaves_media_alone_and_misses_no_signal() {
    let mut room = Room::new().talking();
    room.stage.cut();
    room.stage.advance(SECOND);
    room.rtc.finds("candidate:3 1 udp 1 192.0.2.3 9 typ host");
    room.settle();
    assert_eq!(room.rtc.asked(), []);
    room.stage.greet(true);
    let call = room.stage.subscribed_log(
        SIGNALS,
        &[json!({ "seq": 2, "type": "media", "audio": false, "video": true })],
    );
    assert_eq!(call["params"]["since"], json!({ "epoch": "e_1", "seq": 1 }));
    room.settle();
    assert!(room.media().other_muted);
    assert_eq!(room.said()[0]["candidates"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_page_that_was_reloaded_takes_the_call_up_with_a_fresh_offer_above_all_that_was_said() {
    let mut room = Room::new();
    let mut joined = room.joining();
    room.media = Some(room.stage.widget.call_media(&"k_1".into()));
    let answer = json!({ "seq": 1, "type": "answer", "gen": 5, "sdp": "an old one" });
    room.stage.subscribed_log(SIGNALS, &[answer]);
    room.stage.subscribed(CALL, &state("CONNECTED", "CONNECTED", 3));
    room.stage.answer("call.ice", &created());
    assert_eq!(room.stage.polled(&mut joined), Some(Ok(())));
    let said = room.said();
    assert_eq!(said[0]["fresh"], true);
    let generation = said[0]["gen"].as_u64().unwrap();
    assert!(generation > 7 && generation % 2 == 1, "{generation}");
}

#[test]
fn a_call_that_a_monitor_knew_before_it_is_joined_begins_all_the_same() {
    let mut room = Room::new();
    let _monitor = room.stage.widget.call_monitor(&ChannelType::Video).unwrap();
    room.settle();
    room.stage.subscribed(CALL, &state("CONNECTED", "CONNECTED", 3));
    room.settle();
    let session = OpenSession {
        id: SessionId::from("k_1"),
        channel: ChannelType::Video,
        service: "service0001".to_owned(),
    };
    let mut joined = room.stage.widget.join_call(&session).boxed();
    room.stage.poll(&mut joined);
    assert!(room.stage.polled(&mut joined).is_none());
    room.settle();
    room.media = Some(room.stage.widget.call_media(&"k_1".into()));
    room.stage.subscribed_log(SIGNALS, &[]);
    room.stage.answer("call.ice", &created());
    assert_eq!(room.stage.polled(&mut joined), Some(Ok(())));
    assert_eq!(room.said()[0]["fresh"], true);
}

#[test]
fn a_way_that_is_found_for_the_first_time_was_never_lost() {
    let mut room = Room::new().ringing();
    room.stage.event(CALL, &state("CONNECTED", "CONNECTED", 3));
    room.hear(&json!({ "type": "answer", "gen": 1, "sdp": "their answer" }));
    room.media();
    for state in [IceState::Checking, IceState::Connected, IceState::Connected] {
        room.rtc.tell(RtcEvent::State(room.rtc.peer(), state));
        room.settle();
    }
    assert_eq!(room.media().phase, MediaPhase::Connected);
}

#[test]
fn credentials_are_asked_for_again_before_they_end() {
    let mut room = Room::new().talking();
    room.seconds((1..=480).map(|second| 1_000.0 * f64::from(second + 1)));
    room.stage.answer("call.ice", &json!({ "iceServers": [], "iceTtl": 600_000 }));
    let asked = room.rtc.asked();
    assert!(asked.iter().any(|it| matches!(it, RtcCommand::Configure { .. })), "{asked:?}");
    assert_eq!(room.said(), [] as [Value; 0], "nothing is negotiated for it");
}

#[test]
fn a_test_call_begins_at_once_measures_and_ends_with_the_echos_goodbye() {
    let mut room = Room::new();
    let mut test = room.stage.widget.test_call(true).boxed();
    room.stage.poll(&mut test);
    assert!(room.stage.polled(&mut test).is_none());
    let call = room.stage.answer("call.test", &created());
    assert_eq!(call["params"]["media"], json!(["audio", "video"]));
    assert_eq!(room.stage.polled(&mut test), Some(Ok("k_1".into())));
    room.opened();
    assert_eq!(room.said(), [offer(1, "description 1")]);
    room.hear(&json!({ "type": "answer", "gen": 1, "sdp": "their answer" }));
    room.seconds([1_000.0, 2_000.0, 3_000.0]);
    let quality = room.media().quality.unwrap();
    assert_eq!((quality.level, quality.round_trip), (5, Some(20.0)));
    room.hear(&json!({ "type": "bye" }));
    assert_eq!(room.media().phase, MediaPhase::Ended);
    assert!(room.rtc.asked().contains(&RtcCommand::Release(MICROPHONE)));
}

#[test]
fn a_call_given_up_while_the_browser_asks_takes_no_device() {
    let mut room = Room::new();
    room.rtc.hesitates();
    let mut call =
        room.stage.widget.new_call(&ChannelType::Video, "service0001", None, None).boxed();
    room.stage.poll(&mut call);
    drop(call);
    room.settle();
    let asked = room.rtc.asked();
    assert!(asked.contains(&RtcCommand::Release(MICROPHONE)), "{asked:?}");
    assert_eq!(room.stage.take("call.create"), None);
}

#[test]
fn a_preview_holds_the_devices_until_it_is_dropped_or_a_call_has_them() {
    let mut room = Room::new();
    let (preview, asking) = room.stage.widget.preview(true);
    let mut asking = asking.boxed();
    room.stage.poll(&mut asking);
    assert_eq!(room.stage.polled(&mut asking), Some(Ok(())));
    assert_eq!(room.rtc.asked(), [RtcCommand::Capture(vec![MICROPHONE, CAMERA])]);
    room = room.ringing();
    drop(preview);
    room.settle();
    let asked = room.rtc.asked();
    let let_go = |it: &RtcCommand| matches!(it, RtcCommand::Capture(_) | RtcCommand::Release(_));
    assert!(!asked.iter().any(let_go), "taken once and kept: {asked:?}");

    let mut room = Room::new();
    let (preview, asking) = room.stage.widget.preview(false);
    drop((preview, asking));
    room.settle();
    assert!(room.rtc.asked().contains(&RtcCommand::Release(MICROPHONE)), "nobody looks any more");
}

#[test]
fn a_preview_says_which_device_is_missing_and_shows_the_other() {
    let mut room = Room::new();
    room.rtc.lacks(CAMERA, MediaError::NotFound);
    let (preview, asking) = room.stage.widget.preview(true);
    let mut asking = asking.boxed();
    room.stage.poll(&mut asking);
    let missing = Error::Media(MediaError::NotFound(CAMERA));
    assert_eq!(room.stage.polled(&mut asking), Some(Err(missing)));
    room.settle();
    assert!(!room.rtc.asked().contains(&RtcCommand::Release(MICROPHONE)), "it is looked at");
    drop(preview);
}

#[test]
fn a_call_whose_state_was_told_before_it_is_taken_up_begins_at_once() {
    let mut room = Room::new();
    let monitor = room.stage.widget.call_monitor(&ChannelType::Video).unwrap();
    room.settle();
    room.stage.subscribed(CALL, &state("CONNECTED", "CONNECTED", 3));
    room.settle();
    let mut joined = room.joining();
    room.stage.subscribed_log(SIGNALS, &[]);
    room.stage.answer("call.ice", &created());
    assert_eq!(room.stage.polled(&mut joined), Some(Ok(())));
    assert_eq!(room.said()[0]["type"], "offer");
    drop(monitor);
}
