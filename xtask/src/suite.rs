//! Running checks one after the other, keeping count and time.

use std::time::{Duration, Instant};

use crate::problem::{Problem, Result};
use crate::tally::Tally;

/// What has been checked so far.
#[derive(Debug, Default)]
pub(crate) struct Suite {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    part: &'static str,
    tally: Tally,
    took: Duration,
    problem: Option<Problem>,
}

impl Suite {
    /// Runs one part, which counts its own checks. A part that cannot run counts as one failure;
    /// the parts after it still run.
    pub(crate) fn part(&mut self, part: &'static str, run: impl FnOnce() -> Result<Tally>) {
        println!("\n=== {part}");
        let start = Instant::now();
        let (tally, problem) = match run() {
            Ok(tally) => (tally, None),
            Err(problem) => {
                println!("{problem}");
                (Tally::of(false), Some(problem))
            }
        };
        self.lines.push(Line { part, tally, took: start.elapsed(), problem });
    }

    /// Runs one part that either holds or does not.
    pub(crate) fn check(&mut self, part: &'static str, run: impl FnOnce() -> Result<()>) {
        self.part(part, || run().map(|()| Tally::of(true)));
    }

    /// The table of all parts and, as the last line, the sum: `N passed, N failed`.
    pub(crate) fn summary(&self) -> String {
        let mut text = format!("\n{:<24}{:>8}{:>8}{:>10}\n", "part", "passed", "failed", "time");
        for Line { part, tally, took, problem } in &self.lines {
            let seconds = took.as_secs_f64();
            text += &format!("{part:<24}{:>8}{:>8}{seconds:>8.1} s", tally.passed, tally.failed);
            if let Some(problem) = problem {
                text += &format!("  {problem}");
            }
            text.push('\n');
        }
        let sum = self.sum();
        text += &format!("\n{} passed, {} failed", sum.passed, sum.failed);
        text
    }

    /// Whether something was checked and all of it held.
    pub(crate) fn held(&self) -> bool {
        let sum = self.sum();
        sum.passed > 0 && sum.failed == 0
    }

    fn sum(&self) -> Tally {
        self.lines.iter().fold(Tally::default(), |sum, line| sum.plus(line.tally))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Suite;
    use crate::problem::Problem;
    use crate::tally::Tally;

    #[test]
    fn the_last_line_is_the_sum_of_all_parts() {
        let mut suite = Suite::default();
        suite.part("natives", || Ok(Tally { passed: 40, failed: 0 }));
        suite.check("format", || Ok(()));
        assert_eq!(suite.summary().lines().last().unwrap(), "41 passed, 0 failed");
        assert!(suite.held());
    }

    #[test]
    fn a_part_that_cannot_run_is_a_failure_and_the_next_one_still_runs() {
        let mut suite = Suite::default();
        suite.part("natives", || Err(Problem::new("does not build")));
        suite.check("format", || Ok(()));
        assert_eq!(suite.summary().lines().last().unwrap(), "1 passed, 1 failed");
        assert!(suite.summary().contains("does not build"));
        assert!(!suite.held());
    }

    #[test]
    fn a_suite_that_checked_nothing_does_not_hold() {
        assert!(!Suite::default().held());
    }
}
