//! What the documents say, as far as a program can check it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tvox_widget::core::rpc::Codec;

#[test]
fn every_relative_link_of_a_document_leads_to_a_file() {
    let mut broken = Vec::new();
    for document in documents() {
        let text = read(&document);
        for link in links(&text).filter(|link| !link.contains("://") && !link.starts_with('#')) {
            let target = link.split('#').next().unwrap_or_default();
            if !document.parent().unwrap().join(target).exists() {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_frame_of_the_protocol_document_is_a_message() {
    let mut seen = 0;
    for (line, frame) in frames("docs/protocol.md") {
        assert!(frame.is_object(), "no object: {line}");
        assert!(line.starts_with(['→', '←']), "no direction: {line}");
        let is_request = frame["method"].is_string() && frame["method"] != "event";
        assert_eq!(line.starts_with('→'), is_request, "wrong direction: {line}");
        if !is_request && frame["id"].is_null() {
            // Of no subscription of ours, so passed over; but only what is well-formed gets so far.
            let decoded = Codec::default().decode(&frame.to_string());
            assert!(decoded.is_ok(), "{decoded:?}: {line}");
        }
        seen += 1;
    }
    assert!(seen >= 25, "only {seen} frames were found");
}

#[test]
fn the_protocol_document_lists_every_error_that_the_golden_messages_know() {
    let document = read(&root().join("docs/protocol.md"));
    let goldens = read(&root().join("tests/golden/errors.jsonl"));
    let mut codes = BTreeSet::new();
    for golden in goldens.lines() {
        let golden: Value = serde_json::from_str(golden).unwrap();
        let (code, reason) =
            (&golden["expect"]["code"], golden["expect"]["reason"].as_str().unwrap());
        assert!(
            document.contains(&format!("| {code} | `{reason}` |")),
            "{code} {reason} is not listed"
        );
        codes.insert(code.as_i64());
    }
    assert!(codes.len() >= 24, "only {} errors were found", codes.len());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn documents() -> Vec<PathBuf> {
    let in_docs =
        std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<_> =
        in_docs.filter(|path| path.extension().is_some_and(|it| it == "md")).collect();
    documents.extend(["README.md", "tests/golden/README.md"].map(|path| root().join(path)));
    assert!(documents.len() >= 6);
    documents
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The targets of Markdown links and of pictures.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let markdown = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let pictures = text.split("<img src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    markdown.chain(pictures)
}

/// The lines of a document's `jsonl` blocks, each with the frame after its arrow.
fn frames(document: &str) -> Vec<(String, Value)> {
    let text = read(&root().join(document));
    let blocks = text.split("```jsonl\n").skip(1).filter_map(|rest| rest.split("```").next());
    let lines = blocks.flat_map(str::lines).filter(|line| !line.trim().is_empty());
    let frame = |line: &str| {
        let json = line.trim_start_matches(['→', '←', ' ']);
        let frame = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {line}"));
        (line.to_owned(), frame)
    };
    lines.map(frame).collect()
}
