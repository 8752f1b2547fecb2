//! Sends mail: through a server, or into a folder where none is set. On a thread of its own, since a mail server may take its time.
//!
//! What is to be sent lies in the database until it is sent. So a mail may go out twice where the process dies in between – with the same
//! `Message-ID` – and is never lost.

mod letter;

use crate::engine::Mail;
use crate::error::Error;
use crate::settings::{MailRules, Settings, Smtp, SmtpTls};
use crate::shell::Message;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{SmtpTransport, Transport as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// For each word of a mail server.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two tries, at most.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Starts the thread; it ends with the returned sender.
pub(crate) fn start(settings: &Settings, done: Sender<Message>) -> Result<Sender<Mail>, Error> {
    let rules = settings.rules.mail.clone();
    let way = match &rules.smtp {
        Some(smtp) => Way::Smtp(Box::new(transport(smtp)?)),
        None => {
            Way::Folder(rules.folder.clone().unwrap_or_else(|| settings.paths.data.join("mail")))
        }
    };
    let (post, letters) = channel();
    let mut postman = Postman {
        rules,
        way,
        letters,
        done,
        known: BTreeSet::new(),
        waiting: BTreeMap::new(),
        count: 0,
    };
    std::thread::Builder::new()
        .name("tvox-mail".to_owned())
        .spawn(move || postman.run())
        .map_err(|error| Error::System(format!("no thread for mail: {error}")))?;
    Ok(post)
}

/// How mail leaves.
enum Way {
    Smtp(Box<SmtpTransport>),
    Folder(PathBuf),
}

/// How a try ended.
enum Outcome {
    Sent,
    /// Another try may do.
    Later(String),
    /// None will.
    Never(String),
}

/// A mail and how often it was tried.
struct Waiting {
    mail: Mail,
    tries: u32,
}

struct Postman {
    rules: MailRules,
    way: Way,
    letters: Receiver<Mail>,
    done: Sender<Message>,
    /// What is under way already: after a failure of the database everything is handed over again.
    known: BTreeSet<String>,
    /// By the time of the next try, and the order in which they came.
    waiting: BTreeMap<(Instant, u64), Waiting>,
    count: u64,
}

impl Postman {
    fn run(&mut self) {
        loop {
            let next = self.waiting.first_key_value().map(|((due, _), _)| *due);
            let received = match next {
                None => self.letters.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => {
                    self.letters.recv_timeout(due.saturating_duration_since(Instant::now()))
                }
            };
            match received {
                Ok(mail) if self.known.insert(mail.id.clone()) => {
                    self.put(Instant::now(), Waiting { mail, tries: 0 });
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => self.try_next(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn put(&mut self, due: Instant, waiting: Waiting) {
        self.count += 1;
        self.waiting.insert((due, self.count), waiting);
    }

    fn try_next(&mut self) {
        let Some((_, mut waiting)) = self.waiting.pop_first() else { return };
        waiting.tries += 1;
        let is_sent = match self.send(&waiting.mail) {
            Outcome::Sent => true,
            Outcome::Later(reason) if waiting.tries < self.rules.attempts => {
                let wait = self
                    .rules
                    .retry
                    .saturating_mul(1 << (waiting.tries - 1).min(16))
                    .min(LONGEST_WAIT);
                tracing::warn!(mail = waiting.mail.id, reason, ?wait, "a mail waits");
                self.put(Instant::now() + wait, waiting);
                return;
            }
            Outcome::Later(reason) | Outcome::Never(reason) => {
                tracing::error!(mail = waiting.mail.id, reason, "a mail was given up");
                false
            }
        };
        let id = waiting.mail.id;
        self.known.remove(&id);
        let _ = self.done.send(Message::Mailed { id, is_sent });
    }

    fn send(&self, mail: &Mail) -> Outcome {
        let letter = match letter::write(mail, &self.rules.from) {
            Ok(letter) => letter,
            Err(reason) => return Outcome::Never(reason),
        };
        match &self.way {
            Way::Smtp(transport) => match transport.send(&letter) {
                Ok(_) => Outcome::Sent,
                // What a server says may quote the address: its number says enough.
                Err(error) => match error.status() {
                    Some(code) if error.is_permanent() => Outcome::Never(format!("SMTP {code}")),
                    Some(code) => Outcome::Later(format!("SMTP {code}")),
                    None if error.is_timeout() => Outcome::Later("time is over".to_owned()),
                    None if error.is_tls() => Outcome::Later("no TLS".to_owned()),
                    None => Outcome::Later("no connection".to_owned()),
                },
            },
            Way::Folder(folder) => {
                let file = folder.join(format!("{}.eml", mail.id));
                let half = folder.join(format!("{}.half", mail.id));
                // Whoever watches the folder sees whole mails only.
                let written = std::fs::create_dir_all(folder)
                    .and_then(|()| std::fs::write(&half, letter.formatted()))
                    .and_then(|()| std::fs::rename(&half, &file));
                match written {
                    Ok(()) => Outcome::Sent,
                    Err(error) => Outcome::Later(error.kind().to_string()),
                }
            }
        }
    }
}

fn transport(smtp: &Smtp) -> Result<SmtpTransport, Error> {
    let parameters = || {
        let mut builder = TlsParameters::builder(smtp.host.clone());
        if let Some(file) = &smtp.ca {
            let fails = |reason: String| {
                Error::System(format!("mail.smtp.ca: {}: {reason}", file.display()))
            };
            let pem = std::fs::read(file).map_err(|error| fails(error.to_string()))?;
            let ca = Certificate::from_pem(&pem).map_err(|error| fails(error.to_string()))?;
            builder = builder.add_root_certificate(ca);
        }
        builder.build().map_err(|error| Error::System(format!("no TLS for mail: {error}")))
    };
    let (tls, port) = match smtp.tls {
        SmtpTls::None => (Tls::None, 25),
        SmtpTls::Starttls => (Tls::Required(parameters()?), 587),
        SmtpTls::Tls => (Tls::Wrapper(parameters()?), 465),
    };
    let mut builder = SmtpTransport::builder_dangerous(&smtp.host)
        .port(smtp.port.unwrap_or(port))
        .tls(tls)
        .timeout(Some(PATIENCE));
    if let (Some(user), Some(password)) = (&smtp.user, &smtp.password) {
        builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
    }
    Ok(builder.build())
}
