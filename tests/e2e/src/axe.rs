//! The accessibility rules of axe-core, run inside a page; open shadow roots included.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::fault::{Fault, Outcome};
use crate::options::Options;

/// WCAG 2.2 AA and what comes before it, and the rules of good practice.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// Runs after the library in one script: nothing of it stays behind in the page.
const RUN: &str = r"
  const done = arguments[arguments.length - 1];
  const place = (node) => node.target.flat().join(' ');
  const tell = (rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${place(node)}: ${node.failureSummary}`);
  axe.run(document, { runOnly: { type: 'tag', values: arguments[0] }, resultTypes: ['violations'] })
    .then((result) => done({ violations: result.violations.flatMap(tell), passed: result.passes.length }),
          (error) => done({ error: String(error) }));
";

/// The same for the widget alone, with what the rules cannot decide; the library stays in the page.
const WIDGET: &str = r"
  const done = arguments[arguments.length - 1];
  const place = (node) => node.target.flat().join(' ');
  const why = (node) => [...node.any, ...node.all, ...node.none].map((check) => check.message).join('; ');
  const tell = (rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${place(node)}: ${why(node)}`);
  const ask = (rule) => rule.nodes.map((node) => ({ rule: rule.id, place: place(node), why: why(node) }));
  axe.run({ include: [['tvox-widget']] }, { runOnly: { type: 'tag', values: arguments[0] }, resultTypes: ['violations', 'incomplete'],
    rules: { 'color-contrast': { enabled: arguments[1] } } })
    .then((result) => done({ violations: result.violations.flatMap(tell), incomplete: result.incomplete.flatMap(ask), passed: result.passes.length }),
          (error) => done({ error: String(error) }));
";

/// What the rules say about the widget: `violations` as texts, `incomplete` as `rule`, `place` and
/// `why`, and how many rules `passed`. Where the system forces its own colours, they have no `contrast`
/// that is ours to look at (and the browser tells the page's own ones to scripts).
///
/// # Errors
/// There is no page.
pub(crate) async fn widget(
    options: &Options,
    browser: &Arc<Browser>,
    contrast: bool,
) -> Outcome<Value> {
    let there = browser.run("return typeof axe === 'object'", vec![]).await?;
    if there != json!(true) {
        let library = std::fs::read_to_string(&options.axe)?;
        browser.run(&format!("{library}\nwindow.axe = axe;"), vec![]).await?;
    }
    browser.run_async(WIDGET, vec![json!(TAGS), json!(contrast)]).await
}

/// Holds if no rule is broken by what is on the page now, which the fault calls `what`.
///
/// # Errors
/// The list of broken rules and where.
pub(crate) async fn check(options: &Options, browser: &Arc<Browser>, what: &str) -> Outcome {
    let library = std::fs::read_to_string(&options.axe)?;
    let found = browser.run_async(&format!("{library}\n{RUN}"), vec![json!(TAGS)]).await?;
    let passed = found.get("passed").and_then(Value::as_u64).unwrap_or(0);
    let violations = found.get("violations").and_then(Value::as_array).cloned().unwrap_or_default();
    // A run that checked nothing is no proof.
    if passed > 0 && violations.is_empty() {
        return Ok(());
    }
    Err(Fault::new(format!("accessibility of {what}: {found:#}")))
}
