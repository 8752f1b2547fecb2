//! What the contact centre does: the part of the settings that the engine reads.

use super::calendar::Calendar;
use super::duration;
use super::files::FileRules;
use super::requests::{CallbackRules, Forms, MailRules};
use super::telephony::CallRules;
use crate::wire::model::{Channel, Media};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// Services, limits and times.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Channels that are on.
    pub channels: BTreeSet<Channel>,
    /// In the order in which they are shown.
    pub services: Vec<Service>,
    /// What a client may not exceed.
    pub limits: Limits,
    /// How visitors are remembered.
    pub visitors: VisitorRules,
    /// How operators are rung.
    pub operators: OperatorRules,
    /// What happens in a conversation by itself.
    pub chat: ChatRules,
    /// How calls live and end.
    pub calls: CallRules,
    /// Which files are taken.
    pub files: FileRules,
    /// How mail goes.
    pub mail: MailRules,
    /// Whom and when to call back.
    pub callback: CallbackRules,
}

impl Rules {
    /// The service of that code.
    pub fn service(&self, code: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.code == code)
    }
}

impl Default for Rules {
    fn default() -> Self {
        let service = |code: &str, description: &str| Service {
            code: code.to_owned(),
            description: description.to_owned(),
            channels: Service::default_channels(),
            calendar: None,
            welcome: None,
            media: Vec::new(),
            mail: None,
            forms: Forms::new(),
        };
        Self {
            channels: Service::default_channels(),
            services: vec![
                service("service0001", "Assistenza"),
                service("service0002", "Commerciale"),
                service("service0003", "Amministrazione"),
            ],
            limits: Limits::default(),
            visitors: VisitorRules::default(),
            operators: OperatorRules::default(),
            chat: ChatRules::default(),
            calls: CallRules::default(),
            files: FileRules::default(),
            mail: MailRules::default(),
            callback: CallbackRules::default(),
        }
    }
}

/// Section `[[services]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name on the wire.
    pub code: String,
    /// Its name for people.
    pub description: String,
    /// Through which channels it may be reached, where they are on.
    #[serde(default = "Service::default_channels")]
    pub channels: BTreeSet<Channel>,
    /// When it is open. Not given: always.
    #[serde(default)]
    pub calendar: Option<Calendar>,
    /// A text that the visitor reads before he joins the queue.
    #[serde(default)]
    pub welcome: Option<String>,
    /// What he sees or hears beside it.
    #[serde(default)]
    pub media: Vec<Media>,
    /// Where visitors' mails for it go. Not given: `mail.inbox`.
    #[serde(default)]
    pub mail: Option<String>,
    /// What is asked before a contact. Not given: nothing.
    #[serde(default)]
    pub forms: Forms,
}

impl Service {
    /// Whether something is shown before the queue.
    pub(crate) fn plays(&self) -> bool {
        self.welcome.is_some() || !self.media.is_empty()
    }

    /// A page may only be sent to this server itself, or to where nobody can listen in.
    pub(super) fn check(&self) -> Result<(), String> {
        let is_ours = |url: &str| url.starts_with('/') && !url.starts_with("//");
        match self.media.iter().find(|it| !is_ours(&it.url) && !it.url.starts_with("https://")) {
            Some(media) => Err(format!(
                "services.media: {:?} must be a path of this server or begin with https://",
                media.url
            )),
            None => Ok(()),
        }
    }

    fn default_channels() -> BTreeSet<Channel> {
        Channel::ALL.into_iter().collect()
    }
}

/// Section `[limits]`: visitors.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a frame, both ways.
    pub frame: usize,
    /// Characters (Unicode scalar values) of a message.
    pub message: usize,
    /// Characters of a name, or any other field of a customer.
    pub name: usize,
    /// Characters of an address.
    pub uri: usize,
    /// Fields of the form before contact.
    pub fields: usize,
    /// Characters of one of them.
    pub field: usize,
    /// Requests of a connection, without subscriptions, pings and receipts.
    pub rate: Rate,
    /// All frames of a connection; more ends it.
    pub flood: Rate,
    /// New sessions an hour, per address.
    pub sessions_per_hour: usize,
    /// Connections of one visitor.
    pub connections: usize,
    /// Topics followed by one connection.
    pub subscriptions: usize,
    /// Visitors waiting for one service.
    pub queue: usize,
    /// Events in one answer.
    pub page: usize,
    /// Bytes of them.
    pub page_bytes: usize,
    /// Visits kept of a visitor.
    pub visits: usize,
    /// Unreadable frames in a row; more end the connection.
    pub malformed: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame: 64 * 1024,
            message: 4000,
            name: 128,
            uri: 2048,
            fields: 32,
            field: 1000,
            rate: Rate { per_second: 10, burst: 20 },
            flood: Rate { per_second: 200, burst: 1000 },
            sessions_per_hour: 100,
            connections: 5,
            subscriptions: 256,
            queue: 500,
            page: 200,
            page_bytes: 60 * 1024,
            visits: 50,
            malformed: 20,
        }
    }
}

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Steadily.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

/// Section `[visitors]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VisitorRules {
    /// How long an unused token lives, and with it the visitor's sessions.
    #[serde(deserialize_with = "duration::read")]
    pub resume: Duration,
    /// How long a visitor who is gone keeps others waiting behind him.
    #[serde(deserialize_with = "duration::read")]
    pub absence: Duration,
    /// The fastest heartbeat that is granted.
    #[serde(deserialize_with = "duration::read")]
    pub heartbeat: Duration,
    /// The shortest silence that ends a connection; three heartbeats, if that is longer.
    #[serde(deserialize_with = "duration::read")]
    pub silence: Duration,
}

impl Default for VisitorRules {
    fn default() -> Self {
        Self {
            resume: Duration::from_secs(30 * 60),
            absence: Duration::from_secs(60),
            heartbeat: Duration::from_secs(1),
            silence: Duration::from_secs(75),
        }
    }
}

/// Section `[operators]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperatorRules {
    /// Contacts that one is given; by hand he may take more.
    pub contacts: usize,
    /// How long a contact rings.
    #[serde(deserialize_with = "duration::read")]
    pub offer: Duration,
    /// How long a contact does not ring again with who let it go.
    #[serde(deserialize_with = "duration::read")]
    pub again: Duration,
    /// How long contacts wait for an operator whose connection was lost, restarts of the server included.
    #[serde(deserialize_with = "duration::read")]
    pub grace: Duration,
    /// How long an operator's unused token lives.
    #[serde(deserialize_with = "duration::read")]
    pub resume: Duration,
    /// How long a contact waits for a person before an automatic operator is asked.
    #[serde(deserialize_with = "duration::read")]
    pub automatic: Duration,
    /// How long a contact is taken to last, until some have ended.
    #[serde(deserialize_with = "duration::read")]
    pub handling: Duration,
    /// How long a pushed page stands.
    #[serde(deserialize_with = "duration::read")]
    pub push: Duration,
    /// Requests of a connection.
    pub rate: Rate,
    /// Asked for at log-in. Empty: none.
    pub passcode: String,
}

impl Default for OperatorRules {
    fn default() -> Self {
        Self {
            contacts: 5,
            offer: Duration::from_secs(20),
            again: Duration::from_secs(30),
            grace: Duration::from_secs(30),
            resume: Duration::from_secs(12 * 3600),
            automatic: Duration::from_millis(2500),
            handling: Duration::from_secs(240),
            push: Duration::from_secs(15),
            rate: Rate { per_second: 50, burst: 200 },
            passcode: String::new(),
        }
    }
}

/// Section `[chat]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChatRules {
    /// Silence of both sides after which the visitor is asked whether he is there. `"never"`: he is not.
    #[serde(deserialize_with = "duration::read_optional")]
    pub inactivity: Option<Duration>,
    /// How long he has to answer.
    #[serde(deserialize_with = "duration::read")]
    pub inactivity_warning: Duration,
    /// The longest conversation. `"never"`: there is none.
    #[serde(deserialize_with = "duration::read_optional")]
    pub duration: Option<Duration>,
    /// How long a service's welcome is shown.
    #[serde(deserialize_with = "duration::read")]
    pub welcome: Duration,
}

impl Default for ChatRules {
    fn default() -> Self {
        Self {
            inactivity: Some(Duration::from_secs(10 * 60)),
            inactivity_warning: Duration::from_secs(60),
            duration: None,
            welcome: Duration::from_secs(3),
        }
    }
}
