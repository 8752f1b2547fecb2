use serde::Serialize;

use super::wire_enum;

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
