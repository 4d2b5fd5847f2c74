//! Where exceptions come from, in a program that asks: the functions, lines and marks that its module carries then, and
//! what becomes of `e.__traceback__`.
//!
//! A device keeps (function, word) pairs and has no lines; the host has them, for what nothing caught. A program that
//! makes text of an exception (`traceback`, `logging.exception`, `sys.exc_info`) reaches the library's `_trace`, and
//! its module carries what turns the pairs into lines: for each function some five bytes a place, and the source.

use crate::constant::Constant;
use crate::front::ast;
use crate::front::snippet as parsed;
use crate::supply;
use ast::visitor::transformer::{self, Transformer};
use ast::{Expr, Stmt};
use nano_wire::symbols::{FunctionSymbols, Symbols};
use nano_wire::traceback::Marks;
use std::cell::Cell;
use std::collections::BTreeSet;

/// The constant of the library's `_trace` that the program's places are put for.
pub(crate) fn placeholder() -> Constant {
    Constant::Bytes(b"<library>/_trace.py".to_vec())
}

/// The places of the program's own modules, which are the first `modules` files: `((name, text) ..)` and
/// `((name, file, first line, positions) ..)`. File names stand behind `folder`.
pub(crate) fn places(symbols: &Symbols, modules: usize, folder: &str) -> Constant {
    let own = |function: &&FunctionSymbols| usize::from(function.file) < modules;
    let functions: Vec<&FunctionSymbols> = symbols.functions.iter().take_while(own).collect();
    let int = |number: u32| Constant::Int(i64::from(number));
    let mut files = Vec::new();
    for (index, file) in symbols.files.iter().take(modules).enumerate() {
        let of_file = functions.iter().filter(|function| usize::from(function.file) == index);
        let shown: BTreeSet<u32> = of_file.flat_map(|function| function.positions.iter().map(|at| at.line)).collect();
        let mut text = String::new();
        for (line, number) in file.source.lines().zip(1..) {
            if shown.contains(&number) {
                text.push_str(line.trim());
            }
            text.push('\n');
        }
        files.push(Constant::Tuple(vec![Constant::Str(format!("{folder}{}", file.name)), Constant::Str(text)]));
    }
    let functions = functions.into_iter().map(|function| {
        let source = symbols.files.get(usize::from(function.file)).map_or("", |file| file.source.as_str());
        Constant::Tuple(vec![
            Constant::Str(function.name.clone()),
            int(u32::from(function.file)),
            int(function.first_line),
            Constant::Bytes(positions(function, source)),
        ])
    });
    Constant::Tuple(vec![Constant::Tuple(files), Constant::Tuple(functions.collect())])
}

/// Five numbers for each place that differs from the one before it: words and lines from there, then the marks' start,
/// their width and their anchor.
fn positions(function: &FunctionSymbols, source: &str) -> Vec<u8> {
    let lines: Vec<&str> = source.lines().collect();
    let mut bytes = Vec::new();
    let (mut word, mut line, mut before) = (0, function.first_line, None);
    for position in &function.positions {
        let text = lines.get((position.line as usize).wrapping_sub(1)).copied().unwrap_or_default();
        let marks = Marks::of(text, *position);
        if before.as_ref() == Some(&(position.line, marks.clone())) {
            continue;
        }
        let (start, width, anchor) = marks.as_ref().map_or((0, 0, 0), |marks| {
            let anchor = marks.anchor.clone().filter(|anchor| anchor.len() < 256);
            (marks.start, marks.width, anchor.map_or(0, |anchor| anchor.start << 8 | anchor.len()))
        });
        push(&mut bytes, u32::from(position.word - word));
        let lines = position.line.wrapping_sub(line).cast_signed();
        push(&mut bytes, (lines << 1 ^ lines >> 31).cast_unsigned());
        for number in [start, width, anchor] {
            push(&mut bytes, number.try_into().unwrap_or(0));
        }
        (word, line, before) = (position.word, position.line, Some((position.line, marks)));
    }
    bytes
}

/// A number in bytes of seven bits, lowest first; all but the last have the eighth bit.
fn push(bytes: &mut Vec<u8>, mut number: u32) {
    while number > 127 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

const OF: &str = "_traceback_of";
const START: &str = "_traceback_start";

/// Does the text of a file speak of tracebacks in a way that the machine has no answer to?
pub(crate) fn asks(text: &str) -> bool {
    ["_traceback__", "with_traceback", "exit__"].iter().any(|name| text.contains(name))
}

/// Lets the library say what `e.__traceback__` is, and what `__exit__` is given.
pub(crate) fn trace(body: &mut Vec<Stmt>) {
    let asking = Asking::default();
    for statement in body.iter_mut() {
        asking.visit_stmt(statement);
    }
    if asking.is_any.get() {
        let at = supply::start(body);
        body.splice(at..at, parsed(&format!("from _trace import of as {OF}, start as {START}\n")));
    }
}

#[derive(Default)]
struct Asking {
    is_any: Cell<bool>,
}

impl Asking {
    /// `name(values ..)` in the place of an expression.
    fn call<const N: usize>(&self, name: &str, values: [Expr; N]) -> Option<ast::ExprCall> {
        let Stmt::Expr(made) = parsed(&format!("{name}()\n")).into_iter().next()? else { return None };
        let Expr::Call(mut call) = *made.value else { return None };
        call.arguments.args = values.into();
        self.is_any.set(true);
        Some(call)
    }

    /// `__exit__` begins with looking up the traceback that it reads.
    fn look_up(&self, node: &mut ast::StmtFunctionDef) {
        let positional: Vec<&str> = node
            .parameters
            .posonlyargs
            .iter()
            .chain(&node.parameters.args)
            .map(|one| one.parameter.name.as_str())
            .collect();
        let lookup = match (positional.as_slice(), &node.parameters.vararg) {
            ([_, _, exception, traceback, ..], _) if Reads::name(traceback, &node.body) => {
                format!("if {exception} is not None: {traceback} = {OF}({exception})\n")
            }
            ([_], Some(all)) if Reads::name(&all.name, &node.body) => {
                let all = &all.name;
                format!("if {all}[1] is not None: {all} = (*{all}[:2], {OF}({all}[1]))\n")
            }
            _ => return,
        };
        let at = supply::start(&node.body);
        node.body.splice(at..at, parsed(&lookup));
        self.is_any.set(true);
    }
}

impl Transformer for Asking {
    fn visit_stmt(&self, statement: &mut Stmt) {
        transformer::walk_stmt(self, statement);
        match statement {
            Stmt::FunctionDef(node) if matches!(node.name.as_str(), "__exit__" | "__aexit__") => self.look_up(node),
            Stmt::Assign(node) => {
                let [Expr::Attribute(target)] = node.targets.as_slice() else { return };
                if target.attr.as_str() == "__traceback__" {
                    let values = [(*target.value).clone(), (*node.value).clone()];
                    let Some(call) = self.call(START, values) else { return };
                    if let Some(Stmt::Expr(mut made)) = parsed("None\n").into_iter().next() {
                        made.range = node.range;
                        *made.value = Expr::Call(ast::ExprCall { range: node.range, ..call });
                        *statement = Stmt::Expr(made);
                    }
                }
            }
            _ => {}
        }
    }

    fn visit_expr(&self, expression: &mut Expr) {
        transformer::walk_expr(self, expression);
        let (made, range) = match expression {
            Expr::Attribute(node) if node.attr.as_str() == "__traceback__" && node.ctx.is_load() => {
                (self.call(OF, [(*node.value).clone()]), node.range)
            }
            Expr::Call(node) => {
                let made = match (&*node.func, &*node.arguments.args) {
                    (Expr::Attribute(method), [traceback])
                        if method.attr.as_str() == "with_traceback" && node.arguments.keywords.is_empty() =>
                    {
                        self.call(START, [(*method.value).clone(), traceback.clone()])
                    }
                    (Expr::Name(function), [object, Expr::StringLiteral(name), ..])
                        if function.id == "getattr" && name.value == *"__traceback__" =>
                    {
                        self.call(OF, [object.clone()])
                    }
                    _ => None,
                };
                (made, node.range)
            }
            _ => return,
        };
        if let Some(call) = made {
            *expression = Expr::Call(ast::ExprCall { range, ..call });
        }
    }
}

/// Is a name read somewhere?
struct Reads<'n> {
    name: &'n str,
    is_read: bool,
}

impl Reads<'_> {
    fn name(name: &str, body: &[Stmt]) -> bool {
        let mut reads = Reads { name, is_read: false };
        ast::visitor::Visitor::visit_body(&mut reads, body);
        reads.is_read
    }
}

impl<'a> ast::visitor::Visitor<'a> for Reads<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(node) = expression {
            self.is_read |= node.id == self.name && node.ctx.is_load();
        }
        ast::visitor::walk_expr(self, expression);
    }
}
