//! The simulator: the real core and the real engine, on a network where everything goes wrong.

use std::process::Command;

use crate::command::run;
use crate::problem::Result;
use crate::workspace::Workspace;

/// Built for speed, with mistakes that can be made on purpose; none is made unless it is asked for.
const PROGRAM: [&str; 4] =
    ["--profile=simulator", "--package=tvox-simulator", "--features=mutants", "--quiet"];

/// `cargo xtask simulate …`: the words are the simulator's own.
pub(crate) fn simulate(workspace: &Workspace, words: &[String]) -> Result<()> {
    let mut simulator = workspace.cargo(&["run"]);
    run(simulator.args(PROGRAM).arg("--").args(words))
}

/// No message is lost, doubled or reordered: in 20 000 runs, and with `full` in as many others that
/// are twice as long and twice as stormy.
pub(crate) fn check(workspace: &Workspace, full: bool) -> Result<()> {
    let mut rounds = vec!["--seeds 20000"];
    if full {
        rounds.push("--seeds 20000 --from 1000000 --messages 50 --faults 20");
    }
    for round in rounds {
        let words: Vec<String> = round.split(' ').map(str::to_owned).collect();
        simulate(workspace, &words)?;
    }
    Ok(())
}

/// The tests that make mistakes on purpose, to see that they are noticed.
pub(crate) fn mutants(workspace: &Workspace) -> Command {
    let mut test = workspace.cargo(&["test", "--no-fail-fast", "--tests"]);
    test.args(PROGRAM);
    test
}
