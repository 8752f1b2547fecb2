//! File operations whose failure says what was tried where.

use std::path::Path;

use crate::problem::{Problem, Result};

/// The bytes of a file.
///
/// # Errors
/// It cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| Problem::io("read", path, &error))
}

/// The text of a file.
///
/// # Errors
/// It cannot be read, or is no UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Problem::io("read", path, &error))
}

/// Writes a file, over what was there.
///
/// # Errors
/// It cannot be written.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).map_err(|error| Problem::io("write", path, &error))
}

/// Copies a file, over what was there.
///
/// # Errors
/// There is no such file, or no place for it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::copy(from, to).map(drop).map_err(|error| Problem::io("copy", from, &error))
}

/// A folder and those around it, if they are not there yet.
///
/// # Errors
/// It cannot be made.
pub(crate) fn create(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Problem::io("create", folder, &error))
}

/// A folder with nothing in it.
///
/// # Errors
/// What is in it cannot be removed, or it cannot be made.
pub(crate) fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|error| Problem::io("empty", folder, &error))?;
    }
    create(folder)
}

/// The files that lie in a folder itself, sorted.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn files_in(folder: &Path) -> Result<Vec<String>> {
    let unreadable = |error: std::io::Error| Problem::io("read", folder, &error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.path().is_file() {
            files.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    files.sort();
    Ok(files)
}

/// All files below a folder, by their paths in it (with `/`), sorted.
///
/// # Errors
/// A folder cannot be read.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    if folder.exists() {
        collect(folder, "", &mut files)?;
    }
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<()> {
    let unreadable = |error: std::io::Error| Problem::io("read", folder, &error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}
