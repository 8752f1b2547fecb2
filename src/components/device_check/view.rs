//! What is said about devices and line before a call.

use crate::core::error::MediaSource;
use crate::core::model::{DeviceKind, Quality};
use crate::core::{Error, MediaError};
use crate::i18n::Key;

/// Under this name the devices chosen are kept; that there is something means that the visitor has
/// been here before (docs/element.md).
pub const KEPT: &str = "devices";

/// For how long the line is tried, in milliseconds.
pub const TRIAL: u64 = 10_000;

/// The devices that a visitor has chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices(Vec<(DeviceKind, String)>);

impl Choices {
    /// Reads what was kept: a line for each, kind and id.
    #[must_use]
    pub fn read(kept: &str) -> Self {
        let choice = |line: &str| {
            let (kind, id) = line.split_once(' ')?;
            Some((DeviceKind::named(kind)?, id.to_owned()))
        };
        Self(kept.lines().filter_map(choice).collect())
    }

    /// What is to be kept.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.iter().map(|(kind, id)| format!("{} {id}\n", kind.as_str())).collect()
    }

    /// With another device of that kind.
    #[must_use]
    pub fn with(mut self, kind: DeviceKind, id: &str) -> Self {
        self.0.retain(|(known, _)| *known != kind);
        // An id with a line break would be two; browsers give none.
        if !id.contains('\n') {
            self.0.push((kind, id.to_owned()));
        }
        self
    }

    /// Every one of them.
    #[must_use]
    pub fn all(self) -> Vec<(DeviceKind, String)> {
        self.0
    }
}

/// Where the permission is given back: each browser has its place for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    /// Chrome, and others of its kind.
    Chrome,
    /// Edge.
    Edge,
    /// Firefox.
    Firefox,
    /// Safari.
    Safari,
    /// One that is not known.
    Other,
}

impl Browser {
    /// The browser that calls itself so (RFC 9110, 10.1.5, "User-Agent").
    #[must_use]
    pub fn of(user_agent: &str) -> Self {
        // Each one names those that came before it.
        [
            ("Edg", Self::Edge),
            ("Firefox/", Self::Firefox),
            ("FxiOS/", Self::Firefox),
            ("Chrome/", Self::Chrome),
            ("CriOS/", Self::Chrome),
            ("Safari/", Self::Safari),
        ]
        .into_iter()
        .find(|(mark, _)| user_agent.contains(mark))
        .map_or(Self::Other, |(_, browser)| browser)
    }

    const fn allow(self) -> Key {
        match self {
            Self::Chrome => Key::AllowChrome,
            Self::Edge => Key::AllowEdge,
            Self::Firefox => Key::AllowFirefox,
            Self::Safari => Key::AllowSafari,
            Self::Other => Key::AllowOther,
        }
    }
}

/// What can be done about it, in this browser.
#[must_use]
pub const fn help(error: MediaError, browser: Browser) -> Option<Key> {
    match error {
        MediaError::PermissionDenied(MediaSource::Microphone | MediaSource::Camera) => {
            Some(browser.allow())
        }
        MediaError::NotFound(_) => Some(Key::ConnectDevice),
        MediaError::InUse(_) => Some(Key::FreeDevice),
        MediaError::Unsupported(_) => Some(Key::OtherBrowser),
        MediaError::Unreachable => Some(Key::OtherNetwork),
        MediaError::PermissionDenied(MediaSource::Screen) | MediaError::TakenOver => None,
    }
}

/// Why a call, or its devices, cannot be had: the part of an error that is about media.
#[must_use]
pub const fn about_media(error: &Error) -> Option<MediaError> {
    if let Error::Media(error) = error { Some(*error) } else { None }
}

/// How good a line turned out to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// 1 (bad) to 5 (excellent), in the middle of the trial.
    pub level: u8,
    /// There and back, in whole milliseconds, where it is known.
    pub delay: Option<u64>,
    /// Lost packets in a hundred.
    pub loss: u64,
    /// Through a relay.
    pub relayed: bool,
}

impl Verdict {
    /// What was measured adds up to this; `None` where nothing was measured.
    #[must_use]
    pub fn of(measured: &[Quality]) -> Option<Self> {
        let last = measured.last()?;
        let mut levels: Vec<u8> = measured.iter().map(|quality| quality.level).collect();
        levels.sort_unstable();
        let delays: Vec<f64> = measured.iter().filter_map(|quality| quality.round_trip).collect();
        let loss = measured.iter().map(|quality| quality.loss).fold(0.0, f64::max);
        Some(Self {
            level: levels[levels.len() / 2],
            delay: (!delays.is_empty()).then(|| whole(mean(&delays))),
            loss: whole(loss * 100.0),
            relayed: last.relayed,
        })
    }

    /// In words.
    #[must_use]
    pub const fn key(&self) -> Key {
        match self.level {
            0..=2 => Key::TestPoor,
            3 => Key::TestFair,
            _ => Key::TestGood,
        }
    }

    /// The word in the `data-verdict` attribute.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.level {
            0..=2 => "poor",
            3 => "fair",
            _ => "good",
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a dozen")]
fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float saturates"
)]
fn whole(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_was_kept_and_replaces_the_one_before() {
        let choices = Choices::default()
            .with(DeviceKind::AudioInput, "a b")
            .with(DeviceKind::VideoInput, "cam")
            .with(DeviceKind::AudioInput, "c");
        let read = Choices::read(&choices.text());
        assert_eq!(read, choices);
        let expected = [(DeviceKind::VideoInput, "cam"), (DeviceKind::AudioInput, "c")];
        assert_eq!(read.all(), expected.map(|(kind, id)| (kind, id.to_owned())));
        assert_eq!(Choices::read("rubbish\nx y\n"), Choices::default());
    }

    #[test]
    fn a_browser_is_known_by_the_last_name_that_it_gives_itself() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/156.0.0.0 Safari/537.36";
        assert_eq!(Browser::of(chrome), Browser::Chrome);
        assert_eq!(Browser::of(&format!("{chrome} Edg/156.0.0.0")), Browser::Edge);
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
        assert_eq!(Browser::of(firefox), Browser::Firefox);
        let safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 \
                      (KHTML, like Gecko) Version/20.0 Safari/605.1.15";
        assert_eq!(Browser::of(safari), Browser::Safari);
        assert_eq!(Browser::of("curl"), Browser::Other);
    }

    #[test]
    fn what_was_denied_is_given_back_where_this_browser_has_it() {
        let denied = MediaError::PermissionDenied(MediaSource::Microphone);
        assert_eq!(help(denied, Browser::Firefox), Some(Key::AllowFirefox));
        assert_eq!(help(denied, Browser::Edge), Some(Key::AllowEdge));
        let missing = MediaError::NotFound(MediaSource::Microphone);
        assert_eq!(help(missing, Browser::Firefox), Some(Key::ConnectDevice));
    }

    #[test]
    fn one_bad_second_does_not_make_a_bad_line_but_its_loss_is_told() {
        let good = Quality {
            level: 5,
            mos: 4.4,
            round_trip: Some(21.0),
            jitter: 1.0,
            loss: 0.0,
            bits_in: 40_000.0,
            bits_out: 40_000.0,
            frames: 30.0,
            freezes: 0,
            relayed: false,
            advice: None,
        };
        let bad = Quality { level: 1, loss: 0.2, round_trip: None, ..good };
        let verdict = Verdict::of(&[good, bad, good]).unwrap_or_else(|| unreachable!());
        let expected = Verdict { level: 5, delay: Some(21), loss: 20, relayed: false };
        assert_eq!(verdict, expected);
        assert_eq!(Verdict::of(&[]), None);
    }
}
