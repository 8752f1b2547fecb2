//! The looks that every state has: theme, language, width.

use serde_json::{Value, json};

use crate::fault::Outcome;
use crate::options::Kind;
use crate::visitor::Visitor;

/// What the person's system asks of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    /// Light pages.
    Light,
    /// Dark pages.
    Dark,
    /// The system's own colours and no others (`forced-colors: active`).
    Forced,
}

/// The room that the page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Device {
    /// Its name in the gallery.
    pub(crate) name: &'static str,
    /// In CSS pixels.
    pub(crate) width: u32,
    /// In CSS pixels.
    pub(crate) height: u32,
}

/// One look of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Variant {
    /// Its colours.
    pub(crate) theme: Theme,
    /// The language of the interface.
    pub(crate) lang: &'static str,
    /// Its room.
    pub(crate) device: Device,
}

/// All languages of the interface (`src/i18n`).
pub(crate) const LANGUAGES: [&str; 7] = ["it", "en", "de", "fr", "es", "pt", "ar"];
/// All themes.
pub(crate) const THEMES: [Theme; 3] = [Theme::Light, Theme::Dark, Theme::Forced];
/// All widths. The smallest is a window of 1280 by 1024 at 400 % zoom (WCAG 1.4.10).
pub(crate) const DEVICES: [Device; 3] = [
    Device { name: "desktop", width: 1280, height: 860 },
    Device { name: "phone", width: 390, height: 844 },
    Device { name: "zoom", width: 320, height: 256 },
];
/// How a page begins.
pub(crate) const PLAIN: Variant =
    Variant { theme: Theme::Light, lang: LANGUAGES[0], device: DEVICES[0] };

impl Theme {
    /// Its name in the gallery.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Forced => "forced",
        }
    }
}

impl std::fmt::Display for Variant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}-{}", self.theme.name(), self.device.name, self.lang)
    }
}

impl Variant {
    /// Every variant there is.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for lang in LANGUAGES {
            for theme in THEMES {
                all.extend(DEVICES.map(|device| Self { theme, lang, device }));
            }
        }
        all
    }

    /// A few of them for the state of this number, so that over all states every two values of two
    /// different kinds meet; each state is seen in every language, theme and width.
    pub(crate) fn pairwise(state: usize) -> Vec<Self> {
        let rounds = LANGUAGES.len().max(THEMES.len()).max(DEVICES.len());
        let at = |round: usize| Self {
            lang: LANGUAGES[round % LANGUAGES.len()],
            theme: THEMES[(round + state) % THEMES.len()],
            device: DEVICES[(round + state / THEMES.len()) % DEVICES.len()],
        };
        (0..rounds).map(at).collect()
    }

    /// Shows the widget so.
    ///
    /// # Errors
    /// The browser cannot, or the widget does not speak the language.
    pub(crate) async fn put_on(self, visitor: &Visitor, kind: Kind) -> Outcome {
        let Device { width, height, .. } = self.device;
        visitor.browser.resize(width, height).await?;
        let own_theme = match kind {
            Kind::Chromium => {
                self.emulate(visitor).await?;
                Value::Null
            }
            // Firefox cannot be told while it runs; the widget can.
            Kind::Firefox => json!(self.theme.name()),
        };
        visitor.browser.run_async(PUT_ON, vec![json!(self.lang), own_theme]).await.map(drop)
    }

    /// Source: Chrome DevTools Protocol, `Emulation.setEmulatedMedia`.
    async fn emulate(self, visitor: &Visitor) -> Outcome {
        let scheme = if self.theme == Theme::Dark { "dark" } else { "light" };
        let forced = if self.theme == Theme::Forced { "active" } else { "none" };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "forced-colors", "value": forced },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        visitor.browser.driver.cdp().send_raw("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }
}

/// Changes the language and waits until it is spoken and laid out.
const PUT_ON: &str = r#"
  const [lang, theme, done] = arguments;
  const host = document.querySelector("tvox-widget");
  if (host.getAttribute("lang") !== lang) host.setAttribute("lang", lang);
  if (theme && theme !== host.getAttribute("theme")) host.setAttribute("theme", theme);
  const root = () => host.shadowRoot.querySelector("[part~=root]");
  const wait = (frames) => {
    if (root()?.getAttribute("lang") !== lang) return requestAnimationFrame(() => wait(3));
    frames ? requestAnimationFrame(() => wait(frames - 1)) : done(true);
  };
  wait(3);
"#;

#[cfg(test)]
mod tests {
    use super::{DEVICES, LANGUAGES, THEMES, Variant};

    #[test]
    fn the_pairwise_choice_meets_every_two_values_over_all_states_and_every_one_in_each() {
        let states = 3 * THEMES.len();
        let every: Vec<_> = (0..states).map(Variant::pairwise).collect();
        for chosen in &every {
            assert!(LANGUAGES.iter().all(|lang| chosen.iter().any(|one| one.lang == *lang)));
            assert!(THEMES.iter().all(|theme| chosen.iter().any(|one| one.theme == *theme)));
            assert!(DEVICES.iter().all(|device| chosen.iter().any(|one| one.device == *device)));
        }
        for wanted in Variant::all() {
            let met = |same: &dyn Fn(&Variant) -> bool| every.iter().flatten().any(same);
            assert!(met(&|one| one.lang == wanted.lang && one.theme == wanted.theme), "{wanted}");
            assert!(met(&|one| one.lang == wanted.lang && one.device == wanted.device), "{wanted}");
            assert!(
                met(&|one| one.theme == wanted.theme && one.device == wanted.device),
                "{wanted}"
            );
        }
    }
}
