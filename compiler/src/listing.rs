//! Listings: the instructions of a compiled program beside its source.

use crate::Compiled;
use nano_wire::isa::{Extra, Instruction, Operand};
use nano_wire::module::{Function, NONE, parse, unpack};
use nano_wire::value::{Kind, Value, header_kind, header_length};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The words of a section.
fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

/// A constant as Python would write it.
fn show(value: Value, objects: &[u32]) -> String {
    if !value.is_image() {
        return format!("{value:?}");
    }
    if let Some(letter) = value.as_letter() {
        return format!("{:?}", char::from(letter).to_string());
    }
    let at = value.offset() as usize / 4;
    let Some(header) = objects.get(at).copied() else { return "?".to_string() };
    let length = header_length(header) as usize;
    let payload = |skip: usize, count: usize| objects.get(at + 1 + skip..at + 1 + skip + count).unwrap_or_default();
    let bytes = |skip: usize| -> Vec<u8> {
        let all: Vec<u8> = payload(skip, length.div_ceil(4)).iter().flat_map(|word| word.to_le_bytes()).collect();
        all[..length.min(all.len())].to_vec()
    };
    if header_kind(header) == Kind::Float as u8 {
        let bits = payload(0, 2).iter().rev().fold(0, |bits, word| bits << 32 | u64::from(*word));
        format!("{:?}", f64::from_bits(bits))
    } else if header_kind(header) == Kind::Str as u8 {
        format!("{:?}", String::from_utf8_lossy(&bytes(1)))
    } else if header_kind(header) == Kind::Bytes as u8 {
        format!("b\"{}\"", bytes(0).escape_ascii())
    } else if header_kind(header) == Kind::Tuple as u8 {
        let items: Vec<_> = payload(0, length).iter().map(|word| show(Value(*word), objects)).collect();
        format!("({})", items.join(", "))
    } else {
        let limbs: Vec<_> =
            payload(1, length.saturating_sub(1)).iter().rev().map(|limb| format!("{limb:08x}")).collect();
        format!("{}0x{}", if payload(0, 1) == [1] { "-" } else { "" }, limbs.concat())
    }
}

/// Lists a program: each function with its source lines, constants and jump targets resolved.
///
/// ```
/// use nano_compiler::{Options, Package, compile, disassemble};
/// let package = Package::single("double.py", "def double(x):\n    return x * 2\n");
/// let listing = disassemble(&compile(&package, &Options::default()).unwrap());
/// assert!(listing.contains("multiply_int"));
/// ```
pub fn disassemble(compiled: &Compiled) -> String {
    let image: Vec<u8> =
        unpack(&compiled.module).unwrap_or_default().iter().flat_map(|word| word.to_le_bytes()).collect();
    let Ok(sections) = parse(&image) else { return String::new() };
    let (code, constants, objects) = (words(sections.code), words(sections.constants), words(sections.objects));
    let functions = words(sections.functions);
    let handlers = words(sections.handlers);
    let global_names: Vec<u16> =
        sections.global_names.chunks_exact(2).map(|half| u16::from_le_bytes([half[0], half[1]])).collect();
    let constant = |index: u16| constants.get(usize::from(index)).map(|word| show(Value(*word), &objects));
    let text = |index: u16| constant(index).unwrap_or_default().trim_matches('"').to_string();
    let mut out = String::new();
    for (index, entry) in functions.chunks_exact(Function::WORDS).enumerate() {
        let function = Function::from_words([entry[0], entry[1], entry[2], entry[3], entry[4]]);
        let symbols = compiled.symbols.functions.get(index);
        let file = symbols.and_then(|symbols| compiled.symbols.files.get(usize::from(symbols.file)));
        let lines: Vec<&str> = file.map_or(Vec::new(), |file| file.source.lines().collect());
        if index > 0 {
            out.push('\n');
        }
        let _ = writeln!(
            out,
            "f{index} {} ({} words, {} registers{})",
            text(function.name),
            function.words,
            function.registers,
            if function.captures > 0 { format!(", {} captured", function.captures) } else { String::new() }
        );
        let start = function.code as usize;
        let body = code.get(start..start + usize::from(function.words)).unwrap_or_default();
        let own =
            usize::from(function.first_handler)..usize::from(function.first_handler) + usize::from(function.handlers);
        let guards: Vec<_> = own
            .filter_map(|at| handlers.get(at * 2..at * 2 + 2))
            .map(|words| (words[0] & 0xFFFF, words[0] >> 16, words[1] & 0xFFFF))
            .collect();
        let mut targets = BTreeSet::new();
        let mut at = 0;
        while let Some(instruction) = body.get(at..).and_then(Instruction::decode) {
            at += instruction.words();
            targets.extend(instruction.jump().map(|distance| at as i64 + i64::from(distance)));
        }
        targets.extend(guards.iter().map(|(_, _, target)| i64::from(*target)));
        let label = |target: i64| targets.iter().position(|at| *at == target).map(|number| format!("L{number}"));
        let mut line = 0;
        let mut at = 0;
        while let Some(instruction) = body.get(at..).and_then(Instruction::decode) {
            if let Some(number) = compiled.symbols.position(index, at as u16).map(|(_, _, position)| position.line)
                && number != line
            {
                line = number;
                if let Some(source) = lines.get(line as usize - 1) {
                    let _ = writeln!(out, "  ; {line:>3}  {}", source.trim());
                }
            }
            if let Some(label) = label(at as i64) {
                let _ = writeln!(out, "{label}:");
            }
            let mut shown = instruction.to_string();
            let mut notes = Vec::new();
            let shape = instruction.opcode.shape();
            if let Some(distance) = instruction.jump() {
                let target = at as i64 + instruction.words() as i64 + i64::from(distance);
                if let (Some(cut), Some(label)) = (shown.rfind([' ']), label(target)) {
                    shown.truncate(cut + 1);
                    shown.push_str(&label);
                }
            }
            match shape.operands[1] {
                Operand::Constant | Operand::Name => notes.extend(constant(instruction.imm16())),
                Operand::Global => {
                    notes.extend(global_names.get(usize::from(instruction.imm16())).map(|name| text(*name)));
                }
                Operand::Function => {
                    let entry = functions.get(usize::from(instruction.imm16()) * Function::WORDS + 1);
                    notes.extend(entry.map(|word| text((word >> 16) as u16)));
                }
                _ => {}
            }
            let (low, high) = (instruction.extra as u16, (instruction.extra >> 16) as u16);
            match shape.extra {
                Extra::NameCache | Extra::NameGlobal => notes.push(text(low)),
                Extra::Keywords => notes.extend(constant(low)),
                Extra::ClassName => {
                    notes.push(text(low));
                    notes.extend((high != NONE).then(|| constant(high)).flatten());
                }
                _ => {}
            }
            let _ = if notes.is_empty() {
                writeln!(out, "    {at:>4}  {shown}")
            } else {
                writeln!(out, "    {at:>4}  {shown:<32} ; {}", notes.join(" "))
            };
            at += instruction.words();
        }
        for (start, end, target) in guards {
            let _ = writeln!(out, "    guard {start}..{end} -> {}", label(i64::from(target)).unwrap_or_default());
        }
    }
    out
}
