use serde::Serialize;

use super::choice::choice;
use super::color::Color;
use super::reader::{Field, mistake, quote};
use crate::core::error::Error;
use crate::core::map::Map;

const OFFSET_MAX: u16 = 2_000;
const OFFSET_DEFAULT: u16 = 20;

choice! {
    /// Light or dark.
    Theme {
        /// As the visitor's system prefers.
        Auto = "auto",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
    } default Auto
}

choice! {
    /// The bottom corner of the page in which the launcher stands.
    Position {
        /// The right one.
        Right = "right",
        /// The left one.
        Left = "left",
    } default Right
}

choice! {
    /// How the widget stands in the page.
    Mode {
        /// A launcher in the corner that opens a panel.
        Floating = "floating",
        /// The panel, in the page's own flow.
        Inline = "inline",
        /// One service with its live status, in the page's own flow.
        Card = "card",
    } default Floating
}

/// Texts of the site owner's own: language, then the text's key, then the text.
pub type Texts = Map<String, Map<String, String>>;

/// How the widget looks and speaks (reference, `GraphicsConfigurationInterface`, which names no
/// fields; these are ours).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Graphics {
    /// The panel's heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The line below the heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// The address of a picture beside the heading: http(s), `data:image/…`, `blob:` or relative
    /// to the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// The accent colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// Light or dark; the visitor's preference by default.
    pub theme: Theme,
    /// The launcher's corner; the right one by default.
    pub position: Position,
    /// From the side of the page, in CSS pixels: 20 by default.
    pub offset_x: u16,
    /// From the bottom of the page, in CSS pixels: 20 by default.
    pub offset_y: u16,
    /// Words beside the launcher's icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The value of the CSS property `font-family`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font: Option<String>,
    /// How the widget stands in the page; floating by default.
    pub mode: Mode,
    /// The language (BCP 47); the page's own by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Texts that replace the widget's own.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub texts: Texts,
}

impl Default for Graphics {
    fn default() -> Self {
        Self {
            title: None,
            subtitle: None,
            logo: None,
            color: None,
            theme: Theme::default(),
            position: Position::default(),
            offset_x: OFFSET_DEFAULT,
            offset_y: OFFSET_DEFAULT,
            label: None,
            font: None,
            mode: Mode::default(),
            lang: None,
            texts: Texts::default(),
        }
    }
}

impl Graphics {
    pub(super) fn read(field: &Field<'_>) -> Self {
        field.object(&[
            "title", "subtitle", "logo", "color", "theme", "position", "offsetX", "offsetY",
            "label", "font", "mode", "lang", "texts",
        ]);
        let text = |name: &str| field.get(name).string();
        let word = |name: &str, words| field.get(name).word(words).unwrap_or_default();
        let offset = |name: &str| {
            let pixels = field.get(name).whole(0..=u64::from(OFFSET_MAX));
            pixels.and_then(|pixels| u16::try_from(pixels).ok()).unwrap_or(OFFSET_DEFAULT)
        };
        Self {
            title: text("title"),
            subtitle: text("subtitle"),
            logo: text("logo"),
            color: field.find("color").and_then(|field| field.needed(Color::EXPECTED)),
            // The default stands first in each of these lists.
            theme: Theme::ALL[word("theme", Theme::NAMES)],
            position: Position::ALL[word("position", Position::NAMES)],
            offset_x: offset("offsetX"),
            offset_y: offset("offsetY"),
            label: text("label"),
            font: text("font"),
            mode: Mode::ALL[word("mode", Mode::NAMES)],
            lang: text("lang"),
            texts: field.find("texts").map(|field| read_texts(&field)).unwrap_or_default(),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if let Some(logo) = self.logo.as_deref().filter(|logo| !is_picture_address(logo)) {
            let expected = "an http(s) address, data:image/…, blob: or a path";
            return Err(mistake("graphics.logo", expected, quote(logo)));
        }
        if let Some(font) = self.font.as_deref().filter(|font| font.contains([';', '{', '}', '<']))
        {
            return Err(mistake("graphics.font", "a CSS font-family", quote(font)));
        }
        if let Some(lang) = self.lang.as_deref().filter(|lang| !is_language(lang)) {
            return Err(mistake("graphics.lang", "a language such as it or en-GB", quote(lang)));
        }
        if let Some(lang) = self.texts.keys().find(|lang| !is_language(lang)) {
            return Err(mistake("graphics.texts", "languages such as it or en-GB", quote(lang)));
        }
        Ok(())
    }
}

fn read_texts(field: &Field<'_>) -> Texts {
    let language = |(lang, words): (&str, Field<'_>)| {
        let text = |(key, text): (&str, Field<'_>)| Some((key.to_owned(), text.string()?));
        (lang.to_owned(), words.members().into_iter().filter_map(text).collect())
    };
    field.members().into_iter().map(language).collect()
}

/// Relative addresses have no scheme: no colon before the first slash, question mark or hash.
fn is_picture_address(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    let head = lower.split(['/', '?', '#']).next().unwrap_or_default();
    let relative = !head.contains(':');
    let allowed = ["https://", "http://", "data:image/", "blob:"];
    relative || allowed.iter().any(|start| lower.starts_with(start))
}

/// Two to eight letters, then subtags of letters and digits (RFC 5646, loosely).
fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let primary = subtags.next().unwrap_or_default();
    (2..=8).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags
            .all(|it| (1..=8).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_cannot_be_a_program() {
        for address in [
            "/logo.svg",
            "logo.svg",
            "https://a.example/l.png",
            "data:image/png;base64,AA==",
            "../a:b.png",
        ] {
            assert!(is_picture_address(address), "{address}");
        }
        for address in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
        ] {
            assert!(!is_picture_address(address), "{address}");
        }
    }

    #[test]
    fn a_language_is_letters_then_subtags() {
        assert!(["it", "en-GB", "zh-Hant-TW", "es-419"].into_iter().all(is_language));
        assert!(!["", "i", "it_IT", "english language", "en-", "e1"].into_iter().any(is_language));
    }
}
