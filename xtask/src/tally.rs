//! Counting what test runs print.

/// How many checks passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Checks that held.
    pub(crate) passed: u64,
    /// Checks that did not, could not run, or did not build.
    pub(crate) failed: u64,
}

impl Tally {
    /// One check, by whether it held.
    pub(crate) const fn of(held: bool) -> Self {
        if held { Self { passed: 1, failed: 0 } } else { Self { passed: 0, failed: 1 } }
    }

    /// Both together.
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    /// The counts of one line of a test run's output, where the line is a summary:
    /// `test result: ok. 3 passed; 0 failed; …` of libtest, wasm-bindgen-test and our own suite, and
    /// `# pass 3`, `# fail 0` of Node (TAP).
    pub(crate) fn of_line(line: &str) -> Option<Self> {
        let plain = without_colour(line);
        if let Some(passed) = plain.strip_prefix("# pass ") {
            return Some(Self { passed: passed.trim().parse().ok()?, failed: 0 });
        }
        if let Some(failed) = plain.strip_prefix("# fail ") {
            return Some(Self { passed: 0, failed: failed.trim().parse().ok()? });
        }
        let counts = plain.trim_start().strip_prefix("test result:")?;
        let count = |what: &str| {
            counts
                .split([';', '.'])
                .find_map(|part| part.trim().strip_suffix(what)?.trim().parse().ok())
        };
        Some(Self { passed: count("passed")?, failed: count("failed")? })
    }

    /// What a whole run amounts to, given the sum of its lines and whether it ended well.
    ///
    /// A run that failed without naming a failed test did not build or broke off: that is one
    /// failure. A run that was to test something and tested nothing is one as well.
    pub(crate) const fn of_run(counted: Self, ended_well: bool, may_be_empty: bool) -> Self {
        let unexplained = !ended_well && counted.failed == 0;
        let empty = ended_well && !may_be_empty && counted.passed + counted.failed == 0;
        if unexplained || empty { counted.plus(Self::of(false)) } else { counted }
    }
}

/// `line` without terminal colour sequences (`ESC [ … letter`).
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(letter) = rest.next() {
        if letter == '\u{1b}' {
            for skipped in rest.by_ref() {
                if skipped.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::Tally;

    const fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn a_summary_line_of_libtest_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.02s";
        assert_eq!(Tally::of_line(line), Some(tally(12, 3)));
    }

    #[test]
    fn the_two_summary_lines_of_node_are_counted() {
        assert_eq!(Tally::of_line("# pass 14"), Some(tally(14, 0)));
        assert_eq!(Tally::of_line("# fail 2"), Some(tally(0, 2)));
        assert_eq!(Tally::of_line("# tests 16"), None);
    }

    #[test]
    fn a_summary_line_of_wasm_bindgen_test_is_counted() {
        let line =
            "test result: ok. 5 passed; 0 failed; 0 ignored; 0 filtered out; finished in 1.23s";
        assert_eq!(Tally::of_line(line), Some(tally(5, 0)));
    }

    #[test]
    fn colours_do_not_hide_a_summary() {
        let line = "test result: \u{1b}[32mok\u{1b}(B\u{1b}[m. 7 passed; 0 failed; 0 ignored";
        assert_eq!(Tally::of_line(line), Some(tally(7, 0)));
    }

    #[test]
    fn the_line_of_one_test_is_no_summary() {
        assert_eq!(Tally::of_line("test result_is_kept ... ok"), None);
        assert_eq!(Tally::of_line("running 3 tests"), None);
        assert_eq!(Tally::of_line("test result: unknown"), None);
    }

    #[test]
    fn a_run_that_ends_badly_without_a_failed_test_counts_one_failure() {
        assert_eq!(Tally::of_run(tally(4, 0), false, false), tally(4, 1));
        assert_eq!(Tally::of_run(tally(4, 2), false, false), tally(4, 2));
    }

    #[test]
    fn a_run_without_any_test_fails_unless_it_was_filtered() {
        assert_eq!(Tally::of_run(tally(0, 0), true, false), tally(0, 1));
        assert_eq!(Tally::of_run(tally(0, 0), true, true), tally(0, 0));
    }
}
