//! Ten thousand messages in one conversation: how many are drawn, and how fast it scrolls.

use std::sync::Arc;

use serde_json::{Value, json};

use super::figures::{Crowd, Figure, forgive};
use crate::fault::{Outcome, ensure};
use crate::stage::Stage;
use crate::wait::{self, LATER};
use tvox_faults::Shape;

/// More elements than this are never in the list.
const MOST_NODES: u64 = 300;

/// Scrolls by these steps, one a frame, and says what was seen: the most elements there were, frames
/// in which the view was not covered, numbers that did not follow each other, and the frames' times.
const SCROLL: &str = r#"
  const [steps, distance] = arguments;
  const done = arguments[arguments.length - 1];
  const root = document.querySelector("tvox-widget").shadowRoot;
  const log = root.querySelector("[part~=log]");
  const seen = { nodes: 0, bare: 0, torn: 0, frames: [], drawn: 0 };
  let last = performance.now();
  let left = steps;
  const look = () => {
    const now = performance.now();
    seen.frames.push(now - last);
    last = now;
    seen.nodes = Math.max(seen.nodes, log.querySelectorAll("*").length);
    const messages = [...root.querySelectorAll("[part~=message]")];
    const view = log.getBoundingClientRect();
    const first = messages[0]?.getBoundingClientRect();
    const end = messages.at(-1)?.getBoundingClientRect();
    const top = log.scrollTop < 100, bottom = log.scrollHeight - log.scrollTop - log.clientHeight < 100;
    if (!first || (first.top > view.top && !top) || (end.bottom < view.bottom && !bottom)) seen.bare += 1;
    const numbers = messages.map((it) => Number(it.innerText.match(/riga (\d+)/)?.[1])).filter(Boolean);
    if (numbers.some((number, at) => at && number !== numbers[at - 1] + 1)) seen.torn += 1;
    seen.drawn = numbers.length;
    if (left-- > 0) {
      log.scrollTop += distance;
      requestAnimationFrame(() => requestAnimationFrame(look));
    } else done(seen);
  };
  requestAnimationFrame(look);
"#;

/// However long it is, only what is seen is drawn, and scrolling blocks nothing.
pub(crate) async fn ten_thousand_messages_scroll_smoothly(stage: Arc<Stage>) -> Outcome {
    const MESSAGES: usize = 10_000;
    let crowd = Crowd::of(&stage, Shape::default(), 1).await?;
    for n in 1..=MESSAGES {
        crowd.tell(&format!("riga {n}"));
    }
    wait::until("the server has all messages", LATER * 10, async || {
        let waiting: usize =
            crowd.sessions.iter().map(|session| crowd.operator.waiting(session)).sum();
        Ok(if waiting == 0 { Ok(()) } else { Err(format!("{waiting} wait")) })
    })
    .await?;
    crowd.all_see(&format!("riga {MESSAGES}")).await?;
    let browser = &crowd.visitor.browser;
    browser.run("globalThis.record.longTasks.length = 0", vec![]).await?;
    let mut frames = Vec::new();
    for (steps, distance) in [(60, -400), (5, -60_000), (60, -37), (60, 400), (12, 200_000)] {
        let seen = browser.run_async(SCROLL, vec![json!(steps), json!(distance)]).await?;
        let number = |name: &str| seen.get(name).and_then(Value::as_u64).unwrap_or(u64::MAX);
        ensure!(number("nodes") <= MOST_NODES, "{} elements in the list", number("nodes"));
        ensure!(number("bare") == 0, "by {distance}: {} frames showed nothing", number("bare"));
        ensure!(number("torn") == 0, "by {distance}: {} frames had gaps", number("torn"));
        let times = seen.get("frames").and_then(Value::as_array).into_iter().flatten();
        frames.extend(times.filter_map(Value::as_f64).skip(1));
        println!("    by {distance} px: at most {} elements", number("nodes"));
    }
    // One more at the end is drawn at once.
    crowd.tell("un'altra");
    crowd.all_see("un'altra").await?;
    let tasks = crowd.record("longTasks").await?;
    let tasks = tasks.as_array().into_iter().flatten();
    let long: Vec<f64> = tasks.filter_map(|task| task.get(1).and_then(Value::as_f64)).collect();
    forgive(&stage);
    Figure::of("two frames of scrolling through 10 000 messages", frames)
        .reaches(&[(0.95, 50.0)])?;
    Figure::of("tasks of 50 ms and more meanwhile", long).none_beyond(50.0)
}
