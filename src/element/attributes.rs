//! From what a page says in attributes and in JSON to the widget's settings.
//!
//! JSON is the whole configuration; attributes are for the simple cases and win over it.

use std::sync::Arc;

use crate::components::ui::{Connect, Settings};
use crate::core::config::{
    ChannelServices, Graphics, Launcher, Mode, Position, ServerUrl, Service, ServiceForm, Theme,
    Webrtc,
};
use crate::core::json::Notes;
use crate::core::model::ChannelType;
use crate::core::{Error, Map, WidgetConf};
use crate::i18n::Texts;

/// The attributes that the element observes. `config` and `lang` are the class's own: it loads what
/// they name.
pub const OBSERVED: &[&str] = &[
    "server", "services", "channels", "theme", "color", "position", "label", "connect", "mode",
    "launcher",
];

/// Everything that a page says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// The observed attributes that are present.
    pub attributes: Map<String, String>,
    /// The configuration as JSON, from wherever it came.
    pub json: Option<String>,
    /// Why there is no JSON although the page named a place to get it.
    pub unloadable: Option<String>,
    /// The texts of the language that the class has chosen and loaded.
    pub texts: Texts,
}

/// Settings, and what was passed over on the way: sentences for the developer's console.
pub type Read = (Settings, Vec<String>);

impl Sources {
    /// What it all amounts to. A mistake is part of the settings: it is shown, not thrown.
    #[must_use]
    #[inline(never)]
    pub fn settings(&self) -> Read {
        let notes = Notes::default();
        let mut conf = self.conf(&notes);
        let mut graphics = conf.graphics.take().unwrap_or_default();
        let connect = match self.choice(&notes, "connect", &["intent", "eager"]) {
            Some(0) | None => Connect::Intent,
            Some(_) => Connect::Eager,
        };
        self.looks(&notes, &mut graphics);
        let (texts, faults) = self.texts.clone().with(&graphics.texts);
        faults.into_iter().for_each(|fault| notes.warn(fault));
        let (judgement, warnings) = notes.judge();
        let conf = judgement.map(|()| Arc::new(conf));
        (Settings { conf, graphics, texts, connect }, warnings)
    }

    /// Reading goes on after a mistake; the first one that is noted is told.
    #[inline(never)]
    fn conf(&self, notes: &Notes) -> WidgetConf {
        if let Some(why) = &self.unloadable {
            mistake(notes, "config", "the address of a JSON file", why);
            return WidgetConf::blank();
        }
        let services = self.services(notes);
        let json = self.json.as_deref();
        let mut conf = json.map_or_else(WidgetConf::blank, |json| WidgetConf::noted(json, notes));
        match self.attribute("server").map(str::parse) {
            Some(Ok(url)) => conf.server.url = url,
            Some(Err(mistake)) => notes.mistake(named_as_attribute(mistake)),
            None if json.is_none() => {
                mistake(notes, "server", ServerUrl::EXPECTED, "nothing");
            }
            None => {}
        }
        if let Some(services) = services {
            conf.services_configuration = services;
            // Whoever names the channel of calls in an attribute wants calls.
            let calls = [ChannelType::Video, ChannelType::PhoneCall];
            if calls.iter().any(|channel| conf.services(channel).next().is_some()) {
                conf.server.webrtc.get_or_insert(Webrtc::WANTED);
            }
        }
        // The JSON has been checked: what is wrong now came with an attribute.
        if let Err(mistake) = conf.check() {
            notes.mistake(named_as_attribute(mistake));
        }
        conf
    }

    /// `services="service0001=Support, service0002=Sales"`, on each channel of `channels="CHAT"`.
    #[inline(never)]
    fn services(&self, notes: &Notes) -> Option<Vec<ChannelServices>> {
        let channels = self.channels(notes);
        let Some(text) = self.attribute("services") else {
            if !channels.is_empty() {
                mistake(notes, "services", "services for the channels", "nothing");
            }
            return None;
        };
        let mut services = Vec::new();
        for item in list(text) {
            let (code, description) = item.split_once('=').unwrap_or((item, item));
            let (code, description) = (code.trim().to_owned(), description.trim().to_owned());
            services.push(Service { code, description, form: ServiceForm::default() });
        }
        if services.is_empty() || services.iter().any(|service| service.code.is_empty()) {
            mistake(notes, "services", "service0001=Support, service0002=Sales", "no code");
        }
        let channels = if channels.is_empty() { vec![ChannelType::Chat] } else { channels };
        let entry = |channel| ChannelServices {
            channel,
            services: services.clone(),
            form: ServiceForm::default(),
        };
        Some(channels.into_iter().map(entry).collect())
    }

    #[inline(never)]
    fn channels(&self, notes: &Notes) -> Vec<ChannelType> {
        let mut channels = Vec::new();
        for name in list(self.attribute("channels").unwrap_or_default()) {
            let channel = ChannelType::from(name);
            if let ChannelType::Unknown(_) = channel {
                let names: Vec<&str> = ChannelType::ALL.iter().map(ChannelType::as_str).collect();
                mistake(notes, "channels", &names.join(", "), name);
            }
            if !channels.contains(&channel) {
                channels.push(channel);
            }
        }
        channels
    }

    #[inline(never)]
    fn looks(&self, notes: &Notes, graphics: &mut Graphics) {
        let choice = |name, words| self.choice(notes, name, words);
        graphics.theme = choice("theme", Theme::NAMES).map_or(graphics.theme, |at| Theme::ALL[at]);
        let position = choice("position", Position::NAMES);
        graphics.position = position.map_or(graphics.position, |at| Position::ALL[at]);
        graphics.mode = choice("mode", Mode::NAMES).map_or(graphics.mode, |at| Mode::ALL[at]);
        let launcher = choice("launcher", Launcher::NAMES);
        graphics.launcher = launcher.map_or(graphics.launcher, |at| Launcher::ALL[at]);
        if let Some(label) = self.attribute("label") {
            graphics.label = Some(label.to_owned());
        }
        match self.attribute("color").map(str::parse) {
            Some(Ok(color)) => graphics.color = Some(color),
            Some(Err(mistake)) => notes.mistake(named_as_attribute(mistake)),
            None => {}
        }
    }

    /// The place of the attribute's word among `words`.
    fn choice(&self, notes: &Notes, name: &str, words: &[&str]) -> Option<usize> {
        let text = self.attribute(name)?;
        let place = words.iter().position(|word| word.eq_ignore_ascii_case(text));
        if place.is_none() {
            mistake(notes, name, &words.join(" or "), text);
        }
        place
    }

    /// An attribute that is absent, empty or blank says nothing.
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn mistake(notes: &Notes, attribute: &str, expected: &str, found: &str) {
    // What stands in an attribute is the site owner's; still, an error is no place for a novel.
    let found = found.chars().take(60).collect();
    notes.mistake(Error::mistake(&format!("attribute {attribute}"), expected, found));
}

/// The same mistake, named as the page spells it.
fn named_as_attribute(error: Error) -> Error {
    let Error::Config(mut mistake) = error else { return error };
    let attribute = match mistake.field.as_str() {
        "server.url" => "server",
        services if services.starts_with("servicesConfiguration") => "services",
        other => other.strip_prefix("graphics.").unwrap_or(other),
    };
    mistake.field = format!("attribute {attribute}");
    Error::Config(mistake)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::i18n::Key;

    const JSON: &str = r##"{
        "server": { "url": "https://contact.example" },
        "servicesConfiguration": [
            { "type": "CHAT", "services": [{ "code": "a", "description": "A" }] }
        ],
        "graphics": { "color": "#112233", "lang": "it", "theme": "dark" }
    }"##;

    fn sources(json: Option<&str>, attributes: &[(&str, &str)]) -> Sources {
        let attributes = attributes.iter().map(|(name, text)| ((*name).into(), (*text).into()));
        Sources {
            attributes: attributes.collect(),
            json: json.map(str::to_owned),
            ..Sources::default()
        }
    }

    fn settings(json: Option<&str>, attributes: &[(&str, &str)]) -> Settings {
        sources(json, attributes).settings().0
    }

    fn field(settings: &Settings) -> String {
        match &settings.conf {
            Err(Error::Config(mistake)) => mistake.field.clone(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn two_attributes_are_enough() {
        let settings = settings(
            None,
            &[("server", "contact.example"), ("services", "s1=Assistenza, s2 = Vendite ,s3")],
        );
        let conf = settings.conf.unwrap();
        let services: Vec<(&str, &str)> = conf
            .services(&ChannelType::Chat)
            .map(|service| (service.code.as_str(), service.description.as_str()))
            .collect();
        assert_eq!(services, [("s1", "Assistenza"), ("s2", "Vendite"), ("s3", "s3")]);
        assert_eq!(settings.connect, Connect::Intent);
    }

    #[test]
    fn whoever_names_a_channel_of_calls_has_calls_unless_the_json_says_otherwise() {
        let ok = [("server", "x.example"), ("services", "a=A")];
        let calls = |json, channels| {
            let all = [&ok[..], &[("channels", channels)]].concat();
            settings(json, &all).conf.unwrap().server.webrtc.as_ref().map(|webrtc| webrtc.enabled)
        };
        assert_eq!(calls(None, "CHAT"), None);
        assert_eq!(calls(None, "CHAT, VIDEO"), Some(true));
        let json = r#"{"server":{"url":"x.example","webrtc":{"enabled":false}},"servicesConfiguration":[]}"#;
        assert_eq!(calls(Some(json), "PHONE_CALL"), Some(false));
    }

    #[test]
    fn an_attribute_wins_over_the_json() {
        let settings =
            settings(Some(JSON), &[("color", "#fff"), ("services", "b=B"), ("connect", "eager")]);
        let conf = settings.conf.unwrap();
        assert!(conf.offers("b", &ChannelType::Chat) && !conf.offers("a", &ChannelType::Chat));
        assert_eq!(settings.graphics.color.unwrap().to_string(), "#ffffff");
        assert_eq!(settings.graphics.theme, Theme::Dark, "what no attribute says stays");
        assert_eq!(settings.connect, Connect::Eager);
    }

    #[test]
    fn a_mistake_names_the_attribute() {
        let ok = [("server", "contact.example"), ("services", "a=A")];
        let with = |name, text| {
            let mut all = ok.to_vec();
            all.retain(|(known, _)| *known != name);
            all.push((name, text));
            field(&settings(None, &all))
        };
        for (name, text) in [
            ("server", "ftp://x"),
            ("services", "=A"),
            ("services", " , "),
            ("channels", "CHAT, TELEX"),
            ("theme", "blue"),
            ("color", "red"),
            ("position", "top"),
            ("connect", "now"),
            ("mode", "popup"),
            ("launcher", "bubble"),
        ] {
            assert_eq!(with(name, text), format!("attribute {name}"), "{name}={text}");
        }
        assert_eq!(field(&settings(None, &[])), "attribute server");
        assert_eq!(field(&settings(Some(JSON), &[("channels", "CHAT")])), "attribute services");
    }

    #[test]
    fn a_mistake_in_the_json_is_shown_in_the_looks_that_attributes_give() {
        let settings = settings(Some("{"), &[("color", "#ff0000")]);
        assert!(settings.conf.is_err());
        assert_eq!(settings.graphics.color.unwrap().to_string(), "#ff0000");
    }

    #[test]
    fn a_configuration_that_cannot_be_loaded_is_a_mistake_of_its_own() {
        let sources = Sources {
            unloadable: Some("404".to_owned()),
            ..sources(None, &[("server", "contact.example"), ("services", "a=A")])
        };
        assert_eq!(field(&sources.settings().0), "attribute config");
    }

    #[test]
    fn a_text_that_cannot_be_read_is_a_warning_and_the_next_one_counts() {
        let texts = r#""texts": { "en": { "send": "Send {", "title": "Hello" } }, "color""#;
        let sources = sources(Some(&JSON.replacen("\"color\"", texts, 1)), &[]);
        let (settings, warnings) = sources.settings();
        assert!(warnings.iter().any(|it| it.contains("graphics.texts.en.send")), "{warnings:?}");
        assert_eq!(settings.texts.get(Key::Send), "Send");
        assert_eq!(settings.texts.get(Key::Title), "Hello");
    }
}
