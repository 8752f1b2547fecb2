//! What is looked at before a visitor's contact begins.

use super::link::LinkId;
use super::state::Session;
use super::{Engine, Timestamp};
use crate::wire::fault::Fault;
use crate::wire::id::{SessionId, VisitorId};
use crate::wire::model::{Availability, Channel, Configuration, Field};
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

const AN_HOUR: Duration = Duration::from_secs(3600);

impl Engine {
    /// Whether a contact of that channel may begin now: 1101 to 1106, 1205, 1201.
    pub(super) fn check_contact(
        &mut self,
        link: LinkId,
        visitor: &VisitorId,
        channel: Channel,
        service: &str,
    ) -> Result<(), Fault> {
        self.check_service(service, channel)?;
        self.check_none_open(visitor, channel)?;
        match self.service_status(service, channel).status {
            Availability::Active => {}
            Availability::Overtime => return Err(Fault::overtime("closed at this hour")),
            Availability::OutOfService => {
                return Err(Fault::out_of_service("no operator is logged in"));
            }
            Availability::Failed => return Err(off(channel)),
        }
        let most = self.rules.limits.queue;
        if self.queues.get(service).is_some_and(|queue| queue.len() >= most) {
            return Err(
                Fault::queue_full(format!("{most} visitors wait")).after(Duration::from_secs(30))
            );
        }
        self.count_session(link)
    }

    /// One open session a channel.
    pub(super) fn check_none_open(
        &self,
        visitor: &VisitorId,
        channel: Channel,
    ) -> Result<(), Fault> {
        match self.open_session_of(visitor, channel) {
            Some(open) => Err(Fault::session_open("one open session a channel").about(open)),
            None => Ok(()),
        }
    }

    /// Whether the service is there and has that channel.
    pub(super) fn check_service(&self, code: &str, channel: Channel) -> Result<(), Fault> {
        let status = self.service_status(code, channel);
        match (status.service_configuration, status.channel_configuration) {
            (Configuration::NotFound, _) => {
                Err(Fault::service_not_found("no service of that code"))
            }
            (Configuration::Enabled, Configuration::Enabled) => Ok(()),
            (Configuration::NoLicense, _) | (_, Configuration::NoLicense) => {
                Err(Fault::no_license(format!("{} is not licensed", channel.name())))
            }
            (Configuration::Disabled | Configuration::Failed | Configuration::Enabled, _) => {
                Err(off(channel))
            }
        }
    }

    fn open_session_of(&self, visitor: &VisitorId, channel: Channel) -> Option<SessionId> {
        let is_open = |session: &Session| session.channel == channel && session.is_open();
        self.visitors
            .get(visitor)?
            .sessions
            .iter()
            .find(|id| self.sessions.get(id).is_some_and(is_open))
            .cloned()
    }

    /// So many new sessions an hour for an address.
    pub(super) fn count_session(&mut self, link: LinkId) -> Result<(), Fault> {
        let now = self.now;
        let most = self.rules.limits.sessions_per_hour;
        let Some(address) = self.links.get(&link).map(|link| link.address) else { return Ok(()) };
        count_in(&mut self.begun, address, most, now).map_err(|wait| {
            Fault::rate_limited("too many new sessions from this address").after(wait)
        })
    }

    /// So many trial calls an hour for an address.
    pub(super) fn count_trial(&mut self, link: LinkId) -> Result<(), Fault> {
        let now = self.now;
        let most = self.rules.calls.tests_per_hour;
        let Some(address) = self.links.get(&link).map(|link| link.address) else { return Ok(()) };
        count_in(&mut self.tried, address, most, now)
            .map_err(|wait| Fault::rate_limited("too many tests from this address").after(wait))
    }

    pub(super) fn check_fields(&self, fields: &[Field]) -> Result<(), Fault> {
        let limits = &self.rules.limits;
        if fields.len() > limits.fields {
            return Err(Fault::too_large(format!(
                "{} fields, {} allowed",
                fields.len(),
                limits.fields
            )));
        }
        for field in fields {
            if field.key.chars().count() > limits.name {
                return Err(Fault::params(format!(
                    "fields.key: at most {} characters",
                    limits.name
                )));
            }
            if field.value.chars().count() > limits.field {
                return Err(Fault::params(format!(
                    "fields.value: at most {} characters",
                    limits.field
                )));
            }
        }
        Ok(())
    }
}

/// Counts one more of an address within the last hour; how long to wait if there are `most` already.
fn count_in(
    counted: &mut BTreeMap<IpAddr, VecDeque<Timestamp>>,
    address: IpAddr,
    most: usize,
    now: Timestamp,
) -> Result<(), Duration> {
    counted.retain(|_, times| times.back().is_some_and(|last| now.since(*last) < AN_HOUR));
    let times = counted.entry(address).or_default();
    while times.front().is_some_and(|first| now.since(*first) >= AN_HOUR) {
        times.pop_front();
    }
    if times.len() >= most {
        return Err(times.front().map_or(AN_HOUR, |first| first.after(AN_HOUR).since(now)));
    }
    times.push_back(now);
    Ok(())
}

fn off(channel: Channel) -> Fault {
    Fault::channel_disabled(format!("{} is off for this service", channel.name()))
}
