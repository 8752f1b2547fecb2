//! A message of a conversation, as one side sees it.

/// Who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Who wrote what, in order: what must be the same on both sides.
pub(crate) fn said(lines: &[Line]) -> Vec<(From, &str)> {
    lines.iter().map(|line| (line.from, line.text.as_str())).collect()
}
