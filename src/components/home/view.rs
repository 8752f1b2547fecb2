//! Which ways to reach an operator are open.

use crate::components::icons::Icon;
use crate::core::model::{ChannelType, ConfigurationStatus, ServiceStatus, ServiceStatusValue};
use crate::i18n::Key;

/// A way to reach an operator that the interface has a screen for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Channel {
    /// Text.
    #[default]
    Chat,
    /// Sound and picture.
    Video,
    /// Sound.
    PhoneCall,
    /// An operator calls the visitor.
    Callback,
    /// A mail.
    Mail,
}

impl Channel {
    /// In the order they are shown.
    pub const ALL: [Self; 5] =
        [Self::Chat, Self::Video, Self::PhoneCall, Self::Callback, Self::Mail];
    /// Those that have sound.
    pub const CALLS: [Self; 2] = [Self::Video, Self::PhoneCall];

    /// The one that a server or a page means.
    #[must_use]
    pub const fn of(channel: &ChannelType) -> Option<Self> {
        match channel {
            ChannelType::Chat => Some(Self::Chat),
            ChannelType::Video => Some(Self::Video),
            ChannelType::PhoneCall => Some(Self::PhoneCall),
            ChannelType::Callback => Some(Self::Callback),
            ChannelType::Mail => Some(Self::Mail),
            ChannelType::Unknown(_) => None,
        }
    }

    /// What the server calls it.
    #[must_use]
    pub const fn on_wire(self) -> ChannelType {
        match self {
            Self::Chat => ChannelType::Chat,
            Self::Video => ChannelType::Video,
            Self::PhoneCall => ChannelType::PhoneCall,
            Self::Callback => ChannelType::Callback,
            Self::Mail => ChannelType::Mail,
        }
    }

    /// What the visitor reads, and the line below it.
    #[must_use]
    pub const fn keys(self) -> (Key, Key) {
        match self {
            Self::Chat => (Key::Chat, Key::ChatHelp),
            Self::Video => (Key::Video, Key::VideoHelp),
            Self::PhoneCall => (Key::PhoneCall, Key::PhoneCallHelp),
            Self::Callback => (Key::Callback, Key::CallbackHelp),
            Self::Mail => (Key::Mail, Key::MailHelp),
        }
    }

    /// Its picture.
    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Chat => Icon::CHAT,
            Self::Video => Icon::VIDEO,
            Self::PhoneCall => Icon::PHONE,
            Self::Callback => Icon::CALL_BACK,
            Self::Mail => Icon::MAIL,
        }
    }

    /// The others that may be offered where it is closed, best first: whoever is there at once before
    /// whoever answers later.
    #[must_use]
    pub fn instead(self, state: &dyn Fn(Self) -> Availability) -> Vec<Self> {
        let live = [Self::Chat, Self::PhoneCall, Self::Video];
        let live = live.into_iter().filter(|channel| state(*channel) == Availability::Available);
        let later = [Self::Callback, Self::Mail].into_iter();
        let later = later.filter(|channel| state(*channel).may_start());
        live.chain(later).filter(|channel| *channel != self).collect()
    }

    /// Whether somebody is met in it at once: not a message, nor a wish for later.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Chat | Self::Video | Self::PhoneCall)
    }

    /// Whether it is a call.
    #[must_use]
    pub const fn is_call(self) -> bool {
        matches!(self, Self::Video | Self::PhoneCall)
    }
}

/// Whether a contact started now would find somebody. Best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Availability {
    /// Somebody is there.
    Available,
    /// The server has not said yet.
    Checking,
    /// Open, but nobody is logged in.
    NoOperator,
    /// Outside opening hours.
    Closed,
    /// Not offered by the server.
    Unavailable,
}

impl Availability {
    /// What a service's status means; `None` is a server that has not answered.
    #[must_use]
    pub fn of(status: Option<&ServiceStatus>) -> Self {
        let Some(status) = status else { return Self::Checking };
        let enabled = |configuration: &Option<ConfigurationStatus>| {
            matches!(configuration, None | Some(ConfigurationStatus::Enabled))
        };
        if !enabled(&status.channel_configuration) || !enabled(&status.service_configuration) {
            return Self::Unavailable;
        }
        match status.status {
            Some(ServiceStatusValue::Active) => Self::Available,
            Some(ServiceStatusValue::OutOfService) => Self::NoOperator,
            Some(ServiceStatusValue::Overtime) => Self::Closed,
            Some(ServiceStatusValue::Failed | ServiceStatusValue::Unknown(_)) => Self::Unavailable,
            None => Self::Checking,
        }
    }

    /// The state of a channel: that of its best service.
    #[must_use]
    pub fn best(services: impl IntoIterator<Item = Self>) -> Self {
        services.into_iter().min().unwrap_or(Self::Unavailable)
    }

    /// Whether it may be chosen. While the server has not answered, the visitor need not wait: a
    /// refusal comes with its own words.
    #[must_use]
    pub const fn may_start(self) -> bool {
        matches!(self, Self::Available | Self::Checking)
    }

    /// The word in the `data-state` attribute.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Checking => "checking",
            Self::NoOperator => "no-operator",
            Self::Closed => "closed",
            Self::Unavailable => "unavailable",
        }
    }

    /// What the visitor reads.
    #[must_use]
    pub const fn key(self) -> Key {
        match self {
            Self::Available => Key::Available,
            Self::Checking => Key::Checking,
            Self::NoOperator => Key::NoOperator,
            Self::Closed => Key::Closed,
            Self::Unavailable => Key::NotAvailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(value: Option<ServiceStatusValue>) -> ServiceStatus {
        ServiceStatus { status: value, ..ServiceStatus::default() }
    }

    #[test]
    fn a_server_that_has_not_answered_is_being_checked() {
        assert_eq!(Availability::of(None), Availability::Checking);
        assert_eq!(Availability::of(Some(&status(None))), Availability::Checking);
    }

    #[test]
    fn a_disabled_channel_is_not_available_whatever_the_service_says() {
        let disabled = ServiceStatus {
            channel_configuration: Some(ConfigurationStatus::Disabled),
            ..status(Some(ServiceStatusValue::Active))
        };
        assert_eq!(Availability::of(Some(&disabled)), Availability::Unavailable);
    }

    #[test]
    fn a_channel_is_as_good_as_its_best_service() {
        use Availability::{Available, Checking, Closed, NoOperator, Unavailable};
        assert_eq!(Availability::best([Closed, Available, NoOperator]), Available);
        assert_eq!(Availability::best([Closed, Checking]), Checking);
        assert_eq!(Availability::best([Closed, Unavailable]), Closed);
        assert_eq!(Availability::best([]), Unavailable);
    }

    #[test]
    fn a_closed_channel_offers_whoever_is_there_and_then_whoever_answers_later() {
        use Availability::{Available, Checking, Closed, Unavailable};
        let state = |channel| match channel {
            Channel::Chat | Channel::Video => Available,
            Channel::PhoneCall => Checking,
            Channel::Callback => Unavailable,
            Channel::Mail => Checking,
        };
        assert_eq!(Channel::Video.instead(&state), [Channel::Chat, Channel::Mail]);
        assert!(Channel::Chat.instead(&|_| Closed).is_empty());
    }

    #[test]
    fn only_what_may_answer_may_be_chosen() {
        use Availability::{Available, Checking, Closed, NoOperator, Unavailable};
        let choosable =
            [Available, Checking, NoOperator, Closed, Unavailable].map(|a| a.may_start());
        assert_eq!(choosable, [true, true, false, false, false]);
    }
}
