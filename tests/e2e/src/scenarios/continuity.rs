//! What a conversation survives: reload, another page, a cut line, a killed server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tvox_faults::Shape;

use crate::fault::{Outcome, ensure, ensure_eq};
use crate::line::From::{Operator, Visitor as Customer};
use crate::line::{Line, said};
use crate::scenarios::chat::meet;
use crate::stage::Stage;
use crate::wait::{self, LATER};
use crate::watch::is_lost_line;

/// The goal for a short interruption: complete on both sides within this time.
const BLIP: Duration = Duration::from_secs(2);

/// Reloading the page loses nothing, and the conversation goes on.
pub(crate) async fn a_reload_keeps_the_conversation(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("prima").await?;
    anna.say("risposta").await?;
    let before = [(Customer, "prima"), (Operator, "risposta")];
    visitor.sees(&before).await?;
    visitor.reload().await?;
    visitor.composer().shown().await?;
    visitor.sees(&before).await?;
    visitor.say("dopo").await?;
    let after = [(Customer, "prima"), (Operator, "risposta"), (Customer, "dopo")];
    visitor.sees(&after).await?;
    anna.sees(&after).await
}

/// Another page of the site shows the same conversation.
pub(crate) async fn another_page_keeps_the_conversation(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("dalla prima pagina").await?;
    anna.sees(&[(Customer, "dalla prima pagina")]).await?;
    visitor.go(&stage, "/demo/officina.html").await?;
    visitor.composer().shown().await?;
    anna.say("la vedo").await?;
    visitor.say("dalla seconda").await?;
    visitor.sees_state("dalla seconda", "read").await?;
    let both = visitor.lines().await?;
    let texts: Vec<&str> = both.iter().map(|line| line.text.as_str()).collect();
    ensure!(
        texts.len() == 3 && texts.first() == Some(&"dalla prima pagina"),
        "all three messages: {texts:?}"
    );
    Ok(())
}

/// The operator's page, loaded again, still has the conversation.
pub(crate) async fn a_reload_of_the_console_keeps_the_conversation(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("prima").await?;
    anna.sees(&[(Customer, "prima")]).await?;
    anna.browser.driver.refresh().await?;
    anna.place("contact-item").click().await?;
    anna.sees(&[(Customer, "prima")]).await?;
    anna.say("dopo").await?;
    visitor.sees(&[(Customer, "prima"), (Operator, "dopo")]).await
}

/// The server is killed and started again: both sides go on, nothing is lost, doubled or reordered.
pub(crate) async fn a_killed_and_restarted_server_loses_nothing(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("uno").await?;
    anna.say("due").await?;
    visitor.sees(&[(Customer, "uno"), (Operator, "due")]).await?;

    stage.kill_server().await?;
    visitor.say("tre, senza server").await?;
    visitor.say("quattro, senza server").await?;
    visitor.sees_state("quattro, senza server", "sending").await?;
    stage.start_server().await?;

    let expected = [
        (Customer, "uno"),
        (Operator, "due"),
        (Customer, "tre, senza server"),
        (Customer, "quattro, senza server"),
    ];
    visitor.sees_within(&expected, LATER).await?;
    anna.sees_within(&expected, LATER).await?;
    anna.say("cinque").await?;
    let expected = [&expected[..], &[(Operator, "cinque")]].concat();
    visitor.sees_within(&expected, LATER).await?;
    anna.sees(&expected).await?;
    visitor.browser.watch.forgive(is_lost_line);
    anna.browser.watch.forgive(is_lost_line);
    Ok(())
}

/// A page that is loaded while nothing gets through shows the conversation, takes messages, and sends
/// those of the page before too.
pub(crate) async fn a_page_without_a_connection_shows_and_keeps_everything(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("uno").await?;
    anna.say("due").await?;
    visitor.sees(&[(Customer, "uno"), (Operator, "due")]).await?;

    // Pages come, messages do not.
    stage.gate.shape(Shape { round_trip: Duration::from_secs(3600), ..Shape::default() });
    visitor.say("tre, nel tunnel").await?;
    visitor.sees_state("tre, nel tunnel", "sending").await?;
    visitor.reload().await?;
    visitor.composer().shown().await?;
    let expected = [(Customer, "uno"), (Operator, "due"), (Customer, "tre, nel tunnel")];
    visitor.sees(&expected).await?;
    visitor.say("quattro, dopo").await?;
    visitor.sees_state("quattro, dopo", "sending").await?;
    stage.gate.shape(Shape::default());
    stage.gate.cut();

    let expected = [&expected[..], &[(Customer, "quattro, dopo")]].concat();
    anna.sees_within(&expected, LATER).await?;
    visitor.sees_within(&expected, LATER).await?;
    visitor.sees_state("quattro, dopo", "read").await?;
    visitor.browser.watch.forgive(is_lost_line);
    anna.browser.watch.forgive(is_lost_line);
    Ok(())
}

/// A dropped line heals by itself: within two seconds the conversation is complete on both sides.
pub(crate) async fn a_dropped_line_heals_within_two_seconds(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("prima").await?;
    anna.sees(&[(Customer, "prima")]).await?;

    stage.gate.cut();
    let cut = Instant::now();
    tokio::try_join!(visitor.say("domanda"), anna.say("risposta"))?;
    let (left, right) = tokio::try_join!(
        wait::until("the visitor has all", LATER, async || Ok(complete(
            &visitor.lines().await?,
            cut
        ))),
        wait::until("the operator has all", LATER, async || Ok(complete(
            &anna.lines().await?,
            cut
        ))),
    )?;
    let slowest = left.max(right);
    ensure!(
        slowest <= BLIP,
        "complete before the visitor after {left:?}, before the operator after {right:?}"
    );
    let (left, right) = tokio::try_join!(visitor.lines(), anna.lines())?;
    ensure_eq!(said(&left), said(&right), "the order on both sides");
    ensure_eq!(left.len(), 3, "messages: none doubled");
    visitor.browser.watch.forgive(is_lost_line);
    anna.browser.watch.forgive(is_lost_line);
    Ok(())
}

/// How long after `since` the messages from before and during the cut are all there and on their way.
fn complete(lines: &[Line], since: Instant) -> Result<Duration, String> {
    let sent = lines.iter().all(|line| line.state.as_deref() != Some("sending"));
    let all = ["prima", "domanda", "risposta"]
        .iter()
        .all(|text| lines.iter().any(|line| line.text == *text));
    if sent && all { Ok(since.elapsed()) } else { Err(format!("{lines:?}")) }
}
