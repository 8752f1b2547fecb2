//! The visitor of the page that calls by hand: `pages/bare-call.html`.

use std::sync::Arc;

use serde_json::Value;

use crate::browser::{Browser, Look};
use crate::fault::Outcome;
use crate::media::Media;
use crate::part::Part;
use crate::stage::Stage;

/// Somebody who calls without the widget.
#[derive(Debug, Clone)]
pub(crate) struct Bare {
    /// Her browser.
    pub(crate) browser: Arc<Browser>,
}

impl Bare {
    /// Opens the page, with a query such as `channel=PHONE_CALL`, and is ready to call.
    ///
    /// # Errors
    /// The page does not reach the server.
    pub(crate) async fn arrive(stage: &Stage, query: &str, media: Media) -> Outcome<Self> {
        let browser = stage.browser_with("visitor", Look::default(), media).await?;
        let visitor = Self { browser };
        visitor
            .browser
            .driver
            .goto(stage.url(&format!("/demo/e2e/bare-call.html?{query}")))
            .await?;
        visitor.says("Ready").await?;
        Ok(visitor)
    }

    /// Asks for a call.
    ///
    /// # Errors
    /// There is no button for it.
    pub(crate) async fn call(&self) -> Outcome {
        self.place("#call").click().await
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

    /// What the operator said is on of hers: microphone and camera.
    ///
    /// # Errors
    /// There is no page.
    pub(crate) async fn told(&self) -> Outcome<Option<(bool, bool)>> {
        let told = self.browser.run("return record.media", vec![]).await?;
        let is = |name| told.get(name).and_then(Value::as_bool);
        Ok(is("audio").zip(is("video")))
    }

    /// A place of the page.
    pub(crate) fn place(&self, selector: &str) -> Part {
        Part::of_page(&self.browser, selector)
    }
}
