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
    /// How long transcripts stay.
    keep: Duration,
    /// Names of files on the disk that belong to nothing any more.
    gone: Vec<String>,
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
        let store = Self { connection, keep: settings.keep, gone: Vec::new(), file: file.clone() };
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
    pub(crate) fn load(&mut self, fresh: &Fresh, now: Timestamp) -> Result<Snapshot, Error> {
        let file = self.file.clone();
        self.read(fresh, now).map_err(|error| Error::Store { file, reason: error.to_string() })
    }

    /// Names of the files that there are, as they are called on the disk.
    pub(crate) fn files(&self) -> Result<BTreeSet<String>, Error> {
        read::read_files(&self.connection, "")
            .map(|files| files.iter().filter_map(FileRow::stored).collect())
            .map_err(|error| Error::Store { file: self.file.clone(), reason: error.to_string() })
    }

    /// Files whose transcripts are gone since this was asked the last time: they go, too.
    pub(crate) fn take_gone(&mut self) -> Vec<String> {
        std::mem::take(&mut self.gone)
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

/// Deletes what is older than it may be. The names of the files that belonged to it, as they are called on the disk.
fn purge(sql: &Connection, keep: Duration, now: Timestamp) -> rusqlite::Result<Vec<String>> {
    let keep = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
    let too_old = rusqlite::params![now.millis().saturating_sub(keep)];
    let old = "SELECT id FROM sessions WHERE retired = 1 AND created < ?1";
    let files = read::read_files_of(sql, &format!("WHERE session IN ({old})"), too_old)?;
    for statement in [
        format!("DELETE FROM events WHERE session IN ({old})"),
        format!("DELETE FROM files WHERE session IN ({old})"),
        "DELETE FROM sessions WHERE retired = 1 AND created < ?1".to_owned(),
        "DELETE FROM ratings WHERE at < ?1".to_owned(),
        "DELETE FROM tickets WHERE created < ?1".to_owned(),
        "DELETE FROM callbacks WHERE created < ?1".to_owned(),
    ] {
        sql.prepare_cached(&statement)?.execute(too_old)?;
    }
    Ok(files.iter().filter_map(FileRow::stored).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::engine::SessionRow;
    use crate::wire::id::{SessionId, VisitorId};
    use crate::wire::model::Channel;
    use serde_json::json;

    const A_DAY: i64 = 86_400_000;

    fn session(id: &str, created: i64) -> Record {
        let progress = json!({
            "stage": "Waiting", "step": 1, "order": 1, "queued": created, "handled": [],
            "by_visitor": {"received": 0, "read": 0}, "by_operator": {"received": 0, "read": 0},
        });
        Record::SessionOpened(SessionRow {
            id: SessionId::new(id),
            visitor: VisitorId::new("v_1"),
            channel: Channel::Chat,
            service: "service0001".to_owned(),
            customer: None,
            fields: Vec::new(),
            created: Timestamp::from_millis(created),
            progress: serde_json::from_value(progress).unwrap(),
        })
    }

    #[test]
    fn what_is_old_is_deleted_while_the_server_runs_and_what_goes_on_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings::Store { keep: Duration::from_secs(86_400), ..Default::default() };
        let mut store = Store::open(folder.path(), &settings).unwrap();
        let mut records = vec![session("s_old", 0), session("s_new", A_DAY), session("s_open", 0)];
        records.extend(["s_old", "s_new"].map(|id| Record::SessionRetired(SessionId::new(id))));
        store.commit(records).unwrap();
        let kept = |store: &Store| {
            let sql = "SELECT group_concat(id, ' ') FROM (SELECT id FROM sessions ORDER BY id)";
            store.connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap()
        };
        store.commit(vec![Record::Alive(Timestamp::from_millis(A_DAY))]).unwrap();
        assert_eq!(kept(&store), "s_new s_old s_open", "a day is over only when it is over");
        store.commit(vec![Record::Alive(Timestamp::from_millis(A_DAY + 1))]).unwrap();
        assert_eq!(kept(&store), "s_new s_open");
    }
}
