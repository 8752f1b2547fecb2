//! Where else the widget can stand: in the page, as a card, with words beside its launcher.

use std::sync::Arc;

use super::{Guide, PATIENT, Shot, Tour};
use crate::clerk::Clerk;
use crate::fault::Outcome;
use crate::media::Media;

/// A card, the panel in the page's flow, a launcher with words.
pub(crate) const MODES: Tour = Tour {
    name: "modes",
    setup: PATIENT,
    states: &["card", "inline", "launcher-label"],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(modes(guide)) },
};

async fn modes(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    let _clerk = Clerk::arrive(&guide.stage.host(), "Anna Rossi").await?;
    let driver = &visitor.browser.driver;
    driver.goto(guide.stage.url("/demo/contatti.html")).await?;
    visitor.part("card-channel").shown().await?;
    let look = "document.querySelector('tvox-widget').scrollIntoView({ block: 'center' })";
    visitor.browser.run(look, vec![]).await?;
    guide.at("card").await?;
    driver.goto(guide.stage.url("/demo/e2e/inline.html")).await?;
    visitor.at("[data-channel=CHAT]").shown().await?;
    guide.at("inline").await?;
    visitor.go(&guide.stage, "/").await?;
    let words = "document.querySelector('tvox-widget').setAttribute('label', 'Contattaci')";
    visitor.browser.run(words, vec![]).await?;
    visitor.part("launcher-label").shown().await?;
    guide.at("launcher-label").await
}
