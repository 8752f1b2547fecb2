//! The library's demos: each does what it shows, and breaks no rule of accessibility.

use std::sync::Arc;

use crate::axe;
use crate::browser::{Browser, Look};
use crate::console::Console;
use crate::fault::Outcome;
use crate::line::From::{Operator, Visitor};
use crate::media::heard_and_seen;
use crate::part::Part;
use crate::stage::Stage;

/// Their pages, without the ending.
const PAGES: [&str; 8] =
    ["index", "chat", "call", "video", "mail", "callback", "headless", "languages"];

/// What the bot of the chat demo says, and what the visitor answers.
const WITH_THE_BOT: [(crate::line::From, &str); 7] = [
    (Operator, "Hello, I am the bot. Whom would you like to talk to?"),
    (Visitor, "Commerciale"),
    (Operator, "What is it about? One sentence is enough."),
    (Visitor, "The mudguard rattles"),
    (Operator, "Do you have an order number?"),
    (Visitor, "No"),
    (Operator, "Thank you. I am handing you over to Commerciale, who will read all of this."),
];

/// Somebody before one of the pages.
struct Reader {
    browser: Arc<Browser>,
}

impl Reader {
    async fn of(stage: &Stage, page: &str) -> Outcome<Self> {
        let browser = stage.browser("reader", Look { dark: false, still: true }).await?;
        browser.driver.goto(stage.url(&format!("/demo/{page}.html"))).await?;
        Ok(Self { browser })
    }

    fn place(&self, selector: &str) -> Part {
        Part::of_page(&self.browser, selector)
    }

    async fn connect(&self) -> Outcome {
        self.place("#settings fieldset:enabled button:not([type])").click().await
    }

    /// Answers the bot of the chat demo, until it hands over.
    async fn talks_to_the_bot(&self) -> Outcome {
        self.connect().await?;
        self.place("#choices button").named("Commerciale").click().await?;
        self.place("#lines").says("One sentence").await?;
        self.fill("text", "The mudguard rattles").await?;
        self.place("#composer button").click().await?;
        self.place("#choices button").named("No").click().await
    }

    async fn reload(&self) -> Outcome {
        Ok(self.browser.driver.refresh().await?)
    }

    /// Fills in a field, by its name.
    async fn fill(&self, name: &str, text: &str) -> Outcome {
        self.place(&format!("[name={name}]:enabled")).keys(text).await
    }
}

/// The operator finds what the bot and the visitor said, in order and on the right sides, and goes on.
pub(crate) async fn the_bots_conversation_reaches_the_operator_whole(stage: Arc<Stage>) -> Outcome {
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    let reader = Reader::of(&stage, "chat").await?;
    reader.talks_to_the_bot().await?;

    anna.offer().says("Commerciale").await?;
    anna.accept().await?;
    anna.sees(&WITH_THE_BOT).await?;
    anna.say("Good morning").await?;
    reader.place("#lines .in").says("Good morning").await?;
    anna.sees_state("Good morning", "read").await?;
    reader.fill("text", "Good morning, Anna").await?;
    anna.sees_typing().await?;
    reader.place("#composer button").click().await?;
    let after = [(Operator, "Good morning"), (Visitor, "Good morning, Anna")];
    anna.sees(&[WITH_THE_BOT.as_slice(), &after].concat()).await?;
    reader.place("#close").click().await?;
    reader.place("#state").says("Closed").await
}

/// The page is loaded again in mid-conversation: all of it is there, and it goes on.
pub(crate) async fn the_chat_demo_goes_on_after_a_reload(stage: Arc<Stage>) -> Outcome {
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    let reader = Reader::of(&stage, "chat").await?;
    reader.talks_to_the_bot().await?;
    anna.accept().await?;
    anna.sees(&WITH_THE_BOT).await?;
    anna.say("Good morning").await?;
    reader.place("#lines .in").says("Good morning").await?;
    reader.reload().await?;
    reader.place("#state").says("Connected with Anna").await?;
    reader.place("#lines .in").says("Good morning").await?;
    reader.place("#lines .out").says("The mudguard rattles").await?;
    reader.fill("text", "Here I am again").await?;
    reader.place("#composer button").click().await?;
    let after = [(Operator, "Good morning"), (Visitor, "Here I am again")];
    anna.sees(&[WITH_THE_BOT.as_slice(), &after].concat()).await
}

/// The operator of a conversation calls: it rings on another page of the tab, both hear and see each other, and the
/// call outlives a reload.
pub(crate) async fn an_operators_call_rings_on_the_video_demo(stage: Arc<Stage>) -> Outcome {
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    let reader = Reader::of(&stage, "chat").await?;
    reader.talks_to_the_bot().await?;
    anna.accept().await?;
    anna.sees(&WITH_THE_BOT).await?;
    reader.browser.driver.goto(stage.url("/demo/video.html")).await?;
    reader.place("#settings fieldset:enabled [name=wait]").click().await?;
    reader.place("#state").says("Waiting for a call").await?;
    let invite = Part::of_page(&anna.browser, "[data-testid=invite-VIDEO]");
    for answer in ["#decline", "#accept"] {
        invite.click().await?;
        reader.place("#call-state").says("NEW_INBOUND").await?;
        reader.place(&format!("{answer}:enabled")).click().await?;
        let becomes = if answer == "#accept" { "CONNECTED" } else { "IDLE" };
        reader.place("#call-state").says(becomes).await?;
    }
    heard_and_seen(&reader.browser).await?;
    heard_and_seen(&anna.browser).await?;
    reader.reload().await?;
    reader.place("#call-state").says("CONNECTED").await?;
    heard_and_seen(&reader.browser).await?;
    reader.place("#hang-up:enabled").click().await?;
    reader.place("#call-state").says("IDLE").await
}

/// A page over the core alone, then an application with the components: both are examples in Rust.
pub(crate) async fn the_pages_in_rust_reach_an_operator(stage: Arc<Stage>) -> Outcome {
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    let page = Reader::of(&stage, "rust/core_page").await?;
    anna.accept().await?;
    page.place("#state").says("Connected").await?;
    page.place("#message").keys("From the core").await?;
    page.place("#form button").click().await?;
    anna.sees(&[(Visitor, "From the core")]).await?;
    anna.say("To the core").await?;
    page.place("#conversation").says("To the core").await?;
    anna.close().await?;
    page.place("#state").says("The conversation is over").await?;

    let app = Reader::of(&stage, "rust/leptos_app").await?;
    app.place("[data-service=service0001]").says("there is an operator").await?;
    app.place("button").named("Ask a person").click().await?;
    app.place("[part~=channel-row][data-state=available]").click().await?;
    app.place("[part~=service-option][data-service=service0001]").click().await?;
    anna.accept().await?;
    app.place("[part~=composer-input]").keys("From the application").await?;
    app.place("[part~=composer-send]").click().await?;
    anna.sees(&[(Visitor, "From the application")]).await?;
    anna.say("To the application").await?;
    app.place("[part~=log]").says("To the application").await
}

/// The table of the headless demo follows an operator who comes.
pub(crate) async fn the_headless_demo_follows_the_services(stage: Arc<Stage>) -> Outcome {
    let reader = Reader::of(&stage, "headless").await?;
    reader.connect().await?;
    reader.place("[id='service0002/CHAT']").says("OUT_OF_SERVICE").await?;
    let _anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    reader.place("[id='service0002/CHAT']").says("ACTIVE").await?;
    reader.place("#disconnect").click().await?;
    reader.place("#state").says("stopped").await
}

/// A call rings at the operator's, is answered, muted and ended, and the page says so.
pub(crate) async fn the_video_demo_shows_what_becomes_of_a_call(stage: Arc<Stage>) -> Outcome {
    let anna = Console::arrive(&stage, "Anna", Look::default()).await?;
    let reader = Reader::of(&stage, "video").await?;
    reader.connect().await?;
    reader.place("#step").says("CONNECTING").await?;
    Part::of_page(&anna.browser, "[data-testid=offer] [data-testid=accept]").click().await?;
    reader.place("#call-state").says("CONNECTED").await?;
    reader.place("#screen-text").says("Anna").await?;
    for button in ["#mute-audio", "#mute-video"] {
        reader.place(button).click().await?;
        reader.place(&format!("{button}[aria-pressed=true]")).shown().await?;
    }
    reader.place("#hang-up").click().await?;
    reader.place("#call-state").says("IDLE").await?;
    reader.place("#mute-audio[aria-pressed=false]").shown().await
}

/// A mail becomes a ticket, a wish to be called a request: the visitor is told the number.
pub(crate) async fn mail_and_callback_give_a_number(stage: Arc<Stage>) -> Outcome {
    let mail = Reader::of(&stage, "mail").await?;
    mail.connect().await?;
    mail.fill("customerValue", "giulia@example.org").await?;
    mail.fill("subject", "Invoice").await?;
    mail.fill("message", "Where is it?").await?;
    agree(&mail).await?;
    mail.place("#request button").click().await?;
    mail.place("#outcome").says("has the number t_").await?;

    let callback = Reader::of(&stage, "callback").await?;
    callback.connect().await?;
    callback.fill("customerPhoneNumber", "+39 0422 000000").await?;
    agree(&callback).await?;
    callback.place("#request button").click().await?;
    callback.place("#outcome").says("The number of your request is cb_").await
}

/// Axe-core finds nothing on any of the pages, in light and dark.
pub(crate) async fn no_demo_page_breaks_a_rule(stage: Arc<Stage>) -> Outcome {
    for dark in [false, true] {
        let person = if dark { "dark" } else { "light" };
        let browser = stage.browser(person, Look { dark, still: true }).await?;
        for page in PAGES {
            browser.driver.goto(stage.url(&format!("/demo/{page}.html"))).await?;
            // The index has no script, the languages' page no settings; the others are ready when their
            // script has opened them.
            if !["index", "languages"].contains(&page) {
                Part::of_page(&browser, "#settings fieldset:enabled").shown().await?;
            }
            axe::check(&stage.options, &browser, &format!("{page}, {person}")).await?;
        }
    }
    Ok(())
}

/// Agrees to what the form wants to be agreed to, if there is such a thing.
async fn agree(reader: &Reader) -> Outcome {
    let consent = reader.place("#consent input");
    if consent.is_shown().await? { consent.click().await } else { Ok(()) }
}
