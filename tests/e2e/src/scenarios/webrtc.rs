//! Calls by the documented library: what is heard and seen, by which way, and what becomes of it when
//! something breaks.

use std::sync::Arc;

use serde_json::{Value, json};
use tvox_faults::Fault as Blow;

use crate::browser::Look;
use crate::caller::{Caller, REMOTE};
use crate::console::Console;
use crate::fault::{Fault, Outcome, ensure, ensure_eq};
use crate::media::{
    self, CONNECTS, Devices, Media, counts, heard, heard_and_seen, is_silent, moves,
    nothing_is_left, relayed,
};
use crate::options::Kind;
use crate::stage::{Stage, WIDGETS};
use crate::wait::{self, SOON};
use crate::watch::is_lost_line;

/// What the operator sees of the visitor.
const SEEN: &str = "[data-testid=remote-video]";

/// Sound and picture go both ways, the picture into the page's container; nothing is left of a call that the visitor
/// ends.
pub(crate) async fn the_librarys_video_call_is_heard_and_seen_on_both_sides(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    moves(&visitor.browser, REMOTE, SOON).await?;
    moves(&anna.browser, SEEN, SOON).await?;
    phase(&visitor, "CONNECTED").await?;
    visitor.hang_up().await?;
    visitor.says("IDLE").await?;
    nothing_is_left(&[&visitor.browser, &anna.browser]).await
}

/// A call without pictures takes no camera; nothing is left of a call that the operator ends.
pub(crate) async fn the_librarys_audio_call_is_heard_on_both_sides(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=PHONE_CALL").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard(browser).await?;
        let count = media::count(browser).await?;
        ensure_eq!(count.live_video, 0, "cameras in use");
    }
    anna.place("call-close").click().await?;
    visitor.says("IDLE").await?;
    nothing_is_left(&[&visitor.browser, &anna.browser]).await
}

/// A muted visitor is silence; a camera that is turned off is given back, and taken again.
pub(crate) async fn the_visitor_mutes_microphone_and_camera(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    heard_and_seen(&anna.browser).await?;
    toggle(&visitor, "toggleAudioMute").await?;
    anna.place("call-note").says("The visitor’s microphone is off").await?;
    is_silent(&anna.browser).await?;
    counts(&visitor.browser, "the microphone stays open", SOON, |count| count.live == 2).await?;
    toggle(&visitor, "toggleAudioMute").await?;
    heard(&anna.browser).await?;

    toggle(&visitor, "toggleVideoMute").await?;
    counts(&visitor.browser, "the camera is given back", SOON, |count| count.live_video == 0)
        .await?;
    anna.place("remote-video").gone().await?;
    toggle(&visitor, "toggleVideoMute").await?;
    moves(&anna.browser, SEEN, SOON).await?;
    let count = media::count(&visitor.browser).await?;
    ensure_eq!(count.peers, 1, "peer connections");
    Ok(())
}

/// Each policy for candidates does what its name says, and connects.
pub(crate) async fn every_policy_for_candidates_connects(stage: Arc<Stage>) -> Outcome {
    let policies = [("NotSupported", "All"), ("HalfTrickle", "All"), ("FullTrickle", "NoHost")];
    let anna = Console::arrive_with(&stage, "Anna", Look::default(), Media::FAKE).await?;
    for (trickle, gather) in policies {
        let query = format!("channel=PHONE_CALL&trickle={trickle}&gather={gather}");
        let visitor = Caller::by_library(&stage, &query, Media::FAKE).await?;
        visitor.call().await?;
        anna.accept_call().await?;
        heard(&visitor.browser).await?;
        heard(&anna.browser).await?;
        let said = visitor.browser.run("return probe.said", vec![]).await?;
        let text = said.to_string();
        let trickled = text.contains("\"candidates\":[{");
        ensure_eq!(trickled, trickle == "FullTrickle", "{trickle}: candidates after the offer");
        let hidden = !text.contains("typ host");
        ensure_eq!(hidden, gather == "NoHost", "{gather}: addresses of this computer are not told");
        visitor.hang_up().await?;
        visitor.says("IDLE").await?;
        anna.place("call-state").says("The call is over").await?;
        visitor.browser.close().await;
    }
    Ok(())
}

/// Where only a relay may be used, it is: the demo server's own, which has counted it.
pub(crate) async fn the_library_calls_through_the_servers_own_relay_alone(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO&gather=Relay").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    relayed(&visitor.browser).await
}

/// The same through coturn; and when the path goes dead in mid-call, another one is found.
pub(crate) async fn the_library_finds_another_way_through_coturn(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO&gather=Relay").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    let before = media::count(&visitor.browser).await?;
    ensure!(before.is_relayed(), "the visitor's own end of the path is a relay: {before:?}");
    stage.relay()?.cut();
    phase(&visitor, "RECONNECTING").await?;
    phase(&visitor, "CONNECTED").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    let after = media::count(&visitor.browser).await?;
    ensure!(after.is_relayed(), "the other way is a relay, too: {after:?}");
    visitor.hang_up().await?;
    visitor.says("IDLE").await?;
    stage.relay()?.has_sent(before.bytes_received, CONNECTS).await
}

/// The visitor's connection to the server breaks in mid-call: the media goes on as if nothing were.
pub(crate) async fn the_visitors_lost_connection_does_no_harm_to_a_call(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    heard_and_seen(&visitor.browser).await?;
    for line in stage.gate.lines(WIDGETS) {
        ensure!(line.strike(&Blow::Reset).took_effect().await, "the line is reset");
    }
    toggle(&visitor, "toggleAudioMute").await?;
    anna.place("call-note").says("The visitor’s microphone is off").await?;
    toggle(&visitor, "toggleAudioMute").await?;
    heard_and_seen(&anna.browser).await?;
    let count = media::count(&visitor.browser).await?;
    ensure_eq!(count.peers, 1, "peer connections");
    let phases = visitor.noted("phases").await?;
    ensure!(!phases.to_string().contains("RECONNECTING"), "the way was never lost: {phases}");
    visitor.browser.watch.forgive(is_lost_line);
    Ok(())
}

/// The server is killed and started again in mid-call: two browsers do not need it to hear each other.
pub(crate) async fn a_call_between_browsers_outlives_the_server(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    heard_and_seen(&visitor.browser).await?;
    stage.kill_server().await?;
    heard_and_seen(&visitor.browser).await?;
    stage.start_server().await?;
    toggle(&visitor, "toggleAudioMute").await?;
    anna.place("call-note").says("The visitor’s microphone is off").await?;
    anna.place("call-close").click().await?;
    visitor.says("IDLE").await?;
    nothing_is_left(&[&visitor.browser, &anna.browser]).await?;
    visitor.browser.watch.forgive(is_lost_line);
    anna.browser.watch.forgive(is_lost_line);
    Ok(())
}

/// The visitor's page is loaded again in mid-call: the call is there to be joined, and goes on.
pub(crate) async fn a_reloaded_page_joins_its_call_again(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    heard_and_seen(&visitor.browser).await?;
    visitor.browser.driver.refresh().await?;
    visitor.place("#join:enabled").click().await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    moves(&visitor.browser, REMOTE, SOON).await?;
    moves(&anna.browser, SEEN, SOON).await
}

/// Another microphone in mid-call: no other negotiation, and the visitor is heard by it.
pub(crate) async fn the_visitor_takes_another_microphone(stage: Arc<Stage>) -> Outcome {
    const USED: &str = "const [track] = probe.tracks.filter((track) => track.kind === 'audio' && \
                        track.readyState === 'live'); return track?.getSettings().deviceId ?? null";
    if stage.options.kind == Kind::Firefox {
        return Ok(()); // It has one.
    }
    let (visitor, anna) = meet(&stage, "channel=PHONE_CALL").await?;
    heard(&anna.browser).await?;
    let used = visitor.browser.run(USED, vec![]).await?;
    let other = "const done = arguments[arguments.length - 1]; \
                 navigator.mediaDevices.enumerateDevices().then((all) => done(all.findLast((one) => \
                 one.kind === 'audioinput' && one.deviceId !== arguments[0]).deviceId));";
    let other = visitor.browser.run_async(other, vec![used]).await?;
    let choose = "return widget.client.webrtc.chooseDevice('audioinput', arguments[0])";
    visitor.browser.run(choose, vec![other.clone()]).await?;
    wait::until("the other microphone is in use", SOON, async || {
        let now = visitor.browser.run(USED, vec![]).await?;
        Ok(if now == other { Ok(()) } else { Err(now.to_string()) })
    })
    .await?;
    heard(&anna.browser).await?;
    let count = media::count(&visitor.browser).await?;
    ensure_eq!((count.peers, count.live), (1, 1), "peer connections and devices in use");
    Ok(())
}

/// The visitor shows a screen, and the camera again.
pub(crate) async fn the_visitor_shows_a_screen(stage: Arc<Stage>) -> Outcome {
    if stage.options.kind == Kind::Firefox {
        return Ok(()); // It asks which screen, and nobody is there to answer.
    }
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    moves(&anna.browser, SEEN, CONNECTS).await?;
    let before = width(&anna).await?;
    share(&visitor, true).await?;
    wait::until("the screen has another width", SOON, async || {
        let now = width(&anna).await?;
        Ok(if now == before { Err(now.to_string()) } else { Ok(()) })
    })
    .await?;
    moves(&anna.browser, SEEN, SOON).await?;
    share(&visitor, false).await?;
    counts(&visitor.browser, "the screen is let go", SOON, |count| count.live_video == 1).await?;
    moves(&anna.browser, SEEN, SOON).await
}

/// Without permission or without any microphone there is no call, and the library says exactly why.
pub(crate) async fn a_call_without_a_microphone_is_refused_with_the_reason(
    stage: Arc<Stage>,
) -> Outcome {
    let cases = [(Devices::Denied, "PERMISSION_DENIED"), (Devices::Missing, "DEVICE_NOT_FOUND")];
    for (devices, reason) in cases {
        let media = Media { devices, autoplay: true };
        let visitor = Caller::by_library(&stage, "channel=VIDEO", media).await?;
        visitor.call().await?;
        visitor.says("Refused").await?;
        let error = visitor.noted("error").await?;
        ensure_eq!(error["details"]["reason"], reason, "{error}");
        ensure_eq!(error["details"]["source"], "microphone", "{error}");
        nothing_is_left(&[&visitor.browser]).await?;
        visitor.browser.close().await;
    }
    Ok(())
}

/// Without a camera there is a video call with sound alone, which says what is missing.
pub(crate) async fn a_missing_camera_is_named_and_the_call_goes_on(stage: Arc<Stage>) -> Outcome {
    if stage.options.kind == Kind::Firefox {
        return Ok(()); // It has a camera or no device at all.
    }
    let media = Media { devices: Devices::NoCamera, autoplay: true };
    let (visitor, anna) = meet_with(&stage, "channel=VIDEO", media).await?;
    wait::until("the library says what is missing", SOON, async || {
        let media = visitor.noted("media").await?;
        let is = |name| media.pointer(&format!("/error/details/{name}")).and_then(Value::as_str);
        let told = (is("reason"), is("source")) == (Some("DEVICE_NOT_FOUND"), Some("camera"));
        Ok(if told { Ok(()) } else { Err(media.to_string()) })
    })
    .await?;
    heard_and_seen(&visitor.browser).await?;
    heard(&anna.browser).await
}

/// Where the browser plays nothing before a click the library says so, and plays after it.
pub(crate) async fn a_sound_that_waits_for_a_click_is_told_of(stage: Arc<Stage>) -> Outcome {
    let media = Media { devices: Devices::Fake, autoplay: false };
    let anna = Console::arrive_with(&stage, "Anna", Look::default(), Media::FAKE).await?;
    let query = "channel=PHONE_CALL&begin&refuse";
    let visitor = Caller::by_library(&stage, query, media).await?;
    anna.accept_call().await?;
    let play = visitor.place("#play:enabled");
    play.shown_within(CONNECTS).await?;
    play.click().await?;
    wait::until("the sound is let through", SOON, async || {
        let media = visitor.noted("media").await?;
        Ok(if media["blocked"] == false { Ok(()) } else { Err(media.to_string()) })
    })
    .await?;
    heard(&visitor.browser).await
}

/// Ten calls in a row leave no device, no peer connection and less than a megabyte behind.
pub(crate) async fn ten_calls_in_a_row_leave_nothing_behind(stage: Arc<Stage>) -> Outcome {
    in_a_row(&stage, 10).await
}

/// Nor do fifty.
pub(crate) async fn fifty_calls_in_a_row_leave_nothing_behind(stage: Arc<Stage>) -> Outcome {
    in_a_row(&stage, 50).await
}

async fn in_a_row(stage: &Stage, calls: usize) -> Outcome {
    const MEGABYTE: f64 = 1e6;
    // What a browser keeps for the next call is there after a few.
    let warm_up = calls.min(20) / 2;
    let visitor = Caller::by_library(stage, "channel=VIDEO", Media::FAKE).await?;
    let mut heap = None;
    for call in 1..=calls {
        visitor.call().await?;
        visitor.says("CONNECTED").await?;
        heard_and_seen(&visitor.browser).await?;
        visitor.hang_up().await?;
        visitor.says("IDLE").await?;
        nothing_is_left(&[&visitor.browser]).await?;
        if call == warm_up {
            heap = used(stage, &visitor).await?;
        }
    }
    if let (Some(before), Some(after)) = (heap, used(stage, &visitor).await?) {
        println!("    heap after {warm_up} calls {before:.0}, after {calls} {after:.0} bytes");
        ensure!(after - before < MEGABYTE, "the heap grew from {before} to {after} bytes");
    }
    Ok(())
}

/// Bytes of the page's scripts after garbage was collected; Chromium alone says so.
async fn used(stage: &Stage, visitor: &Caller) -> Outcome<Option<f64>> {
    if stage.options.kind == Kind::Firefox {
        return Ok(None);
    }
    // What the suite itself keeps of the calls is none of theirs.
    visitor.browser.run("probe.forget()", vec![]).await?;
    let tools = visitor.browser.driver.cdp();
    for _ in 0..3 {
        tools.send_raw("HeapProfiler.collectGarbage", json!({})).await?;
    }
    let heap = tools.send_raw("Runtime.getHeapUsage", json!({})).await?;
    Ok(heap.get("usedSize").and_then(Value::as_f64))
}

/// From the click to the first picture the library takes about as long as a page that was written by hand.
pub(crate) async fn the_first_picture_comes_as_soon_as_by_hand(stage: Arc<Stage>) -> Outcome {
    /// The goal, and how much of it is allowed to a machine that does other things as well.
    const GOAL: f64 = 1.1;
    const BUSY: f64 = 2.0;
    const TIMES: usize = 7;
    let mut medians = Vec::new();
    let by_hand = Caller::by_hand(&stage, "channel=VIDEO", Media::FAKE).await?;
    let times = first_pictures(&by_hand, TIMES).await?;
    by_hand.browser.close().await;
    medians.push(median(times)?);
    let by_library = Caller::by_library(&stage, "channel=VIDEO", Media::FAKE).await?;
    medians.push(median(first_pictures(&by_library, TIMES).await?)?);
    let &[hand, library] = medians.as_slice() else { return Err(Fault::new("two medians")) };
    let ratio = library / hand;
    println!(
        "    click to first picture, median of {TIMES}: by hand {hand:.0} ms, by the library {library:.0} ms, {ratio:.2} times (goal {GOAL})"
    );
    ensure!(ratio < GOAL * BUSY, "{ratio:.2} times as long as by hand");
    Ok(())
}

/// How long it took, in milliseconds, each on a page of its own; the first one is not counted: a browser starts
/// processes for it.
async fn first_pictures(visitor: &Caller, times: usize) -> Outcome<Vec<f64>> {
    let mut all = Vec::new();
    for _ in 0..=times {
        visitor.call().await?;
        let took = wait::until("the first picture", CONNECTS, async || {
            let times = visitor.noted("times").await?;
            let at = |name| times.get(name).and_then(Value::as_f64);
            Ok(at("frame")
                .zip(at("clicked"))
                .map(|(frame, click)| frame - click)
                .ok_or_else(|| times.to_string()))
        })
        .await?;
        all.push(took);
        visitor.hang_up().await?;
        visitor.says("IDLE").await?;
        visitor.browser.driver.refresh().await?;
        visitor.says("Ready").await?;
    }
    Ok(all.split_off(1))
}

fn median(mut times: Vec<f64>) -> Outcome<f64> {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().ok_or_else(|| Fault::new("nothing was measured"))
}

/// Somebody calls by the library, and Anna answers.
async fn meet(stage: &Stage, query: &str) -> Outcome<(Caller, Console)> {
    meet_with(stage, query, Media::FAKE).await
}

/// The same, and the visitor has these devices.
async fn meet_with(stage: &Stage, query: &str, hers: Media) -> Outcome<(Caller, Console)> {
    let (visitor, anna) = tokio::try_join!(
        Caller::by_library(stage, query, hers),
        Console::arrive_with(stage, "Anna", Look::default(), Media::FAKE)
    )?;
    visitor.call().await?;
    anna.accept_call().await?;
    Ok((visitor, anna))
}

/// A method of the library's manager that takes the session.
async fn toggle(visitor: &Caller, method: &str) -> Outcome {
    let script = "return widget.client.webrtc[arguments[0]](record.session)";
    let done = visitor.browser.run(script, vec![json!(method)]).await?;
    ensure!(done == true, "{method} answered {done}");
    Ok(())
}

async fn share(visitor: &Caller, on: bool) -> Outcome {
    let script = "return widget.client.webrtc.shareScreen(record.session, arguments[0])";
    visitor.browser.run(script, vec![json!(on)]).await.map(drop)
}

/// Waits until the library says so of the call.
async fn phase(visitor: &Caller, phase: &str) -> Outcome {
    wait::until(&format!("the call is {phase}"), CONNECTS, async || {
        let media = visitor.noted("media").await?;
        Ok(if media["phase"] == phase { Ok(()) } else { Err(media.to_string()) })
    })
    .await
}

async fn width(anna: &Console) -> Outcome<Value> {
    let script = "return document.querySelector(arguments[0]).videoWidth";
    anna.browser.run(script, vec![json!(SEEN)]).await
}
