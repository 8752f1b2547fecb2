//! The visitor before a page of the site: what she does with the widget, and what she sees in it.
//! Buttons are found by their names, as she finds them; the texts are the Italian ones of the demo.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use thirtyfour::Key;

use crate::browser::{Browser, Look};
use crate::fault::Outcome;
use crate::line::{From, Line, said};
use crate::part::Part;
use crate::stage::Stage;
use crate::wait::{self, SOON};

const HOST: &str = "tvox-widget";

const MESSAGES: &str = r#"
  const root = document.querySelector("tvox-widget").shadowRoot;
  return [...root.querySelectorAll("[part~=message]")].map((message) => [
    message.dataset.direction, message.querySelector("[part~=bubble]")?.innerText.trim() ?? "",
    message.dataset.delivery || null]);
"#;

/// Scrolls from the beginning to the end and writes down what is drawn on the way: only what is seen is.
const WHOLE: &str = r#"
  const done = arguments[arguments.length - 1];
  const root = document.querySelector("tvox-widget").shadowRoot;
  const log = root.querySelector("[part~=log]");
  const lines = new Map();
  const note = () => {
    for (const message of root.querySelectorAll("[part~=message]")) {
      const text = message.querySelector("[part~=bubble]")?.innerText.trim() ?? "";
      lines.set(message.dataset.key, [message.dataset.direction, text, null]);
    }
  };
  let still = 0;
  const up = () => {
    still = log.scrollTop === 0 ? still + 1 : 0;
    log.scrollTop = 0;
    if (still < 10) return requestAnimationFrame(() => requestAnimationFrame(up));
    down();
  };
  const down = () => {
    note();
    const before = log.scrollTop;
    log.scrollTop = before + log.clientHeight / 2;
    still = log.scrollTop === before ? still + 1 : 0;
    if (still < 10) return requestAnimationFrame(() => requestAnimationFrame(down));
    done([...lines.values()]);
  };
  still = 0;
  up();
"#;

/// Somebody on the site.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// Her browser.
    pub(crate) browser: Arc<Browser>,
}

impl Visitor {
    /// Opens the home page and sees the launcher.
    ///
    /// # Errors
    /// The widget does not appear.
    pub(crate) async fn arrive(stage: &Stage, look: Look) -> Outcome<Self> {
        Self::arrive_at(stage, "visitor", "/", look).await
    }

    /// Opens a page of the site, as the person of this name.
    ///
    /// # Errors
    /// The widget does not appear.
    pub(crate) async fn arrive_at(
        stage: &Stage,
        name: &str,
        path: &str,
        look: Look,
    ) -> Outcome<Self> {
        let visitor = Self { browser: stage.browser(name, look).await? };
        visitor.go(stage, path).await?;
        Ok(visitor)
    }

    /// Goes to a page and sees the launcher there.
    ///
    /// # Errors
    /// The widget does not appear.
    pub(crate) async fn go(&self, stage: &Stage, path: &str) -> Outcome {
        self.browser.driver.goto(stage.url(path)).await?;
        self.launcher().shown().await
    }

    /// A part of the widget, by the name that sites style it by.
    pub(crate) fn part(&self, name: &str) -> Part {
        Part::of_shadow(&self.browser, HOST, format!("[part~='{name}']"))
    }

    /// A place of the widget, by a selector: for attributes that are the same in every language.
    pub(crate) fn at(&self, selector: &str) -> Part {
        Part::of_shadow(&self.browser, HOST, selector)
    }

    /// A button of the widget, by its name.
    pub(crate) fn button(&self, name: &str) -> Part {
        Part::of_shadow(&self.browser, HOST, "button").named(name)
    }

    /// The round button.
    pub(crate) fn launcher(&self) -> Part {
        self.part("launcher")
    }

    /// The field for a message.
    pub(crate) fn composer(&self) -> Part {
        Part::of_shadow(&self.browser, HOST, "textarea")
    }

    /// What a screen reader is told politely, now or soon.
    ///
    /// # Errors
    /// It is not said within the limit.
    pub(crate) async fn hears(&self, text: &str) -> Outcome {
        Part::of_shadow(&self.browser, HOST, "[role=status]").says(text).await
    }

    /// Opens the panel.
    ///
    /// # Errors
    /// It does not open.
    pub(crate) async fn open(&self) -> Outcome {
        self.launcher().click().await?;
        self.part("panel").shown().await
    }

    /// Opens the panel and asks for a chat with a service; comes to the queue or further.
    ///
    /// # Errors
    /// There is no such service, or it cannot be had.
    pub(crate) async fn ask_for(&self, service: &str) -> Outcome {
        self.open().await?;
        self.button("Chat").click().await?;
        self.button(service).click().await
    }

    /// Chooses the end of the conversation from the menu; a question follows.
    ///
    /// # Errors
    /// There is no conversation.
    pub(crate) async fn ends(&self) -> Outcome {
        self.part("chat-menu").click().await?;
        self.part("end-chat").click().await
    }

    /// Says yes to the question on the screen.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn confirm(&self) -> Outcome {
        self.part("dialog-confirm").click().await
    }

    /// Says no to the question on the screen.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn think_again(&self) -> Outcome {
        self.part("dialog-cancel").click().await?;
        self.part("dialog").gone().await
    }

    /// Writes a message and sends it with Enter.
    ///
    /// # Errors
    /// There is no conversation.
    pub(crate) async fn say(&self, text: &str) -> Outcome {
        self.composer().keys(text).await?;
        self.enter().await
    }

    /// Presses Enter in the field for a message.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn enter(&self) -> Outcome {
        // Not "\n": that is a line break to one driver and a key to the other.
        self.composer().keys(&char::from(Key::Enter).to_string()).await
    }

    /// The messages of the conversation.
    ///
    /// # Errors
    /// There is no widget.
    pub(crate) async fn lines(&self) -> Outcome<Vec<Line>> {
        let seen = self.browser.run(MESSAGES, vec![]).await?;
        Ok(seen.as_array().into_iter().flatten().map(line).collect())
    }

    /// The conversation from its beginning to its end, as whoever scrolls through it sees it.
    ///
    /// # Errors
    /// There is no widget.
    pub(crate) async fn whole_conversation(&self) -> Outcome<Vec<(From, String)>> {
        let seen = self.browser.run_async(WHOLE, vec![]).await?;
        let lines = seen.as_array().into_iter().flatten().map(line);
        Ok(lines.map(|line| (line.from, line.text)).collect())
    }

    /// Waits until the conversation is exactly this.
    ///
    /// # Errors
    /// It is not within the limit.
    pub(crate) async fn sees(&self, expected: &[(From, &str)]) -> Outcome {
        self.sees_within(expected, SOON).await
    }

    /// Waits for exactly this as long as the scenario says.
    ///
    /// # Errors
    /// It is not so within the limit.
    pub(crate) async fn sees_within(&self, expected: &[(From, &str)], limit: Duration) -> Outcome {
        wait::until(&format!("the visitor sees {expected:?}"), limit, || async {
            let lines = self.lines().await?;
            Ok(if said(&lines) == expected { Ok(()) } else { Err(format!("{:?}", said(&lines))) })
        })
        .await
    }

    /// Waits until her message of this text has come this far.
    ///
    /// # Errors
    /// It has not within the limit.
    pub(crate) async fn sees_state(&self, text: &str, state: &str) -> Outcome {
        wait::until(&format!("the visitor sees {text:?} as {state}"), SOON, || async {
            let lines = self.lines().await?;
            let held =
                lines.iter().any(|line| line.text == text && line.state.as_deref() == Some(state));
            Ok(if held { Ok(()) } else { Err(format!("{lines:?}")) })
        })
        .await
    }

    /// Reloads the page and sees the widget again.
    ///
    /// # Errors
    /// It does not appear.
    pub(crate) async fn reload(&self) -> Outcome {
        self.browser.driver.refresh().await?;
        self.launcher().shown().await
    }
}

fn line(seen: &Value) -> Line {
    let field = |index: usize| seen.get(index).and_then(Value::as_str);
    Line {
        from: if field(0) == Some("inbound") { From::Operator } else { From::Visitor },
        text: field(1).unwrap_or("").to_owned(),
        state: field(2).map(str::to_owned),
    }
}
