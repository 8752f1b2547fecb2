//! A block of frames: what is made from one seed.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tvox_simulator::dice::Dice;

use crate::corpus::Corpus;
use crate::memory::{held, peak_of};
use crate::mutate;
use crate::server::{self, Centre};
use crate::widget::{self, Connection, Page};

/// Frames of a block.
pub const FRAMES: u64 = 1_000;

/// One in so many frames goes to a whole page, one to the server's engine.
const WHOLE: u64 = 8;

/// What a frame may take beyond its own length at the peak of its reading, in bytes for each of its
/// own, and in all. The widget's worst is a list of zeros: two bytes of text become an entry of a
/// vector, and the vector is copied as it grows. The server's is a list of small objects, each of
/// them a tree's node with room for eleven members.
const BYTES_PER_BYTE: usize = 128;
const BYTES_MORE: usize = 32 * 1024;

/// What a connection may hold beyond what it held, after a block: its topics' last words.
const KEPT: isize = 1 << 20;

/// What came of a block.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Frames that were made.
    pub frames: u64,
    /// Of which that were read as a message by the widget or by the server.
    pub understood: u64,
    /// The most bytes that reading one byte took.
    pub worst: usize,
    /// What is wrong: the frame, shortened, and why.
    pub broken: Option<String>,
}

/// Makes the block of this seed, and has both sides read it.
#[must_use]
pub fn play(seed: u64, frames: u64, corpus: &Corpus) -> Outcome {
    let mut outcome = Outcome::default();
    let mut dice = Dice::new(seed);
    let mut parties = match Parties::open(&mut dice) {
        Ok(parties) => parties,
        Err(problem) => return Outcome { broken: Some(problem), ..outcome },
    };
    let before = held();
    for number in 0..frames {
        let text = mutate::frame(&mut dice, corpus);
        outcome.frames += 1;
        let told = catch_unwind(AssertUnwindSafe(|| parties.tell(&text, number, &mut outcome)));
        let told = told.unwrap_or_else(|panic| Err(format!("a panic: {}", words(&*panic))));
        if let Err(problem) = told {
            let shown: String = text.chars().take(300).collect();
            outcome.broken = Some(format!("frame {number}: {problem}: {shown}"));
            return outcome;
        }
    }
    parties.forget_conversations();
    let kept = held() - before;
    if kept > KEPT {
        outcome.broken = Some(format!("a connection holds {kept} bytes more than before"));
    }
    outcome
}

struct Parties {
    codec: tvox_widget::core::rpc::Codec,
    connection: Connection,
    page: Option<Page>,
    centre: Option<Centre>,
}

impl Parties {
    fn open(dice: &mut Dice) -> Result<Self, String> {
        let codec = widget::waiting_codec();
        let (page, centre) = (Some(Page::open()?), Some(Centre::open(dice.fork())));
        Ok(Self { codec, connection: Connection::open()?, page, centre })
    }

    fn tell(&mut self, text: &str, number: u64, outcome: &mut Outcome) -> Result<(), String> {
        let (is_message, peak) = peak_of(|| widget::read(&self.codec, text));
        proportionate("the widget", text, peak, outcome)?;
        let (is_request, peak) = peak_of(|| server::read(text));
        proportionate("the server", text, peak, outcome)?;
        outcome.understood += u64::from(is_message || is_request);
        self.connection.hear(text)?;
        if number % 50 == 49 {
            self.connection.refresh();
        }
        match (number % WHOLE, &mut self.page, &mut self.centre) {
            (0, Some(page), _) => page.hear(text),
            (1, _, Some(centre)) => centre.hear(text, false),
            (2, _, Some(centre)) => centre.hear(text, true),
            _ => Ok(()),
        }
    }

    /// A conversation may grow: that is what it is for.
    fn forget_conversations(&mut self) {
        self.page = None;
        self.centre = None;
    }
}

fn proportionate(who: &str, text: &str, peak: usize, outcome: &mut Outcome) -> Result<(), String> {
    if text.len() >= 1_000 {
        outcome.worst = outcome.worst.max(peak / text.len());
    }
    if peak > text.len() * BYTES_PER_BYTE + BYTES_MORE {
        return Err(format!("{who} took {peak} bytes to read {}", text.len()));
    }
    Ok(())
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
