//! Files that the visitor sends: through the page, the server's scanner, and to the operator.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use super::chat::meet;
use crate::fault::{Outcome, ensure, ensure_eq};
use crate::stage::Stage;
use crate::visitor::Visitor;
use crate::wait::{self, SOON};
use crate::watch::Incident;

/// A picture of one point.
const PICTURE: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0,
    1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T',
    0x78, 0x9c, 0x62, 0, 1, 0, 0, 5, 0, 1, 0x0d, 0x0a, 0x2d, 0xb4, 0, 0, 0, 0, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];

/// Several at once go up one after the other, and the operator has them.
pub(crate) async fn chosen_files_reach_the_operator(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    both_arrive(&stage, &visitor).await?;

    anna.place("chat").says("nota.txt").await
}

/// The same on a phone.
pub(crate) async fn chosen_files_reach_the_operator_from_a_phone(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.browser.resize(390, 844).await?;
    both_arrive(&stage, &visitor).await?;
    anna.place("chat").says("nota.txt").await
}

async fn both_arrive(stage: &Stage, visitor: &Visitor) -> Outcome {
    let picture = file(stage, "freno.png", PICTURE)?;
    let note = file(stage, "nota.txt", b"Il freno fischia.")?;
    visitor.part("attach").shown().await?;
    choose(visitor, &[&picture, &note]).await?;
    visitor.part("preview").shown().await?;
    wait::until("both files are there, and looked at", SOON, || async {
        let states = visitor
            .browser
            .run(
                "return [...document.querySelector('tvox-widget').shadowRoot\
                 .querySelectorAll('[part~=message] [part~=bubble]')].map((it) => it.dataset.state)",
                vec![],
            )
            .await?;
        Ok(if states == json!(["available", "available"]) { Ok(()) } else { Err(states.to_string()) })
    })
    .await?;
    ensure!(!visitor.part("upload").is_shown().await?, "nothing is on its way any more");
    Ok(())
}

/// What is refused, here or there, says why, and can be let go.
pub(crate) async fn a_refused_file_says_why(stage: Arc<Stage>) -> Outcome {
    let (visitor, _anna) = meet(&stage).await?;
    visitor.part("attach").shown().await?;
    // Refused by the page, by its size; by the server, by what is in it.
    let big = file(&stage, "grande.pdf", &vec![b'%'; 10_485_761])?;
    let false_one = file(&stage, "falso.pdf", b"<html><script>1</script></html>")?;
    choose(&visitor, &[&big, &false_one]).await?;
    wait::until("both are refused", SOON, || async {
        let states = states(&visitor).await?;
        Ok(if states == ["failed", "failed"] { Ok(()) } else { Err(format!("{states:?}")) })
    })
    .await?;
    visitor.part("panel").says("troppo grande").await?;
    visitor.part("panel").says("Questo tipo di file").await?;
    ensure!(!visitor.part("retry").is_shown().await?, "the same would be refused again");
    visitor.part("discard").click().await?;
    visitor.part("discard").click().await?;
    visitor.part("upload").gone().await?;
    ensure_eq!(visitor.lines().await?.len(), 0, "messages");
    forgive(&visitor, "415");
    Ok(())
}

/// A file that was on its way when the page went is not forgotten silently.
pub(crate) async fn a_file_that_the_page_took_along_is_said_to_be_lost(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, _anna) = meet(&stage).await?;
    visitor.say("Buongiorno").await?;
    visitor.sees_state("Buongiorno", "read").await?;
    let slow =
        file(&stage, "video.pdf", &[b"%PDF-1.4\n", vec![b' '; 4_000_000].as_slice()].concat())?;
    let shape = tvox_faults::Shape { rate: Some(100_000), ..Default::default() };
    stage.gate.shape(shape);
    choose(&visitor, &[&slow]).await?;
    visitor.part("upload-cancel").shown().await?;
    visitor.browser.driver.refresh().await?;
    stage.gate.shape(tvox_faults::Shape::default());
    wait::until("the file is said to be lost", wait::LATER, || async {
        let states = states(&visitor).await?;
        Ok(if states == ["lost"] { Ok(()) } else { Err(format!("{states:?}")) })
    })
    .await?;
    visitor.part("discard").click().await?;
    visitor.part("upload").gone().await?;
    visitor.browser.watch.forgive(|_| true);
    Ok(())
}

async fn states(visitor: &Visitor) -> Outcome<Vec<String>> {
    let script = "return [...(document.querySelector('tvox-widget')?.shadowRoot\
                  ?.querySelectorAll('[part~=upload]') ?? [])].map((it) => it.dataset.state)";
    let states = visitor.browser.run(script, vec![]).await?;
    let states = states.as_array().into_iter().flatten();
    Ok(states.map(|state| state.as_str().unwrap_or_default().to_owned()).collect())
}

fn file(stage: &Stage, name: &str, bytes: &[u8]) -> Outcome<PathBuf> {
    let path = stage.data_folder().join(name);
    std::fs::write(&path, bytes)?;
    Ok(path)
}

/// As the system's dialog does: WebDriver has no other.
async fn choose(visitor: &Visitor, files: &[&Path]) -> Outcome {
    let script = "return document.querySelector('tvox-widget').shadowRoot\
                  .querySelector('[part~=attach-input]')";
    let input = visitor.browser.driver.execute(script, vec![]).await?.element()?;
    let paths: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    Ok(input.send_keys(paths.join("\n")).await?)
}

fn forgive(visitor: &Visitor, text: &str) {
    visitor.browser.watch.forgive(|incident: &Incident| incident.text.contains(text));
}
