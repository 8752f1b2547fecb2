//! What is asked before a contact, mails, callbacks, and where a closed service leads.

use std::sync::Arc;

use super::{FORMS as SERVICES, Guide, Shot, Tour};
use crate::clerk::Clerk;
use crate::fault::Outcome;
use crate::media::Media;
use crate::part::Part;
use crate::visitor::Visitor;

/// From the form before a chat to a callback.
pub(crate) const FORMS: Tour = Tour {
    name: "forms",
    setup: SERVICES,
    states: &[
        "form",
        "form-mistakes",
        "closed",
        "mail",
        "mail-sent",
        "callback",
        "callback-agreed",
    ],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(forms(guide)) },
};

async fn forms(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    let _clerk = Clerk::arrive(&guide.stage.host(), "Anna Rossi").await?;
    visitor.go(&guide.stage, "/").await?;
    visitor.open().await?;
    choose(visitor, "CHAT", "service0002").await?;
    visitor.part("form-submit").shown().await?;
    guide.at("form").await?;
    visitor.part("form-submit").click().await?;
    visitor.part("form-error").shown().await?;
    guide.at("form-mistakes").await?;

    home(visitor).await?;
    choose(visitor, "CHAT", "service0003").await?;
    visitor.at("[part~=way][data-channel=MAIL]").shown().await?;
    guide.at("closed").await?;

    home(visitor).await?;
    choose(visitor, "MAIL", "service0001").await?;
    field(visitor, "customerDisplayName").keys("Giulia Ferraro").await?;
    field(visitor, "customerValue").keys("giulia@example.org").await?;
    field(visitor, "*subject").keys("Fattura").await?;
    field(visitor, "*message").keys("Vorrei una copia della fattura di marzo.").await?;
    guide.at("mail").await?;
    visitor.part("form-submit").click().await?;
    visitor.part("reference").shown().await?;
    guide.at("mail-sent").await?;

    home(visitor).await?;
    choose(visitor, "CALLBACK", "service0001").await?;
    field(visitor, "customerPhoneNumber").keys("0422 000000").await?;
    // The first day that is offered, by the key for the next option.
    visitor.part("callback-day").keys("\u{e015}").await?;
    visitor.part("callback-time").shown().await?;
    guide.at("callback").await?;
    visitor.part("form-submit").click().await?;
    visitor.part("reference").shown().await?;
    guide.at("callback-agreed").await
}

async fn choose(visitor: &Visitor, channel: &str, service: &str) -> Outcome {
    visitor.at(&format!("[part~=channel-row][data-channel={channel}]")).click().await?;
    visitor.at(&format!("[part~=service-option][data-service={service}]")).click().await
}

fn field(visitor: &Visitor, key: &str) -> Part {
    visitor.at(&format!("[part~=form-field][data-key='{key}']"))
}

/// Back to the first screen, by as many steps as it takes.
async fn home(visitor: &Visitor) -> Outcome {
    while !visitor.part("home").is_shown().await? {
        visitor.part("header-back").click().await?;
    }
    Ok(())
}
