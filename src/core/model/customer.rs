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
    /// The fields' names in JSON, in the reference's order.
    pub(crate) const NAMES: [&'static str; 7] = [
        "customerDisplayName",
        "customerFirstName",
        "customerLastName",
        "customerId",
        "customerValue",
        "customerPhoneNumber",
        "customerCompany",
    ];

    /// The texts that are given, each with its name in JSON.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let texts = [
            &self.customer_display_name,
            &self.customer_first_name,
            &self.customer_last_name,
            &self.customer_id,
            &self.customer_value,
            &self.customer_phone_number,
            &self.customer_company,
        ];
        let named = Self::NAMES.into_iter().zip(texts);
        named.filter_map(|(name, text)| Some((name, text.as_ref()?.as_str())))
    }

    /// The places of the texts, in the order of [`NAMES`](Self::NAMES).
    pub(crate) const fn texts_mut(&mut self) -> [&mut Option<Private<String>>; 7] {
        [
            &mut self.customer_display_name,
            &mut self.customer_first_name,
            &mut self.customer_last_name,
            &mut self.customer_id,
            &mut self.customer_value,
            &mut self.customer_phone_number,
            &mut self.customer_company,
        ]
    }

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
