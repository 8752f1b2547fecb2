//! Contacts without a conversation: mail, callback, and what a service asks beforehand.

use std::future::Future;

use super::handle::Widget;
use crate::core::error::Error;
use crate::core::model::{
    Callback, CallbackRequest, CallbackSlot, ChannelType, CustomerInfo, Form, MailRequest,
    RequestId,
};
use crate::core::rpc::Request;

impl Widget {
    /// The same widget, whose calls wait for a connection as long as it takes: for what a person has
    /// written and need not send again. Such a call keeps its key, so it is carried out once however
    /// often the line is lost; it never fails with [`Error::NotConnected`].
    #[must_use]
    pub fn patient(&self) -> Self {
        let inbox = self.inbox().patient();
        self.with_inbox(inbox)
    }

    /// Sends a message that becomes a ticket. Answers the ticket's id.
    ///
    /// # Errors
    /// [`Error::Refused`]: no such service (1101), channel off (1102), -32602 `INVALID_PARAMS` for
    /// an address that is none; [`Error::NotConnected`] after 10 s without a connection.
    pub fn send_mail(
        &self,
        mail: MailRequest,
    ) -> impl Future<Output = Result<RequestId, Error>> + Send + use<> {
        let customer = self.customer(mail.customer.clone());
        let asking = self.inbox().call(Request::mail_request(&MailRequest { customer, ..mail }));
        async move { asking.await?.request_id() }
    }

    /// Asks to be called. Answers the wish's id and the number as the server reads it.
    ///
    /// # Errors
    /// [`Error::Refused`]: 1107 `INVALID_PHONE`, no such service (1101), channel off (1102), a moment
    /// in which nobody calls (1104); [`Error::NotConnected`] after 10 s without a connection.
    pub fn request_callback(
        &self,
        callback: CallbackRequest,
    ) -> impl Future<Output = Result<Callback, Error>> + Send + use<> {
        let customer = self.customer(callback.customer.clone());
        let callback = CallbackRequest { customer, ..callback };
        let asking = self.inbox().call(Request::callback_request(&callback));
        async move { asking.await?.callback() }
    }

    /// The times in which a service calls back, over the next so many days (14 at most).
    ///
    /// # Errors
    /// [`Error::Refused`]: no such service (1101); [`Error::NotConnected`] after 10 s without a
    /// connection.
    pub fn callback_slots(
        &self,
        service: &str,
        days: u32,
    ) -> impl Future<Output = Result<Vec<CallbackSlot>, Error>> + Send + use<> {
        let asking = self.inbox().call(Request::callback_slots(service, days));
        async move { asking.await?.slots() }
    }

    /// What a service asks before a contact begins; `None` where it asks nothing.
    ///
    /// # Errors
    /// [`Error::Refused`]: no such service (1101); [`Error::NotConnected`] after 10 s without a
    /// connection.
    pub fn forms(
        &self,
        channel: &ChannelType,
        service: &str,
    ) -> impl Future<Output = Result<Option<Form>, Error>> + Send + use<> {
        let asking = self.inbox().call(Request::forms(channel, service));
        async move { asking.await?.form() }
    }

    /// Who asks, if anything is known of them.
    pub(super) fn customer(&self, given: Option<CustomerInfo>) -> Option<CustomerInfo> {
        let configured = || self.client().options().customer_info.clone();
        given.or_else(configured).filter(|customer| !customer.is_empty())
    }
}
