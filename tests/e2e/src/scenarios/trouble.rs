//! Bad weather: no server, a wrong configuration. There is a clear word, and never a frozen panel.

use std::sync::Arc;

use tvox_faults::Fault;

use crate::browser::Look;
use crate::fault::{Outcome, ensure};
use crate::line::From::{Operator, Visitor as Customer};
use crate::scenarios::chat::meet;
use crate::stage::{Stage, WIDGETS};
use crate::visitor::Visitor;
use crate::wait::LATER;
use crate::watch::is_lost_line;

/// While the server is away the panel says so; when it is back, the conversation goes on.
pub(crate) async fn an_unreachable_server_is_told_and_found_again(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    stage.gate.shut();
    visitor.part("panel").says("Riconnessione").await?;
    visitor.launcher().click().await?;
    visitor.part("panel").gone().await?;
    visitor.open().await?;
    stage.gate.reopen().await?;
    visitor.say("di nuovo qui").await?;
    anna.sees_within(&[(Customer, "di nuovo qui")], LATER).await?;
    visitor.browser.watch.forgive(is_lost_line);
    anna.browser.watch.forgive(is_lost_line);
    Ok(())
}

/// A wrong configuration is named on the screen, with the field.
pub(crate) async fn a_wrong_configuration_is_named_on_the_screen(stage: Arc<Stage>) -> Outcome {
    let visitor = Visitor::arrive_at(
        &stage,
        "visitor",
        "/demo/e2e/wrong-configuration.html",
        Look::default(),
    )
    .await?;
    visitor.open().await?;
    visitor.part("panel").says("Il widget non è configurato correttamente").await?;
    visitor.part("panel").says("servicesConfiguration").await?;
    visitor.browser.watch.forgive(|incident| incident.text.contains("servicesConfiguration"));
    Ok(())
}

/// Rubbish from the server is dropped and the conversation goes on; nothing breaks in the page.
pub(crate) async fn malformed_frames_and_unknown_events_do_no_harm(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.say("prima").await?;
    anna.sees(&[(Customer, "prima")]).await?;
    let deep = "[".repeat(20_000);
    let rubbish = [
        "",
        "{\"jsonrpc\":\"2.0\",\"id\":",
        "null",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}]",
        r#"{"jsonrpc":"2.0","id":999999,"result":{"surprise":true}}"#,
        r#"{"jsonrpc":"2.0","id":-1.5e300,"error":"no object"}"#,
        r#"{"jsonrpc":"2.0","method":"firework","params":{"colour":"red"}}"#,
        r#"{"jsonrpc":"2.0","method":"event","params":{"subscription":"nobody","rev":1,"result":{}}}"#,
        r#"{"jsonrpc":"2.0","method":"event","params":{"subscription":7}}"#,
        r#"{"jsonrpc":"2.0","method":"event","params":"\ud83d"}"#,
        deep.as_str(),
    ];
    for text in rubbish {
        for line in stage.gate.lines(WIDGETS) {
            let said = line.strike(&Fault::Say(text.to_owned())).took_effect().await;
            ensure!(said, "a widget hears {text:?}");
        }
    }
    anna.say("tutto bene?").await?;
    visitor.say("sì").await?;
    let expected = [(Customer, "prima"), (Operator, "tutto bene?"), (Customer, "sì")];
    visitor.sees(&expected).await?;
    anna.sees(&expected).await
}
