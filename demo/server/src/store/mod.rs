//! What survives: SQLite in one file, written before anything is acknowledged.
//!
//! Write-ahead log, one writer. All records of a moment are one transaction, so that a busy server pays for one sync and not for hundreds.

mod read;
mod schema;
mod write;

use crate::engine::{FileRow, Record, Snapshot, Timestamp};
use crate::error::Error;
use crate::settings::{self, Synchronous};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Pages of the write-ahead log before they go into the database: a busy server changes the same
/// pages over and over, and moving them takes a sync that everybody waits for.
const CHECKPOINT: u32 = 8 * 1024;
/// A commit that takes longer is worth a word: everybody waits for it.
const SLOW: Duration = Duration::from_secs(1);

/// Name of the file in the data folder.
const FILE: &str = "tvox-demo.sqlite3";

/// What a new database is given.
pub(crate) struct Fresh {
    pub(crate) epoch: String,
    pub(crate) secret: [u8; 32],
}

/// The open database. Dropping it closes the file.
pub(crate) struct Store {
    connection: Connection,
    file: PathBuf,
}

impl Store {
    /// Opens the database in that folder, and makes both where they are not there.
    pub(crate) fn open(folder: &Path, settings: &settings::Store) -> Result<Self, Error> {
        let file = folder.join(FILE);
        let fails = |reason: String| Error::Store { file: file.clone(), reason };
        std::fs::create_dir_all(folder)
            .map_err(|error| Error::Store { file: folder.to_owned(), reason: error.to_string() })?;
        let connection = Connection::open(&file).map_err(|error| fails(error.to_string()))?;
        let store = Self { connection, file: file.clone() };
        store.prepare(settings.synchronous).map_err(|error| {
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) {
                fails("another server uses this data folder; stop it, or choose another folder with --data".to_owned())
            } else {
                fails(error.to_string())
            }
        })?;
        Ok(store)
    }

    /// Reads everything that is not forgotten, and counts the start.
    pub(crate) fn load(
        &mut self,
        fresh: &Fresh,
        keep: Duration,
        now: Timestamp,
    ) -> Result<Snapshot, Error> {
        let file = self.file.clone();
        self.read(fresh, keep, now)
            .map_err(|error| Error::Store { file, reason: error.to_string() })
    }

    /// Names of the files that there are, as they are called on the disk.
    pub(crate) fn files(&self) -> Result<BTreeSet<String>, Error> {
        read::read_files(&self.connection, "")
            .map(|files| files.iter().filter_map(FileRow::stored).collect())
            .map_err(|error| Error::Store { file: self.file.clone(), reason: error.to_string() })
    }

    /// Writes all of it, or nothing.
    pub(crate) fn commit(&mut self, records: Vec<Record>) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        let (file, began) = (self.file.clone(), Instant::now());
        let written =
            self.write(records).map_err(|error| Error::Store { file, reason: error.to_string() });
        let took = began.elapsed();
        if took > SLOW {
            tracing::warn!(millis = took.as_millis(), "the disk is slow");
        }
        written
    }

    fn prepare(&self, synchronous: Synchronous) -> rusqlite::Result<()> {
        self.connection.busy_timeout(Duration::from_millis(500))?;
        // One server, one file: whoever comes second must not write beside the first.
        self.connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        self.connection.pragma_update(None, "journal_mode", "WAL")?;
        let mode = match synchronous {
            Synchronous::Full => "FULL",
            Synchronous::Normal => "NORMAL",
        };
        self.connection.pragma_update(None, "synchronous", mode)?;
        self.connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
        self.connection.execute_batch(schema::SCHEMA)?;
        // Takes the lock now, and not at the first message.
        self.connection.execute_batch("BEGIN IMMEDIATE; COMMIT;")
    }
}
