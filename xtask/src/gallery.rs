//! `cargo xtask gallery`: pictures of every state of the widget, and the README's among them.

use std::path::Path;
use std::process::Command;

use crate::browsers::Browser;
use crate::checks::ALL_NATIVE;
use crate::command::run;
use crate::package;
use crate::problem::{Problem, Result};
use crate::tool::Tool;
use crate::widget::Optimise;
use crate::workspace::Workspace;

/// The README's pictures: from the gallery, to `docs/images`.
const README: [(&str, &str); 4] = [
    ("chat--light-desktop-en.png", "widget.png"),
    ("home--light-phone-en.png", "home.png"),
    ("chat--dark-phone-en.png", "chat-dark.png"),
    ("form--light-phone-ar.png", "arabic.png"),
];

/// The options of the command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Every theme, width and language, instead of a quick look.
    full: bool,
    /// The README's pictures only, and put in their place.
    readme: bool,
    /// Only states whose name contains one of these.
    filters: Vec<String>,
}

impl Options {
    /// Reads `[--full] [--readme] [filters…]`.
    ///
    /// # Errors
    /// An option is unknown.
    pub(crate) fn parse(words: &[String]) -> Result<Self> {
        let mut options = Self::default();
        for word in words {
            match word.as_str() {
                "--full" => options.full = true,
                "--readme" => options.readme = true,
                option if option.starts_with('-') => {
                    return Err(Problem::new(format!(
                        "gallery does not know `{option}`: gallery [--full] [--readme] [states]"
                    )));
                }
                state => options.filters.push(state.to_owned()),
            }
        }
        Ok(options)
    }
}

/// Builds what is needed and takes the pictures, into `target/gallery`.
///
/// # Errors
/// Something does not build, or a state cannot be reached.
pub(crate) fn take(workspace: &Workspace, options: &Options) -> Result<()> {
    package::build(workspace, Optimise::Always)?;
    let pair = Browser::Chromium.get(workspace)?;
    let axe = Tool::Axe.get(workspace)?;
    run(workspace.cargo(&["build", "--bins", "--tests"]).args(ALL_NATIVE))?;
    let gallery = workspace.target.join("gallery");
    let mut suite = Command::new(workspace.program("tvox-e2e"));
    suite.current_dir(&workspace.root);
    suite.args(["--browser", Browser::Chromium.name()]);
    suite.arg("--browser-path").arg(pair.browser).arg("--driver-path").arg(pair.driver);
    suite.arg("--server").arg(workspace.program("tvox-demo-server"));
    suite.arg("--site").arg(&workspace.root).arg("--widget").arg(workspace.dist());
    suite.arg("--axe").arg(axe).arg("--screenshots").arg(workspace.target.join("e2e-screenshots"));
    suite.arg("--gallery").arg(&gallery);
    if options.full {
        suite.arg("--include-ignored");
    }
    if options.readme {
        suite.args(README.iter().filter_map(|(picture, _)| picture.split("--").next()));
    }
    suite.args(&options.filters);
    run(&mut suite)?;
    if options.readme { hang(&gallery, &workspace.root.join("docs/images")) } else { Ok(()) }
}

fn hang(gallery: &Path, images: &Path) -> Result<()> {
    for (from, to) in README {
        std::fs::copy(gallery.join(from), images.join(to))
            .map_err(|error| Problem::new(format!("{from}: {error}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Options;

    #[test]
    fn states_are_filters_and_an_unknown_option_is_an_error() {
        let parse = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            Options::parse(&words).map_err(|problem| problem.to_string())
        };
        let options = parse(&["--full", "chat"]).unwrap();
        assert!(options.full && !options.readme);
        assert_eq!(options.filters, ["chat"]);
        assert!(parse(&["--slow"]).unwrap_err().contains("`--slow`"));
    }
}
