//! Calls as visitors see them: in the widget, with the operator at her console.

use std::sync::Arc;

use serde_json::json;

use crate::axe;
use crate::browser::Look;
use crate::console::Console;
use crate::fault::Outcome;
use crate::line::From::Visitor as Customer;
use crate::media::{CONNECTS, counts, heard, heard_and_seen, is_silent, nothing_is_left};
use crate::stage::Stage;
use crate::visitor::Visitor;
use crate::wait::{self, SOON};

/// From a click to the picture, by way of the check; what the bar switches off is off for both sides.
pub(crate) async fn a_visitor_calls_from_the_widget_and_decides_what_is_heard_and_seen(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = meet(&stage, Look::default()).await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    visitor.part("other-picture").shown().await?;
    anna.place("call-camera").click().await?;
    // Not her last picture, standing still.
    visitor.part("other-picture").gone().await?;
    anna.place("call-camera").click().await?;
    visitor.part("other-picture").shown().await?;

    visitor.part("call-microphone").click().await?;
    is_silent(&anna.browser).await?;
    visitor.part("call-microphone").click().await?;
    heard(&anna.browser).await?;

    visitor.part("call-camera").click().await?;
    counts(&visitor.browser, "the camera is given back", SOON, |it| it.live_video == 0).await?;
    visitor.part("call-camera").click().await?;
    visitor.part("own-picture").shown().await?;

    visitor.part("hang-up").click().await?;
    visitor.part("call-ended").says("La chiamata è terminata").await?;
    anna.place("call-state").says("The call is over").await?;
    nothing_is_left(&[&visitor.browser, &anna.browser]).await
}

/// The operator of the call is the one of the conversation beside it, and either outlives the other.
pub(crate) async fn a_chat_beside_the_call_is_with_the_same_operator(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage, Look::default()).await?;
    heard(&visitor.browser).await?;
    visitor.part("call-chat").click().await?;
    anna.accept().await?;
    visitor.composer().shown().await?;
    visitor.say("Le scrivo il codice: 4711").await?;
    anna.sees(&[(Customer, "Le scrivo il codice: 4711")]).await?;
    visitor.part("hang-up").click().await?;
    visitor.part("call-ended").shown().await?;
    visitor.composer().shown().await
}

/// A page that was reloaded offers the call back, and whoever browses on has it beside the launcher.
pub(crate) async fn a_reload_offers_the_call_back_and_the_operator_may_end_it(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = meet(&stage, Look::default()).await?;
    heard_and_seen(&visitor.browser).await?;
    visitor.launcher().click().await?;
    visitor.part("small-call").says("Anna").await?;
    visitor.reload().await?;
    visitor.part("small-call").says("ancora in corso").await?;
    visitor.button("Torna alla chiamata").click().await?;
    for browser in [&visitor.browser, &anna.browser] {
        heard_and_seen(browser).await?;
    }
    anna.place("call-close").click().await?;
    visitor.part("call-ended").shown().await?;
    nothing_is_left(&[&visitor.browser, &anna.browser]).await
}

/// The picture goes on in a window of its own while the visitor browses, and closes with the call. A browser
/// without such windows is not offered any.
pub(crate) async fn the_picture_floats_while_the_visitor_browses_on(stage: Arc<Stage>) -> Outcome {
    const FLOATS: &str = "return 'documentPictureInPicture' in window";
    const TIME: &str =
        "const film = window.documentPictureInPicture.window?.document.querySelector('video');
        return film && film.videoWidth ? film.currentTime : null";
    let (visitor, anna) = meet(&stage, Look::default()).await?;
    visitor.part("other-picture").shown_within(CONNECTS).await?;
    if visitor.browser.run(FLOATS, vec![]).await? != json!(true) {
        return visitor.part("call-float").gone().await;
    }
    visitor.part("call-float").click().await?;
    let seen = |than: f64| {
        let browser = &visitor.browser;
        wait::until("the picture goes on in its window", SOON, move || async move {
            let time = browser.run(TIME, vec![]).await?;
            Ok(time.as_f64().filter(|time| *time > than).ok_or_else(|| time.to_string()))
        })
    };
    seen(0.0).await?;
    visitor.part("call-minimise").click().await?;
    visitor.part("small-call").shown().await?;
    let before = seen(0.0).await?;
    seen(before + 0.5).await?;
    anna.place("call-close").click().await?;
    wait::until("the window closes", SOON, || async {
        let open = "return Boolean(window.documentPictureInPicture.window)";
        let open = visitor.browser.run(open, vec![]).await?;
        Ok(if open == json!(false) { Ok(()) } else { Err("it is open".to_owned()) })
    })
    .await
}

/// See `every_state`.
pub(crate) async fn no_state_of_a_call_breaks_a_rule_in_light(stage: Arc<Stage>) -> Outcome {
    every_state(&stage, false).await
}

/// See `every_state`.
pub(crate) async fn no_state_of_a_call_breaks_a_rule_in_dark(stage: Arc<Stage>) -> Outcome {
    every_state(&stage, true).await
}

/// From the check to the end, by the rules of axe-core.
async fn every_state(stage: &Arc<Stage>, dark: bool) -> Outcome {
    let visitor = Visitor::arrive(stage, Look { dark, still: true }).await?;
    let anna = Console::arrive(stage, "Anna", Look::default()).await?;
    let check = |what| axe::check(&stage.options, &visitor.browser, what);
    choose(&visitor).await?;
    visitor.part("level").shown().await?;
    check("the check before a call").await?;
    visitor.part("trial-start").click().await?;
    visitor.part("trial-progress").shown().await?;
    check("the connection while it is tried").await?;
    visitor.part("trial-stop").click().await?;
    visitor.button("Chiama ora").click().await?;
    visitor.part("queue").shown().await?;
    check("a call that rings").await?;
    anna.accept_call().await?;
    visitor.part("other-picture").shown_within(CONNECTS).await?;
    check("a call").await?;
    visitor.part("call-microphone").click().await?;
    visitor.part("call-more").click().await?;
    visitor.part("call-sheet").shown().await?;
    check("a muted call with its devices").await?;
    visitor.part("call-sheet-close").click().await?;
    visitor.part("call-minimise").click().await?;
    visitor.part("small-call").shown().await?;
    check("a call above the home screen").await?;
    visitor.launcher().click().await?;
    visitor.part("small-call").shown().await?;
    check("a call beside the launcher").await?;
    visitor.part("call-return").click().await?;
    visitor.part("hang-up").click().await?;
    visitor.part("call-ended").shown().await?;
    check("the end of a call").await
}

/// A visitor before the check, and Anna, who answers.
pub(super) async fn meet(stage: &Arc<Stage>, look: Look) -> Outcome<(Visitor, Console)> {
    let (visitor, anna) = tokio::try_join!(
        Visitor::arrive(stage, look),
        Console::arrive(stage, "Anna", Look::default())
    )?;
    choose(&visitor).await?;
    visitor.part("own-picture").shown_within(CONNECTS).await?;
    visitor.button("Chiama ora").click().await?;
    anna.accept_call().await?;
    visitor.part("call-tools").shown().await?;
    Ok((visitor, anna))
}

/// Opens the panel and chooses a video call; comes to the check before it.
async fn choose(visitor: &Visitor) -> Outcome {
    visitor.open().await?;
    visitor.button("Videochiamata").click().await?;
    visitor.button("Assistenza").click().await?;
    visitor.part("check").shown().await
}
