//! What is asked before a contact, mails and callbacks, and what is offered where a channel is closed.

use std::sync::Arc;

use tvox_faults::{Fault as Blow, Way};

use crate::axe;
use crate::browser::Look;
use crate::console::Console;
use crate::fault::{Outcome, ensure, ensure_eq};
use crate::part::Part;
use crate::stage::{Stage, WIDGETS};
use crate::visitor::Visitor;
use crate::wait::{self, LATER, SOON};

const PHONE: (u32, u32) = (390, 844);

/// A visitor at her desk.
async fn at_a_desk(stage: &Stage) -> Outcome<Visitor> {
    Visitor::arrive(stage, Look { dark: false, still: true }).await
}

/// A visitor with a phone in her hand.
async fn on_a_phone(stage: &Stage) -> Outcome<Visitor> {
    let visitor = Visitor::arrive_at(stage, "phone", "/", Look { dark: true, still: true }).await?;
    visitor.browser.resize(PHONE.0, PHONE.1).await?;
    Ok(visitor)
}

fn within(visitor: &Visitor, selector: &str) -> Part {
    Part::of_shadow(&visitor.browser, "tvox-widget", selector)
}

fn question(visitor: &Visitor, key: &str) -> Part {
    within(visitor, &format!("[part~=form-field][data-key='{key}']"))
}

async fn choose(visitor: &Visitor, channel: &str) -> Outcome {
    within(visitor, &format!("[part~=channel-row][data-channel={channel}]")).click().await
}

async fn serve(visitor: &Visitor, service: &str) -> Outcome {
    within(visitor, &format!("[part~=service-option][data-service={service}]")).click().await
}

async fn ask(visitor: &Visitor, channel: &str, service: &str) -> Outcome {
    visitor.open().await?;
    choose(visitor, channel).await?;
    serve(visitor, service).await
}

async fn holds(visitor: &Visitor, key: &str) -> Outcome<String> {
    let script = "const [key] = arguments;
        const root = document.querySelector('tvox-widget').shadowRoot;
        return root.querySelector(`[part~=form-field][data-key='${key}']`)?.value ?? null;";
    let value = visitor.browser.run(script, vec![key.into()]).await?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

async fn comes_to_hold(visitor: &Visitor, key: &str, text: &str) -> Outcome {
    wait::until(&format!("{key} holds {text:?}"), SOON, async || {
        let held = holds(visitor, key).await?;
        Ok(if held == text { Ok(()) } else { Err(held) })
    })
    .await
}

/// See `is_asked`.
pub(crate) async fn a_form_is_filled_in_before_a_chat_at_a_desk(stage: Arc<Stage>) -> Outcome {
    let visitor = at_a_desk(&stage).await?;
    is_asked(&stage, &visitor).await
}

/// See `is_asked`.
pub(crate) async fn a_form_is_filled_in_before_a_chat_on_a_phone(stage: Arc<Stage>) -> Outcome {
    let visitor = on_a_phone(&stage).await?;
    is_asked(&stage, &visitor).await
}

/// What is wrong is said, what is right reaches the operator.
async fn is_asked(stage: &Arc<Stage>, visitor: &Visitor) -> Outcome {
    let anna = Console::arrive(stage, "Anna", Look::default()).await?;
    ask(visitor, "CHAT", "service0002").await?;
    visitor.part("form-submit").click().await?;
    within(visitor, "[part~=form-error][data-key=customerDisplayName]").says("Compila").await?;
    let wrong = within(visitor, "[aria-invalid=true]").texts().await?.len();
    ensure_eq!(wrong, 3, "name, topic and consent");
    ensure!(!anna.offer().is_shown().await?, "nobody is rung before");
    axe::check(&stage.options, &visitor.browser, "a form with mistakes").await?;

    question(visitor, "customerDisplayName").keys("Giulia Ferraro").await?;
    question(visitor, "topic").keys("Scafo").await?;
    within(visitor, "[part~=form-field][type=checkbox]").click().await?;
    visitor.part("form-submit").click().await?;
    anna.accept().await?;
    visitor.composer().shown().await?;
    Part::of_page(&anna.browser, "body").says("Giulia Ferraro").await?;
    Part::of_page(&anna.browser, "body").says("hull").await
}

/// What was typed is there in another channel, after the panel was closed, and after a reload.
pub(crate) async fn what_was_typed_is_not_asked_for_again(stage: Arc<Stage>) -> Outcome {
    let visitor = at_a_desk(&stage).await?;
    ask(&visitor, "MAIL", "service0001").await?;
    question(&visitor, "customerDisplayName").keys("Giulia").await?;
    question(&visitor, "customerValue").keys("giulia@example.org").await?;
    question(&visitor, "*message").keys("Dov'è la fattura?").await?;
    visitor.part("header-close").click().await?;
    visitor.part("panel").gone().await?;
    visitor.open().await?;
    comes_to_hold(&visitor, "customerValue", "giulia@example.org").await?;
    visitor.reload().await?;
    comes_to_hold(&visitor, "customerValue", "giulia@example.org").await?;
    visitor.part("header-back").click().await?;
    choose(&visitor, "CALLBACK").await?;
    serve(&visitor, "service0001").await?;
    comes_to_hold(&visitor, "customerDisplayName", "Giulia").await?;
    comes_to_hold(&visitor, "*message", "Dov'è la fattura?").await
}

/// The answer is lost with the line: the mail is said again and is still one.
pub(crate) async fn a_mail_over_a_cut_line_becomes_one_ticket(stage: Arc<Stage>) -> Outcome {
    let visitor = at_a_desk(&stage).await?;
    ask(&visitor, "MAIL", "service0001").await?;
    question(&visitor, "customerValue").keys("giulia@example.org").await?;
    question(&visitor, "*subject").keys("Fattura").await?;
    question(&visitor, "*message").keys("Dov'è?").await?;
    // The server hears the mail, the visitor does not hear the answer.
    for line in stage.gate.lines(WIDGETS) {
        ensure!(line.strike(&Blow::Silence(Way::Down)).took_effect().await, "the answers are lost");
    }
    visitor.part("form-submit").click().await?;
    visitor.part("form-state").shown().await?;
    visitor.part("reference").says_within("t_1", LATER).await?;
    axe::check(&stage.options, &visitor.browser, "a mail was sent").await?;

    visitor.part("receipt-again").click().await?;
    question(&visitor, "*subject").keys("Un'altra").await?;
    question(&visitor, "*message").keys("Grazie").await?;
    visitor.part("form-submit").click().await?;
    visitor.part("reference").says("t_2").await
}

/// A service outside its hours: its row offers others, and leads there.
pub(crate) async fn a_closed_service_offers_the_next_best(stage: Arc<Stage>) -> Outcome {
    let visitor = at_a_desk(&stage).await?;
    let _anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    visitor.open().await?;
    choose(&visitor, "CHAT").await?;
    within(&visitor, "[data-service=service0003][data-state=closed]").click().await?;
    axe::check(&stage.options, &visitor.browser, "a closed service").await?;
    within(&visitor, "[part~=way][data-channel=MAIL]").click().await?;
    within(&visitor, "[part~=form][data-channel=MAIL]").shown().await?;
    visitor.part("header-state").says("Amministrazione").await
}

/// See `is_called_back`.
pub(crate) async fn who_waits_is_called_back_instead_at_a_desk(stage: Arc<Stage>) -> Outcome {
    let visitor = at_a_desk(&stage).await?;
    is_called_back(&stage, &visitor).await
}

/// See `is_called_back`.
pub(crate) async fn who_waits_is_called_back_instead_on_a_phone(stage: Arc<Stage>) -> Outcome {
    let visitor = on_a_phone(&stage).await?;
    is_called_back(&stage, &visitor).await
}

/// From the queue to a callback: the place is given up only once the callback is kept.
async fn is_called_back(stage: &Arc<Stage>, visitor: &Visitor) -> Outcome {
    let anna = Console::arrive(stage, "Anna", Look::default()).await?;
    ask(visitor, "CHAT", "service0001").await?;
    anna.decline().await?;
    visitor.part("queue-callback").click().await?;
    question(visitor, "customerPhoneNumber").keys("0422 1").await?;
    visitor.part("form-submit").click().await?;
    within(visitor, "[part~=form-error][data-key=customerPhoneNumber]").says("numero").await?;
    anna.place("queue-item").shown().await?;
    question(visitor, "customerPhoneNumber").clear().await?;
    question(visitor, "customerPhoneNumber").keys("0422 000000").await?;
    within(visitor, "[part~=callback-day]").keys("\u{e015}").await?;
    visitor.part("callback-time").shown().await?;
    axe::check(&stage.options, &visitor.browser, "a callback").await?;
    visitor.part("form-submit").click().await?;
    visitor.part("reference").says("cb_1").await?;
    visitor.part("receipt-text").says("+390422000000").await?;
    visitor.part("receipt").says("Sei uscito dalla coda").await?;
    anna.place("queue-item").gone().await
}
