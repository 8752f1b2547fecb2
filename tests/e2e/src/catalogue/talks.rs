//! A conversation, from the queue to its end.

use std::sync::Arc;

use serde_json::json;

use super::{Guide, PATIENT, Shot, Tour};
use crate::clerk::Clerk;
use crate::fault::Outcome;
use crate::media::Media;
use crate::visitor::Visitor;
use crate::wait::{self, SOON};
use crate::watch::is_lost_line;

/// Waiting.
pub(crate) const QUEUE: Tour = Tour {
    name: "queue",
    setup: PATIENT,
    states: &["queue"],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(queue(guide)) },
};

/// Everything that goes well.
pub(crate) const CONVERSATION: Tour = Tour {
    name: "conversation",
    setup: PATIENT,
    states: &[
        "chat-empty",
        "chat",
        "chat-expanded",
        "chat-menu",
        "recap",
        "chat-typing",
        "page-proposed",
        "chat-long",
        "chat-scrolled",
        "home-resume",
        "launcher-unread",
        "question",
        "ended",
    ],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(conversation(guide)) },
};

/// Nobody is reached any more.
pub(crate) const TROUBLE: Tour = Tour {
    name: "trouble",
    setup: PATIENT,
    states: &["chat-reconnecting", "chat-failed"],
    media: Media::FAKE,
    walk: |guide| -> Shot<'static> { Box::pin(trouble(guide)) },
};

async fn queue(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    let clerk = Clerk::arrive(&guide.stage.host(), "Anna Rossi").await?;
    visitor.go(&guide.stage, "/").await?;
    chat_with(visitor, "service0001").await?;
    clerk.hears().await?;
    visitor.part("queue-position").shown().await?;
    guide.at("queue").await
}

async fn conversation(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    let clerk = Clerk::arrive(&guide.stage.host(), "Anna Rossi").await?;
    visitor.go(&guide.stage, "/").await?;
    chat_with(visitor, "service0001").await?;
    let session = clerk.accept().await?;
    visitor.composer().shown().await?;
    guide.at("chat-empty").await?;

    visitor.say("Buongiorno, vorrei sapere quando è pronta la mia bicicletta.").await?;
    visitor.say("Il nome è Rossi.").await?;
    visitor.sees_state("Il nome è Rossi.", "sent").await?;
    clerk.say(&session, "Salve! Guardo subito: il telaio è uscito dalla dima ieri.").await?;
    clerk.say(&session, "Qui trova le fotografie: https://sottovento.example/telai/rossi").await?;
    visitor.say("Bellissima, grazie!").await?;
    visitor.sees_state("Bellissima, grazie!", "sent").await?;
    guide.at("chat").await?;
    visitor.part("header-expand").click().await?;
    visitor.at("[part~=panel][data-expanded]").shown().await?;
    guide.at("chat-expanded").await?;
    visitor.part("header-expand").click().await?;
    visitor.part("chat-menu").click().await?;
    visitor.part("recap-open").shown().await?;
    guide.at("chat-menu").await?;
    // The walk of the Tab key through the panel has closed it.
    if !visitor.part("recap-open").is_shown().await? {
        visitor.part("chat-menu").click().await?;
    }
    visitor.part("recap-open").click().await?;
    visitor.part("recap-address").shown().await?;
    guide.at("recap").await?;
    visitor.part("recap-close").click().await?;

    clerk.types(&session)?;
    visitor.part("typing").shown().await?;
    guide.at("chat-typing").await?;
    clerk.say(&session, "Gliela preparo per sabato.").await?;
    visitor.part("typing").gone().await?;

    clerk.push(&session, &guide.stage.url("/demo/biciclette.html")).await?;
    visitor.part("to-url").shown().await?;
    guide.at("page-proposed").await?;
    visitor.part("to-url-dismiss").click().await?;
    visitor.part("to-url").gone().await?;

    for number in 1..=50 {
        clerk.say(&session, &format!("{number}. {}", LINES[number % LINES.len()])).await?;
    }
    // Whoever has looked at the list is no longer at its end, and of a long one only what is near is drawn.
    let down = "const log = document.querySelector('tvox-widget').shadowRoot.querySelector('[part~=log]'); \
                log.scrollTop = log.scrollHeight; return log.innerText.includes('50. ')";
    wait::until("the end of the conversation", SOON, async || {
        let there = visitor.browser.run(down, vec![]).await?;
        Ok(if there == json!(true) { Ok(()) } else { Err("not there".to_owned()) })
    })
    .await?;
    guide.at("chat-long").await?;
    let up = "document.querySelector('tvox-widget').shadowRoot.querySelector('[part~=log]').scrollTop = 200";
    visitor.browser.run(up, vec![]).await?;
    visitor.part("new-pill").shown().await?;
    guide.at("chat-scrolled").await?;

    visitor.part("header-back").click().await?;
    visitor.part("resume").shown().await?;
    guide.at("home-resume").await?;
    visitor.part("resume").click().await?;
    visitor.composer().shown().await?;
    visitor.browser.run("document.querySelector('tvox-widget').close()", vec![]).await?;
    visitor.part("panel").gone().await?;
    clerk.say(&session, "È ancora lì?").await?;
    visitor.part("badge").shown().await?;
    guide.at("launcher-unread").await?;
    visitor.open().await?;

    visitor.ends().await?;
    visitor.part("dialog").shown().await?;
    guide.at("question").await?;
    visitor.think_again().await?;
    clerk.close(&session).await?;
    visitor.part("ended").shown().await?;
    guide.at("ended").await
}

async fn trouble(guide: Arc<Guide>) -> Outcome {
    let visitor = &guide.visitor;
    // By another way than the visitor's, which breaks.
    let clerk = Clerk::arrive(&guide.stage.server_host().await?, "Anna Rossi").await?;
    visitor.go(&guide.stage, "/").await?;
    chat_with(visitor, "service0001").await?;
    let session = clerk.accept().await?;
    visitor.composer().shown().await?;
    visitor.say("Buongiorno").await?;
    visitor.sees_state("Buongiorno", "sent").await?;
    guide.learn().await?;
    guide.stage.gate.shut();
    visitor.at("[part~=banner][data-phase=waiting]").shown().await?;
    visitor.say("Mi sente?").await?;
    visitor.sees_state("Mi sente?", "sending").await?;
    guide.at("chat-reconnecting").await?;
    clerk.close(&session).await?;
    guide.stage.gate.reopen().await?;
    visitor.sees_state("Mi sente?", "failed").await?;
    guide.at("chat-failed").await?;
    visitor.browser.watch.forgive(is_lost_line);
    Ok(())
}

/// What fills a long conversation: short and long lines, a link, a word that does not break.
const LINES: [&str; 5] = [
    "Il manubrio arriva domani.",
    "Per la sella può scegliere tra cuoio e tela: la prima chiede qualche chilometro di pazienza, la \
     seconda va bene da subito e si lava con una spugna.",
    "Guardi qui: https://sottovento.example/catalogo/selle?colore=cuoio&misura=larga",
    "Va bene?",
    "IBAN IT60X0542811101000000123456 e causale Bici-Laguna-Verde-Canale-Settembre-Acconto-Uno",
];

/// Asks for a conversation about a service.
pub(super) async fn chat_with(visitor: &Visitor, service: &str) -> Outcome {
    visitor.open().await?;
    visitor.at("[data-channel=CHAT]").click().await?;
    visitor.at(&format!("[data-service={service}]")).click().await
}
