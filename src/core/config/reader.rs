//! Walks a JSON value and remembers where it is, so that a mistake can be named.
//!
//! By hand rather than by serde derives: a derive knows no paths, and half a dozen small readers
//! make a smaller module than a derived visitor per struct.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use serde_json::Value;

use crate::core::error::Error;

/// What an error calls the document itself.
pub(super) const ROOT: &str = "WidgetConf";

/// How much of a wrong word is repeated in an error.
const QUOTED_MAX: usize = 40;

/// A place in the document: perhaps a value, always a path.
#[derive(Clone)]
pub(super) struct Field<'a> {
    path: String,
    value: Option<&'a Value>,
    warnings: &'a RefCell<Vec<String>>,
}

impl<'a> Field<'a> {
    pub(super) fn root(value: &'a Value, warnings: &'a RefCell<Vec<String>>) -> Self {
        Self { path: String::new(), value: Some(value), warnings }
    }

    /// The member of that name. `null` is the same as absent.
    pub(super) fn get(&self, name: &str) -> Self {
        let path =
            if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        let value = self.value.and_then(|value| value.get(name)).filter(|value| !value.is_null());
        Self { path, value, warnings: self.warnings }
    }

    /// Reads it if it is there.
    pub(super) fn optional<T>(
        &self,
        read: impl FnOnce(&Self) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.value.map(|_| read(self)).transpose()
    }

    /// An object; members of other names are passed over with a warning.
    pub(super) fn object(&self, known: &[&str]) -> Result<(), Error> {
        for (name, member) in self.members()? {
            if !known.contains(&name) && member.value.is_some() {
                member.warn("is not known and was ignored");
            }
        }
        Ok(())
    }

    /// An object with members of any name.
    pub(super) fn members(&self) -> Result<Vec<(&'a str, Self)>, Error> {
        let object =
            self.value.and_then(Value::as_object).ok_or_else(|| self.error("an object"))?;
        Ok(object.keys().map(|name| (name.as_str(), self.get(name))).collect())
    }

    /// A list.
    pub(super) fn items(&self) -> Result<Vec<Self>, Error> {
        let items = self.value.and_then(Value::as_array).ok_or_else(|| self.error("a list"))?;
        let item = |(at, value): (usize, &'a Value)| Self {
            path: format!("{}[{at}]", self.path),
            value: Some(value).filter(|value| !value.is_null()),
            warnings: self.warnings,
        };
        Ok(items.iter().enumerate().map(item).collect())
    }

    pub(super) fn text(&self) -> Result<&'a str, Error> {
        self.text_as("a text")
    }

    /// A text, where the error has a better word for what is wanted.
    pub(super) fn text_as(&self, expected: &str) -> Result<&'a str, Error> {
        self.value.and_then(Value::as_str).ok_or_else(|| self.error(expected))
    }

    pub(super) fn flag(&self) -> Result<bool, Error> {
        self.value.and_then(Value::as_bool).ok_or_else(|| self.error("true or false"))
    }

    /// A whole number within a range.
    pub(super) fn whole(&self, range: RangeInclusive<u64>) -> Result<u64, Error> {
        let number = self.value.and_then(Value::as_u64).filter(|number| range.contains(number));
        number.ok_or_else(|| {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            let found = match self.value {
                Some(Value::Number(number)) => number.to_string(),
                other => kind(other).to_owned(),
            };
            self.wrong(expected, found)
        })
    }

    /// One of a few words, as its place in the list.
    pub(super) fn word(&self, words: &[&str]) -> Result<usize, Error> {
        let place = self.value.and_then(Value::as_str).and_then(|text| place_of(words, text));
        place.ok_or_else(|| self.wrong(format!("one of {}", words.join(", ")), self.quoted()))
    }

    /// One of a few words, or its number from 1, as its place in the list.
    pub(super) fn word_or_number(&self, words: &[&str]) -> Result<usize, Error> {
        let numbers = 1..=words.len();
        if let Some(number) = self.value.and_then(Value::as_u64)
            && let Ok(number) = usize::try_from(number)
            && numbers.contains(&number)
        {
            return Ok(number - 1);
        }
        let place = self.value.and_then(Value::as_str).and_then(|text| place_of(words, text));
        place.ok_or_else(|| {
            let expected =
                format!("one of {}, or a number from 1 to {}", words.join(", "), words.len());
            self.wrong(expected, self.quoted())
        })
    }

    /// The mistake of being something else. Says what kind of thing is there, not the thing.
    pub(super) fn error(&self, expected: &str) -> Error {
        self.wrong(expected.to_owned(), kind(self.value).to_owned())
    }

    /// Something that is no mistake, yet hardly meant.
    pub(super) fn warn(&self, remark: &str) {
        self.warnings.borrow_mut().push(format!("{} {remark}", self.path));
    }

    fn wrong(&self, expected: String, found: String) -> Error {
        let field = if self.path.is_empty() { ROOT } else { &self.path };
        Error::Config { field: field.to_owned(), expected, found }
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
    Error::Config { field: field.to_owned(), expected: expected.to_owned(), found: found.into() }
}

/// A wrong word, in quotes, cut where it is long.
pub(super) fn quote(text: &str) -> String {
    let mut cut: String = text.chars().take(QUOTED_MAX).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!("{cut:?}")
}

fn place_of(words: &[&str], text: &str) -> Option<usize> {
    words.iter().position(|word| *word == text)
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
