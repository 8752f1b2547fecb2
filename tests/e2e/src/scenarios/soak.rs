//! Widgets that come and go, and what they leave behind: nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::{Browser, Look};
use crate::fault::{Fault, Outcome, ensure, ensure_eq};
use crate::options::Kind;
use crate::stage::Stage;
use crate::wait::{self, SOON};

/// Rounds after which every buffer has its size. Every fourth is a conversation.
const WARM_UP: u64 = 8;
/// How long the long run takes: at several exchanges a second, hours of conversation.
const HURRY: Duration = Duration::from_secs(300);
/// Rounds of one part of the long run.
const PART: u64 = 20;

/// What is there, by what the page and the browser itself count.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Counts {
    /// Sockets, channels, timers, listeners, stored strings, pages of WebAssembly's memory.
    page: Value,
    /// Documents, nodes and listeners after a garbage collection; Chromium only.
    browser: Option<[u64; 3]>,
}

/// Twenty widgets leave no socket, timer, listener, node or page of memory behind.
pub(crate) async fn twenty_widgets_come_and_go_and_leave_nothing_behind(
    stage: Arc<Stage>,
) -> Outcome {
    let browser = open(&stage).await?;
    rounds(&browser, WARM_UP, 2).await?;
    let before = counts(&stage, &browser).await?;
    rounds(&browser, 20, 2).await?;
    same(&before, &counts(&stage, &browser).await?)
}

/// Nor do those of five minutes without a break, with long conversations among them.
pub(crate) async fn five_minutes_in_a_hurry_leave_nothing_behind(stage: Arc<Stage>) -> Outcome {
    let browser = open(&stage).await?;
    rounds(&browser, WARM_UP, 12).await?;
    let before = counts(&stage, &browser).await?;
    let (began, mut done) = (Instant::now(), 0);
    while began.elapsed() < HURRY {
        rounds(&browser, PART, 12).await?;
        done += PART;
        same(&before, &counts(&stage, &browser).await?)?;
    }
    println!("    {done} widgets, {} messages: {before:?}", done / 4 * 25);
    ensure!(done >= 100, "rounds: {done}");
    Ok(())
}

async fn open(stage: &Stage) -> Outcome<Arc<Browser>> {
    let browser = stage.browser("visitor", Look::default()).await?;
    browser.driver.goto(stage.url("/demo/e2e/soak.html")).await?;
    wait::until("the page is ready", SOON, || async {
        let ready = browser.run("return globalThis.soakIsReady ?? false", vec![]).await?;
        Ok(if ready == true { Ok(()) } else { Err("not yet".to_owned()) })
    })
    .await?;
    Ok(browser)
}

/// So many widgets come and go; every fourth exchanges so many messages.
async fn rounds(browser: &Browser, rounds: u64, messages: u64) -> Outcome {
    let script = "const [rounds, messages, done] = arguments; \
                  soak(rounds, messages).then(() => done(null), (error) => done(String(error)))";
    // Four at a time: a script has to answer within half a minute.
    for _ in 0..rounds / 4 {
        let said = browser.run_async(script, vec![json!(4), json!(messages)]).await?;
        if let Some(error) = said.as_str() {
            return Err(Fault::new(error));
        }
    }
    Ok(())
}

/// What the page holds when the last widget's good bye is said: that takes a tenth of a second.
async fn settled(browser: &Browser) -> Outcome<Value> {
    wait::until("no socket, channel or timer is left", SOON, || async {
        let page = browser.run("return counts()", vec![]).await?;
        let left = ["sockets", "channels", "timers"].iter().any(|what| page[what] != 0);
        Ok(if left { Err(page.to_string()) } else { Ok(page) })
    })
    .await
}

async fn counts(stage: &Stage, browser: &Browser) -> Outcome<Counts> {
    settled(browser).await?;
    let of_browser = if stage.options.kind == Kind::Chromium {
        let tools = browser.driver.cdp();
        // What one collection frees may hold on to what only the next one can free.
        for _ in 0..3 {
            tools.send_raw("HeapProfiler.collectGarbage", json!({})).await?;
        }
        let seen = tools.send_raw("Memory.getDOMCounters", json!({})).await?;
        let count = |name: &str| seen.get(name).and_then(Value::as_u64).unwrap_or_default();
        Some(["documents", "nodes", "jsEventListeners"].map(count))
    } else {
        None
    };
    Ok(Counts { page: settled(browser).await?, browser: of_browser })
}

/// Nothing more than before.
fn same(before: &Counts, after: &Counts) -> Outcome {
    ensure_eq!(&after.page, &before.page, "what the page holds");
    let pairs = before.browser.iter().flatten().zip(after.browser.iter().flatten());
    for (what, (before, after)) in ["documents", "nodes", "listeners"].iter().zip(pairs) {
        ensure!(after <= before, "{what} in the browser: {after}, before {before}");
    }
    Ok(())
}
