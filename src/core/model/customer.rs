use serde::Serialize;

use super::Private;

/// Who the visitor says to be (reference, `CustomerInfo`). A label: it opens nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerInfo {
    /// The name the operator sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_display_name: Option<Private<String>>,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_first_name: Option<Private<String>>,
    /// Last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_last_name: Option<Private<String>>,
    /// Id in the company's own books.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Private<String>>,
    /// A way to reach the visitor, such as a mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_value: Option<Private<String>>,
    /// Phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_phone_number: Option<Private<String>>,
    /// Company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_company: Option<Private<String>>,
}

impl CustomerInfo {
    /// Whether nothing is known: the contact is anonymous.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An answer the visitor gave before the contact (reference, `MultiChannelSessionCustomField`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionField {
    /// The field's name.
    pub key: String,
    /// What was answered.
    pub value: Private<String>,
}
