//! The style sheets keep to the tokens, and the page about them keeps to the truth.

use std::fs;
use std::path::Path;

const TOKENS: &str = include_str!("../../style/tokens.css");
const PAGE: &str = include_str!("../../docs/design.md");

/// The sheets of the components, by name, without their comments.
fn sheets() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("style");
    let mut sheets = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name != "tokens.css" {
            sheets.push((name, without_comments(&fs::read_to_string(path).unwrap())));
        }
    }
    assert!(sheets.len() > 5, "the sheets are in style/");
    sheets
}

fn without_comments(css: &str) -> String {
    let mut parts = css.split("/*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |bare, part| bare + part.split_once("*/").map_or("", |(_, rest)| rest))
}

/// The names of the tokens that the sheet declares.
fn declared() -> Vec<String> {
    let bare = without_comments(TOKENS);
    let lines = bare.lines().map(str::trim).filter(|line| line.starts_with("--_"));
    let mut names: Vec<String> =
        lines.filter_map(|line| line.split_once(':')).map(|(name, _)| name.to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// Whether a value names a colour by its numbers.
fn has_colour(line: &str) -> bool {
    let Some((_, value)) = line.split_once(':') else { return false };
    let hexadecimal = value.split('#').skip(1).any(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        matches!(digits, 3 | 4 | 6 | 8)
    });
    hexadecimal || ["rgb(", "rgba(", "hsl(", "hwb(", "oklch("].iter().any(|it| value.contains(it))
}

#[test]
fn no_component_has_a_colour_of_its_own() {
    for (name, css) in sheets() {
        for line in css.lines().filter(|line| !line.ends_with('{')) {
            assert!(!has_colour(line), "style/{name}: {}", line.trim());
        }
    }
}

#[test]
fn a_colour_by_its_numbers_is_one() {
    for line in ["color: #fff;", "background: rgb(0 0 0 / 5%);", "border: 1px solid #a0b1c2;"] {
        assert!(has_colour(line), "{line}");
    }
    for line in ["color: var(--_text);", "background: Canvas;", "fill: url(#a-picture);"] {
        assert!(!has_colour(line), "{line}");
    }
}

#[test]
fn every_token_that_is_used_is_declared_where_tokens_are() {
    // Set by the element itself, or by a sheet for its own parts.
    let known = declared();
    for (name, css) in sheets() {
        let own: Vec<&str> = css
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("--_"))
            .filter_map(|line| line.split_once(':'))
            .map(|(name, _)| name)
            .collect();
        for used in css.split("var(").skip(1).filter(|used| used.starts_with("--_")) {
            let end = used.find([',', ')']).unwrap();
            let token = used[..end].trim();
            let by_the_element = ["--_vh", "--_vt", "--_level"].contains(&token);
            let has_default = used[end..].starts_with(',');
            assert!(
                by_the_element
                    || has_default
                    || own.contains(&token)
                    || known.iter().any(|it| it == token),
                "style/{name}: {token}"
            );
        }
    }
}

#[test]
fn the_page_about_the_design_names_every_token() {
    for token in declared() {
        assert!(PAGE.contains(&format!("`{token}`")), "docs/design.md: {token}");
    }
}
