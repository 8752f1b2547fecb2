//! The project's commands: `cargo xtask <command>`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod browsers;
mod checks;
mod classic;
mod command;
mod coturn;
mod delivery;
mod demo;
mod files;
mod gallery;
mod glue;
mod headless;
mod integrity;
mod licences;
mod load;
mod lock;
mod module;
mod names;
mod notices;
mod npm;
mod package;
mod problem;
mod split;
mod suite;
mod tally;
mod texts;
mod tool;
mod trunk;
mod weight;
mod widget;
mod workspace;

use std::process::ExitCode;

use problem::{Problem, Result};
use suite::Suite;
use widget::Optimise;
use workspace::Workspace;

const HELP: &str = "\
cargo xtask <command>

  demo [--port N] [--example core_page|leptos_app] [-- …]
                           build everything and run the demo at http://127.0.0.1:8080
                           (words after -- go to the demo server: try -- --help)
  test [--full] [--only native|delivery|web|e2e|package] [filters]
                           set up and run all tests, in Chromium and Firefox too
  ci                       test, and format, lints, documents, licences, size
  dist                     the package as it ships, in dist/, with .br and .gz beside it
  size                     what dist/ weighs, against xtask/budget.toml
  simulate [--seeds N] [--from N] [--messages N] [--faults N] [--no-reloads] [--mutant NAME]
                           the real core and the real engine on a network where everything goes
                           wrong; a seed that fails is printed and can be played again
  load [--visitors N] [--rate M] [--seconds S] [--flood F] [--conversations C] [--connects K]
                           N visitors at one demo server, M messages a second: latencies, memory
                           for each connection, errors; the same as JSON in target/load.json
  fuzz [--frames N] [--seed S]
                           frames that nobody wrote, against both sides of the wire
  gallery [--full] [--readme] [states]
                           a picture of every state × theme × width × language, with a page to look
                           at them, in target/gallery; --readme puts the README's in their place
  trunk [serve …]          Trunk, which shows the demo page and reloads it on an edit
                           (beside a running demo server)
  tools [--install]        where each tool comes from; get those that are missing
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("\nxtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the command that `words` name; true if all that it checked held.
fn dispatch(words: &[String]) -> Result<bool> {
    let (command, rest) =
        words.split_first().map_or(("help", &[][..]), |(first, rest)| (first.as_str(), rest));
    if matches!(command, "help" | "--help" | "-h") {
        print!("{HELP}");
        return Ok(true);
    }
    let workspace = Workspace::find()?;
    match command {
        "demo" => demo::run(&workspace, &demo::Options::parse(rest)?).map(|()| true),
        "test" => {
            let options = checks::Options::parse(rest)?;
            Ok(judge(|suite| checks::test(&workspace, suite, &options)))
        }
        "ci" => {
            none(rest)?;
            Ok(judge(|suite| checks::ci(&workspace, suite)))
        }
        "dist" => {
            none(rest)?;
            package::build(&workspace, Optimise::Always)?;
            weight::compress(&workspace.dist())?;
            checks::size(&workspace).map(|()| true)
        }
        "size" => {
            none(rest)?;
            package::build(&workspace, Optimise::Always)?;
            checks::size(&workspace).map(|()| true)
        }
        "simulate" => delivery::simulate(&workspace, rest).map(|()| true),
        "load" => load::optimised(&workspace, rest).map(|()| true),
        "fuzz" => delivery::fuzz(&workspace, rest).map(|()| true),
        "gallery" => gallery::take(&workspace, &gallery::Options::parse(rest)?).map(|()| true),
        "trunk" => trunk::run(&workspace, rest).map(|()| true),
        "trunk-build" => trunk::build(&workspace).map(|()| true),
        "tools" => {
            let install = rest.first().is_some_and(|word| word == "--install");
            none(if install { rest.get(1..).unwrap_or_default() } else { rest })?;
            tool::report(&workspace, install).map(|()| true)
        }
        other => Err(Problem::new(format!("no command `{other}`\n\n{HELP}"))),
    }
}

/// Runs the checks and prints what they amount to: the last line of all output is the sum.
fn judge(run: impl FnOnce(&mut Suite)) -> bool {
    let mut suite = Suite::default();
    run(&mut suite);
    println!("{}", suite.summary());
    suite.held()
}

fn none(rest: &[String]) -> Result<()> {
    match rest.first() {
        None => Ok(()),
        Some(word) => Err(Problem::new(format!("this command takes no `{word}`"))),
    }
}
