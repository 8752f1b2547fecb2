//! `cargo xtask fuzz`: many frames, and what came of them.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tvox_fuzz::block::{FRAMES, Outcome, play};
use tvox_fuzz::corpus::Corpus;
use tvox_fuzz::memory::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const HELP: &str = "\
fuzz [--frames N] [--seed S]

  --frames N  how many (200000), in blocks of 1000
  --seed S    of the first block (0); each block after it has the next one";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match options(&words).and_then(|(frames, seed)| fuzz(frames, seed)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}\n\n{HELP}");
            ExitCode::FAILURE
        }
    }
}

fn options(words: &[String]) -> Result<(u64, u64), String> {
    let (mut frames, mut seed) = (200_000, 0);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = match word.as_str() {
            "--frames" => &mut frames,
            "--seed" => &mut seed,
            _other => return Err(format!("unknown: {word}")),
        };
        let number = words.next().and_then(|word| word.parse().ok());
        *value = number.ok_or_else(|| format!("{word} needs a number"))?;
    }
    Ok((frames, seed))
}

/// Whether nothing was wrong.
fn fuzz(frames: u64, seed: u64) -> Result<bool, String> {
    let corpus = Corpus::load()?;
    // A panic is told with its seed, below.
    std::panic::set_hook(Box::new(|_| {}));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, start) = (AtomicU64::new(0), Instant::now());
    let (sum, broken) = (Mutex::new(Outcome::default()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let block = next.fetch_add(1, Ordering::Relaxed);
                    if block * FRAMES >= frames {
                        break;
                    }
                    let count = FRAMES.min(frames - block * FRAMES);
                    let mut outcome = play(seed + block, count, &corpus);
                    if let (Some(problem), Ok(mut broken)) = (outcome.broken.take(), broken.lock())
                    {
                        broken.push((seed + block, problem));
                    }
                    let Ok(mut sum) = sum.lock() else { break };
                    sum.frames += outcome.frames;
                    sum.understood += outcome.understood;
                    sum.worst = sum.worst.max(outcome.worst);
                }
            });
        }
    });
    let sum = sum.into_inner().unwrap_or_default();
    let mut broken = broken.into_inner().unwrap_or_default();
    broken.sort();
    for (seed, problem) in broken.iter().take(20) {
        println!(
            "SEED={seed} {problem}\n  again: cargo xtask fuzz --frames {FRAMES} --seed {seed}"
        );
    }
    println!(
        "{} frames, {} of them read as a message, at most {} bytes held for one byte of a long one, in {:.1} s: {} blocks with violations",
        sum.frames,
        sum.understood,
        sum.worst,
        start.elapsed().as_secs_f64(),
        broken.len()
    );
    // Where hardly any frame is read, nothing behind the reading was tried.
    Ok(broken.is_empty() && sum.understood * 5 > sum.frames)
}
