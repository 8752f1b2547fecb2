//! What the interface says, in the visitor's language.
//!
//! Each language is a file, `texts/<code>.json`: a text for every [`Key`], under its name. English is
//! the source. A page loads the file of its language and no other, beside the module and at the same
//! time; none is compiled in, unless an application asks for it ([`Texts::built_in`]).
//!
//! # Notation
//!
//! That of ICU MessageFormat, as far as sentences of an interface need it, in the files and in what a
//! site puts in place of a text (`graphics.texts`):
//!
//! * `{name}` is a place to fill;
//! * `{n, plural, one {# message} other {# messages}}` chooses by a number, `#` being the number as
//!   the language writes it. Each language has the categories that CLDR gives it (English, German,
//!   Italian, Spanish, French, Portuguese: `one`, `other`; Arabic: `zero`, `one`, `two`, `few`, `many`,
//!   `other`), and a whole sentence stands in each form: languages differ in what else changes;
//! * `'{'` is a brace that is meant. Any other apostrophe is one, though `’` is the better one.
//!
//! # A new text
//!
//! 1. Name it in `key.rs`, where texts of its kind are: a variant, what it is for, its name.
//! 2. Write it in `texts/en.json` and in each of the others, at the same place. Short and warm; what
//!    the visitor can do next, not what went wrong inside. German says *Sie*, French *vous*, Spanish
//!    *usted*, Italian *tu*; Portuguese is that of Portugal and addresses nobody by a word, Arabic the
//!    modern standard. No name, no greeting and no state supposes the visitor to be a man or a woman
//!    where the language leaves a choice.
//! 3. `ui.text(Key::…)`, `ui.fill(Key::…, &[("name", …)])`, `ui.count(Key::…, n)` show it.
//!
//! The tests say which language lacks it, whether the places are the same and the forms complete.
//!
//! # A new language
//!
//! 1. `texts/<code>.json`, with a text for every key.
//! 2. A variant of [`Lang`], and its line in [`Lang::ALL`], `code`, `source` and, where it is written
//!    from right to left, `dir`; its plural categories in `number.rs`.
//! 3. Its line in `TEXTS` of `src/element/element.js` (a test compares the two).

mod key;
mod message;
mod number;

use std::borrow::Cow;
use std::sync::Arc;

use crate::core::config::Texts as Overrides;
use crate::core::json::Json;

pub use key::Key;
use message::Values;

/// The languages that the widget speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English, also where nothing better is known.
    #[default]
    En,
    /// Italian.
    It,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
    /// Arabic.
    Ar,
}

impl Lang {
    /// Every language.
    pub const ALL: &'static [Self] =
        &[Self::En, Self::It, Self::De, Self::Fr, Self::Es, Self::Pt, Self::Ar];

    /// The BCP 47 primary subtag.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::It => "it",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Pt => "pt",
            Self::Ar => "ar",
        }
    }

    /// The direction in which it is written, as the attribute `dir` has it.
    #[must_use]
    pub const fn dir(self) -> &'static str {
        match self {
            Self::En | Self::It | Self::De | Self::Fr | Self::Es | Self::Pt => "ltr",
            Self::Ar => "rtl",
        }
    }

    /// The first of the wishes (BCP 47 tags, best first) that the widget speaks.
    pub fn choose<'a>(wishes: impl IntoIterator<Item = &'a str>) -> Self {
        wishes.into_iter().find_map(Self::of_tag).unwrap_or_default()
    }

    fn of_tag(tag: &str) -> Option<Self> {
        let primary = subtags(tag).next()?;
        Self::ALL.iter().copied().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    /// Its file.
    const fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("texts/en.json"),
            Self::It => include_str!("texts/it.json"),
            Self::De => include_str!("texts/de.json"),
            Self::Fr => include_str!("texts/fr.json"),
            Self::Es => include_str!("texts/es.json"),
            Self::Pt => include_str!("texts/pt.json"),
            Self::Ar => include_str!("texts/ar.json"),
        }
    }
}

fn subtags(tag: &str) -> impl Iterator<Item = &str> {
    tag.trim().split(['-', '_'])
}

/// The texts of one language, with a site's own in place of some. Copies share them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    lang: Lang,
    locale: String,
    /// In the order of the keys.
    texts: Arc<[String]>,
    /// By the place of the key.
    overrides: Vec<(usize, String)>,
}

impl Texts {
    /// The texts of a language, compiled in: for applications that draw the components themselves, and
    /// for tests. An application holds every language that it names so; one that lets its users choose
    /// loads the file instead, and reads it.
    #[must_use]
    pub fn built_in(lang: Lang) -> Self {
        // The tests read every file.
        Self::read(lang.code(), lang.source()).unwrap_or_else(|_| Self {
            lang,
            locale: lang.code().to_owned(),
            texts: Key::names().map(str::to_owned).collect(),
            overrides: Vec::new(),
        })
    }

    /// The texts in a language's file (`texts/<code>.json` of the package). `tag` is the language as
    /// it was wished for (BCP 47); its region, if any, says how dates and numbers are written.
    ///
    /// # Errors
    /// The text is no such file, or one of another version: a sentence for the developer.
    pub fn read(tag: &str, json: &str) -> Result<Self, String> {
        let lang = Lang::choose([tag]);
        let fail = |why: &str| Err(format!("texts/{}.json: {why}", lang.code()));
        let Ok(file) = Json::parse(json) else { return fail("not JSON") };
        let mut texts = Vec::with_capacity(Key::ALL.len());
        for name in Key::names() {
            let Some(Json::Text(text)) = file.get(name) else {
                return fail(&format!("no text “{name}”; is it of another version?"));
            };
            texts.push(text.clone());
        }
        Ok(Self { lang, locale: locale(lang, tag), texts: texts.into(), overrides: Vec::new() })
    }

    /// The same, with the texts of a site (by language, then by the key's name) in place of those that
    /// they name; and what is wrong with those that cannot be used, for the developer.
    #[must_use]
    pub fn with(mut self, own: &Overrides) -> (Self, Vec<String>) {
        let mut faults = Vec::new();
        self.overrides.clear();
        for (name, text) in own.get(self.lang.code()).into_iter().flat_map(|own| own.iter()) {
            match self.override_at(name, text) {
                Ok(at) => self.overrides.push((at, text.clone())),
                Err(why) => {
                    faults.push(format!("graphics.texts.{}.{name}: {why}", self.lang.code()));
                }
            }
        }
        (self, faults)
    }

    /// The place of a key, if this text can stand there.
    fn override_at(&self, name: &str, text: &str) -> Result<usize, String> {
        let at = Key::names().position(|known| known == name);
        let at = at.ok_or("there is no text of that name; it was ignored")?;
        let places = message::places(text);
        let places = places.map_err(|fault| format!("{fault}; the built-in text stays"))?;
        let known = message::places(&self.texts[at]).unwrap_or_default();
        match places.iter().find(|name| !known.contains(name)) {
            Some(name) => Err(format!("nothing fills {{{name}}}; the built-in text stays")),
            None => Ok(at),
        }
    }

    /// The language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// How dates and numbers are to be written: the language, with the region that was wished for
    /// (BCP 47).
    #[must_use]
    pub fn locale(&self) -> &str {
        &self.locale
    }

    /// A text without places to fill.
    #[must_use]
    pub fn get(&self, key: Key) -> Cow<'static, str> {
        Cow::Owned(self.say(key, None, &[]))
    }

    /// A text with its places filled. What is filled in is not looked at again, so a name such as
    /// `{n}` stays what it is.
    #[must_use]
    pub fn fill(&self, key: Key, values: &[(&str, &str)]) -> String {
        self.say(key, None, values)
    }

    /// A text that counts: its form for `n`, with the number in it.
    #[must_use]
    pub fn count(&self, key: Key, n: u64) -> String {
        self.say(key, Some(n), &[])
    }

    /// A text that counts and has other places too.
    #[must_use]
    pub fn count_fill(&self, key: Key, n: u64, values: &[(&str, &str)]) -> String {
        self.say(key, Some(n), values)
    }

    /// A whole number, as the language writes it.
    #[must_use]
    pub fn number(&self, n: u64) -> String {
        number::written(&self.locale, n)
    }

    fn say(&self, key: Key, n: Option<u64>, texts: &[(&str, &str)]) -> String {
        let at = key as usize;
        let own = self.overrides.iter().find(|(place, _)| *place == at);
        let text = own.map_or(&self.texts[at], |(_, text)| text);
        // What cannot be read was reported when it came.
        let rtl = self.lang.dir() == "rtl";
        message::fill(text, &Values { locale: &self.locale, rtl, n, texts })
            .unwrap_or_else(|_| text.clone())
    }
}

/// English, compiled in.
impl Default for Texts {
    fn default() -> Self {
        Self::built_in(Lang::En)
    }
}

/// `de-AT` for `de_at-x-whatever`: what every browser's `Intl` takes, in which a tag that is not
/// well-formed would be an exception.
fn locale(lang: Lang, tag: &str) -> String {
    let letters = |part: &&str| part.len() == 2 && part.chars().all(|c| c.is_ascii_alphabetic());
    match subtags(tag).nth(1).filter(letters) {
        Some(region) => format!("{}-{}", lang.code(), region.to_ascii_uppercase()),
        None => lang.code().to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::core::Map;

    fn italian() -> Texts {
        Texts::built_in(Lang::It)
    }

    fn own(lang: &str, texts: &[(&str, &str)]) -> Overrides {
        let texts = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Map::from_iter([(lang.to_owned(), texts.collect())])
    }

    /// The texts of a file, by name, as they are written.
    fn file(lang: Lang) -> Vec<(String, String)> {
        let Ok(Json::Object(members)) = Json::parse(lang.source()) else {
            unreachable!("{lang:?} is no JSON object")
        };
        let text = |(name, text)| {
            let Json::Text(text) = text else { unreachable!("{name} in {lang:?} is no text") };
            (name, text)
        };
        members.into_iter().map(text).collect()
    }

    #[test]
    fn the_first_wish_that_is_spoken_wins() {
        assert_eq!(Lang::choose(["fi-FI", "it-CH", "en"]), Lang::It);
        assert_eq!(Lang::choose(["IT"]), Lang::It);
        assert_eq!(Lang::choose(["pt_BR", "en"]), Lang::Pt);
        assert_eq!(Lang::choose(["italiano", ""]), Lang::En);
        assert_eq!(Lang::choose([]), Lang::En);
    }

    #[test]
    fn the_region_says_how_dates_are_written_and_nothing_malformed_gets_to_the_browser() {
        let locale = |tag| Texts::read(tag, Lang::De.source()).unwrap().locale().to_owned();
        assert_eq!(locale("de-AT"), "de-AT");
        assert_eq!(locale("de_ch"), "de-CH");
        assert_eq!(locale("de-x"), "de");
        assert_eq!(locale("de-Latn-DE"), "de");
        assert_eq!(locale("de-é1-u"), "de");
    }

    #[test]
    fn one_has_a_form_of_its_own_and_zero_is_plural() {
        assert_eq!(italian().count(Key::NewMessages, 1), "1 nuovo messaggio");
        assert_eq!(italian().count(Key::NewMessages, 0), "0 nuovi messaggi");
        assert_eq!(italian().count(Key::NewMessages, 21), "21 nuovi messaggi");
    }

    #[test]
    fn arabic_has_a_form_for_each_of_its_six_categories() {
        let arabic = Texts::built_in(Lang::Ar);
        let mut said: Vec<String> = [0, 1, 2, 3, 11, 100]
            .map(|n| arabic.count(Key::Remaining, n).replace(|c: char| c.is_ascii_digit(), ""))
            .to_vec();
        said.sort();
        said.dedup();
        assert_eq!(said.len(), 6, "{said:?}");
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let text = italian().fill(Key::Typing, &[("name", "{name}")]);
        assert_eq!(text, "{name} sta scrivendo");
    }

    #[test]
    fn a_site_overrides_a_text_by_its_name() {
        let own = own("it", &[("newMessages", "{n, plural, one {uno} other {tanti (#)}}")]);
        let (texts, faults) = italian().with(&own);
        assert_eq!(faults, [""; 0]);
        assert_eq!(texts.count(Key::NewMessages, 1), "uno");
        assert_eq!(texts.count(Key::NewMessages, 3), "tanti (3)");
        assert_eq!(texts.get(Key::Send), "Invia");
        let (texts, _) = texts.with(&Overrides::default());
        assert_eq!(texts.count(Key::NewMessages, 1), "1 nuovo messaggio");
    }

    #[test]
    fn an_override_that_cannot_be_used_is_told_and_the_built_in_text_stays() {
        let broken = [("send", "Invia {"), ("typing", "{nome} scrive"), ("seend", "Invia")];
        let (texts, faults) = italian().with(&own("it", &broken));
        assert_eq!(texts, italian());
        let told = |name: &str| faults.iter().any(|fault| fault.contains(&format!("it.{name}: ")));
        assert_eq!(faults.len(), 3);
        assert!(told("send") && told("typing") && told("seend"), "{faults:?}");
        let (_, faults) = italian().with(&own("de", &broken));
        assert_eq!(faults, [""; 0], "of a language that is not in use nothing is read");
    }

    #[test]
    fn a_file_of_another_version_is_refused() {
        let old = Lang::It.source().replacen("\"title\"", "\"titolo\"", 1);
        assert!(Texts::read("it", &old).unwrap_err().contains("“title”"));
        assert!(Texts::read("it", "<!doctype html>").is_err());
    }

    #[test]
    fn every_language_has_each_text_once_and_no_other() {
        for &lang in Lang::ALL {
            let mut names: Vec<String> = file(lang).into_iter().map(|(name, _)| name).collect();
            let mut keys: Vec<String> = Key::names().map(str::to_owned).collect();
            names.sort();
            keys.sort();
            let missing: Vec<_> = keys.iter().filter(|key| !names.contains(key)).collect();
            let superfluous: Vec<_> = names.iter().filter(|name| !keys.contains(name)).collect();
            assert!(missing.is_empty(), "texts/{}.json lacks {missing:?}", lang.code());
            assert!(superfluous.is_empty(), "texts/{}.json: {superfluous:?}", lang.code());
            assert_eq!(names, keys, "a text is there twice in {lang:?}");
        }
    }

    #[test]
    fn every_text_can_be_read_says_something_and_has_the_places_of_the_english_one() {
        let english = Texts::built_in(Lang::En);
        for &lang in Lang::ALL {
            let texts = Texts::built_in(lang);
            for (at, (text, source)) in texts.texts.iter().zip(english.texts.iter()).enumerate() {
                let name = Key::ALL[at].name();
                assert!(!text.trim().is_empty() && text.trim() == text, "{name} in {lang:?}");
                let places = message::places(text).map_err(|fault| format!("{name}: {fault}"));
                let expected = message::places(source).unwrap();
                assert_eq!(places.as_deref(), Ok(&expected[..]), "{name} in {lang:?}");
                assert_eq!(text.contains("plural,"), source.contains("plural,"), "{name} {lang:?}");
            }
        }
    }

    /// `many` of Italian, Spanish, French and Portuguese is that of whole millions, which nothing here
    /// reaches.
    #[test]
    fn every_plural_has_exactly_the_forms_that_its_language_needs() {
        for &lang in Lang::ALL {
            let mut needed: Vec<String> =
                (0..1000).map(|n| number::category(lang.code(), n).into_owned()).collect();
            needed.sort();
            needed.dedup();
            for (name, text) in file(lang).into_iter().filter(|(_, text)| text.contains("plural,"))
            {
                let mut forms = message::selectors(&text);
                forms.sort_unstable();
                assert_eq!(forms, needed, "{name} in {lang:?}");
            }
        }
    }

    #[test]
    fn nine_texts_of_ten_are_not_the_english_ones() {
        let english = Texts::built_in(Lang::En);
        for &lang in Lang::ALL.iter().filter(|lang| **lang != Lang::En) {
            let texts = Texts::built_in(lang);
            let pairs = texts.texts.iter().zip(english.texts.iter());
            let same: Vec<_> = pairs.filter(|(own, source)| own == source).collect();
            assert!(same.len() * 10 <= Key::ALL.len(), "{lang:?}: {same:?}");
        }
    }
}
