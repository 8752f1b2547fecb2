//! Running scenarios one after the other and saying how it went.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::fault::{Fault, Outcome};
use crate::options::{Kind, Options};
use crate::relay;
use crate::sample;
use crate::stage::{Setup, Stage};

/// No scenario may take longer, and no long one.
const LIMIT: Duration = Duration::from_secs(150);
const LONG_LIMIT: Duration = Duration::from_secs(2 * 3600);

/// A running scenario.
pub(crate) type Play = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// One scenario.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    /// A sentence that can be false.
    pub(crate) name: &'static str,
    /// How it wants its server.
    pub(crate) setup: Setup,
    /// What happens.
    pub(crate) play: fn(Arc<Stage>) -> Play,
}

/// Runs those that are wanted; true if none failed. The last line is a summary as libtest prints it.
pub(crate) async fn run(options: &Options, scenarios: &[Scenario]) -> bool {
    let kind = options.kind.name();
    let wanted: Vec<_> = scenarios.iter().filter(|scenario| options.wants(scenario.name)).collect();
    println!("running {} scenarios in {kind}", wanted.len());
    let start = Instant::now();
    let (mut passed, mut failures) = (0, Vec::new());
    let mut stop = pin!(interrupted());
    let mut ignored = 0;
    for scenario in &wanted {
        if scenario.setup.long && !(options.full && options.kind == Kind::Chromium) {
            println!("test {kind}::{} ... ignored, only with --full in Chromium", scenario.name);
            ignored += 1;
            continue;
        }
        if scenario.setup.reference && sample::text(&options.site).is_none() {
            println!("test {kind}::{} ... ignored, TVOX_REFERENCE names no text", scenario.name);
            ignored += 1;
            continue;
        }
        if scenario.setup.coturn && relay::program().is_none() {
            println!("test {kind}::{} ... ignored, there is no turnserver (coturn)", scenario.name);
            ignored += 1;
            continue;
        }
        let began = Instant::now();
        let outcome = perform(options, scenario, stop.as_mut()).await;
        let word = if outcome.is_ok() { "ok" } else { "FAILED" };
        println!(
            "test {kind}::{} ... {word} ({:.1} s)",
            scenario.name,
            began.elapsed().as_secs_f64()
        );
        passed += usize::from(outcome.is_ok());
        if let Err(fault) = outcome {
            println!("    {fault}");
            let over = fault.is_interruption();
            failures.push((scenario.name, fault));
            if over {
                break;
            }
        }
    }
    if !failures.is_empty() {
        println!("\nfailures:");
        for (name, fault) in &failures {
            println!("    {name}: {fault}");
        }
    }
    let word = if failures.is_empty() { "ok" } else { "FAILED" };
    let left_out = scenarios.len() - passed - failures.len() - ignored;
    println!(
        "\ntest result: {word}. {passed} passed; {} failed; {ignored} ignored; 0 measured; {left_out} filtered out; finished in {:.2}s",
        failures.len(),
        start.elapsed().as_secs_f64()
    );
    failures.is_empty()
}

async fn perform(
    options: &Options,
    scenario: &Scenario,
    stop: Pin<&mut impl Future<Output = ()>>,
) -> Outcome {
    let stage = Arc::new(Stage::new(options.clone(), scenario.setup).await?);
    let play = tokio::spawn((scenario.play)(Arc::clone(&stage)));
    let abort = play.abort_handle();
    let limit = if scenario.setup.long || options.full { LONG_LIMIT } else { LIMIT };
    let outcome = tokio::select! {
        over = play => match over {
            Ok(outcome) => outcome.and_then(|()| stage.verdict()),
            Err(panic) => Err(Fault::new(format!("the scenario itself broke: {panic}"))),
        },
        () = tokio::time::sleep(limit) => Err(Fault::new(format!("not over within {limit:?}"))),
        () = stop => Err(Fault::interruption()),
    };
    abort.abort();
    if outcome.is_err() {
        keep_evidence(&stage, scenario.name).await;
    }
    stage.close().await;
    outcome
}

/// Ctrl-C or an order to end: the browsers of the running scenario are still to be closed.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut order) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _typed = tokio::signal::ctrl_c() => {}
        _ordered = order.recv() => {}
    }
}

/// Pictures of every browser and what server and pages have said, under `failures/`.
async fn keep_evidence(stage: &Stage, name: &str) {
    let options = &stage.options;
    let folder = options.screenshots.join("failures").join(options.kind.name());
    let _ = std::fs::create_dir_all(&folder);
    let mut notes = stage.server_log().await;
    for browser in stage.browsers() {
        let path = folder.join(format!("{name}-{}.png", browser.person));
        let picture = browser.picture(&path);
        let _ = tokio::time::timeout(Duration::from_secs(10), picture).await;
        notes.push(format!("--- {}", browser.person));
        notes.extend(browser.watch.incidents().iter().map(ToString::to_string));
        notes.extend(browser.watch.requests());
    }
    let _ = std::fs::write(folder.join(format!("{name}.log")), notes.join("\n"));
}
