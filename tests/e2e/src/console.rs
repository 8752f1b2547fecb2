//! The operator before the console: what she does and sees. The handles (`data-testid`) are listed
//! at the top of `demo/server/console/console.js`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::browser::{Browser, Look};
use crate::fault::Outcome;
use crate::line::{From, Line, said};
use crate::media::Media;
use crate::part::Part;
use crate::stage::Stage;
use crate::wait::{self, SOON};

const MESSAGES: &str = r#"
  const text = (message) => message.querySelector("[data-testid=message-text]")?.innerText ?? "";
  return [...document.querySelectorAll("[data-testid=message]")].map((message) => [
    message.dataset.direction, text(message).trim(), message.dataset.delivery ?? null]);
"#;

/// An operator who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    /// Her browser.
    pub(crate) browser: Arc<Browser>,
}

impl Console {
    /// Logs an operator in for all services.
    ///
    /// # Errors
    /// The console does not let her in.
    pub(crate) async fn arrive(stage: &Stage, name: &str, look: Look) -> Outcome<Self> {
        Self::arrive_with(stage, name, look, Media::FAKE).await
    }

    /// Logs an operator in who has these devices.
    ///
    /// # Errors
    /// The console does not let her in.
    pub(crate) async fn arrive_with(
        stage: &Stage,
        name: &str,
        look: Look,
        media: Media,
    ) -> Outcome<Self> {
        let browser = stage.browser_with(&name.to_lowercase(), look, media).await?;
        let console = Self { browser };
        console.browser.driver.goto(stage.url("/operator")).await?;
        console.place("login-name").keys(name).await?;
        console.place("login-submit").click().await?;
        console.place("console").shown().await?;
        Ok(console)
    }

    /// A handle of the console.
    pub(crate) fn place(&self, handle: &str) -> Part {
        Part::of_page(&self.browser, format!("[data-testid='{handle}']"))
    }

    /// The contact that rings.
    pub(crate) fn offer(&self) -> Part {
        self.place("offer")
    }

    /// Declines what rings: it waits in the queue from then on and does not ring here for a while.
    ///
    /// # Errors
    /// Nothing rings.
    pub(crate) async fn decline(&self) -> Outcome {
        Part::of_page(&self.browser, "[data-testid=offer] [data-testid=decline]").click().await
    }

    /// Takes, by hand, a contact that waits, and sees its conversation.
    ///
    /// # Errors
    /// Nobody waits.
    pub(crate) async fn take(&self) -> Outcome {
        Part::of_page(&self.browser, "[data-testid=queue-item] [data-testid=accept]")
            .click()
            .await?;
        self.place("composer").shown().await
    }

    /// Takes the contact that rings, and sees its conversation.
    ///
    /// # Errors
    /// Nothing rings, or it cannot be taken.
    pub(crate) async fn accept(&self) -> Outcome {
        Part::of_page(&self.browser, "[data-testid=offer] [data-testid=accept]").click().await?;
        self.place("composer").shown().await
    }

    /// Takes the call that rings, and sees that it is connected.
    ///
    /// # Errors
    /// Nothing rings, or it cannot be taken.
    pub(crate) async fn accept_call(&self) -> Outcome {
        Part::of_page(&self.browser, "[data-testid=offer] [data-testid=accept]").click().await?;
        self.place("call-state").says("Connected").await
    }

    /// Writes a message and sends it.
    ///
    /// # Errors
    /// There is no open conversation.
    pub(crate) async fn say(&self, text: &str) -> Outcome {
        self.place("composer").keys(text).await?;
        self.place("send").click().await
    }

    /// Writes without sending.
    ///
    /// # Errors
    /// There is no open conversation.
    pub(crate) async fn begin(&self, text: &str) -> Outcome {
        self.place("composer").keys(text).await
    }

    /// Sees that the visitor writes.
    ///
    /// # Errors
    /// She does not within the limit.
    pub(crate) async fn sees_typing(&self) -> Outcome {
        wait::until("the operator sees the visitor typing", SOON, || async {
            let texts = self.place("typing").texts().await?;
            Ok(if texts.iter().any(|text| !text.is_empty()) {
                Ok(())
            } else {
                Err(format!("{texts:?}"))
            })
        })
        .await
    }

    /// The messages of the open conversation.
    ///
    /// # Errors
    /// There is no page.
    pub(crate) async fn lines(&self) -> Outcome<Vec<Line>> {
        let seen = self.browser.run(MESSAGES, vec![]).await?;
        Ok(seen.as_array().into_iter().flatten().map(line).collect())
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
        wait::until(&format!("the operator sees {expected:?}"), limit, || async {
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
        wait::until(&format!("the operator sees {text:?} as {state}"), SOON, || async {
            let lines = self.lines().await?;
            let held =
                lines.iter().any(|line| line.text == text && line.state.as_deref() == Some(state));
            Ok(if held { Ok(()) } else { Err(format!("{lines:?}")) })
        })
        .await
    }

    /// Sends the visitor to a page.
    ///
    /// # Errors
    /// The console does not take the address.
    pub(crate) async fn push(&self, address: &str) -> Outcome {
        self.place("push-open").click().await?;
        let field = self.place("push-uri");
        field.shown().await?;
        field.clear().await?;
        field.keys(address).await?;
        self.place("push-submit").click().await
    }

    /// Ends the conversation.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn close(&self) -> Outcome {
        self.place("close").click().await?;
        self.place("close-confirm").click().await
    }
}

fn line(seen: &Value) -> Line {
    let field = |index: usize| seen.get(index).and_then(Value::as_str);
    Line {
        from: if field(0) == Some("INBOUND") { From::Operator } else { From::Visitor },
        text: field(1).unwrap_or("").to_owned(),
        state: field(2).map(str::to_owned),
    }
}
