//! What a file is, from its content.

/// How far into a picture or document a page would have to begin for a browser to take it for one.
const HEAD: usize = 1024;

/// With what a text begins that is more than a text.
const NO_TEXT: [&str; 9] =
    ["<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<?php", "#!"];

/// Whether the content is of that type, from its first byte to its last.
pub(crate) fn is_of_type(bytes: &[u8], media_type: &str) -> bool {
    if media_type == "text/plain" {
        return is_text(bytes);
    }
    let is_whole = match media_type {
        "application/pdf" => bytes.starts_with(b"%PDF-") && contains(tail(bytes), b"%%EOF"),
        "image/gif" => {
            (bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a"))
                && has_gif_block(bytes)
                && bytes.ends_with(b";")
        }
        "image/jpeg" => {
            bytes.starts_with(&[0xFF, 0xD8, 0xFF]) && contains(tail(bytes), &[0xFF, 0xD9])
        }
        "image/png" => {
            bytes.starts_with(b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR") && contains(tail(bytes), b"IEND")
        }
        "image/webp" => {
            bytes.starts_with(b"RIFF")
                && bytes.get(8..12) == Some(b"WEBP")
                && bytes.get(4..8).is_some_and(|size| {
                    let size = u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize;
                    size + 8 == bytes.len() || size + 9 == bytes.len()
                })
        }
        _ => false,
    };
    is_whole && !looks_like_a_page(&bytes[..bytes.len().min(HEAD)])
}

fn is_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let is_plain =
        !text.chars().any(|one| one.is_control() && !matches!(one, '\t' | '\n' | '\r' | '\u{c}'));
    let begin: String = text
        .trim_start_matches(['\u{feff}', ' ', '\t', '\n', '\r', '\u{c}'])
        .chars()
        .take(16)
        .collect();
    let begin = begin.to_ascii_lowercase();
    is_plain && !NO_TEXT.iter().any(|word| begin.starts_with(word))
}

/// After the head and the colours a block begins, as in every picture: a script would stand there.
fn has_gif_block(bytes: &[u8]) -> bool {
    let Some(flags) = bytes.get(10) else { return false };
    let colours = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    matches!(bytes.get(13 + colours), Some(0x21 | 0x2C))
}

fn looks_like_a_page(head: &[u8]) -> bool {
    let head = head.to_ascii_lowercase();
    ["<script", "<html", "<!doctype html", "<svg"]
        .iter()
        .any(|word| contains(&head, word.as_bytes()))
}

fn tail(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.len().saturating_sub(HEAD)..]
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0....\0\0\0\0IEND\xAEB\x60\x82";
    const GIF: &[u8] =
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n";
    const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0....\xFF\xD9";
    const WEBP: &[u8] = b"RIFF\x0C\0\0\0WEBPVP8 \0\0\0\0";

    #[test]
    fn each_type_is_told_by_its_content_and_by_no_other() {
        let samples = [
            ("image/png", PNG),
            ("image/gif", GIF),
            ("application/pdf", PDF),
            ("image/jpeg", JPEG),
            ("image/webp", WEBP),
            ("text/plain", "Dov'è la fattura?\r\n\t<b>\n".as_bytes()),
        ];
        for (media_type, bytes) in samples {
            for (other, _) in samples {
                // A document's text is one.
                let is_both = media_type == "application/pdf" && other == "text/plain";
                assert_eq!(
                    is_of_type(bytes, other),
                    other == media_type || is_both,
                    "{media_type} as {other}"
                );
            }
        }
        assert!(!is_of_type(PNG, "image/svg+xml"));
    }

    #[test]
    fn what_is_two_things_at_once_is_none() {
        let script = b"GIF89a/*aaaaaaa*/=1;alert(1);";
        assert!(!is_of_type(script, "image/gif"));
        let page = b"%PDF-1.7\n<html><script>alert(1)</script>\n%%EOF";
        assert!(!is_of_type(page, "application/pdf"));
        let picture = [PNG, b"<script>alert(1)</script>IEND"].concat();
        assert!(!is_of_type(&picture, "image/png"));
        for text in [
            "<!DOCTYPE html>",
            "\u{feff} <SVG onload=x>",
            "#!/bin/sh",
            "<?php x",
            "a\0b",
            "\u{1b}[2J",
        ] {
            assert!(!is_of_type(text.as_bytes(), "text/plain"), "{text:?}");
        }
        assert!(!is_of_type(&[0xC3, 0x28], "text/plain"), "no UTF-8");
    }

    #[test]
    fn what_is_cut_off_is_refused_and_nothing_panics() {
        for (media_type, bytes) in [
            ("image/png", PNG),
            ("image/gif", GIF),
            ("application/pdf", PDF),
            ("image/jpeg", JPEG),
            ("image/webp", WEBP),
        ] {
            for length in 0..bytes.len() {
                // The end of a PDF may lack its newline, that of a PNG its checksum.
                let is_near_the_end = length + 5 > bytes.len();
                assert!(
                    is_near_the_end || !is_of_type(&bytes[..length], media_type),
                    "{media_type} {length}"
                );
            }
        }
    }
}
