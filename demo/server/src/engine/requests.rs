//! What a visitor may ask for beside a contact: a form, a mail, to be called back, the transcript, a say afterwards.

use super::hello::clean;
use super::link::LinkId;
use super::record::{Mail, RatingRow, TicketRow};
use super::state::{Keys, TokenHash, fingerprint};
use super::{Engine, Owner, Record};
use crate::settings::Words;
use crate::wire::call::Key;
use crate::wire::desk::RatingValue;
use crate::wire::fault::Fault;
use crate::wire::frame::raw;
use crate::wire::id::{SessionId, VisitorId};
use crate::wire::model::{Channel, Customer};
use crate::wire::request::{
    Consent, Form, FormField, FormOption, Forms, MailRequest, Rate, Recap, RequestCall, Ticket,
};
use serde_json::value::RawValue;

/// Characters of a mail's subject.
const SUBJECT: usize = 200;
/// Bytes of a mail address, RFC 5321.
const ADDRESS: usize = 254;

impl Engine {
    pub(super) fn visitor_request(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        call: RequestCall,
    ) -> Result<Box<RawValue>, Fault> {
        match call {
            RequestCall::Forms(call) => self.forms(visitor, &call),
            RequestCall::Slots(call) => self.slots(&call),
            RequestCall::Mail(call) => self.mail_request(link, visitor, call),
            RequestCall::Callback(call) => self.callback_request(link, visitor, call),
            RequestCall::Recap(call) => self.recap(visitor, &call),
            RequestCall::Rate(call) => self.rate(visitor, call),
        }
    }

    fn forms(&self, visitor: &VisitorId, call: &Forms) -> Result<Box<RawValue>, Fault> {
        self.check_service(&call.service, call.channel)?;
        let locale = self.visitors.get(visitor).and_then(|visitor| visitor.locale.as_deref());
        let rules = self.rules.service(&call.service).and_then(|it| it.forms.get(&call.channel));
        let speak = |words: &Words| words.speak(locale).to_owned();
        Ok(raw(&rules.map(|rules| Form {
            fields: rules
                .fields
                .iter()
                .map(|field| FormField {
                    key: field.key.clone(),
                    label: speak(&field.label),
                    kind: field.kind,
                    required: field.required,
                    autocomplete: field.autocomplete.clone(),
                    options: field
                        .options
                        .iter()
                        .map(|option| FormOption {
                            value: option.value.clone(),
                            label: speak(&option.label),
                        })
                        .collect(),
                })
                .collect(),
            consent: rules.consent.as_ref().map(|consent| Consent {
                text: speak(&consent.text),
                link: consent.link.clone(),
                required: consent.required,
            }),
        })))
    }

    fn mail_request(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        call: MailRequest,
    ) -> Result<Box<RawValue>, Fault> {
        let customer = self.clean_customer(call.customer)?;
        self.check_fields(&call.fields)?;
        let (customer_text, fields_text) = (raw(&customer), raw(&call.fields));
        let print = fingerprint(&[
            &call.service,
            &call.from,
            &call.subject,
            &call.message,
            customer_text.get(),
            fields_text.get(),
        ]);
        if let Some(result) = self.recall_request(visitor, "mail.request", &call.key, print)? {
            return Ok(result);
        }
        self.check_service(&call.service, Channel::Mail)?;
        let from = check_address("from", &call.from)?;
        let subject = call.subject.trim().to_owned();
        let is_line = !subject.is_empty()
            && subject.chars().count() <= SUBJECT
            && !subject.chars().any(char::is_control);
        if !is_line {
            return Err(Fault::params(format!("subject: one line of 1 to {SUBJECT} characters")));
        }
        self.check_message(&call.message)?;
        self.count_session(link)?;
        self.tickets += 1;
        let id = format!("t_{}", self.tickets);
        let row = TicketRow {
            number: self.tickets,
            visitor: visitor.clone(),
            service: call.service,
            from,
            subject,
            message: call.message,
            customer: customer.or_else(|| self.customer_of(visitor)),
            fields: call.fields,
            created: self.now,
        };
        let mail = self.ticket_mail(&id, &row);
        self.store(Record::Ticket(row));
        self.store(Record::Mail(mail));
        let result = raw(&Ticket { id });
        self.keep_request(visitor, "mail.request", &call.key, print, &result);
        Ok(result)
    }

    fn recap(&mut self, visitor: &VisitorId, call: &Recap) -> Result<Box<RawValue>, Fault> {
        let session = self.own_chat(visitor, &call.session)?;
        let print = fingerprint(&[call.session.as_str(), &call.mail]);
        if let Some(result) = self.recall_request(visitor, "chat.recap", &call.key, print)? {
            return Ok(result);
        }
        if self.check_service(&session.service, Channel::Mail).is_err() {
            return Err(Fault::mail_not_configured("MAIL is off for this service"));
        }
        let to = check_address("mail", &call.mail)?;
        if !Self::was_answered(session) {
            return Err(Fault::not_connected("no operator has joined yet"));
        }
        let rules = &self.rules.mail;
        if session.progress.recaps >= rules.recaps {
            return Err(Fault::rate_limited(format!("{} to a conversation", rules.recaps)));
        }
        let (interval, now) = (rules.recap_interval, self.now);
        self.recapped.retain(|_, last| now.since(*last) < interval);
        // Of the address nothing is kept but this.
        let address = TokenHash::of(&to.to_ascii_lowercase());
        if let Some(last) = self.recapped.get(&address) {
            let wait = last.after(interval).since(now);
            return Err(Fault::rate_limited("one to an address within that time").after(wait));
        }
        let mail = self.recap_mail(visitor, &call.session, to)?;
        self.recapped.insert(address, now);
        if let Some(session) = self.sessions.get_mut(&call.session) {
            session.progress.recaps += 1;
            self.changed.insert(call.session.clone());
        }
        self.store(Record::Mail(mail));
        let result = raw(&true);
        let owner = Owner::Visitor(visitor.clone());
        self.keep_answer(owner, "chat.recap", &call.key, print, &call.session, &result);
        Ok(result)
    }

    fn rate(&mut self, visitor: &VisitorId, call: Rate) -> Result<Box<RawValue>, Fault> {
        let session = self.own_session(visitor, &call.session)?;
        let comment = call.comment.filter(|comment| !comment.trim().is_empty());
        let print = fingerprint(&[
            call.session.as_str(),
            &call.score.to_string(),
            comment.as_deref().unwrap_or_default(),
        ]);
        if let Some(result) = self.recall_request(visitor, "session.rate", &call.key, print)? {
            return Ok(result);
        }
        if !(1..=5).contains(&call.score) {
            return Err(Fault::params("score: 1 to 5"));
        }
        let most = self.rules.limits.field;
        if comment.as_ref().is_some_and(|comment| comment.chars().count() > most) {
            return Err(Fault::params(format!("comment: at most {most} characters")));
        }
        if !Self::was_answered(session) {
            return Err(Fault::not_connected("no operator has joined yet"));
        }
        let rating = RatingValue { score: call.score, comment: comment.clone() };
        if let Some(session) = self.sessions.get_mut(&call.session) {
            session.progress.rating = Some(Box::new(rating));
        }
        self.changed.insert(call.session.clone());
        self.mark_session(&call.session);
        self.store(Record::Rating(RatingRow {
            session: call.session.clone(),
            score: call.score,
            comment,
            at: self.now,
        }));
        let result = raw(&true);
        let owner = Owner::Visitor(visitor.clone());
        self.keep_answer(owner, "session.rate", &call.key, print, &call.session, &result);
        Ok(result)
    }

    pub(super) fn customer_of(&self, visitor: &VisitorId) -> Option<Customer> {
        self.visitors.get(visitor).and_then(|visitor| visitor.customer.clone())
    }

    pub(super) fn recall_request(
        &self,
        visitor: &VisitorId,
        method: &str,
        key: &Key,
        print: [u8; 16],
    ) -> Result<Option<Box<RawValue>>, Fault> {
        let keys: Option<&Keys> = self.visitors.get(visitor).map(|visitor| &visitor.keys);
        keys.map_or(Ok(None), |keys| keys.recall(method, key, print))
    }

    /// What belongs to no session is kept as long as the visitor is.
    pub(super) fn keep_request(
        &mut self,
        visitor: &VisitorId,
        method: &'static str,
        key: &Key,
        print: [u8; 16],
        result: &RawValue,
    ) {
        let owner = Owner::Visitor(visitor.clone());
        self.keep_answer(owner, method, key, print, &SessionId::new(""), result);
    }

    fn ticket_mail(&mut self, id: &str, row: &TicketRow) -> Mail {
        let service = self.rules.service(&row.service);
        let to = service.and_then(|service| service.mail.clone());
        let description = service.map_or("", |service| service.description.as_str());
        let mut body = format!("{id}, {description}\n\n");
        let mut customer = row.customer.clone().unwrap_or_default();
        for (name, value) in customer.fields_mut() {
            if let Some(value) = value {
                body.push_str(&format!("{name}: {value}\n"));
            }
        }
        for field in &row.fields {
            body.push_str(&format!("{}: {}\n", clean(&field.key), field.value));
        }
        body.push_str(&format!("from: {}\n\n{}\n", row.from, row.message));
        Mail {
            id: self.random_text::<12>("mail_"),
            to: to.unwrap_or_else(|| self.rules.mail.inbox.clone()),
            reply_to: Some(row.from.clone()),
            subject: format!("[{id}] {}", row.subject),
            body,
        }
    }
}

/// A bare mail address: no name before it, no blanks, no line breaks.
fn check_address(field: &str, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    let is_plain = text.len() <= ADDRESS
        && !text.chars().any(|character| character.is_control() || character.is_whitespace());
    if is_plain && text.parse::<lettre::Address>().is_ok() {
        Ok(text.to_owned())
    } else {
        Err(Fault::params(format!("{field}: no mail address")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_mail_addresses_are_addresses() {
        for text in ["a@example.org", "  a.b+c@sub.example.org ", "è@example.org"] {
            assert_eq!(check_address("mail", text).ok(), Some(text.trim().to_owned()), "{text}");
        }
        let long = format!("{}@example.org", "a".repeat(250));
        for text in [
            "",
            "a",
            "@example.org",
            "a@",
            "a b@example.org",
            "Mario <a@example.org>",
            "a@example.org, b@example.org",
            "a@example.org\r\nBcc: b@example.org",
            "a@example.org\nBcc: b@example.org",
            "a\0@example.org",
            &long,
        ] {
            assert!(check_address("mail", text).is_err(), "{text:?}");
        }
    }
}
