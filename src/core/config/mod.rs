//! The widget's configuration: `WidgetConf` of the reference, read from JSON and checked.
//!
//! ```
//! use tvox_widget::core::WidgetConf;
//!
//! let conf = WidgetConf::from_json(
//!     r#"{
//!         "server": { "url": "contact.example.com" },
//!         "servicesConfiguration": [
//!             { "type": "CHAT", "services": [{ "code": "service0001", "description": "Support" }] }
//!         ]
//!     }"#,
//! )?;
//! assert_eq!(conf.server.socket_url(), "wss://contact.example.com/tvox/widget");
//!
//! let error = WidgetConf::from_json(r#"{ "server": { "url": 7 } }"#).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "configuration: server.url: expected an address such as https://contact.example.com, found a number",
//! );
//! # Ok::<(), tvox_widget::core::Error>(())
//! ```
//!
//! The rules, the same for JSON and for the [builder](WidgetConf::builder):
//!
//! * `null` is the same as absent; unknown fields are ignored and named in the
//!   [warnings](WidgetConf::from_json_with_warnings);
//! * an error names the field by its path, says what would be right there and what kind of thing
//!   was found; the value itself only where it cannot be about a person;
//! * closed enumerations are accepted by name, the two ICE policies by number too; what the
//!   reference does not know is a mistake here (unlike in what a server sends).

mod choice;
mod color;
mod customer;
mod form;
mod graphics;
mod persist;
mod retry;
mod rules;
mod server;
mod services;
mod url;
mod webrtc;
mod write;

use std::str::FromStr;
use std::time::Duration;

use super::error::Error;
use super::json::{Field, Json, Notes};
use super::model::{ChannelType, CustomerInfo};

pub use color::Color;
pub use customer::CUSTOMER_TEXT_MAX;
pub use form::ServiceForm;
pub use graphics::{Graphics, Launcher, Mode, Position, Texts, Theme};
pub use persist::Persist;
pub use retry::{Jitter, RetryOptions, RetryStrategy};
pub use server::Server;
pub use services::{ChannelServices, Service};
pub use url::ServerUrl;
pub use webrtc::{IceGatherPolicy, TrickleIcePolicy, Webrtc};

/// Everything a site owner says (reference, `WidgetConf`).
#[derive(Clone, Debug, PartialEq)]
pub struct WidgetConf {
    /// Where the server is and how to keep in touch with it.
    pub server: Server,
    /// Which services are offered, channel by channel, in the order they are shown.
    pub services_configuration: Vec<ChannelServices>,
    /// Who the visitor is, where the site knows.
    pub customer_info: Option<CustomerInfo>,
    /// How long the page keeps the visitor; where this is `None` the element keeps them until the tab
    /// is closed, the JavaScript library not at all. The headless core does not read it.
    pub persist: Option<Persist>,
    /// How the widget looks and speaks; the headless core does not read it.
    pub graphics: Option<Graphics>,
}

impl WidgetConf {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// [`Error::Config`] for the first field that is wrong.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        Self::from_json_with_warnings(json).map(|(conf, _)| conf)
    }

    /// Reads and checks a configuration, and lists what was passed over: sentences for the
    /// developer's console, without customer data.
    ///
    /// # Errors
    /// [`Error::Config`] for the first field that is wrong.
    pub fn from_json_with_warnings(json: &str) -> Result<(Self, Vec<String>), Error> {
        let notes = Notes::default();
        let conf = Self::noted(json, &notes);
        let (judgement, warnings) = notes.judge();
        judgement.map(|()| (conf, warnings))
    }

    /// The configuration as JSON, defaults filled in (reference, `WidgetClient.options`).
    /// Reading it gives the same configuration again.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::conf(self)
    }

    /// Begins a configuration in Rust.
    ///
    /// ```
    /// use tvox_widget::core::WidgetConf;
    /// use tvox_widget::core::model::ChannelType;
    ///
    /// let conf = WidgetConf::builder("http://localhost:8080")
    ///     .service(ChannelType::Chat, "service0001", "Support")
    ///     .build()?;
    /// assert_eq!(conf.server.socket_url(), "ws://localhost:8080/tvox/widget");
    /// # Ok::<(), tvox_widget::core::Error>(())
    /// ```
    pub fn builder(url: &str) -> WidgetConfBuilder {
        WidgetConfBuilder { url: url.to_owned(), conf: Self::blank() }
    }

    /// Nothing but defaults, and therefore not usable: a server's address is missing.
    pub(crate) fn blank() -> Self {
        Self {
            server: Server::at(ServerUrl::default()),
            services_configuration: Vec::new(),
            customer_info: None,
            persist: None,
            graphics: None,
        }
    }

    /// The services offered on a channel, in their order.
    pub fn services<'a>(&'a self, channel: &'a ChannelType) -> impl Iterator<Item = &'a Service> {
        self.services_configuration
            .iter()
            .filter(move |entry| entry.channel == *channel)
            .flat_map(|entry| &entry.services)
    }

    /// What the configuration says about the form of a service on a channel: its own word, else that
    /// of the channel's entry.
    #[must_use]
    pub fn form(&self, service: &str, channel: &ChannelType) -> &ServiceForm {
        let entries = self.services_configuration.iter();
        let mut entries = entries.filter(|entry| entry.channel == *channel);
        let found = entries.find_map(|entry| {
            let service = entry.services.iter().find(|offered| offered.code == service)?;
            Some(if service.form == ServiceForm::Server { &entry.form } else { &service.form })
        });
        found.unwrap_or(&ServiceForm::Server)
    }

    /// Whether a service is offered on a channel: only then may its status be watched.
    #[must_use]
    pub fn offers(&self, service: &str, channel: &ChannelType) -> bool {
        self.services(channel).any(|offered| offered.code == service)
    }

    /// Checks what types alone do not say. What was read from JSON or built is checked already;
    /// this is for a configuration whose fields were changed by hand.
    ///
    /// # Errors
    /// [`Error::Config`] for the first field that is wrong.
    pub fn check(&self) -> Result<(), Error> {
        self.server.check()?;
        services::check(&self.services_configuration)?;
        if let Some(customer) = &self.customer_info {
            customer::check(customer)?;
        }
        if let Some(graphics) = &self.graphics {
            graphics.check()?;
        }
        Ok(())
    }

    /// Reads and checks a configuration. What is wrong with it is noted; something is always given.
    #[inline(never)]
    pub(crate) fn noted(json: &str, notes: &Notes) -> Self {
        let conf = match Json::parse(json) {
            Ok(value) => Self::read(&Field::root(&value, notes)),
            Err((line, column)) => {
                let found = format!("a mistake at line {line}, column {column}");
                notes.mistake(Error::mistake("WidgetConf", "JSON", found));
                return Self::blank();
            }
        };
        if let Err(mistake) = conf.check() {
            notes.mistake(mistake);
        }
        conf
    }

    #[inline(never)]
    fn read(root: &Field<'_>) -> Self {
        root.known(&["server", "servicesConfiguration", "customerInfo", "persist", "graphics"]);
        Self {
            server: Server::read(&root.get("server")),
            services_configuration: services::read(&root.get("servicesConfiguration")),
            customer_info: root.find("customerInfo").map(|field| customer::read(&field)),
            persist: root.word("persist", Persist::NAMES).map(|at| Persist::ALL[at]),
            graphics: root.find("graphics").map(|field| Graphics::read(&field)),
        }
    }
}

impl FromStr for WidgetConf {
    type Err = Error;

    fn from_str(json: &str) -> Result<Self, Error> {
        Self::from_json(json)
    }
}

/// A configuration in the making; [`build`](Self::build) checks it.
#[derive(Clone, Debug)]
#[must_use = "nothing is checked before `build`"]
pub struct WidgetConfBuilder {
    url: String,
    conf: WidgetConf,
}

impl WidgetConfBuilder {
    /// Offers a service on a channel.
    pub fn service(mut self, channel: ChannelType, code: &str, description: &str) -> Self {
        let service = Service {
            code: code.to_owned(),
            description: description.to_owned(),
            form: ServiceForm::default(),
        };
        let entries = &mut self.conf.services_configuration;
        match entries.iter_mut().find(|entry| entry.channel == channel) {
            Some(entry) => entry.services.push(service),
            None => {
                let form = ServiceForm::default();
                entries.push(ChannelServices { channel, services: vec![service], form });
            }
        }
        self
    }

    /// Says who the visitor is.
    pub fn customer(mut self, customer: CustomerInfo) -> Self {
        self.conf.customer_info = Some(customer);
        self
    }

    /// Says how long a page keeps the visitor.
    pub fn persist(mut self, persist: Persist) -> Self {
        self.conf.persist = Some(persist);
        self
    }

    /// Says how the widget looks.
    pub fn graphics(mut self, graphics: Graphics) -> Self {
        self.conf.graphics = Some(graphics);
        self
    }

    /// Pings this often, from 1 s to 60 s.
    pub fn heartbeat(mut self, interval: Duration) -> Self {
        self.conf.server.heartbeat_interval = interval;
        self
    }

    /// Comes back after a lost connection in this way.
    pub fn retry(mut self, options: RetryOptions) -> Self {
        self.conf.server.retry_options = options;
        self
    }

    /// Allows audio and video.
    pub fn webrtc(mut self, webrtc: Webrtc) -> Self {
        self.conf.server.webrtc = Some(webrtc);
        self
    }

    /// The finished configuration.
    ///
    /// # Errors
    /// [`Error::Config`] for the first field that is wrong, named as in JSON.
    pub fn build(mut self) -> Result<WidgetConf, Error> {
        self.conf.server.url = self.url.parse()?;
        self.conf.check()?;
        Ok(self.conf)
    }
}
