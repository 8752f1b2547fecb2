//! `cargo xtask simulate`: many seeds, and what came of them.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tvox_simulator::fault::{FAULTS, Fault};
use tvox_simulator::world::{Size, play};

#[derive(Default)]
struct Sum {
    faults: BTreeMap<Fault, u64>,
    messages: u64,
    time: u64,
    broken: Vec<(u64, Vec<String>)>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, default: u64| {
        let at = words.iter().position(|word| word == name);
        at.and_then(|at| words.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    let (first, seeds) = (number("--from", 0), number("--seeds", 1_000));
    let size = Size {
        messages: number("--messages", 25),
        faults: number("--faults", 10),
        reloads: !words.iter().any(|word| word == "--no-reloads"),
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, sum, start) = (AtomicU64::new(first), Mutex::new(Sum::default()), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds {
                        break;
                    }
                    let outcome = play(seed, size);
                    let Ok(mut sum) = sum.lock() else { break };
                    for (fault, count) in outcome.faults {
                        *sum.faults.entry(fault).or_default() += count;
                    }
                    sum.messages += outcome.messages;
                    sum.time += outcome.time;
                    if !outcome.violations.is_empty() {
                        sum.broken.push((seed, outcome.violations));
                    }
                }
            });
        }
    });
    let Ok(sum) = sum.into_inner() else { return ExitCode::FAILURE };
    report(&sum, seeds, size, start.elapsed().as_secs_f64())
}

fn report(sum: &Sum, seeds: u64, size: Size, took: f64) -> ExitCode {
    let faults: u64 = sum.faults.values().sum();
    let mut rare = Vec::new();
    for fault in FAULTS {
        let count = sum.faults.get(&fault).copied().unwrap_or_default();
        let share = count * 1000 / faults.max(1);
        println!("{:<14}{count:>9}{:>7}.{} %", format!("{fault:?}"), share / 10, share % 10);
        // A kind that hardly strikes shows nothing.
        if share < 50 && (size.reloads || fault != Fault::Reload) {
            rare.push(fault);
        }
    }
    let mut broken = sum.broken.clone();
    broken.sort();
    for (seed, violations) in broken.iter().take(20) {
        println!("SEED={seed} {}", violations.join("; "));
    }
    println!(
        "{seeds} seeds, {} messages, {faults} faults, {} simulated hours in {took:.1} s: {} seeds with violations",
        sum.messages,
        sum.time / 3_600_000,
        broken.len()
    );
    if !rare.is_empty() {
        println!("too rare to mean anything: {rare:?}");
    }
    if broken.is_empty() && rare.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
