use crate::core::connection::state::LinkId;
use crate::core::rpc::{Codec, MAX_FRAME};

/// The number of the first call on a line.
pub(super) const HELLO: u64 = 1;

/// An open socket. What was asked on it is remembered where it is wanted: by the calls and the
/// watches.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) link: LinkId,
    pub(super) codec: Codec,
    pub(super) frame_limit: usize,
    /// Subscriptions asked for that nobody wanted any more when the answer came.
    pub(super) unwanted: Vec<u64>,
}

impl Line {
    pub(super) fn new(link: LinkId) -> Self {
        Self { link, codec: Codec::default(), frame_limit: MAX_FRAME, unwanted: Vec::new() }
    }
}
