//! `cargo xtask test` and `cargo xtask ci`: every check of the project.

use std::process::Command;

use crate::browsers::Browser;
use crate::command::{announce, run, run_counted};
use crate::coturn;
use crate::delivery;
use crate::demo;
use crate::headless;
use crate::licences;
use crate::load;
use crate::npm;
use crate::package;
use crate::problem::{Problem, Result};
use crate::suite::Suite;
use crate::tally::Tally;
use crate::tool::Tool;
use crate::weight;
use crate::widget::{self, Optimise, WASM};
use crate::workspace::Workspace;

/// Every crate, with the features that natives need. All native builds ask for exactly this, so
/// that cargo builds each dependency once.
pub(crate) const ALL_NATIVE: [&str; 3] = ["--workspace", "--features", "native"];
/// The part of the tests that runs inside a page.
const IN_PAGE: [&str; 6] = ["--package", "tvox-widget", "--target", WASM, "--test", "web"];

/// The options of `test`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// The long tests as well (those marked `#[ignore]`).
    full: bool,
    /// Only these parts: `native`, `delivery`, `web`, `e2e`, `package`; all of them if empty.
    only: Vec<String>,
    /// Only tests whose name contains one of these.
    filters: Vec<String>,
}

impl Options {
    /// Reads `[--full] [--only native|delivery|web|e2e|package]… [filters…]`.
    ///
    /// # Errors
    /// An option or a part is unknown.
    pub(crate) fn parse(words: &[String]) -> Result<Self> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--full" => options.full = true,
                "--only" => match words.next().map(String::as_str) {
                    Some(part @ ("native" | "delivery" | "web" | "e2e" | "package")) => {
                        options.only.push(part.to_owned());
                    }
                    _other => {
                        return Err(Problem::new(
                            "--only needs native, delivery, web, e2e or package",
                        ));
                    }
                },
                option if option.starts_with('-') => {
                    return Err(Problem::new(format!(
                        "test does not know `{option}`: test [--full] [--only native|delivery|web|e2e|package] [filters]"
                    )));
                }
                filter => options.filters.push(filter.to_owned()),
            }
        }
        Ok(options)
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }

    /// Only tests whose name contains one of these, if there are any.
    pub(crate) fn filters(&self) -> &[String] {
        &self.filters
    }

    /// The words for libtest, wasm-bindgen-test and our own suite alike.
    fn words(&self) -> Vec<&str> {
        let full = self.full.then_some("--include-ignored");
        self.filters.iter().map(String::as_str).chain(full).collect()
    }

    /// A filter may leave a part without any test.
    fn may_be_empty(&self) -> bool {
        !self.filters.is_empty()
    }
}

/// All tests, with everything they need set up first.
pub(crate) fn test(workspace: &Workspace, suite: &mut Suite, options: &Options) {
    if options.wants("native") {
        suite.part("native", || native(workspace, options));
        if !options.may_be_empty() {
            suite.part("console", || console(workspace, options));
            suite.check("load", || load::short(workspace));
            if options.full {
                suite.check("load, whole", || load::whole(workspace));
            }
        }
    }
    if options.wants("delivery") && !options.may_be_empty() {
        suite.part("delivery, properties", || counted(&mut delivery::mistakes(workspace), options));
        suite.check("delivery, simulated", || delivery::check(workspace, options.full));
        suite.check("frames, fuzzed", || delivery::check_frames(workspace, options.full));
    }
    if options.wants("web") {
        suite.part("web, chromium", || web(workspace, Browser::Chromium, options));
        suite.part("web, firefox", || web(workspace, Browser::Firefox, options));
    }
    if options.wants("e2e") || options.wants("package") {
        suite.check("package, built", || package::build(workspace, Optimise::Always));
        suite.check("size", || size(workspace));
    }
    if options.wants("package") {
        suite.part("library, node", || npm::test_library(workspace, options));
        suite.part("package, used", || npm::test(workspace, options));
    }
    if options.wants("e2e") {
        suite.check("pages in Rust, built", || demo::build_examples(workspace));
        suite.part("e2e, chromium", || e2e(workspace, Browser::Chromium, options));
        suite.part("e2e, firefox", || e2e(workspace, Browser::Firefox, options));
    }
}

/// Everything that must hold for a change to be taken: style, lints, documents, licences, tests.
pub(crate) fn ci(workspace: &Workspace, suite: &mut Suite) {
    suite.check("format", || run(&mut workspace.cargo(&["fmt", "--all", "--check"])));
    suite.check("licences", || {
        if licences::check(workspace)? {
            Ok(())
        } else {
            Err(Problem::new("a licence is not permissive"))
        }
    });
    suite.check("clippy, native", || {
        let mut clippy = workspace.cargo(&["clippy", "--all-targets"]);
        run(clippy.args(ALL_NATIVE).args(["--", "-D", "warnings"]))
    });
    suite.check("documents, native", || {
        let mut doc = workspace.cargo(&["doc", "--no-deps"]);
        run(doc.args(ALL_NATIVE).env("RUSTDOCFLAGS", "-D warnings"))
    });
    suite.check("clippy, wasm", || {
        widget::need_target(workspace)?;
        let mut clippy = workspace.cargo(&["clippy", "--lib"]);
        run(clippy.args(IN_PAGE).args(["--", "-D", "warnings"]))
    });
    suite.check("documents, wasm", || {
        let mut doc = workspace.cargo(&[
            "doc",
            "--no-deps",
            "--lib",
            "--package=tvox-widget",
            "--target",
            WASM,
        ]);
        run(doc.env("RUSTDOCFLAGS", "-D warnings"))
    });
    test(workspace, suite, &Options::default());
}

/// The size of the widget in `dist/`, against the budget.
///
/// # Errors
/// It is not built or weighs too much.
pub(crate) fn size(workspace: &Workspace) -> Result<()> {
    headless::check(workspace)?;
    if weight::report(&workspace.dist(), &workspace.read("xtask/budget.toml")?)? {
        Ok(())
    } else {
        Err(Problem::new("the widget is over its budget"))
    }
}

fn native(workspace: &Workspace, options: &Options) -> Result<Tally> {
    let mut test = workspace.cargo(&["test", "--no-fail-fast"]);
    test.args(ALL_NATIVE).arg("--").args(options.words());
    test.env(coturn::VARIABLE, coturn::get()?);
    counted(&mut test, options)
}

/// The operator console's delivery, under simulated faults.
fn console(workspace: &Workspace, options: &Options) -> Result<Tally> {
    let mut node = Command::new("node");
    node.current_dir(&workspace.root);
    node.args(["--test", "--test-reporter=tap", "demo/server/console/test/"]);
    counted(&mut node, options)
}

fn web(workspace: &Workspace, browser: Browser, options: &Options) -> Result<Tally> {
    widget::need_target(workspace)?;
    let runner = Tool::WasmTestRunner.get(workspace)?;
    let pair = browser.get(workspace)?;
    let mut test = workspace.cargo(&["test", "--no-fail-fast"]);
    test.args(IN_PAGE).arg("--").args(options.words());
    test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    // The runner takes the first driver that it finds: leave it only this one.
    for other in Browser::ALL {
        test.env_remove(other.driver_variable());
    }
    test.env(browser.driver_variable(), pair.driver);
    if browser == Browser::Firefox {
        // Chromedriver finds any Chromium; geckodriver only a browser called `firefox`.
        test.env("GECKODRIVER_ARGS", format!("--binary={}", pair.browser.display()));
    }
    test.env("WASM_BINDGEN_TEST_TIMEOUT", "180");
    counted(&mut test, options)
}

fn e2e(workspace: &Workspace, browser: Browser, options: &Options) -> Result<Tally> {
    let pair = browser.get(workspace)?;
    let axe = Tool::Axe.get(workspace)?;
    // Calls through a relay that is not ours; the suite finds it by itself.
    coturn::get()?;
    // Bins together with tests: the same choice of features as `cargo test`, so nothing is rebuilt.
    run(workspace.cargo(&["build", "--bins", "--tests"]).args(ALL_NATIVE))?;
    let mut suite = Command::new(workspace.program("tvox-e2e"));
    suite.current_dir(&workspace.root);
    suite.arg("--browser").arg(browser.name());
    suite.arg("--browser-path").arg(pair.browser).arg("--driver-path").arg(pair.driver);
    let server = workspace.program("tvox-demo-server");
    // What the long scenarios measure is not to be a server built for debugging.
    suite.arg("--server").arg(if options.full { load::server(workspace)? } else { server });
    suite.arg("--site").arg(&workspace.root).arg("--widget").arg(workspace.dist());
    suite.arg("--axe").arg(axe).arg("--screenshots").arg(workspace.target.join("e2e-screenshots"));
    suite.args(options.words());
    counted(&mut suite, options)
}

pub(crate) fn counted(command: &mut Command, options: &Options) -> Result<Tally> {
    announce(command);
    let (tally, ended_well) = run_counted(command, &mut std::io::stdout())?;
    Ok(Tally::of_run(tally, ended_well, options.may_be_empty()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Options;

    fn parse(words: &[&str]) -> Result<Options, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Options::parse(&words).map_err(|problem| problem.to_string())
    }

    #[test]
    fn without_words_every_part_is_wanted_and_none_may_be_empty() {
        let options = parse(&[]).unwrap();
        assert!(
            ["native", "delivery", "web", "e2e", "package"].iter().all(|part| options.wants(part))
        );
        assert!(!options.may_be_empty());
        assert!(options.words().is_empty());
    }

    #[test]
    fn only_leaves_out_the_other_parts() {
        let options = parse(&["--only", "web", "--only", "e2e"]).unwrap();
        assert!(!options.wants("native") && !options.wants("package"));
        assert!(options.wants("web") && options.wants("e2e"));
    }

    #[test]
    fn filters_and_full_reach_the_test_programs() {
        let options = parse(&["blip", "--full", "queue"]).unwrap();
        assert_eq!(options.words(), ["blip", "queue", "--include-ignored"]);
        assert!(options.may_be_empty());
    }

    #[test]
    fn an_unknown_option_or_part_is_an_error_that_shows_the_right_ones() {
        assert!(parse(&["--fast"]).unwrap_err().contains("`--fast`"));
        assert!(
            parse(&["--only", "unit"])
                .unwrap_err()
                .contains("native, delivery, web, e2e or package")
        );
    }
}
