//! One conversation of the automatic operator: what is still to be answered, and when.

use super::words::{Calling, Language, Line, Then, about_file, answer, greeting};
use crate::engine::Timestamp;
use crate::settings;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;

/// From the end of one answer to the reading of the next message.
const BREATH: Duration = Duration::from_millis(250);
/// For each character of an answer; but nobody waits longer than three times as long as for the shortest.
const PER_CHARACTER: Duration = Duration::from_millis(8);

/// Something to do in a conversation.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Act {
    Read(String),
    Type,
    Say { answering: u64, text: String },
    Push { answering: u64, uri: String },
    Call { answering: u64, calling: Calling },
    Line(Line),
    Close,
}

#[derive(Default)]
pub(super) struct Talk {
    language: Language,
    name: Option<String>,
    /// The log was read to its end.
    began: bool,
    greeted: bool,
    /// Messages of the visitor that have no answer, by their `seq`.
    open: VecDeque<(u64, Said)>,
    /// Messages that were answered, so that an answer may refer to their number.
    answered: u64,
    doing: Doing,
}

/// What the visitor has sent.
#[derive(Clone)]
enum Said {
    Text(String),
    File { name: String, taken: bool },
}

#[derive(Default)]
enum Doing {
    #[default]
    Nothing,
    /// Reads what came, and then begins to write.
    Reading {
        until: Timestamp,
    },
    Writing {
        answering: u64,
        text: String,
        then: Then,
        until: Timestamp,
    },
    Leaving {
        until: Timestamp,
    },
    Gone,
}

impl Talk {
    /// The state of `session/<id>`.
    pub(super) fn about(&mut self, session: &Value) {
        self.language = Language::of(session["visitor"]["locale"].as_str().unwrap_or_default());
        self.name = session["customer"]["customerFirstName"]
            .as_str()
            .or_else(|| session["customer"]["customerDisplayName"].as_str())
            .map(str::to_owned);
    }

    /// An entry of `chat/<id>`, old or new.
    pub(super) fn heard(&mut self, event: &Value, now: Timestamp) {
        let Some(seq) = event["seq"].as_u64() else { return };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let file = &event["attachment"];
        if event["direction"] == "OUTBOUND" {
            let said = if file.is_null() {
                Said::Text(text(&event["message"]))
            } else if file["state"] == "SCANNING" {
                // Its fate is the next that is heard of it.
                return;
            } else {
                Said::File { name: text(&file["name"]), taken: file["state"] == "AVAILABLE" }
            };
            self.open.push_back((seq, said));
            self.read_next(now);
        } else if let Some(answering) = event["key"].as_str().and_then(answered_by) {
            if answering == 0 {
                self.greeted = true;
            } else {
                self.answered += 1;
            }
            self.open.retain(|(seq, _)| *seq != answering);
        }
    }

    /// The log was read to its end: what is open now is to be answered.
    pub(super) fn begin(&mut self, now: Timestamp) {
        self.began = true;
        self.read_next(now);
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        match &self.doing {
            Doing::Nothing | Doing::Gone => None,
            Doing::Reading { until } | Doing::Writing { until, .. } | Doing::Leaving { until } => {
                Some(*until)
            }
        }
    }

    /// What is due. `calls`: there is a call with the same visitor.
    pub(super) fn tick(
        &mut self,
        settings: &settings::Echo,
        calls: bool,
        now: Timestamp,
    ) -> Vec<Act> {
        if self.deadline().is_none_or(|at| at > now) {
            return Vec::new();
        }
        match std::mem::take(&mut self.doing) {
            Doing::Nothing => Vec::new(),
            Doing::Gone => {
                self.doing = Doing::Gone;
                Vec::new()
            }
            Doing::Reading { .. } => self.write_next(settings, calls, now),
            Doing::Writing { answering, text, then, .. } => {
                let mut acts = vec![Act::Say { answering, text }];
                match then {
                    Then::Nothing => self.doing = Doing::Reading { until: now.after(BREATH) },
                    Then::Push => {
                        acts.push(Act::Push { answering, uri: settings.page.clone() });
                        self.doing = Doing::Reading { until: now.after(BREATH) };
                    }
                    Then::Call(calling) => {
                        acts.push(Act::Call { answering, calling });
                        self.doing = Doing::Reading { until: now.after(BREATH) };
                    }
                    Then::Line(line) => {
                        acts.push(Act::Line(line));
                        self.doing = Doing::Reading { until: now.after(BREATH) };
                    }
                    Then::Leave => self.doing = Doing::Leaving { until: now.after(settings.think) },
                }
                acts
            }
            Doing::Leaving { .. } => {
                self.doing = Doing::Gone;
                vec![Act::Close]
            }
        }
    }

    fn read_next(&mut self, now: Timestamp) {
        if self.began && matches!(self.doing, Doing::Nothing) {
            self.doing = Doing::Reading { until: now.after(BREATH) };
        }
    }

    fn write_next(&mut self, settings: &settings::Echo, calls: bool, now: Timestamp) -> Vec<Act> {
        let name = self.name.as_deref();
        if !self.greeted {
            self.greeted = true;
            let text = greeting(self.language, name);
            return self.write(settings, now, 0, text, Then::Nothing);
        }
        let Some((seq, said)) = self.open.front().cloned() else { return Vec::new() };
        let (text, then) = match &said {
            Said::Text(said) => answer(self.language, name, said, self.answered, calls),
            Said::File { name, taken } => (about_file(self.language, name, *taken), Then::Nothing),
        };
        let mut acts = vec![Act::Read(format!("m_{seq}"))];
        acts.extend(self.write(settings, now, seq, text, then));
        acts
    }

    fn write(
        &mut self,
        settings: &settings::Echo,
        now: Timestamp,
        answering: u64,
        text: String,
        then: Then,
    ) -> Vec<Act> {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let time = settings.think + PER_CHARACTER.saturating_mul(length).min(settings.think * 2);
        self.doing = Doing::Writing { answering, text, then, until: now.after(time) };
        vec![Act::Type]
    }
}

/// Which message a key of ours answers; 0: it greets.
fn answered_by(key: &str) -> Option<u64> {
    key.strip_prefix("echo-")?.rsplit_once('-')?.1.parse().ok()
}
