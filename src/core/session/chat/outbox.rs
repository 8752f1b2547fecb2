//! Messages that wait: first in, first out, one on its way at a time.
//!
//! One at a time, because a message that is refused for now (too fast, operator changing) must not
//! be overtaken by the one behind it.

use std::collections::VecDeque;

use crate::core::model::Key;
use crate::core::rpc::Request;
use crate::core::time::Timestamp;

/// More than this many waiting messages are refused to the person who writes them.
const MOST: usize = 100;

/// The waiting messages of one session.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    letters: VecDeque<Letter>,
    on_its_way: bool,
    not_before: Timestamp,
    halted: bool,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) key: Key,
    pub(super) request: Request,
}

impl Outbox {
    pub(super) fn is_full(&self) -> bool {
        self.letters.len() >= MOST
    }

    pub(super) fn put(&mut self, letter: Letter) {
        self.letters.push_back(letter);
    }

    /// The letter to send now, if one may go.
    pub(super) fn next(&mut self, now: Timestamp) -> Option<&Letter> {
        if self.on_its_way || self.halted || now < self.not_before {
            return None;
        }
        let letter = self.letters.front()?;
        self.on_its_way = true;
        Some(letter)
    }

    /// The first letter has arrived, or never will.
    pub(super) fn done(&mut self, key: &Key) {
        if self.letters.front().is_some_and(|letter| letter.key == *key) {
            self.letters.pop_front();
            self.on_its_way = false;
        }
    }

    /// The first letter was refused for now: until there is an operator again, or until then.
    pub(super) fn refused(&mut self, no_operator: bool, not_before: Timestamp) {
        self.on_its_way = false;
        if no_operator {
            self.halted = true;
        } else {
            self.not_before = not_before;
        }
    }

    /// There is an operator again.
    pub(super) fn resume(&mut self) {
        self.halted = false;
    }

    /// When the next letter may go, if only time keeps it.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        let held = self.on_its_way || self.halted || self.letters.is_empty();
        (!held).then_some(self.not_before)
    }

    /// Takes every letter out: the session is over.
    pub(super) fn empty(&mut self) -> VecDeque<Letter> {
        self.on_its_way = false;
        std::mem::take(&mut self.letters)
    }
}
