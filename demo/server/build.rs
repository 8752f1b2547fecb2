//! Builds the operator console's files into the program: whatever lies in `console/` and is a page's business.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const SERVED: [&str; 7] = ["html", "css", "js", "svg", "png", "woff2", "mp3"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=console");
    let folder =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("console");
    let mut files = Vec::new();
    if folder.is_dir() {
        collect(&folder, &folder, &mut files)?;
    }
    files.sort();
    let mut table = String::from("[\n");
    for name in &files {
        // Found anew where the package lies now: a build folder may have come from elsewhere.
        let path = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/console/{name}\")");
        writeln!(table, "    ({name:?}, include_bytes!({path}).as_slice()),")
            .map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("console.rs"), table)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_test = name.contains(".test.") || matches!(name, "test" | "tests" | "node_modules");
        if is_test || name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|extension| SERVED.contains(&extension))
        {
            let relative: Vec<_> = path
                .strip_prefix(root)
                .map_err(io::Error::other)?
                .iter()
                .map(|part| part.to_string_lossy())
                .collect();
            files.push(relative.join("/"));
        }
    }
    Ok(())
}
