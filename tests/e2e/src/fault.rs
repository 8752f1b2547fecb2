//! Why a scenario failed.

use std::fmt;

/// A sentence that says what was expected and what was seen instead.
#[derive(Debug)]
pub(crate) struct Fault {
    what: String,
    interruption: bool,
}

/// What every step of a scenario returns.
pub(crate) type Outcome<T = ()> = Result<T, Fault>;

impl Fault {
    /// A fault described by `what`.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), interruption: false }
    }

    /// The suite was told to stop.
    pub(crate) fn interruption() -> Self {
        Self { what: "interrupted".to_owned(), interruption: true }
    }

    /// Whether the suite was told to stop.
    pub(crate) const fn is_interruption(&self) -> bool {
        self.interruption
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

/// Ends the scenario with a fault unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($what:tt)+) => {
        if $condition {
        } else {
            return Err($crate::fault::Fault::new(format!($($what)+)));
        }
    };
}

/// Ends the scenario with a fault unless both are equal; shows both.
macro_rules! ensure_eq {
    ($seen:expr, $expected:expr, $what:expr) => {{
        let (seen, expected) = (&$seen, &$expected);
        if seen != expected {
            let what = $what;
            return Err($crate::fault::Fault::new(format!(
                "{what}: expected {expected:?}, seen {seen:?}"
            )));
        }
    }};
}

pub(crate) use {ensure, ensure_eq};
