//! A contact that goes from one operator to another: two consoles, one visitor.

use std::sync::Arc;

use super::call_screen;
use crate::axe;
use crate::browser::Look;
use crate::console::Console;
use crate::fault::Outcome;
use crate::line::From::{Operator, Visitor as Customer};
use crate::media::{CONNECTS, heard_and_seen, nothing_is_left};
use crate::part::Part;
use crate::stage::Stage;
use crate::visitor::Visitor;

/// What the next one has to know.
const NOTE: &str = "Ha lo scontrino con sé.";

/// Declined it comes back, accepted it stays; nothing that was said is lost or doubled, whoever looks.
pub(crate) async fn a_conversation_passed_on_loses_and_doubles_nothing(
    stage: Arc<Stage>,
) -> Outcome {
    let visitor = Visitor::arrive(&stage, Look::default()).await?;
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    visitor.ask_for("Assistenza").await?;
    anna.accept().await?;
    let bruno = Console::arrive(&stage, "Bruno", Look { dark: true, ..Look::default() }).await?;
    visitor.part("panel").says("Anna").await?;
    visitor.say("Il pacco è perso").await?;
    anna.say("La passo a un collega").await?;
    let mut said = vec![(Customer, "Il pacco è perso"), (Operator, "La passo a un collega")];
    visitor.sees(&said).await?;

    anna.place("transfer-open").click().await?;
    anna.place("transfer-submit").shown().await?;
    axe::check(&stage.options, &anna.browser, "the console, passing on").await?;
    anna.browser.driver.refresh().await?;
    pass(&anna, "Bruno").await?;
    bruno.offer().says(NOTE).await?;
    axe::check(&stage.options, &bruno.browser, "the console, offered what was passed on").await?;
    bruno.decline().await?;
    anna.place("transfer-note").says("Bruno did not take it").await?;
    visitor.part("panel").says("Anna").await?;
    anna.say("Un attimo ancora").await?;
    said.push((Operator, "Un attimo ancora"));
    visitor.sees(&said).await?;

    pass(&anna, "Bruno").await?;
    anna.place("transfer-back").shown().await?;
    bruno.accept().await?;
    bruno.place("transfer-note").says(NOTE).await?;
    bruno.sees(&said).await?;
    anna.place("transfer-open").gone().await?;
    visitor.part("panel").says("Bruno").await?;
    visitor.say("Buongiorno Bruno").await?;
    bruno.say("Ci penso io").await?;
    said.extend([(Customer, "Buongiorno Bruno"), (Operator, "Ci penso io")]);
    bruno.sees(&said).await?;
    visitor.sees(&said).await?;
    visitor.reload().await?;
    visitor.open().await?;
    visitor.sees(&said).await
}

/// The visitor's browser speaks with another one afterwards: sound and picture arrive again, on both sides.
pub(crate) async fn a_call_passed_on_is_heard_and_seen_with_the_next_operator(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = call_screen::meet(&stage, Look::default()).await?;
    visitor.part("other-picture").shown_within(CONNECTS).await?;
    let bruno = Console::arrive(&stage, "Bruno", Look::default()).await?;
    pass(&anna, "Bruno").await?;
    bruno.offer().says(NOTE).await?;
    bruno.accept_call().await?;
    for browser in [&visitor.browser, &bruno.browser] {
        heard_and_seen(browser).await?;
    }
    visitor.part("other-picture").shown_within(CONNECTS).await?;
    visitor.part("panel").says("Bruno").await?;
    // Her devices are free: she has nothing to do with this call any more.
    nothing_is_left(&[&anna.browser]).await?;

    // And back, by a colleague who does not take it: the call goes on where it was.
    pass(&bruno, "Anna").await?;
    anna.decline().await?;
    bruno.place("call-state").says("Connected").await?;
    for browser in [&visitor.browser, &bruno.browser] {
        heard_and_seen(browser).await?;
    }
    bruno.place("call-close").click().await?;
    visitor.part("call-ended").shown().await?;
    nothing_is_left(&[&visitor.browser, &anna.browser, &bruno.browser]).await
}

/// Passes the open contact on, with a note.
async fn pass(console: &Console, colleague: &str) -> Outcome {
    console.place("transfer-open").click().await?;
    Part::of_page(&console.browser, "dialog[open] .choice").named(colleague).click().await?;
    let text = console.place("transfer-text");
    text.clear().await?;
    text.keys(NOTE).await?;
    console.place("transfer-submit").click().await
}
