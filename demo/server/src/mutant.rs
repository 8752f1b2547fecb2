//! Deliberate mistakes, so that tests can show that they would be noticed. Without the feature `mutants` each of them is never made;
//! with it, none is made until a test asks for it, on its own thread.

/// One mistake of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// A repeated key is carried out once more.
    NoDedupe,
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
