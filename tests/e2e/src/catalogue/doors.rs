//! Before anything is said: the launcher, the first screen, the services, the check of devices.

use std::sync::Arc;

use super::{Guide, PATIENT, Shot, Tour};
use crate::clerk::Clerk;
use crate::fault::Outcome;
use crate::media::{CONNECTS, Devices, Media};
use crate::watch::is_lost_line;

/// From the closed launcher to the line being tried.
pub(crate) const BEFORE: Tour = Tour {
    name: "doors",
    setup: PATIENT,
    states: &["launcher", "home", "services", "check", "check-trial", "home-offline"],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(before(guide)) },
};

/// The browser gives no microphone and no camera.
pub(crate) const REFUSED: Tour = Tour {
    name: "refused",
    setup: PATIENT,
    states: &["check-refused"],
    media: Media { devices: Devices::Denied, autoplay: true },
    walk: |guide| -> Shot<'static> { Box::pin(refused(guide)) },
};

/// The page's configuration is of no use.
pub(crate) const MISTAKE: Tour = Tour {
    name: "mistake",
    setup: PATIENT,
    states: &["error-configuration"],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(mistake(guide)) },
};

async fn before(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    let _clerk = Clerk::arrive(&guide.stage.host(), "Anna").await?;
    visitor.go(&guide.stage, "/").await?;
    guide.at("launcher").await?;
    visitor.open().await?;
    visitor.at("[data-channel=CHAT][data-state=available]").shown().await?;
    guide.at("home").await?;
    visitor.at("[data-channel=CHAT]").click().await?;
    visitor.at("[data-service=service0003][data-state=closed]").shown().await?;
    guide.at("services").await?;
    visitor.part("header-back").click().await?;
    visitor.at("[data-channel=VIDEO]").click().await?;
    visitor.part("own-picture").shown_within(CONNECTS).await?;
    guide.at("check").await?;
    visitor.part("trial-start").click().await?;
    visitor.part("trial-progress").shown().await?;
    guide.at("check-trial").await?;
    visitor.part("header-back").click().await?;
    visitor.part("home").shown().await?;
    guide.learn().await?;
    guide.stage.gate.shut();
    visitor.at("[part~=banner][data-phase=waiting]").shown().await?;
    guide.at("home-offline").await?;
    visitor.browser.watch.forgive(is_lost_line);
    Ok(())
}

async fn refused(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    let _clerk = Clerk::arrive(&guide.stage.host(), "Anna").await?;
    visitor.go(&guide.stage, "/").await?;
    visitor.open().await?;
    visitor.at("[data-channel=VIDEO]").click().await?;
    visitor.part("check-problem").shown().await?;
    guide.at("check-refused").await
}

async fn mistake(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    visitor.go(&guide.stage, "/demo/e2e/wrong-configuration.html").await?;
    visitor.open().await?;
    visitor.part("error").shown().await?;
    guide.at("error-configuration").await?;
    visitor.browser.watch.forgive(|incident| incident.text.contains("servicesConfiguration"));
    Ok(())
}
