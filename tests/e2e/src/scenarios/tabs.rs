//! Several tabs of one visitor: one conversation.

use std::sync::Arc;

use thirtyfour::WindowHandle;

use crate::browser::Look;
use crate::console::Console;
use crate::fault::{Outcome, ensure_eq};
use crate::line::From::{Operator, Visitor as Customer};
use crate::scenarios::chat::meet;
use crate::stage::Stage;
use crate::visitor::Visitor;
use crate::wait::{self, SOON};

/// Remembers every title that the page has, from when nobody looks at it. (In a headless Chromium
/// somebody looks at every tab.)
const NOTE_TITLES: &str = "window.titles = [];
    Object.defineProperty(document, 'hidden', { value: true });
    document.hasFocus = () => false;
    document.dispatchEvent(new Event('visibilitychange'));
    new MutationObserver(() => window.titles.push(document.title))
        .observe(document.querySelector('title'), { childList: true });";

const KEPT: &str = "return Object.keys(sessionStorage).filter((key) => key.startsWith('tvox:'))";

/// A tab that is opened in mid-conversation shows it, and what is said in one is seen in the other.
pub(crate) async fn a_second_tab_shows_the_same_conversation(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("dalla prima scheda").await?;
    anna.sees(&[(Customer, "dalla prima scheda")]).await?;

    let first = visitor.browser.driver.window().await?;
    let second = joined_tab(&stage, &visitor).await?;
    visitor.open().await?;
    visitor.sees(&[(Customer, "dalla prima scheda")]).await?;
    visitor.say("dalla seconda").await?;
    anna.say("le vedo entrambe").await?;
    let all = [
        (Customer, "dalla prima scheda"),
        (Customer, "dalla seconda"),
        (Operator, "le vedo entrambe"),
    ];
    visitor.sees(&all).await?;
    anna.sees(&all).await?;
    visitor.browser.driver.switch_to_window(first).await?;
    visitor.sees(&all).await?;
    visitor.say("di nuovo dalla prima").await?;
    visitor.browser.driver.switch_to_window(second).await?;
    visitor.sees(&[&all[..], &[(Customer, "di nuovo dalla prima")]].concat()).await
}

/// A conversation begun in one tab goes on in a tab that was open before it.
pub(crate) async fn a_tab_that_was_open_before_joins_the_conversation(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = tokio::try_join!(
        Visitor::arrive(&stage, Look::default()),
        Console::arrive(&stage, "Anna", Look::default())
    )?;
    let first = visitor.browser.driver.window().await?;
    another_tab(&stage, &visitor).await?;
    visitor.ask_for("Assistenza").await?;
    anna.accept().await?;
    visitor.composer().shown().await?;
    visitor.say("dalla seconda scheda").await?;
    anna.sees(&[(Customer, "dalla seconda scheda")]).await?;

    visitor.browser.driver.switch_to_window(first).await?;
    visitor.open().await?;
    visitor.sees(&[(Customer, "dalla seconda scheda")]).await?;
    visitor.say("dalla prima").await?;
    anna.sees(&[(Customer, "dalla seconda scheda"), (Customer, "dalla prima")]).await
}

/// What is forgotten in one tab is forgotten in all of them.
pub(crate) async fn forgetting_in_one_tab_wipes_the_other(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("dimenticami").await?;
    anna.sees(&[(Customer, "dimenticami")]).await?;
    let first = visitor.browser.driver.window().await?;
    joined_tab(&stage, &visitor).await?;
    visitor.open().await?;
    visitor.sees(&[(Customer, "dimenticami")]).await?;
    visitor.browser.run("document.querySelector('tvox-widget').forget()", Vec::new()).await?;
    nothing_is_kept(&visitor).await?;
    visitor.browser.driver.switch_to_window(first).await?;
    nothing_is_kept(&visitor).await
}

/// Of several tabs that nobody looks at, one calls for attention.
pub(crate) async fn one_of_the_tabs_rings(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("eccomi").await?;
    anna.sees(&[(Customer, "eccomi")]).await?;
    let driver = &visitor.browser.driver;
    let first = driver.window().await?;
    visitor.browser.run(NOTE_TITLES, Vec::new()).await?;
    let second = joined_tab(&stage, &visitor).await?;
    visitor.open().await?;
    visitor.sees(&[(Customer, "eccomi")]).await?;
    visitor.browser.run(NOTE_TITLES, Vec::new()).await?;
    anna.say("c'è ancora?").await?;

    // What has arrived in a tab is counted in it by now, if at all.
    let counted = async |tab: WindowHandle| {
        driver.switch_to_window(tab).await?;
        visitor.sees(&[(Customer, "eccomi"), (Operator, "c'è ancora?")]).await?;
        let titles = visitor.browser.run("return window.titles", Vec::new()).await?;
        Outcome::Ok(titles.to_string().contains("(1)"))
    };
    ensure_eq!([counted(first).await?, counted(second).await?], [true, false], "who counts");
    Ok(())
}

async fn another_tab(stage: &Stage, visitor: &Visitor) -> Outcome<WindowHandle> {
    let tab = visitor.browser.driver.new_tab().await?;
    visitor.browser.driver.switch_to_window(tab.clone()).await?;
    visitor.go(stage, "/").await?;
    Ok(tab)
}

/// Another tab, once it has taken part in the conversation.
async fn joined_tab(stage: &Stage, visitor: &Visitor) -> Outcome<WindowHandle> {
    let tab = another_tab(stage, visitor).await?;
    wait::until("the tab takes part", SOON, async || {
        let kept = visitor.browser.run(KEPT, Vec::new()).await?.to_string();
        Ok(if kept.contains(":session") { Ok(()) } else { Err(kept) })
    })
    .await?;
    Ok(tab)
}

async fn nothing_is_kept(visitor: &Visitor) -> Outcome {
    let kept = wait::until("nothing is kept", SOON, async || {
        let kept = visitor.browser.run(KEPT, Vec::new()).await?;
        let none = kept.as_array().is_some_and(Vec::is_empty);
        Ok(if none { Ok(kept) } else { Err(format!("{kept}")) })
    })
    .await?;
    ensure_eq!(kept, serde_json::json!([]), "kept");
    Ok(())
}
