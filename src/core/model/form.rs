use serde::Serialize;

use super::wire_enum;
use crate::core::json::Field;

wire_enum! {
    /// What kind of answer a field of a form takes.
    FormFieldKind {
        /// One line.
        Text = "text",
        /// A mail address.
        Email = "email",
        /// A phone number.
        Tel = "tel",
        /// Several lines.
        Textarea = "textarea",
        /// One of the field's options.
        Select = "select",
        /// Yes or no: `true` or `false`.
        Checkbox = "checkbox",
    }
}

/// What a service asks before a contact begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Form {
    /// The fields in their order.
    pub fields: Vec<FormField>,
    /// What the visitor is asked to agree to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
}

/// One question. A key of [`CustomerInfo`](super::CustomerInfo), such as `customerDisplayName`,
/// asks for that; any other key is answered by a [`SessionField`](super::SessionField).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormField {
    /// The field's name.
    pub key: String,
    /// What kind of answer it takes.
    #[serde(rename = "type")]
    pub kind: FormFieldKind,
    /// What is written beside it, in the visitor's language as far as the server has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it has to be answered.
    pub required: bool,
    /// What a browser may fill in by itself (HTML, "Autofill"), such as `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autocomplete: Option<String>,
    /// What a [`FormFieldKind::Select`] offers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<FormOption>,
}

/// One choice of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormOption {
    /// What is answered.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// What a visitor is asked to agree to before a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// The sentence.
    pub text: String,
    /// Where all of it can be read. Not to be followed without a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Whether there is no contact without it.
    pub required: bool,
}

impl Form {
    /// Reads a form, a server's or a site owner's.
    #[inline(never)]
    pub(crate) fn read(field: &Field<'_>) -> Self {
        let consent = |field: Field<'_>| Consent {
            text: field.needed_text("text", "a text").to_owned(),
            link: field.string("link"),
            required: field.flag("required", false),
        };
        Self {
            fields: field.find("fields").map(|field| fields(&field)).unwrap_or_default(),
            consent: field.find("consent").map(consent),
        }
    }
}

fn fields(field: &Field<'_>) -> Vec<FormField> {
    let one = |field: Field<'_>| FormField {
        key: field.needed_text("key", "a text").to_owned(),
        kind: field.made("type").unwrap_or(FormFieldKind::Text),
        label: field.string("label"),
        required: field.flag("required", false),
        autocomplete: field.string("autocomplete"),
        options: field.find("options").map(|field| options(&field)).unwrap_or_default(),
    };
    field.items().map(one).collect()
}

fn options(field: &Field<'_>) -> Vec<FormOption> {
    let one = |field: Field<'_>| {
        let value = field.needed_text("value", "a text").to_owned();
        FormOption { label: field.string("label").unwrap_or_else(|| value.clone()), value }
    };
    field.items().map(one).collect()
}
