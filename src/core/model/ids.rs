use serde::Serialize;

use super::Private;

macro_rules! id_type {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as the wire spells it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

id_type! {
    /// A session of one channel.
    SessionId;
    /// An event of a conversation.
    MessageId;
    /// A client-made key (UUID version 4, RFC 9562) that makes a call safe to repeat.
    Key;
    /// A run of the server's logs; another epoch means that cursors of the old one are void.
    Epoch;
    /// A subscription on one connection.
    SubscriptionId;
    /// The visitor, as the server's logs and its operators name it.
    VisitorId;
    /// A file of a conversation.
    FileId;
    /// A ticket or a wish to be called, as the server's books name it.
    RequestId;
}

impl Key {
    /// A UUID version 4 from 128 random bits.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let mut bytes = bytes;
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let mut text = String::with_capacity(36);
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for nibble in [byte >> 4, byte & 0x0f] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        Self(text)
    }
}

/// What lets a visitor come back after a reload: a secret, so it is never printed.
pub type VisitorToken = Private<String>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_uuid_of_version_4() {
        assert_eq!(Key::from_random([0xff; 16]).as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(Key::from_random([0; 16]).as_str(), "00000000-0000-4000-8000-000000000000");
    }
}
