//! Whether the library without a face really carries none.

use std::path::Path;

use crate::files::read;
use crate::notices;
use crate::problem::{Problem, Result};
use crate::widget::Part;
use crate::workspace::Workspace;

/// Words that are in the interface and nowhere else, and how one knows: a custom property of the style
/// sheet, a part of the shadow root, a language's file, and what its scripts ask of the page.
const SIGNS: [&str; 6] = [
    "--tvox-surface",
    "composer-input",
    "./texts/en.json",
    "attachShadow",
    "adoptedStyleSheets",
    "insertBefore",
];

/// What the interface is drawn with.
const DRAWN_WITH: [&str; 4] = ["leptos", "tachys", "reactive_graph", "any_spawner"];

const FACELESS: [&str; 4] = ["core.js", "core.wasm", "core.node.js", "bundle/tvox-widget.js"];
const WITH_FACE: [&str; 2] = ["element.js", "element.wasm"];

/// Refuses a headless library in `dist` that has a piece of the interface in it.
///
/// # Errors
/// There is one; or a sign by which one would know it has left the interface itself.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let dist = workspace.dist();
    let (face, faceless) = (contents(&dist, &WITH_FACE)?, contents(&dist, &FACELESS)?);
    judge(&face, &faceless)?;
    let drawn = notices::crates(workspace, Part::Element)?;
    let bare = notices::crates(workspace, Part::Core)?;
    for package in DRAWN_WITH {
        if !drawn.iter().any(|(name, _)| name == package) {
            return Err(Problem::new(format!(
                "the interface no longer needs {package}: list what it is drawn with anew, in headless.rs"
            )));
        }
        if bare.iter().any(|(name, _)| name == package) {
            return Err(Problem::new(format!("the headless library depends on {package}")));
        }
    }
    println!("the headless library holds no user interface");
    Ok(())
}

type Content = (&'static str, Vec<u8>);

fn contents(dist: &Path, names: &[&'static str]) -> Result<Vec<Content>> {
    names.iter().map(|name| Ok((*name, read(&dist.join(name))?))).collect()
}

/// A sign that is not in the interface would be missed for ever: so it has to be there.
fn judge(face: &[Content], faceless: &[Content]) -> Result<()> {
    for sign in SIGNS {
        let has = |(_name, bytes): &&Content| {
            bytes.windows(sign.len()).any(|window| window == sign.as_bytes())
        };
        if face.iter().find(has).is_none() {
            return Err(Problem::new(format!(
                "`{sign}` is no longer in the interface: choose another sign of it, in headless.rs"
            )));
        }
        if let Some((name, _bytes)) = faceless.iter().find(has) {
            return Err(Problem::new(format!(
                "{name} has `{sign}` in it, which is user interface"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{SIGNS, judge};

    #[test]
    fn one_sign_of_the_interface_in_a_headless_file_is_an_error_that_names_both() {
        let face = [("element.wasm", SIGNS.join("\0").into_bytes())];
        assert_eq!(judge(&face, &[("core.wasm", b"\0asm and nothing else".to_vec())]), Ok(()));
        for sign in SIGNS {
            let stained = [("core.wasm", format!("\0asm {sign}").into_bytes())];
            let problem = judge(&face, &stained).unwrap_err().to_string();
            assert!(problem.contains("core.wasm") && problem.contains(sign), "{problem}");
        }
    }

    #[test]
    fn a_sign_that_the_interface_itself_lacks_is_an_error() {
        let face = [("element.wasm", SIGNS[1..].join("\0").into_bytes())];
        assert!(judge(&face, &[]).unwrap_err().to_string().contains(SIGNS[0]));
    }
}
