use super::calls::Call;
use crate::core::connection::state::LinkId;
use crate::core::map::Map;
use crate::core::rpc::{Codec, Topic};
use crate::core::time::Timestamp;

/// An open socket and what was asked on it.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) link: LinkId,
    pub(super) codec: Codec,
    pub(super) asked: Map<u64, Question>,
    pub(super) frame_limit: usize,
}

#[derive(Debug)]
pub(super) enum Question {
    Hello,
    Ping,
    Topic(Topic),
    Call(Box<Call>),
    Nothing,
}

impl Line {
    pub(super) fn last_id(&self, wanted: impl Fn(&Question) -> bool) -> Option<u64> {
        self.asked.iter().rev().find(|(_, question)| wanted(question)).map(|(id, _)| *id)
    }

    pub(super) fn deadlines(&self) -> impl Iterator<Item = Timestamp> {
        self.asked.values().filter_map(|question| match question {
            Question::Call(call) => call.deadline,
            Question::Hello | Question::Ping | Question::Topic(_) | Question::Nothing => None,
        })
    }
}
