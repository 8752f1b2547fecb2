//! What the interface says, in the visitor's language.
//!
//! A language names every [`Key`] in its order, or it does not compile. A text may hold
//! places to fill (`{name}`) and, where it counts, two forms parted by `|`: for one, and for any other
//! number, which is the plural rule of the languages here. A site may override each text by its name
//! (`graphics.texts`), in the same notation.

/// The texts of a language as one, a line each, checked while compiling.
///
/// Two hundred texts with an address and a length each would weigh half as much again.
macro_rules! texts {
    ($($key:ident = $text:literal,)+) => {
        pub(super) const TEXTS: &str = concat!($($text, "\n"),+);

        const _: () = {
            use super::Key;

            let keys = [$(Key::$key),+];
            assert!(keys.len() == Key::ALL.len(), "a text is missing or given twice");
            let mut at = 0;
            while at < keys.len() {
                assert!(keys[at] as usize == at, "the texts stand in the order of the keys");
                at += 1;
            }
            let (mut lines, mut at) = (0, 0);
            while at < TEXTS.len() {
                lines += (TEXTS.as_bytes()[at] == b'\n') as usize;
                at += 1;
            }
            assert!(lines == keys.len(), "a text is one line");
        };
    };
}

mod en;
mod it;
mod key;

use std::borrow::Cow;

use crate::core::Map;

pub use key::Key;

/// The languages that the widget speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English, also where nothing better is known.
    #[default]
    En,
    /// Italian.
    It,
}

impl Lang {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::En, Self::It];

    /// The BCP 47 primary subtag.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::It => "it",
        }
    }

    /// The first of the wishes (BCP 47 tags, best first) that the widget speaks.
    pub fn choose<'a>(wishes: impl IntoIterator<Item = &'a str>) -> Self {
        wishes.into_iter().find_map(Self::of_tag).unwrap_or_default()
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.iter().copied().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    fn text(self, key: Key) -> &'static str {
        let texts = match self {
            Self::En => en::TEXTS,
            Self::It => it::TEXTS,
        };
        line(texts, key)
    }
}

/// The texts of one language, with a site's own in place of some.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Texts<'a> {
    lang: Lang,
    overrides: Option<&'a Map<String, String>>,
}

impl<'a> Texts<'a> {
    /// The texts of a language; `overrides` maps a key's name to the site's own text.
    #[must_use]
    pub const fn new(lang: Lang, overrides: Option<&'a Map<String, String>>) -> Self {
        Self { lang, overrides }
    }

    /// A text without places to fill.
    #[must_use]
    pub fn get(&self, key: Key) -> Cow<'static, str> {
        match self.overrides.and_then(|own| own.get(key.name())) {
            Some(own) => Cow::Owned(own.clone()),
            None => Cow::Borrowed(self.lang.text(key)),
        }
    }

    /// A text with its places filled. What is filled in is not looked at again, so a name such as
    /// `{n}` stays what it is.
    #[must_use]
    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        fill(&self.get(key), values)
    }

    /// A text that counts: its form for `n`, with `{n}` filled.
    #[must_use]
    pub fn count(&self, key: Key, n: u64) -> String {
        let text = self.get(key);
        let form = match text.split_once('|') {
            Some((one, _)) if n == 1 => one,
            Some((_, other)) => other,
            None => &text,
        };
        fill(form, &[("n", &n.to_string())])
    }
}

/// The line that belongs to a key.
fn line(lines: &'static str, key: Key) -> &'static str {
    lines.split('\n').nth(key as usize).unwrap_or_default()
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}').and_then(|(name, after)| {
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, after))
        });
        match place {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            // A brace that opens no known place is text.
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn italian() -> Texts<'static> {
        Texts::new(Lang::It, None)
    }

    #[test]
    fn the_first_wish_that_is_spoken_wins() {
        assert_eq!(Lang::choose(["de-DE", "it-CH", "en"]), Lang::It);
        assert_eq!(Lang::choose(["IT"]), Lang::It);
        assert_eq!(Lang::choose(["italiano", ""]), Lang::En);
        assert_eq!(Lang::choose([]), Lang::En);
    }

    #[test]
    fn one_has_a_form_of_its_own_and_zero_is_plural() {
        assert_eq!(italian().count(Key::NewMessages, 1), "1 nuovo messaggio");
        assert_eq!(italian().count(Key::NewMessages, 0), "0 nuovi messaggi");
        assert_eq!(italian().count(Key::NewMessages, 21), "21 nuovi messaggi");
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let text = italian().fill(Key::Typing, &[("name", "{name}")]);
        assert_eq!(text, "{name} sta scrivendo");
        assert_eq!(fill("{a}{b} {", &[("a", "{b}"), ("b", "x")]), "{b}x {");
    }

    #[test]
    fn a_site_overrides_a_text_by_its_name() {
        let own = Map::from_iter([("newMessages".to_owned(), "uno|tanti ({n})".to_owned())]);
        let texts = Texts::new(Lang::It, Some(&own));
        assert_eq!(texts.count(Key::NewMessages, 1), "uno");
        assert_eq!(texts.count(Key::NewMessages, 3), "tanti (3)");
        assert_eq!(texts.get(Key::Send), "Invia");
    }

    #[test]
    fn every_text_has_the_same_places_in_every_language() {
        for &key in Key::ALL {
            let places = |text: &str| {
                let mut names: Vec<String> = text
                    .split('{')
                    .skip(1)
                    .filter_map(|part| part.split_once('}').map(|(name, _)| name.to_owned()))
                    .collect();
                names.sort();
                names.dedup();
                names
            };
            let english = Lang::En.text(key);
            for &lang in Lang::ALL {
                let text = lang.text(key);
                assert!(!text.is_empty(), "{key:?} is empty in {lang:?}");
                assert_eq!(places(text), places(english), "{key:?} in {lang:?}");
                assert_eq!(text.matches('|').count(), english.matches('|').count(), "{key:?}");
            }
        }
    }
}
