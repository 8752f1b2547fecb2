//! Deliberate mistakes, so that tests can show that they would be noticed.
//!
//! Without the feature `mutants` – which no page can be built with – each of them is never made and
//! costs nothing. With it, none is made until a test asks for it, on its own thread.

#[cfg(all(feature = "mutants", target_arch = "wasm32"))]
compile_error!(
    "mutants are for native tests: a page must not be able to make a mistake on purpose"
);

/// One mistake in the widget's core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// The outbox sends everything at once instead of one message after the other.
    Pipelined,
    /// Logs are followed without saying how far they are known.
    NoSince,
    /// Events of a log are taken as they come, whatever their number.
    NoSeqCheck,
    /// Any frame that comes in counts as the answer to the last ping.
    AnyInbound,
    /// What was asked keeps its number when the connection goes: on the next one, the answer to
    /// something else is taken for its own.
    StaleIds,
    /// What waits is kept for the next page without the message that is under way.
    SentIsGone,
}

#[cfg(feature = "mutants")]
thread_local! {
    static MADE: std::cell::Cell<Option<Mutant>> = const { std::cell::Cell::new(None) };
}

/// Makes this mistake on this thread from now on, or none.
#[cfg(feature = "mutants")]
pub fn make(mutant: Option<Mutant>) {
    MADE.set(mutant);
}

#[cfg(feature = "mutants")]
pub(crate) fn is_made(mutant: Mutant) -> bool {
    MADE.get() == Some(mutant)
}

#[cfg(not(feature = "mutants"))]
pub(crate) const fn is_made(_: Mutant) -> bool {
    false
}
