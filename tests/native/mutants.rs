//! Mistakes made on purpose stay where they belong: in the simulator's own builds.

use std::path::Path;

#[test]
fn no_crate_asks_for_mistakes_by_itself() {
    for (manifest, lines) in [
        ("Cargo.toml", vec!["mutants = []"]),
        ("demo/server/Cargo.toml", vec!["mutants = []"]),
        (
            "tests/simulator/Cargo.toml",
            vec![r#"mutants = ["tvox-demo-server/mutants", "tvox-widget/mutants"]"#],
        ),
        ("tests/fuzz/Cargo.toml", vec![r#"mutants = ["tvox-simulator/mutants"]"#]),
        ("tests/e2e/Cargo.toml", vec![]),
        ("tests/load/Cargo.toml", vec![]),
        ("xtask/Cargo.toml", vec![]),
    ] {
        let text = read(manifest);
        let named: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#') && line.contains("mutants"))
            .collect();
        // Their definition is all: no default, no other feature and no dependency asks for them.
        assert_eq!(named, lines, "{manifest}");
    }
}

#[test]
fn a_page_with_mistakes_does_not_compile() {
    let guard = "#[cfg(all(feature = \"mutants\", target_arch = \"wasm32\"))]\ncompile_error!(";
    assert!(read("src/core/mutant.rs").contains(guard));
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
