//! To be called back: when somebody could, and whom.

use super::link::LinkId;
use super::record::CallbackRow;
use super::state::fingerprint;
use super::{Engine, Record};
use crate::settings::Calendar;
use crate::wire::fault::Fault;
use crate::wire::frame::raw;
use crate::wire::id::VisitorId;
use crate::wire::model::Channel;
use crate::wire::request::{CallbackKept, CallbackRequest, Slot, Slots};
use jiff::Timestamp as Moment;
use phonenumber::Type;
use phonenumber::metadata::DATABASE;
use serde_json::value::RawValue;

/// Days that may be asked for, and those that are where nobody says.
const MOST_DAYS: u32 = 14;
const DAYS: u32 = 7;
/// Bytes of a slot on the wire, at most.
const SLOT_BYTES: usize = 80;

impl Engine {
    pub(super) fn slots(&self, call: &Slots) -> Result<Box<RawValue>, Fault> {
        self.check_service(&call.service, Channel::Callback)?;
        let days = call.days.unwrap_or(DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(Fault::params(format!("days: 1 to {MOST_DAYS}")));
        }
        let first = self.now.after(self.rules.callback.notice).civil();
        let most = self.rules.limits.frame / SLOT_BYTES;
        let slots: Vec<Slot> = self
            .times(&call.service, days)
            .into_iter()
            .filter(|(from, _)| *from >= first)
            .take(most)
            .map(|(from, to)| Slot { from: iso(from), to: iso(to) })
            .collect();
        Ok(raw(&slots))
    }

    /// The times of so many days at which the service may call, from the one that has begun.
    fn times(&self, service: &str, days: u32) -> Vec<(Moment, Moment)> {
        let calendar = self.rules.service(service).and_then(|service| service.calendar.clone());
        calendar.unwrap_or_else(Calendar::always).slots(
            self.now.civil(),
            days,
            self.rules.callback.slot,
        )
    }

    pub(super) fn callback_request(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        call: CallbackRequest,
    ) -> Result<Box<RawValue>, Fault> {
        let customer = self.clean_customer(call.customer)?;
        self.check_fields(&call.fields)?;
        let (customer_text, fields_text) = (raw(&customer), raw(&call.fields));
        let print = fingerprint(&[
            &call.service,
            &call.phone,
            call.when.as_deref().unwrap_or_default(),
            call.message.as_deref().unwrap_or_default(),
            customer_text.get(),
            fields_text.get(),
        ]);
        if let Some(result) = self.recall_request(visitor, "callback.request", &call.key, print)? {
            return Ok(result);
        }
        self.check_service(&call.service, Channel::Callback)?;
        let phone = self.check_phone(&call.phone)?;
        let when = call.when.map(|when| self.check_when(&call.service, &when)).transpose()?;
        if let Some(message) = &call.message {
            self.check_message(message)?;
        }
        self.count_session(link)?;
        self.callbacks += 1;
        self.store(Record::Callback(CallbackRow {
            number: self.callbacks,
            visitor: visitor.clone(),
            service: call.service,
            phone: phone.clone(),
            when,
            message: call.message,
            customer: customer.or_else(|| self.customer_of(visitor)),
            fields: call.fields,
            created: self.now,
        }));
        let result = raw(&CallbackKept { id: format!("cb_{}", self.callbacks), phone });
        self.keep_request(visitor, "callback.request", &call.key, print, &result);
        Ok(result)
    }

    /// A number in E.164 form, of a country that is called, at which a person may answer at ordinary cost.
    fn check_phone(&self, text: &str) -> Result<String, Fault> {
        let rules = &self.rules.callback;
        let none = || Fault::invalid_phone("phone: no telephone number");
        if text.len() > self.rules.limits.name {
            return Err(none());
        }
        let region = rules.region.parse().ok();
        // Many people dial the two zeros that the plus stands for.
        let dialled = match text.trim().strip_prefix("00") {
            Some(rest) => format!("+{rest}"),
            None => text.trim().to_owned(),
        };
        let number = phonenumber::parse(region, &dialled).map_err(|_| none())?;
        if !number.is_valid() {
            return Err(none());
        }
        let country = number.country().id().map(|id| id.as_ref().to_owned());
        let is_called = rules.countries.is_empty()
            || country.is_some_and(|country| rules.countries.contains(&country));
        let is_dear = matches!(
            number.number_type(&DATABASE),
            Type::PremiumRate | Type::SharedCost | Type::Pager | Type::Voicemail
        );
        if !is_called || is_dear {
            return Err(Fault::invalid_phone("phone: no number that is called from here"));
        }
        Ok(number.format().mode(phonenumber::Mode::E164).to_string())
    }

    fn check_when(&self, service: &str, when: &str) -> Result<super::Timestamp, Fault> {
        let moment: Moment =
            when.parse().map_err(|_| Fault::params("when: must be a time of RFC 3339"))?;
        let fits = |(from, to): &(Moment, Moment)| (*from..*to).contains(&moment);
        if moment < self.now.civil() || !self.times(service, MOST_DAYS).iter().any(fits) {
            return Err(Fault::overtime("when: nobody calls at that time"));
        }
        Ok(moment.into())
    }
}

fn iso(moment: Moment) -> String {
    super::Timestamp::from(moment).iso()
}
