//! The content security policy, and whether we would notice a breach of it.

use std::sync::Arc;

use crate::browser::Look;
use crate::fault::{Outcome, ensure_eq};
use crate::part::Part;
use crate::stage::{Stage, WIDGETS};
use crate::visitor::Visitor;
use crate::wait::{self, SOON};
use crate::watch::Kind;

/// The counter of violations is not blind: a planted one is counted, and would fail a scenario.
pub(crate) async fn a_blocked_inline_script_is_noticed(stage: Arc<Stage>) -> Outcome {
    let browser = stage.browser("visitor", Look::default()).await?;
    browser.driver.goto(stage.url("/demo/e2e/violation.html")).await?;
    wait::until("the violation is counted", SOON, || async {
        let seen = browser.watch.incidents();
        let counted = seen.iter().any(|incident| {
            incident.kind == Kind::Violation && incident.text.contains("script-src")
        });
        Ok(if counted { Ok(()) } else { Err(format!("{seen:?}")) })
    })
    .await?;
    ensure_eq!(stage.verdict().is_err(), true, "the verdict on a page with a violation is a fault");
    Part::of_page(&browser, "#untouched").says("must not run").await?;
    browser.watch.forgive(|incident| {
        incident.kind == Kind::Violation || incident.text.contains("Content-Security-Policy")
    });
    Ok(())
}

/// Until the visitor opens the panel the widget keeps nothing and speaks to nobody.
pub(crate) async fn nothing_is_stored_or_connected_before_the_visitor_acts(
    stage: Arc<Stage>,
) -> Outcome {
    let visitor = Visitor::arrive(&stage, Look::default()).await?;
    let stored = "return localStorage.length + sessionStorage.length + document.cookie.length";
    ensure_eq!(
        visitor.browser.run(stored, vec![]).await?,
        0,
        "things stored before the first click"
    );
    let talks =
        || visitor.browser.watch.requests().into_iter().filter(|url| url.starts_with("ws")).count();
    let dialled = stage.gate.asked(WIDGETS);
    ensure_eq!((talks(), dialled), (0, 0), "connections before the first click");
    visitor.open().await?;
    wait::until("a connection after the first click", SOON, || async {
        Ok(if stage.gate.asked(WIDGETS) > 0 { Ok(()) } else { Err("none".to_owned()) })
    })
    .await
}
