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
    /// A camera.
    pub const VIDEO: Self = Self(
        "M5 6.5h8.5A1.5 1.5 0 0 1 15 8v8a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 16V8A1.5 1.5 0 0 1 5 6.5ZM15 10.8l5.5-3.3v9L15 13.2",
    );
    /// A receiver.
    pub const PHONE: Self = Self(
        "M6.6 3.8l2.1-.3a1 1 0 0 1 1.1.6l1.1 2.7a1 1 0 0 1-.3 1.1L9 9.3a12 12 0 0 0 5.7 5.7l1.4-1.6a1 1 0 0 1 1.1-.3l2.7 1.1a1 1 0 0 1 .6 1.1l-.3 2.1a2 2 0 0 1-2 1.7C10.6 19.1 4.9 13.4 4.9 5.8a2 2 0 0 1 1.7-2Z",
    );
    /// A receiver that is put down.
    pub const HANG_UP: Self = Self(
        "M3.5 14.2c0-3 4-5.2 8.5-5.2s8.5 2.2 8.5 5.2v1.3a1.3 1.3 0 0 1-1.5 1.3l-2.9-.5a1.3 1.3 0 0 1-1.1-1.3v-1.8a11 11 0 0 0-6 0V15a1.3 1.3 0 0 1-1.1 1.3l-2.9.5a1.3 1.3 0 0 1-1.5-1.3v-1.3Z",
    );
    /// A microphone.
    pub const MICROPHONE: Self = Self(
        "M12 3.5A2.5 2.5 0 0 1 14.5 6v5.5a2.5 2.5 0 0 1-5 0V6A2.5 2.5 0 0 1 12 3.5ZM6 11.5a6 6 0 0 0 12 0M12 17.5v3",
    );
    /// A screen with an arrow out of it.
    pub const SCREEN: Self = Self(
        "M4.5 5h15A1.5 1.5 0 0 1 21 6.5v8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 14.5v-8A1.5 1.5 0 0 1 4.5 5ZM12 13.2V8M9.8 10L12 7.8l2.2 2.2M8.5 19.5h7",
    );
    /// Two sliders.
    pub const SLIDERS: Self = Self("M4 7.5h9M17 7.5h3M4 16.5h3M11 16.5h9M15 5.5v4M9 14.5v4");
    /// Four corners.
    pub const FULL: Self = Self(
        "M4 9V5.5A1.5 1.5 0 0 1 5.5 4H9M15 4h3.5A1.5 1.5 0 0 1 20 5.5V9M20 15v3.5a1.5 1.5 0 0 1-1.5 1.5H15M9 20H5.5A1.5 1.5 0 0 1 4 18.5V15",
    );
    /// Two arrows that point apart.
    pub const EXPAND: Self = Self("M14 4.5h5.5V10M19 5l-6 6M10 19.5H4.5V14M5 19l6-6");
    /// A small picture before a large one.
    pub const FLOAT: Self = Self(
        "M20.5 10.5v-4A1.5 1.5 0 0 0 19 5H5a1.5 1.5 0 0 0-1.5 1.5v10A1.5 1.5 0 0 0 5 18h4.5M13.5 13.5h6a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1Z",
    );
    /// A loudspeaker.
    pub const SPEAKER: Self =
        Self("M4 9.5h3l4.5-4v13l-4.5-4H4ZM15 9.5a3.5 3.5 0 0 1 0 5M17.5 7a7 7 0 0 1 0 10");
    /// A receiver with an arrow towards it.
    pub const CALL_BACK: Self = Self(
        "M6.6 3.8l2.1-.3a1 1 0 0 1 1.1.6l1.1 2.7a1 1 0 0 1-.3 1.1L9 9.3a12 12 0 0 0 5.7 5.7l1.4-1.6a1 1 0 0 1 1.1-.3l2.7 1.1a1 1 0 0 1 .6 1.1l-.3 2.1a2 2 0 0 1-2 1.7C10.6 19.1 4.9 13.4 4.9 5.8a2 2 0 0 1 1.7-2ZM20 4l-5.5 5.5M14.5 5v4.5H19",
    );
    /// Three dots above each other.
    pub const MORE: Self = Self(
        "M12 4.9a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2ZM12 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2ZM12 17.9a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2Z",
    );
    /// An envelope.
    pub const MAIL: Self = Self(
        "M5 5.5h14A1.5 1.5 0 0 1 20.5 7v10a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 17V7A1.5 1.5 0 0 1 5 5.5ZM4 7l8 6 8-6",
    );
    /// Two pages.
    pub const COPY: Self = Self(
        "M10 8.5h8.5A1.5 1.5 0 0 1 20 10v8.5a1.5 1.5 0 0 1-1.5 1.5H10a1.5 1.5 0 0 1-1.5-1.5V10A1.5 1.5 0 0 1 10 8.5ZM15.5 8.5v-3A1.5 1.5 0 0 0 14 4H5.5A1.5 1.5 0 0 0 4 5.5V14a1.5 1.5 0 0 0 1.5 1.5h3",
    );
    /// An arrow down onto a tray.
    pub const SAVE: Self = Self("M12 4v10.5M7.5 10.5L12 15l4.5-4.5M4.5 18.5V20h15v-1.5");
    /// A star.
    pub const STAR: Self =
        Self("M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.6L12 16.7l-5.1 2.7 1-5.6-4.1-4 5.7-.8L12 3.8Z");
    /// Two arrows that pass each other.
    pub const SWAP: Self = Self("M4 9h13M13.5 5L17.5 9l-4 4M20 15.5H7M10.5 11.5l-4 4 4 4");
    /// A paper clip.
    pub const CLIP: Self = Self(
        "M19.5 11.5l-7.8 7.6a4.6 4.6 0 0 1-6.5-6.5l8.2-8a3.1 3.1 0 0 1 4.4 4.4l-8 7.8a1.6 1.6 0 0 1-2.2-2.2l7.2-7",
    );
    /// A page.
    pub const FILE: Self = Self(
        "M7 3.5h6.5L18.5 8.5V19A1.5 1.5 0 0 1 17 20.5H7A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.5ZM13.5 3.5v5h5M9 13h6M9 16.5h4",
    );
    /// A picture.
    pub const PICTURE: Self = Self(
        "M5.5 4.5h13A1.5 1.5 0 0 1 20 6v12a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18V6a1.5 1.5 0 0 1 1.5-1.5ZM4 16l4.5-4.5 4 4 3-3L20 17M15 9h.01",
    );
    /// Bars that rise.
    pub const BARS: Self = Self("M5 19v-3M10 19v-7M15 19V9M20 19V5");

    /// Draws it. It says nothing to a screen reader: the button around it has a name.
    #[must_use]
    pub fn view(self) -> El {
        self.drawn(if self.is_along() { "icon icon--along" } else { "icon" })
    }

    /// Draws it at the height of small text.
    #[must_use]
    pub fn small(self) -> El {
        self.drawn(if self.is_along() {
            "icon icon--small icon--along"
        } else {
            "icon icon--small"
        })
    }

    /// Whether it points along the line, and so the other way where that runs from right to left.
    fn is_along(self) -> bool {
        [Self::BACK, Self::GO, Self::SEND, Self::LEAVE, Self::PAGE].contains(&self)
    }

    fn drawn(self, class: &'static str) -> El {
        svg("svg")
            .class(class)
            .attr("viewBox", "0 0 24 24")
            .attr("aria-hidden", "true")
            .child(svg("path").attr("d", self.0))
    }
}
