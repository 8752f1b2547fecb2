//! What is heard, and what can be read.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::browser::Look;
use crate::catalogue::variant::{PLAIN, Theme, Variant};
use crate::clerk::Clerk;
use crate::fault::{Fault, Outcome, ensure};
use crate::judge::Judge;
use crate::stage::Stage;
use crate::visitor::Visitor;
use crate::wait::{self, LATER, SOON};
use crate::watch::is_lost_line;

const READER: &str = include_str!("../reader.js");
const CONTRASTS: &str = include_str!("../contrasts.js");

/// Messages that come while the line is down.
const MISSED: usize = 200;
/// Colours that site owners might choose.
const BRANDS: usize = 20;

/// A screen reader is told of each message of the operator once, of none of the visitor's own, once
/// that the operator writes, of two hundred missed messages in one sentence, and at once of a
/// message that could not be sent.
pub(crate) async fn everything_new_is_announced_once(stage: Arc<Stage>) -> Outcome {
    let clerk = Clerk::arrive(&stage.server_host().await?, "Anna Rossi").await?;
    let visitor = Visitor::arrive(&stage, Look { dark: false, still: true }).await?;
    visitor.open().await?;
    visitor.browser.run(READER, vec![]).await?;
    visitor.at("[data-channel=CHAT]").click().await?;
    visitor.at("[data-service=service0001]").click().await?;
    let session = clerk.accept().await?;
    visitor.composer().shown().await?;
    clerk.say(&session, "Prima riga").await?;
    hears(&visitor, "Prima riga").await?;

    for _ in 0..3 {
        clerk.types(&session)?;
    }
    hears(&visitor, "sta scrivendo").await?;
    visitor.say("Parole mie").await?;
    visitor.sees_state("Parole mie", "sent").await?;
    clerk.say(&session, "Seconda riga").await?;
    hears(&visitor, "Seconda riga").await?;
    for (text, times) in
        [("Prima riga", 1), ("Seconda riga", 1), ("sta scrivendo", 1), ("Parole mie", 0)]
    {
        let heard = transcript(&visitor).await?;
        let count = heard.iter().filter(|line| line.contains(text)).count();
        ensure!(count == times, "{text:?} is heard {times} times: {heard:#?}");
    }
    let heard = transcript(&visitor).await?;
    ensure!(heard.iter().all(|line| line.starts_with("polite")), "politely: {heard:#?}");

    visitor.browser.run("heard.length = 0", vec![]).await?;
    stage.gate.shut();
    for number in 1..=MISSED {
        clerk.say(&session, &format!("Riga {number} di tante")).await?;
    }
    stage.gate.reopen().await?;
    let last = format!("Riga {MISSED} di tante");
    wait::until("what was missed is there", LATER, async || {
        let lines = visitor.lines().await?;
        let there = lines.last().is_some_and(|line| line.text == last);
        Ok(if there { Ok(()) } else { Err(format!("{:?}", lines.last())) })
    })
    .await?;
    hears(&visitor, "200").await?;
    // What comes while the browser still tells of the list would be lost among it.
    visitor.at("[part~=log][aria-live=polite]").shown().await?;
    clerk.say(&session, "Dopo le altre").await?;
    hears(&visitor, "Dopo le altre").await?;
    let heard = transcript(&visitor).await?;
    let of_lines = heard.iter().filter(|line| line.contains("di tante")).count();
    let summed = heard.iter().filter(|line| line.contains("200")).count();
    ensure!(of_lines == 0 && summed == 1, "one sentence for all of them: {heard:#?}");

    stage.gate.shut();
    visitor.say("Troppo tardi").await?;
    visitor.sees_state("Troppo tardi", "sending").await?;
    clerk.close(&session).await?;
    stage.gate.reopen().await?;
    visitor.sees_state("Troppo tardi", "failed").await?;
    wait::until("the failure is told at once", SOON, async || {
        let heard = transcript(&visitor).await?;
        let told = heard.iter().filter(|line| line.starts_with("assertive")).count();
        Ok(if told == 1 { Ok(()) } else { Err(format!("{heard:#?}")) })
    })
    .await?;
    visitor.browser.watch.forgive(is_lost_line);
    Ok(())
}

/// Whoever waits is told, politely and once, that the place in the queue is another one.
pub(crate) async fn a_new_place_in_the_queue_is_announced_once(stage: Arc<Stage>) -> Outcome {
    let clerk = Clerk::arrive(&stage.host(), "Anna Rossi").await?;
    let look = Look { dark: false, still: true };
    let first = Visitor::arrive_at(&stage, "first", "/", look).await?;
    let second = Visitor::arrive_at(&stage, "second", "/", look).await?;
    for visitor in [&first, &second] {
        visitor.open().await?;
        visitor.at("[data-channel=CHAT]").click().await?;
        visitor.at("[data-service=service0001]").click().await?;
        let session = clerk.hears().await?;
        clerk.ask("session.decline", &json!({ "session": session })).await?;
    }
    second.part("queue-position").says("2").await?;
    second.browser.run(READER, vec![]).await?;
    first.part("queue-cancel").click().await?;
    hears(&second, "prossimo").await?;
    let heard = transcript(&second).await?;
    let told = heard.iter().filter(|line| line.contains("prossimo")).count();
    ensure!(told == 1 && heard.iter().all(|line| line.starts_with("polite")), "{heard:#?}");
    Ok(())
}

/// Whatever brand colour a site has: text is drawn at 4.5 to 1 and what tells controls apart at 3 to 1, as
/// computed from the rendered styles, in light and dark.
pub(crate) async fn every_brand_colour_can_be_read(stage: Arc<Stage>) -> Outcome {
    let clerk = Clerk::arrive(&stage.host(), "Anna Rossi").await?;
    let visitor = Visitor::arrive(&stage, Look { dark: false, still: true }).await?;
    visitor.open().await?;
    visitor.at("[data-channel=CHAT][data-state=available]").shown().await?;
    every_colour(&stage, &visitor, "home").await?;
    visitor.at("[data-channel=CHAT]").click().await?;
    visitor.at("[data-service=service0001]").click().await?;
    let session = clerk.accept().await?;
    visitor.composer().shown().await?;
    visitor.say("Guardi https://sottovento.example/").await?;
    visitor.say("Grazie").await?;
    visitor.sees_state("Grazie", "sent").await?;
    clerk.say(&session, "Salve: https://sottovento.example/").await?;
    visitor.part("log").says("Salve").await?;
    visitor.composer().keys("E poi").await?;
    every_colour(&stage, &visitor, "chat").await
}

/// The judge is not blind: each thing that is spoilt on purpose is a fault, and without it there is none.
pub(crate) async fn a_planted_fault_is_noticed(stage: Arc<Stage>) -> Outcome {
    let _clerk = Clerk::arrive(&stage.host(), "Anna Rossi").await?;
    let visitor = Visitor::arrive(&stage, Look { dark: false, still: true }).await?;
    visitor.open().await?;
    visitor.at("[data-channel=CHAT][data-state=available]").shown().await?;
    let spoilt = [
        (
            "['aria-label', 'title'].map((name) => root.querySelector('[part~=header-close]').removeAttribute(name))",
            "button-name",
        ),
        (
            "root.querySelector('[part~=check-link]').style.setProperty('color', '#ccc')",
            "color-contrast",
        ),
        (
            "root.querySelector('[part~=header-close]').style.setProperty('width', '30px')",
            "is 30.0 by",
        ),
        ("root.querySelector('[part~=panel]').style.setProperty('right', '-40px')", "sticks out"),
        ("root.querySelector('[part~=title]').style.setProperty('width', '900px')", "sideways"),
        (
            "root.querySelector('[part~=channel-row]').animate([{ opacity: 0.9 }, { opacity: 1 }], 1e6)",
            "animations are running",
        ),
        ("root.querySelector('[part~=panel]').setAttribute('aria-labelledby', 'nowhere')", "aria-"),
    ];
    for (spoil, noticed) in spoilt {
        let judge = Judge::new(&stage.options, 0)?;
        judge.look_once(&visitor, PLAIN, "home").await?;
        judge.verdict()?;
        let keep = "const root = document.querySelector('tvox-widget').shadowRoot; \
                    const panel = root.querySelector('[part~=panel]'); \
                    const mark = (one) => [...one.attributes].map(({ name, value }) => [name, value]); \
                    window.kept = [...root.querySelectorAll('*')].map((one) => [one, mark(one)]);";
        visitor.browser.run(&format!("{keep} {spoil}; return 1"), vec![]).await?;
        let judge = Judge::new(&stage.options, 0)?;
        judge.look_once(&visitor, PLAIN, "home").await?;
        let verdict = judge.verdict();
        let told = verdict.as_ref().err().map(ToString::to_string).unwrap_or_default();
        ensure!(told.contains(noticed), "{spoil} is noticed as {noticed:?}: {told:?}");
        visitor.browser.run(MEND, vec![]).await?;
    }
    Ok(())
}

/// Puts back what was spoilt.
const MEND: &str = r"
  for (const [one, marks] of window.kept) {
    for (const animation of one.getAnimations()) animation.cancel();
    for (const { name } of [...one.attributes]) {
      if (name !== 'style' && !marks.some(([kept]) => kept === name)) one.removeAttribute(name);
    }
    for (const [name, value] of marks) if (name !== 'style') one.setAttribute(name, value);
    if (!one.matches('[part~=root]')) for (const name of ['color', 'width', 'right']) one.style.removeProperty(name);
  }
";

async fn every_colour(stage: &Stage, visitor: &Visitor, what: &str) -> Outcome {
    let mut chance = fastrand::Rng::with_seed(2026);
    for round in 0..BRANDS {
        // The corners of the cube are where computing goes wrong.
        let color = match round {
            0 => "#ffffff".to_owned(),
            1 => "#000000".to_owned(),
            2 => "#ffff00".to_owned(),
            3 => "#808080".to_owned(),
            _ => format!("#{:06x}", chance.u32(0..=0x00ff_ffff)),
        };
        let theme = if round % 2 == 0 { Theme::Light } else { Theme::Dark };
        for theme in if stage.options.full { vec![Theme::Light, Theme::Dark] } else { vec![theme] }
        {
            Variant { theme, ..PLAIN }.put_on(visitor, stage.options.kind).await?;
            let found = visitor.browser.run_async(CONTRASTS, vec![json!(color)]).await?;
            let measured = found.get("measured").and_then(Value::as_u64).unwrap_or(0);
            let poor = found.get("poor").and_then(Value::as_array).cloned().unwrap_or_default();
            ensure!(measured > 5, "{what}: something is measured: {found}");
            ensure!(poor.is_empty(), "{what} in {color}, {}: {poor:#?}", theme.name());
        }
    }
    Ok(())
}

async fn transcript(visitor: &Visitor) -> Outcome<Vec<String>> {
    let heard = visitor.browser.run("return heard", vec![]).await?;
    let heard = heard.as_array().ok_or_else(|| Fault::new("nobody listens"))?.clone();
    Ok(heard.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

async fn hears(visitor: &Visitor, text: &str) -> Outcome {
    wait::until(&format!("{text:?} is heard"), LATER, async || {
        let heard = transcript(visitor).await?;
        let told = heard.iter().any(|line| line.contains(text));
        Ok(if told { Ok(()) } else { Err(format!("{heard:#?}")) })
    })
    .await
}
