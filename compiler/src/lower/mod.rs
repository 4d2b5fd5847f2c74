//! Lowering: from syntax trees straight to register bytecode, one unit at a time.
//!
//! Expressions are compiled into a wanted register; locals are used where they are, without a move. Temporaries form a
//! stack above the locals. Units inside a unit are queued, so that when one is compiled it is known what the enclosing
//! one has surely bound where it makes the closure.

mod assignment;
mod asynchronous;
mod call;
mod comprehension;
mod condition;
mod definition;
mod dictionary;
mod display;
mod exception;
mod expression;
mod giving_up;
mod group;
mod growing;
mod hoist;
mod import;
mod looping;
mod matching;
mod name;
mod numeric;
mod operation;
mod statement;
mod text;
mod unit;
mod with;

pub(crate) use import::expects_import_error;

use crate::assembler::{Assembler, Assigned, Label, Register};
use crate::constant::{Constant, Pool};
use crate::diagnostic::code;
use crate::front::ast::{self, Expr, Stmt};
use crate::front::{Problem, Span};
use crate::program::{Module, Program};
use crate::scope::ScopeId;
use nano_wire::module::Function;
use std::collections::{HashMap, HashSet, VecDeque};

/// Registers a window may have; the last few numbers are kept out of reach of arithmetic on registers.
pub(crate) const MAX_REGISTERS: u16 = 250;

/// What all units of a program share.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub pool: Pool,
    pub units: Vec<Option<Lowered>>,
    /// Inline caches so far.
    pub caches: u32,
}

/// One unit, ready to be linked.
#[derive(Debug)]
pub(crate) struct Lowered {
    pub function: Function,
    pub code: Vec<u32>,
    /// Start, end and target of each guarded range.
    pub handlers: Vec<(u16, u16, u16)>,
    pub parameters: Vec<u16>,
    pub positions: Vec<(u32, Span)>,
    pub name: String,
    pub span: Span,
    pub registers: Vec<String>,
}

/// A module and what is around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    pub program: &'a Program<'a>,
    pub module: &'a Module<'a>,
    pub index: usize,
    /// What `__name__` is.
    pub name: &'a str,
    /// Number of the slots of submodules, by module and name.
    pub submodule_slots: &'a HashMap<(usize, String), u16>,
}

/// The node a unit is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'a> {
    Module,
    Function(&'a ast::StmtFunctionDef),
    Lambda(&'a ast::ExprLambda),
    Class(&'a ast::StmtClassDef),
    Comprehension(Comprehension<'a>),
}

/// A comprehension or generator expression.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comprehension<'a> {
    pub kind: Collects,
    pub scope: ScopeId,
    pub element: &'a Expr,
    /// Value of a dict comprehension.
    pub value: Option<&'a Expr>,
    pub generators: &'a [ast::Comprehension],
    pub span: Span,
}

/// What a comprehension makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Collects {
    List,
    Set,
    Dict,
    Generator,
}

/// A unit that waits to be compiled.
#[derive(Debug)]
struct Pending<'a> {
    index: u16,
    node: Node<'a>,
    scope: ScopeId,
    /// For each captured cell: is it bound before the unit can run?
    proven: Vec<bool>,
}

/// A statement around the current place that does something when it is left.
#[derive(Debug)]
enum Block<'a> {
    Loop {
        break_to: Label,
        continue_to: Label,
        /// Its iterator, where nothing else refers to that.
        iterator: Option<Register>,
    },
    /// The body of `try .. except`.
    Try { region: Region },
    /// What stands before a `finally`.
    Finally { body: &'a [Stmt], region: Region },
    /// A handler: the exception and the one handled before are in two registers.
    Catch { at: Register, region: Region },
    /// A handler's `as name`.
    Named { name: &'a str, region: Region },
    /// The body of a `with`: its exit window, and a register below it that survives the exit.
    With { window: Register, keep: Option<Register>, region: Region, is_async: bool },
}

/// A guarded range that may have gaps.
#[derive(Clone, Copy, Debug)]
struct Region {
    start: u32,
    target: Label,
    /// Something in it can raise.
    used: bool,
    /// It is not guarded at all.
    ignored: bool,
    /// Its handlers expect an import to fail.
    expects_import_error: bool,
}

/// A unit in progress.
struct Unit<'u, 'a> {
    context: &'u Context<'a>,
    out: &'u mut Output,
    queue: &'u mut VecDeque<Pending<'a>>,
    /// Units by their scope: a `finally` may be compiled twice.
    made: &'u mut HashMap<usize, u16>,
    problems: &'u mut Vec<Problem>,
    code: Assembler,
    own: ScopeId,
    /// The scope whose names are seen; an inlined comprehension, or the unit itself.
    scope: ScopeId,
    /// First register that is no local.
    locals: u16,
    next: u16,
    highest: u16,
    names: Vec<String>,
    blocks: Vec<Block<'a>>,
    /// Registers of variables of inlined comprehensions.
    inline: Vec<(ScopeId, String, Register)>,
    proven: Vec<bool>,
    /// Locals that may become unbound again.
    volatile: Assigned,
    has_walrus: bool,
    /// Constants that wait in registers while a loop runs.
    hoisted: HashMap<Constant, Register>,
    /// Locals that are text somewhere.
    texts: HashSet<String>,
    /// Variables that only grow in the loops being compiled.
    growing: Vec<Register>,
    /// Locals that surely are numbers.
    numeric: numeric::Numeric,
    too_many_registers: bool,
}

/// Compiles all units of a module; the first is its top level. Units of a module are numbered in a row.
pub(crate) fn lower(context: &Context<'_>, out: &mut Output) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut queue = VecDeque::new();
    let mut made = HashMap::new();
    // A unit that the program makes has a place already: its number is known where it is called.
    let index = context.module.made.map_or(out.units.len(), |making| making.number);
    if context.module.made.is_none() {
        out.units.push(None);
    }
    if index > usize::from(u16::MAX) {
        let span = Span::default();
        return vec![Problem::new(code::LIMIT, span, "the program has more than 65,535 functions")];
    }
    queue.push_back(Pending { index: index as u16, node: Node::Module, scope: 0, proven: Vec::new() });
    while let Some(pending) = queue.pop_front() {
        let lowered = Unit::lower(context, out, &mut queue, &mut made, &mut problems, pending);
        if let Some((index, lowered)) = lowered {
            out.units[usize::from(index)] = Some(lowered);
        }
        if problems.len() > 20 || out.units.len() > usize::from(u16::MAX) {
            break;
        }
    }
    if out.units.len() > usize::from(u16::MAX) || out.pool.overflow || out.caches > u32::from(u16::MAX) {
        let message = "the program has more functions, constants or attribute accesses than fit in a module";
        problems.push(Problem::new(code::LIMIT, Span::default(), message));
    }
    problems
}

/// Register `base + offset`; far ones only stand in functions that are refused.
fn at(base: Register, offset: usize) -> Register {
    (usize::from(base) + offset).min(255) as Register
}
