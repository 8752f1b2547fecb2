//! Which screen the panel shows.

/// Where the visitor has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// The home screen.
    #[default]
    Home,
    /// The services of the chat channel.
    Services,
    /// The conversation.
    Chat,
}

impl Route {
    /// Where to begin when the panel opens: a running conversation comes first.
    #[must_use]
    pub const fn on_open(self, running: bool) -> Self {
        match self {
            Self::Home | Self::Services if running => Self::Chat,
            Self::Home | Self::Services | Self::Chat => self,
        }
    }

    /// What can be shown: there is no chat screen without a conversation.
    #[must_use]
    pub const fn shown(self, conversation: bool) -> Self {
        match self {
            Self::Chat if !conversation => Self::Home,
            Self::Home | Self::Services | Self::Chat => self,
        }
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

    #[test]
    fn a_panel_that_opens_shows_the_running_conversation_first() {
        assert_eq!(Route::Home.on_open(true), Route::Chat);
        assert_eq!(Route::Home.on_open(false), Route::Home);
        assert_eq!(Route::Chat.on_open(false), Route::Chat);
    }

    #[test]
    fn there_is_no_chat_screen_without_a_conversation() {
        assert_eq!(Route::Chat.shown(false), Route::Home);
        assert_eq!(Route::Chat.shown(true), Route::Chat);
        assert_eq!(Route::Services.shown(false), Route::Services);
    }

    #[test]
    fn a_title_counts_only_what_waits() {
        assert_eq!(title("Shop", 0), "Shop");
        assert_eq!(title("Shop", 3), "(3) Shop");
    }
}
