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

pub(super) fn read(field: &Field<'_>) -> Result<Vec<ChannelServices>, Error> {
    let entries = field.items()?;
    if entries.is_empty() {
        field.warn("is empty: there is nobody to contact");
    }
    entries.iter().map(read_entry).collect()
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

fn read_entry(field: &Field<'_>) -> Result<ChannelServices, Error> {
    field.object(&["type", "services"])?;
    let names: Vec<&str> = ChannelType::ALL.iter().map(ChannelType::as_str).collect();
    let channel = ChannelType::ALL[field.get("type").word(&names)?].clone();
    let mut services: Vec<Service> = Vec::new();
    for item in field.get("services").items()? {
        let service = read_service(&item)?;
        if services.iter().any(|other| other.code == service.code) {
            item.get("code").warn("is given twice; the first counts");
        } else {
            services.push(service);
        }
    }
    Ok(ChannelServices { channel, services })
}

fn read_service(field: &Field<'_>) -> Result<Service, Error> {
    field.object(&["code", "description", "descritpion"])?;
    let code = field.get("code").text_as("a service code")?;
    let description = match field.get("description").optional(Field::text)? {
        Some(description) => Some(description),
        None => field.get("descritpion").optional(Field::text)?,
    };
    Ok(Service { code: code.to_owned(), description: description.unwrap_or(code).to_owned() })
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
