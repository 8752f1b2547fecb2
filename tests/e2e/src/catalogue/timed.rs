//! What a server does when its time has come.

use std::sync::Arc;

use super::talks::chat_with;
use super::{Guide, Shot, TIMED, Tour};
use crate::clerk::Clerk;
use crate::fault::Outcome;
use crate::media::Media;

/// The welcome before the queue.
pub(crate) const PLAY: Tour = Tour {
    name: "welcome",
    setup: TIMED,
    states: &["queue-welcome"],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(play(guide)) },
};

/// Nobody has said anything for too long.
pub(crate) const SILENCE: Tour = Tour {
    name: "silence",
    setup: TIMED,
    states: &["chat-inactive"],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(silence(guide)) },
};

async fn play(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    let _clerk = Clerk::arrive(&guide.stage.host(), "Anna Rossi").await?;
    visitor.go(&guide.stage, "/").await?;
    chat_with(visitor, "service0001").await?;
    visitor.part("queue-welcome").shown().await?;
    guide.at("queue-welcome").await
}

async fn silence(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    let clerk = Clerk::arrive(&guide.stage.host(), "Anna Rossi").await?;
    visitor.go(&guide.stage, "/").await?;
    chat_with(visitor, "service0002").await?;
    clerk.accept().await?;
    visitor.composer().shown().await?;
    visitor.part("warning").shown().await?;
    guide.at("chat-inactive").await
}
