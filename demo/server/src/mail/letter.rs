//! A mail as RFC 5322 has it. Addresses and headers are parsed, folded and encoded by the library: no text of a visitor's becomes a header by itself.

use crate::engine::Mail;
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};

/// The whole of it.
///
/// # Errors
/// What cannot be written as a mail, without the words in question.
pub(super) fn write(mail: &Mail, from: &str) -> Result<Message, String> {
    let mailbox = |text: &str, what: &str| -> Result<Mailbox, String> {
        text.parse().map_err(|_| format!("{what} is no mail address"))
    };
    let from = mailbox(from, "mail.from")?;
    let domain = from.email.domain().to_owned();
    let subject: String =
        mail.subject.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
    let mut builder = Message::builder()
        .from(from)
        .to(mailbox(&mail.to, "the recipient")?)
        .subject(subject)
        .message_id(Some(format!("<{}@{domain}>", mail.id)))
        .header(ContentType::TEXT_PLAIN);
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(mailbox(reply_to, "who answers")?);
    }
    // RFC 3834: whoever is on holiday need not say so to a program.
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    builder = builder.raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()));
    builder.body(mail.body.clone()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mail() -> Mail {
        Mail {
            id: "mail_1".to_owned(),
            to: "giulia@example.org".to_owned(),
            reply_to: Some("anna@example.org".to_owned()),
            subject: "Invoice".to_owned(),
            body: "Where is it?\nÈ qui.\n".to_owned(),
        }
    }

    fn text(mail: &Mail) -> Result<String, String> {
        write(mail, "Boats <noreply@boats.example>")
            .map(|letter| String::from_utf8(letter.formatted()).unwrap())
    }

    #[test]
    fn a_mail_says_who_wrote_it_to_whom_and_that_it_was_a_program() {
        let text = text(&mail()).unwrap();
        for line in [
            "From: Boats <noreply@boats.example>",
            "To: giulia@example.org",
            "Reply-To: anna@example.org",
            "Subject: Invoice",
            "Message-ID: <mail_1@boats.example>",
            "Auto-Submitted: auto-generated",
            "Content-Type: text/plain; charset=utf-8",
        ] {
            assert!(text.lines().any(|one| one == line), "{line:?} is not in\n{text}");
        }
    }

    #[test]
    fn no_text_makes_a_header_of_its_own() {
        let evil = "Invoice\r\nBcc: everybody@example.org\r\n\r\nBuy this";
        let subject = Mail { subject: evil.to_owned(), ..mail() };
        let written = text(&subject).unwrap();
        let head = written.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert_eq!(written.matches("\r\n\r\n").count(), 1, "one head, one body: {written}");
        for wrong in ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org"] {
            assert!(text(&Mail { to: wrong.to_owned(), ..mail() }).is_err(), "{wrong:?}");
            assert!(text(&Mail { reply_to: Some(wrong.to_owned()), ..mail() }).is_err());
        }
    }
}
