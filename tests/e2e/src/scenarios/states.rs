//! Every state that a visitor can meet, before the judge.

use std::sync::Arc;

use crate::catalogue::{TOURS, Tour};
use crate::fault::Outcome;
use crate::judge::Judge;
use crate::stage::Stage;

/// No state of the tour breaks a rule, in no theme, language and width.
pub(crate) async fn judged(stage: Arc<Stage>, tour: &'static Tour) -> Outcome {
    let before = TOURS.iter().take_while(|one| one.name != tour.name);
    let judge = Arc::new(Judge::new(&stage.options, before.map(|one| one.states.len()).sum())?);
    tour.walk(&stage, judge.clone()).await?;
    judge.verdict()
}
