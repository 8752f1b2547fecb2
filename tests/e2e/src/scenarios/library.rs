//! The JavaScript library in a page.

use std::sync::Arc;

use crate::browser::Look;
use crate::fault::{Fault, Outcome};
use crate::stage::Stage;
use crate::wait::{self, LATER};
use crate::watch::Kind;

/// As many sentences as `tests/js` has at least; fewer were not all of them.
const SENTENCES: usize = 50;

/// What holds in Node holds in this browser: the sentences of `tests/js`.
pub(crate) async fn the_library_keeps_its_word_in_a_page(stage: Arc<Stage>) -> Outcome {
    let browser = stage.browser("page", Look::default()).await?;
    browser.driver.goto(stage.url("/demo/e2e/library.html")).await?;
    let results = wait::until("the sentences are tried", LATER, || async {
        let results = browser.run("return globalThis.results ?? null", vec![]).await?;
        Ok(results.as_array().cloned().ok_or_else(|| "nothing yet".to_owned()))
    })
    .await?;
    let broken: Vec<String> = results
        .iter()
        .filter_map(|result| Some(format!("{}: {}", result["sentence"], result.get("error")?)))
        .collect();
    if !broken.is_empty() {
        return Err(Fault::new(broken.join(" | ")));
    }
    if results.len() < SENTENCES {
        return Err(Fault::new(format!("only {} sentences were tried", results.len())));
    }
    // Some sentences are about listeners that throw.
    browser.watch.forgive(|incident| {
        incident.kind == Kind::Error
            && ["a listener's mistake", "not ready at all"]
                .iter()
                .any(|it| incident.text.contains(it))
    });
    Ok(())
}
