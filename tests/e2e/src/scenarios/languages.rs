//! The widget in its seven languages.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::browser::Look;
use crate::console::Console;
use crate::fault::{Fault, Outcome, ensure, ensure_eq};
use crate::line::From;
use crate::part::Part;
use crate::stage::{Stage, WIDGETS};
use crate::visitor::Visitor;
use crate::wait::{self, SOON};

/// Each, and the direction in which it is written.
const LANGUAGES: [(&str, &str); 7] = [
    ("en", "ltr"),
    ("it", "ltr"),
    ("de", "ltr"),
    ("fr", "ltr"),
    ("es", "ltr"),
    ("pt", "ltr"),
    ("ar", "rtl"),
];

/// A phone, in CSS pixels.
const PHONE: (u32, u32) = (390, 844);

/// How far the panel sticks out of the window, and its content out of the panel, in CSS pixels.
const OVERHANG: &str = r#"
  const panel = document.querySelector("tvox-widget").shadowRoot.querySelector("[part~=panel]");
  const { left, top, right, bottom } = panel.getBoundingClientRect();
  const wide = panel.scrollWidth - panel.clientWidth;
  return Math.max(-left, -top, right - innerWidth, bottom - innerHeight, wide);
"#;

/// Where the middle of a part is, in CSS pixels from the window's left; of several the one whose text is
/// given.
const MIDDLE: &str = r#"
  const [part, text] = arguments;
  const all = document.querySelector("tvox-widget").shadowRoot.querySelectorAll(`[part~="${part}"]`);
  const one = [...all].find((it) => it.checkVisibility() && it.textContent.includes(text));
  if (!one) return null;
  const { left, right } = one.getBoundingClientRect();
  return (left + right) / 2;
"#;

/// In each language the widget says what that language's file says, and has loaded no other.
pub(crate) async fn each_language_loads_its_own_file_and_no_other(stage: Arc<Stage>) -> Outcome {
    let browser = stage.browser("visitor", Look::default()).await?;
    let visitor = Visitor { browser };
    for (lang, dir) in LANGUAGES {
        let before = loaded(&visitor).len();
        visitor.go(&stage, &format!("/demo/languages.html?lang={lang}")).await?;
        speaks(&stage, &visitor, lang, dir).await?;
        let all = loaded(&visitor);
        let expected = format!("/widget/texts/{lang}.json");
        ensure_eq!(all[before..], [expected], "the languages that the page loaded");
    }
    // The page's own language, where neither the element nor the configuration has one.
    visitor.go(&stage, "/").await?;
    speaks(&stage, &visitor, "it", "ltr").await
}

/// The page changes the language in the middle of a conversation: it goes on, with what is half written.
pub(crate) async fn a_change_of_language_disturbs_no_conversation(stage: Arc<Stage>) -> Outcome {
    let visitor =
        Visitor::arrive_at(&stage, "visitor", "/demo/languages.html?lang=it", Look::default())
            .await?;
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    ask(&visitor).await?;
    anna.accept().await?;
    visitor.say("Buongiorno").await?;
    anna.say("Guten Tag").await?;
    visitor.sees(&[(From::Visitor, "Buongiorno"), (From::Operator, "Guten Tag")]).await?;
    visitor.composer().keys("Noch nicht fertig").await?;
    let dialled = stage.gate.asked(WIDGETS);
    for (lang, dir) in [("de", "ltr"), ("ar", "rtl"), ("en", "ltr")] {
        Part::of_page(&visitor.browser, format!("#languages [lang={lang}]")).click().await?;
        speaks(&stage, &visitor, lang, dir).await?;
    }
    let draft = r#"return document.querySelector("tvox-widget").shadowRoot.querySelector("textarea").value"#;
    ensure_eq!(visitor.browser.run(draft, vec![]).await?, "Noch nicht fertig", "the draft");
    visitor.sees(&[(From::Visitor, "Buongiorno"), (From::Operator, "Guten Tag")]).await?;
    ensure_eq!(stage.gate.asked(WIDGETS), dialled, "connections");
    visitor.enter().await?;
    anna.sees(&[
        (From::Visitor, "Buongiorno"),
        (From::Operator, "Guten Tag"),
        (From::Visitor, "Noch nicht fertig"),
    ])
    .await
}

/// In Arabic everything stands the other way round, but for the launcher, which stays where the site put it.
pub(crate) async fn arabic_is_laid_out_from_right_to_left(stage: Arc<Stage>) -> Outcome {
    let visitor =
        Visitor::arrive_at(&stage, "visitor", "/demo/languages.html?lang=ar", Look::default())
            .await?;
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    let middle = async |part: &str, text: &str| -> Outcome<f64> {
        let place = visitor.browser.run(MIDDLE, vec![part.into(), text.into()]).await?;
        place.as_f64().ok_or_else(|| Fault::new(format!("there is no {part}")))
    };
    ensure!(middle("launcher", "").await? > 1100.0, "the launcher stays on the right");
    ask(&visitor).await?;
    anna.accept().await?;
    visitor.say("مرحبًا، أين دراجتي؟").await?;
    anna.say("È pronta da ieri!").await?;
    visitor
        .sees(&[(From::Visitor, "مرحبًا، أين دراجتي؟"), (From::Operator, "È pronta da ieri!")])
        .await?;
    let panel = middle("panel", "").await?;
    ensure!(middle("bubble", "مرحبًا").await? < panel, "the visitor's own message is on the left");
    ensure!(middle("bubble", "pronta").await? > panel, "the operator's message is on the right");
    ensure!(middle("header-back", "").await? > panel, "back is on the right");
    ensure!(middle("header-close", "").await? < panel, "close is on the left");
    ensure!(middle("composer-send", "").await? < panel, "the button that sends is on the left");
    let read = r#"
      const all = document.querySelector("tvox-widget").shadowRoot.querySelectorAll("[part~=bubble]");
      return [...all].map((it) => getComputedStyle(it).direction);"#;
    let read = visitor.browser.run(read, vec![]).await?;
    ensure_eq!(
        read,
        serde_json::json!(["rtl", "ltr"]),
        "each message runs as its own language does"
    );
    let (width, height) = PHONE;
    visitor.browser.resize(width, height).await?;
    let overhang = visitor.browser.run(OVERHANG, vec![]).await?.as_f64().unwrap_or(f64::MAX);
    ensure!(overhang <= 1.0, "{overhang} pixels stick out on a phone");
    Ok(())
}

/// Every screen on the way into a conversation fits a phone and a desktop, in every language.
pub(crate) async fn no_language_is_too_long_for_the_panel(stage: Arc<Stage>) -> Outcome {
    let look = Look { dark: false, still: true };
    let visitor = Visitor { browser: stage.browser("visitor", look).await? };
    let anna = Console::arrive(&stage, "Anna", look).await?;
    for (lang, dir) in LANGUAGES {
        visitor.go(&stage, &format!("/demo/languages.html?lang={lang}")).await?;
        speaks(&stage, &visitor, lang, dir).await?;
        let fits = async |screen: &str| fits(&stage, &visitor, lang, screen).await;
        visitor.open().await?;
        visitor.part("channel-row").shown().await?;
        fits("1-home").await?;
        visitor.part("channel-row").click().await?;
        visitor.part("service-option").shown().await?;
        fits("2-services").await?;
        visitor.part("service-option").click().await?;
        anna.decline().await?;
        visitor.part("queue-position").shown().await?;
        fits("3-queue").await?;
        anna.take().await?;
        visitor.composer().shown().await?;
        visitor.say("Buongiorno").await?;
        anna.say("Buongiorno!").await?;
        visitor.sees(&[(From::Visitor, "Buongiorno"), (From::Operator, "Buongiorno!")]).await?;
        fits("4-chat").await?;
        visitor.ends().await?;
        visitor.part("dialog").shown().await?;
        fits("5-question").await?;
        visitor.confirm().await?;
        visitor.part("new-conversation").shown().await?;
        fits("6-ended").await?;
        // Or the next page would show it open.
        visitor.part("header-close").click().await?;
        visitor.part("panel").gone().await?;
    }
    Ok(())
}

/// Opens the panel and asks for the first service in a chat.
async fn ask(visitor: &Visitor) -> Outcome {
    visitor.open().await?;
    visitor.part("channel-row").click().await?;
    visitor.part("service-option").click().await
}

async fn fits(stage: &Stage, visitor: &Visitor, lang: &str, screen: &str) -> Outcome {
    let folder = stage.options.screenshots.join(stage.options.kind.name());
    for (device, (width, height)) in [("phone", PHONE), ("desktop", (1280, 860))] {
        visitor.browser.resize(width, height).await?;
        visitor.browser.picture(&folder.join(format!("{lang}-{screen}-{device}.png"))).await?;
        let overhang = visitor.browser.run(OVERHANG, vec![]).await?.as_f64().unwrap_or(f64::MAX);
        ensure!(overhang <= 1.0, "{screen} in {lang} on a {device}: {overhang} pixels stick out");
    }
    Ok(())
}

/// Waits until the widget speaks this language: its launcher says what the language's file says.
async fn speaks(stage: &Stage, visitor: &Visitor, lang: &str, dir: &str) -> Outcome {
    let path = stage.options.site.join(format!("src/i18n/texts/{lang}.json"));
    let file: Map<String, Value> = serde_json::from_slice(&std::fs::read(&path)?)
        .map_err(|error| Fault::new(format!("{}: {error}", path.display())))?;
    let look = r#"
      const root = document.querySelector("tvox-widget").shadowRoot.querySelector("[part~=root]");
      const launcher = root.querySelector("[part~=launcher]");
      return [root.lang, root.dir, launcher.getAttribute("aria-label").split(",")[0],
              launcher.getAttribute("aria-expanded")];"#;
    let said = |name: &str| file.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    wait::until(&format!("the widget speaks {lang}"), SOON, || async {
        let seen = visitor.browser.run(look, vec![]).await?;
        let open = seen[3] == "true";
        let name = said(if open { "launcherClose" } else { "launcherOpen" });
        let right = seen[0] == lang && seen[1] == dir && seen[2] == *name;
        Ok(if right { Ok(()) } else { Err(format!("{seen}, and not {name:?}")) })
    })
    .await
}

/// The languages' files that were asked for, in order, by their paths.
fn loaded(visitor: &Visitor) -> Vec<String> {
    let urls = visitor.browser.watch.requests();
    let path = |url: &String| url.find("/widget/texts/").map(|at| url[at..].to_owned());
    urls.iter().filter_map(path).collect()
}
