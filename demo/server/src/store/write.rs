//! Records into rows.

use super::Store;
use crate::engine::{
    Author, CallbackRow, FileRow, KeptSignal, OperatorRow, Owner, Record, SessionRow, Side,
    TicketRow, VisitorRow, What,
};
use rusqlite::{Result, Transaction, params};
use serde::Serialize;

impl Store {
    pub(super) fn write(&mut self, records: Vec<Record>) -> Result<()> {
        let transaction = self.connection.transaction()?;
        let mut gone = Vec::new();
        for record in records {
            // Said every few minutes, as long as anybody is connected.
            if let Record::Alive(now) = record {
                gone.extend(super::purge(&transaction, self.keep, now)?);
            }
            write_one(&transaction, record)?;
        }
        transaction.commit()?;
        self.gone.extend(gone);
        Ok(())
    }
}

fn write_one(sql: &Transaction<'_>, record: Record) -> Result<()> {
    match record {
        Record::Visitor(row) => write_visitor(sql, &row),
        Record::VisitorGone(id) => {
            for table in [
                "DELETE FROM visitors WHERE id = ?1",
                "DELETE FROM visits WHERE visitor = ?1",
                "DELETE FROM keys WHERE owner = ?1",
            ] {
                sql.prepare_cached(table)?.execute(params![id.as_str()])?;
            }
            Ok(())
        }
        Record::Visit { visitor, number, oldest, visit } => {
            sql.prepare_cached(
                "INSERT OR REPLACE INTO visits (visitor, number, visit) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![visitor.as_str(), number, json(&visit)?])?;
            sql.prepare_cached("DELETE FROM visits WHERE visitor = ?1 AND number < ?2")?
                .execute(params![visitor.as_str(), oldest])?;
            Ok(())
        }
        Record::Operator(row) => write_operator(sql, &row),
        Record::OperatorGone(id) => {
            for table in
                ["DELETE FROM operators WHERE id = ?1", "DELETE FROM keys WHERE owner = ?1"]
            {
                sql.prepare_cached(table)?.execute(params![id.as_str()])?;
            }
            Ok(())
        }
        Record::SessionOpened(row) => write_session(sql, &row),
        Record::SessionChanged { id, service, progress, closed } => {
            sql.prepare_cached(
                "UPDATE sessions SET progress = ?2, closed = ?3, service = ?4 WHERE id = ?1",
            )?
            .execute(params![
                id.as_str(),
                json(&progress)?,
                closed.map(crate::engine::Timestamp::millis),
                service
            ])?;
            Ok(())
        }
        Record::SessionRetired(id) => {
            for statement in [
                "UPDATE sessions SET retired = 1 WHERE id = ?1",
                "DELETE FROM keys WHERE session = ?1",
            ] {
                sql.prepare_cached(statement)?.execute(params![id.as_str()])?;
            }
            Ok(())
        }
        Record::Signal(KeptSignal { session, reader, seq, body }) => {
            sql.prepare_cached(
                "INSERT INTO signals (session, reader, seq, body) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![session.as_str(), side_name(reader), seq, body.get()])?;
            Ok(())
        }
        Record::SignalsGone(id) => {
            sql.prepare_cached("DELETE FROM signals WHERE session = ?1")?
                .execute(params![id.as_str()])?;
            Ok(())
        }
        Record::File(row) => write_file(sql, &row),
        Record::Ticket(row) => write_ticket(sql, &row),
        Record::Callback(row) => write_callback(sql, &row),
        Record::Rating(row) => {
            sql.prepare_cached(
                "INSERT OR REPLACE INTO ratings (session, score, comment, at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![row.session.as_str(), row.score, row.comment, row.at.millis()])?;
            Ok(())
        }
        Record::Mail(mail) => {
            sql.prepare_cached(
                "INSERT INTO mails (id, recipient, reply_to, subject, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![mail.id, mail.to, mail.reply_to, mail.subject, mail.body])?;
            Ok(())
        }
        Record::MailSent(id) => {
            sql.prepare_cached("DELETE FROM mails WHERE id = ?1")?.execute(params![id])?;
            Ok(())
        }
        Record::MailGivenUp(id) => {
            sql.prepare_cached("UPDATE mails SET given_up = 1 WHERE id = ?1")?
                .execute(params![id])?;
            Ok(())
        }
        Record::Entry { session, seq, entry } => {
            let (kind, operator, key, text) = match entry.what {
                What::Opened => ("OPENED", None, None, None),
                What::Closed => ("CLOSED", None, None, None),
                What::Said { by, key, text } => {
                    let (kind, operator) = match by {
                        Author::Visitor => ("VISITOR", None),
                        Author::Greeting => ("GREETING", None),
                        Author::Operator(id) => ("OPERATOR", Some(id)),
                    };
                    (kind, operator, Some(key), Some(text))
                }
                What::File { by, key, attachment } => {
                    let (kind, operator) = match by {
                        Author::Visitor | Author::Greeting => ("VISITOR_FILE", None),
                        Author::Operator(id) => ("OPERATOR_FILE", Some(id)),
                    };
                    (kind, operator, key, Some(json(&attachment)?))
                }
            };
            sql.prepare_cached("INSERT INTO events (session, seq, at, kind, operator, key, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute(params![session.as_str(), seq, entry.at.millis(), kind, operator.as_ref().map(|id| id.as_str()), key, text])?;
            Ok(())
        }
        Record::Key { owner, method, key, kept } => {
            let owner = match &owner {
                Owner::Visitor(id) => id.as_str(),
                Owner::Operator(id) => id.as_str(),
            };
            sql.prepare_cached("INSERT INTO keys (owner, method, key, fingerprint, result, session) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
                .execute(params![owner, method, key, kept.fingerprint.as_slice(), kept.result.get(), kept.session.as_str()])?;
            Ok(())
        }
        Record::Alive(at) => {
            sql.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES ('alive', ?1)")?
                .execute(params![at.millis().to_string()])?;
            Ok(())
        }
    }
}

fn write_file(sql: &Transaction<'_>, row: &FileRow) -> Result<()> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO files (id, session, operator, key, name, size, type, expires, digest, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        row.id.as_str(),
        row.session.as_str(),
        row.operator.as_ref().map(|id| id.as_str()),
        row.key,
        row.name,
        row.size,
        row.media_type,
        row.expires.millis(),
        row.digest.as_ref().map(|digest| digest.as_slice()),
        row.state.as_ref().map(json).transpose()?,
    ])?;
    Ok(())
}

/// The number is kept beside the rows as well: it goes on when the rows are gone.
fn count(sql: &Transaction<'_>, name: &str, number: u64) -> Result<()> {
    sql.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")?
        .execute(params![name, number.to_string()])?;
    Ok(())
}

fn write_ticket(sql: &Transaction<'_>, row: &TicketRow) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO tickets (number, visitor, service, sender, subject, message, customer, fields, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        row.number,
        row.visitor.as_str(),
        row.service,
        row.from,
        row.subject,
        row.message,
        row.customer.as_ref().map(json).transpose()?,
        json(&row.fields)?,
        row.created.millis(),
    ])?;
    count(sql, "tickets", row.number)
}

fn write_callback(sql: &Transaction<'_>, row: &CallbackRow) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO callbacks (number, visitor, service, phone, at, message, customer, fields, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        row.number,
        row.visitor.as_str(),
        row.service,
        row.phone,
        row.when.map(crate::engine::Timestamp::millis),
        row.message,
        row.customer.as_ref().map(json).transpose()?,
        json(&row.fields)?,
        row.created.millis(),
    ])?;
    count(sql, "callbacks", row.number)
}

fn write_visitor(sql: &Transaction<'_>, row: &VisitorRow) -> Result<()> {
    sql.prepare_cached("INSERT OR REPLACE INTO visitors (id, token, origin, locale, customer, seen, online) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![
            row.id.as_str(),
            row.token.0.as_slice(),
            row.origin,
            row.locale,
            row.customer.as_ref().map(json).transpose()?,
            row.seen.millis(),
            row.online,
        ])?;
    Ok(())
}

fn write_operator(sql: &Transaction<'_>, row: &OperatorRow) -> Result<()> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO operators (id, token, name, services, status, automatic, present, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        row.id.as_str(),
        row.token.as_ref().map(|token| token.0.as_slice()),
        row.name,
        json(&row.services)?,
        json(&row.status)?,
        row.automatic,
        row.present,
        row.seen.millis(),
    ])?;
    Ok(())
}

fn write_session(sql: &Transaction<'_>, row: &SessionRow) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO sessions (id, visitor, channel, service, customer, fields, created, progress) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        row.id.as_str(),
        row.visitor.as_str(),
        row.channel.name(),
        row.service,
        row.customer.as_ref().map(json).transpose()?,
        json(&row.fields)?,
        row.created.millis(),
        json(&row.progress)?,
    ])?;
    Ok(())
}

pub(super) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Visitor => "VISITOR",
        Side::Operator => "OPERATOR",
    }
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
