//! Opaque identifiers. Each kind is a type of its own, so that a visitor's id cannot stand where a session's is wanted.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; whether something of that id exists is another question.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// A visitor, `v_…`. Known to the operator, but opens nothing: the resume token does.
    VisitorId
);
identifier!(
    /// A contact of a visitor, `s_…`.
    SessionId
);
identifier!(
    /// An operator, `o_…`.
    OperatorId
);
identifier!(
    /// A file of a conversation, `f_…`.
    FileId
);
