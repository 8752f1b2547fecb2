//! Calls: sound and picture between a page that calls by hand and the operator's console.

use std::sync::Arc;

use tvox_faults::Fault;

use crate::browser::{Browser, Look};
use crate::caller::{Caller, REMOTE};
use crate::console::Console;
use crate::fault::{Outcome, ensure};
use crate::media::{
    self, CONNECTS, Devices, Media, counts, heard, heard_and_seen, is_silent, moves,
    nothing_is_left, relayed,
};
use crate::options::Kind;
use crate::stage::{OPERATORS, Stage};
use crate::wait::{self, SOON};
use crate::watch::is_lost_line;

/// Both sides hear and see each other; hanging up frees every device, whoever does it.
pub(crate) async fn a_video_call_is_heard_and_seen_on_both_sides(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    moves(&visitor.browser, REMOTE, SOON).await?;
    moves(&anna.browser, "[data-testid=remote-video]", SOON).await?;
    anna.place("self-video").shown().await?;
    anna.place("call-quality").shown().await?;
    visitor.hang_up().await?;
    visitor.says("IDLE").await?;
    anna.place("call-state").says("The call is over").await?;
    nothing_is_left(&[&visitor.browser, &anna.browser]).await
}

/// Without a camera on either side there is sound; the operator ends the call.
pub(crate) async fn an_audio_call_is_heard_on_both_sides(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=PHONE_CALL").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard(browser).await?;
        let count = media::count(browser).await?;
        ensure!(count.live_video == 0, "no camera is in use: {count:?}");
    }
    anna.place("call-close").click().await?;
    visitor.says("IDLE").await?;
    nothing_is_left(&[&visitor.browser, &anna.browser]).await
}

/// A muted operator is silence and not a broken line; unmuted she is heard again.
pub(crate) async fn a_muted_operator_is_heard_as_silence(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=PHONE_CALL").await?;
    heard(&visitor.browser).await?;
    anna.place("call-mute").click().await?;
    is_told(&visitor, (false, false)).await?;
    is_silent(&visitor.browser).await?;
    anna.place("call-mute").click().await?;
    is_told(&visitor, (true, false)).await?;
    heard(&visitor.browser).await
}

/// A camera that is switched off is given back, and can be switched on again.
pub(crate) async fn the_operators_camera_goes_off_and_on(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    moves(&visitor.browser, REMOTE, CONNECTS).await?;
    anna.place("call-camera").click().await?;
    is_told(&visitor, (true, false)).await?;
    counts(&anna.browser, "the camera is given back", SOON, |count| count.live_video == 0).await?;
    anna.place("call-camera").click().await?;
    is_told(&visitor, (true, true)).await?;
    moves(&visitor.browser, REMOTE, SOON).await
}

/// On hold neither side hears or sees the other, and no camera is in use; then it goes on.
pub(crate) async fn a_held_call_is_silent_and_goes_on(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    heard_and_seen(&visitor.browser).await?;
    anna.place("call-hold").click().await?;
    visitor.says("HOLD").await?;
    anna.place("call-state").says("On hold").await?;
    is_told(&visitor, (false, false)).await?;
    is_silent(&visitor.browser).await?;
    counts(&anna.browser, "the camera is given back", SOON, |count| count.live_video == 0).await?;
    let muted = "return document.querySelector('[data-testid=remote-audio]').muted";
    ensure!(anna.browser.run(muted, vec![]).await? == true, "the visitor is not heard");
    anna.place("call-hold").click().await?;
    visitor.says("CONNECTED").await?;
    is_told(&visitor, (true, true)).await?;
    heard_and_seen(&visitor.browser).await?;
    ensure!(anna.browser.run(muted, vec![]).await? == false, "the visitor is heard again");
    Ok(())
}

/// The operator switches her camera on in a call without one: she offers, and is seen.
pub(crate) async fn the_operator_makes_an_audio_call_one_with_video(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=PHONE_CALL").await?;
    heard(&visitor.browser).await?;
    anna.place("call-camera").click().await?;
    heard_and_seen(&visitor.browser).await?;
    moves(&visitor.browser, REMOTE, SOON).await?;
    heard(&anna.browser).await
}

/// Of the screen as much is seen as of the camera, and the camera comes back after it.
pub(crate) async fn the_operator_shares_her_screen(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    moves(&visitor.browser, REMOTE, CONNECTS).await?;
    let width = |browser: &Arc<Browser>| {
        let browser = Arc::clone(browser);
        async move { browser.run("return document.getElementById('remote').videoWidth", vec![]).await }
    };
    let before = width(&visitor.browser).await?;
    anna.place("call-share").click().await?;
    if stage.options.kind == Kind::Firefox {
        // It asks which screen, and nobody is there to answer: meanwhile the call goes on.
        return moves(&visitor.browser, REMOTE, SOON).await;
    }
    counts(&anna.browser, "camera and screen are in use", SOON, |count| count.live_video == 2)
        .await?;
    wait::until("the screen has another width", SOON, async || {
        let now = width(&visitor.browser).await?;
        Ok(if now == before { Err(now.to_string()) } else { Ok(()) })
    })
    .await?;
    anna.place("call-share").click().await?;
    counts(&anna.browser, "the camera is in use", SOON, |count| count.live_video == 1).await?;
    moves(&visitor.browser, REMOTE, SOON).await
}

/// The operator's page is loaded again in mid-call: the visitor offers anew, and both go on.
pub(crate) async fn a_reload_of_the_console_takes_the_call_up_again(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    heard_and_seen(&visitor.browser).await?;
    anna.browser.driver.refresh().await?;
    anna.place("call-state").says("Connected").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    let asked = visitor.noted("restarts").await?;
    ensure!(asked == 1, "one new offer was asked for, not {asked}");
    anna.place("call-close").click().await?;
    visitor.says("IDLE").await?;
    nothing_is_left(&[&visitor.browser, &anna.browser]).await
}

/// Whatever an operator lacks or forbids is said in words, and the visitor is heard and seen.
pub(crate) async fn an_operator_without_devices_still_answers(stage: Arc<Stage>) -> Outcome {
    let cases = [
        (Devices::Denied, "This page may not use the", 0),
        (Devices::Missing, "was found", 0),
        (Devices::NoCamera, "No camera was found", 1),
    ];
    // Firefox has a camera or no device at all.
    let some = if stage.options.kind == Kind::Firefox { 2 } else { cases.len() };
    for (devices, words, live) in cases.into_iter().take(some) {
        let media = Media { devices, autoplay: true };
        let (visitor, anna) = meet_with(&stage, "channel=VIDEO", media).await?;
        heard_and_seen(&anna.browser).await?;
        anna.place("call-refusal").says(words).await?;
        is_told(&visitor, (live > 0, false)).await?;
        counts(&anna.browser, "devices in use", SOON, |count| count.live == live).await?;
        visitor.hang_up().await?;
        visitor.says("IDLE").await?;
        visitor.browser.close().await;
        anna.browser.close().await;
    }
    Ok(())
}

/// The operator's connection to the server breaks in mid-call: the media goes on as if nothing were, and
/// what is said through the server arrives when it is back.
pub(crate) async fn the_operators_lost_connection_does_no_harm_to_a_call(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    heard_and_seen(&visitor.browser).await?;
    for line in stage.gate.lines(OPERATORS) {
        ensure!(line.strike(&Fault::Reset).took_effect().await, "the line is reset");
    }
    anna.place("call-camera").click().await?;
    is_told(&visitor, (true, false)).await?;
    anna.place("call-camera").click().await?;
    is_told(&visitor, (true, true)).await?;
    heard_and_seen(&visitor.browser).await?;
    let count = media::count(&anna.browser).await?;
    ensure!(count.peers == 1, "the peer connection is the first one: {count:?}");
    anna.browser.watch.forgive(is_lost_line);
    Ok(())
}

/// A visitor whose network lets nothing else through is heard and seen by way of a relay.
pub(crate) async fn a_call_goes_through_coturn_alone(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO&policy=relay").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    let count = media::count(&visitor.browser).await?;
    ensure!(count.is_relayed(), "the visitor's own end of the path is a relay: {count:?}");
    visitor.hang_up().await?;
    visitor.says("IDLE").await?;
    stage.relay()?.has_sent(count.bytes_received, CONNECTS).await
}

/// The path of the media goes dead in mid-call, and the visitor's page does nothing about it: the operator's asks
/// for a new peer connection, and both hear and see again.
pub(crate) async fn the_operator_asks_anew_where_the_path_goes_dead(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO&policy=relay").await?;
    heard_and_seen(&visitor.browser).await?;
    heard_and_seen(&anna.browser).await?;
    stage.relay()?.cut();
    wait::until("the operator asks for a new offer", CONNECTS, async || {
        let asked = visitor.noted("restarts").await?;
        Ok(if asked == 0 { Err("not yet".to_owned()) } else { Ok(()) })
    })
    .await?;
    heard_and_seen(&visitor.browser).await?;
    heard_and_seen(&anna.browser).await
}

/// The same through the relay that the demo server has inside, which counts what it relays.
pub(crate) async fn a_call_goes_through_the_servers_own_relay_alone(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO&policy=relay").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    relayed(&visitor.browser).await
}

/// Where no person is, the visitor hears and sees herself.
pub(crate) async fn the_automatic_operator_sends_sound_and_picture_back(
    stage: Arc<Stage>,
) -> Outcome {
    let visitor = Caller::by_hand(&stage, "channel=VIDEO", Media::FAKE).await?;
    visitor.call().await?;
    visitor.says("CONNECTED").await?;
    heard_and_seen(&visitor.browser).await?;
    moves(&visitor.browser, REMOTE, SOON).await?;
    visitor.hang_up().await?;
    visitor.says("IDLE").await?;
    nothing_is_left(&[&visitor.browser]).await
}

/// Somebody calls, Anna answers, and the browsers are connected.
async fn meet(stage: &Stage, query: &str) -> Outcome<(Caller, Console)> {
    meet_with(stage, query, Media::FAKE).await
}

/// The same, and Anna has these devices.
async fn meet_with(stage: &Stage, query: &str, hers: Media) -> Outcome<(Caller, Console)> {
    let (visitor, anna) = tokio::try_join!(
        Caller::by_hand(stage, query, Media::FAKE),
        Console::arrive_with(stage, "Anna", Look::default(), hers)
    )?;
    visitor.call().await?;
    anna.accept_call().await?;
    Ok((visitor, anna))
}

/// The operator's page has said what of hers is on: microphone and camera.
async fn is_told(visitor: &Caller, media: (bool, bool)) -> Outcome {
    wait::until(&format!("the visitor is told {media:?}"), SOON, async || {
        let told = visitor.told().await?;
        Ok(if told == Some(media) { Ok(()) } else { Err(format!("{told:?}")) })
    })
    .await
}
