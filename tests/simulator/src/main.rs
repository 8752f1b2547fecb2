//! `cargo xtask simulate`: many seeds, and what came of them.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tvox_simulator::fault::{FAULTS, Fault};
use tvox_simulator::mutant::{MUTANTS, Mutant};
use tvox_simulator::world::{Size, play};

const HELP: &str = "\
simulate [--seeds N] [--from N] [--messages N] [--faults N] [--no-reloads] [--mutant NAME]

  --seeds N      how many runs (1000), from seed --from on (0)
  --messages N   of each side in a run (25)
  --faults N     in a run (10)
  --no-reloads   the page is never loaded anew
  --mutant NAME  make this mistake on purpose; it is well if somebody notices";

/// A kind of fault below this share of all shows nothing, in permille.
const RARE: u64 = 50;

/// Seeds that are named when they fail.
const NAMED: usize = 20;

#[derive(Debug)]
struct Options {
    from: u64,
    seeds: u64,
    size: Size,
    mutant: Option<Mutant>,
}

#[derive(Default)]
struct Sum {
    faults: BTreeMap<Fault, u64>,
    messages: u64,
    slow: u64,
    time: u64,
    broken: Vec<(u64, Vec<String>)>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match options(&words) {
        Ok(options) => {
            let start = Instant::now();
            let sum = play_all(&options);
            if report(&options, &sum, start.elapsed().as_secs_f64()) {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(problem) => {
            eprintln!("{problem}\n\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

fn options(words: &[String]) -> Result<Options, String> {
    let size = Size { messages: 25, faults: 10, reloads: true, mutant: None };
    let mut options = Options { from: 0, seeds: 1_000, size, mutant: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut number = || {
            let next = words.next().and_then(|word| word.parse().ok());
            next.ok_or_else(|| format!("{word} needs a number"))
        };
        match word.as_str() {
            "--from" => options.from = number()?,
            "--seeds" => options.seeds = number()?,
            "--messages" => options.size.messages = number()?,
            "--faults" => options.size.faults = number()?,
            "--no-reloads" => options.size.reloads = false,
            "--mutant" => {
                let mutant = words.next().and_then(|name| Mutant::of_name(name));
                let known = MUTANTS.map(Mutant::name).join(", ");
                options.mutant = Some(mutant.ok_or(format!("--mutant is one of {known}"))?);
            }
            _other => return Err(format!("unknown: {word}")),
        }
    }
    options.size.mutant = options.mutant;
    Ok(options)
}

fn play_all(options: &Options) -> Sum {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, sum) = (AtomicU64::new(options.from), Mutex::new(Sum::default()));
    let end = options.from + options.seeds;
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    let outcome = play(seed, options.size);
                    let Ok(mut sum) = sum.lock() else { break };
                    for (fault, count) in outcome.faults {
                        *sum.faults.entry(fault).or_default() += count;
                    }
                    sum.messages += outcome.messages;
                    sum.slow += outcome.slow;
                    sum.time += outcome.time;
                    if !outcome.violations.is_empty() {
                        sum.broken.push((seed, outcome.violations));
                    }
                }
            });
        }
    });
    let mut sum = sum.into_inner().unwrap_or_default();
    sum.broken.sort();
    sum
}

/// Prints what happened; whether it is as it should be.
fn report(options: &Options, sum: &Sum, took: f64) -> bool {
    let faults: u64 = sum.faults.values().sum();
    let mut rare = Vec::new();
    for fault in FAULTS {
        let count = sum.faults.get(&fault).copied().unwrap_or_default();
        let share = count * 1000 / faults.max(1);
        println!("{:<14}{count:>9}{:>7}.{} %", format!("{fault:?}"), share / 10, share % 10);
        if share < RARE && (options.size.reloads || fault != Fault::Reload) {
            rare.push(fault);
        }
    }
    println!("{:<14}{:>9}  connections closed with 4102", "of which slow", sum.slow);
    for (seed, violations) in sum.broken.iter().take(NAMED) {
        println!("SEED={seed} {}", violations.join("; "));
    }
    let found = |word: &str| {
        let has = |(_, violations): &&(u64, Vec<String>)| {
            violations.iter().any(|violation| violation.contains(word))
        };
        sum.broken.iter().filter(has).count()
    };
    let broken = sum.broken.len();
    println!(
        "{} seeds, {} messages, {faults} faults, {} simulated hours in {took:.1} s: \
         {broken} seeds with violations (lost {}, doubled {}, reordered {})",
        options.seeds,
        sum.messages,
        sum.time / 3_600_000,
        found("lost"),
        found("doubled"),
        found("reordered"),
    );
    if let Some(mutant) = options.mutant {
        let verdict = if broken > 0 { "noticed" } else { "NOT NOTICED" };
        println!("{}: {verdict}", mutant.name());
        return broken > 0;
    }
    if let Some((seed, _)) = sum.broken.first() {
        let Size { messages, faults, reloads, .. } = options.size;
        let no_reloads = if reloads { "" } else { " --no-reloads" };
        println!(
            "again: cargo xtask simulate --from {seed} --seeds 1 --messages {messages} --faults {faults}{no_reloads}"
        );
    }
    if options.seeds >= 100 && !rare.is_empty() {
        println!("too rare to mean anything: {rare:?}");
        return false;
    }
    broken == 0
}
