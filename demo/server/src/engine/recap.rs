//! A conversation as a mail: who said what, when.

use super::record::Mail;
use super::state::{Author, Session, What};
use super::{Engine, Timestamp};
use crate::wire::fault::Fault;
use crate::wire::id::{SessionId, VisitorId};
use jiff::tz::TimeZone;

/// The words around what was said. In both, the name of the service is the server's own.
struct Language {
    subject: &'static str,
    you: &'static str,
    operator: &'static str,
    file: &'static str,
    foot: &'static str,
}

const ITALIAN: Language = Language {
    subject: "La tua conversazione con",
    you: "Tu",
    operator: "Operatore",
    file: "allegato",
    foot: "Hai ricevuto questo messaggio perché è stato chiesto durante la conversazione. A questo indirizzo non risponde nessuno.",
};

const ENGLISH: Language = Language {
    subject: "Your conversation with",
    you: "You",
    operator: "Operator",
    file: "attachment",
    foot: "You receive this message because it was asked for during the conversation. Nobody answers at this address.",
};

impl Engine {
    /// What was said so far. The subject holds no word of a visitor's.
    pub(super) fn recap_mail(
        &mut self,
        visitor: &VisitorId,
        id: &SessionId,
        to: String,
    ) -> Result<Mail, Fault> {
        let session =
            self.sessions.get(id).ok_or_else(|| Fault::session_not_found("no such session"))?;
        let locale = self.visitors.get(visitor).and_then(|visitor| visitor.locale.as_deref());
        let is_italian = locale.is_some_and(|locale| locale.to_ascii_lowercase().starts_with("it"));
        let language = if is_italian { &ITALIAN } else { &ENGLISH };
        let service = self.rules.service(&session.service);
        let description =
            service.map_or(session.service.as_str(), |service| service.description.as_str());
        let zone = service
            .and_then(|service| service.calendar.as_ref())
            .map_or(TimeZone::UTC, |calendar| calendar.timezone.clone());
        let mut body = String::new();
        for entry in &session.log {
            if let What::Said { by, text, .. } = &entry.what {
                let name = self.speaker(by, language, description);
                body.push_str(&line(entry.at, &zone, &name, text));
            } else if let What::File { by, attachment, .. } = &entry.what
                && attachment.state == crate::wire::file::FileState::Scanning
            {
                let name = self.speaker(by, language, description);
                let text = format!("[{}: {}]", language.file, attachment.name);
                body.push_str(&line(entry.at, &zone, &name, &text));
            }
        }
        body.push_str(&format!("\n-- \n{}\n", language.foot));
        let subject = format!("{} {description}", language.subject);
        Ok(Mail { id: self.random_text::<12>("mail_"), to, reply_to: None, subject, body })
    }

    fn speaker(&self, by: &Author, language: &Language, description: &str) -> String {
        match by {
            Author::Visitor => language.you.to_owned(),
            Author::Greeting => description.to_owned(),
            Author::Operator(id) => self
                .operators
                .get(id)
                .map_or_else(|| language.operator.to_owned(), |operator| operator.name.clone()),
        }
    }

    /// Whether that session is a conversation that an operator had.
    pub(super) fn was_answered(session: &Session) -> bool {
        !session.progress.handled.is_empty()
    }
}

fn line(at: Timestamp, zone: &TimeZone, name: &str, text: &str) -> String {
    let at = at.civil().to_zoned(zone.clone());
    format!("{} {name}: {text}\n", at.strftime("%Y-%m-%d %H:%M %Z"))
}
