//! The icons: strokes on a 24 px grid, in the colour of the text around them.

use super::dom::{El, svg};

/// A picture, as the data of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icon(&'static str);

impl Icon {
    /// Two speech bubbles.
    pub const CHATS: Self = Self(
        "M15.5 4H6.8A2.8 2.8 0 0 0 4 6.8v5.4A2.8 2.8 0 0 0 6.8 15H7v3l3.6-3h4.9\
         a2.8 2.8 0 0 0 2.8-2.8V6.8A2.8 2.8 0 0 0 15.5 4ZM20.5 9.5v7.3\
         a2.4 2.4 0 0 1-2.4 2.4H18v2.3L15.2 19.2h-3",
    );
    /// One speech bubble.
    pub const CHAT: Self = Self(
        "M12 4c4.7 0 8.5 3.2 8.5 7.3s-3.8 7.3-8.5 7.3c-.9 0-1.8-.1-2.6-.3\
         L5 20.5l.9-3.5c-1.5-1.3-2.4-3.4-2.4-5.7C3.5 7.2 7.3 4 12 4Z\
         M8.5 11.3h.01M12 11.3h.01M15.5 11.3h.01",
    );
    /// A cross.
    pub const CLOSE: Self = Self("M6 6l12 12M18 6L6 18");
    /// A chevron that points down.
    pub const DOWN: Self = Self("M6 9.5l6 6 6-6");
    /// A chevron that points back.
    pub const BACK: Self = Self("M14.5 5.5L8 12l6.5 6.5");
    /// A chevron that points on.
    pub const GO: Self = Self("M9.5 5.5L16 12l-6.5 6.5");
    /// A paper plane.
    pub const SEND: Self = Self("M4.5 12L3.5 4.5 20.5 12l-17 7.5L4.5 12Zm0 0H12");
    /// A door with an arrow out of it.
    pub const LEAVE: Self =
        Self("M10 4H6.5A1.5 1.5 0 0 0 5 5.5v13A1.5 1.5 0 0 0 6.5 20H10M15 8l4 4-4 4M19 12H10");
    /// One tick.
    pub const TICK: Self = Self("M6 12.5l4 4 8.5-9");
    /// Two ticks.
    pub const TICKS: Self = Self("M2.5 12.5l4 4 8.5-9M12.5 16l.5.5 8.5-9");
    /// A clock.
    pub const CLOCK: Self = Self("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2");
    /// An exclamation mark in a circle.
    pub const ALERT: Self = Self("M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7.5v5M12 16h.01");
    /// A cloud with a stroke through it.
    pub const OFFLINE: Self = Self(
        "M4 4l16 16M9.5 6.2A6 6 0 0 1 17.6 10.5a4 4 0 0 1 2.6 6.5M16.5 18H7.5a4.5 4.5 0 0 1-1-8.9",
    );
    /// A page with an arrow out of it.
    pub const PAGE: Self = Self(
        "M11 5H6.5A1.5 1.5 0 0 0 5 6.5v11A1.5 1.5 0 0 0 6.5 19h11a1.5 1.5 0 0 0 1.5-1.5V13M14.5 4H20v5.5M20 4l-9 9",
    );
    /// A head and shoulders.
    pub const PERSON: Self =
        Self("M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5");
    /// A headset.
    pub const HEADSET: Self = Self(
        "M4.5 14v-2a7.5 7.5 0 0 1 15 0v2M4.5 13.5h2A1.5 1.5 0 0 1 8 15v3a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18v-4.5ZM19.5 13.5h-2A1.5 1.5 0 0 0 16 15v3a1.5 1.5 0 0 0 1.5 1.5h.5A1.5 1.5 0 0 0 19.5 18v-4.5Z",
    );

    /// Draws it. It says nothing to a screen reader: the button around it has a name.
    #[must_use]
    pub fn view(self) -> El {
        self.sized("icon")
    }

    /// Draws it at the height of small text.
    #[must_use]
    pub fn small(self) -> El {
        self.sized("icon icon--small")
    }

    fn sized(self, class: &'static str) -> El {
        svg("svg")
            .class(class)
            .attr("viewBox", "0 0 24 24")
            .attr("aria-hidden", "true")
            .child(svg("path").attr("d", self.0))
    }
}
