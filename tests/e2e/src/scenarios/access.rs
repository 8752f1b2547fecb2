//! Whoever uses no mouse, or a screen reader, gets as far as anybody.

use std::sync::Arc;

use thirtyfour::Key;

use crate::axe;
use crate::browser::Look;
use crate::console::Console;
use crate::fault::{Fault, Outcome, ensure};
use crate::line::From::Visitor as Customer;
use crate::stage::Stage;
use crate::visitor::Visitor;
use crate::wait::{self, SOON};

/// More stops than any way through page and panel should have.
const STOPS: usize = 60;
/// The name of what has the focus, shadow roots included.
const FOCUSED: &str = r"
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  if (!focused || focused === document.body) return '';
  const label = focused.labels?.[0]?.innerText ?? focused.innerText;
  return `${focused.localName} ${focused.getAttribute('aria-label') || label || focused.id}`;
";

/// Launcher, channel, service, message, and back out again: keys only.
pub(crate) async fn the_whole_way_goes_by_keyboard_alone(stage: Arc<Stage>) -> Outcome {
    let visitor = Visitor::arrive(&stage, Look::default()).await?;
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    visitor.part("launcher").shown().await?;
    walk_to(&visitor, "Contattaci").await?;
    press(&visitor, Key::Enter).await?;
    // Each screen takes the focus to where the visitor goes on, a frame after it is drawn. Who tabs in that
    // frame goes past it; and from the end of the page no driver finds back, as its Tab does not reach the
    // browser's own buttons that come between end and beginning.
    lands_on(&visitor, "Chat").await?;
    press(&visitor, Key::Enter).await?;
    lands_on(&visitor, "Assistenza").await?;
    // The rows are stops of their own: to the next one, and back.
    press(&visitor, Key::Tab).await?;
    lands_on(&visitor, "Commerciale").await?;
    let back = visitor.browser.driver.action_chain().key_down(Key::Shift).send_keys(Key::Tab);
    back.key_up(Key::Shift).perform().await?;
    lands_on(&visitor, "Assistenza").await?;
    press(&visitor, Key::Enter).await?;
    anna.accept().await?;
    lands_on(&visitor, "textarea").await?;
    visitor.browser.driver.action_chain().send_keys("senza mouse").perform().await?;
    press(&visitor, Key::Enter).await?;
    anna.sees(&[(Customer, "senza mouse")]).await?;
    press(&visitor, Key::Escape).await?;
    visitor.part("panel").gone().await?;
    lands_on(&visitor, "Contattaci").await
}

/// See `every_screen`.
pub(crate) async fn no_screen_of_the_widget_breaks_a_rule_in_light(stage: Arc<Stage>) -> Outcome {
    every_screen(&stage, Look { dark: false, still: true }).await
}

/// See `every_screen`.
pub(crate) async fn no_screen_of_the_widget_breaks_a_rule_in_dark(stage: Arc<Stage>) -> Outcome {
    every_screen(&stage, Look { dark: true, still: true }).await
}

/// The operator's page, before and after log-in and with a conversation.
pub(crate) async fn the_console_breaks_no_rule(stage: Arc<Stage>) -> Outcome {
    let visitor = Visitor::arrive(&stage, Look::default()).await?;
    let look = Look { dark: false, still: true };
    let login = stage.browser("login", look).await?;
    login.driver.goto(stage.url("/operator")).await?;
    crate::part::Part::of_page(&login, "[data-testid=login-name]").shown().await?;
    axe::check(&stage.options, &login, "the log-in").await?;
    let anna = Console::arrive(&stage, "Anna", look).await?;
    axe::check(&stage.options, &anna.browser, "the empty desk").await?;
    visitor.ask_for("Assistenza").await?;
    anna.offer().shown().await?;
    axe::check(&stage.options, &anna.browser, "the desk with an offer").await?;
    anna.accept().await?;
    visitor.composer().shown().await?;
    visitor.say("Buongiorno").await?;
    anna.say("Salve").await?;
    anna.sees_state("Salve", "read").await?;
    axe::check(&stage.options, &anna.browser, "the desk with a conversation").await
}

/// Every screen from the closed launcher to the ended conversation, by the rules of axe-core.
async fn every_screen(stage: &Arc<Stage>, look: Look) -> Outcome {
    let visitor = Visitor::arrive(stage, look).await?;
    let anna = Console::arrive(stage, "Anna", Look::default()).await?;
    let check = |what| axe::check(&stage.options, &visitor.browser, what);
    check("the closed launcher").await?;
    visitor.open().await?;
    visitor.button("Chat").shown().await?;
    check("the home screen").await?;
    visitor.button("Chat").click().await?;
    visitor.button("Assistenza").shown().await?;
    check("the choice of a service").await?;
    visitor.button("Assistenza").click().await?;
    anna.decline().await?;
    visitor.part("queue-position").says("Sei il prossimo").await?;
    check("the queue").await?;
    anna.take().await?;
    visitor.composer().shown().await?;
    visitor.say("Buongiorno").await?;
    anna.say("Salve, mi dica.").await?;
    visitor.sees_state("Buongiorno", "read").await?;
    check("the conversation").await?;
    visitor.ends().await?;
    visitor.part("dialog").shown().await?;
    check("the question before the end").await?;
    visitor.think_again().await?;
    anna.close().await?;
    visitor.button("Nuova conversazione").shown().await?;
    check("the ended conversation").await
}

/// Waits until something of this name has the focus without a key.
async fn lands_on(visitor: &Visitor, name: &str) -> Outcome {
    wait::until(&format!("the focus is on {name}"), SOON, || async {
        let focused = focused(visitor).await?;
        Ok(if focused.contains(name) { Ok(()) } else { Err(focused) })
    })
    .await
}

/// Presses Tab until something of this name has the focus.
async fn walk_to(visitor: &Visitor, name: &str) -> Outcome {
    let mut way = Vec::new();
    for _ in 0..STOPS {
        let focused = focused(visitor).await?;
        if focused.contains(name) {
            return Ok(());
        }
        way.push(focused);
        press(visitor, Key::Tab).await?;
    }
    Err(Fault::new(format!("no {name:?} within {STOPS} stops: {way:?}")))
}

async fn press(visitor: &Visitor, key: Key) -> Outcome {
    Ok(visitor.browser.driver.action_chain().send_keys(key).perform().await?)
}

async fn focused(visitor: &Visitor) -> Outcome<String> {
    let focused = visitor.browser.run(FOCUSED, vec![]).await?;
    ensure!(focused.is_string(), "something has the focus: {focused}");
    Ok(focused.as_str().unwrap_or("").to_owned())
}
