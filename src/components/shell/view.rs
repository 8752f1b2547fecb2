//! Which screen the panel shows.

use crate::components::home::view::Channel;

/// Where the visitor has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// The home screen.
    #[default]
    Home,
    /// The services of a channel.
    Services,
    /// The conversation.
    Chat,
    /// Devices and line, before a call.
    Check,
    /// The call.
    Call,
    /// What is asked before a contact.
    Form,
    /// A mail.
    Mail,
    /// A wish to be called.
    Callback,
}

/// What there is to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct There {
    /// A conversation.
    pub conversation: bool,
    /// A call.
    pub call: bool,
    /// A form.
    pub form: bool,
}

impl Route {
    /// Where to begin when the panel opens: what is running comes first, a call before a conversation.
    #[must_use]
    pub const fn on_open(self, running: There) -> Self {
        match self {
            Self::Home | Self::Services | Self::Check | Self::Form if running.call => Self::Call,
            Self::Home | Self::Services | Self::Form if running.conversation => Self::Chat,
            Self::Home
            | Self::Services
            | Self::Check
            | Self::Chat
            | Self::Call
            | Self::Form
            | Self::Mail
            | Self::Callback => self,
        }
    }

    /// What can be shown: there is no chat screen without a conversation, and no call screen without a
    /// call.
    #[must_use]
    pub const fn shown(self, there: There) -> Self {
        match self {
            Self::Chat if !there.conversation => Self::Home,
            Self::Call if !there.call => Self::Home,
            Self::Form | Self::Mail | Self::Callback if !there.form => Self::Home,
            Self::Home
            | Self::Services
            | Self::Check
            | Self::Chat
            | Self::Call
            | Self::Form
            | Self::Mail
            | Self::Callback => self,
        }
    }

    /// The screen of that word, after a reload: one that stands by itself.
    #[must_use]
    pub fn kept(word: &str) -> Self {
        [Self::Chat, Self::Call, Self::Form, Self::Mail, Self::Callback]
            .into_iter()
            .find(|route| route.word() == word)
            .unwrap_or_default()
    }

    /// The screen of a channel's form.
    #[must_use]
    pub const fn of_form(channel: Channel) -> Self {
        match channel {
            Channel::Chat | Channel::Video | Channel::PhoneCall => Self::Form,
            Channel::Mail => Self::Mail,
            Channel::Callback => Self::Callback,
        }
    }

    /// Whether it is a form.
    #[must_use]
    pub const fn is_form(self) -> bool {
        matches!(self, Self::Form | Self::Mail | Self::Callback)
    }

    /// Whether the panel is no taller than what the screen says.
    #[must_use]
    pub const fn fits(self) -> bool {
        matches!(self, Self::Home | Self::Services)
    }

    /// The word in the `data-screen` attribute.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Services => "services",
            Self::Chat => "chat",
            Self::Check => "check",
            Self::Call => "call",
            Self::Form => "form",
            Self::Mail => "mail",
            Self::Callback => "callback",
        }
    }
}

/// The page's title while messages wait that nobody sees.
#[must_use]
pub fn title(own: &str, unread: usize) -> String {
    if unread == 0 { own.to_owned() } else { format!("({unread}) {own}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: There = There { conversation: false, call: false, form: false };
    const TALK: There = There { conversation: true, ..NOTHING };
    const CALL: There = There { call: true, ..NOTHING };

    #[test]
    fn a_panel_that_opens_shows_what_is_running_first() {
        assert_eq!(Route::Home.on_open(TALK), Route::Chat);
        assert_eq!(Route::Home.on_open(There { call: true, ..TALK }), Route::Call);
        assert_eq!(Route::Home.on_open(NOTHING), Route::Home);
        assert_eq!(Route::Chat.on_open(NOTHING), Route::Chat);
        assert_eq!(Route::Chat.on_open(CALL), Route::Chat, "where the visitor was");
    }

    #[test]
    fn there_is_no_screen_for_what_is_not_there() {
        assert_eq!(Route::Chat.shown(CALL), Route::Home);
        assert_eq!(Route::Chat.shown(TALK), Route::Chat);
        assert_eq!(Route::Call.shown(TALK), Route::Home);
        assert_eq!(Route::Call.shown(CALL), Route::Call);
        assert_eq!(Route::Services.shown(NOTHING), Route::Services);
        assert_eq!(Route::Mail.shown(TALK), Route::Home);
        assert_eq!(Route::Mail.shown(There { form: true, ..NOTHING }), Route::Mail);
    }

    #[test]
    fn a_reload_comes_back_to_what_stands_by_itself() {
        assert_eq!(Route::kept("chat"), Route::Chat);
        assert_eq!(Route::kept("call"), Route::Call);
        assert_eq!(Route::kept("mail"), Route::Mail);
        assert_eq!(Route::kept("check"), Route::Home);
        assert_eq!(Route::kept("x"), Route::Home);
    }

    #[test]
    fn a_title_counts_only_what_waits() {
        assert_eq!(title("Shop", 0), "Shop");
        assert_eq!(title("Shop", 3), "(3) Shop");
    }
}
