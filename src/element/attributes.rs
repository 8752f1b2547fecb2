//! From what a page says in attributes and in JSON to the widget's settings.
//!
//! JSON is the whole configuration; attributes are for the simple cases and win over it.

use crate::components::ui::{Connect, Settings};
use crate::core::config::{ChannelServices, Graphics, Mode, Position, Service, Theme};
use crate::core::error::Mistake;
use crate::core::model::ChannelType;
use crate::core::{Error, Map, WidgetConf};
use crate::i18n::Lang;

/// The attributes that the element observes. `config` is the class's own: it loads the JSON.
pub const OBSERVED: &[&str] = &[
    "server", "services", "channels", "lang", "theme", "color", "position", "label", "connect",
    "mode",
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
    /// The languages to fall back to, best first: the page's, then the visitor's.
    pub languages: Vec<String>,
}

/// Settings, and what was passed over on the way: sentences for the developer's console.
pub type Read = (Settings, Vec<String>);

impl Sources {
    /// What it all amounts to. A mistake is part of the settings: it is shown, not thrown.
    #[must_use]
    pub fn settings(&self) -> Read {
        let mut warnings = Vec::new();
        let conf = self.conf(&mut warnings);
        let connect =
            self.choice("connect", &[("intent", Connect::Intent), ("eager", Connect::Eager)]);
        let mut graphics =
            conf.as_ref().ok().and_then(|conf| conf.graphics.clone()).unwrap_or_default();
        let looks = self.looks(&mut graphics);
        let conf = conf.and_then(|conf| connect.clone().map(|_| conf));
        let conf = conf.and_then(|conf| looks.map(|()| conf));
        let lang = self.lang(&graphics);
        let connect = connect.ok().flatten().unwrap_or_default();
        (Settings { conf, graphics, lang, connect }, warnings)
    }

    fn conf(&self, warnings: &mut Vec<String>) -> Result<WidgetConf, Error> {
        if let Some(why) = &self.unloadable {
            return Err(mistake("config", "the address of a JSON file", why));
        }
        let services = self.services()?;
        let mut conf = match &self.json {
            Some(json) => {
                let (conf, passed_over) = WidgetConf::from_json_with_warnings(json)?;
                warnings.extend(passed_over);
                conf
            }
            None => {
                let expected = "an address such as https://contact.example.com";
                let server = self.attribute("server");
                let url = server.ok_or_else(|| mistake("server", expected, "nothing"))?;
                let builder = services.iter().flatten().flat_map(|entry| {
                    entry.services.iter().map(|service| (entry.channel.clone(), service))
                });
                return builder
                    .fold(WidgetConf::builder(url), |builder, (channel, service)| {
                        builder.service(channel, &service.code, &service.description)
                    })
                    .build()
                    .map_err(named_as_attribute);
            }
        };
        if let Some(url) = self.attribute("server") {
            conf.server.url = url.parse().map_err(named_as_attribute)?;
        }
        if let Some(services) = services {
            conf.services_configuration = services;
        }
        conf.check()?;
        Ok(conf)
    }

    /// `services="service0001=Support, service0002=Sales"`, on each channel of `channels="CHAT"`.
    fn services(&self) -> Result<Option<Vec<ChannelServices>>, Error> {
        let channels = self.channels()?;
        let Some(text) = self.attribute("services") else {
            return match channels {
                Some(_) => Err(mistake("services", "services for the channels", "nothing")),
                None => Ok(None),
            };
        };
        let services: Vec<Service> = list(text)
            .map(|item| {
                let (code, description) = item.split_once('=').unwrap_or((item, item));
                Service { code: code.trim().to_owned(), description: description.trim().to_owned() }
            })
            .collect();
        if services.is_empty() || services.iter().any(|service| service.code.is_empty()) {
            let expected = "service0001=Support, service0002=Sales";
            return Err(mistake("services", expected, "no code"));
        }
        let channels = channels.unwrap_or_else(|| vec![ChannelType::Chat]);
        let entry = |channel| ChannelServices { channel, services: services.clone() };
        Ok(Some(channels.into_iter().map(entry).collect()))
    }

    fn channels(&self) -> Result<Option<Vec<ChannelType>>, Error> {
        let Some(text) = self.attribute("channels") else { return Ok(None) };
        let channels = list(text).map(|name| {
            let channel = ChannelType::from(name);
            if ChannelType::ALL.contains(&channel) {
                return Ok(channel);
            }
            let names: Vec<&str> = ChannelType::ALL.iter().map(ChannelType::as_str).collect();
            Err(mistake("channels", &names.join(", "), name))
        });
        channels.collect::<Result<Vec<_>, _>>().map(Some)
    }

    fn looks(&self, graphics: &mut Graphics) -> Result<(), Error> {
        let theme = [("auto", Theme::Auto), ("light", Theme::Light), ("dark", Theme::Dark)];
        let position = [("right", Position::Right), ("left", Position::Left)];
        let mode = [("floating", Mode::Floating), ("inline", Mode::Inline), ("card", Mode::Card)];
        graphics.theme = self.choice("theme", &theme)?.unwrap_or(graphics.theme);
        graphics.position = self.choice("position", &position)?.unwrap_or(graphics.position);
        graphics.mode = self.choice("mode", &mode)?.unwrap_or(graphics.mode);
        if let Some(label) = self.attribute("label") {
            graphics.label = Some(label.to_owned());
        }
        if let Some(color) = self.attribute("color") {
            graphics.color = Some(color.parse().map_err(named_as_attribute)?);
        }
        Ok(())
    }

    /// The element's `lang`, then the configuration's, then the page's, then the visitor's.
    fn lang(&self, graphics: &Graphics) -> Lang {
        let own = self.attribute("lang").into_iter().chain(graphics.lang.as_deref());
        Lang::choose(own.chain(self.languages.iter().map(String::as_str)))
    }

    fn choice<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Error> {
        let Some(text) = self.attribute(name) else { return Ok(None) };
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
        let expected = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or ");
        match found {
            Some((_, value)) => Ok(Some(*value)),
            None => Err(mistake(name, &expected(), text)),
        }
    }

    /// An attribute that is absent, empty or blank says nothing.
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn mistake(attribute: &str, expected: &str, found: &str) -> Error {
    // What stands in an attribute is the site owner's; still, an error is no place for a novel.
    let found: String = found.chars().take(60).collect();
    let (field, expected) = (format!("attribute {attribute}"), expected.to_owned());
    Error::Config(Box::new(Mistake { field, expected, found }))
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
    fn an_attribute_wins_over_the_json() {
        let settings = settings(
            Some(JSON),
            &[("color", "#fff"), ("lang", "en"), ("services", "b=B"), ("connect", "eager")],
        );
        let conf = settings.conf.unwrap();
        assert!(conf.offers("b", &ChannelType::Chat) && !conf.offers("a", &ChannelType::Chat));
        assert_eq!(settings.graphics.color.unwrap().to_string(), "#ffffff");
        assert_eq!(settings.graphics.theme, Theme::Dark, "what no attribute says stays");
        assert_eq!(settings.lang, Lang::En);
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
        ] {
            assert_eq!(with(name, text), format!("attribute {name}"), "{name}={text}");
        }
        assert_eq!(field(&settings(None, &[])), "attribute server");
        assert_eq!(field(&settings(Some(JSON), &[("channels", "CHAT")])), "attribute services");
    }

    #[test]
    fn a_mistake_in_the_json_is_shown_in_the_looks_that_attributes_give() {
        let settings = settings(Some("{"), &[("color", "#ff0000"), ("lang", "it")]);
        assert!(settings.conf.is_err());
        assert_eq!(settings.lang, Lang::It);
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
    fn the_language_is_the_elements_then_the_configurations_then_the_pages() {
        let page = |json, attributes: &[(&str, &str)]| {
            let languages = vec!["it-IT".to_owned(), "en".to_owned()];
            Sources { languages, ..sources(json, attributes) }.settings().0.lang
        };
        let ok = [("server", "x.example"), ("services", "a=A")];
        assert_eq!(page(None, &ok), Lang::It);
        assert_eq!(page(None, &[ok[0], ok[1], ("lang", "en-GB")]), Lang::En);
        assert_eq!(page(None, &[ok[0], ok[1], ("lang", "fi")]), Lang::It, "not spoken: the next");
        let english = JSON.replace("\"it\"", "\"en\"");
        assert_eq!(page(Some(&english), &[]), Lang::En);
    }
}
