//! Files on their way, in words and figures.

use std::borrow::Cow;

use crate::components::icons::Icon;
use crate::components::ui::failure;
use crate::core::Error;
use crate::core::model::{FileId, FileLimits};
use crate::i18n::Key;

/// What has become of a file that the visitor chose.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// Another one goes first.
    Waiting,
    /// So many of a hundred parts have gone.
    Sending(u8),
    /// The server has it; the conversation is about to show it.
    Done(FileId),
    /// It was not taken.
    Failed(Error),
    /// The page was left before it had arrived: this page has no file to send.
    Lost,
}

impl Fate {
    /// The word in the `data-state` attribute.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending(_) | Self::Done(_) => "sending",
            Self::Failed(_) => "failed",
            Self::Lost => "lost",
        }
    }

    /// Whether it is neither under way nor waiting for its turn.
    #[must_use]
    pub const fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Lost)
    }

    /// Whether the same file may be sent again as it is.
    #[must_use]
    pub fn may_retry(&self) -> bool {
        match self {
            Self::Failed(error) => {
                !matches!(error.reason(), "FILE_TYPE" | "FILE_SIZE" | "FILE_NAME" | "FILE_INFECTED")
            }
            Self::Waiting | Self::Sending(_) | Self::Done(_) | Self::Lost => false,
        }
    }

    /// Why it was not taken.
    #[must_use]
    pub fn why(&self) -> Option<Key> {
        match self {
            Self::Failed(error) => Some(refusal(error)),
            Self::Lost => Some(Key::FileLost),
            Self::Waiting | Self::Sending(_) | Self::Done(_) => None,
        }
    }
}

/// Why a file was refused, by what the server calls it (docs/protocol.md, "Files").
#[must_use]
pub fn refusal(error: &Error) -> Key {
    reason(error.reason()).unwrap_or_else(|| failure(error))
}

/// The same for the reason alone.
#[must_use]
pub fn reason(reason: &str) -> Option<Key> {
    Some(match reason {
        "FILE_TYPE" => Key::FileType,
        "FILE_SIZE" => Key::FileSize,
        "FILE_NAME" => Key::FileName,
        "FILE_INFECTED" => Key::FileInfected,
        "UPLOAD_EXPIRED" => Key::FileExpired,
        _ => return None,
    })
}

/// A size as people say it; rounded up, so that nothing is nothing.
#[must_use]
pub fn size(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes.div_ceil(1_000))
    } else {
        format!("{} MB", bytes.div_ceil(1_000_000))
    }
}

/// The greatest size; rounded down, so that what is promised is taken.
#[must_use]
pub fn greatest(limits: &FileLimits) -> String {
    match limits.bytes {
        bytes @ 1_000_000.. => format!("{} MB", bytes / 1_000_000),
        bytes => format!("{} kB", bytes / 1_000),
    }
}

/// The types as people know them: `JPEG, PDF, TXT`.
#[must_use]
pub fn types(limits: &FileLimits) -> String {
    let mut names: Vec<Cow<'static, str>> = limits.types.iter().map(|it| name(it)).collect();
    names.sort();
    names.dedup();
    names.join(", ")
}

fn name(media_type: &str) -> Cow<'static, str> {
    match media_type.rsplit_once('/').map_or(media_type, |(_, name)| name) {
        "plain" => "TXT".into(),
        "vnd.openxmlformats-officedocument.wordprocessingml.document" => "DOCX".into(),
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "XLSX".into(),
        other => other.to_ascii_uppercase().into(),
    }
}

/// Whether a browser shows it as a still picture, and nothing in it can do anything else.
#[must_use]
pub fn is_picture(media_type: &str) -> bool {
    matches!(media_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// The picture for a type.
#[must_use]
pub fn icon(media_type: &str) -> Icon {
    if media_type.starts_with("image/") { Icon::PICTURE } else { Icon::FILE }
}

/// Files that were on their way, as the next page finds them: the session's id, then a line for each.
#[must_use]
pub fn kept<'a>(session: &str, files: impl Iterator<Item = (u64, &'a str)>) -> Option<String> {
    let mut lines = String::new();
    for (size, name) in files {
        lines.push_str(&format!("\n{size} {}", name.replace('\n', " ")));
    }
    (!lines.is_empty()).then(|| format!("{session}{lines}"))
}

/// Reads them, if they are of this session.
#[must_use]
pub fn recalled(session: &str, kept: &str) -> Vec<(u64, String)> {
    let mut lines = kept.lines();
    if lines.next() != Some(session) {
        return Vec::new();
    }
    let file = |line: &str| {
        let (size, name) = line.split_once(' ')?;
        Some((size.parse().ok()?, name.to_owned()))
    };
    lines.filter_map(file).take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::error::Refused;

    fn limits() -> FileLimits {
        let types = ["application/pdf", "image/jpeg", "text/plain", "image/webp"];
        FileLimits { bytes: 10_485_760, types: types.map(str::to_owned).to_vec() }
    }

    fn refused(reason: &str) -> Fate {
        Fate::Failed(Error::Refused(Box::new(Refused {
            reason: reason.to_owned(),
            ..Refused::default()
        })))
    }

    #[test]
    fn limits_are_said_in_words_that_hold() {
        assert_eq!(types(&limits()), "JPEG, PDF, TXT, WEBP");
        assert_eq!(greatest(&limits()), "10 MB");
        assert_eq!(size(81_234), "82 kB");
        assert_eq!(size(1), "1 kB");
        assert_eq!(size(10_485_760), "11 MB");
    }

    #[test]
    fn only_what_may_be_taken_the_next_time_is_tried_again() {
        assert!(Fate::Failed(Error::ConnectionLost).may_retry());
        assert!(refused("UPLOAD_EXPIRED").may_retry());
        for reason in ["FILE_TYPE", "FILE_SIZE", "FILE_NAME", "FILE_INFECTED"] {
            assert!(!refused(reason).may_retry(), "{reason}");
        }
        assert!(!Fate::Lost.may_retry(), "there is no file any more");
        assert_eq!(refused("FILE_TYPE").why(), Some(Key::FileType));
        assert_eq!(Fate::Failed(Error::ConnectionLost).why(), Some(Key::ErrorNetwork));
    }

    #[test]
    fn what_was_on_its_way_is_known_to_the_next_page_of_the_same_conversation() {
        let files = [(7, "a b.pdf"), (9, "c\nd.png")];
        let text = kept("s_1", files.into_iter()).unwrap_or_default();
        assert_eq!(recalled("s_1", &text), [(7, "a b.pdf".to_owned()), (9, "c d.png".to_owned())]);
        assert_eq!(recalled("s_2", &text), []);
        assert_eq!(kept("s_1", std::iter::empty()), None);
    }

    #[test]
    fn a_drawing_with_scripts_is_no_picture() {
        assert!(
            is_picture("image/png") && !is_picture("image/svg+xml") && !is_picture("text/html")
        );
    }
}
