//! Reading `Cargo.lock`: some tools must have exactly the version of the crate they work with.

use crate::problem::{Problem, Result};

/// The version of package `name` in the text of a `Cargo.lock`.
///
/// # Errors
/// The text is no lock file, the package is not in it, or it is there in several versions.
pub(crate) fn version_of(lock: &str, name: &str) -> Result<String> {
    let lock: toml::Table = lock
        .parse()
        .map_err(|error| Problem::new(format!("Cargo.lock cannot be read: {error}")))?;
    let packages =
        lock.get("package").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    let field = |package: &toml::Value, key: &str| {
        package.get(key).and_then(toml::Value::as_str).map(str::to_owned)
    };
    let versions: Vec<String> = packages
        .iter()
        .filter(|package| field(package, "name").as_deref() == Some(name))
        .filter_map(|package| field(package, "version"))
        .collect();
    match versions.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Problem::new(format!("Cargo.lock has no package `{name}`"))),
        several => Err(Problem::new(format!(
            "Cargo.lock has `{name}` more than once: {}",
            several.join(", ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::version_of;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
dependencies = ["cfg-if"]

[[package]]
name = "wasm-bindgen-macro"
version = "0.2.129"

[[package]]
name = "syn"
version = "2.0.0"

[[package]]
name = "syn"
version = "3.0.0"
"#;

    #[test]
    fn the_version_is_that_of_the_package_with_exactly_this_name() {
        assert_eq!(version_of(LOCK, "wasm-bindgen").unwrap(), "0.2.130");
    }

    #[test]
    fn an_absent_package_is_named_in_the_error() {
        let problem = version_of(LOCK, "trunk").unwrap_err().to_string();
        assert!(problem.contains("`trunk`"), "{problem}");
    }

    #[test]
    fn two_versions_of_one_package_are_an_error_that_lists_them() {
        let problem = version_of(LOCK, "syn").unwrap_err().to_string();
        assert!(problem.contains("2.0.0, 3.0.0"), "{problem}");
    }

    #[test]
    fn text_that_is_no_toml_is_an_error() {
        assert!(version_of("not a lock file", "syn").is_err());
    }
}
