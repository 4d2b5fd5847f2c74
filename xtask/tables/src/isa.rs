//! The instruction set as a chapter.

use std::fmt::Write as _;

use nano_wire::isa::{Extra, Operand, Shape, TABLE};

const HEAD: &str = "\
<!-- Made by `cargo xtask generate` from the table in wire/src/isa.rs; change that. -->
# Instruction set

An instruction is one aligned little-endian 32-bit word; the opcode is its lowest byte. Operands `a`, `b`, `c` are
the next three bytes; a 16-bit operand `imm` takes the place of `b` and `c`, a 24-bit one that of all three. Some
opcodes have one extra word behind them. `R[x]` is register x of the running function. Jumps count words from the
end of the whole instruction. A module with any operand out of its range is refused when it is loaded.

| opcode | name | a | b | c | extra word | meaning |
|---:|---|---|---|---|---|---|
";

/// The whole chapter.
pub fn chapter() -> String {
    let mut text = String::from(HEAD);
    for (code, shape) in TABLE.iter().copied().enumerate() {
        row(&mut text, code, shape);
    }
    text
}

fn row(text: &mut String, code: usize, shape: Shape) {
    let [a, b, c] = shape.operands;
    let c = if shape.has_imm16() || a == Operand::Jump24 { String::new() } else { operand(c) };
    let meaning = plain(shape.opcode.meaning());
    let _ = writeln!(
        text,
        "| {code} | `{}` | {} | {} | {c} | {} | {meaning} |",
        shape.opcode.mnemonic(),
        operand(a),
        operand(b),
        extra(shape.extra),
    );
}

/// The text with what Markdown would take for markup escaped: `R[a](b)` is no link and `**` no emphasis.
fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '|' | '[' | ']' | '*' | '_' | '<' | '>' | '`') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn operand(operand: Operand) -> String {
    match operand {
        Operand::None => String::new(),
        Operand::Read => "read".into(),
        Operand::Write => "write".into(),
        Operand::ReadWrite => "read, write".into(),
        Operand::Window(registers) => format!("{registers} registers"),
        Operand::WindowOfC(1) => "c registers".into(),
        Operand::WindowOfC(factor) => format!("{factor}c registers"),
        Operand::CallWindow => "call window".into(),
        Operand::MethodWindow => "method window".into(),
        Operand::ClassWindow => "class window".into(),
        Operand::Arguments => "b registers".into(),
        Operand::StarWindow => "c + 1 + extra registers".into(),
        Operand::Count => "count".into(),
        Operand::Signed8 => "integer".into(),
        Operand::Polarity => "0 or 1".into(),
        Operand::Below(bound) => format!("below {bound}"),
        Operand::CaptureIndex => "cell of the new function".into(),
        Operand::FreeIndex => "captured cell".into(),
        Operand::Constant => "imm: constant".into(),
        Operand::Name => "imm: name".into(),
        Operand::Signed16 => "imm: integer".into(),
        Operand::Global => "imm: global".into(),
        Operand::Builtin => "imm: builtin".into(),
        Operand::Function => "imm: function".into(),
        Operand::Module => "imm: module".into(),
        Operand::Free16 => "imm: captured cell".into(),
        Operand::Jump16 => "imm: distance".into(),
        Operand::Jump24 => "24-bit distance".into(),
    }
}

fn extra(extra: Extra) -> &'static str {
    match extra {
        Extra::None => "",
        Extra::Jump => "distance",
        Extra::NameCache => "name, inline cache",
        Extra::NameGlobal => "name, global",
        Extra::Keywords => "keyword names",
        Extra::Builtin => "builtin",
        Extra::ClassName => "class name, keyword names",
        Extra::Count => "count",
    }
}

#[cfg(test)]
mod tests {
    use super::chapter;
    use nano_wire::isa::TABLE;

    #[test]
    fn every_opcode_has_one_row_of_seven_cells() {
        let chapter = chapter();
        let rows: Vec<&str> =
            chapter.lines().filter(|line| line.starts_with("| ") && !line.contains("opcode")).collect();
        assert_eq!(rows.len(), TABLE.len());
        for row in rows {
            assert_eq!(row.replace("\\|", "").matches('|').count(), 8, "{row}");
        }
    }

    #[test]
    fn meanings_are_no_markup() {
        assert_eq!(super::plain("R[c] = R[a](*x) | y"), "R\\[c\\] = R\\[a\\](\\*x) \\| y");
    }
}
