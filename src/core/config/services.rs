use super::form::{self, ServiceForm};
use super::rules::at_most;
use crate::core::error::Error;
use crate::core::json::{Field, quote};
use crate::core::model::ChannelType;

/// The longest service code and description, in characters (docs/protocol.md, "Limits").
const NAME_MAX: usize = 128;

/// The services of one channel (reference, `ChannelServicesConfiguration`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelServices {
    /// The channel; `type` in JSON.
    pub channel: ChannelType,
    /// Its services, in the order they are shown.
    pub services: Vec<Service>,
    /// What those of its services ask beforehand that say nothing of their own.
    pub form: ServiceForm,
}

/// A service (reference, `ServiceConfiguration`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The server's code for it.
    pub code: String,
    /// What visitors call it; the code where the configuration says nothing. The reference's
    /// samples spell it `descritpion`, which is read too.
    pub description: String,
    /// What it asks beforehand.
    pub form: ServiceForm,
}

#[inline(never)]
pub(super) fn read(field: &Field<'_>) -> Vec<ChannelServices> {
    let mut entries = Vec::new();
    for item in field.items() {
        entries.push(read_entry(&item));
    }
    if entries.is_empty() {
        field.warn("is empty: there is nobody to contact");
    }
    entries
}

pub(super) fn check(entries: &[ChannelServices]) -> Result<(), Error> {
    for (at, entry) in entries.iter().enumerate() {
        form::check(&entry.form, &|| format!("servicesConfiguration[{at}].form"))?;
        for (index, service) in entry.services.iter().enumerate() {
            check_service(service, &|name| {
                format!("servicesConfiguration[{at}].services[{index}].{name}")
            })?;
        }
    }
    Ok(())
}

#[inline(never)]
fn read_entry(field: &Field<'_>) -> ChannelServices {
    field.known(&["type", "services", "form"]);
    let names: Vec<&str> = ChannelType::ALL.iter().map(ChannelType::as_str).collect();
    let channel = field.get("type").needed_word(&names).unwrap_or_default();
    let mut services: Vec<Service> = Vec::new();
    for item in field.get("services").items() {
        let service = read_service(&item);
        if services.iter().any(|other| other.code == service.code) {
            item.get("code").warn("is given twice; the first counts");
        } else {
            services.push(service);
        }
    }
    let form = form::read_choice(field);
    ChannelServices { channel: ChannelType::ALL[channel].clone(), services, form }
}

fn read_service(field: &Field<'_>) -> Service {
    field.known(&["code", "description", "descritpion", "form"]);
    let code = field.needed_text("code", "a service code");
    let description = field.text("description").or_else(|| field.text("descritpion"));
    Service {
        code: code.to_owned(),
        description: description.unwrap_or(code).to_owned(),
        form: form::read_choice(field),
    }
}

fn check_service(service: &Service, path: &dyn Fn(&str) -> String) -> Result<(), Error> {
    // The code becomes a segment of a topic on the wire, `service/<code>/<CHANNEL>`.
    let code = &service.code;
    if code.is_empty() || code.chars().any(|letter| letter == '/' || letter.is_control()) {
        return Err(Error::mistake(&path("code"), "a service code without /", quote(code)));
    }
    at_most(NAME_MAX, code, &|| path("code"))?;
    at_most(NAME_MAX, &service.description, &|| path("description"))?;
    form::check(&service.form, &|| path("form"))
}
