//! Source positions and names of a module, kept on the host under the module's hash.
//!
//! A stripped device reports (function, word) pairs; with these tables the host makes a full traceback of them.

use crate::generated::symbols::symbols as fb;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What the names of the library's files begin with. Like CPython's modules in C they have no place in a traceback: it
/// shows where the program called them.
pub const LIBRARY: &str = "<library>/";

/// The library's function for a negative number to a fractional power, which is complex: the compiler links it where a
/// power may need it, and the machine finds it by this name.
pub const COMPLEX_POWER: &str = "_complex_power";

/// Where code comes from. Lines count from 1, columns are UTF-8 bytes from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// First word of the function it holds for, up to the next position.
    pub word: u16,
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u16,
    /// Lines to the end of the expression.
    pub line_span: u16,
    /// Column behind the expression, on its last line.
    pub end_column: u16,
}

/// One function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionSymbols {
    /// Name as tracebacks show it (`<module>`, `handler`, `<listcomp>`).
    pub name: String,
    /// Index of its file.
    pub file: u16,
    /// Line of its `def`.
    pub first_line: u32,
    /// Positions by word.
    pub positions: Vec<Position>,
    /// Names of the local variables by register; empty for temporaries.
    pub registers: Vec<String>,
}

/// A source file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// Path as tracebacks show it.
    pub name: String,
    /// Text, for carets; may be empty.
    pub source: String,
}

/// The tables of one module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols {
    /// SHA-256 of the module's bytes.
    pub module_hash: [u8; 32],
    /// Files.
    pub files: Vec<File>,
    /// Functions, by index.
    pub functions: Vec<FunctionSymbols>,
}

/// The bytes are no symbol table, or a damaged one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

impl core::fmt::Display for Damaged {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the symbol table is damaged")
    }
}

impl core::error::Error for Damaged {}

impl Symbols {
    /// Position of a word of a function.
    pub fn position(&self, function: usize, word: u16) -> Option<(&FunctionSymbols, Option<&File>, Position)> {
        let symbols = self.functions.get(function)?;
        let index = symbols.positions.partition_point(|p| p.word <= word);
        let position = *symbols.positions.get(index.checked_sub(1)?)?;
        Some((symbols, self.files.get(usize::from(symbols.file)), position))
    }

    /// Writes the tables.
    pub fn encode(&self) -> Vec<u8> {
        let mut builder = flatbuffers::FlatBufferBuilder::with_capacity(1024);
        let files: Vec<_> = self
            .files
            .iter()
            .map(|file| {
                let args = fb::FileArgs {
                    name: Some(builder.create_string(&file.name)),
                    source: Some(builder.create_string(&file.source)),
                };
                fb::File::create(&mut builder, &args)
            })
            .collect();
        let functions: Vec<_> = self
            .functions
            .iter()
            .map(|function| {
                let positions: Vec<_> = function
                    .positions
                    .iter()
                    .map(|p| fb::Position::new(p.word, p.column, p.end_column, p.line_span, p.line))
                    .collect();
                let registers: Vec<_> = function.registers.iter().map(|name| builder.create_string(name)).collect();
                let args = fb::FunctionArgs {
                    name: Some(builder.create_string(&function.name)),
                    file: function.file,
                    first_line: function.first_line,
                    positions: Some(builder.create_vector(&positions)),
                    registers: Some(builder.create_vector(&registers)),
                };
                fb::Function::create(&mut builder, &args)
            })
            .collect();
        let args = fb::SymbolsArgs {
            module_hash: Some(builder.create_vector(&self.module_hash)),
            files: Some(builder.create_vector(&files)),
            functions: Some(builder.create_vector(&functions)),
        };
        let root = fb::Symbols::create(&mut builder, &args);
        fb::finish_symbols_buffer(&mut builder, root);
        builder.finished_data().to_vec()
    }

    /// Reads the tables.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        if bytes.len() < 8 || !fb::symbols_buffer_has_identifier(bytes) {
            return Err(Damaged);
        }
        let root = fb::root_as_symbols(bytes).map_err(|_| Damaged)?;
        let mut symbols = Self::default();
        let hash = root.module_hash().map_or(&[][..], |hash| hash.bytes());
        symbols.module_hash = hash.try_into().map_err(|_| Damaged)?;
        for file in root.files().iter().flatten() {
            symbols.files.push(File {
                name: file.name().unwrap_or_default().to_string(),
                source: file.source().unwrap_or_default().to_string(),
            });
        }
        for function in root.functions().iter().flatten() {
            symbols.functions.push(FunctionSymbols {
                name: function.name().unwrap_or_default().to_string(),
                file: function.file(),
                first_line: function.first_line(),
                positions: function
                    .positions()
                    .iter()
                    .flatten()
                    .map(|p| Position {
                        word: p.word(),
                        line: p.line(),
                        column: p.column(),
                        line_span: p.line_span(),
                        end_column: p.end_column(),
                    })
                    .collect(),
                registers: function.registers().iter().flatten().map(ToString::to_string).collect(),
            });
        }
        Ok(symbols)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn tables_come_back_and_words_are_found() {
        let symbols = Symbols {
            module_hash: [7; 32],
            files: vec![File { name: "lights.py".into(), source: "x\n".into() }],
            functions: vec![FunctionSymbols {
                name: "handler".into(),
                file: 0,
                first_line: 3,
                positions: vec![
                    Position { word: 0, line: 4, column: 1, line_span: 0, end_column: 9 },
                    Position { word: 3, line: 5, column: 2, line_span: 1, end_column: 4 },
                ],
                registers: vec!["event".into(), String::new()],
            }],
        };
        let bytes = symbols.encode();
        assert_eq!(Symbols::decode(&bytes), Ok(symbols.clone()));
        assert_eq!(symbols.position(0, 2).unwrap().2.line, 4);
        assert_eq!(symbols.position(0, 3).unwrap().2.line, 5);
        assert!(symbols.position(1, 0).is_none());
        for length in 0..bytes.len() {
            let _ = Symbols::decode(&bytes[..length]);
        }
    }
}
