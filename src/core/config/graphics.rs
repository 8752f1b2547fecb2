use super::choice::choice;
use super::color::Color;
use crate::core::error::Error;
use crate::core::json::{Field, quote};
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

choice! {
    /// What opens a floating panel.
    Launcher {
        /// The round button in the page's corner.
        Button = "button",
        /// Nothing of ours: a button of the page's own, by the element's `open()`.
        None = "none",
    } default Button
}

/// Texts of the site owner's own: language, then the text's key, then the text.
pub type Texts = Map<String, Map<String, String>>;

/// How the widget looks and speaks (reference, `GraphicsConfigurationInterface`, which names no
/// fields; these are ours).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graphics {
    /// The panel's heading.
    pub title: Option<String>,
    /// The line below the heading.
    pub subtitle: Option<String>,
    /// The address of a picture beside the heading: http(s), `data:image/…`, `blob:` or relative
    /// to the page.
    pub logo: Option<String>,
    /// The accent colour.
    pub color: Option<Color>,
    /// Light or dark; the visitor's preference by default.
    pub theme: Theme,
    /// The launcher's corner; the right one by default.
    pub position: Position,
    /// From the side of the page, in CSS pixels: 20 by default.
    pub offset_x: u16,
    /// From the bottom of the page, in CSS pixels: 20 by default.
    pub offset_y: u16,
    /// What opens the panel; the round button by default.
    pub launcher: Launcher,
    /// Words beside the launcher's icon.
    pub label: Option<String>,
    /// The value of the CSS property `font-family`.
    pub font: Option<String>,
    /// How the widget stands in the page; floating by default.
    pub mode: Mode,
    /// The language (BCP 47); the page's own by default.
    pub lang: Option<String>,
    /// Texts that replace the widget's own.
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
            launcher: Launcher::default(),
            label: None,
            font: None,
            mode: Mode::default(),
            lang: None,
            texts: Texts::default(),
        }
    }
}

impl Graphics {
    #[inline(never)]
    pub(super) fn read(field: &Field<'_>) -> Self {
        field.known(&[
            "title", "subtitle", "logo", "color", "theme", "position", "offsetX", "offsetY",
            "launcher", "label", "font", "mode", "lang", "texts",
        ]);
        let word = |name: &str, words| field.word(name, words).unwrap_or_default();
        let offset = |name: &str| {
            let pixels = field.whole(name, 0, u64::from(OFFSET_MAX));
            pixels.and_then(|pixels| u16::try_from(pixels).ok()).unwrap_or(OFFSET_DEFAULT)
        };
        Self {
            title: field.string("title"),
            subtitle: field.string("subtitle"),
            logo: field.string("logo"),
            color: read_color(field),
            // The default stands first in each of these lists.
            theme: Theme::ALL[word("theme", Theme::NAMES)],
            position: Position::ALL[word("position", Position::NAMES)],
            offset_x: offset("offsetX"),
            offset_y: offset("offsetY"),
            launcher: Launcher::ALL[word("launcher", Launcher::NAMES)],
            label: field.string("label"),
            font: field.string("font"),
            mode: Mode::ALL[word("mode", Mode::NAMES)],
            lang: field.string("lang"),
            texts: field.find("texts").map(|field| read_texts(&field)).unwrap_or_default(),
        }
    }

    #[inline(never)]
    pub(super) fn check(&self) -> Result<(), Error> {
        let picture = "an http(s) address, data:image/…, blob: or a path";
        obeys("graphics.logo", self.logo.as_deref(), is_picture_address, picture)?;
        obeys("graphics.font", self.font.as_deref(), is_font, "a CSS font-family")?;
        let language = "a language such as it or en-GB";
        obeys("graphics.lang", self.lang.as_deref(), is_language, language)?;
        for lang in self.texts.keys() {
            obeys("graphics.texts", Some(lang), is_language, language)?;
        }
        Ok(())
    }
}

#[inline(never)]
fn read_color(field: &Field<'_>) -> Option<Color> {
    field.find("color")?;
    let color = field.needed_text("color", Color::EXPECTED).parse();
    color.map_err(|mistake| field.notes().mistake(mistake)).ok()
}

#[inline(never)]
fn read_texts(field: &Field<'_>) -> Texts {
    let mut texts = Texts::new();
    for (lang, _) in field.members() {
        let words = field.get(lang);
        let own = texts.get_or_insert_with(lang.clone(), Map::new);
        for (key, _) in words.members() {
            if let Some(text) = words.string(key) {
                own.insert(key.clone(), text);
            }
        }
    }
    texts
}

fn obeys(
    field: &str,
    text: Option<&str>,
    rule: fn(&str) -> bool,
    expected: &str,
) -> Result<(), Error> {
    match text {
        Some(text) if !rule(text) => Err(Error::mistake(field, expected, quote(text))),
        Some(_) | None => Ok(()),
    }
}

fn is_font(font: &str) -> bool {
    !font.bytes().any(|byte| matches!(byte, b';' | b'{' | b'}' | b'<'))
}

/// Relative addresses have no scheme: no colon before the first slash, question mark or hash.
fn is_picture_address(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    let allowed = ["https://", "http://", "data:image/", "blob:"];
    let mark = lower.bytes().find(|byte| matches!(byte, b':' | b'/' | b'?' | b'#'));
    mark != Some(b':') || allowed.iter().any(|start| lower.starts_with(start))
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
