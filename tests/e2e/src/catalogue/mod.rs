//! Every state that a visitor can meet, and how a real widget before a real server is brought there.
//!
//! A *tour* is one visit that comes through several states. At each it stops before a [`Camera`],
//! which looks at the widget in as many variants (theme, language, width) as it likes: the rules of
//! accessibility (`scenarios/states.rs`) and the gallery (`photographer.rs`) look at the same states.

mod calls;
mod doors;
mod forms;
mod modes;
mod talks;
mod timed;
pub(crate) mod variant;

pub(crate) use calls::{CALL, RINGING};
pub(crate) use doors::{BEFORE, MISTAKE, REFUSED};
pub(crate) use forms::FORMS as FORMS_TOUR;
pub(crate) use modes::MODES;
pub(crate) use talks::{CONVERSATION, QUEUE, TROUBLE};
pub(crate) use timed::{PLAY, SILENCE};

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::browser::Look;
use crate::fault::{Fault, Outcome};
use crate::media::Media;
use crate::stage::{Setup, Stage};
use crate::visitor::Visitor;

/// What a camera does at a state.
pub(crate) type Shot<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// Who looks at the states.
pub(crate) trait Camera: Send + Sync {
    /// Looks at the widget in this state, and leaves it as it was.
    fn shoot<'a>(&'a self, visitor: &'a Visitor, state: &'static str) -> Shot<'a>;
}

/// A way through several states.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tour {
    /// Its name.
    pub(crate) name: &'static str,
    /// How its server is set up.
    pub(crate) setup: Setup,
    /// The states, in the order in which they come.
    pub(crate) states: &'static [&'static str],
    /// What is plugged in at the visitor's.
    pub(crate) media: Media,
    walk: fn(Arc<Guide>) -> Shot<'static>,
}

/// One tour under way.
pub(crate) struct Guide {
    /// Where it is.
    pub(crate) stage: Arc<Stage>,
    /// Who visits.
    pub(crate) visitor: Visitor,
    camera: Arc<dyn Camera>,
    states: &'static [&'static str],
    seen: std::sync::Mutex<usize>,
}

impl Guide {
    /// The visitor is in this state now.
    ///
    /// # Errors
    /// It is not this state's turn, or the camera does not like what it sees.
    pub(crate) async fn at(&self, state: &str) -> Outcome {
        let name = {
            let mut seen = self.seen.lock().map_err(|_| Fault::new("the guide is lost"))?;
            let name = self.states.get(*seen).filter(|name| **name == state);
            *seen += 1;
            *name.ok_or_else(|| Fault::new(format!("{state} is not in the tour's list here")))?
        };
        self.camera.shoot(&self.visitor, name).await
    }
}

impl Guide {
    /// Has the page load every language: without a line none can be had any more.
    ///
    /// # Errors
    /// One cannot be had.
    pub(crate) async fn learn(&self) -> Outcome {
        for lang in variant::LANGUAGES {
            let spoken = variant::Variant { lang, ..variant::PLAIN };
            spoken.put_on(&self.visitor, self.stage.options.kind).await?;
        }
        variant::PLAIN.put_on(&self.visitor, self.stage.options.kind).await
    }
}

impl Tour {
    /// Walks the whole tour.
    ///
    /// # Errors
    /// A state cannot be reached, is left out, or the camera does not like one.
    pub(crate) async fn walk(&self, stage: &Arc<Stage>, camera: Arc<dyn Camera>) -> Outcome {
        let look = Look { dark: false, still: true };
        let browser = stage.browser_with("visitor", look, self.media).await?;
        let guide = Arc::new(Guide {
            stage: Arc::clone(stage),
            visitor: Visitor { browser },
            camera,
            states: self.states,
            seen: std::sync::Mutex::new(0),
        });
        (self.walk)(Arc::clone(&guide)).await?;
        let seen = guide.seen.lock().map_or(0, |seen| *seen);
        if seen == self.states.len() {
            Ok(())
        } else {
            Err(Fault::new(format!("{} of {} states of {}", seen, self.states.len(), self.name)))
        }
    }
}

/// Of people only, with an operator who does nothing unless told.
const PATIENT: Setup = Setup {
    echo: false,
    config: Some("tests/e2e/states.toml"),
    coturn: false,
    reference: false,
    long: false,
};
/// The same, with the short times of a server that ends things.
const TIMED: Setup = Setup { config: Some("tests/e2e/states-timed.toml"), ..PATIENT };
/// The automatic operator answers, sound and picture included.
const HURRY: Setup = Setup { echo: true, config: Some("tests/e2e/hurry.toml"), ..PATIENT };

/// Services that differ in what they ask and when they are open.
const FORMS: Setup = Setup { config: Some("tests/e2e/forms.toml"), ..PATIENT };

/// All tours.
pub(crate) const TOURS: &[Tour] = &[
    BEFORE,
    REFUSED,
    MISTAKE,
    QUEUE,
    CONVERSATION,
    TROUBLE,
    PLAY,
    SILENCE,
    RINGING,
    CALL,
    FORMS_TOUR,
    MODES,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::TOURS;

    #[test]
    fn every_tour_is_a_scenario_of_the_judge() {
        let all = crate::scenarios::all();
        let judged = all.iter().filter(|one| one.name.starts_with("nobody_is_kept_out"));
        assert_eq!(judged.count(), TOURS.len());
    }

    #[test]
    fn no_two_states_have_the_same_name() {
        let all: Vec<_> = TOURS.iter().flat_map(|tour| tour.states).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
