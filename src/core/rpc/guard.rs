//! What is refused before a parser sees it.

/// The longest frame that is read, in bytes.
pub const MAX_FRAME: usize = 65_536;

/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 16;

/// Why a frame was dropped. The connection goes on; the frame is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Longer than [`MAX_FRAME`].
    #[error("the frame is too long")]
    TooLong,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("the frame is nested too deeply")]
    TooDeep,
    /// No JSON, or not the shape that the method answers.
    #[error("the frame does not have the documented shape")]
    Shape,
    /// An answer to nothing that was asked.
    #[error("the frame answers nothing that was asked")]
    UnknownId,
}

/// Refuses what is too long or too deep, in one pass without recursion.
pub(super) fn check(text: &str) -> Result<(), DecodeError> {
    if text.len() > MAX_FRAME {
        return Err(DecodeError::TooLong);
    }
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(DecodeError::TooDeep);
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_levels_pass_and_seventeen_do_not() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(check(&nested(16)), Ok(()));
        assert_eq!(check(&nested(17)), Err(DecodeError::TooDeep));
    }

    #[test]
    fn brackets_inside_a_string_are_no_levels() {
        let text = format!(r#"["{}\"{}"]"#, "[".repeat(40), "{".repeat(40));
        assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn a_byte_over_the_limit_is_refused() {
        assert_eq!(check(&" ".repeat(MAX_FRAME)), Ok(()));
        assert_eq!(check(&" ".repeat(MAX_FRAME + 1)), Err(DecodeError::TooLong));
    }
}
