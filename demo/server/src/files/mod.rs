//! The bytes of files: where they lie, what they are, and whether something bad is in them.

mod sniff;

pub(crate) use sniff::is_of_type;

use crate::error::Error;
use crate::shell::Message;
use crate::wire::id::FileId;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

/// The file that every scanner must find, and that harms nobody. In two pieces, so that no scanner finds this program.
const EICAR: [&str; 2] =
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];

/// What is to be done with a file that is there.
#[derive(Debug)]
pub(crate) enum Errand {
    /// Look at it, and say so.
    Scan { file: FileId, stored: String },
    /// Throw it away.
    Discard { stored: String },
}

/// Where the bytes lie.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("files")
}

/// Throws away what nobody knows: uploads that were cut, and files whose conversation is forgotten.
pub(crate) fn tidy(folder: &Path, known: &BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_none_or(|name| !known.contains(name)) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Starts the thread that looks at files; it ends with the returned sender.
pub(crate) fn start(folder: PathBuf, done: Sender<Message>) -> Result<Sender<Errand>, Error> {
    let (errands, inbox) = channel();
    std::thread::Builder::new()
        .name("tvox-files".to_owned())
        .spawn(move || {
            while let Ok(errand) = inbox.recv() {
                match errand {
                    Errand::Scan { file, stored } => {
                        // What cannot be read cannot be given to anybody either.
                        let is_clean = std::fs::read(folder.join(stored))
                            .is_ok_and(|bytes| !holds_something_bad(&bytes));
                        let _ = done.send(Message::Scanned { file, is_clean });
                    }
                    Errand::Discard { stored } => {
                        let _ = std::fs::remove_file(folder.join(stored));
                    }
                }
            }
        })
        .map_err(|error| Error::System(format!("no thread for files: {error}")))?;
    Ok(errands)
}

/// This server stands in for one with a scanner. It finds what every scanner must find.
fn holds_something_bad(bytes: &[u8]) -> bool {
    let eicar = EICAR.concat();
    bytes.windows(eicar.len()).any(|window| window == eicar.as_bytes())
}
