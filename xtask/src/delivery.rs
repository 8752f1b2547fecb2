//! The simulator: the real core and the real engine, on a network where everything goes wrong.

use std::process::Command;

use crate::command::run;
use crate::problem::Result;
use crate::workspace::Workspace;

/// Built for speed, with the page's own JSON parser, and with mistakes that can be made on purpose;
/// none is made unless it is asked for.
const BUILT: [&str; 3] = ["--profile=simulator", "--features=mutants,page-json", "--quiet"];

/// `cargo xtask simulate …`: the words are the simulator's own.
pub(crate) fn simulate(workspace: &Workspace, words: &[String]) -> Result<()> {
    play(workspace, "--package=tvox-simulator", words)
}

/// `cargo xtask fuzz …`: the words are the fuzzer's own.
pub(crate) fn fuzz(workspace: &Workspace, words: &[String]) -> Result<()> {
    play(workspace, "--package=tvox-fuzz", words)
}

fn play(workspace: &Workspace, package: &str, words: &[String]) -> Result<()> {
    run(workspace.cargo(&["run", package]).args(BUILT).arg("--").args(words))
}

/// No message is lost, doubled or reordered: in 20 000 runs, and with `full` in 30 000 others.
pub(crate) fn check(workspace: &Workspace, full: bool) -> Result<()> {
    let mut rounds = vec!["--seeds 20000"];
    if full {
        rounds.push("--seeds 30000 --from 2000000");
    }
    for round in rounds {
        let words: Vec<String> = round.split(' ').map(str::to_owned).collect();
        simulate(workspace, &words)?;
    }
    Ok(())
}

/// No frame makes either side panic, take undue memory or lose its connection: 200 000, and with `full`
/// ten million.
pub(crate) fn check_frames(workspace: &Workspace, full: bool) -> Result<()> {
    let frames = if full { "10000000" } else { "200000" };
    fuzz(workspace, &["--frames".to_owned(), frames.to_owned()])
}

/// The tests that make mistakes on purpose, to see that they are noticed, and the properties of
/// decoders, connection and page with the page's own parser.
pub(crate) fn mistakes(workspace: &Workspace) -> Command {
    let mut test = workspace.cargo(&["test", "--no-fail-fast"]);
    test.args(["--package=tvox-simulator", "--test=mutants"]);
    test.args(["--package=tvox-fuzz", "--test=memory", "--test=connection", "--test=page"]);
    test.args(BUILT);
    test
}
