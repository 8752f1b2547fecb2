//! The reference, sample by sample and name by name.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use crate::browser::{Browser, Look};
use crate::fault::{Fault, Outcome, ensure};
use crate::folder::copy_tree;
use crate::sample::{self, Sample};
use crate::stage::Stage;
use crate::wait;

/// A call rings, is answered and is closed in this time, even on a busy machine.
const SAMPLE: Duration = Duration::from_secs(30);
/// All rows of the table of names.
const TABLE: Duration = Duration::from_secs(120);

/// The reference's samples do what the reference says, as they are printed.
pub(crate) async fn every_sample_of_the_reference_runs(stage: Arc<Stage>) -> Outcome {
    let project = &stage.options.site;
    let text =
        sample::text(project).ok_or_else(|| Fault::new("the reference's text is not here"))?;
    let samples = sample::read(project, &text)?;
    let folder = stage.page_folder("reference");
    copy_tree(&project.join("tests/reference"), &folder)?;
    let browser = stage.browser("visitor", Look::default()).await?;
    let mut faults = Vec::new();
    for (number, (sample, script)) in samples.iter().enumerate() {
        std::fs::write(folder.join(format!("{number}.js")), script)?;
        let page = sample::page(sample, &format!("/demo/reference/{number}.js"));
        std::fs::write(folder.join(format!("{number}.html")), page)?;
        let address = stage.url(&format!("/demo/reference/{number}.html"));
        let outcome = run(&browser, sample, &address).await;
        println!("    {} {}", if outcome.is_ok() { "ok    " } else { "FAILED" }, sample.name);
        faults.extend(outcome.err().map(|fault| format!("{}: {fault}", sample.name)));
    }
    if faults.is_empty() { Ok(()) } else { Err(Fault::new(faults.join("\n        "))) }
}

/// Every name of the reference is there, does what it says, and the server sees it.
pub(crate) async fn every_name_of_the_reference_works(stage: Arc<Stage>) -> Outcome {
    let project = &stage.options.site;
    let text =
        sample::text(project).ok_or_else(|| Fault::new("the reference's text is not here"))?;
    let folder = stage.page_folder("reference");
    copy_tree(&project.join("tests/reference"), &folder)?;
    std::fs::write(folder.join("names.html"), sample::names_page())?;
    let browser = stage.browser("visitor", Look::default()).await?;
    browser.driver.goto(stage.url("/demo/reference/names.html")).await?;
    wait::until("every row has run", TABLE, || async {
        let over = browser.run("return [reference.over, reference.rows.length]", vec![]).await?;
        Ok(if over[0] == true { Ok(()) } else { Err(over.to_string()) })
    })
    .await?;
    let rows = browser.run("return reference.rows", vec![]).await?;
    let rows: Vec<Row> = serde_json::from_value(rows)?;
    let named: BTreeSet<&str> = rows.iter().flat_map(|row| row.names.split(' ')).collect();
    let names = sample::names(&std::fs::read_to_string(text)?);
    let missing: Vec<_> = names.iter().filter(|name| !named.contains(name.as_str())).collect();
    ensure!(missing.is_empty(), "names of the reference that no row calls: {missing:?}");
    let faults: Vec<String> = rows
        .iter()
        .filter_map(|row| row.fault.as_ref().map(|fault| format!("{}: {fault}", row.names)))
        .collect();
    println!("    {} names in {} rows, {} failed", names.len(), rows.len(), faults.len());
    if faults.is_empty() { Ok(()) } else { Err(Fault::new(faults.join("\n        "))) }
}

#[derive(Deserialize)]
struct Row {
    names: String,
    fault: Option<String>,
}

async fn run(browser: &Arc<Browser>, sample: &Sample, address: &str) -> Outcome {
    browser.driver.goto(address).await?;
    if let Some(after) = &sample.after {
        browser.run(after, vec![]).await?;
    }
    let verdict = sample.verdict();
    let settled = wait::until(&sample.name, SAMPLE, || async {
        let missing = browser.run(&verdict, vec![]).await?;
        let missing = missing.as_array().cloned().unwrap_or_default();
        Ok(if missing.is_empty() { Ok(()) } else { Err(format!("not true: {missing:?}")) })
    })
    .await;
    let errors = browser.run("return reference.errors", vec![]).await?;
    let errors: Vec<&str> =
        errors.as_array().into_iter().flatten().filter_map(|error| error.as_str()).collect();
    let foreign: Vec<_> = errors.iter().filter(|error| !sample.is_its_own_error(error)).collect();
    let silent: Vec<_> = sample
        .throws
        .iter()
        .filter(|part| !errors.iter().any(|error| error.contains(part.as_str())))
        .collect();
    browser.watch.forgive(|incident| sample.is_its_own_error(&incident.text));
    if !foreign.is_empty() || !silent.is_empty() {
        return Err(Fault::new(format!(
            "errors in the window: {foreign:?}; expected and not thrown: {silent:?}; {settled:?}"
        )));
    }
    settled
}
