use serde::Serialize;

use super::reader::{Field, mistake, quote};
use crate::core::error::Error;
use crate::core::model::ChannelType;

/// The longest service code and description, in characters (docs/protocol.md, "Limits").
const NAME_MAX: usize = 128;

/// The services of one channel (reference, `ChannelServicesConfiguration`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelServices {
    /// The channel; `type` in JSON.
    #[serde(rename = "type")]
    pub channel: ChannelType,
    /// Its services, in the order they are shown.
    pub services: Vec<Service>,
}

/// A service (reference, `ServiceConfiguration`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Service {
    /// The server's code for it.
    pub code: String,
    /// What visitors call it; the code where the configuration says nothing. The reference's
    /// samples spell it `descritpion`, which is read too.
    pub description: String,
}

pub(super) fn read(field: &Field<'_>) -> Vec<ChannelServices> {
    let entries = field.items();
    let entries: Vec<_> = entries.iter().filter_map(read_entry).collect();
    if entries.is_empty() {
        field.warn("is empty: there is nobody to contact");
    }
    entries
}

pub(super) fn check(entries: &[ChannelServices]) -> Result<(), Error> {
    for (at, entry) in entries.iter().enumerate() {
        for (index, service) in entry.services.iter().enumerate() {
            let path = format!("servicesConfiguration[{at}].services[{index}]");
            check_service(&path, service)?;
        }
    }
    Ok(())
}

/// `None` is a mistake that has been noted.
fn read_entry(field: &Field<'_>) -> Option<ChannelServices> {
    field.object(&["type", "services"]);
    let names: Vec<&str> = ChannelType::ALL.iter().map(ChannelType::as_str).collect();
    let channel = field.get("type").needed_word(&names).map(|at| ChannelType::ALL[at].clone());
    let mut services: Vec<Service> = Vec::new();
    for item in field.get("services").items() {
        let service = read_service(&item)?;
        if services.iter().any(|other| other.code == service.code) {
            item.get("code").warn("is given twice; the first counts");
        } else {
            services.push(service);
        }
    }
    Some(ChannelServices { channel: channel?, services })
}

fn read_service(field: &Field<'_>) -> Option<Service> {
    field.object(&["code", "description", "descritpion"]);
    let code = field.get("code").needed_text("a service code")?;
    let description = field.get("description").text().or_else(|| field.get("descritpion").text());
    Some(Service { code: code.to_owned(), description: description.unwrap_or(code).to_owned() })
}

fn check_service(path: &str, service: &Service) -> Result<(), Error> {
    // The code becomes a segment of a topic on the wire, `service/<code>/<CHANNEL>`.
    let code = &service.code;
    if code.is_empty() || code.contains('/') || code.chars().any(char::is_control) {
        return Err(mistake(&format!("{path}.code"), "a service code without /", quote(code)));
    }
    for (name, text) in [("code", code), ("description", &service.description)] {
        let length = text.chars().count();
        if length > NAME_MAX {
            let expected = format!("at most {NAME_MAX} characters");
            return Err(mistake(&format!("{path}.{name}"), &expected, length.to_string()));
        }
    }
    Ok(())
}
