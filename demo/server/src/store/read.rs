//! Rows into a snapshot.

use super::{Fresh, Store};
use crate::engine::{
    Author, Entry, FileRow, Kept, KeptSignal, KeptVisitor, Mail, OperatorRow, Owner, SessionRow,
    Side, Snapshot, Timestamp, TokenHash, VisitorRow, What,
};
use crate::wire::desk::Visit;
use crate::wire::id::{FileId, OperatorId, SessionId, VisitorId};
use crate::wire::model::Channel;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

impl Store {
    pub(super) fn read(&mut self, fresh: &Fresh, now: Timestamp) -> Result<Snapshot> {
        let sql = self.connection.transaction()?;
        let epoch = read_meta(&sql, "epoch")?;
        let boot = read_meta(&sql, "boot")?
            .and_then(|boot| boot.parse::<u64>().ok())
            .map_or(0, |boot| boot + 1);
        let alive = read_meta(&sql, "alive")?
            .and_then(|alive| alive.parse().ok())
            .map_or(Timestamp::default(), Timestamp::from_millis);
        let epoch = epoch.unwrap_or_else(|| fresh.epoch.clone());
        let secret: Option<[u8; 32]> = sql
            .query_row("SELECT value FROM secrets WHERE name = 'files'", [], |row| row.get(0))
            .optional()?;
        let secret = match secret {
            Some(secret) => secret,
            None => {
                sql.execute(
                    "INSERT INTO secrets (name, value) VALUES ('files', ?1)",
                    params![fresh.secret.as_slice()],
                )?;
                fresh.secret
            }
        };
        for (name, value) in [("epoch", epoch.clone()), ("boot", boot.to_string())] {
            sql.execute(
                "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)",
                params![name, value],
            )?;
        }
        // What lies in the folder is compared with what is left, at each start.
        super::purge(&sql, self.keep, now)?;
        let counted = |name| -> Result<u64> {
            Ok(read_meta(&sql, name)?.and_then(|number| number.parse().ok()).unwrap_or_default())
        };
        let snapshot = Snapshot {
            secret,
            files: read_files(
                &sql,
                "JOIN sessions ON sessions.id = files.session AND sessions.retired = 0",
            )?,
            mails: read_mails(&sql)?,
            tickets: counted("tickets")?,
            callbacks: counted("callbacks")?,
            epoch,
            boot,
            alive,
            visitors: read_visitors(&sql)?,
            operators: read_operators(&sql)?,
            sessions: read_sessions(&sql)?,
            signals: read_signals(&sql)?,
            keys: read_keys(&sql)?,
        };
        sql.commit()?;
        Ok(snapshot)
    }
}

fn read_meta(sql: &Connection, name: &str) -> Result<Option<String>> {
    sql.query_row("SELECT value FROM meta WHERE name = ?1", params![name], |row| row.get(0))
        .optional()
}

fn read_visitors(sql: &Connection) -> Result<Vec<KeptVisitor>> {
    let mut visits: BTreeMap<String, Vec<(u64, Visit)>> = BTreeMap::new();
    let mut statement =
        sql.prepare("SELECT visitor, number, visit FROM visits ORDER BY visitor, number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        visits.entry(row.get(0)?).or_default().push((row.get(1)?, json(row, 2)?));
    }
    let mut statement = sql.prepare(
        "SELECT id, token, origin, locale, customer, seen, online FROM visitors ORDER BY id",
    )?;
    let visitors = statement.query_map([], |row| {
        let id: String = row.get(0)?;
        let visits = visits.remove(&id).unwrap_or_default();
        let row = VisitorRow {
            id: VisitorId::new(id),
            token: TokenHash(row.get(1)?),
            origin: row.get(2)?,
            locale: row.get(3)?,
            customer: optional_json(row, 4)?,
            seen: Timestamp::from_millis(row.get(5)?),
            online: row.get(6)?,
        };
        Ok(KeptVisitor { row, visits })
    })?;
    visitors.collect()
}

fn read_operators(sql: &Connection) -> Result<Vec<OperatorRow>> {
    let mut statement = sql.prepare("SELECT id, token, name, services, status, automatic, present, seen FROM operators ORDER BY id")?;
    let operators = statement.query_map([], |row| {
        Ok(OperatorRow {
            id: OperatorId::new(row.get::<_, String>(0)?),
            token: row.get::<_, Option<[u8; 32]>>(1)?.map(TokenHash),
            name: row.get(2)?,
            services: json(row, 3)?,
            status: json(row, 4)?,
            automatic: row.get(5)?,
            present: row.get(6)?,
            seen: Timestamp::from_millis(row.get(7)?),
        })
    })?;
    operators.collect()
}

fn read_sessions(sql: &Connection) -> Result<Vec<(SessionRow, Vec<Entry>)>> {
    let mut statement = sql.prepare(
        "SELECT id, visitor, channel, service, customer, fields, created, progress FROM sessions WHERE retired = 0 ORDER BY created, id",
    )?;
    let rows = statement.query_map([], |row| {
        let channel: String = row.get(2)?;
        Ok(SessionRow {
            id: SessionId::new(row.get::<_, String>(0)?),
            visitor: VisitorId::new(row.get::<_, String>(1)?),
            channel: Channel::named(&channel)
                .ok_or_else(|| unreadable(2, format!("no channel {channel:?}")))?,
            service: row.get(3)?,
            customer: optional_json(row, 4)?,
            fields: json(row, 5)?,
            created: Timestamp::from_millis(row.get(6)?),
            progress: json(row, 7)?,
        })
    })?;
    rows.map(|row| {
        let row = row?;
        let log = read_log(sql, &row.id)?;
        Ok((row, log))
    })
    .collect()
}

fn read_log(sql: &Connection, session: &SessionId) -> Result<Vec<Entry>> {
    let mut statement = sql.prepare_cached(
        "SELECT seq, at, kind, operator, key, text FROM events WHERE session = ?1 ORDER BY seq",
    )?;
    let mut log = Vec::new();
    let mut rows = statement.query(params![session.as_str()])?;
    while let Some(row) = rows.next()? {
        let seq: usize = row.get(0)?;
        if seq != log.len() + 1 {
            return Err(unreadable(
                0,
                format!("the log of a session lacks entry {}", log.len() + 1),
            ));
        }
        let kind: String = row.get(2)?;
        let author = match kind.as_str() {
            "OPENED" | "CLOSED" => None,
            "VISITOR" | "VISITOR_FILE" => Some(Author::Visitor),
            "GREETING" => Some(Author::Greeting),
            "OPERATOR" | "OPERATOR_FILE" => Some(Author::Operator(OperatorId::new(
                row.get::<_, Option<String>>(3)?.unwrap_or_default(),
            ))),
            other => return Err(unreadable(2, format!("no kind of event {other:?}"))),
        };
        let what = match author {
            Some(by) if kind.ends_with("_FILE") => {
                What::File { by, key: row.get(4)?, attachment: json(row, 5)? }
            }
            Some(by) => What::Said {
                by,
                key: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
                text: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
            },
            None if kind == "OPENED" => What::Opened,
            None => What::Closed,
        };
        log.push(Entry { at: Timestamp::from_millis(row.get(1)?), what });
    }
    Ok(log)
}

/// Rows of files, those that are joined.
pub(super) fn read_files(sql: &Connection, join: &str) -> Result<Vec<FileRow>> {
    read_files_of(sql, join, params![])
}

/// The same, where the condition has parameters.
pub(super) fn read_files_of(
    sql: &Connection,
    join: &str,
    parameters: &[&dyn rusqlite::ToSql],
) -> Result<Vec<FileRow>> {
    let mut statement = sql.prepare(&format!(
        "SELECT files.id, session, operator, key, name, size, type, expires, digest, state FROM files {join} ORDER BY files.id"
    ))?;
    let files = statement.query_map(parameters, |row| {
        Ok(FileRow {
            id: FileId::new(row.get::<_, String>(0)?),
            session: SessionId::new(row.get::<_, String>(1)?),
            operator: row.get::<_, Option<String>>(2)?.map(OperatorId::new),
            key: row.get(3)?,
            name: row.get(4)?,
            size: row.get(5)?,
            media_type: row.get(6)?,
            expires: Timestamp::from_millis(row.get(7)?),
            digest: row.get(8)?,
            state: optional_json(row, 9)?,
        })
    })?;
    files.collect()
}

fn read_mails(sql: &Connection) -> Result<Vec<Mail>> {
    let mut statement = sql.prepare(
        "SELECT id, recipient, reply_to, subject, body FROM mails WHERE given_up = 0 ORDER BY id",
    )?;
    let mails = statement.query_map([], |row| {
        Ok(Mail {
            id: row.get(0)?,
            to: row.get(1)?,
            reply_to: row.get(2)?,
            subject: row.get(3)?,
            body: row.get(4)?,
        })
    })?;
    mails.collect()
}

fn read_signals(sql: &Connection) -> Result<Vec<KeptSignal>> {
    let mut statement = sql
        .prepare("SELECT session, reader, seq, body FROM signals ORDER BY session, reader, seq")?;
    let signals = statement.query_map([], |row| {
        let reader: String = row.get(1)?;
        let reader = [Side::Visitor, Side::Operator]
            .into_iter()
            .find(|side| super::write::side_name(*side) == reader)
            .ok_or_else(|| unreadable(1, format!("nobody reads {reader:?}")))?;
        let body =
            RawValue::from_string(row.get(3)?).map_err(|error| unreadable(3, error.to_string()))?;
        let session = SessionId::new(row.get::<_, String>(0)?);
        Ok(KeptSignal { session, reader, seq: row.get(2)?, body })
    })?;
    signals.collect()
}

fn read_keys(sql: &Connection) -> Result<Vec<(Owner, String, String, Kept)>> {
    let mut statement =
        sql.prepare("SELECT owner, method, key, fingerprint, result, session FROM keys")?;
    let keys = statement.query_map([], |row| {
        let owner: String = row.get(0)?;
        let owner = if owner.starts_with("o_") {
            Owner::Operator(OperatorId::new(owner))
        } else {
            Owner::Visitor(VisitorId::new(owner))
        };
        let result: String = row.get(4)?;
        let kept = Kept {
            fingerprint: row.get(3)?,
            result: RawValue::from_string(result)
                .map_err(|error| unreadable(4, error.to_string()))?,
            session: SessionId::new(row.get::<_, String>(5)?),
        };
        Ok((owner, row.get(1)?, row.get(2)?, kept))
    })?;
    keys.collect()
}

fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| unreadable(column, error.to_string()))
}

fn optional_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| {
        serde_json::from_str(&text).map_err(|error| unreadable(column, error.to_string()))
    })
    .transpose()
}

fn unreadable(column: usize, reason: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, reason.into())
}
