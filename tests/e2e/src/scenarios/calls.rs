//! Calls: sound and picture between a page that calls by hand and the operator's console.

use std::sync::Arc;
use std::time::Duration;

use crate::bare::Bare;
use crate::browser::{Browser, Look};
use crate::console::Console;
use crate::fault::{Outcome, ensure};
use crate::media::{self, CONNECTS, Devices, Media, counts, loudness, moves};
use crate::options::Kind;
use crate::stage::Stage;
use crate::wait::{self, SOON};

/// Quieter than this is silence: encoders leave a little noise.
const SILENCE: f64 = 1e-6;
/// Seconds of sound that are listened to: the fake microphone of Chromium beeps once a second.
const LISTEN: f64 = 2.5;

/// Both sides hear and see each other; hanging up frees every device, whoever does it.
pub(crate) async fn a_video_call_is_heard_and_seen_on_both_sides(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    moves(&visitor.browser, "#remote", SOON).await?;
    moves(&anna.browser, "[data-testid=remote-video]", SOON).await?;
    anna.place("self-video").shown().await?;
    anna.place("call-quality").shown().await?;
    visitor.hang_up().await?;
    visitor.says("IDLE").await?;
    anna.place("call-state").says("The call is over").await?;
    nothing_is_left(&visitor, &anna).await
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
    nothing_is_left(&visitor, &anna).await
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
    moves(&visitor.browser, "#remote", CONNECTS).await?;
    anna.place("call-camera").click().await?;
    is_told(&visitor, (true, false)).await?;
    counts(&anna.browser, "the camera is given back", SOON, |count| count.live_video == 0).await?;
    anna.place("call-camera").click().await?;
    is_told(&visitor, (true, true)).await?;
    moves(&visitor.browser, "#remote", SOON).await
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
    moves(&visitor.browser, "#remote", SOON).await?;
    heard(&anna.browser).await
}

/// Of the screen as much is seen as of the camera, and the camera comes back after it.
pub(crate) async fn the_operator_shares_her_screen(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, "channel=VIDEO").await?;
    moves(&visitor.browser, "#remote", CONNECTS).await?;
    let width = |browser: &Arc<Browser>| {
        let browser = Arc::clone(browser);
        async move { browser.run("return document.getElementById('remote').videoWidth", vec![]).await }
    };
    let before = width(&visitor.browser).await?;
    anna.place("call-share").click().await?;
    if stage.options.kind == Kind::Firefox {
        // It asks which screen, and nobody is there to answer: meanwhile the call goes on.
        return moves(&visitor.browser, "#remote", SOON).await;
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
    moves(&visitor.browser, "#remote", SOON).await
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
    let asked = visitor.browser.run("return record.restarts", vec![]).await?;
    ensure!(asked == 1, "one new offer was asked for, not {asked}");
    anna.place("call-close").click().await?;
    visitor.says("IDLE").await?;
    nothing_is_left(&visitor, &anna).await
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

/// Somebody calls, Anna answers, and the browsers are connected.
async fn meet(stage: &Stage, query: &str) -> Outcome<(Bare, Console)> {
    meet_with(stage, query, Media::FAKE).await
}

/// The same, and Anna has these devices.
async fn meet_with(stage: &Stage, query: &str, hers: Media) -> Outcome<(Bare, Console)> {
    let (visitor, anna) = tokio::try_join!(
        Bare::arrive(stage, query, Media::FAKE),
        Console::arrive_with(stage, "Anna", Look::default(), hers)
    )?;
    visitor.call().await?;
    anna.accept_call().await?;
    Ok((visitor, anna))
}

/// More sound comes in, and it is louder than silence.
async fn heard(browser: &Arc<Browser>) -> Outcome {
    let before = media::count(browser).await?;
    counts(browser, "sound comes in", CONNECTS, |count| {
        count.audio_energy > before.audio_energy + SILENCE
    })
    .await
    .map(drop)
}

/// More sound comes in, and more pictures.
async fn heard_and_seen(browser: &Arc<Browser>) -> Outcome {
    let before = media::count(browser).await?;
    counts(browser, "sound and pictures come in", CONNECTS, |count| {
        // A new peer connection counts anew.
        let pictures = before.peers != count.peers || count.frames_decoded > before.frames_decoded;
        count.frames_decoded > 5 && pictures && count.audio_energy > SILENCE
    })
    .await?;
    heard(browser).await
}

/// The line goes on and nothing is heard on it.
async fn is_silent(browser: &Arc<Browser>) -> Outcome {
    wait::until("nothing is heard", Duration::from_secs(30), async || {
        let loud = loudness(browser, LISTEN, SOON).await?;
        Ok(if loud < SILENCE { Ok(()) } else { Err(format!("{loud}")) })
    })
    .await
}

/// The operator's page has said what of hers is on: microphone and camera.
async fn is_told(visitor: &Bare, media: (bool, bool)) -> Outcome {
    wait::until(&format!("the visitor is told {media:?}"), SOON, async || {
        let told = visitor.told().await?;
        Ok(if told == Some(media) { Ok(()) } else { Err(format!("{told:?}")) })
    })
    .await
}

/// No device is in use and no peer connection open, on either side.
async fn nothing_is_left(visitor: &Bare, anna: &Console) -> Outcome {
    for browser in [&visitor.browser, &anna.browser] {
        counts(browser, "nothing is left of the call", SOON, |count| {
            count.live == 0 && count.open == 0
        })
        .await?;
    }
    Ok(())
}
