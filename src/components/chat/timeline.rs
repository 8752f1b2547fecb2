//! The conversation as a list, and the list as rows on a screen.

use std::ops::Range;
use std::sync::Arc;

use super::strip::estimate;
use crate::core::model::{Attachment, Direction};
use crate::core::session::chat::{Change, Conversation, Delivery, Entry, EntryKind};

/// The entries of a conversation, oldest first, kept true by the changes that the core tells.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    conversation: Conversation,
    /// How high each entry stands on the screen, in pixels: measured where it has been drawn, else
    /// estimated.
    heights: Vec<f64>,
    passings: Vec<Passing>,
}

/// An operator passed the conversation to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passing {
    /// Who had it.
    pub from: String,
    /// Who has it.
    pub to: String,
    /// The last entry before.
    after: Option<String>,
}

/// A moment on the visitor's calendar: milliseconds since 1970, and whole local days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970 (UTC).
    pub millis: i64,
    /// Whole local days since 1970.
    pub day: i64,
}

/// One line of the conversation's screen. The key stays while the row stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Names the row.
    pub key: String,
    /// The entry that stands here; for a day, the first one of it.
    pub index: usize,
    /// What stands there.
    pub content: Content,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A day begins.
    Day(Moment),
    /// The conversation began.
    Opened(Option<Moment>),
    /// Another operator has taken over.
    Passed(Passing),
    /// A message.
    Message(Bubble),
}

/// A message as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Bubble {
    /// Whether the visitor wrote it. A greeting counts as the operator's.
    pub own: bool,
    /// Its text, or a file's name.
    pub text: String,
    /// The file that it is.
    pub file: Option<Arc<Attachment>>,
    /// When it was taken.
    pub at: Option<Moment>,
    /// First of a group of one author's messages.
    pub first: bool,
    /// Last of such a group.
    pub last: bool,
    /// How far it has come; `None` for what the other side wrote.
    pub delivery: Option<Delivery>,
}

/// What a batch of changes brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The list was replaced: what it holds was said before.
    pub reset: bool,
    /// Messages towards the visitor that were added.
    pub inbound: usize,
}

/// Messages of one author that follow each other faster than this stand together.
const GROUP_GAP: i64 = 3 * 60_000;

impl Timeline {
    /// Takes changes in and says what they brought.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = Change>) -> Batch {
        let mut batch = Batch::default();
        for change in changes {
            match &change {
                Change::Reset(entries) => {
                    batch = Batch { reset: true, inbound: 0 };
                    self.heights = entries.iter().map(height).collect();
                }
                Change::Insert { index, entry } => {
                    batch.inbound += usize::from(is_news(entry));
                    if *index <= self.heights.len() {
                        self.heights.insert(*index, height(entry));
                    }
                }
                Change::Remove { index } if *index < self.heights.len() => {
                    self.heights.remove(*index);
                }
                Change::Update { .. } | Change::Remove { .. } => {}
            }
            self.conversation.apply(change);
        }
        batch
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    /// The entry of a row.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().rev().find(|entry| entry.key.as_str() == key)
    }

    /// The place of a row's entry.
    #[must_use]
    pub fn index(&self, key: &str) -> Option<usize> {
        self.entries().iter().rposition(|entry| entry.key.as_str() == key)
    }

    /// The place of the first message towards the visitor that stands after this place in the log.
    #[must_use]
    pub fn first_unread(&self, read: u64) -> Option<usize> {
        let unread = |entry: &Entry| is_news(entry) && entry.seq.is_some_and(|seq| seq > read);
        self.entries().iter().position(unread)
    }

    /// The conversation goes on with somebody else.
    pub fn pass(&mut self, from: String, to: String) {
        let after = self.entries().last().map(|entry| entry.key.to_string());
        self.passings.push(Passing { from, to, after });
    }

    /// The last time that it went on with somebody else, while this page was there.
    #[must_use]
    pub fn passed(&self) -> Option<&Passing> {
        self.passings.last()
    }

    /// How high each entry stands on the screen, in pixels.
    #[must_use]
    pub fn heights(&self) -> &[f64] {
        &self.heights
    }

    /// An entry was drawn, and measured.
    pub fn measured(&mut self, index: usize, pixels: f64) {
        if let Some(height) = self.heights.get_mut(index) {
            *height = pixels;
        }
    }

    /// How many messages towards the visitor stand after this place in the log.
    #[must_use]
    pub fn unread(&self, read: u64) -> usize {
        let unread = |entry: &&Entry| entry.seq.is_some_and(|seq| seq > read);
        self.news().rev().take_while(unread).count()
    }

    /// The newest message towards the visitor that the server has numbered.
    #[must_use]
    pub fn newest_news(&self) -> Option<&Entry> {
        self.news().rfind(|entry| entry.seq.is_some())
    }

    /// The newest message of either side.
    #[must_use]
    pub fn newest(&self) -> Option<&Entry> {
        self.entries().iter().rfind(|entry| entry.kind == EntryKind::Message)
    }

    /// The rows of some entries, as they stand among all. `moment` reads the server's dates.
    #[must_use]
    pub fn rows(&self, drawn: Range<usize>, moment: impl Fn(&str) -> Option<Moment>) -> Vec<Row> {
        let at = |entry: &Entry| entry.created_at.as_deref().and_then(&moment);
        let entries = self.entries();
        let drawn = drawn.start.min(entries.len())..drawn.end.min(entries.len());
        // The neighbours decide what is the first of a day or of a group, and are not drawn.
        let above = entries[..drawn.start].iter().rev().find_map(&at);
        let mut day = above.map(|above| above.day);
        let beyond = drawn.start.saturating_sub(1)..(drawn.end + 1).min(entries.len());
        let mut rows: Vec<Row> = Vec::new();
        for index in beyond {
            let (entry, is_drawn) = (&entries[index], drawn.contains(&index));
            let at = at(entry);
            if let Some(at) = at.filter(|at| day != Some(at.day) && index >= drawn.start) {
                day = Some(at.day);
                let key = format!("day {}", at.day);
                rows.push(Row { key, index, content: Content::Day(at) });
            }
            let content = match entry.kind {
                EntryKind::Message => Content::Message(bubble(entry, at)),
                EntryKind::Opened => Content::Opened(at),
                // The end is shown below the list, with what can be done about it.
                EntryKind::Closed => continue,
            };
            let key = entry.key.as_str().to_owned();
            let after = key.clone();
            rows.push(Row { key: if is_drawn { key } else { String::new() }, index, content });
            let passings = self.passings.iter().zip(0..);
            rows.extend(passings.filter(|(it, _)| it.after.as_ref() == Some(&after)).map(
                |(passing, n)| {
                    let content = Content::Passed(passing.clone());
                    Row { key: format!("passing {n}"), index, content }
                },
            ));
        }
        group(&mut rows);
        rows.retain(|row| drawn.contains(&row.index));
        rows
    }

    /// The entries in the order they are read.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        self.conversation.entries()
    }

    fn news(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries().iter().filter(|entry| is_news(entry))
    }
}

fn height(entry: &Entry) -> f64 {
    match entry.kind {
        EntryKind::Message => estimate(entry.text.chars().count()),
        EntryKind::Opened => estimate(0),
        EntryKind::Closed => 0.0,
    }
}

/// A greeting is the widget's own doing, though it is drawn as the operator's.
fn is_news(entry: &Entry) -> bool {
    entry.kind == EntryKind::Message && entry.direction == Direction::Inbound && !entry.greeting
}

fn bubble(entry: &Entry, at: Option<Moment>) -> Bubble {
    let own = entry.direction == Direction::Outbound && !entry.greeting;
    Bubble {
        own,
        text: entry.text.to_string(),
        file: entry.attachment.clone(),
        at,
        first: true,
        last: true,
        delivery: own.then(|| entry.delivery.clone()),
    }
}

fn group(rows: &mut [Row]) {
    for at in 1..rows.len() {
        let (before, after) = rows.split_at_mut(at);
        let (Some(above), Some(below)) = (before.last_mut(), after.first_mut()) else { continue };
        if let (Content::Message(above), Content::Message(below)) =
            (&mut above.content, &mut below.content)
        {
            let together = belong_together(above, below);
            above.last = !together;
            below.first = !together;
        }
    }
}

fn belong_together(above: &Bubble, below: &Bubble) -> bool {
    let near = match (above.at, below.at) {
        (Some(above), Some(below)) => below.millis - above.millis <= GROUP_GAP,
        // Not sent yet: it will get the time of the moment it is.
        (_, None) | (None, _) => true,
    };
    above.own == below.own && near
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::model::Key;

    fn entry(seq: u64, direction: Direction, at: &str) -> Entry {
        Entry {
            kind: EntryKind::Message,
            direction,
            text: format!("text {seq}").into(),
            created_at: Some(at.to_owned()),
            id: Some(format!("m_{seq}").as_str().into()),
            seq: Some(seq),
            greeting: false,
            delivery: Delivery::Sent,
            attachment: None,
            key: (&Key::from(format!("k{seq}"))).into(),
        }
    }

    /// Dates in these tests are minutes; a day has 1440.
    fn minutes(text: &str) -> Option<Moment> {
        let minutes: i64 = text.parse().ok()?;
        Some(Moment { millis: minutes * 60_000, day: minutes.div_euclid(1440) })
    }

    fn of(entries: Vec<Entry>) -> Timeline {
        let mut timeline = Timeline::default();
        timeline.apply([Change::Reset(entries)]);
        timeline
    }

    fn bubbles(timeline: &Timeline) -> Vec<(bool, bool)> {
        let rows = timeline.rows(0..100, minutes);
        rows.into_iter()
            .filter_map(|row| match row.content {
                Content::Message(bubble) => Some((bubble.first, bubble.last)),
                Content::Day(_) | Content::Opened(_) | Content::Passed(_) => None,
            })
            .collect()
    }

    #[test]
    fn messages_of_one_author_stand_together_until_somebody_else_writes_or_time_passes() {
        use Direction::{Inbound, Outbound};
        let timeline = of(vec![
            entry(1, Inbound, "1"),
            entry(2, Inbound, "2"),
            entry(3, Outbound, "3"),
            entry(4, Outbound, "20"),
        ]);
        assert_eq!(bubbles(&timeline), [(true, false), (false, true), (true, true), (true, true)]);
    }

    #[test]
    fn a_day_is_announced_once_and_parts_a_group() {
        use Direction::Inbound;
        let timeline = of(vec![
            entry(1, Inbound, "1439"),
            entry(2, Inbound, "1440"),
            entry(3, Inbound, "1441"),
        ]);
        let keys: Vec<String> =
            timeline.rows(0..100, minutes).into_iter().map(|row| row.key).collect();
        assert_eq!(keys.iter().filter(|key| key.starts_with("day")).count(), 2);
        assert_eq!(bubbles(&timeline), [(true, true), (true, false), (false, true)]);
    }

    #[test]
    fn a_stretch_is_drawn_as_it_stands_in_the_whole() {
        use Direction::{Inbound, Outbound};
        let side = |seq| if seq % 5 == 0 { Outbound } else { Inbound };
        let entries = (1..=50).map(|seq| entry(seq, side(seq), &format!("{}", seq * 60)));
        let timeline = of(entries.collect());
        let whole = timeline.rows(0..50, minutes);
        for drawn in [0..10, 7..30, 24..25, 40..50, 49..80] {
            let stretch = timeline.rows(drawn.clone(), minutes);
            let expected: Vec<_> =
                whole.iter().filter(|row| drawn.contains(&row.index)).cloned().collect();
            assert_eq!(stretch, expected, "{drawn:?}");
        }
        assert_eq!(whole.iter().filter(|row| matches!(row.content, Content::Day(_))).count(), 3);
        assert!(timeline.entry("k50").is_some() && timeline.index("k1") == Some(0));
    }

    #[test]
    fn another_operator_stands_where_the_conversation_was_passed_on() {
        let mut timeline = of(vec![entry(1, Direction::Inbound, "1")]);
        timeline.pass("Anna".to_owned(), "Marco".to_owned());
        let index = timeline.len();
        let next = entry(2, Direction::Inbound, "2");
        timeline.apply([Change::Insert { index, entry: next }]);
        let rows = timeline.rows(0..9, minutes);
        let names: Vec<&str> = rows.iter().map(|row| &*row.key).collect();
        assert_eq!(names, ["day 0", "k1", "passing 0", "k2"]);
        assert_eq!(bubbles(&timeline), [(true, true), (true, true)], "two people, two groups");
    }

    #[test]
    fn heights_stay_with_their_entries() {
        let mut timeline = of((1..=3).map(|seq| entry(seq, Direction::Inbound, "1")).collect());
        timeline.measured(1, 99.0);
        let more = entry(4, Direction::Inbound, "1");
        timeline.apply([Change::Insert { index: 0, entry: more }, Change::Remove { index: 3 }]);
        assert_eq!(timeline.heights().len(), timeline.len());
        assert!((timeline.heights()[2] - 99.0).abs() < 0.1);
    }

    #[test]
    fn the_first_unread_message_is_found() {
        use Direction::{Inbound, Outbound};
        let timeline =
            of(vec![entry(1, Inbound, "1"), entry(2, Outbound, "1"), entry(3, Inbound, "1")]);
        assert_eq!(timeline.first_unread(0), Some(0));
        assert_eq!(timeline.first_unread(1), Some(2));
        assert_eq!(timeline.first_unread(3), None);
    }

    #[test]
    fn a_greeting_is_drawn_on_the_operators_side_and_is_not_unread() {
        let greeting = Entry { greeting: true, ..entry(2, Direction::Outbound, "1") };
        let timeline = of(vec![entry(1, Direction::Inbound, "1"), greeting]);
        assert_eq!(bubbles(&timeline), [(true, false), (false, true)]);
        assert_eq!(timeline.unread(0), 1);
    }

    #[test]
    fn unread_counts_what_came_after_the_mark_and_nothing_of_ones_own() {
        use Direction::{Inbound, Outbound};
        let timeline =
            of(vec![entry(1, Inbound, "1"), entry(2, Outbound, "1"), entry(3, Inbound, "1")]);
        assert_eq!(timeline.unread(0), 2);
        assert_eq!(timeline.unread(1), 1);
        assert_eq!(timeline.unread(3), 0);
    }

    #[test]
    fn a_batch_says_whether_it_is_news() {
        let mut timeline = of(vec![entry(1, Direction::Inbound, "1")]);
        let insert =
            |seq, direction| Change::Insert { index: 1, entry: entry(seq, direction, "1") };
        let batch = timeline.apply([insert(2, Direction::Inbound), insert(3, Direction::Outbound)]);
        assert_eq!(batch, Batch { reset: false, inbound: 1 });
        let batch = timeline.apply([insert(4, Direction::Inbound), Change::Reset(Vec::new())]);
        assert_eq!(batch, Batch { reset: true, inbound: 0 });
        assert_eq!(timeline.len(), 0);
    }

    #[test]
    fn changes_that_point_nowhere_change_nothing() {
        let mut timeline = of(vec![entry(1, Direction::Inbound, "1")]);
        timeline.apply([
            Change::Remove { index: 9 },
            Change::Update { index: 9, entry: entry(9, Direction::Inbound, "1") },
        ]);
        assert_eq!(timeline.len(), 1);
        assert!(!timeline.is_empty());
    }
}
