//! The order of events: they come, they talk, they fall silent, they go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep_until};

use crate::flood::flood;
use crate::meter::Meter;
use crate::operator::Operator;
use crate::options::Options;
use crate::report::Report;
use crate::server::Server;
use crate::visitor::{Pace, Visitor};

/// The service that is asked.
pub(crate) const SERVICE: &str = "service0001";
/// Conversations of one operator.
const CONTACTS: usize = 25;
/// How long everybody may take to arrive, beside the pace at which they come.
const ARRIVAL: Duration = Duration::from_secs(120);
/// How long what is under way may take to arrive when the talking is over.
const DRAIN: Duration = Duration::from_secs(30);
/// How long it is silent at least before anybody goes.
const SILENCE: Duration = Duration::from_secs(2);
/// How long good byes may take.
const LEAVE: Duration = Duration::from_secs(30);

/// What everybody does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Visitors come, and are answered.
    Arrival,
    /// Both sides write.
    Talk,
    /// What was written arrives.
    Drain,
    /// Everybody goes.
    Over,
}

/// Does all of it.
///
/// # Errors
/// The server does not start, or an operator cannot log in: there is nothing to report.
pub(crate) async fn run(options: &Options) -> Result<Report, String> {
    let server = Server::start(options).await?;
    let meter = Arc::new(Meter::new());
    let (phase, seen) = watch::channel(Phase::Arrival);
    let mut people = JoinSet::new();

    let each_side = Duration::from_secs(2).mul_f64(1.0 / count(options.rate));
    let operators = options.conversations.div_ceil(CONTACTS);
    for number in 0..operators {
        let pace = pace(each_side, operators, number);
        let (meter, phase) = (Arc::clone(&meter), seen.clone());
        let operator = Operator { number, meter, phase, pace };
        let working = operator.log_in(server.address).await?;
        people.spawn(async move { drop(working.await) });
    }

    let empty = server.taken();
    let mut door = interval(Duration::from_secs(1).mul_f64(1.0 / count(options.connects)));
    for number in 0..options.visitors {
        door.tick().await;
        // Those who talk come last: what the others take is known by then.
        let talker = number.checked_sub(options.visitors - options.conversations);
        let visitor = Visitor {
            url: format!("http://{}", server.address),
            meter: Arc::clone(&meter),
            phase: seen.clone(),
            talk: talker.map(|number| pace(each_side, options.conversations, number)),
        };
        people.spawn(visitor.visit());
    }
    let counts = &meter.counts;
    reached(&counts.connected, options.visitors as u64, ARRIVAL).await;
    reached(&counts.talking, options.conversations as u64, ARRIVAL).await;
    // One heartbeat of everybody: buffers have their size, and caches are warm.
    sleep_until(Instant::now() + Duration::from_secs(5)).await;
    let full = server.taken();

    let began = Instant::now();
    let frames = sum(&counts.frames);
    let end = began + Duration::from_secs(options.seconds);
    let _ = phase.send(Phase::Talk);
    if options.flood > 0 {
        sleep_until(began + Duration::from_secs(options.seconds) / 2).await;
        meter.flood_begins();
        people.spawn(flood(server.address, options.flood, Arc::clone(&meter), seen.clone()));
    }
    sleep_until(end).await;
    let _ = phase.send(Phase::Drain);
    let talked = began.elapsed();
    let (over, frames) = (server.taken(), sum(&counts.frames) - frames);
    // On a machine that is busy, who is told to fall silent hears of it late.
    sleep_until(Instant::now() + SILENCE).await;
    for side in [&counts.by_visitors, &counts.by_operators] {
        all_arrived(side, DRAIN).await;
    }
    let stored = server.stored();
    let _ = phase.send(Phase::Over);
    let gone = tokio::time::timeout(LEAVE, async { while people.join_next().await.is_some() {} });
    if gone.await.is_err() {
        meter.wrong("somebody does not leave");
    }
    server.end().await;
    // Nobody writes any more.
    for side in [&counts.by_visitors, &counts.by_operators] {
        let [written, acknowledged, seen] = side.each_ref().map(|it| it.load(Ordering::Relaxed));
        for (what, arrived) in [("acknowledged", acknowledged), ("seen", seen)] {
            if arrived != written {
                meter.wrong(format!("{arrived} messages of {written} {what}"));
            }
        }
        if written == 0 {
            meter.wrong("a side wrote nothing");
        }
    }
    Ok(Report {
        options: options.clone(),
        operators,
        talked,
        frames,
        stored,
        memory: [empty, full, over],
        meter,
    })
}

/// How often one of so many acts, if all of them together act every `all`; one after the other.
fn pace(all: Duration, of: usize, number: usize) -> Pace {
    let size = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Pace { every: all * size(of), first: all * size(number) }
}

/// Waits until a count is reached, or the time is up.
async fn reached(count: &AtomicU64, wanted: u64, limit: Duration) {
    let mut looks = interval(Duration::from_millis(20));
    let all = async {
        while count.load(Ordering::Relaxed) < wanted {
            looks.tick().await;
        }
    };
    // Whoever needs it counts what is missing.
    let _ = tokio::time::timeout(limit, all).await;
}

/// Waits until all that a side wrote is acknowledged and seen, or the time is up.
async fn all_arrived(side: &[AtomicU64; 3], limit: Duration) {
    let mut looks = interval(Duration::from_millis(20));
    let all = async {
        while side.iter().any(|it| it.load(Ordering::Relaxed) != side[0].load(Ordering::Relaxed)) {
            looks.tick().await;
        }
    };
    // What is missing is counted at the end.
    let _ = tokio::time::timeout(limit, all).await;
}

fn sum(counts: &[AtomicU64]) -> u64 {
    counts.iter().map(|count| count.load(Ordering::Relaxed)).sum()
}

/// As a factor: counts here are small.
fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
