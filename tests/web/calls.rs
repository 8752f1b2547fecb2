//! A visitor's way through a call, with a browser's WebRTC that is played by a script.

use serde_json::{Value, json};
use tvox_widget::core::ports::{RtcCommand, RtcEvent};
use tvox_widget::core::{MediaError, MediaSource};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::Look;
use crate::room::Room;

const MICROPHONE: MediaSource = MediaSource::Microphone;
const CAMERA: MediaSource = MediaSource::Camera;

/// Opens the panel and chooses a channel; comes to the check before the call.
async fn choose(room: &mut Room, channel: &str) {
    room.look.click("launcher");
    let row = format!("[data-channel={channel}][data-state=available]");
    room.until("the channel", |look| !look.all(&row).is_empty()).await;
    room.look.all(&row)[0].click();
}

/// The same, and calls.
async fn dial(room: &mut Room, channel: &'static str) {
    choose(room, channel).await;
    room.until("the check", |look| look.has("call-now")).await;
    room.look.click("call-now");
    room.until_asked("call.create").await;
    room.call(channel, "NEW_OUTBOUND", "QUEUE");
    room.until("the queue", |look| look.text("queue-position").contains('2')).await;
}

/// The same, and Anna answers: sound flows.
async fn talk(channel: &'static str) -> Room {
    let mut room = Room::with_calls();
    dial(&mut room, channel).await;
    room.call(channel, "NEW_OUTBOUND", "CONNECTING");
    room.until_asked("signal").await;
    room.call(channel, "CONNECTED", "CONNECTED");
    room.signal(1, json!({ "type": "answer", "gen": 1, "sdp": "their answer" }));
    room.until("the call", |look| look.has("call-tools")).await;
    let rtc = room.rtc();
    rtc.receives(1_000.0);
    room.until("sound", |look| look.is("call-stage", "data-phase", "connected")).await;
    room
}

fn pressed(look: &Look, part: &str) -> bool {
    look.is(part, "aria-pressed", "true")
}

fn asked(room: &Room, method: &str) -> usize {
    room.methods.iter().filter(|asked| *asked == method).count()
}

#[wasm_bindgen_test]
async fn whoever_has_looked_at_the_devices_once_calls_at_once_the_next_time() {
    let mut room = Room::with_calls();
    dial(&mut room, "VIDEO").await;
    let request = room.calls.iter().find(|call| call["method"] == "call.create").unwrap();
    assert_eq!(request["params"]["channel"], "VIDEO");
    assert_eq!(request["params"]["service"], "service0001");
    assert!(room.house.pictures.lock().unwrap().contains(&None), "the preview showed nobody");

    room.look.click("queue-cancel");
    room.until("the home screen", |look| look.has("channel-row")).await;
    room.until_asked("call.close").await;
    room.call("VIDEO", "IDLE", "QUEUE");
    room.look.all("[data-channel=VIDEO]")[0].click();
    room.until("the call", |look| look.has("queue")).await;
    assert!(!room.look.has("check"), "nobody is asked twice");
}

#[wasm_bindgen_test]
async fn a_look_that_leads_to_no_call_gives_the_devices_back() {
    let mut room = Room::with_calls();
    choose(&mut room, "VIDEO").await;
    room.until("the preview", |look| look.has("own-picture")).await;
    let taken = room.rtc().asked();
    assert_eq!(taken[0], RtcCommand::Capture(vec![MICROPHONE, CAMERA]));
    room.look.click("header-back");
    room.until("the home screen", |look| look.has("channel-row")).await;
    let (rtc, off) = (room.rtc(), RtcCommand::Release(CAMERA));
    room.until("the light goes off", move |_| rtc.asked().contains(&off)).await;
    assert_eq!(asked(&room, "call.create"), 0);
}

#[wasm_bindgen_test]
async fn a_denied_microphone_is_explained_and_asked_for_again() {
    let mut room = Room::with_calls();
    room.rtc().lacks(MICROPHONE, MediaError::PermissionDenied);
    choose(&mut room, "VIDEO").await;
    room.until("the reason", |look| look.is("check-problem", "data-reason", "PERMISSION_DENIED"))
        .await;
    let problem = room.look.text("check-problem");
    assert!(
        problem.contains("Il microfono è bloccato") && problem.contains("riprova"),
        "{problem}"
    );
    room.rtc().asked();
    room.look.click("retry");
    let rtc = room.rtc();
    room.until("asked again", |_| {
        rtc.asked().iter().any(|it| matches!(it, RtcCommand::Capture(_)))
    })
    .await;
}

#[wasm_bindgen_test]
async fn while_the_browser_asks_the_visitor_is_told_where_to_answer() {
    let mut room = Room::with_calls();
    room.rtc().hesitates();
    choose(&mut room, "PHONE_CALL").await;
    room.until("a word about the question", |look| look.has("check-asking")).await;
    assert!(room.look.has("call-now"), "the button is not in anybody's way");
    room.rtc().tell(RtcEvent::Captured(MICROPHONE, Ok(())));
    room.until("the meter", |look| look.has("level") && !look.has("check-asking")).await;
}

#[wasm_bindgen_test]
async fn a_missing_camera_leaves_a_call_with_sound_that_says_so() {
    let mut room = Room::with_calls();
    room.rtc().lacks(CAMERA, MediaError::NotFound);
    choose(&mut room, "VIDEO").await;
    room.until("the word", |look| look.text("check-problem").contains("ti sentiranno")).await;
    room.look.click("call-now");
    room.until_asked("call.create").await;
    room.call("VIDEO", "NEW_OUTBOUND", "CONNECTING");
    room.until_asked("signal").await;
    room.call("VIDEO", "CONNECTED", "CONNECTED");
    room.signal(1, json!({ "type": "answer", "gen": 1, "sdp": "their answer" }));
    room.rtc().receives(1_000.0);
    room.until("the remark", |look| look.is("call-remark", "data-remark", "device")).await;
    assert!(pressed(&room.look, "call-microphone") && !pressed(&room.look, "call-camera"));
}

#[wasm_bindgen_test]
async fn calls_that_the_configuration_does_not_want_cannot_be_chosen() {
    let mut room = Room::without_webrtc();
    room.look.click("launcher");
    room.until("the rows", |look| look.all("[part~=channel-row]").len() == 3).await;
    let row = room.look.all("[data-channel=VIDEO]").remove(0);
    assert_eq!(row.get_attribute("data-state").as_deref(), Some("unavailable"));
    row.click();
    assert!(!room.look.has("check"));

    let mut room = Room::new(1);
    room.look.click("launcher");
    room.until("the only row", |look| look.all("[part~=channel-row]").len() == 1).await;
    assert!(!room.look.has("check-link"));
}

#[wasm_bindgen_test]
async fn the_bar_shows_what_is_on_and_changes_it() {
    let mut room = talk("VIDEO").await;
    assert!(pressed(&room.look, "call-microphone") && pressed(&room.look, "call-camera"));
    room.rtc().asked();
    room.look.click("call-microphone");
    room.until("silence", |look| !pressed(look, "call-microphone")).await;
    room.look.click("call-camera");
    room.until("no picture", |look| !pressed(look, "call-camera") && !look.has("own-picture"))
        .await;
    let asked = room.rtc().asked();
    assert!(asked.contains(&RtcCommand::Enable(false)), "{asked:?}");
    assert!(asked.contains(&RtcCommand::Release(CAMERA)), "its light stays on: {asked:?}");
    room.look.click("call-camera");
    room.until("the picture again", |look| look.has("own-picture")).await;
}

#[wasm_bindgen_test]
async fn what_the_other_side_does_is_shown() {
    let mut room = talk("VIDEO").await;
    assert!(!room.look.has("other-picture"), "no black box");
    let rtc = room.rtc();
    rtc.tell(RtcEvent::Picture(rtc.peer(), true));
    room.until("the picture", |look| look.has("other-picture")).await;
    let shown = Some("k_1".to_owned());
    let house = room.house.clone();
    room.until("in its element", move |_| house.pictures.lock().unwrap().contains(&shown)).await;
    room.signal(2, json!({ "type": "media", "audio": false, "video": true }));
    room.until("that she is muted", |look| look.text("other-muted").contains("Anna")).await;
    room.call("VIDEO", "HOLD", "CONNECTED");
    room.until("the hold", |look| look.is("call-remark", "data-remark", "hold")).await;
    room.call("VIDEO", "CONFERENCED", "CONNECTED");
    room.until("the conference", |look| look.is("call-remark", "data-remark", "conference")).await;
    rtc.tell(RtcEvent::Blocked(true));
    room.until("the button", |look| look.has("sound-on")).await;
    rtc.asked();
    room.look.click("sound-on");
    room.until("played", |_| rtc.asked().contains(&RtcCommand::Play)).await;
}

#[wasm_bindgen_test]
async fn either_side_hangs_up_and_the_next_call_is_a_tap_away() {
    let mut room = talk("VIDEO").await;
    room.look.click("hang-up");
    room.until("the end", |look| look.has("call-ended")).await;
    room.until_asked("call.close").await;
    room.call("VIDEO", "IDLE", "CONNECTED");
    room.look.click("call-again");
    room.until("another call", |look| look.has("queue")).await;

    let mut room = talk("VIDEO").await;
    room.call("VIDEO", "IDLE", "CONNECTED");
    room.until("the end", |look| look.has("call-ended")).await;
    room.look.click("call-done");
    room.until("the home screen", |look| look.has("channel-row")).await;
}

#[wasm_bindgen_test]
async fn a_closed_panel_leaves_the_call_beside_the_launcher() {
    let mut room = talk("PHONE_CALL").await;
    room.look.click("launcher");
    room.until("the strip", |look| look.has("small-call")).await;
    assert!(room.look.text("small-call").contains("Anna"));
    room.look.all("[part~=small-call] [part~=call-microphone]").remove(0).click();
    let muted = |look: &Look| {
        let small = look.all("[part~=small-call] [part~=call-microphone]");
        small.first().and_then(|it| it.get_attribute("aria-pressed")).as_deref() == Some("false")
    };
    room.until("silence", muted).await;
    room.look.click("call-return");
    room.until("the call", |look| look.has("call-tools") && !look.has("small-call")).await;
}

#[wasm_bindgen_test]
async fn an_audio_call_has_a_keypad_that_dials() {
    let mut room = talk("PHONE_CALL").await;
    assert!(!room.look.has("own-picture") && !pressed(&room.look, "call-camera"));
    room.look.click("call-more");
    room.until("the keypad", |look| look.all("[part~=keypad-key]").len() == 12).await;
    let rtc = room.rtc();
    room.look.all("[part~=keypad-key]")[4].click();
    let tone = RtcCommand::Tones(rtc.peer(), "5".to_owned());
    room.until("the tone", move |_| rtc.asked().contains(&tone)).await;
    room.look.press("call-sheet", "Escape", false);
    room.until("the sheet gone", |look| !look.has("call-sheet")).await;
    assert!(room.look.is("panel", "data-open", ""), "Escape closed the sheet alone");
}

#[wasm_bindgen_test]
async fn the_chat_beside_a_call_is_with_the_same_operator() {
    let mut room = talk("VIDEO").await;
    room.look.click("call-chat");
    room.until_asked("chat.create").await;
    room.until("the conversation", |look| look.has("chat") && look.has("call-tools")).await;
    let created = room.calls.iter().find(|call| call["method"] == "chat.create").unwrap();
    assert_eq!(created["params"]["with"], "k_1");
    assert!(pressed(&room.look, "call-chat"));
    room.look.click("call-chat");
    room.until("the call alone", |look| !look.has("chat") && look.has("call-tools")).await;
}

#[wasm_bindgen_test]
async fn an_operators_call_rings_over_every_screen_and_can_be_taken_or_refused() {
    let mut room = Room::with_calls();
    room.look.click("launcher");
    room.until("the channel", |look| look.is("channel-row", "data-state", "available")).await;
    room.call("VIDEO", "NEW_INBOUND", "CONNECTING");
    room.until("the card", |look| look.text("invitation").contains("Anna")).await;
    room.look.click("invitation-decline");
    room.until_asked("call.decline").await;
    room.until("no card", |look| !look.has("invitation")).await;
    room.event("call/VIDEO", &Value::Null);
    assert!(!room.rtc().asked().iter().any(|it| matches!(it, RtcCommand::Capture(_))));

    let mut room = Room::with_calls();
    room.look.click("launcher");
    room.until("the channel", |look| look.is("channel-row", "data-state", "available")).await;
    room.call("PHONE_CALL", "NEW_INBOUND", "CONNECTING");
    room.until("the card", |look| look.has("invitation")).await;
    room.look.click("invitation-accept");
    room.until_asked("call.accept").await;
    room.call("PHONE_CALL", "CONNECTED", "CONNECTED");
    room.until("the call", |look| look.has("call-tools") && !look.has("invitation")).await;
}

#[wasm_bindgen_test]
async fn a_call_of_the_page_before_is_offered_and_taken_up_or_ended() {
    let mut room = Room::with_calls();
    room.look.click("launcher");
    room.until("the channel", |look| look.is("channel-row", "data-state", "available")).await;
    room.call("VIDEO", "CONNECTED", "CONNECTED");
    room.until("the offer", |look| look.has("small-call")).await;
    room.look.click("call-return");
    room.until_asked("call.ice").await;
    room.until("the call", |look| look.has("call-tools")).await;

    let mut room = Room::with_calls();
    room.look.click("launcher");
    room.until("the channel", |look| look.is("channel-row", "data-state", "available")).await;
    room.call("VIDEO", "CONNECTED", "CONNECTED");
    room.until("the offer", |look| look.has("small-call")).await;
    room.look.click("hang-up");
    room.until_asked("call.close").await;
    room.until("no offer", |look| !look.has("small-call")).await;
}

#[wasm_bindgen_test]
async fn the_line_is_tried_can_be_stopped_and_says_when_there_is_no_way() {
    let mut room = Room::with_calls();
    choose(&mut room, "VIDEO").await;
    room.until("the check", |look| look.has("trial-start")).await;
    room.look.click("trial-start");
    room.until("the progress", |look| look.has("trial-progress")).await;
    room.until_asked("call.test").await;
    room.look.click("trial-stop");
    room.until("the button again", |look| look.has("trial-start")).await;

    room.look.click("trial-start");
    room.until("the second try", |look| look.has("trial-progress")).await;
    let tests = |room: &Room| asked(room, "call.test");
    while tests(&room) < 2 {
        room.until("the server to be asked", |_| true).await;
    }
    room.until_asked("signal").await;
    room.signal(1, json!({ "type": "bye" }));
    room.until("the result", |look| look.is("trial-result", "data-verdict", "failed")).await;
    assert!(room.look.has("call-now"));
}
