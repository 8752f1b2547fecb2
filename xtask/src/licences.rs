//! Whether everything we build on may be built on: the licences of all dependencies.

use crate::problem::{Problem, Result};
use crate::workspace::{Workspace, metadata};

/// Licences that ask for no more than a notice.
const PERMISSIVE: [&str; 12] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unicode-3.0",
    "CC0-1.0",
    "BSL-1.0",
];

/// Prints every package whose licence is not permissive; true if there is none.
///
/// # Errors
/// Cargo cannot list the packages.
pub(crate) fn check(workspace: &Workspace) -> Result<bool> {
    println!("\nlicences of all packages in Cargo.lock");
    let metadata = metadata(&workspace.root, &["--locked"])?;
    let packages = metadata
        .get("packages")
        .and_then(serde_json::Value::as_array)
        .ok_or_else(|| Problem::new("cargo metadata lists no packages"))?;
    let mut good = true;
    for package in packages {
        let text = |key: &str| package.get(key).and_then(serde_json::Value::as_str).unwrap_or("");
        if !is_permissive(text("license")) {
            println!("{} {}: licence `{}`", text("name"), text("version"), text("license"));
            good = false;
        }
    }
    println!(
        "{} packages, {}",
        packages.len(),
        if good { "all permissive" } else { "not all permissive" }
    );
    Ok(good)
}

/// Whether an SPDX expression can be met with permissive licences alone.
fn is_permissive(expression: &str) -> bool {
    // `/` is the old spelling of OR. OR binds weaker than AND; parentheses only group alternatives
    // in the expressions that crates use.
    let expression = expression.replace('/', " OR ");
    if let Some((before, rest)) = expression.split_once('(') {
        let Some((inside, after)) = rest.split_once(')') else {
            return false;
        };
        let stand_in = if is_permissive(inside) { "MIT" } else { "LicenseRef-other" };
        return is_permissive(&format!("{before}{stand_in}{after}"));
    }
    expression
        .split(" OR ")
        .any(|choice| choice.split(" AND ").all(|licence| PERMISSIVE.contains(&licence.trim())))
}

#[cfg(test)]
mod tests {
    use super::is_permissive;

    #[test]
    fn one_permissive_choice_is_enough() {
        assert!(is_permissive("MIT OR Apache-2.0"));
        assert!(is_permissive("MIT/Apache-2.0"));
        assert!(is_permissive("GPL-3.0 OR MIT"));
        assert!(is_permissive("Apache-2.0 WITH LLVM-exception OR MIT"));
    }

    #[test]
    fn every_part_of_a_conjunction_counts() {
        assert!(is_permissive("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!is_permissive("MIT AND GPL-3.0-only"));
        assert!(!is_permissive("(MIT OR Apache-2.0) AND MPL-2.0"));
    }

    #[test]
    fn no_licence_is_no_permission() {
        assert!(!is_permissive(""));
        assert!(!is_permissive("MPL-2.0"));
    }
}
