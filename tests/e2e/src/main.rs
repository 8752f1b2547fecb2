//! The end-to-end suite: visitors and operators in real browsers, and a real server between them.
//!
//! `cargo xtask test` sets everything up and runs it. Read `scenarios` for what must hold.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod axe;
mod bidi;
mod browser;
mod caller;
mod catalogue;
mod clerk;
mod console;
mod fault;
mod folder;
mod judge;
mod line;
mod media;
mod operator;
mod options;
mod part;
mod photographer;
mod process;
mod record;
mod relay;
mod runner;
mod sample;
mod scenarios;
mod server;
mod stage;
mod storm;
mod visitor;
mod wait;
mod watch;

use std::process::ExitCode;

use options::Options;

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}\nrun `cargo xtask test --only e2e`, which gives all options");
            return ExitCode::FAILURE;
        }
    };
    let whole = match options.gallery.clone() {
        Some(folder) => photographer::run(&options, &folder).await,
        None => runner::run(&options, &scenarios::all()).await,
    };
    if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
