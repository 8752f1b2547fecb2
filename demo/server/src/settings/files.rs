//! Files: the part of the settings that the engine reads.

use super::duration;
use crate::wire::hello::ServedFiles;
use serde::Deserialize;
use std::time::Duration;

/// Media types whose content this server can tell, and with which endings their names may end.
pub const TYPES: [(&str, &[&str]); 6] = [
    ("application/pdf", &["pdf"]),
    ("image/gif", &["gif"]),
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/png", &["png"]),
    ("image/webp", &["webp"]),
    ("text/plain", &["txt", "text", "log", "csv", "md"]),
];

/// Section `[files]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileRules {
    /// Of one file. 0: no files.
    pub bytes: u64,
    /// Media types that are taken; those of [`TYPES`] are known.
    pub types: Vec<String>,
    /// Files of one conversation.
    pub per_session: usize,
    /// Files of one side that are announced and have not arrived.
    pub pending: usize,
    /// How long an upload may take, from its announcement.
    #[serde(deserialize_with = "duration::read")]
    pub upload: Duration,
    /// How long a file's address works.
    #[serde(deserialize_with = "duration::read")]
    pub address: Duration,
}

impl Default for FileRules {
    fn default() -> Self {
        Self {
            bytes: 10 * 1024 * 1024,
            types: TYPES.iter().map(|(name, _)| (*name).to_owned()).collect(),
            per_session: 20,
            pending: 3,
            upload: Duration::from_secs(300),
            address: Duration::from_secs(60),
        }
    }
}

impl FileRules {
    /// Whether any file is taken.
    pub fn is_on(&self) -> bool {
        self.bytes > 0 && !self.types.is_empty()
    }

    /// As `hello` tells it.
    pub fn served(&self) -> Option<ServedFiles> {
        self.is_on().then(|| ServedFiles { bytes: self.bytes, types: self.types.clone() })
    }

    /// What a type alone cannot say.
    pub(super) fn check(&self) -> Result<(), String> {
        let is_known = |name: &&String| !TYPES.iter().any(|(known, _)| known == name);
        if let Some(name) = self.types.iter().find(is_known) {
            let known = TYPES.map(|(name, _)| name).join(", ");
            return Err(format!(
                "files.types: the content of {name:?} cannot be told; known are {known}"
            ));
        }
        Ok(())
    }
}
