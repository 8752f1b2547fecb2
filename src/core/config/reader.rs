//! Walks a JSON value and remembers where it is, so that a mistake can be named.
//!
//! By hand rather than by serde derives: a derive knows no paths. And without `?`: the first mistake
//! is noted, reading goes on with whatever is at hand, and the note decides in the end. A return
//! after each of fifty fields, with everything read so far to be dropped, would cost the page more
//! code than all the rest of the reading.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde_json::Value;

use crate::core::error::{Error, Mistake};

/// What an error calls the document itself.
pub(super) const ROOT: &str = "WidgetConf";

/// How much of a wrong word is repeated in an error.
const QUOTED_MAX: usize = 40;

/// What is noted while reading.
#[derive(Default)]
pub(super) struct Notes {
    mistake: RefCell<Option<Error>>,
    warnings: RefCell<Vec<String>>,
}

/// A place in the document: perhaps a value, always a path.
pub(super) struct Field<'a> {
    path: String,
    value: Option<&'a Value>,
    notes: &'a Notes,
}

impl Notes {
    /// The first mistake, or else the warnings.
    pub(super) fn judge(self) -> Result<Vec<String>, Error> {
        match self.mistake.into_inner() {
            Some(mistake) => Err(mistake),
            None => Ok(self.warnings.into_inner()),
        }
    }
}

impl<'a> Field<'a> {
    pub(super) fn root(value: &'a Value, notes: &'a Notes) -> Self {
        Self { path: String::new(), value: Some(value), notes }
    }

    /// The member of that name. `null` is the same as absent.
    pub(super) fn get(&self, name: &str) -> Self {
        let mut path = self.path.clone();
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        let value = self.value.and_then(|value| value.get(name)).filter(|value| !value.is_null());
        Self { path, value, notes: self.notes }
    }

    /// The member of that name, if it is there.
    pub(super) fn find(&self, name: &str) -> Option<Self> {
        Some(self.get(name)).filter(|field| field.value.is_some())
    }

    /// Has to be an object; members of other names are passed over with a warning.
    pub(super) fn object(&self, known: &[&str]) {
        for (name, member) in self.members() {
            if !known.contains(&name) && member.value.is_some() {
                member.warn("is not known and was ignored");
            }
        }
    }

    /// Has to be an object, with members of any name.
    pub(super) fn members(&self) -> Vec<(&'a str, Self)> {
        let Some(object) = self.value.and_then(Value::as_object) else {
            self.expected("an object");
            return Vec::new();
        };
        object.keys().map(|name| (name.as_str(), self.get(name))).collect()
    }

    /// Has to be a list.
    pub(super) fn items(&self) -> Vec<Self> {
        let Some(items) = self.value.and_then(Value::as_array) else {
            self.expected("a list");
            return Vec::new();
        };
        let item = |(at, value): (usize, &'a Value)| Self {
            path: format!("{}[{at}]", self.path),
            value: Some(value).filter(|value| !value.is_null()),
            notes: self.notes,
        };
        items.iter().enumerate().map(item).collect()
    }

    /// May be a text.
    pub(super) fn text(&self) -> Option<&'a str> {
        self.value.and_then(|_| self.needed_text("a text"))
    }

    /// May be a text, as a `String`.
    pub(super) fn string(&self) -> Option<String> {
        self.text().map(str::to_owned)
    }

    /// Has to be a text.
    pub(super) fn needed_text(&self, expected: &str) -> Option<&'a str> {
        let text = self.value.and_then(Value::as_str);
        if text.is_none() {
            self.expected(expected);
        }
        text
    }

    /// Has to be a text that can be read further.
    pub(super) fn needed<T: FromStr<Err = Error>>(&self, expected: &str) -> Option<T> {
        match self.needed_text(expected)?.parse() {
            Ok(value) => Some(value),
            Err(mistake) => {
                self.note(mistake);
                None
            }
        }
    }

    /// May be true or false.
    pub(super) fn flag(&self, default: bool) -> bool {
        if self.value.is_none() { default } else { self.needed_flag() }
    }

    /// Has to be true or false.
    pub(super) fn needed_flag(&self) -> bool {
        let flag = self.value.and_then(Value::as_bool);
        if flag.is_none() {
            self.expected("true or false");
        }
        flag.unwrap_or_default()
    }

    /// May be a whole number within a range.
    pub(super) fn whole(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let value = self.value?;
        let number = value.as_u64().filter(|number| range.contains(number));
        if number.is_none() {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            let found = match self.value {
                Some(Value::Number(number)) => number.to_string(),
                other => kind(other).to_owned(),
            };
            self.wrong(expected, found);
        }
        number
    }

    /// May be one of a few words, given as its place in the list.
    pub(super) fn word(&self, words: &[&str]) -> Option<usize> {
        self.value.and_then(|_| self.needed_word(words))
    }

    /// Has to be one of a few words, given as its place in the list.
    pub(super) fn needed_word(&self, words: &[&str]) -> Option<usize> {
        let place = self.place(words);
        if place.is_none() {
            self.wrong(format!("one of {}", words.join(", ")), self.quoted());
        }
        place
    }

    /// May be one of a few words or its number from 1, given as its place in the list.
    pub(super) fn word_or_number(&self, words: &[&str]) -> Option<usize> {
        let value = self.value?;
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        let numbered = number.filter(|number| (1..=words.len()).contains(number));
        let place = numbered.map(|number| number - 1).or_else(|| self.place(words));
        if place.is_none() {
            let (words, last) = (words.join(", "), words.len());
            self.wrong(format!("one of {words}, or a number from 1 to {last}"), self.quoted());
        }
        place
    }

    /// Something that is no mistake, yet hardly meant.
    pub(super) fn warn(&self, remark: &str) {
        self.notes.warnings.borrow_mut().push(format!("{} {remark}", self.path));
    }

    /// The mistake of being something else. Says what kind of thing is there, not the thing.
    fn expected(&self, expected: &str) {
        self.wrong(expected.to_owned(), kind(self.value).to_owned());
    }

    fn wrong(&self, expected: String, found: String) {
        let field = if self.path.is_empty() { ROOT } else { &self.path };
        self.note(Error::Config(Box::new(Mistake { field: field.to_owned(), expected, found })));
    }

    fn note(&self, mistake: Error) {
        self.notes.mistake.borrow_mut().get_or_insert(mistake);
    }

    fn place(&self, words: &[&str]) -> Option<usize> {
        let text = self.value.and_then(Value::as_str)?;
        words.iter().position(|word| *word == text)
    }

    fn quoted(&self) -> String {
        match self.value {
            Some(Value::String(text)) => quote(text),
            Some(Value::Number(number)) => number.to_string(),
            other => kind(other).to_owned(),
        }
    }
}

/// A mistake found after reading, where the path is known already.
pub(super) fn mistake(field: &str, expected: &str, found: impl Into<String>) -> Error {
    Error::Config(Box::new(Mistake {
        field: field.to_owned(),
        expected: expected.to_owned(),
        found: found.into(),
    }))
}

/// A wrong word, in quotes, cut where it is long; control characters become blanks.
pub(super) fn quote(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let mut quoted = String::from('"');
    quoted.extend(text.chars().take(QUOTED_MAX).map(printable));
    quoted.push_str(if text.chars().nth(QUOTED_MAX).is_some() { "…\"" } else { "\"" });
    quoted
}

fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None | Some(Value::Null) => "nothing",
        Some(Value::Bool(_)) => "true or false",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(text)) if text.is_empty() => "an empty text",
        Some(Value::String(_)) => "a text",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "an object",
    }
}
