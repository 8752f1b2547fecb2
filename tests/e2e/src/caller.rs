//! A visitor who calls from a page of the tests: by hand, or by the documented library.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::browser::{Browser, Look};
use crate::fault::Outcome;
use crate::media::Media;
use crate::part::Part;
use crate::stage::Stage;

/// The operator's picture, on either page.
pub(crate) const REMOTE: &str = "#remote video, video#remote";

/// Somebody who calls. Both pages have the same handles.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Her browser.
    pub(crate) browser: Arc<Browser>,
}

impl Caller {
    /// Opens the page that calls by hand, `pages/bare-call.html`, with a query such as
    /// `channel=PHONE_CALL`, and is ready to call.
    ///
    /// # Errors
    /// The page does not reach the server.
    pub(crate) async fn by_hand(stage: &Stage, query: &str, media: Media) -> Outcome<Self> {
        Self::arrive(stage, "bare-call", query, media).await
    }

    /// Opens the page that calls by the library, `pages/library-call.html`.
    ///
    /// # Errors
    /// The page does not reach the server.
    pub(crate) async fn by_library(stage: &Stage, query: &str, media: Media) -> Outcome<Self> {
        Self::arrive(stage, "library-call", query, media).await
    }

    async fn arrive(stage: &Stage, page: &str, query: &str, media: Media) -> Outcome<Self> {
        let browser = stage.browser_with("visitor", Look::default(), media).await?;
        let visitor = Self { browser };
        let address = stage.url(&format!("/demo/e2e/{page}.html?{query}"));
        visitor.browser.driver.goto(address).await?;
        // A page that calls by itself is not touched: to some browsers a script of the suite is a click.
        if !query.contains("begin") {
            visitor.says("Ready").await?;
        }
        Ok(visitor)
    }

    /// Asks for a call.
    ///
    /// # Errors
    /// There is no button for it.
    pub(crate) async fn call(&self) -> Outcome {
        self.place("#call:enabled").click().await
    }

    /// Ends it.
    ///
    /// # Errors
    /// There is no button for it.
    pub(crate) async fn hang_up(&self) -> Outcome {
        self.place("#hang-up:enabled").click().await
    }

    /// Waits until the call is in this state, as on the wire.
    ///
    /// # Errors
    /// It is not within the limit.
    pub(crate) async fn says(&self, state: &str) -> Outcome {
        self.place("#state").says(state).await
    }

    /// What the page has noted under this name.
    ///
    /// # Errors
    /// There is no page.
    pub(crate) async fn noted(&self, name: &str) -> Outcome<Value> {
        self.browser.run("return record[arguments[0]] ?? null", vec![json!(name)]).await
    }

    /// What the operator said is on of hers, microphone and camera; of the page by hand.
    ///
    /// # Errors
    /// There is no page.
    pub(crate) async fn told(&self) -> Outcome<Option<(bool, bool)>> {
        let told = self.noted("media").await?;
        let is = |name| told.get(name).and_then(Value::as_bool);
        Ok(is("audio").zip(is("video")))
    }

    /// A place of the page.
    pub(crate) fn place(&self, selector: &str) -> Part {
        Part::of_page(&self.browser, selector)
    }
}
