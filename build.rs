//! Joins the style sheets of `style/` into the one text that the element adopts.

#![allow(clippy::expect_used)] // a build without its style sheets must stop

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=style");
    let mut files: Vec<PathBuf> = fs::read_dir("style")
        .expect("style/")
        .map(|entry| entry.expect("an entry of style/").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "css"))
        .collect();
    // Tokens and base first: what follows builds on them.
    files.sort_by_key(|path| {
        let name = path.file_stem().unwrap_or_default().to_owned();
        (name != "tokens", name != "base", name)
    });
    let css: String = files.iter().map(|path| fs::read_to_string(path).expect("UTF-8")).collect();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("OUT_DIR")).join("widget.css");
    fs::write(out, squeeze(&css)).expect("a writable OUT_DIR");
}

/// Drops comments and the white space that means nothing. Knows no strings with braces or comment
/// marks in them: the sheets have none.
fn squeeze(css: &str) -> String {
    let mut bare = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let mut out = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    for mark in ["{", "}", ";", ","] {
        out = out.replace(&format!(" {mark}"), mark).replace(&format!("{mark} "), mark);
    }
    out.replace(": ", ":").replace(";}", "}").replace("( ", "(").replace(" )", ")")
}
