//! The notices that the licences of linked crates ask to be passed on with the modules.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::command;
use crate::files::{files_in, read};
use crate::problem::{Problem, Result};
use crate::widget::{Part, WASM};
use crate::workspace::{Workspace, metadata};

/// What a crate is known by: name and version.
type Id = (String, String);

const HEAD: &str = "\
The WebAssembly modules of tvox-widget contain the Rust standard library (MIT OR Apache-2.0,
https://www.rust-lang.org) and the crates below, under their licences. Where a crate leaves the choice,
tvox-widget uses it under MIT.
";

/// All notices, as one text: each licence text once, below the crates that it came with.
///
/// # Errors
/// Cargo cannot tell what is linked, or a crate's files cannot be read.
pub(crate) fn text(workspace: &Workspace) -> Result<String> {
    let mut linked = BTreeSet::new();
    for part in Part::ALL {
        linked.extend(crates(workspace, part)?);
    }
    let metadata = metadata(&workspace.root, &["--locked"])?;
    let packages =
        metadata.get("packages").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in &linked {
        let package = packages
            .iter()
            .find(|package| field(package, "name") == id.0 && field(package, "version") == id.1)
            .ok_or_else(|| {
                Problem::new(format!("cargo metadata does not know {} {}", id.0, id.1))
            })?;
        if package.get("source").is_some_and(Value::is_string) {
            by_text.entry(licence_text(package)?).or_default().push(described(package));
        }
    }
    let mut groups: Vec<_> = by_text.into_iter().map(|(text, crates)| (crates, text)).collect();
    groups.sort();
    let rule = "-".repeat(100);
    let blocks =
        groups.iter().map(|(crates, text)| format!("{rule}\n{}\n\n{text}", crates.join("\n")));
    Ok(format!("{HEAD}\n{}", blocks.collect::<Vec<_>>().join("\n")))
}

/// The crates that are linked into a part; what only runs while compiling is not among them.
pub(crate) fn crates(workspace: &Workspace, part: Part) -> Result<BTreeSet<Id>> {
    let mut tree = workspace.cargo(&["tree", "--package=tvox-widget", "--target", WASM]);
    tree.args(["--edges=normal,no-proc-macro", "--prefix=none", "--format={p}"]);
    tree.args(["--no-default-features", "--features", part.features()]);
    let list = command::output_of(&mut tree)
        .ok_or_else(|| Problem::new("cargo tree failed: is Cargo.toml in order?"))?;
    Ok(list.lines().filter_map(id).collect())
}

/// From `name v1.2.3`, whatever follows.
fn id(line: &str) -> Option<Id> {
    let (name, rest) = line.split_once(" v")?;
    Some((name.to_owned(), rest.split(' ').next()?.to_owned()))
}

fn described(package: &Value) -> String {
    let (name, version) = (field(package, "name"), field(package, "version"));
    format!("{name} {version}, {}, {}", field(package, "license"), field(package, "repository"))
}

fn field<'a>(package: &'a Value, key: &str) -> &'a str {
    package.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// What the crate itself brings, or who is to be named where it brings nothing.
fn licence_text(package: &Value) -> Result<String> {
    let folder = Path::new(field(package, "manifest_path")).parent().unwrap_or(Path::new("."));
    let names = files_in(folder)?;
    let mut text = String::new();
    for name in chosen(&names) {
        text += String::from_utf8_lossy(&read(&folder.join(name))?).replace("\r\n", "\n").trim();
        text.push('\n');
    }
    if text.is_empty() {
        let authors =
            package.get("authors").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let authors: Vec<_> = authors.iter().filter_map(Value::as_str).collect();
        let by =
            if authors.is_empty() { "its contributors".to_owned() } else { authors.join(", ") };
        text = format!("The crate brings no text of its licence. By {by}.\n");
    }
    Ok(text)
}

/// The files of a crate that have to be passed on: notices, and of several licences the MIT licence.
fn chosen(names: &[String]) -> Vec<&String> {
    let like = |name: &str, words: &[&str]| {
        let name = name.to_ascii_uppercase();
        words.iter().any(|word| name.contains(word))
    };
    let is_licence = |name: &str| {
        ["LICENSE", "LICENCE", "COPYING", "UNLICENSE"]
            .iter()
            .any(|word| name.to_ascii_uppercase().starts_with(word))
    };
    let licences: Vec<&String> = names.iter().filter(|name| is_licence(name)).collect();
    let mit: Vec<&String> = licences.iter().copied().filter(|name| like(name, &["MIT"])).collect();
    let notices = names.iter().filter(|name| like(name, &["NOTICE", "COPYRIGHT"]));
    if mit.is_empty() { licences } else { mit }.into_iter().chain(notices).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{chosen, id, text};
    use crate::workspace::Workspace;

    #[test]
    fn a_line_of_cargo_tree_names_a_crate_and_its_version() {
        let known = Some(("web-sys".to_owned(), "0.3.107".to_owned()));
        assert_eq!(id("web-sys v0.3.107"), known);
        assert_eq!(id("web-sys v0.3.107 (/a/path) (*)"), known);
        assert_eq!(id(""), None);
    }

    #[test]
    fn of_several_licences_the_mit_licence_is_passed_on_and_notices_always() {
        let names = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let all = names(&["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "NOTICE", "README.md"]);
        assert_eq!(chosen(&all), ["LICENSE-MIT", "NOTICE"]);
        assert_eq!(chosen(&names(&["license-apache.txt", "lib.rs"])), ["license-apache.txt"]);
        assert!(chosen(&names(&["README.md"])).is_empty());
    }

    #[test]
    fn every_linked_crate_is_named_and_none_of_our_own_or_of_the_tests() {
        let text = text(&Workspace::find().unwrap()).unwrap();
        for name in [
            "\nleptos 0.",
            "\nwasm-bindgen 0.2.",
            "\nserde 1.",
            "\ngloo-net 0.",
            "Permission is hereby",
        ] {
            assert!(text.contains(name), "no {name}");
        }
        for name in ["\ntvox-widget 0", "\ntokio 1", "\nserde_derive 1", "\nthirtyfour 0"] {
            assert!(!text.contains(name), "{name}");
        }
    }
}
