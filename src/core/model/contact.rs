use serde::Serialize;

use super::{CustomerInfo, Private, RequestId, SessionField};

/// A message that becomes a ticket (the reference's channel `MAIL`, which has no method there).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MailRequest {
    /// The service's code.
    pub service: String,
    /// The address that the answer goes to.
    pub from: Private<String>,
    /// The subject.
    pub subject: Private<String>,
    /// The text.
    pub message: Private<String>,
    /// Who asks; the configuration's customer where this is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerInfo>,
    /// What the service's form asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<SessionField>,
}

/// A wish to be called (the reference's channel `CALLBACK`, which has no method there).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallbackRequest {
    /// The service's code.
    pub service: String,
    /// The number to call, as the visitor wrote it; the server judges it (1107 `INVALID_PHONE`).
    pub phone: Private<String>,
    /// When: RFC 3339, such as the beginning of a [`CallbackSlot`]; as soon as possible where this
    /// is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Private<String>>,
    /// Who asks; the configuration's customer where this is `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerInfo>,
    /// What the service's form asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<SessionField>,
}

/// A wish to be called, as the server has taken it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Callback {
    /// Its id.
    pub id: RequestId,
    /// The number that will be called, in E.164 form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Private<String>>,
}

/// A time in which a service calls back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallbackSlot {
    /// Its beginning: RFC 3339.
    pub from: String,
    /// Its end: RFC 3339.
    pub to: String,
}
