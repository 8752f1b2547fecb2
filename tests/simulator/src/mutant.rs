//! Mistakes made on purpose: if the simulator did not notice them, it would show nothing.

/// A mistake in the widget or in the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// The server carries out a repeated key once more.
    NoDedupe,
    /// The outbox sends everything at once.
    Pipelined,
    /// The widget follows a log without a cursor.
    NoSince,
    /// The widget takes events whatever their number.
    NoSeqCheck,
    /// Any frame counts as life.
    AnyInbound,
    /// A call keeps its number when its connection goes.
    StaleIds,
    /// A message that was sent is not kept for the next page, answered or not.
    SentIsGone,
}

/// All of them.
pub const MUTANTS: [Mutant; 7] = [
    Mutant::NoDedupe,
    Mutant::Pipelined,
    Mutant::NoSince,
    Mutant::NoSeqCheck,
    Mutant::AnyInbound,
    Mutant::StaleIds,
    Mutant::SentIsGone,
];

impl Mutant {
    /// The name by which it is asked for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoDedupe => "no_dedupe",
            Self::Pipelined => "pipelined",
            Self::NoSince => "no_since",
            Self::NoSeqCheck => "no_seq_check",
            Self::AnyInbound => "any_inbound",
            Self::StaleIds => "stale_ids",
            Self::SentIsGone => "sent_is_gone",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        MUTANTS.into_iter().find(|mutant| mutant.name() == name)
    }
}

/// Makes this mistake on this thread from now on, or none.
#[cfg(feature = "mutants")]
pub fn make(mutant: Option<Mutant>) {
    use tvox_demo_server::mutant as server;
    use tvox_widget::core::mutant as widget;

    let in_widget = mutant.and_then(|mutant| match mutant {
        Mutant::NoDedupe => None,
        Mutant::Pipelined => Some(widget::Mutant::Pipelined),
        Mutant::NoSince => Some(widget::Mutant::NoSince),
        Mutant::NoSeqCheck => Some(widget::Mutant::NoSeqCheck),
        Mutant::AnyInbound => Some(widget::Mutant::AnyInbound),
        Mutant::StaleIds => Some(widget::Mutant::StaleIds),
        Mutant::SentIsGone => Some(widget::Mutant::SentIsGone),
    });
    widget::make(in_widget);
    server::make((mutant == Some(Mutant::NoDedupe)).then_some(server::Mutant::NoDedupe));
}

/// Without the feature `mutants` there is none to make.
#[cfg(not(feature = "mutants"))]
pub const fn make(_: Option<Mutant>) {}
