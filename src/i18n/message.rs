//! The notation of the texts: as much of ICU MessageFormat as sentences of an interface need.
//!
//! `{name}` is a place, `{n, plural, one {…} other {…}}` a choice by number, in which `#` is that
//! number. `=0 {…}` wins over a category. An apostrophe is one, unless it stands before a brace
//! (`'{'` is a brace that is meant), and two are one.

use super::number;

/// Places within places: a sentence has one or two.
const DEEPEST: usize = 6;

/// What a message is filled with.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    /// How numbers are written and which forms they take: a BCP 47 tag that `Intl` takes.
    pub(super) locale: &'a str,
    /// Whether the sentence runs from right to left.
    pub(super) rtl: bool,
    /// What the place `n` holds.
    pub(super) n: Option<u64>,
    /// What the others hold.
    pub(super) texts: &'a [(&'a str, &'a str)],
}

/// A piece of a message.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Place(&'a str),
    /// `#`.
    Number,
    Plural(&'a str, Vec<Form<'a>>),
}

/// A selector and what is said then.
type Form<'a> = (&'a str, Vec<Part<'a>>);

/// Why a text is no message, for whoever wrote it.
pub(super) type Fault = &'static str;

const UNCLOSED: Fault = "a brace is not closed";
const UNOPENED: Fault = "a brace is closed that was not opened";
const NAMELESS: Fault = "a place has no name of letters and digits";
const UNKNOWN: Fault = "of the kinds of places only `plural` is known here";
const NO_OTHER: Fault = "a plural needs the form `other`";
const TOO_DEEP: Fault = "too many places within places";

/// The message, filled. A place that nothing is given for stays as it is written.
pub(super) fn fill(message: &str, values: &Values<'_>) -> Result<String, Fault> {
    let mut filled = String::with_capacity(message.len());
    say(&read(message)?, values, &mut filled);
    Ok(filled)
}

/// The names of a message's places, sorted, each once.
pub(super) fn places(message: &str) -> Result<Vec<&str>, Fault> {
    let mut names = Vec::new();
    collect(&read(message)?, &mut names);
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// The selectors of a message's plural.
#[cfg(test)]
pub(super) fn selectors(message: &str) -> Vec<&str> {
    let plural = |part| match part {
        Part::Plural(_, forms) => Some(forms),
        Part::Text(_) | Part::Place(_) | Part::Number => None,
    };
    let forms = read(message).into_iter().flatten().find_map(plural).unwrap_or_default();
    forms.into_iter().map(|(selector, _)| selector).collect()
}

fn say(parts: &[Part<'_>], values: &Values<'_>, out: &mut String) {
    let number = || values.n.map(|n| number::written(values.locale, n));
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Number => out.push_str(&number().unwrap_or_default()),
            Part::Place(name) => {
                let text = values.texts.iter().find(|(known, _)| known == name);
                match (text, *name == "n") {
                    (Some((_, text)), _) => put(text, values.rtl, out),
                    (None, true) if values.n.is_some() => {
                        out.push_str(&number().unwrap_or_default());
                    }
                    (None, _) => {
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    }
                }
            }
            Part::Plural(_, forms) => {
                if let Some((_, parts)) = form(forms, values) {
                    say(parts, values, out);
                }
            }
        }
    }
}

/// Puts in what was given. Where it may run against the sentence around it, it is kept apart (UAX 9,
/// isolates), or a name would drag the words and the full stop beside it to the wrong side.
fn put(text: &str, rtl: bool, out: &mut String) {
    // Hebrew, Arabic and their neighbours, and their presentation forms.
    let runs_left = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    let runs_right = |c: char| c.is_alphabetic() && !runs_left(c);
    // Figures alone run to the right: `+39 041` has its plus in front in every language.
    let apart = if rtl {
        text.contains(runs_right) || !text.contains(runs_left)
    } else {
        text.contains(runs_left)
    };
    if apart {
        out.push('\u{2068}');
    }
    out.push_str(text);
    if apart {
        out.push('\u{2069}');
    }
}

/// The form for the number: the one for exactly this, else that of its category, else `other`.
fn form<'a, 'b>(forms: &'b [Form<'a>], values: &Values<'_>) -> Option<&'b Form<'a>> {
    let find = |wanted: &str| forms.iter().find(|(selector, _)| *selector == wanted);
    let n = values.n.unwrap_or_default();
    let exact = forms.iter().find(|(selector, _)| {
        selector.strip_prefix('=').is_some_and(|number| number.parse() == Ok(n))
    });
    exact.or_else(|| find(&number::category(values.locale, n))).or_else(|| find("other"))
}

fn collect<'a>(parts: &[Part<'a>], names: &mut Vec<&'a str>) {
    for part in parts {
        match part {
            Part::Text(_) | Part::Number => {}
            Part::Place(name) => names.push(name),
            Part::Plural(name, forms) => {
                names.push(name);
                for (_, parts) in forms {
                    collect(parts, names);
                }
            }
        }
    }
}

fn read(message: &str) -> Result<Vec<Part<'_>>, Fault> {
    let mut reader = Reader { rest: message, depth: 0 };
    let parts = reader.parts()?;
    if reader.rest.is_empty() { Ok(parts) } else { Err(UNOPENED) }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    /// Up to the end, or to a brace that closes the form in which it stands.
    fn parts(&mut self) -> Result<Vec<Part<'a>>, Fault> {
        let mut parts = Vec::new();
        loop {
            let marks = ['{', '}', '\'', '#'];
            let at = self.rest.find(marks).unwrap_or(self.rest.len());
            self.text(at, &mut parts);
            let Some(mark) = self.rest.chars().next() else { return Ok(parts) };
            match mark {
                '}' => return Ok(parts),
                '{' => {
                    self.skip(1);
                    let place = self.place()?;
                    parts.push(place);
                }
                '#' if self.depth > 0 => {
                    self.skip(1);
                    parts.push(Part::Number);
                }
                '\'' => self.apostrophe(&mut parts),
                _ => self.text(1, &mut parts),
            }
        }
    }

    fn apostrophe(&mut self, parts: &mut Vec<Part<'a>>) {
        let after = &self.rest[1..];
        let quotes = after.starts_with(['{', '}']) || self.depth > 0 && after.starts_with('#');
        if quotes {
            self.skip(1);
            // What is quoted is not read; the end of the text ends it too, as ICU has it.
            let end = self.rest.find('\'').unwrap_or(self.rest.len());
            self.text(end, parts);
            self.skip(1);
        } else {
            self.text(1, parts);
            if after.starts_with('\'') {
                self.skip(1);
            }
        }
    }

    /// From behind the brace that opens it to behind the one that closes it.
    fn place(&mut self) -> Result<Part<'a>, Fault> {
        let name = self.word()?;
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            return Err(NAMELESS);
        }
        if self.next() == '}' {
            return Ok(Part::Place(name));
        }
        if self.word()? != "plural" || self.next() != ',' {
            return Err(UNKNOWN);
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(TOO_DEEP);
        }
        let mut forms = Vec::new();
        loop {
            let selector = self.word()?;
            match self.next() {
                '{' => forms.push((selector, self.parts()?)),
                '}' if selector.is_empty() => break,
                _ => return Err(UNCLOSED),
            }
            if self.next() != '}' {
                return Err(UNCLOSED);
            }
        }
        self.depth -= 1;
        if forms.iter().any(|(selector, _)| *selector == "other") {
            Ok(Part::Plural(name, forms))
        } else {
            Err(NO_OTHER)
        }
    }

    /// What stands before the next sign of the notation.
    fn word(&mut self) -> Result<&'a str, Fault> {
        let end = self.rest.find(['{', '}', ',']).ok_or(UNCLOSED)?;
        let word = self.rest[..end].trim();
        self.skip(end);
        Ok(word)
    }

    /// Takes the next sign; NUL at the end.
    fn next(&mut self) -> char {
        let sign = self.rest.chars().next().unwrap_or_default();
        self.skip(sign.len_utf8());
        sign
    }

    /// Takes so many bytes as a text.
    fn text(&mut self, length: usize, parts: &mut Vec<Part<'a>>) {
        if length > 0 {
            parts.push(Part::Text(&self.rest[..length]));
            self.skip(length);
        }
    }

    fn skip(&mut self, length: usize) {
        self.rest = self.rest.get(length..).unwrap_or_default();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn filled(message: &str, n: u64) -> Result<String, Fault> {
        let texts = [("name", "{n}"), ("a", "A")];
        fill(message, &Values { locale: "en", rtl: false, n: Some(n), texts: &texts })
    }

    #[test]
    fn a_place_is_filled_once_and_one_that_nothing_is_given_for_stays() {
        assert_eq!(filled("{name}, { a } and {b}", 1).unwrap(), "{n}, A and {b}");
    }

    #[test]
    fn a_number_chooses_its_form_and_an_exact_one_wins() {
        let text = "{a}: {n, plural, =0 {none} one {# thing} other {# things, {name}}}.";
        assert_eq!(filled(text, 0).unwrap(), "A: none.");
        assert_eq!(filled(text, 1).unwrap(), "A: 1 thing.");
        assert_eq!(filled(text, 2).unwrap(), "A: 2 things, {n}.");
    }

    #[test]
    fn an_apostrophe_is_one_unless_it_quotes_a_brace() {
        let text = "l'ora d''oggi: '{'n'}' '{a' #";
        assert_eq!(filled(text, 1).unwrap(), "l'ora d'oggi: {n} {a #");
        assert_eq!(filled("{n,plural,other{'#' #}}", 3).unwrap(), "# 3");
    }

    #[test]
    fn a_broken_text_is_told_by_what_is_wrong_with_it() {
        for (text, fault) in [
            ("{n", UNCLOSED),
            ("{n, plural, other {a}", UNCLOSED),
            ("{n, plural, other {a", UNCLOSED),
            ("{n, plural, other a}", UNCLOSED),
            ("a}", UNOPENED),
            ("{}", NAMELESS),
            ("{a b}", NAMELESS),
            ("{n, select, other {a}}", UNKNOWN),
            ("{n, plural}", UNKNOWN),
            ("{n, plural, one {a}}", NO_OTHER),
            ("{n, plural, }", NO_OTHER),
        ] {
            assert_eq!(filled(text, 1), Err(fault), "{text}");
        }
        let deep = "{n,plural,other{".repeat(100_000);
        assert_eq!(filled(&deep, 1), Err(TOO_DEEP));
    }

    #[test]
    fn what_runs_against_the_sentence_is_kept_apart_from_it() {
        let filled = |rtl, name| {
            fill("{name}.", &Values { locale: "en", rtl, n: None, texts: &[("name", name)] })
        };
        assert_eq!(filled(false, "Agata B.").unwrap(), "Agata B..");
        assert_eq!(filled(true, "Agata B.").unwrap(), "\u{2068}Agata B.\u{2069}.");
        assert_eq!(filled(true, "ليلى").unwrap(), "ليلى.");
        assert_eq!(filled(false, "ليلى").unwrap(), "\u{2068}ليلى\u{2069}.");
        assert_eq!(filled(true, "+39 041").unwrap(), "\u{2068}+39 041\u{2069}.");
    }

    #[test]
    fn the_places_of_all_forms_are_found() {
        let text = "{b} {n, plural, one {{a}} other {# {c} {a}}} '{'d'}'";
        assert_eq!(places(text).unwrap(), ["a", "b", "c", "n"]);
    }
}
