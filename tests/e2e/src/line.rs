//! A message of a conversation, as one side sees it.

/// Who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum From {
    /// The visitor.
    Visitor,
    /// The operator, a person or the echo.
    Operator,
}

/// One message on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Who wrote it.
    pub(crate) from: From,
    /// Its text.
    pub(crate) text: String,
    /// How far it has come, where the screen says so: `sending`, `sent`, `delivered`, `read`, `failed`.
    pub(crate) state: Option<String>,
}

impl Line {
    /// Whether it has come just this far.
    pub(crate) fn is(&self, state: &str) -> bool {
        self.state.as_deref() == Some(state)
    }
}

/// Who wrote what, in order: what must be the same on both sides.
pub(crate) fn said(lines: &[Line]) -> Vec<(From, &str)> {
    lines.iter().map(|line| (line.from, line.text.as_str())).collect()
}
