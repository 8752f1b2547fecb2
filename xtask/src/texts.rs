//! The languages' files: written for people, shipped without what is only for people.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::files::{create, files_below, read_text, write};
use crate::problem::{Problem, Result};
use crate::workspace::Workspace;

/// Where they are written.
const SOURCE: &str = "src/i18n/texts";

/// Where they ship, from the script that loads them.
pub(crate) const FOLDER: &str = "texts";

/// The files as they are written.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn files(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.root.join(SOURCE);
    Ok(files_below(&folder)?.iter().map(|name| folder.join(name)).collect())
}

/// Puts them into the `texts` of `folder`.
///
/// # Errors
/// One cannot be read, or is no JSON object.
pub(crate) fn put(workspace: &Workspace, folder: &Path) -> Result<()> {
    let place = folder.join(FOLDER);
    create(&place)?;
    for file in files(workspace)? {
        let name = file.file_name().unwrap_or_default();
        let text = smaller(&read_text(&file)?)
            .map_err(|why| Problem::new(format!("{} is no JSON: {why}", file.display())))?;
        write(&place.join(name), text.as_bytes())?;
    }
    Ok(())
}

/// The same object without the spaces between its members.
fn smaller(text: &str) -> serde_json::Result<String> {
    let object: Map<String, Value> = serde_json::from_str(text)?;
    serde_json::to_string(&object)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::smaller;

    #[test]
    fn what_ships_says_the_same_in_fewer_bytes() {
        let text = "{\n  \"send\": \"Send  it…\",\n  \"close\": \"“Close”\"\n}\n";
        let less = smaller(text).unwrap();
        let parsed = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(parsed(&less), parsed(text));
        assert!(less.len() < text.len() && less.contains("Send  it…"), "{less}");
        assert!(smaller("[]").is_err());
    }
}
