//! Walks a JSON tree and remembers where it is, so that a mistake can be named.
//!
//! By hand rather than by serde derives: a derive knows no paths, and weighs three times as much. And
//! without `?`: the first mistake is noted, reading goes on with whatever is at hand, and the note
//! decides in the end. A return after each of fifty fields, with everything read so far to be dropped,
//! would cost the page more code than all the rest of the reading.
//!
//! Its readers, in `config` and beyond, are kept out of line: put into one another, as the compiler
//! would have it, they have more local variables than one byte can count.

use std::cell::{Cell, RefCell};

use super::Json;
use crate::core::error::Error;

/// What an error calls the document itself.
const ROOT: &str = "WidgetConf";

/// How much of a wrong word is repeated in an error.
const QUOTED_MAX: usize = 40;

/// What is noted while reading.
#[derive(Default)]
pub(crate) struct Notes {
    mistake: Cell<Option<Error>>,
    failed: Cell<bool>,
    warnings: RefCell<Vec<String>>,
}

/// A place in the document: perhaps a value, always a path.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    value: Option<&'a Json>,
    place: Place<'a>,
    notes: &'a Notes,
}

/// The path, as links outwards: it is spelt out only for a mistake.
#[derive(Clone, Copy)]
enum Place<'a> {
    Root,
    Member(&'a Field<'a>, &'a str),
    Item(&'a Field<'a>, usize),
}

impl Notes {
    /// A mistake; the first one counts.
    pub(crate) fn mistake(&self, mistake: Error) {
        if !self.failed.replace(true) {
            self.mistake.set(Some(mistake));
        }
    }

    /// Whether there was a mistake.
    pub(crate) fn failed(&self) -> bool {
        self.failed.get()
    }

    /// Something that is no mistake, yet hardly meant.
    pub(crate) fn warn(&self, remark: String) {
        self.warnings.borrow_mut().push(remark);
    }

    /// The first mistake, and the warnings.
    pub(crate) fn judge(self) -> (Result<(), Error>, Vec<String>) {
        (self.mistake.into_inner().map_or(Ok(()), Err), self.warnings.into_inner())
    }
}

impl<'a> Field<'a> {
    pub(crate) const fn root(value: &'a Json, notes: &'a Notes) -> Self {
        Self { value: Some(value), place: Place::Root, notes }
    }

    /// What is noted while reading the document that it belongs to.
    pub(crate) const fn notes(&self) -> &'a Notes {
        self.notes
    }

    /// The member of that name. `null` is the same as absent.
    pub(crate) fn get<'s>(&'s self, name: &'s str) -> Field<'s> {
        Field { value: self.member(name), place: Place::Member(self, name), notes: self.notes }
    }

    /// The member of that name, if it is there.
    pub(crate) fn find<'s>(&'s self, name: &'s str) -> Option<Field<'s>> {
        Some(self.get(name)).filter(|field| field.value.is_some())
    }

    /// Whether there is a value.
    pub(crate) const fn is_present(&self) -> bool {
        self.value.is_some() && !matches!(self.value, Some(Json::Null))
    }

    /// Whether it is `false`.
    pub(crate) const fn is_false(&self) -> bool {
        matches!(self.value, Some(Json::Bool(false)))
    }

    /// The value itself, to be read later.
    pub(crate) fn copied(&self) -> Json {
        self.value.cloned().unwrap_or(Json::Null)
    }

    /// Has to be an object; members of other names are passed over with a warning.
    pub(crate) fn known(&self, names: &[&str]) {
        for (name, member) in self.members() {
            if !names.contains(&name.as_str()) && !matches!(member, Json::Null) {
                self.get(name).warn("is not known and was ignored");
            }
        }
    }

    /// Has to be an object, with members of any name.
    pub(crate) fn members(&self) -> &'a [(String, Json)] {
        if let Some(Json::Object(members)) = self.value {
            return members;
        }
        self.expected("an object");
        &[]
    }

    /// Has to be a list.
    pub(crate) fn items<'s>(&'s self) -> impl Iterator<Item = Field<'s>> + use<'s, 'a> {
        let items: &[Json] = if let Some(Json::List(items)) = self.value {
            items
        } else {
            self.expected("a list");
            &[]
        };
        items.iter().enumerate().map(move |(at, value)| Field {
            value: value.present(),
            place: Place::Item(self, at),
            notes: self.notes,
        })
    }

    /// A member that may be a text.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.member(name).map(|_| self.needed_text(name, "a text"))
    }

    /// A member that may be a text, as a `String`.
    #[inline(never)]
    pub(crate) fn string(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// A member that may be a text, as what is made of one.
    pub(crate) fn made<T: From<&'a str>>(&self, name: &str) -> Option<T> {
        self.text(name).map(T::from)
    }

    /// A member that has to be a text; empty where it is a mistake.
    #[inline(never)]
    pub(crate) fn needed_text(&self, name: &str, expected: &str) -> &'a str {
        if let Some(Json::Text(text)) = self.member(name) {
            return text;
        }
        self.get(name).expected(expected);
        ""
    }

    /// A member that may be a list of texts.
    pub(crate) fn strings(&self, name: &str) -> Vec<String> {
        self.find(name).map(|list| list.texts()).unwrap_or_default()
    }

    /// Has to be a list of texts.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for item in self.items() {
            if let Some(Json::Text(text)) = item.value {
                texts.push(text.clone());
            } else {
                item.expected("a text");
            }
        }
        texts
    }

    /// A member that may be true or false.
    #[inline(never)]
    pub(crate) fn flag(&self, name: &str, default: bool) -> bool {
        if self.member(name).is_none() { default } else { self.get(name).needed_flag() }
    }

    /// Has to be true or false.
    pub(crate) fn needed_flag(&self) -> bool {
        if let Some(Json::Bool(flag)) = self.value {
            return *flag;
        }
        self.expected("true or false");
        false
    }

    /// A member that may be a whole number from `least` to `most`.
    #[inline(never)]
    pub(crate) fn whole(&self, name: &str, least: u64, most: u64) -> Option<u64> {
        let value = self.member(name)?;
        if let Json::Natural(number) = value
            && (least..=most).contains(number)
        {
            return Some(*number);
        }
        let expected = format!("a whole number from {least} to {most}");
        let quoted = matches!(value, Json::Text(_));
        let found = if quoted { kind(Some(value)).to_owned() } else { spelt(Some(value)) };
        self.get(name).wrong(&expected, found);
        None
    }

    /// A member that has to be a whole number; 0 where it is a mistake.
    pub(crate) fn needed_whole(&self, name: &str) -> u64 {
        if self.member(name).is_none() {
            self.get(name).expected("a whole number");
        }
        self.whole(name, 0, u64::MAX).unwrap_or(0)
    }

    /// A member that may be a whole number that fits 32 bits.
    pub(crate) fn small(&self, name: &str) -> Option<u32> {
        let number = self.whole(name, 0, u64::from(u32::MAX))?;
        u32::try_from(number).ok()
    }

    /// A member that may be a whole number of either sign.
    pub(crate) fn signed(&self, name: &str) -> Option<i64> {
        let value = self.member(name)?;
        if let Json::Negative(number) = value {
            return Some(*number);
        }
        if let Json::Natural(number) = value
            && let Ok(number) = i64::try_from(*number)
        {
            return Some(number);
        }
        self.get(name).expected("a whole number");
        None
    }

    /// A member that has to be a whole number of either sign that fits 32 bits; 0 where it is a
    /// mistake.
    pub(crate) fn needed_signed(&self, name: &str) -> i32 {
        let number = self.signed(name).and_then(|number| i32::try_from(number).ok());
        if number.is_none() {
            self.get(name).expected("a whole number");
        }
        number.unwrap_or(0)
    }

    /// A member that may be one of a few words, given as its place in the list.
    pub(crate) fn word(&self, name: &str, words: &[&str]) -> Option<usize> {
        self.find(name)?.needed_word(words)
    }

    /// Has to be one of a few words, given as its place in the list.
    pub(crate) fn needed_word(&self, words: &[&str]) -> Option<usize> {
        let place = self.among(words);
        if place.is_none() {
            self.wrong(&format!("one of {}", words.join(", ")), spelt(self.value));
        }
        place
    }

    /// A member that may be one of a few words or its number from 1, given as its place in the list.
    pub(crate) fn word_or_number(&self, name: &str, words: &[&str]) -> Option<usize> {
        let field = self.find(name)?;
        let last = words.len();
        let place = if let Some(Json::Natural(number)) = field.value {
            (1_u64..).zip(0..last).find(|(counted, _)| counted == number).map(|(_, at)| at)
        } else {
            field.among(words)
        };
        if place.is_none() {
            let expected = format!("one of {}, or a number from 1 to {last}", words.join(", "));
            field.wrong(&expected, spelt(field.value));
        }
        place
    }

    /// Something that is no mistake, yet hardly meant.
    #[inline(never)]
    pub(crate) fn warn(&self, remark: &str) {
        self.notes.warn(format!("{} {remark}", self.path()));
    }

    fn member(&self, name: &str) -> Option<&'a Json> {
        self.value.and_then(|value| value.get(name))
    }

    fn among(&self, words: &[&str]) -> Option<usize> {
        let Some(Json::Text(text)) = self.value else { return None };
        words.iter().position(|word| word == text)
    }

    /// The mistake of being something else. Says what kind of thing is there, not the thing.
    #[inline(never)]
    pub(crate) fn expected(&self, expected: &str) {
        self.wrong(expected, kind(self.value).to_owned());
    }

    fn wrong(&self, expected: &str, found: String) {
        if !self.notes.failed() {
            let path = self.path();
            let path = if path.is_empty() { ROOT } else { &path };
            self.notes.mistake(Error::mistake(path, expected, found));
        }
    }

    fn path(&self) -> String {
        match self.place {
            Place::Root => String::new(),
            Place::Member(around, name) => {
                let mut path = around.path();
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
                path
            }
            Place::Item(around, at) => format!("{}[{at}]", around.path()),
        }
    }
}

/// A wrong word, in quotes, cut where it is long; control characters become blanks.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from('"');
    for (at, letter) in text.chars().enumerate() {
        if at == QUOTED_MAX {
            quoted.push('…');
            break;
        }
        quoted.push(if letter.is_control() { ' ' } else { letter });
    }
    quoted.push('"');
    quoted
}

/// A value that cannot be about a person.
fn spelt(value: Option<&Json>) -> String {
    match value {
        Some(Json::Text(text)) => quote(text),
        Some(Json::Natural(number)) => number.to_string(),
        Some(Json::Negative(number)) => number.to_string(),
        other => kind(other).to_owned(),
    }
}

fn kind(value: Option<&Json>) -> &'static str {
    match value {
        None | Some(Json::Null) => "nothing",
        Some(Json::Bool(_)) => "true or false",
        Some(Json::Natural(_) | Json::Negative(_)) => "a number",
        Some(Json::Decimal) => "a decimal number",
        Some(Json::Text(text)) if text.is_empty() => "an empty text",
        Some(Json::Text(_)) => "a text",
        Some(Json::List(_)) => "a list",
        Some(Json::Object(_)) => "an object",
    }
}
