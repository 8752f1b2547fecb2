//! `cargo xtask load`: many visitors and operators at one demo server.
//!
//! Every visitor is the widget's core on the native platform, every operator a script on the
//! operators' wire, and the server a process of its own. It prints a table, writes the same as
//! JSON, and fails if anything went wrong. How fast it was is for the reader to judge: that
//! depends on the machine.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod counted;
mod flood;
mod histogram;
mod meter;
mod operator;
mod options;
mod report;
mod run;
mod server;
mod visitor;
mod wire;

use std::process::ExitCode;

use options::Options;

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}\n{}", options::HELP);
            return ExitCode::FAILURE;
        }
    };
    match run::run(&options).await {
        Ok(report) => report.hand_in(options.json.as_deref()),
        Err(problem) => {
            eprintln!("load: {problem}");
            ExitCode::FAILURE
        }
    }
}
