//! `cargo xtask tighten IN.s OUT.s [OPTION]..`: what LLVM leaves to be wished for in code for the lx106, which the linker
//! wrapper (`firmware/targets/lx106-link`) calls between llc and the assembler.
//!
//! - `--whole`: this is the program, not a library of which parts may be left out.
//! - `--words`: what is read may lie in flash, which answers aligned words only.
//! - `--near`: all of the program is within a call's reach; when it is not, the linker says so.
//!
//! LLVM's back end for this core loads the address of every function it calls, from a literal of its own for each call;
//! branches around jumps; masks with a constant in a register; and copies results that could be made in place.

mod frame;
mod function;
mod instruction;
mod kept;
mod layout;
mod nest;
mod order;
mod outline;
mod passes;
mod prologue;
mod reach;
mod tables;
mod tails;
mod texts;
mod words;

use std::collections::{HashMap, HashSet};
use std::fs;

use function::{Constants, Function, Line};
use instruction::Instruction;

/// What is known of the program.
#[derive(Clone, Copy, Debug, Default)]
struct Options {
    is_whole: bool,
    is_near: bool,
    by_words: bool,
}

/// Rewrites a file of assembly.
pub fn run(arguments: &[String]) -> Result<bool, String> {
    let [from, to, rest @ ..] = arguments else {
        return Err("two files: the assembly, and what is to be written".into());
    };
    let mut options = Options::default();
    for option in rest {
        match option.as_str() {
            "--whole" => options.is_whole = true,
            "--near" => options.is_near = true,
            "--words" => options.by_words = true,
            _ => return Err(format!("{option} is no option: --whole, --near, --words")),
        }
    }
    let text = fs::read_to_string(from).map_err(|error| format!("{from}: {error}"))?;
    fs::write(to, tighten(&text, options)?).map_err(|error| format!("{to}: {error}"))?;
    Ok(true)
}

/// Text as it is, or a function.
enum Part<'a> {
    Text(&'a str),
    Function(Function, &'a str),
}

impl Part<'_> {
    fn function(&self) -> Option<&Function> {
        match self {
            Self::Function(function, _) => Some(function),
            Self::Text(_) => None,
        }
    }
}

/// The same program, shorter.
fn tighten(text: &str, options: Options) -> Result<String, String> {
    let shares = options.is_whole && options.is_near;
    let shared_text = shares.then(|| texts::share(text));
    let text = shared_text.as_deref().unwrap_or(text);
    let literals = literals(text);
    let (mut tables, contents) = (tables(text), tables::all(text));
    let mut moved = HashSet::new();
    let mut constants = Constants::default();
    let mut lines = text.lines();
    let mut parts = Vec::new();
    let mut functions = 0;
    let (mut name, mut section) = (None, "");
    while let Some(line) = lines.next() {
        if line.starts_with("\t.literal") {
            continue;
        }
        if let Some(function) = line.strip_prefix("\t.type\t").and_then(|rest| rest.strip_suffix(",@function")) {
            name = Some(function);
        }
        section = line.strip_prefix("\t.section\t").unwrap_or(section);
        let start = name.take_if(|name| line.split(':').next() == Some(name));
        let Some(start) = start else {
            parts.push(Part::Text(line));
            continue;
        };
        let mut function = Function::new(start, functions, section.starts_with(".text"));
        functions += 1;
        let mut end = "";
        for line in lines.by_ref() {
            if line.starts_with(".Lfunc_end") {
                end = line;
                break;
            }
            let parsed = parse(line);
            if let Some(Line::Instruction(instruction)) = &parsed
                && instruction.operand(1) == "a1"
                && SLOT.iter().any(|comment| line.ends_with(comment))
            {
                function.slots.insert(instruction.operand(2).to_owned());
            }
            function.lines.extend(parsed);
        }
        function.in_tables = tables.remove(number(end)).unwrap_or_default();
        if shares && !outline::is_quick(&function) {
            kept::name(&mut function);
        }
        passes::all(&mut function, &mut constants, &literals);
        if shares && !outline::is_quick(&function) {
            order::sort(&mut function);
            moved.extend(tables::make_jumps(&mut function, &contents, &literals));
        }
        function.has_stack_arguments = nest::has_stack_arguments(&function);
        if options.by_words {
            words::widen(&mut function)?;
        }
        parts.push(Part::Function(function, end));
    }
    if shares {
        tails::jump(&mut main(&mut parts));
        // What was taken out has parts that occur elsewhere, too.
        for _ in 0..2 {
            parts = outlined(parts, &literals);
        }
        for part in &mut parts {
            if let Part::Function(function, _) = part {
                reach::share_jumps(function);
            }
        }
        parts = layout::arrange(parts);
    }
    drop_tables(&mut parts, &moved);
    let places = Places::of(&parts, options);
    let mut out = String::with_capacity(text.len());
    let stretches = if shares { stretches(&parts, &places) } else { vec![parts.as_slice()] };
    for (number, stretch) in stretches.into_iter().enumerate() {
        let mut shared = shares.then(|| Pool::new(format!(".Lshared{number}")));
        let mut body = String::new();
        for part in stretch {
            match part {
                // In the order of the file, which the linker would change; unused functions are none by now.
                Part::Text(line) if options.is_whole && line.starts_with("\t.section\t.text") => {
                    push(&mut body, "\t.text");
                }
                Part::Text(line) => push(&mut body, line),
                Part::Function(function, end) => {
                    write(function, &literals, &places, shared.as_mut(), &mut body);
                    push(&mut body, end);
                }
            }
        }
        if let Some(shared) = shared {
            push(&mut out, "\t.text");
            shared.write(&mut out);
        }
        out.push_str(&body);
    }
    Ok(out)
}

/// Leaves out tables by their labels.
fn drop_tables(parts: &mut Vec<Part<'_>>, labels: &HashSet<&str>) {
    let mut is_dropped = false;
    parts.retain(|part| {
        let Part::Text(line) = part else { return true };
        let is_label = line.strip_suffix(':').is_some_and(|label| labels.contains(label));
        is_dropped = is_label || is_dropped && line.starts_with("\t.long\t");
        !is_dropped
    });
}

/// What of a program shares its constants: they are before the code that loads them, and a load reaches so far.
fn stretches<'p, 'a>(parts: &'p [Part<'a>], places: &Places<'_>) -> Vec<&'p [Part<'a>]> {
    let (mut stretches, mut start, mut bytes) = (Vec::new(), 0, 0);
    // Functions of which one goes on to the next: where they begin, and their bytes.
    let mut together: Option<(usize, u64)> = None;
    for (at, part) in parts.iter().enumerate() {
        // Constants go between functions of the main section.
        let Part::Function(function, _) = part else { continue };
        if !function.is_main {
            continue;
        }
        let (first, before) = together.take().unwrap_or((at, 0));
        let chain = before + places.most_bytes(function);
        if function.goes_on {
            together = Some((first, chain));
            continue;
        }
        if bytes + chain > LOAD_REACH {
            stretches.push(&parts[start..first]);
            (start, bytes) = (first, 0);
        }
        bytes += chain;
    }
    stretches.push(&parts[start..]);
    stretches
}

/// The functions of the main section.
fn main<'p>(parts: &'p mut [Part<'_>]) -> Vec<&'p mut Function> {
    let main = |part: &'p mut Part<'_>| match part {
        Part::Function(function, _) if function.is_main => Some(function),
        _ => None,
    };
    parts.iter_mut().filter_map(main).collect()
}

/// With what occurs often written once.
fn outlined<'a>(mut parts: Vec<Part<'a>>, literals: &HashMap<String, String>) -> Vec<Part<'a>> {
    let mut functions = main(&mut parts);
    let mut behind: HashMap<usize, Vec<Function>> = HashMap::new();
    for (place, function) in outline::outline(&mut functions, literals) {
        behind.entry(functions[place].number).or_default().push(function);
    }
    let mut all = Vec::with_capacity(parts.len());
    for part in parts {
        let number = match &part {
            Part::Function(function, _) => Some(function.number),
            Part::Text(_) => None,
        };
        all.push(part);
        let more = number.and_then(|number| behind.remove(&number)).unwrap_or_default();
        all.extend(more.into_iter().map(|function| Part::Function(function, "")));
    }
    all
}

/// What llc says of loads and stores of what was only put by.
const SLOT: [&str; 2] = ["4-byte Folded Spill", "4-byte Folded Reload"];

/// How far back a load of a constant reaches, less than the quarter of a megabyte it is.
const LOAD_REACH: u64 = 255_000;
/// How far a call instruction reaches, less than the half megabyte it is.
const REACH: u64 = 500_000;

/// Where functions of the main section begin at the latest, from where it begins.
struct Places<'a> {
    by_name: HashMap<&'a str, u64>,
    end: u64,
    is_near: bool,
}

/// Whether a call can be one instruction.
enum Reach {
    Near,
    /// The linker will see.
    Unknown,
    Far,
}

impl<'a> Places<'a> {
    fn of(parts: &'a [Part<'_>], options: Options) -> Self {
        let mut places = Self { by_name: HashMap::new(), end: 0, is_near: options.is_near };
        for part in parts {
            if let Part::Function(function, _) = part
                && function.is_main
                && options.is_whole
            {
                places.by_name.insert(function.name.as_str(), places.end);
                let bytes = function.instructions().map(|(_, instruction)| instruction.most_bytes());
                places.end += bytes.sum::<u64>() + 8;
            }
        }
        places
    }

    /// Bytes that a function takes at most, with its constants.
    fn most_bytes(&self, function: &Function) -> u64 {
        let bytes = |instruction: &Instruction| {
            let is_near_call =
                instruction.name == "call0" && matches!(self.reach(function, instruction.operand(0)), Reach::Near);
            if is_near_call { 3 } else { instruction.most_bytes() }
        };
        function.instructions().map(|(_, instruction)| bytes(instruction)).sum::<u64>() + 8
    }

    fn reach(&self, from: &Function, to: &str) -> Reach {
        // Besides the program's own functions those of the libraries that llc calls by itself lie beside it.
        let is_library = to.starts_with("__") || to.starts_with("mem") || to.starts_with("load") || to == "bcmp";
        if self.is_near && from.is_main && (is_library || self.by_name.contains_key(to)) {
            return Reach::Near;
        }
        match (self.by_name.get(from.name.as_str()), self.by_name.get(to)) {
            (Some(here), Some(there)) if here.abs_diff(*there) < REACH => Reach::Near,
            // The linker's own reckoning is off where the section is about as long as the reach.
            _ if self.end < REACH || !from.is_main => Reach::Unknown,
            _ => Reach::Far,
        }
    }
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// Constants that are loaded, by name.
fn literals(text: &str) -> HashMap<String, String> {
    let literal = |line: &str| {
        let (name, value) = line.strip_prefix("\t.literal")?.trim().split_once(", ")?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    text.lines().filter_map(literal).collect()
}

/// Labels that tables name, by the number of their function.
fn tables(text: &str) -> HashMap<String, HashSet<String>> {
    let mut tables: HashMap<String, HashSet<String>> = HashMap::new();
    for label in
        text.lines().filter_map(|line| line.strip_prefix("\t.long\t")).filter(|label| label.starts_with(".LBB"))
    {
        tables.entry(number(label).to_owned()).or_default().insert(label.to_owned());
    }
    tables
}

/// The number of the function in `.LBB7_1` and `.Lfunc_end7:`.
fn number(label: &str) -> &str {
    let digits = label.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    digits.split(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default()
}

/// A line within a function; `None`: it says nothing.
fn parse(line: &str) -> Option<Line> {
    let code = line.split('#').next().unwrap_or_default().trim_end();
    if let Some(label) = code.strip_suffix(':') {
        let is_jumped_to = label.starts_with(".LBB");
        return Some(if is_jumped_to { Line::Label(label.to_owned()) } else { Line::Other(code.to_owned()) });
    }
    match code.trim_start() {
        "" => None,
        directive if directive.starts_with('.') => Some(Line::Other(line.to_owned())),
        instruction => Some(Line::Instruction(Instruction::parse(instruction))),
    }
}

/// Constants that are loaded, each once.
struct Pool {
    prefix: String,
    names: HashMap<String, String>,
    text: String,
}

impl Pool {
    fn new(prefix: String) -> Self {
        Self { prefix, names: HashMap::new(), text: String::new() }
    }

    /// What a constant is loaded by.
    fn name(&mut self, value: &str) -> String {
        if let Some(name) = self.names.get(value) {
            return name.clone();
        }
        let name = format!("{}_{}", self.prefix, self.names.len());
        push(&mut self.text, &format!("\t.literal\t{name}, {value}"));
        self.names.insert(value.to_owned(), name.clone());
        name
    }

    /// Writes them, and aligns what follows.
    fn write(&self, out: &mut String) {
        push(out, "\t.literal_position");
        out.push_str(&self.text);
        push(out, "\t.p2align\t2");
    }
}

/// Writes a function. The constants that it still loads are among those that are shared, or else in front of it.
fn write(
    function: &Function,
    literals: &HashMap<String, String>,
    places: &Places<'_>,
    shared: Option<&mut Pool>,
    out: &mut String,
) {
    let mut own = Pool::new(format!(".Lword{}", function.number));
    let pool = shared.filter(|_| function.is_main).unwrap_or(&mut own);
    let mut body = String::new();
    for line in &function.lines {
        match line {
            Line::Label(label) => push(&mut body, &format!("{label}:")),
            Line::Other(text) => push(&mut body, text),
            Line::Instruction(instruction) if instruction.name == "call0" => {
                let target = instruction.operand(0);
                match places.reach(function, target) {
                    Reach::Near => push(&mut body, &instruction.to_string()),
                    // The assembler loads the address, and the linker undoes it where it need not be.
                    Reach::Unknown => {
                        push(&mut body, &format!("\t.begin longcalls\n{instruction}\n\t.end longcalls"));
                    }
                    Reach::Far => {
                        let name = pool.name(target);
                        push(&mut body, &format!("\tl32r\ta0, {name}\n\tcallx0\ta0"));
                    }
                }
            }
            Line::Instruction(instruction) => {
                let literal =
                    (instruction.name == "l32r").then(|| literals.get_key_value(instruction.operand(1))).flatten();
                // What is loaded by its own name is an address.
                let value = literal.map_or(instruction.operand(1), |(_, value)| value);
                if instruction.name != "l32r" || value.starts_with('.') && literal.is_none() {
                    push(&mut body, &instruction.to_string());
                    continue;
                }
                let name = pool.name(value);
                push(&mut body, &format!("\tl32r\t{}, {name}", instruction.operand(0)));
            }
        }
    }
    if !function.is_jumped_to || !own.text.is_empty() {
        own.write(out);
    }
    out.push_str(&body);
}

#[cfg(test)]
mod tests {
    use super::{Function, Instruction, LOAD_REACH, Line, Options, Part, Places, stretches, tighten};

    /// The instructions that come of a function's, without the function's frame.
    fn body(code: &str) -> Vec<String> {
        let literals = "\t.literal .LCPI0_0, far\n\t.literal .LCPI0_1, near\n\t.literal .LCPI0_2, 2147483644\n\t.literal .LCPI0_3, 2147483644\n";
        let near = "\t.section\t.text.near,\"ax\",@progbits\n\t.type\tnear,@function\nnear:\n\tret\n.Lfunc_end1:\n";
        let text = format!(
            "{literals}\t.section\t.text.f,\"ax\",@progbits\n\t.type\tf,@function\nf:                # @f\n{code}.Lfunc_end0:\n{near}\t.section\t.rodata\n.LJTI0_0:\n\t.long\t.LBB0_7\n"
        );
        let options = Options { is_whole: true, ..Options::default() };
        let out = tighten(&text, options).expect("nothing that can't be done");
        let (_, rest) = out.split_once("f:\n").expect("the function");
        let (body, _) = rest.split_once(".Lfunc_end0").expect("its end");
        body.lines().map(|line| line.trim().replace('\t', " ")).collect()
    }

    #[test]
    fn calls_are_one_instruction_where_they_reach() {
        assert_eq!(
            body("\tl32r\ta8, .LCPI0_1\n\tor\ta2, a3, a3\n\tcallx0\ta8\n\tret\n"),
            ["or a2, a3, a3", "call0 near", "ret"]
        );
        let far = body("\tl32r\ta8, .LCPI0_0\n\tcallx0\ta8\n\tret\n");
        assert_eq!(far, [".begin longcalls", "call0 far", ".end longcalls", "ret"]);
        // What a register holds is not known where paths meet that disagree.
        let either = "\tl32r\ta8, .LCPI0_1\n\tbeqz\ta2, .LBB0_1\n\tl32r\ta8, .LCPI0_0\n.LBB0_1:\n\tcallx0\ta8\n\tret\n";
        assert_eq!(body(either).iter().filter(|line| line.starts_with("callx0")).count(), 1);
    }

    #[test]
    fn a_branch_around_a_jump_is_turned() {
        let code =
            "\tbltu\ta2, a3, .LBB0_1\n\tj\t.LBB0_2\n.LBB0_1:\n\tmovi\ta2, 1\n\tret\n.LBB0_2:\n\tmovi\ta2, 0\n\tret\n";
        assert_eq!(body(code), ["bgeu a2, a3, .LBB0_2", "movi a2, 1", "ret", ".LBB0_2:", "movi a2, 0", "ret"]);
    }

    #[test]
    fn masks_and_tests_of_bits_are_one_instruction() {
        let field = "\tsrli\ta8, a2, 3\n\tmovi\ta9, 63\n\tand\ta2, a8, a9\n\tret\n";
        assert_eq!(body(field), ["extui a2, a2, 3, 6", "ret"]);
        let bit = "\tmovi\ta8, 1\n\tand\ta8, a2, a8\n\tbeqz\ta8, .LBB0_1\n\tmovi\ta2, 7\n.LBB0_1:\n\tret\n";
        assert_eq!(body(bit), ["bbci a2, 0, .LBB0_1", "movi a2, 7", ".LBB0_1:", "ret"]);
    }

    #[test]
    fn a_copy_of_a_small_number_is_that_number() {
        let code = "\tmovi\ta9, 1\n\tmovi\ta8, 0\n\tbltu\ta2, a3, .LBB0_1\n\tor\ta8, a9, a9\n.LBB0_1:\n\tor\ta2, a8, a8\n\tret\n";
        let made = ["movi a8, 0", "bltu a2, a3, .LBB0_1", "movi a8, 1", ".LBB0_1:", "or a2, a8, a8", "ret"];
        assert_eq!(body(code), made);
        // One that takes a longer instruction stays where it is made.
        let code = "\tmovi\ta3, 96\n\tbeqz\ta2, .LBB0_1\n\tor\ta4, a3, a3\n\tcall0\tnear\n.LBB0_1:\n\tret\n";
        assert!(body(code).contains(&"or a4, a3, a3".to_owned()), "{:?}", body(code));
    }

    #[test]
    fn a_branch_around_a_copy_is_a_conditional_copy() {
        let code = |branch: &str| format!("\t{branch}\ta4, .LBB0_1\n\tor\ta2, a3, a3\n.LBB0_1:\n\tret\n");
        assert_eq!(body(&code("bnez")), ["moveqz a2, a3, a4", "ret"]);
        assert_eq!(body(&code("beqz")), ["movnez a2, a3, a4", "ret"]);
        assert_eq!(body(&code("bltz")), ["movgez a2, a3, a4", "ret"]);
        assert_eq!(body(&code("bgez")), ["movltz a2, a3, a4", "ret"]);
        // Another way leads to the place behind it.
        let code = "\tbeqz\ta5, .LBB0_1\n\tbeqz\ta4, .LBB0_1\n\tor\ta2, a3, a3\n\tcall0\tnear\n.LBB0_1:\n\tret\n";
        assert!(body(code).iter().all(|line| !line.starts_with("mov")));
    }

    #[test]
    fn what_a_register_still_holds_is_not_loaded_again() {
        let (spill, reload) = ("# 4-byte Folded Spill", "# 4-byte Folded Reload");
        let put = format!("\ts32i\ta2, a1, 4  {spill}\n");
        let get = format!("\tl32i\ta3, a1, 4  {reload}\n");
        let get_same = format!("\tl32i\ta2, a1, 4  {reload}\n");
        // In the same register, on all ways there; the word is not needed then.
        let code = format!("{put}\tbeqz\ta3, .LBB0_1\n\tmovi\ta3, 7\n.LBB0_1:\n{get_same}\tret\n");
        assert_eq!(body(&code), ["beqz a3, .LBB0_1", "movi a3, 7", ".LBB0_1:", "ret"]);
        // In another.
        assert_eq!(body(&format!("{put}{get}\tret\n")), ["or a3, a2, a2", "ret"]);
        let code = format!("{put}\ts32i\ta4, a1, 4  {spill}\n{get_same}\tret\n");
        assert_eq!(body(&code), ["or a2, a4, a4", "ret"]);
        // A call takes the register; the stack pointer moves.
        for between in ["\tcall0\tnear\n", "\taddi\ta1, a1, 16\n"] {
            let code = format!("{put}{between}{get_same}\tret\n");
            assert!(body(&code).contains(&"l32i a2, a1, 4".to_owned()), "{between}");
        }
        // On one of two ways only.
        let code = format!("\tbeqz\ta3, .LBB0_1\n{put}.LBB0_1:\n{get_same}\tret\n");
        assert!(body(&code).contains(&"l32i a2, a1, 4".to_owned()));
        // What llc doesn't say was put by may be written through a pointer.
        let code = "\ts32i\ta2, a1, 4\n\tl32i\ta2, a1, 4\n\tret\n";
        assert_eq!(body(code).len(), 3);
    }

    #[test]
    fn a_copy_is_read_where_it_was_made_from_on_all_ways() {
        let code = "\tor\ta8, a2, a2\n\tbeqz\ta3, .LBB0_1\n\tmovi\ta3, 7\n.LBB0_1:\n\tadd\ta2, a8, a3\n\tret\n";
        assert_eq!(body(code), ["beqz a3, .LBB0_1", "movi a3, 7", ".LBB0_1:", "add a2, a2, a3", "ret"]);
        let code = "\tor\ta8, a2, a2\n\tbeqz\ta3, .LBB0_1\n\tmovi\ta2, 7\n.LBB0_1:\n\tadd\ta2, a8, a2\n\tret\n";
        assert!(body(code).contains(&"add a2, a8, a2".to_owned()));
    }

    #[test]
    fn what_is_read_later_is_kept() {
        // The masked bit is also the result.
        let code = "\tmovi\ta8, 1\n\tand\ta2, a2, a8\n\tbeqz\ta2, .LBB0_1\n\tmovi\ta3, 7\n.LBB0_1:\n\tret\n";
        assert_eq!(body(code)[..2], ["extui a2, a2, 0, 1", "beqz a2, .LBB0_1"]);
        // A call may read any argument; registers that are kept over it are made before.
        let code = "\tmovi\ta3, 5\n\tl32r\ta8, .LCPI0_1\n\tcallx0\ta8\n\tret\n";
        assert_eq!(body(code), ["movi a3, 5", "call0 near", "ret"]);
        // A table leads to the label.
        let code = "\tmovi\ta4, 300\n\tjx\ta2\n.LBB0_7:\n\tor\ta2, a4, a4\n\tret\n";
        assert_eq!(body(code), ["movi a4, 300", "jx a2", ".LBB0_7:", "or a2, a4, a4", "ret"]);
    }

    #[test]
    fn functions_within_reach_share_their_literals() {
        // Stores that are nowhere else, so that nothing of it is written once.
        let function = |number: u32| {
            let stores: String =
                (0..1000).map(|store| format!("\ts32i\ta2, a1, {}\n", number * 1000 + store)).collect();
            format!(
                "\t.section\t.text.f{number},\"ax\",@progbits\n\t.type\tf{number},@function\n\
                 \t.literal .LCPI{number}_0, 77777\nf{number}:\n\tl32r\ta2, .LCPI{number}_0\n{stores}\tret\n.Lfunc_end{number}:\n"
            )
        };
        let literals = |is_near: bool, count: u32| {
            let text: String = (0..count).map(function).collect();
            let options = Options { is_whole: true, is_near, ..Options::default() };
            let out = tighten(&text, options).expect("nothing that can't be done");
            out.lines().filter(|line| line.starts_with("\t.literal\t")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(literals(true, 3), ["\t.literal\t.Lshared0_0, 77777"]);
        assert_eq!(literals(false, 3).len(), 3);
        // Where code goes on for longer than a load reaches, they are there again.
        assert_eq!(literals(true, 88), ["\t.literal\t.Lshared0_0, 77777", "\t.literal\t.Lshared1_0, 77777"]);
    }

    #[test]
    fn constants_go_between_no_function_and_what_it_goes_on_to() {
        let part = |number: usize, instructions: usize, goes_on: bool| {
            let mut function = Function::new("f", number, true);
            let store = Line::Instruction(Instruction::new("s32i", &["a2", "a1", "1000"]));
            function.lines.extend(std::iter::repeat_n(store, instructions));
            function.goes_on = goes_on;
            Part::Function(function, "")
        };
        let ends = |parts: &[Part<'_>]| {
            let places = Places::of(parts, Options::default());
            stretches(parts, &places).iter().map(|stretch| stretch.len()).collect::<Vec<_>>()
        };
        let most = LOAD_REACH as usize / 3;
        assert_eq!(ends(&[part(0, most - 100, false), part(1, 50, false), part(2, 100, false)]), [2, 1]);
        assert_eq!(ends(&[part(0, most - 100, false), part(1, 50, true), part(2, 100, false)]), [1, 2]);
        assert_eq!(ends(&[part(0, most - 300, false), part(1, 50, true), part(2, 100, false)]), [3]);
    }

    #[test]
    fn equal_literals_are_one_and_copies_are_made_in_place() {
        let code = "\taddi\ta8, a1, -32\n\tor\ta1, a8, a8\n\tl32r\ta9, .LCPI0_2\n\tand\ta2, a2, a9\n\tl32r\ta10, .LCPI0_3\n\tand\ta3, a3, a10\n\tret\n";
        let body = body(code);
        assert_eq!(body[0], "addi a1, a1, -32");
        assert!(body.iter().all(|line| !line.contains(".LCPI0_3")), "{body:?}");
    }
}
