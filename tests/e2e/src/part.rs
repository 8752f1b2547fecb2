//! Finding, clicking and reading what a person sees, in a page or inside the widget's shadow root.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use thirtyfour::WebElement;

use crate::browser::Browser;
use crate::fault::{Fault, Outcome};
use crate::wait::{self, SOON};

/// Gives the visible elements of `selector` below the page or below the shadow root of `host`.
const SEEN: &str = r"
  const [host, selector, name] = arguments;
  const root = host ? document.querySelector(host)?.shadowRoot : document;
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const called = (element) => name === null || (element.getAttribute('aria-label') ?? element.innerText).includes(name);
  return root ? [...root.querySelectorAll(selector)].filter((element) => seen(element) && called(element)) : [];
";

/// A place on the screen: a selector, and the custom element whose shadow root it is in, if any.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    browser: Arc<Browser>,
    host: Option<&'static str>,
    selector: String,
    name: Option<String>,
}

impl Part {
    /// The place in the page itself.
    pub(crate) fn of_page(browser: &Arc<Browser>, selector: impl Into<String>) -> Self {
        Self { browser: Arc::clone(browser), host: None, selector: selector.into(), name: None }
    }

    /// The place in the open shadow root of the element `host`.
    pub(crate) fn of_shadow(
        browser: &Arc<Browser>,
        host: &'static str,
        selector: impl Into<String>,
    ) -> Self {
        Self {
            browser: Arc::clone(browser),
            host: Some(host),
            selector: selector.into(),
            name: None,
        }
    }

    /// Of what is here, only what is labelled with, or reads, `name`.
    pub(crate) fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Clicks the first visible element here, as a mouse does: not if something covers it.
    ///
    /// # Errors
    /// There is none that can be clicked within the limit.
    pub(crate) async fn click(&self) -> Outcome {
        wait::until(&format!("{self} can be clicked"), SOON, || async {
            let element = self.first().await?;
            element.click().await?;
            Ok(Ok(()))
        })
        .await
    }

    /// Types into the first visible element here.
    ///
    /// # Errors
    /// There is none, or it takes no keys.
    pub(crate) async fn keys(&self, text: &str) -> Outcome {
        self.shown().await?;
        Ok(self.first().await?.send_keys(text).await?)
    }

    /// Empties the first visible element here, which is a text field.
    ///
    /// # Errors
    /// There is none, or it is no text field.
    pub(crate) async fn clear(&self) -> Outcome {
        Ok(self.first().await?.clear().await?)
    }

    /// Waits until something is visible here.
    ///
    /// # Errors
    /// Nothing is within the limit.
    pub(crate) async fn shown(&self) -> Outcome {
        self.shown_within(SOON).await
    }

    /// Waits until something is visible here, as long as the scenario says.
    ///
    /// # Errors
    /// Nothing is within the limit.
    pub(crate) async fn shown_within(&self, limit: Duration) -> Outcome {
        wait::until(&format!("{self} is shown"), limit, || async {
            Ok(Ok(self.first().await.map(drop)?))
        })
        .await
    }

    /// Waits until nothing is visible here.
    ///
    /// # Errors
    /// Something still is after the limit.
    pub(crate) async fn gone(&self) -> Outcome {
        wait::until(&format!("{self} is gone"), SOON, || async {
            let texts = self.texts().await?;
            Ok(if texts.is_empty() { Ok(()) } else { Err(format!("{texts:?}")) })
        })
        .await
    }

    /// Waits until the text of something visible here contains `text`.
    ///
    /// # Errors
    /// None does within the limit.
    pub(crate) async fn says(&self, text: &str) -> Outcome {
        self.says_within(text, SOON).await
    }

    /// Waits for `text` as long as the scenario says.
    ///
    /// # Errors
    /// It is not there within the limit.
    pub(crate) async fn says_within(&self, text: &str, limit: Duration) -> Outcome {
        wait::until(&format!("{self} says {text:?}"), limit, || async {
            let texts = self.texts().await?;
            Ok(if texts.iter().any(|seen| seen.contains(text)) {
                Ok(())
            } else {
                Err(format!("{texts:?}"))
            })
        })
        .await
    }

    /// Whether something is visible here right now.
    ///
    /// # Errors
    /// There is no page.
    pub(crate) async fn is_shown(&self) -> Outcome<bool> {
        Ok(!self.texts().await?.is_empty())
    }

    /// The texts of everything visible here, in the order of the document.
    ///
    /// # Errors
    /// There is no page.
    pub(crate) async fn texts(&self) -> Outcome<Vec<String>> {
        let script = format!(
            "const seen = (function () {{ {SEEN} }})(...arguments); return seen.map((one) => one.innerText.trim());"
        );
        let texts = self.browser.run(&script, self.arguments()).await?;
        Ok(texts
            .as_array()
            .into_iter()
            .flatten()
            .map(|text| text.as_str().unwrap_or("").to_owned())
            .collect())
    }

    async fn first(&self) -> Outcome<WebElement> {
        let script = format!(
            "const seen = (function () {{ {SEEN} }})(...arguments); return seen[0] ?? null;"
        );
        let found = self.browser.driver.execute(script, self.arguments()).await?;
        if found.json().is_null() {
            return Err(Fault::new(format!("{self} is not shown")));
        }
        Ok(found.element()?)
    }

    fn arguments(&self) -> Vec<Value> {
        vec![json!(self.host), json!(self.selector), json!(self.name)]
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.name.as_ref().map(|name| format!(" {name:?}")).unwrap_or_default();
        write!(
            f,
            "{}{name} ({}) before {}",
            self.selector,
            self.host.unwrap_or("page"),
            self.browser.person
        )
    }
}
