//! Everything that can be set, from a TOML file over good defaults. `tvox-demo.toml` beside the crate's manifest explains each line.

mod calendar;
mod duration;
mod files;
mod media;
mod requests;
mod rules;
mod telephony;
mod turn;

pub use calendar::{Calendar, Hours, Weekday};
pub use files::{FileRules, TYPES};
pub use media::{Media, Ports};
pub use requests::{
    CallbackRules, ConsentRules, FieldRules, FormRules, Forms, MailRules, OptionRules, Smtp,
    SmtpTls, Words,
};
pub use rules::{ChatRules, Limits, OperatorRules, Rate, Rules, Service, VisitorRules};
pub use telephony::CallRules;
pub use turn::Turn;

use crate::error::Error;
use crate::wire::model::Channel;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a server is started with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where it listens, and for whom.
    pub http: Http,
    /// Where things are.
    pub paths: Paths,
    /// How it remembers.
    pub store: Store,
    /// The automatic operator.
    pub echo: Echo,
    /// Where its sound and picture come in.
    pub media: Media,
    /// The relay for calls.
    pub turn: Turn,
    /// What the contact centre does.
    pub rules: Rules,
}

/// Section `[http]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Port 0: any.
    pub listen: SocketAddr,
    /// Origins that may connect, beside the server's own and those on loopback. `*`: all.
    pub origins: Vec<String>,
    /// Host names under which the server may be asked, beside loopback names and bare addresses. `*`: all.
    pub hosts: Vec<String>,
    /// Programs that are no browsers send no `Origin`.
    pub allow_missing_origin: bool,
    /// WebSockets at a time.
    pub connections: usize,
    /// For the head of a request, and for `hello`.
    #[serde(deserialize_with = "duration::read")]
    pub handshake: Duration,
    /// Bytes that may wait for a client that does not read.
    pub backlog: usize,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            origins: Vec::new(),
            hosts: Vec::new(),
            allow_missing_origin: false,
            connections: 20_000,
            handshake: Duration::from_secs(10),
            backlog: 1 << 20,
        }
    }
}

/// Section `[paths]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Paths {
    /// The folder of the database, the files, and the mail that has no server.
    pub data: PathBuf,
    /// The folder with `index.html` and `demo/`.
    pub site: PathBuf,
    /// The folder with the built widget. Not given: `dist` in `site`.
    pub widget: Option<PathBuf>,
    /// The console's files, read at each request. Not given: those built into the program.
    pub console: Option<PathBuf>,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            data: PathBuf::from("target/demo-data"),
            site: PathBuf::from("."),
            widget: None,
            console: None,
        }
    }
}

impl Paths {
    /// Where the built widget is.
    pub fn widget(&self) -> PathBuf {
        self.widget.clone().unwrap_or_else(|| self.site.join("dist"))
    }
}

/// Section `[store]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// What a commit waits for.
    pub synchronous: Synchronous,
    /// How long transcripts are kept.
    #[serde(deserialize_with = "duration::read")]
    pub keep: Duration,
}

impl Default for Store {
    fn default() -> Self {
        Self { synchronous: Synchronous::Full, keep: Duration::from_secs(30 * 24 * 3600) }
    }
}

/// SQLite's `synchronous` pragma, in WAL mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Synchronous {
    /// A commit is on the disk: an acknowledged message survives a power cut. The commits of one moment share one sync.
    Full,
    /// A commit is with the operating system: it survives the death of the process, not that of the machine.
    Normal,
}

/// Section `[echo]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Echo {
    /// Answers where nobody else does.
    pub enabled: bool,
    /// Says in its name that it is no person.
    pub name: String,
    /// From ringing to answering.
    #[serde(deserialize_with = "duration::read")]
    pub pick_up: Duration,
    /// The shortest time that it takes to write an answer.
    #[serde(deserialize_with = "duration::read")]
    pub think: Duration,
    /// What it pushes when asked for a page.
    pub page: String,
}

impl Default for Echo {
    fn default() -> Self {
        Self {
            enabled: true,
            name: "Eco (automatic)".to_owned(),
            pick_up: Duration::from_millis(1000),
            think: Duration::from_millis(900),
            page: "/demo/biciclette.html".to_owned(),
        }
    }
}

/// The file as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    http: Http,
    paths: Paths,
    store: Store,
    echo: Echo,
    media: Media,
    turn: Turn,
    channels: Option<BTreeMap<Channel, bool>>,
    services: Option<Vec<Service>>,
    limits: Limits,
    visitors: VisitorRules,
    operators: OperatorRules,
    chat: ChatRules,
    calls: CallRules,
    files: FileRules,
    mail: MailRules,
    callback: CallbackRules,
}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Settings`], which names the file, the line and the field.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::Settings {
            file: path.to_owned(),
            reason: error.to_string(),
        })?;
        Self::parse(&text).map_err(|reason| Error::Settings { file: path.to_owned(), reason })
    }

    /// Reads the text of such a file.
    ///
    /// # Errors
    /// A text for people, with line and field.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File =
            toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let defaults = Rules::default();
        let settings = Self {
            http: file.http,
            paths: file.paths,
            store: file.store,
            echo: file.echo,
            media: file.media,
            turn: file.turn,
            rules: Rules {
                channels: file.channels.map_or(defaults.channels, |given| {
                    given.into_iter().filter_map(|(channel, on)| on.then_some(channel)).collect()
                }),
                services: file.services.unwrap_or(defaults.services),
                limits: file.limits,
                visitors: file.visitors,
                operators: file.operators,
                chat: file.chat,
                calls: file.calls,
                files: file.files,
                mail: file.mail,
                callback: file.callback,
            },
        };
        settings.check()?;
        Ok(settings)
    }

    /// What a type alone cannot say.
    fn check(&self) -> Result<(), String> {
        if self.rules.services.is_empty() {
            return Err("services: at least one is needed".to_owned());
        }
        let mut codes = BTreeSet::new();
        for service in &self.rules.services {
            let well_made = !service.code.is_empty()
                && service.code.len() <= 64
                && service
                    .code
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
            if !well_made {
                return Err(format!(
                    "services.code: {:?} must be 1 to 64 letters, digits, '_', '-' or '.'",
                    service.code
                ));
            }
            if !codes.insert(&service.code) {
                return Err(format!("services.code: {:?} stands there twice", service.code));
            }
        }
        for (field, value) in [
            ("limits.rate.per_second", self.rules.limits.rate.per_second),
            ("limits.rate.burst", self.rules.limits.rate.burst),
            ("limits.flood.per_second", self.rules.limits.flood.per_second),
            ("limits.flood.burst", self.rules.limits.flood.burst),
            ("operators.rate.per_second", self.rules.operators.rate.per_second),
            ("operators.rate.burst", self.rules.operators.rate.burst),
        ] {
            if value == 0 {
                return Err(format!("{field}: must be at least 1"));
            }
        }
        if !(1024..=1 << 20).contains(&self.rules.limits.frame) {
            return Err("limits.frame: must be 1024 to 1048576 bytes".to_owned());
        }
        if self.http.backlog < 2 * self.rules.limits.frame {
            return Err("http.backlog: must be at least twice limits.frame".to_owned());
        }
        self.media.check()?;
        self.turn.check()?;
        self.rules.calls.check()?;
        self.rules.files.check()?;
        self.rules.mail.check()?;
        self.rules.callback.check()?;
        for service in &self.rules.services {
            service.check()?;
            if service.mail.as_ref().is_some_and(|mail| mail.parse::<lettre::Address>().is_err()) {
                return Err(format!("services.mail: {:?} is no mail address", service.mail));
            }
        }
        for origin in self.http.origins.iter().filter(|origin| *origin != "*") {
            if !(origin.starts_with("http://") || origin.starts_with("https://"))
                || origin.matches('/').count() != 2
            {
                return Err(format!(
                    "http.origins: {origin:?} must look like \"https://www.example.org\""
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_demo_of_all_states_can_be_set() {
        let settings = Settings::parse(include_str!("../../../states.toml")).unwrap();
        assert!(settings.check().is_ok());
    }

    #[test]
    fn the_explained_file_says_what_the_defaults_are() {
        let explained = Settings::parse(include_str!("../../tvox-demo.toml")).unwrap();
        assert_eq!(format!("{explained:#?}"), format!("{:#?}", Settings::default()));
    }

    #[test]
    fn the_settings_of_the_demo_can_be_read_and_show_each_kind_of_service() {
        let demo = Settings::parse(include_str!("../../demo.toml")).unwrap();
        let services = &demo.rules.services;
        assert!(!services[0].forms.contains_key(&Channel::Chat), "one click to an operator");
        assert!(services[1].forms.contains_key(&Channel::Chat));
        assert!(services[2].calendar.is_some());
    }

    #[test]
    fn a_wrong_field_is_named_with_its_line() {
        for (text, words) in [
            ("[http]\nlisten = \"here\"", vec!["line 2", "listen"]),
            ("[limits]\n\nfrane = 3", vec!["line 3", "frane", "frame"]),
            ("[operators]\noffer = \"soon\"", vec!["line 2", "offer"]),
            ("[operators]\noffer = \"-3s\"", vec!["line 2", "negative"]),
            (
                "[[services]]\ncode = \"a\"\ndescription = \"A\"\ncalendar = { timezone = \"Europe/Atlantis\" }",
                vec!["line 4", "Atlantis"],
            ),
            (
                "[[services]]\ncode = \"a\"\ndescription = \"A\"\n[[services.calendar.open]]\ndays = [\"MON\"]\nfrom = \"25:00\"\nto = \"26:00\"",
                vec!["line 6", "25:00"],
            ),
            ("[channels]\nFAX = true", vec!["line 2", "FAX"]),
            ("services = []", vec!["services"]),
            ("[[services]]\ncode = \"a b\"\ndescription = \"A\"", vec!["services.code"]),
            (
                "[[services]]\ncode = \"a\"\ndescription = \"A\"\nmedia = [{ type = \"audio/ogg\", url = \"//a.example/a.ogg\" }]",
                vec!["services.media", "//a.example"],
            ),
            ("[http]\norigins = [\"www.example.org\"]", vec!["http.origins"]),
        ] {
            let error = Settings::parse(text).unwrap_err();
            for word in words {
                assert!(error.contains(word), "{error:?} does not say {word:?}");
            }
        }
    }
}
