//! The words on the command line.

use std::path::PathBuf;

/// A browser that the suite runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Chromium, steered by chromedriver.
    Chromium,
    /// Firefox, steered by geckodriver.
    Firefox,
}

impl Kind {
    /// As in the options and in the names of screenshots.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }
}

/// Everything the suite is told; `cargo xtask test` fills it in.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Which browser.
    pub(crate) kind: Kind,
    /// The browser's program.
    pub(crate) browser: PathBuf,
    /// The driver's program.
    pub(crate) driver: PathBuf,
    /// The demo server's program.
    pub(crate) server: PathBuf,
    /// The project's root: the demo pages.
    pub(crate) site: PathBuf,
    /// The built widget.
    pub(crate) widget: PathBuf,
    /// axe-core, as one script.
    pub(crate) axe: PathBuf,
    /// Where pictures go.
    pub(crate) screenshots: PathBuf,
    /// The long scenarios as well.
    pub(crate) full: bool,
    /// No scenarios, but pictures of every state into this folder; the filters choose states.
    pub(crate) gallery: Option<PathBuf>,
    /// Only scenarios whose name contains one of these; all of them if empty.
    pub(crate) filters: Vec<String>,
}

impl Options {
    /// Reads `--name value` pairs and filters.
    ///
    /// # Errors
    /// An option is missing, unknown or has no value.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut kind = None;
        let mut paths: [(&str, Option<PathBuf>); 7] = [
            ("--browser-path", None),
            ("--driver-path", None),
            ("--server", None),
            ("--site", None),
            ("--widget", None),
            ("--axe", None),
            ("--screenshots", None),
        ];
        let (mut filters, mut full, mut gallery) = (Vec::new(), false, None);
        let mut words = words;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            if word == "--browser" {
                kind = Some(match value()?.as_str() {
                    "chromium" => Kind::Chromium,
                    "firefox" => Kind::Firefox,
                    other => return Err(format!("--browser is chromium or firefox, not {other}")),
                });
            } else if let Some((_, path)) = paths.iter_mut().find(|(name, _)| *name == word) {
                *path = Some(value()?.into());
            } else if word == "--gallery" {
                gallery = Some(value()?.into());
            } else if word == "--include-ignored" {
                // As libtest calls it.
                full = true;
            } else if word.starts_with('-') {
                return Err(format!("unknown option {word}"));
            } else {
                filters.push(word);
            }
        }
        let [browser, driver, server, site, widget, axe, screenshots] =
            paths.map(|(name, path)| path.ok_or_else(|| format!("{name} is missing")));
        Ok(Self {
            kind: kind.ok_or("--browser is missing")?,
            browser: browser?,
            driver: driver?,
            server: server?,
            site: site?,
            widget: widget?,
            axe: axe?,
            screenshots: screenshots?,
            full,
            gallery,
            filters,
        })
    }

    /// Whether the scenario of this name is to be run.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.filters.is_empty() || self.filters.iter().any(|filter| name.contains(filter.as_str()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Kind, Options};

    const COMPLETE: &str = "--browser firefox --browser-path b --driver-path d --server s --site . \
                            --widget dist --axe axe.js --screenshots shots";

    fn parse(words: &str) -> Result<Options, String> {
        Options::parse(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn every_option_is_needed() {
        assert_eq!(parse(COMPLETE).unwrap().kind, Kind::Firefox);
        assert!(parse(&COMPLETE.replace("--axe axe.js", "")).unwrap_err().contains("--axe"));
        assert!(parse(&format!("{COMPLETE} --slow")).unwrap_err().contains("--slow"));
    }

    #[test]
    fn the_long_scenarios_are_played_only_where_everything_is_wanted() {
        assert!(!parse(COMPLETE).unwrap().full);
        assert!(parse(&format!("{COMPLETE} --include-ignored")).unwrap().full);
    }

    #[test]
    fn a_filter_chooses_by_part_of_the_name() {
        let options = parse(&format!("{COMPLETE} reload restart")).unwrap();
        assert!(options.wants("a_reload_keeps_the_conversation"));
        assert!(!options.wants("the_visitor_ends_the_chat"));
        assert!(parse(COMPLETE).unwrap().wants("anything"));
    }
}
