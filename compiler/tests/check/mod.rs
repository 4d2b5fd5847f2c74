//! A checker of modules, much as the VM's verifier but independent of it.

use nano_compiler::Compiled;
use nano_wire::builtins::Builtin;
use nano_wire::isa::{Extra, Instruction, Opcode, Operand};
use nano_wire::module::{Function, NONE, parse, unpack};
use nano_wire::value::{Kind, Value, header_kind, header_length};

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()
}

fn halves(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|half| u16::from_le_bytes(half.try_into().unwrap())).collect()
}

/// The first thing that is wrong.
pub fn check(compiled: &Compiled) -> Result<(), String> {
    let image = unpack(&compiled.module).map_err(|error| error.to_string())?;
    let image: Vec<u8> = image.iter().flat_map(|word| word.to_le_bytes()).collect();
    let sections = parse(&image).map_err(|error| error.to_string())?;
    let (code, constants, objects) = (words(sections.code), words(sections.constants), words(sections.objects));
    let (functions, handlers) = (words(sections.functions), words(sections.handlers));
    let (parameters, modules) = (halves(sections.parameters), words(sections.modules));
    let kind = |index: u16| {
        let value = Value(*constants.get(usize::from(index))?);
        if value.as_letter().is_some() {
            return Some(Kind::Str as u8);
        }
        value.is_image().then(|| header_kind(objects[value.offset() as usize / 4]))
    };
    let is_name = |index: u16| kind(index) == Some(Kind::Str as u8);
    for word in &constants {
        let value = Value(*word);
        if value.as_letter().is_none()
            && value.is_image()
            && header_length(objects[value.offset() as usize / 4]) as usize > objects.len() * 4
        {
            return Err("an object is longer than the section".into());
        }
    }
    if sections.global_names.len() / 2 != usize::from(sections.globals) {
        return Err("not one name a global".into());
    }
    let count = functions.len() / Function::WORDS;
    if modules.is_empty() || compiled.symbols.functions.len() != count {
        return Err("modules or symbols are missing".into());
    }
    let mut next_code = 0;
    for index in 0..count {
        let function =
            Function::from_words(functions[index * Function::WORDS..][..Function::WORDS].try_into().unwrap());
        let fail = |at: usize, what: &str| Err(format!("f{index}+{at}: {what}"));
        if function.code != next_code || !is_name(function.name) {
            return fail(0, "function out of order or without a name");
        }
        next_code += u32::from(function.words);
        if usize::from(function.registers) < function.parameters()
            || function.registers == 0
            || function.registers > 250
        {
            return fail(0, "registers");
        }
        for at in 0..function.parameters() {
            if !parameters.get(usize::from(function.first_parameter) + at).is_some_and(|name| is_name(*name)) {
                return fail(0, "parameter name");
            }
        }
        let body = &code[function.code as usize..][..usize::from(function.words)];
        let mut starts = vec![false; body.len() + 1];
        let mut jumps = Vec::new();
        let mut at = 0;
        let mut last = Opcode::Illegal;
        while at < body.len() {
            starts[at] = true;
            let Some(instruction) = Instruction::decode(&body[at..]) else { return fail(at, "undecodable") };
            last = instruction.opcode;
            if instruction.opcode == Opcode::Illegal {
                return fail(at, "illegal");
            }
            let shape = instruction.opcode.shape();
            let registers = usize::from(function.registers);
            let bytes = [instruction.a, instruction.b, instruction.c];
            for (operand, byte) in shape.operands.iter().zip(bytes) {
                let first = usize::from(byte);
                let (b, c) = (usize::from(instruction.b), usize::from(instruction.c));
                let needs = match operand {
                    Operand::Read | Operand::Write | Operand::ReadWrite => first + 1,
                    Operand::Window(size) => first + usize::from(*size),
                    Operand::WindowOfC(factor) => first + usize::from(*factor) * c,
                    Operand::CallWindow => first + 3 + b,
                    Operand::MethodWindow => first + 4 + b,
                    Operand::ClassWindow => first + 6 + b,
                    Operand::Arguments => first + b,
                    Operand::StarWindow => first + c + 1 + instruction.extra as usize,
                    Operand::Polarity if byte > 1 => return fail(at, "polarity"),
                    Operand::Below(bound) if byte >= *bound => return fail(at, "enumeration"),
                    Operand::CaptureIndex => continue,
                    Operand::FreeIndex if byte >= function.captures => return fail(at, "free"),
                    Operand::Constant if usize::from(instruction.imm16()) >= constants.len() => {
                        return fail(at, "constant");
                    }
                    Operand::Name if !is_name(instruction.imm16()) => return fail(at, "name"),
                    Operand::Global if instruction.imm16() >= sections.globals => return fail(at, "global"),
                    Operand::Builtin if Builtin::from_id(instruction.imm16()).is_none() => return fail(at, "builtin"),
                    Operand::Function if usize::from(instruction.imm16()) >= count => return fail(at, "function"),
                    Operand::Module if usize::from(instruction.imm16()) >= modules.len() / 2 => {
                        return fail(at, "module");
                    }
                    Operand::Free16 if instruction.imm16() >= u16::from(function.captures) => return fail(at, "free"),
                    _ => 0,
                };
                if needs > registers {
                    return fail(at, &format!("register {needs} of {registers} in {instruction}"));
                }
                if matches!(operand, Operand::Jump24) {
                    break;
                }
            }
            let (low, high) = (instruction.extra as u16, (instruction.extra >> 16) as u16);
            let fine = match shape.extra {
                Extra::NameCache => is_name(low) && high < sections.caches,
                Extra::NameGlobal => is_name(low) && (high == NONE || high < sections.globals),
                Extra::Keywords => kind(low) == Some(Kind::Tuple as u8),
                Extra::Builtin => Builtin::from_id(low).is_some(),
                Extra::ClassName => is_name(low) && (high == NONE || kind(high) == Some(Kind::Tuple as u8)),
                Extra::None | Extra::Jump | Extra::Count => true,
            };
            if !fine {
                return fail(at, &format!("extra word of {instruction}"));
            }
            at += instruction.words();
            jumps.extend(instruction.jump().map(|distance| at as i64 + i64::from(distance)));
        }
        let ends = [
            Opcode::Return,
            Opcode::ReturnNone,
            Opcode::Jump,
            Opcode::Raise,
            Opcode::RaiseFrom,
            Opcode::RaiseCurrent,
            Opcode::Reraise,
        ];
        if !ends.contains(&last) {
            return fail(body.len(), "falls off the end");
        }
        for target in jumps {
            if usize::try_from(target).ok().and_then(|target| starts.get(target)) != Some(&true) {
                return fail(target as usize, "jump into nowhere");
            }
        }
        for guard in 0..usize::from(function.handlers) {
            let at = (usize::from(function.first_handler) + guard) * 2;
            let (start, end, target) = (handlers[at] as u16, (handlers[at] >> 16) as u16, handlers[at + 1] as u16);
            let lands = starts.get(usize::from(target)) == Some(&true)
                && Instruction::decode(&body[usize::from(target)..]).unwrap().opcode == Opcode::CatchBegin;
            let bounds = usize::from(end) == body.len() || starts.get(usize::from(end)) == Some(&true);
            if start >= end || starts.get(usize::from(start)) != Some(&true) || !bounds || !lands {
                return fail(usize::from(start), "guard");
            }
        }
        if compiled.symbols.functions[index].positions.is_empty() {
            return fail(0, "no positions");
        }
    }
    Ok(())
}
