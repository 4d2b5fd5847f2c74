//! String literals of JSON, piece by piece.

/// A piece of a string literal.
pub(super) enum Piece {
    /// Bytes as they stand.
    Run(usize, usize),
    Character(char),
    End,
}

/// Walks over the inside of a string literal.
pub(super) struct Pieces {
    pub at: usize,
    /// Position of the opening quote.
    pub start: usize,
}

impl Pieces {
    /// The next piece; a message and the byte position it is about where the literal is broken.
    pub fn next(&mut self, bytes: &[u8]) -> Result<Piece, (&'static str, usize)> {
        const UNTERMINATED: &str = "Unterminated string starting at";
        let rest = bytes.get(self.at..).unwrap_or(&[]);
        let Some(run) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..=0x1F)) else {
            return Err((UNTERMINATED, self.start));
        };
        if run > 0 {
            let from = self.at;
            self.at += run;
            return Ok(Piece::Run(from, self.at));
        }
        let at = self.at;
        match rest.first() {
            Some(b'"') => {
                self.at += 1;
                return Ok(Piece::End);
            }
            Some(b'\\') => {}
            _ => return Err(("Invalid control character at", at)),
        }
        let Some(escape) = rest.get(1) else { return Err((UNTERMINATED, self.start)) };
        self.at += 2;
        Ok(Piece::Character(match escape {
            b'"' | b'\\' | b'/' => char::from(*escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let Some(unit) = hex(bytes, self.at) else { return Err(("Invalid \\uXXXX escape", at + 1)) };
                self.at += 4;
                let mut code = unit;
                if (0xD800..0xDC00).contains(&unit)
                    && bytes.get(self.at..self.at + 2) == Some(b"\\u")
                    && let Some(low) = hex(bytes, self.at + 2).filter(|low| (0xDC00..0xE000).contains(low))
                {
                    code = 0x10000 + ((unit - 0xD800) << 10 | (low - 0xDC00));
                    self.at += 6;
                }
                match char::from_u32(code) {
                    Some(character) => character,
                    None => return Err(("Lone surrogate in \\uXXXX escape (text here is UTF-8)", at)),
                }
            }
            _ => return Err(("Invalid \\escape", at)),
        }))
    }
}

/// Four hexadecimal digits.
fn hex(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.iter().try_fold(0, |code, byte| Some(code << 4 | char::from(*byte).to_digit(16)?))
}
