//! What goes wrong.

use crate::dice::Dice;

/// The kinds of faults; each is as likely as the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The connection breaks with all that is under way; both sides learn of it soon.
    Cut,
    /// What the client sent still arrives; the answers do not, and the server learns of it late.
    HalfCut,
    /// Nothing comes down any more, and nobody says so: only the heartbeat can tell.
    SilentDown,
    /// Nothing goes up any more, and nobody says so.
    SilentUp,
    /// Frames arrive long after the client has given up.
    Stall,
    /// Each frame on its way up takes seconds, and the next one waits for it.
    SlowUp,
    /// The client does not read; the server closes it (4102) once too much waits.
    SlowConsumer,
    /// Pushed events come twice.
    Doubled,
    /// All that comes down comes late.
    Delayed,
    /// The visitor sends more at once than the server takes (1201).
    Burst,
    /// The server is killed and comes back with what is on its disk.
    Kill,
    /// The server says that it restarts (4201), and does.
    Restart,
    /// The page is hidden: its timers come once a minute.
    Hidden,
    /// The device has no network for a while.
    Offline,
    /// The page is loaded anew.
    Reload,
}

/// All kinds.
pub const FAULTS: [Fault; 15] = [
    Fault::Cut,
    Fault::HalfCut,
    Fault::SilentDown,
    Fault::SilentUp,
    Fault::Stall,
    Fault::SlowUp,
    Fault::SlowConsumer,
    Fault::Doubled,
    Fault::Delayed,
    Fault::Burst,
    Fault::Kill,
    Fault::Restart,
    Fault::Hidden,
    Fault::Offline,
    Fault::Reload,
];

impl Fault {
    /// Any of them; the last, a reload, only where it is wanted.
    pub fn roll(dice: &mut Dice, reloads: bool) -> Self {
        let at = dice.within(0..(FAULTS.len() - usize::from(!reloads)) as u64);
        usize::try_from(at).ok().and_then(|at| FAULTS.get(at)).copied().unwrap_or(Self::Cut)
    }
}
