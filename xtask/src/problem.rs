//! What went wrong, in words for the person at the terminal.

use std::fmt;

/// A command that could not do its work, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem(String);

/// What every fallible function here returns.
pub(crate) type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    /// A problem described by `what`: a sentence that says what is missing and how to get it.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// A failed file operation on `path`.
    pub(crate) fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self(format!("cannot {doing} {}: {error}", path.display()))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}
