//! `cargo xtask demo`: the whole thing, running, from one command.

use std::process::Command;

use crate::command;
use crate::package;
use crate::problem::{Problem, Result};
use crate::tool::Tool;
use crate::widget::{self, Optimise};
use crate::workspace::Workspace;

/// The pages in Rust that `--example` builds.
const EXAMPLES: [&str; 2] = ["core_page", "leptos_app"];

/// The options of the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    /// The port of the demo server, on the loopback interface.
    port: u16,
    /// A page in Rust to build as well.
    example: Option<String>,
    /// Words after `--`, for the demo server itself.
    server: Vec<String>,
}

impl Options {
    /// Reads `[--port N] [-- server options…]`.
    ///
    /// # Errors
    /// A word is unknown or the port is no number.
    pub(crate) fn parse(words: &[String]) -> Result<Self> {
        let mut options = Self { port: 8080, example: None, server: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--port" => {
                    let port = words.next().and_then(|port| port.parse().ok());
                    options.port =
                        port.ok_or_else(|| Problem::new("--port needs a number from 0 to 65535"))?;
                }
                "--example" => {
                    let name = words.next().filter(|name| EXAMPLES.contains(&name.as_str()));
                    let name = name.ok_or_else(|| {
                        Problem::new(format!("--example needs one of {}", EXAMPLES.join(", ")))
                    })?;
                    options.example = Some(name.clone());
                }
                "--" => {
                    options.server = words.by_ref().cloned().collect();
                }
                other => {
                    return Err(Problem::new(format!(
                        "demo does not know `{other}`: demo [--port N] [--example NAME] [-- server options]"
                    )));
                }
            }
        }
        Ok(options)
    }
}

/// Builds the widget and the server, and becomes the server: Ctrl-C reaches it and ends it.
///
/// # Errors
/// Something is missing, or does not build, or the server cannot start.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    need_compiler()?;
    package::build(workspace, Optimise::IfPossible)?;
    if let Some(example) = &options.example {
        build_example(workspace, example)?;
    }
    command::run(&mut workspace.cargo(&["build", "--package=tvox-demo-server"]))?;
    let mut server = Command::new(workspace.program("tvox-demo-server"));
    server.current_dir(&workspace.root);
    server.arg("--listen").arg(format!("127.0.0.1:{}", options.port));
    server.arg("--data").arg(workspace.target.join("demo-data"));
    server.arg("--site").arg(&workspace.root).arg("--widget").arg(workspace.dist());
    // Whoever has settings of their own wants no others.
    if !options.server.iter().any(|word| word.starts_with("--config")) {
        server.arg("--config").arg(workspace.root.join("demo/server/demo.toml"));
    }
    server.args(&options.server);
    command::announce(&server);
    println!("Ctrl-C ends the demo.\n");
    become_program(&mut server)
}

/// Builds a page of `examples/` beside the widget; `demo/rust/` has the page that loads it.
fn build_example(workspace: &Workspace, name: &str) -> Result<()> {
    compile_examples(workspace, &[name], &["--release"])?;
    bind_example(workspace, name, "release")?;
    println!("The example is at /demo/rust/{name}.html.");
    Ok(())
}

/// Builds all of them beside the widget, with what the tests in a page have built already.
///
/// # Errors
/// A tool cannot be had, or one does not build.
pub(crate) fn build_examples(workspace: &Workspace) -> Result<()> {
    compile_examples(workspace, &EXAMPLES, &[])?;
    EXAMPLES.iter().try_for_each(|name| bind_example(workspace, name, "debug"))
}

fn compile_examples(workspace: &Workspace, names: &[&str], options: &[&str]) -> Result<()> {
    widget::need_target(workspace)?;
    let mut cargo = workspace.cargo(&["build", "--package=tvox-widget", "--target", widget::WASM]);
    cargo.args(names.iter().map(|name| format!("--example={name}")));
    command::run(cargo.args(options))
}

fn bind_example(workspace: &Workspace, name: &str, profile: &str) -> Result<()> {
    let module = format!("{profile}/examples/{name}.wasm");
    let module = workspace.target.join(widget::WASM).join(module);
    let mut bind = Command::new(Tool::WasmBindgen.get(workspace)?);
    bind.args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"]);
    command::run(bind.arg(workspace.dist().join("examples")).arg(module))
}

/// SQLite is compiled from C: better said now than after a minute of building.
fn need_compiler() -> Result<()> {
    let named = std::env::var_os("CC").is_some();
    if cfg!(windows) || named || command::on_path(&["cc", "gcc", "clang"]).is_some() {
        return Ok(());
    }
    Err(Problem::new("no C compiler: install one (Debian: apt-get install gcc libc6-dev)"))
}

#[cfg(unix)]
fn become_program(program: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = program.exec();
    Err(Problem::new(format!("cannot start the demo server: {error}")))
}

#[cfg(not(unix))]
fn become_program(program: &mut Command) -> Result<()> {
    command::run(program)
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
    fn the_port_is_8080_unless_given() {
        assert_eq!(parse(&[]).unwrap().port, 8080);
        assert_eq!(parse(&["--port", "9000"]).unwrap().port, 9000);
    }

    #[test]
    fn a_bad_port_and_an_unknown_word_are_errors() {
        assert!(parse(&["--port"]).unwrap_err().contains("--port"));
        assert!(parse(&["--port", "70000"]).is_err());
        assert!(parse(&["--prot", "80"]).unwrap_err().contains("`--prot`"));
    }

    #[test]
    fn words_after_two_dashes_go_to_the_server() {
        assert_eq!(parse(&["--", "--no-echo", "--port"]).unwrap().server, ["--no-echo", "--port"]);
    }
}
