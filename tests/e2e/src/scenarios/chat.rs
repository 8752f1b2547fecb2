//! A conversation, from the queue to its end.

use std::sync::Arc;

use crate::browser::Look;
use crate::console::Console;
use crate::fault::{Outcome, ensure, ensure_eq};
use crate::line::From::{Operator, Visitor as Customer};
use crate::part::Part;
use crate::stage::Stage;
use crate::visitor::Visitor;
use crate::wait::{self, SOON};

/// The whole way: queue, operator, messages, typing and receipts, both ways.
pub(crate) async fn messages_go_both_ways_with_queue_typing_and_receipts(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = tokio::try_join!(
        Visitor::arrive(&stage, Look::default()),
        Console::arrive(&stage, "Anna", Look::default())
    )?;
    visitor.ask_for("Assistenza").await?;
    anna.offer().shown().await?;
    anna.accept().await?;
    visitor.part("panel").says("Anna").await?;

    visitor.composer().keys("Buongiorno").await?;
    anna.sees_typing().await?;
    visitor.enter().await?;
    anna.sees(&[(Customer, "Buongiorno")]).await?;
    visitor.sees_state("Buongiorno", "read").await?;

    anna.begin("Salve, come posso").await?;
    visitor.part("typing").shown().await?;
    visitor.hears("Anna sta scrivendo").await?;
    anna.say(" aiutarla?").await?;
    let both = [(Customer, "Buongiorno"), (Operator, "Salve, come posso aiutarla?")];
    visitor.sees(&both).await?;
    anna.sees(&both).await?;
    anna.sees_state("Salve, come posso aiutarla?", "read").await
}

/// Whoever waits sees the position, and sees it fall.
pub(crate) async fn the_position_in_the_queue_falls_when_another_leaves(
    stage: Arc<Stage>,
) -> Outcome {
    let first = Visitor::arrive_at(&stage, "first", "/", Look::default()).await?;
    let second = Visitor::arrive_at(&stage, "second", "/", Look::default()).await?;
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    first.ask_for("Commerciale").await?;
    anna.decline().await?;
    second.ask_for("Commerciale").await?;
    anna.decline().await?;
    first.part("queue-position").says("Sei il prossimo").await?;
    second.part("queue-position").says("La tua posizione: 2").await?;
    wait::until("both in the operator's queue", SOON, async || {
        let waiting = anna.place("queue-item").texts().await?;
        Ok(if waiting.len() == 2 { Ok(()) } else { Err(format!("{waiting:?}")) })
    })
    .await?;

    first.button("Esci dalla coda").click().await?;
    second.part("queue-position").says("Sei il prossimo").await
}

/// One person alone sees the thing work: without operators the echo answers.
pub(crate) async fn the_echo_operator_answers_where_nobody_else_does(stage: Arc<Stage>) -> Outcome {
    let visitor = Visitor::arrive(&stage, Look::default()).await?;
    visitor.ask_for("Assistenza").await?;
    visitor.composer().shown_within(wait::LATER).await?;
    visitor.say("Prova uno due").await?;
    wait::until("an answer to what was said", SOON, || async {
        let lines = visitor.lines().await?;
        let asked = lines.iter().position(|line| line.text == "Prova uno due");
        let answered =
            asked.is_some_and(|asked| lines.iter().skip(asked).any(|line| line.from == Operator));
        Ok(if answered { Ok(()) } else { Err(format!("{lines:?}")) })
    })
    .await
}

/// The contact reaches the service that was chosen, and only those who answer it.
pub(crate) async fn the_operator_of_the_chosen_service_is_asked(stage: Arc<Stage>) -> Outcome {
    let visitor = Visitor::arrive(&stage, Look::default()).await?;
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    visitor.open().await?;
    visitor.button("Chat").click().await?;
    for service in ["Assistenza", "Commerciale", "Amministrazione"] {
        visitor.button(service).shown().await?;
    }
    visitor.button("Amministrazione").click().await?;
    anna.offer().says("Amministrazione").await
}

/// The operator ends the conversation and both see that it is over.
pub(crate) async fn the_operator_ends_the_conversation(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    anna.close().await?;
    visitor.part("panel").says("La conversazione è terminata").await?;
    visitor.button("Nuova conversazione").shown().await?;
    ensure!(!visitor.composer().is_shown().await?, "an ended conversation takes no message");
    Ok(())
}

/// The visitor ends the conversation, but not by one slip of the finger.
pub(crate) async fn the_visitor_ends_the_conversation_after_a_question(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.ends().await?;
    visitor.think_again().await?;
    visitor.composer().shown().await?;
    visitor.ends().await?;
    visitor.confirm().await?;
    visitor.part("panel").says("La conversazione è terminata").await?;
    Part::of_page(&anna.browser, "[data-testid=contact-item][data-state=ended]").shown().await
}

/// A page that the operator proposes is opened only when the visitor says so.
pub(crate) async fn a_proposed_page_opens_only_after_a_yes(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    let address = stage.url("/demo/biciclette.html");
    anna.push(&address).await?;
    visitor.part("panel").says("ti propone una pagina").await?;
    let here = visitor.browser.driver.current_url().await?;
    ensure_eq!(here.path(), "/", "the page before a yes");
    visitor.part("to-url-open").click().await?;
    wait::until("the proposed page", SOON, || async {
        let here = visitor.browser.driver.current_url().await?;
        Ok(if here.path() == "/demo/biciclette.html" { Ok(()) } else { Err(here.to_string()) })
    })
    .await?;
    // Acted on once: the page stays, and so does the conversation.
    visitor.composer().shown().await?;
    ensure!(!visitor.part("to-url").is_shown().await?, "the question is not asked again");
    Ok(())
}

/// The operator sees where on the site the visitor has been, and where she is now.
pub(crate) async fn the_operator_sees_the_pages_that_the_visitor_saw(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    anna.place("visit").says("Biciclette costruite a mano").await?;
    visitor.go(&stage, "/demo/officina.html").await?;
    anna.place("visit").says("/demo/officina.html").await
}

/// A visitor and Anna in a conversation about Assistenza.
pub(crate) async fn meet(stage: &Arc<Stage>) -> Outcome<(Visitor, Console)> {
    let (visitor, anna) = tokio::try_join!(
        Visitor::arrive(stage, Look::default()),
        Console::arrive(stage, "Anna", Look::default())
    )?;
    visitor.ask_for("Assistenza").await?;
    anna.accept().await?;
    visitor.composer().shown().await?;
    Ok((visitor, anna))
}
