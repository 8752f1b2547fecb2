//! A visitor in a terminal: the widget's core without a browser, against the demo server.
//!
//! ```sh
//! cargo xtask demo                                        # in one terminal
//! cargo run --example headless --features native          # in another
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::io::BufRead;

use futures::StreamExt;
use futures::channel::mpsc;
use tvox_widget::core::model::{ChannelType, ChatChannelSession, Direction, StepType};
use tvox_widget::core::session::chat::{Change, Entry, EntryKind};
use tvox_widget::core::{Widget, WidgetConf};
use tvox_widget::platform::native::Native;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let conf = WidgetConf::builder(&server)
        .service(ChannelType::Chat, "service0001", "Assistenza")
        .build()?;

    // The core never spawns: whoever makes a widget runs its driver.
    let (widget, driver) = Widget::new(conf, Native::new(Some(&server)));
    let driver = tokio::spawn(driver.run());

    let chat = widget.new_chat_session("service0001", Vec::new(), Some("Terminal"), None);
    let mut states = chat.session_monitor();
    let mut conversation = chat.conversation();
    let mut lines = keyboard();
    chat.create().await?;
    println!("Type and press Enter; an empty line ends the conversation.");

    let mut ending = false;
    loop {
        tokio::select! {
            Some(session) = states.next() => match step(&session) {
                Some(step) => println!("-- {step}"),
                None => break,
            },
            Some(change) = conversation.next() => match change {
                Change::Reset(entries) => entries.iter().for_each(show),
                Change::Insert { entry, .. } => show(&entry),
                Change::Update { .. } | Change::Remove { .. } => {}
            },
            line = lines.next(), if !ending => match line.filter(|line| !line.is_empty()) {
                Some(line) => {
                    if let Err(error) = chat.send(&line) {
                        eprintln!("-- {error}");
                    }
                }
                None => {
                    ending = true;
                    chat.close();
                }
            },
            else => break,
        }
    }
    widget.disconnect();
    driver.await?;
    Ok(())
}

/// What the session is doing, in words; `None` when it is over.
fn step(session: &ChatChannelSession) -> Option<String> {
    if session.is_closed() {
        return None;
    }
    let step = session.step.clone().unwrap_or_default();
    Some(match (step.kind?, step.queue_position, &session.agent) {
        (StepType::Queue, Some(place), _) => format!("in the queue, number {place}"),
        (StepType::Connected, _, Some(agent)) => format!("connected with {}", *agent.name),
        (other, _, _) => other.to_string(),
    })
}

fn show(entry: &Entry) {
    match entry.kind {
        EntryKind::Message if entry.direction == Direction::Inbound => {
            println!("> {}", *entry.text);
        }
        EntryKind::Message => {}
        EntryKind::Opened => println!("-- opened"),
        EntryKind::Closed => println!("-- closed"),
    }
}

/// Lines as they are typed. Reading a terminal blocks, so it has a thread of its own.
fn keyboard() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.unbounded_send(line).is_err() {
                break;
            }
        }
    });
    lines
}
