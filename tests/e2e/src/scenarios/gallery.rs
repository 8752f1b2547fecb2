//! Pictures of every screen, and whether it fits the device it is shown on.

use std::sync::Arc;

use serde_json::Value;

use crate::axe;
use crate::browser::Look;
use crate::caller::Caller;
use crate::console::Console;
use crate::fault::{Fault, Outcome, ensure};
use crate::media::{CONNECTS, Media, moves};
use crate::stage::Stage;
use crate::visitor::Visitor;

/// Name, width and height in CSS pixels. The smallest is a desktop at 400 % zoom (WCAG 1.4.10).
const DEVICES: [(&str, u32, u32); 3] =
    [("desktop", 1280, 860), ("phone", 390, 844), ("zoom", 320, 256)];

/// The screens of operators.
const CONSOLES: [(&str, u32, u32); 3] =
    [("wide", 1440, 900), ("tablet", 1024, 700), ("phone", 390, 844)];

/// How far the panel sticks out of the window, and its content out of the panel, in CSS pixels.
const OVERHANG: &str = r#"
  const panel = document.querySelector("tvox-widget").shadowRoot.querySelector("[part~=panel]");
  if (!panel) return null;
  const { left, top, right, bottom } = panel.getBoundingClientRect();
  const wide = panel.scrollWidth - panel.clientWidth;
  return Math.max(-left, -top, right - innerWidth, bottom - innerHeight, wide);
"#;

/// See `every_screen`.
pub(crate) async fn every_screen_fits_every_device_in_light(stage: Arc<Stage>) -> Outcome {
    every_screen(&stage, false).await
}

/// See `every_screen`.
pub(crate) async fn every_screen_fits_every_device_in_dark(stage: Arc<Stage>) -> Outcome {
    every_screen(&stage, true).await
}

/// Every screen on every device: nothing sticks out.
async fn every_screen(stage: &Arc<Stage>, dark: bool) -> Outcome {
    let look = Look { dark, still: true };
    let name = if dark { "dark" } else { "light" };
    let visitor = Visitor::arrive(stage, look).await?;
    let anna = Console::arrive(stage, "Anna", look).await?;
    let shoot = |screen| picture(stage, &visitor, screen, name);
    shoot("1-closed").await?;
    visitor.open().await?;
    visitor.button("Chat").shown().await?;
    shoot("2-home").await?;
    visitor.button("Chat").click().await?;
    visitor.button("Assistenza").shown().await?;
    shoot("3-services").await?;
    visitor.button("Assistenza").click().await?;
    anna.decline().await?;
    visitor.part("queue-position").says("Sei il prossimo").await?;
    shoot("4-queue").await?;
    anna.take().await?;
    visitor.composer().shown().await?;
    converse(&visitor, &anna).await?;
    shoot("5-chat").await?;
    console_picture(stage, &anna, name).await?;
    visitor.ends().await?;
    visitor.part("dialog").shown().await?;
    shoot("6-question").await?;
    visitor.think_again().await?;
    anna.close().await?;
    visitor.button("Nuova conversazione").shown().await?;
    shoot("7-ended").await
}

async fn converse(visitor: &Visitor, anna: &Console) -> Outcome {
    visitor.say("Buongiorno, vorrei sapere quando è pronta la mia bicicletta.").await?;
    visitor.say("Il nome è Rossi.").await?;
    anna.say("Salve signor Rossi! Guardo subito: il telaio è uscito dalla dima ieri.").await?;
    anna.say("Qui trova le fotografie: https://sottovento.example/telai/rossi").await?;
    visitor.say("Bellissima, grazie.").await?;
    visitor.sees_state("Bellissima, grazie.", "read").await
}

async fn picture(stage: &Stage, visitor: &Visitor, screen: &str, look: &str) -> Outcome {
    let folder = stage.options.screenshots.join(stage.options.kind.name());
    for (device, width, height) in DEVICES {
        visitor.browser.resize(width, height).await?;
        let overhang = visitor.browser.run(OVERHANG, vec![]).await?;
        visitor.browser.picture(&folder.join(format!("{screen}-{look}-{device}.png"))).await?;
        let open = visitor.part("panel").is_shown().await?;
        let overhang = overhang.as_f64().filter(|_| open).unwrap_or(0.0);
        ensure!(overhang <= 1.0, "{screen} on {device} ({look}): {overhang} pixels stick out");
    }
    let (_, width, height) = DEVICES.first().ok_or_else(|| Fault::new("no device"))?;
    visitor.browser.resize(*width, *height).await
}

/// See `a_call`.
pub(crate) async fn a_call_fits_the_console_in_light(stage: Arc<Stage>) -> Outcome {
    a_call(&stage, false).await
}

/// See `a_call`.
pub(crate) async fn a_call_fits_the_console_in_dark(stage: Arc<Stage>) -> Outcome {
    a_call(&stage, true).await
}

/// The operator's side of a call, from the ring to the end, breaks no rule of axe-core, and nothing sticks out.
async fn a_call(stage: &Arc<Stage>, dark: bool) -> Outcome {
    let look = Look { dark, still: true };
    let name = if dark { "dark" } else { "light" };
    let (visitor, anna) = tokio::try_join!(
        Caller::by_hand(stage, "channel=VIDEO", Media::FAKE),
        Console::arrive_with(stage, "Anna", look, Media::FAKE)
    )?;
    let shoot = async |screen: &str| {
        axe::check(&stage.options, &anna.browser, screen).await?;
        call_pictures(stage, &anna, screen, name).await
    };
    visitor.call().await?;
    anna.offer().shown().await?;
    shoot("9-call-rings").await?;
    anna.accept_call().await?;
    moves(&anna.browser, "[data-testid=remote-video]", CONNECTS).await?;
    anna.place("call-quality").shown().await?;
    shoot("9-call").await?;
    anna.place("call-devices").click().await?;
    anna.place("device-audioinput").shown().await?;
    shoot("9-call-devices").await?;
    anna.place("call-devices").click().await?;
    anna.place("call-hold").click().await?;
    anna.place("call-state").says("On hold").await?;
    shoot("9-call-held").await?;
    anna.place("call-close").click().await?;
    anna.place("call-state").says("The call is over").await?;
    shoot("9-call-over").await
}

async fn call_pictures(stage: &Stage, anna: &Console, screen: &str, look: &str) -> Outcome {
    let folder = stage.options.screenshots.join(stage.options.kind.name());
    for (device, width, height) in CONSOLES {
        anna.browser.resize(width, height).await?;
        let wide = "return document.documentElement.scrollWidth - innerWidth";
        let wide = anna.browser.run(wide, vec![]).await?;
        anna.browser.picture(&folder.join(format!("{screen}-{look}-{device}.png"))).await?;
        ensure!(
            wide.as_f64().is_some_and(|wide| wide <= 0.0),
            "{screen} on {device} ({look}) scrolls sideways by {wide} pixels"
        );
    }
    anna.browser.resize(1280, 860).await
}

async fn console_picture(stage: &Stage, anna: &Console, look: &str) -> Outcome {
    let folder = stage.options.screenshots.join(stage.options.kind.name());
    let seen: Value = anna
        .browser
        .run("return document.documentElement.scrollWidth - innerWidth", vec![])
        .await?;
    ensure!(
        seen.as_f64().is_some_and(|wide| wide <= 0.0),
        "the console scrolls sideways by {seen} pixels"
    );
    anna.browser.picture(&folder.join(format!("8-console-{look}-desktop.png"))).await
}
