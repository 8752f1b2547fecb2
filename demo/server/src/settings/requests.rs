//! Mail, callbacks and forms.

use super::duration;
use crate::wire::model::Channel;
use crate::wire::request::FieldKind;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Section `[mail]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailRules {
    /// Who writes: an address, perhaps with a name before it.
    pub from: String,
    /// Where visitors' mails go, unless their service has an address of its own.
    pub inbox: String,
    /// Recaps of one conversation.
    pub recaps: usize,
    /// Between two recaps to one address.
    #[serde(deserialize_with = "duration::read")]
    pub recap_interval: Duration,
    /// Through whom mail goes. Not given: as files into a folder.
    pub smtp: Option<Smtp>,
    /// The folder for mail without a server. Not given: `mail` in the data folder.
    pub folder: Option<PathBuf>,
    /// After a failure, until the next try; doubled each time, an hour at most.
    #[serde(deserialize_with = "duration::read")]
    pub retry: Duration,
    /// Tries, before a mail is given up.
    pub attempts: u32,
}

impl Default for MailRules {
    fn default() -> Self {
        Self {
            from: "Contact centre <noreply@localhost>".to_owned(),
            inbox: "inbox@localhost".to_owned(),
            recaps: 3,
            recap_interval: Duration::from_secs(3600),
            smtp: None,
            folder: None,
            retry: Duration::from_secs(10),
            attempts: 12,
        }
    }
}

/// Section `[mail.smtp]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Not given: 25, 587 or 465, as `tls` has it.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: SmtpTls,
    /// Not given: nobody logs in.
    #[serde(default)]
    pub user: Option<String>,
    /// The user's.
    #[serde(default)]
    pub password: Option<String>,
    /// A file of certificates (PEM) that are trusted beside the system's: for a mail server with one of its own.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

impl fmt::Debug for Smtp {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{:?} {:?})", self.host, self.port, self.tls)
    }
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SmtpTls {
    /// Not at all: for a server on the same machine.
    None,
    /// From the second word on, RFC 3207.
    #[default]
    Starttls,
    /// From the beginning, RFC 8314.
    Tls,
}

impl MailRules {
    /// What a type alone cannot say.
    pub(super) fn check(&self) -> Result<(), String> {
        for (field, text) in [("mail.from", &self.from), ("mail.inbox", &self.inbox)] {
            if text.parse::<lettre::message::Mailbox>().is_err() {
                return Err(format!("{field}: {text:?} is no mail address"));
            }
        }
        if self.smtp.as_ref().is_some_and(|smtp| smtp.user.is_some() != smtp.password.is_some()) {
            return Err("mail.smtp: user and password go together".to_owned());
        }
        Ok(())
    }
}

/// Section `[callback]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CallbackRules {
    /// The country, ISO 3166, whose number it is without a prefix.
    pub region: String,
    /// Countries that are called, ISO 3166. None given: all.
    pub countries: Vec<String>,
    /// Length of a time that is offered.
    #[serde(deserialize_with = "duration::read")]
    pub slot: Duration,
    /// From now to the first of them, at least.
    #[serde(deserialize_with = "duration::read")]
    pub notice: Duration,
}

impl Default for CallbackRules {
    fn default() -> Self {
        Self {
            region: "IT".to_owned(),
            countries: Vec::new(),
            slot: Duration::from_secs(30 * 60),
            notice: Duration::from_secs(15 * 60),
        }
    }
}

impl CallbackRules {
    /// What a type alone cannot say.
    pub(super) fn check(&self) -> Result<(), String> {
        for code in self.countries.iter().chain([&self.region]) {
            if code.parse::<phonenumber::country::Id>().is_err() {
                return Err(format!("callback: {code:?} is no country; write one like \"IT\""));
            }
        }
        if self.slot < Duration::from_secs(300) {
            return Err("callback.slot: must be at least \"5m\"".to_owned());
        }
        Ok(())
    }
}

/// Sections `[services.forms.<CHANNEL>]`: what is asked before a contact.
pub type Forms = BTreeMap<Channel, FormRules>;

/// One form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormRules {
    /// From top to bottom.
    #[serde(default)]
    pub fields: Vec<FieldRules>,
    /// What the visitor agrees to.
    #[serde(default)]
    pub consent: Option<ConsentRules>,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRules {
    /// One of `CustomerInfo`, or one of the service's own.
    pub key: String,
    /// For people.
    pub label: Words,
    /// How it is filled.
    #[serde(rename = "type", default = "FieldRules::text")]
    pub kind: FieldKind,
    /// Not without it.
    #[serde(default)]
    pub required: bool,
    /// HTML's autofill token.
    #[serde(default)]
    pub autocomplete: Option<String>,
    /// With `select`: value and words.
    #[serde(default)]
    pub options: Vec<OptionRules>,
}

impl FieldRules {
    fn text() -> FieldKind {
        FieldKind::Text
    }
}

/// One of some.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionRules {
    /// For programs.
    pub value: String,
    /// For people.
    pub label: Words,
}

/// What the visitor agrees to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRules {
    /// For people.
    pub text: Words,
    /// Where it is explained.
    #[serde(default)]
    pub link: Option<String>,
    /// Not without it.
    #[serde(default = "yes")]
    pub required: bool,
}

fn yes() -> bool {
    true
}

/// A text, or one for each language: `{ it = "Nome", en = "Name" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// For everybody.
    One(String),
    /// By language, ISO 639.
    Many(BTreeMap<String, String>),
}

impl Words {
    /// In the language of a BCP 47 tag; in English, or whatever there is, where that is missing.
    pub fn speak(&self, locale: Option<&str>) -> &str {
        match self {
            Self::One(text) => text,
            Self::Many(texts) => {
                let language = locale.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or("en");
                texts
                    .get(&language.to_ascii_lowercase())
                    .or_else(|| texts.get("en"))
                    .or_else(|| texts.values().next())
                    .map_or("", String::as_str)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_told_in_the_visitors_language_or_in_one_that_there_is() {
        let words = |texts: &[(&str, &str)]| {
            Words::Many(texts.iter().map(|(code, text)| ((*code).into(), (*text).into())).collect())
        };
        let both = words(&[("it", "Nome"), ("en", "Name")]);
        assert_eq!(both.speak(Some("it-IT")), "Nome");
        assert_eq!(both.speak(Some("IT")), "Nome");
        assert_eq!(both.speak(Some("fr-CA")), "Name");
        assert_eq!(both.speak(None), "Name");
        assert_eq!(words(&[("it", "Nome")]).speak(Some("fr")), "Nome");
        assert_eq!(Words::One("Nome".into()).speak(Some("en")), "Nome");
    }
}
