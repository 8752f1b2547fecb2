//! Contacts without a conversation: mail, callback, and what a service asks beforehand.

use super::incoming::Reply;
use super::read::needed;
use super::request::{Request, customer, fields};
use crate::core::error::Error;
use crate::core::json::Field;
use crate::core::model::{
    Callback, CallbackRequest, CallbackSlot, ChannelType, Form, MailRequest, RequestId,
};

impl Request {
    /// Sends a message that becomes a ticket.
    #[must_use]
    pub fn mail_request(mail: &MailRequest) -> Self {
        Self::keyed("mail.request", |params| {
            params.text("service", &mail.service);
            params.text("from", &mail.from);
            params.text("subject", &mail.subject);
            params.text("message", &mail.message);
            customer(params, mail.customer.as_ref());
            fields(params, &mail.fields);
        })
    }

    /// Asks to be called.
    #[must_use]
    pub fn callback_request(callback: &CallbackRequest) -> Self {
        Self::keyed("callback.request", |params| {
            params.text("service", &callback.service);
            params.text("phone", &callback.phone);
            params.optional("when", callback.when.as_deref());
            params.optional("message", callback.message.as_ref().map(|message| message.as_str()));
            customer(params, callback.customer.as_ref());
            fields(params, &callback.fields);
        })
    }

    /// The times in which a service calls back, over so many days.
    #[must_use]
    pub fn callback_slots(service: &str, days: u32) -> Self {
        Self::call("callback.slots", |params| {
            params.text("service", service);
            params.number("days", days.into());
        })
    }

    /// What a service asks before a contact.
    #[must_use]
    pub fn forms(channel: &ChannelType, service: &str) -> Self {
        Self::call("forms", |params| {
            params.text("channel", channel.as_str());
            params.text("service", service);
        })
    }
}

impl Reply {
    /// The id of a ticket (`mail.request`).
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn request_id(&self) -> Result<RequestId, Error> {
        self.read(|result| needed(result, "id"))
    }

    /// What became of a wish to be called (`callback.request`).
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn callback(&self) -> Result<Callback, Error> {
        self.read(|result| Callback {
            id: needed(result, "id"),
            phone: result.string("phone").map(Into::into),
        })
    }

    /// The times in which a service calls back (`callback.slots`).
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn slots(&self) -> Result<Vec<CallbackSlot>, Error> {
        self.read(|result| {
            let slot = |field: Field<'_>| CallbackSlot {
                from: needed(&field, "from"),
                to: needed(&field, "to"),
            };
            result.items().map(slot).collect()
        })
    }

    /// What a service asks before a contact; `None` where it asks nothing (`forms`).
    ///
    /// # Errors
    /// The answer has another shape.
    pub fn form(&self) -> Result<Option<Form>, Error> {
        self.read(|result| {
            result.is_present().then(|| {
                result.members();
                Form::read(result)
            })
        })
    }
}
