//! Calls: ringing, talking, on hold, over.

use std::sync::Arc;

use super::talks::chat_with;
use super::{Guide, HURRY, PATIENT, Shot, Tour};
use crate::clerk::Clerk;
use crate::fault::Outcome;
use crate::media::{CONNECTS, Media};
use crate::visitor::Visitor;

/// Nobody answers yet.
pub(crate) const RINGING: Tour = Tour {
    name: "ringing",
    setup: PATIENT,
    states: &["call-ringing"],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(ringing(guide)) },
};

/// From an invitation to the end.
pub(crate) const CALL: Tour = Tour {
    name: "call",
    setup: HURRY,
    states: &[
        "invitation",
        "call",
        "call-devices",
        "call-muted",
        "call-beside-chat",
        "call-hold",
        "call-small-home",
        "call-small",
        "call-ended",
    ],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(call(guide)) },
};

async fn ringing(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    let clerk = Clerk::arrive(&guide.stage.host(), "Anna Rossi").await?;
    visitor.go(&guide.stage, "/").await?;
    visitor.open().await?;
    visitor.at("[data-channel=VIDEO]").click().await?;
    visitor.part("call-now").click().await?;
    clerk.hears().await?;
    visitor.part("queue-position").shown().await?;
    guide.at("call-ringing").await
}

async fn call(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    visitor.go(&guide.stage, "/").await?;
    chat_with(visitor, "service0001").await?;
    visitor.composer().shown().await?;
    visitor.say("video").await?;
    visitor.part("invitation").shown().await?;
    guide.at("invitation").await?;
    visitor.part("invitation-accept").click().await?;
    visitor.part("other-picture").shown_within(CONNECTS).await?;
    visitor.part("own-picture").shown().await?;
    guide.at("call").await?;
    visitor.part("call-more").click().await?;
    visitor.part("call-sheet").shown().await?;
    guide.at("call-devices").await?;
    visitor.part("call-sheet-close").click().await?;
    visitor.part("call-microphone").click().await?;
    visitor.at("[part~=call-microphone][aria-pressed=false]").shown().await?;
    guide.at("call-muted").await?;
    visitor.part("call-microphone").click().await?;
    beside(visitor).await?;
    guide.at("call-beside-chat").await?;
    visitor.say("attesa").await?;
    visitor.at("[part~=call-remark][data-remark=hold]").shown().await?;
    guide.at("call-hold").await?;
    visitor.say("riprendi").await?;
    visitor.at("[part~=call-remark][data-remark=hold]").gone().await?;
    visitor.part("call-minimise").click().await?;
    visitor.part("small-call").shown().await?;
    guide.at("call-small-home").await?;
    visitor.browser.run("document.querySelector('tvox-widget').close()", vec![]).await?;
    visitor.part("panel").gone().await?;
    visitor.part("small-call").shown().await?;
    guide.at("call-small").await?;
    visitor.part("call-return").click().await?;
    visitor.part("hang-up").click().await?;
    visitor.part("call-ended").shown().await?;
    guide.at("call-ended").await
}

async fn beside(visitor: &Visitor) -> Outcome {
    if !visitor.composer().is_shown().await? {
        visitor.part("call-chat").click().await?;
    }
    visitor.composer().shown().await
}
