//! Whether a widget as it stands can be used by everybody: by the rules of axe-core, and by what
//! can be measured beyond them (`judge.js`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::axe;
use crate::catalogue::variant::{PLAIN, Theme, Variant};
use crate::catalogue::{Camera, Shot};
use crate::fault::{Fault, Outcome};
use crate::options::{Kind, Options};
use crate::record;
use crate::visitor::Visitor;

const MEASURE: &str = include_str!("judge.js");
/// What axe-core cannot decide by itself, and why it is all right.
const EXPLAINED: &str = include_str!("../incomplete.toml");

/// Of a list that is scrolled only what is near is drawn, and a warning goes away while it is walked through:
/// there the way of the Tab key is another every time.
const UNSTEADY: [&str; 3] = ["chat-long", "chat-scrolled", "chat-inactive"];

/// Looks at each state in some variants, or in all, and notes every fault.
#[derive(Debug)]
pub(crate) struct Judge {
    options: Options,
    explained: Vec<Explained>,
    numbers: std::sync::Mutex<usize>,
    /// Each with the states and variants in which it was seen.
    faults: std::sync::Mutex<BTreeMap<String, Vec<String>>>,
}

/// An answer to a question of axe-core.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Explained {
    /// The rule that asks.
    rule: String,
    /// Part of the selector of what it asks about.
    place: String,
    /// Part of its reason.
    why: String,
    /// Why it is all right.
    because: String,
}

#[derive(Debug, Deserialize)]
struct File {
    explained: Vec<Explained>,
}

impl Judge {
    /// One who knows which questions are answered; `first` is the number of the first state.
    ///
    /// # Errors
    /// The answers cannot be read.
    pub(crate) fn new(options: &Options, first: usize) -> Outcome<Self> {
        let file: File = toml::from_str(EXPLAINED)?;
        Ok(Self {
            options: options.clone(),
            explained: file.explained,
            numbers: std::sync::Mutex::new(first),
            faults: std::sync::Mutex::default(),
        })
    }

    /// The verdict over all states.
    ///
    /// # Errors
    /// Every fault that was noted.
    pub(crate) fn verdict(&self) -> Outcome {
        let faults = self.faults.lock().map(|faults| faults.clone()).unwrap_or_default();
        if faults.is_empty() {
            return Ok(());
        }
        let mut text = format!("{} faults:", faults.len());
        for (fault, places) in faults {
            let _ = write!(text, "\n      {fault}\n        in {}", places.join(", "));
        }
        Err(Fault::new(text))
    }

    fn variants(&self) -> Vec<Variant> {
        let number = self.numbers.lock().map_or(0, |mut number| {
            *number += 1;
            *number - 1
        });
        let chosen = if self.options.full { Variant::all() } else { Variant::pairwise(number) };
        // Firefox is told its colours when it starts.
        let can = |one: &Variant| self.options.kind == Kind::Chromium || one.theme != Theme::Forced;
        chosen.into_iter().filter(can).collect()
    }

    async fn look(&self, visitor: &Visitor, state: &str) -> Outcome {
        let variants = self.variants();
        for (index, variant) in variants.iter().enumerate() {
            // Every second one with the text spacing of WCAG 1.4.12.
            self.look_at(visitor, *variant, state, index % 2 == 0).await?;
        }
        if self.options.kind == Kind::Chromium && !UNSTEADY.contains(&state) {
            let forced = Variant { theme: Theme::Forced, ..PLAIN };
            forced.put_on(visitor, self.options.kind).await?;
            let found = record::compare(&self.options, visitor, state).await?;
            self.note(found, &format!("{state} {forced}"));
        }
        PLAIN.put_on(visitor, self.options.kind).await
    }

    /// Looks at one variant of a state.
    ///
    /// # Errors
    /// There is no widget.
    pub(crate) async fn look_once(
        &self,
        visitor: &Visitor,
        variant: Variant,
        state: &str,
    ) -> Outcome {
        self.look_at(visitor, variant, state, true).await
    }

    async fn look_at(
        &self,
        visitor: &Visitor,
        variant: Variant,
        state: &str,
        spaced: bool,
    ) -> Outcome {
        variant.put_on(visitor, self.options.kind).await?;
        let mut found = self.rules(visitor, variant.theme).await?;
        let measured = visitor.browser.run(MEASURE, vec![json!(spaced)]).await?;
        found.extend(texts(&measured));
        let folder = self.options.screenshots.join(self.options.kind.name()).join("states");
        visitor.browser.picture(&folder.join(format!("{state}-{variant}.png"))).await?;
        self.note(found, &format!("{state} {variant}"));
        Ok(())
    }

    fn note(&self, found: Vec<String>, place: &str) {
        if let Ok(mut faults) = self.faults.lock() {
            for fault in found {
                faults.entry(fault).or_default().push(place.to_owned());
            }
        }
    }

    async fn rules(&self, visitor: &Visitor, theme: Theme) -> Outcome<Vec<String>> {
        let found = axe::widget(&self.options, &visitor.browser, theme != Theme::Forced).await?;
        let mut faults = texts(found.get("violations").unwrap_or(&Value::Null));
        if found.get("passed").and_then(Value::as_u64).unwrap_or(0) == 0 {
            faults.push(format!("axe-core has checked nothing: {found}"));
        }
        for asked in found.get("incomplete").and_then(Value::as_array).into_iter().flatten() {
            let field = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or("");
            let (rule, place, why) = (field("rule"), field("place"), field("why"));
            let known = |one: &Explained| {
                let same = one.rule == rule && place.contains(&one.place);
                same && why.contains(&one.why) && !one.because.is_empty()
            };
            if !self.explained.iter().any(known) {
                faults.push(format!("nobody has explained {rule} at {place}: {why}"));
            }
        }
        Ok(faults)
    }
}

impl Camera for Judge {
    fn shoot<'a>(&'a self, visitor: &'a Visitor, state: &'static str) -> Shot<'a> {
        Box::pin(self.look(visitor, state))
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{EXPLAINED, File};

    #[test]
    fn every_answer_to_a_question_of_axe_says_why() {
        let file: File = toml::from_str(EXPLAINED).unwrap();
        assert!(file.explained.iter().all(|one| one.because.len() > 20 && !one.why.is_empty()));
    }
}
