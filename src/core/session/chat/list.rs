//! The order of a conversation: what the server has numbered by number, what waits after it.

use super::entry::{Change, Delivery, Entry, EntryKey, delivery};
use crate::core::model::{ChatChannelEventMessage, Key, MessageId, Private, Watermarks};
use crate::core::mutant::{self, Mutant};
use crate::core::rpc::{Part, Sent};

/// Of a longer conversation a page keeps only the end, and reads the whole again from the server:
/// storage is small, and waiting messages have to find room in it.
const KEPT_MOST: usize = 500;

/// A list of entries that is edited by [`Change`]s.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversation {
    entries: Vec<Entry>,
}

impl Conversation {
    /// The entries in the order they are read.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Follows an edit. One that does not fit the list is left out: it belongs to another list.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Reset(entries) => self.entries = entries,
            Change::Insert { index, entry } if index <= self.entries.len() => {
                self.entries.insert(index, entry);
            }
            Change::Update { index, entry } => {
                if let Some(old) = self.entries.get_mut(index) {
                    *old = entry;
                }
            }
            Change::Remove { index } if index < self.entries.len() => {
                self.entries.remove(index);
            }
            Change::Insert { .. } | Change::Remove { .. } => {}
        }
    }
}

/// The list as the machine keeps it: every method makes edits and notes them.
#[derive(Debug, Default)]
pub(super) struct List {
    conversation: Conversation,
    watermarks: Watermarks,
    changes: Vec<Change>,
    /// Whether they concern what waits.
    waiting: bool,
}

impl List {
    pub(super) fn entries(&self) -> &[Entry] {
        self.conversation.entries()
    }

    /// The edits since this was last asked for, and whether they concern what waits.
    pub(super) fn changes(&mut self) -> (Vec<Change>, bool) {
        (std::mem::take(&mut self.changes), std::mem::take(&mut self.waiting))
    }

    /// What the next page has to know.
    pub(super) fn kept(&self, part: Part) -> &[Entry] {
        let numbered = self.place(Some(u64::MAX));
        let range = match part {
            Part::Session => 0..0,
            Part::Log => numbered.saturating_sub(KEPT_MOST)..numbered,
            Part::Outbox => {
                let under_way = usize::from(mutant::is_made(Mutant::SentIsGone));
                (numbered + under_way).min(self.entries().len())..self.entries().len()
            }
        };
        &self.entries()[range]
    }

    /// Whether there is a message of this key.
    pub(super) fn knows(&self, key: &Key) -> bool {
        self.find(key).is_some()
    }

    /// A stretch of the server's log, which may hold our own messages.
    pub(super) fn log(&mut self, events: &[&ChatChannelEventMessage], reset: bool) {
        // What comes at once, as after a reload, is told at once.
        if reset || (events.len() > 1 && self.entries().is_empty()) {
            return self.reset(events, reset);
        }
        for event in events {
            self.event(event);
        }
    }

    #[inline(never)]
    fn reset(&mut self, events: &[&ChatChannelEventMessage], forget: bool) {
        if forget {
            self.watermarks = Watermarks::default();
        }
        let mut entries = Vec::new();
        for event in events {
            match file_told_before(&entries, event) {
                Some(at) => entries[at].attachment.clone_from(&event.attachment),
                None => entries.push(Entry::of_event(event, self.watermarks)),
            }
        }
        for entry in self.entries() {
            let ours = |event: &&ChatChannelEventMessage| {
                event.key.as_ref().is_some_and(|key| entry.key.is(key))
            };
            if entry.seq.is_none() && !events.iter().any(ours) {
                entries.push(entry.clone());
            }
        }
        self.make(Change::Reset(entries));
    }

    fn event(&mut self, event: &ChatChannelEventMessage) {
        if let Some(index) = file_told_before(self.entries(), event) {
            let attachment = event.attachment.clone();
            let entry = Entry { attachment, ..self.entries()[index].clone() };
            return self.make(Change::Update { index, entry });
        }
        let entry = Entry::of_event(event, self.watermarks);
        let index = self.place(entry.seq);
        let known = match &event.key {
            Some(key) => self.find(key),
            None => Some(index).filter(|&index| {
                self.entries().get(index).is_some_and(|there| there.seq == entry.seq)
            }),
        };
        match known {
            Some(at) => self.settle(at, entry),
            None => self.make(Change::Insert { index, entry }),
        }
    }

    /// A message of ours waits.
    pub(super) fn wait(&mut self, key: &Key, text: Private<String>, greeting: bool) {
        let entry = Entry::unsent(key, text, greeting);
        let index = self.entries().len();
        self.make(Change::Insert { index, entry });
    }

    /// The server has taken a message of ours.
    #[inline(never)]
    pub(super) fn sent(&mut self, key: &Key, sent: Sent) {
        let Some(at) = self.find(key) else { return };
        let mut entry = self.entries()[at].clone();
        if entry.seq.is_none() {
            entry.seq = Some(sent.seq);
            entry.id = Some(sent.id);
            entry.created_at = sent.created_at;
            entry.delivery = delivery(&entry.direction, entry.seq, self.watermarks);
            self.settle(at, entry);
        }
    }

    /// A message of ours has another fate: failed, or waiting again.
    pub(super) fn fate(&mut self, key: &Key, fate: Delivery) {
        if let Some(index) = self.find(key) {
            self.deliver(index, fate);
        }
    }

    /// A person lets a failed message go, or takes it up again: it leaves its place.
    pub(super) fn take_failed(&mut self, key: &EntryKey) -> Option<Entry> {
        let index = self
            .entries()
            .iter()
            .position(|entry| entry.key == *key && matches!(entry.delivery, Delivery::Failed(_)))?;
        let entry = self.entries()[index].clone();
        self.make(Change::Remove { index });
        Some(entry)
    }

    /// The operator has received and read up to here.
    pub(super) fn receipts(&mut self, watermarks: Watermarks) {
        self.watermarks = watermarks;
        for index in 0..self.entries().len() {
            let entry = &self.entries()[index];
            let fate = delivery(&entry.direction, entry.seq, watermarks);
            if entry.seq.is_some() && fate != entry.delivery {
                self.deliver(index, fate);
            }
        }
    }

    /// The place in the log of a message that receipts name.
    pub(super) fn seq_of(&self, id: &MessageId) -> Option<u64> {
        self.entries().iter().rev().find(|entry| entry.id.as_ref() == Some(id))?.seq
    }

    fn deliver(&mut self, index: usize, delivery: Delivery) {
        let entry = Entry { delivery, ..self.entries()[index].clone() };
        self.make(Change::Update { index, entry });
    }

    /// Puts the entry at `at` where its number belongs.
    fn settle(&mut self, at: usize, entry: Entry) {
        let place = self.place(entry.seq);
        if place == at || self.entries()[at].seq == entry.seq {
            return self.make(Change::Update { index: at, entry });
        }
        let index = if place > at { place - 1 } else { place };
        self.make(Change::Remove { index: at });
        self.make(Change::Insert { index, entry });
    }

    /// Where an entry of this number belongs: before every later and every unsent one.
    fn place(&self, seq: Option<u64>) -> usize {
        self.entries().partition_point(|entry| entry.seq.is_some() && entry.seq < seq)
    }

    fn find(&self, key: &Key) -> Option<usize> {
        self.entries().iter().rposition(|entry| entry.key.is(key))
    }

    fn make(&mut self, change: Change) {
        let unsent = |index: &usize| self.entries().get(*index).is_some_and(|it| it.seq.is_none());
        self.waiting |= match &change {
            Change::Reset(_) => true,
            Change::Insert { entry, .. } => entry.seq.is_none(),
            Change::Update { index, .. } | Change::Remove { index } => unsent(index),
        };
        self.conversation.apply(change.clone());
        self.changes.push(change);
    }
}

/// The entry of a file whose fate this event tells.
fn file_told_before(entries: &[Entry], event: &ChatChannelEventMessage) -> Option<usize> {
    let file = &event.attachment.as_ref()?.file;
    entries.iter().position(|entry| {
        entry.seq < event.seq && entry.attachment.as_ref().is_some_and(|there| there.file == *file)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::Error;
    use crate::core::model::{Attachment, AttachmentState, Direction};
    use std::sync::Arc;

    fn theirs(seq: u64) -> ChatChannelEventMessage {
        ChatChannelEventMessage {
            seq: Some(seq),
            id: Some(format!("m_{seq}").into()),
            direction: Some(Direction::Inbound),
            message: Some(format!("theirs {seq}").into()),
            ..ChatChannelEventMessage::default()
        }
    }

    fn ours(seq: u64, key: &str) -> ChatChannelEventMessage {
        ChatChannelEventMessage {
            key: Some(key.into()),
            direction: Some(Direction::Outbound),
            ..theirs(seq)
        }
    }

    fn sent(seq: u64) -> Sent {
        Sent { id: format!("m_{seq}").into(), seq, created_at: None }
    }

    /// The keys in the order they are read, and a check that the changes alone lead there.
    fn keys(list: &List, followed: &Conversation) -> Vec<String> {
        assert_eq!(list.entries(), followed.entries(), "whoever follows the changes sees the same");
        list.entries().iter().map(|entry| entry.key.to_string()).collect()
    }

    fn follow(conversation: &mut Conversation, list: &mut List) {
        list.changes().0.into_iter().for_each(|change| conversation.apply(change));
    }

    #[test]
    fn an_operators_message_stands_before_ours_that_still_waits() {
        let (mut list, mut seen) = (List::default(), Conversation::default());
        list.log(&[&theirs(1)], false);
        follow(&mut seen, &mut list);
        list.wait(&"k1".into(), "mine".into(), false);
        follow(&mut seen, &mut list);
        list.log(&[&theirs(2)], false);
        follow(&mut seen, &mut list);
        assert_eq!(keys(&list, &seen), ["#1", "#2", "k1"]);
    }

    #[test]
    fn the_answer_and_the_event_of_a_message_may_come_in_either_order() {
        for answer_first in [true, false] {
            let (mut list, mut seen) = (List::default(), Conversation::default());
            list.wait(&"k1".into(), "mine".into(), false);
            follow(&mut seen, &mut list);
            if answer_first {
                list.sent(&"k1".into(), sent(2));
                follow(&mut seen, &mut list);
                list.log(&[&theirs(1)], false);
                follow(&mut seen, &mut list);
                list.log(&[&ours(2, "k1")], false);
                follow(&mut seen, &mut list);
            } else {
                list.log(&[&theirs(1)], false);
                follow(&mut seen, &mut list);
                list.log(&[&ours(2, "k1")], false);
                follow(&mut seen, &mut list);
                list.sent(&"k1".into(), sent(2));
                follow(&mut seen, &mut list);
            }
            assert_eq!(keys(&list, &seen), ["#1", "k1"]);
            assert_eq!(list.entries()[1].delivery, Delivery::Sent);
        }
    }

    #[test]
    fn a_message_that_overtakes_a_failed_one_leaves_it_behind() {
        let (mut list, mut seen) = (List::default(), Conversation::default());
        for key in ["k1", "k2"] {
            list.wait(&key.into(), "mine".into(), false);
            follow(&mut seen, &mut list);
        }
        list.fate(&"k1".into(), Delivery::Failed(Error::Cancelled));
        follow(&mut seen, &mut list);
        list.sent(&"k2".into(), sent(1));
        follow(&mut seen, &mut list);
        assert_eq!(keys(&list, &seen), ["k2", "k1"]);
        let Some(entry) = list.take_failed(&EntryKey::from(&"k1".into())) else {
            unreachable!("k1 has failed");
        };
        follow(&mut seen, &mut list);
        assert_eq!(*entry.text, "mine");
        assert_eq!(keys(&list, &seen), ["k2"]);
    }

    #[test]
    fn receipts_change_what_they_cover_and_nothing_else() {
        let (mut list, mut seen) = (List::default(), Conversation::default());
        list.log(&[&ours(1, "a"), &theirs(2), &ours(3, "b")], false);
        follow(&mut seen, &mut list);
        list.receipts(Watermarks { received: 3, read: 1 });
        assert_eq!(list.changes.len(), 2);
        follow(&mut seen, &mut list);
        let fates: Vec<_> = list.entries().iter().map(|entry| entry.delivery.clone()).collect();
        assert_eq!(fates, [Delivery::Read, Delivery::Sent, Delivery::Delivered]);
        list.receipts(Watermarks { received: 3, read: 1 });
        assert_eq!(list.changes(), (Vec::new(), false));
    }

    #[test]
    fn a_files_fate_changes_its_entry_and_is_none_of_its_own() {
        let file = |seq, state| {
            let attachment = Attachment {
                file: "f_1".into(),
                name: "rudder.jpg".into(),
                size: 7,
                media_type: "image/jpeg".to_owned(),
                state,
                reason: None,
            };
            let attachment = Some(Arc::new(attachment));
            ChatChannelEventMessage { attachment, ..theirs(seq) }
        };
        let (scanning, available) =
            (file(2, AttachmentState::Scanning), file(4, AttachmentState::Available));
        let log = [theirs(1), scanning, theirs(3), available];
        let (mut live, mut seen) = (List::default(), Conversation::default());
        for event in &log {
            live.log(&[event], false);
            follow(&mut seen, &mut live);
        }
        let (mut reloaded, mut reread) = (List::default(), Conversation::default());
        reloaded.log(&log.each_ref(), false);
        follow(&mut reread, &mut reloaded);
        for (list, seen) in [(live, seen), (reloaded, reread)] {
            assert_eq!(keys(&list, &seen), ["#1", "#2", "#3"]);
            let told = list.entries()[1].attachment.as_ref().map(|there| there.state.clone());
            assert_eq!(told, Some(AttachmentState::Available));
        }
    }

    #[test]
    fn a_reset_keeps_what_waits_and_drops_what_the_server_has() {
        let (mut list, mut seen) = (List::default(), Conversation::default());
        list.log(&[&theirs(1), &theirs(2)], false);
        follow(&mut seen, &mut list);
        for key in ["k1", "k2"] {
            list.wait(&key.into(), "mine".into(), false);
            follow(&mut seen, &mut list);
        }
        list.log(&[&theirs(1), &ours(2, "k1")], true);
        follow(&mut seen, &mut list);
        assert_eq!(keys(&list, &seen), ["#1", "k1", "k2"]);
    }
}
