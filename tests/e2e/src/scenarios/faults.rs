//! The real widget behind a proxy that breaks its connections, its server and its page.

use std::sync::Arc;

use crate::browser::Look;
use crate::fault::{Outcome, ensure};
use crate::options::Kind;
use crate::stage::Stage;
use crate::storm::{self, Size, Tally, Weather};
use crate::visitor::Visitor;
use crate::watch::is_lost_line;

/// Seconds are short here: a heartbeat a second, an attempt a second.
const PAGE: &str = "/demo/e2e/faults.html?heartbeat=1000&interval=1000";

/// Twenty faults, every kind among them, and not one message is lost, doubled or reordered.
pub(crate) async fn twenty_faults_lose_double_and_reorder_nothing(stage: Arc<Stage>) -> Outcome {
    storms(&stage, 1, 20, 120).await
}

/// 500 faults and 10 000 messages, in conversations of 400.
pub(crate) async fn five_hundred_faults_lose_double_and_reorder_nothing(
    stage: Arc<Stage>,
) -> Outcome {
    storms(&stage, 25, 20, 400).await
}

async fn storms(stage: &Arc<Stage>, rounds: u64, faults: usize, messages: usize) -> Outcome {
    let first: u64 =
        std::env::var("TVOX_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let kinds = Weather::ALL.into_iter().filter(|kind| can_happen(*kind, stage.options.kind));
    let size = Size { faults, messages, kinds: kinds.collect() };
    let visitor = Visitor::arrive_at(stage, "visitor", PAGE, Look::default()).await?;
    let mut sum = Tally::default();
    for seed in first..first + rounds {
        if seed > first {
            visitor.browser.run("document.querySelector('tvox-widget').forget()", vec![]).await?;
            visitor.go(stage, PAGE).await?;
        }
        let tally = storm::play(stage, &visitor, seed, &size).await?;
        println!("    TVOX_SEED={seed}: {tally}");
        sum.add(&tally);
    }
    println!("    all: {sum}");
    visitor.browser.watch.forgive(is_lost_line);
    ensure!(sum.is_whole(), "{sum}");
    Ok(())
}

/// Firefox cannot be told to freeze a page.
fn can_happen(kind: Weather, browser: Kind) -> bool {
    match browser {
        Kind::Chromium => true,
        Kind::Firefox => kind != Weather::Frozen,
    }
}
