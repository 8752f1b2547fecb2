//! What is left of a conversation: a copy, a rating, and why it ended.

use std::path::Path;
use std::sync::Arc;

use super::chat::meet;
use crate::fault::{Outcome, ensure, ensure_eq};
use crate::stage::Stage;
use crate::visitor::Visitor;
use crate::wait::{self, SOON};

/// Writes what a link would download, and under which name, where it can be read.
const CATCH: &str = r"{
  const { dataset } = document.documentElement;
  const address = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    blob.text().then((text) => (dataset.text = text));
    return address.call(URL, blob);
  };
  const click = HTMLElement.prototype.click;
  HTMLElement.prototype.click = function () {
    if (!this.download) return click.call(this);
    dataset.saved = this.download;
  };
}";

/// From the menu, while it runs: the copy goes by mail, and not to what is no address.
pub(crate) async fn a_copy_goes_by_mail_while_the_conversation_runs(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    anna.say("Il preventivo è di 4711 euro.").await?;
    visitor.part("log").says("4711").await?;
    visitor.part("chat-menu").click().await?;
    visitor.part("recap-open").click().await?;
    let address = visitor.part("recap-address");
    address.keys("giulia@").await?;
    visitor.part("recap-send").click().await?;
    visitor.part("recap").says("nome@esempio.it").await?;
    ensure!(!stage.data_folder().join("mail").exists(), "nothing was sent");
    address.keys("example.org").await?;
    visitor.part("recap-send").click().await?;
    visitor.part("recap").says("Inviata a giulia@example.org").await?;
    wait::until("the mail", SOON, || async {
        let mails = texts(&stage.data_folder().join("mail"))?;
        let ours = mails.iter().any(|mail| mail.contains("giulia@example.org"));
        Ok(if ours { Ok(()) } else { Err(format!("{} mails", mails.len())) })
    })
    .await?;
    // A second one within the hour is refused in words.
    visitor.part("recap-close").click().await?;
    visitor.part("chat-menu").click().await?;
    visitor.part("recap-open").click().await?;
    visitor.part("recap-address").keys("giulia@example.org").await?;
    visitor.part("recap-send").click().await?;
    visitor.part("recap").says("Riprova tra un’ora").await
}

/// After the end: stars, a comment, a file to keep, another conversation.
pub(crate) async fn an_ended_conversation_is_rated_and_kept(stage: Arc<Stage>) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    anna.say("Arrivederci!").await?;
    visitor.part("log").says("Arrivederci!").await?;
    anna.close().await?;
    rated_and_kept(&stage, &visitor).await
}

/// The same on a phone.
pub(crate) async fn an_ended_conversation_is_rated_and_kept_on_a_phone(
    stage: Arc<Stage>,
) -> Outcome {
    let (visitor, anna) = meet(&stage).await?;
    visitor.browser.resize(390, 844).await?;
    anna.say("Arrivederci!").await?;
    visitor.part("log").says("Arrivederci!").await?;
    anna.close().await?;
    rated_and_kept(&stage, &visitor).await
}

async fn rated_and_kept(stage: &Stage, visitor: &Visitor) -> Outcome {
    visitor.part("ended").shown().await?;
    ensure!(!visitor.part("chat-menu").is_shown().await?, "the end has its own buttons");
    visitor.button("4,").click().await?;
    visitor.part("rating-comment").keys("Gentilissima davvero").await?;
    visitor.part("rating-send").click().await?;
    visitor.part("rating").says("Grazie").await?;
    wait::until("the rating in the server's store", SOON, || async {
        let stored = holds(stage.data_folder(), "Gentilissima davvero")?;
        Ok(if stored { Ok(()) } else { Err("it is not there".to_owned()) })
    })
    .await?;
    // What is downloaded is made in the page: caught there, since each browser keeps it elsewhere.
    visitor.browser.evaluate(CATCH).await?;
    visitor.part("download").click().await?;
    wait::until("the conversation as a file", SOON, || async {
        let saved = "const { saved, text } = document.documentElement.dataset;\
                     return [saved ?? null, text ?? null]";
        let saved = visitor.browser.run(saved, vec![]).await?;
        let field = |at: usize| saved.get(at).and_then(serde_json::Value::as_str);
        let whole = field(1).is_some_and(|text| text.contains("Anna: Arrivederci!"))
            && field(0).is_some_and(|name| name.ends_with(".txt"));
        Ok(if whole { Ok(()) } else { Err(saved.to_string()) })
    })
    .await?;
    visitor.part("new-conversation").click().await?;
    visitor.part("channel-row").shown().await
}

/// Nobody writes: the widget warns, one key is enough, and an end by itself says why.
pub(crate) async fn whoever_falls_silent_is_warned_and_may_say_so(stage: Arc<Stage>) -> Outcome {
    let (visitor, _anna) = meet(&stage).await?;
    visitor.part("warning").shown_within(wait::LATER).await?;
    visitor.part("still-here").click().await?;
    visitor.part("warning").gone().await?;
    visitor.part("warning").shown_within(wait::LATER).await?;
    visitor.composer().keys("x").await?;
    visitor.part("warning").gone().await?;
    visitor.part("ended").shown_within(wait::LATER).await?;
    visitor.part("ended").says("nessuno ha scritto").await?;
    ensure_eq!(visitor.lines().await?.len(), 0, "a draft is no message");
    Ok(())
}

/// The files of a folder as texts.
fn texts(folder: &Path) -> Outcome<Vec<String>> {
    let Ok(files) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut texts = Vec::new();
    for file in files {
        texts.push(String::from_utf8_lossy(&std::fs::read(file?.path())?).into_owned());
    }
    Ok(texts)
}

/// Whether a file of the server's data holds these words.
fn holds(folder: &Path, words: &str) -> Outcome<bool> {
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        if path.is_file() {
            let bytes = std::fs::read(path)?;
            if bytes.windows(words.len()).any(|part| part == words.as_bytes()) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
