//! The walk over a module that notes scopes, names and imports, and refuses what stands in the wrong place.

use super::{CLASS_CELL, Scope, ScopeId, ScopeKind, Scopes, Symbol, address, flag, mangle};
use crate::diagnostic::code;
use crate::fold;
use crate::front::ast::{self, Expr, Stmt};
use crate::front::{Problem, Span, Spanned, span};
use crate::names;
use crate::scope::Place;
use nano_wire::builtins::Builtin;
use std::collections::{HashMap, HashSet};

/// What is known of a module after the walk.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub scopes: Scopes,
    pub problems: Vec<Problem>,
    /// `import` statements: relative level, module, and the names behind `from`.
    pub imports: Vec<(u32, String, Vec<String>)>,
    /// Attribute names that are assigned or deleted anywhere.
    pub stored_attributes: HashSet<String>,
    /// `nonlocal` declarations, to be checked when all is known.
    pub nonlocals: Vec<(ScopeId, String, Span)>,
}

/// State of loops around a statement.
#[derive(Clone, Copy, Default)]
struct Around {
    in_loop: bool,
    /// Blocks around, of which CPython takes 20.
    blocks: u32,
}

struct Collector<'p> {
    out: Collected,
    current: ScopeId,
    around: Around,
    /// For each comprehension around: names that inner units use.
    inner_uses: Vec<HashSet<String>>,
    /// The module of an absolute import, if it is a builtin one that no file of the package shadows.
    builtin_module: &'p dyn Fn(&str) -> Option<Builtin>,
}

/// Walks a module.
pub(crate) fn collect(body: &[Stmt], builtin_module: &dyn Fn(&str) -> Option<Builtin>) -> Collected {
    let mut collector = Collector {
        out: Collected::default(),
        current: 0,
        around: Around::default(),
        inner_uses: Vec::new(),
        builtin_module,
    };
    collector.push_scope(ScopeKind::Module, "<module>", None);
    collector.futures(body);
    collector.body(body);
    collector.out
}

const NOT_YET: &str = "not supported yet";

impl Collector<'_> {
    fn problem(&mut self, code: &'static str, span: Span, message: impl Into<String>) {
        self.out.problems.push(Problem::new(code, span, message));
    }

    fn unsupported(&mut self, span: Span, what: &str, hint: &str) {
        self.out.problems.push(Problem::new(code::UNSUPPORTED, span, format!("{what} {NOT_YET}")).hint(hint));
    }

    fn scope(&mut self) -> &mut Scope {
        &mut self.out.scopes.all[self.current]
    }

    /// Opens a scope and makes it the current one; the former current one is given back.
    fn push_scope(&mut self, kind: ScopeKind, name: &str, node: Option<usize>) -> ScopeId {
        let id = self.out.scopes.all.len();
        let (parent, class_name, qualname) = if id == 0 {
            (None, None, name.to_string())
        } else {
            let parent = &self.out.scopes.all[self.current];
            let qualname = match parent.kind {
                _ if parent.symbol(name).is_some_and(|symbol| symbol.is(flag::GLOBAL)) => name.to_string(),
                ScopeKind::Module => name.to_string(),
                ScopeKind::Class => format!("{}.{name}", parent.qualname),
                _ => format!("{}.<locals>.{name}", parent.qualname),
            };
            (Some(self.current), parent.class_name.clone(), qualname)
        };
        self.out.scopes.all.push(Scope {
            kind,
            parent,
            unit: id,
            name: name.to_string(),
            qualname,
            symbols: Vec::new(),
            index: HashMap::new(),
            is_generator: false,
            inlined: false,
            class_name: if kind == ScopeKind::Class { Some(name.to_string()) } else { class_name },
            locals: 0,
            free: Vec::new(),
            class_cell: false,
        });
        if let Some(node) = node {
            self.out.scopes.by_node.insert(node, id);
        }
        std::mem::replace(&mut self.current, id)
    }

    /// Closes a unit: what it uses from outside may capture a comprehension's variables.
    fn pop_unit(&mut self, outer: ScopeId) {
        if let Some(uses) = self.inner_uses.last_mut() {
            let scope = &self.out.scopes.all[self.current];
            for symbol in &scope.symbols {
                if !symbol.is(flag::BOUND) || symbol.is(flag::NONLOCAL) || scope.kind == ScopeKind::Class {
                    uses.insert(symbol.name.clone());
                }
            }
        }
        self.current = outer;
    }

    fn symbol(&mut self, name: &str) -> &mut Symbol {
        let scope = &mut self.out.scopes.all[self.current];
        let name = mangle(name, scope.class_name.as_deref());
        let index = match scope.index.get(name.as_ref()) {
            Some(index) => *index,
            None => {
                scope.index.insert(name.to_string(), scope.symbols.len());
                scope.symbols.push(Symbol {
                    name: name.to_string(),
                    flags: 0,
                    bindings: 0,
                    first_use: Span::default(),
                    import: None,
                    owner: None,
                    place: Place::Unsupported,
                });
                scope.symbols.len() - 1
            }
        };
        &mut scope.symbols[index]
    }

    fn bind(&mut self, name: &str, flags: u16, span: Span) {
        if name == "__debug__" {
            self.problem(code::SYNTAX, span, "cannot assign to __debug__");
        }
        let symbol = self.symbol(name);
        symbol.flags |= flag::BOUND | flags;
        symbol.bindings += 1;
    }

    fn bind_import(&mut self, name: &str, builtin: Option<Builtin>, span: Span) {
        self.bind(name, 0, span);
        self.symbol(name).import = builtin;
    }

    fn use_name(&mut self, name: &str, span: Span) {
        if (name == "super" || name == "__class__") && self.is_in_class() {
            self.note_use(CLASS_CELL, span);
            if name == "__class__" {
                return;
            }
        }
        self.note_use(name, span);
    }

    fn note_use(&mut self, name: &str, span: Span) {
        let symbol = self.symbol(name);
        if !symbol.is(flag::USED) {
            symbol.first_use = span;
        }
        symbol.flags |= flag::USED;
    }

    /// Is this a function somewhere inside a class body?
    fn is_in_class(&mut self) -> bool {
        if !self.scope().is_function_like() {
            return false;
        }
        let scopes = &self.out.scopes.all;
        let mut around = scopes[self.current].parent;
        while let Some(id) = around {
            if scopes[id].kind == ScopeKind::Class {
                return true;
            }
            around = scopes[id].parent;
        }
        false
    }

    fn body(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    /// `from __future__` must come first.
    fn futures(&mut self, body: &[Stmt]) {
        let mut first = true;
        for (index, statement) in body.iter().enumerate() {
            let is_docstring =
                index == 0 && matches!(statement, Stmt::Expr(node) if node.value.is_string_literal_expr());
            match statement {
                Stmt::ImportFrom(node) if node.module.as_deref() == Some("__future__") && node.level == 0 => {
                    if !first {
                        let message = "from __future__ imports must occur at the beginning of the file";
                        self.problem(code::MISPLACED, span!(node), message);
                    }
                }
                _ if is_docstring => {}
                _ => first = false,
            }
        }
    }

    /// A block within a function; CPython nests 20.
    fn block(&mut self, body: &[Stmt], at: Span) {
        self.around.blocks += 1;
        if self.around.blocks == 21 {
            self.problem(code::LIMIT, at, "too many statically nested blocks");
        }
        self.body(body);
        self.around.blocks -= 1;
    }

    fn loop_block(&mut self, body: &[Stmt], at: Span) {
        let outer = std::mem::replace(&mut self.around.in_loop, true);
        self.block(body, at);
        self.around.in_loop = outer;
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(node) => self.function(node),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::Return(node) => {
                if !matches!(self.scope().kind, ScopeKind::Function | ScopeKind::Lambda) {
                    self.problem(code::MISPLACED, span!(node), "'return' outside function");
                }
                self.maybe(node.value.as_deref());
            }
            Stmt::Delete(node) => node.targets.iter().for_each(|target| self.delete(target)),
            Stmt::TypeAlias(node) => self.unsupported(span!(node), "'type' statements are", "use an assignment"),
            Stmt::Assign(node) => {
                self.expression(&node.value);
                node.targets.iter().for_each(|target| self.assigned(target));
            }
            Stmt::AugAssign(node) => {
                if let Expr::Name(target) = &*node.target {
                    self.use_name(&target.id, span!(target));
                }
                self.expression(&node.value);
                self.target(&node.target);
            }
            Stmt::AnnAssign(node) => {
                if let Expr::Name(target) = &*node.target {
                    let scope_flags = self.symbol(&target.id).flags;
                    if scope_flags & (flag::GLOBAL | flag::NONLOCAL) != 0 && node.simple {
                        let kind = if scope_flags & flag::GLOBAL != 0 { "global" } else { "nonlocal" };
                        let message = format!("annotated name '{}' can't be {kind}", target.id);
                        self.problem(code::NAMES, span!(target), message);
                    }
                    if node.value.is_some() {
                        self.bind(&target.id, flag::ANNOTATED, span!(target));
                    } else if node.simple {
                        let in_function = self.scope().is_function_like();
                        // An annotation alone makes a local variable of a function, and nothing elsewhere.
                        let flags = flag::ANNOTATED | if in_function { flag::BOUND } else { 0 };
                        self.symbol(&target.id).flags |= flags;
                    }
                } else {
                    self.target(&node.target);
                }
                self.maybe(node.value.as_deref());
            }
            Stmt::For(node) => {
                if node.is_async {
                    self.unsupported(span!(node), "'async for' is", "use a for loop");
                }
                self.expression(&node.iter);
                self.target(&node.target);
                self.loop_block(&node.body, span!(node));
                self.body(&node.orelse);
            }
            Stmt::While(node) => {
                self.expression(&node.test);
                self.loop_block(&node.body, span!(node));
                self.body(&node.orelse);
            }
            Stmt::If(node) => {
                self.expression(&node.test);
                self.body(&node.body);
                for clause in &node.elif_else_clauses {
                    self.maybe(clause.test.as_ref());
                    self.body(&clause.body);
                }
            }
            Stmt::With(node) => {
                if node.is_async {
                    self.unsupported(span!(node), "'async with' is", "use a with statement");
                }
                for item in &node.items {
                    self.expression(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.target(target);
                    }
                }
                self.block(&node.body, span!(node));
            }
            Stmt::Match(node) => {
                let at = span!(node);
                let keyword = Span { start: at.start, end: at.start + 5 };
                self.unsupported(keyword, "'match' statements are", "use if and elif");
            }
            Stmt::Raise(node) => {
                self.maybe(node.exc.as_deref());
                self.maybe(node.cause.as_deref());
            }
            Stmt::Try(node) => self.try_statement(node),
            Stmt::Assert(node) => {
                self.expression(&node.test);
                self.maybe(node.msg.as_deref());
            }
            Stmt::Import(node) => {
                for alias in &node.names {
                    let module = alias.name.as_str();
                    self.out.imports.push((0, module.to_string(), Vec::new()));
                    let builtin = (self.builtin_module)(module);
                    match &alias.asname {
                        Some(name) => self.bind_import(name, builtin, span!(name)),
                        None => {
                            let first = module.split('.').next().unwrap_or(module);
                            self.bind_import(first, builtin, span!(alias.name));
                        }
                    }
                }
            }
            Stmt::ImportFrom(node) => self.import_from(node),
            Stmt::Global(node) => {
                for name in &node.names {
                    self.declare(name, flag::GLOBAL, "global");
                }
            }
            Stmt::Nonlocal(node) => {
                if self.scope().kind == ScopeKind::Module {
                    self.problem(code::NAMES, span!(node), "nonlocal declaration not allowed at module level");
                    return;
                }
                for name in &node.names {
                    self.declare(name, flag::NONLOCAL, "nonlocal");
                    let scope = self.current;
                    let mangled = mangle(name, self.scope().class_name.as_deref()).to_string();
                    self.out.nonlocals.push((scope, mangled, span!(node)));
                }
            }
            Stmt::Expr(node) => self.expression(&node.value),
            Stmt::Pass(_) => {}
            Stmt::Break(node) => {
                if !self.around.in_loop {
                    self.problem(code::MISPLACED, span!(node), "'break' outside loop");
                }
            }
            Stmt::Continue(node) => {
                if !self.around.in_loop {
                    self.problem(code::MISPLACED, span!(node), "'continue' not properly in loop");
                }
            }
            Stmt::IpyEscapeCommand(node) => self.problem(code::SYNTAX, span!(node), "invalid syntax"),
        }
    }

    fn declare(&mut self, name: &ast::Identifier, flags: u16, kind: &str) {
        let symbol = self.symbol(name);
        let present = symbol.flags;
        symbol.flags |= flags;
        let message = if present & flag::PARAMETER != 0 {
            format!("name '{name}' is parameter and {kind}")
        } else if present & (flag::GLOBAL | flag::NONLOCAL) & !flags != 0 {
            format!("name '{name}' is nonlocal and global")
        } else if present & flag::ANNOTATED != 0 {
            format!("annotated name '{name}' can't be {kind}")
        } else if present & flag::BOUND != 0 && present & flags == 0 {
            format!("name '{name}' is assigned to before {kind} declaration")
        } else if present & flag::USED != 0 && present & flags == 0 {
            format!("name '{name}' is used prior to {kind} declaration")
        } else {
            return;
        };
        self.problem(code::NAMES, span!(name), message);
    }

    fn import_from(&mut self, node: &ast::StmtImportFrom) {
        let module = node.module.as_ref().map_or("", |name| name.as_str());
        if module == "__future__" && node.level == 0 {
            for alias in &node.names {
                const FEATURES: &[&str] = &[
                    "nested_scopes",
                    "generators",
                    "division",
                    "absolute_import",
                    "with_statement",
                    "print_function",
                    "unicode_literals",
                    "barry_as_FLUFL",
                    "generator_stop",
                    "annotations",
                ];
                if !FEATURES.contains(&alias.name.as_str()) {
                    let message = format!("future feature {} is not defined", alias.name);
                    self.problem(code::SYNTAX, span!(alias), message);
                }
            }
            return;
        }
        let builtin = if node.level == 0 { (self.builtin_module)(module) } else { None };
        let names = node.names.iter().map(|alias| alias.name.to_string()).collect();
        self.out.imports.push((node.level, module.to_string(), names));
        for alias in &node.names {
            if &alias.name == "*" {
                if self.scope().kind == ScopeKind::Module {
                    let problem = Problem::new(code::UNSUPPORTED, span!(alias), "'import *' is not supported");
                    self.out.problems.push(problem.hint("name what you need: from .. import a, b"));
                } else {
                    self.problem(code::MISPLACED, span!(alias), "import * only allowed at module level");
                }
                continue;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            let member = builtin.and_then(|module| names::member(module, &alias.name));
            self.bind_import(bound, member, span!(bound));
        }
    }

    fn try_statement(&mut self, node: &ast::StmtTry) {
        if node.is_star {
            self.unsupported(span!(node), "'except*' is", "use except");
        }
        self.block(&node.body, span!(node));
        for (index, handler) in node.handlers.iter().enumerate() {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            match &handler.type_ {
                Some(class) => self.expression(class),
                None if index + 1 < node.handlers.len() => {
                    self.problem(code::SYNTAX, span!(handler), "default 'except:' must be last");
                }
                None => {}
            }
            if let Some(name) = &handler.name {
                self.bind(name, flag::DELETED, span!(name));
            }
            self.block(&handler.body, span!(handler));
        }
        self.body(&node.orelse);
        if !node.finalbody.is_empty() {
            self.block(&node.finalbody, span!(node));
        }
    }

    fn type_parameters(&mut self, parameters: Option<&ast::TypeParams>) {
        if let Some(parameters) = parameters {
            self.unsupported(span!(parameters), "type parameters are", "leave them out; annotations have no effect");
        }
    }

    fn function(&mut self, node: &ast::StmtFunctionDef) {
        node.decorator_list.iter().for_each(|decorator| self.expression(&decorator.expression));
        self.type_parameters(node.type_params.as_deref());
        if node.is_async {
            let at = span!(node.name);
            self.unsupported(at, "'async def' is", "use def; a handler is called once per event");
        }
        self.defaults(&node.parameters);
        self.bind(&node.name, 0, span!(node.name));
        let outer = self.push_scope(ScopeKind::Function, &node.name, Some(address(node)));
        let around = std::mem::take(&mut self.around);
        self.parameters(&node.parameters);
        self.body(&node.body);
        self.around = around;
        self.pop_unit(outer);
    }

    fn defaults(&mut self, parameters: &ast::Parameters) {
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs) {
            self.maybe(parameter.default.as_deref());
        }
    }

    fn parameters(&mut self, parameters: &ast::Parameters) {
        let plain = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        let all = plain.map(|parameter| &parameter.parameter);
        let stars = parameters.vararg.iter().chain(&parameters.kwarg).map(|parameter| &**parameter);
        for parameter in all.chain(stars) {
            if self.symbol(&parameter.name).is(flag::PARAMETER) {
                let message = format!("duplicate argument '{}' in function definition", parameter.name);
                self.problem(code::NAMES, span!(parameter), message);
                continue;
            }
            self.bind(&parameter.name, flag::PARAMETER, span!(parameter));
        }
    }

    fn class(&mut self, node: &ast::StmtClassDef) {
        node.decorator_list.iter().for_each(|decorator| self.expression(&decorator.expression));
        self.type_parameters(node.type_params.as_deref());
        for base in node.bases() {
            if let Expr::Starred(starred) = base {
                self.unsupported(span!(starred), "starred bases are", "name each base");
            }
            self.expression(base);
        }
        for keyword in node.keywords() {
            match &keyword.arg {
                Some(name) if name == "metaclass" => {
                    let problem = Problem::new(code::UNSUPPORTED, span!(keyword), "metaclasses are not supported");
                    self.out.problems.push(problem.hint("use a class decorator or __init_subclass__"));
                }
                Some(_) => {}
                None => self.unsupported(span!(keyword), "'**' in a class statement is", "name each keyword"),
            }
            self.expression(&keyword.value);
        }
        self.bind(&node.name, 0, span!(node.name));
        let outer = self.push_scope(ScopeKind::Class, &node.name, Some(address(node)));
        let around = std::mem::take(&mut self.around);
        self.body(&node.body);
        self.around = around;
        self.pop_unit(outer);
    }

    /// A whole target of an assignment.
    fn assigned(&mut self, target: &Expr) {
        if let Expr::Starred(node) = target {
            self.problem(code::SYNTAX, span!(node), "starred assignment target must be in a list or tuple");
        }
        self.target(target);
    }

    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(node) => self.bind(&node.id, 0, span!(node)),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                let mut starred = elts.iter().filter(|element| element.is_starred_expr());
                if let (Some(_), Some(second)) = (starred.next(), starred.next()) {
                    self.problem(code::SYNTAX, second.span(), "multiple starred expressions in assignment");
                }
                elts.iter().for_each(|element| self.target(element));
            }
            Expr::Starred(node) => self.target(&node.value),
            Expr::Attribute(node) => {
                self.stored(&node.attr);
                self.expression(&node.value);
            }
            other => self.expression(other),
        }
    }

    fn stored(&mut self, attribute: &str) {
        if !self.out.stored_attributes.contains(attribute) {
            self.out.stored_attributes.insert(attribute.to_string());
        }
    }

    fn delete(&mut self, target: &Expr) {
        match target {
            Expr::Name(node) => self.bind(&node.id, flag::DELETED, span!(node)),
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().for_each(|element| self.delete(element));
            }
            other => self.target(other),
        }
    }

    fn maybe(&mut self, expression: Option<&Expr>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    fn all<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expr>) {
        expressions.into_iter().for_each(|expression| self.expression(expression));
    }

    fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::BoolOp(node) => self.all(&node.values),
            Expr::Named(node) => {
                self.expression(&node.value);
                self.walrus(&node.target);
            }
            Expr::BinOp(node) => {
                self.expression(&node.left);
                self.expression(&node.right);
            }
            Expr::UnaryOp(node) => self.expression(&node.operand),
            Expr::Lambda(node) => {
                if let Some(parameters) = &node.parameters {
                    self.defaults(parameters);
                }
                let outer = self.push_scope(ScopeKind::Lambda, "<lambda>", Some(address(node)));
                let around = std::mem::take(&mut self.around);
                if let Some(parameters) = &node.parameters {
                    self.parameters(parameters);
                }
                self.expression(&node.body);
                self.around = around;
                self.pop_unit(outer);
            }
            Expr::If(node) => self.all([&*node.test, &node.body, &node.orelse]),
            Expr::Dict(node) => {
                for item in &node.items {
                    self.maybe(item.key.as_ref());
                    self.expression(&item.value);
                }
            }
            Expr::Set(node) => self.all(&node.elts),
            Expr::ListComp(node) => {
                self.comprehension(address(node), "<listcomp>", &[&node.elt], &node.generators);
            }
            Expr::SetComp(node) => self.comprehension(address(node), "<setcomp>", &[&node.elt], &node.generators),
            Expr::DictComp(node) => {
                self.comprehension(address(node), "<dictcomp>", &[&node.key, &node.value], &node.generators);
            }
            Expr::Generator(node) => {
                self.comprehension(address(node), "<genexpr>", &[&node.elt], &node.generators);
            }
            Expr::Await(node) => self.unsupported(span!(node), "'await' is", "call the function"),
            Expr::Yield(ast::ExprYield { value, .. }) => {
                self.yields(expression.span());
                self.maybe(value.as_deref());
            }
            Expr::YieldFrom(node) => {
                self.yields(span!(node));
                self.expression(&node.value);
            }
            Expr::Compare(node) => {
                self.expression(&node.left);
                self.all(&node.comparators);
            }
            Expr::Call(node) => {
                self.expression(&node.func);
                for argument in &node.arguments.args {
                    self.expression(argument);
                }
                let mut seen = HashSet::new();
                for keyword in &node.arguments.keywords {
                    if let Some(name) = &keyword.arg
                        && !seen.insert(name.as_str())
                    {
                        let message = format!("keyword argument repeated: {name}");
                        self.problem(code::SYNTAX, span!(keyword), message);
                    }
                    self.expression(&keyword.value);
                }
            }
            Expr::FString(node) => {
                for part in &node.value {
                    if let ast::FStringPart::FString(string) = part {
                        self.interpolated(&string.elements);
                    }
                }
            }
            Expr::TString(node) => self.unsupported(span!(node), "template strings are", "use an f-string"),
            Expr::NumberLiteral(node) => {
                if matches!(node.value, ast::Number::Complex { .. }) {
                    self.unsupported(span!(node), "complex numbers are", "use a pair of floats");
                } else if let Some(digits) = fold::too_many_digits(&node.value) {
                    let message = format!(
                        "Exceeds the limit (4300 digits) for integer string conversion: value has {digits} digits; \
                         use sys.set_int_max_str_digits() to increase the limit"
                    );
                    self.out
                        .problems
                        .push(Problem::new(code::SYNTAX, span!(node), message).hint("write it in hexadecimal"));
                }
            }
            Expr::Attribute(node) => self.expression(&node.value),
            Expr::Subscript(node) => {
                self.expression(&node.value);
                self.expression(&node.slice);
            }
            Expr::Starred(node) => self.expression(&node.value),
            Expr::Name(node) => self.use_name(&node.id, span!(node)),
            Expr::List(node) => self.all(&node.elts),
            Expr::Tuple(node) => self.all(&node.elts),
            Expr::Slice(node) => {
                self.maybe(node.lower.as_deref());
                self.maybe(node.upper.as_deref());
                self.maybe(node.step.as_deref());
            }
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => {}
            Expr::IpyEscapeCommand(node) => self.problem(code::SYNTAX, span!(node), "invalid syntax"),
        }
    }

    fn interpolated(&mut self, elements: &ast::InterpolatedStringElements) {
        for element in elements {
            if let ast::InterpolatedStringElement::Interpolation(node) = element {
                self.expression(&node.expression);
                if let Some(spec) = &node.format_spec {
                    self.interpolated(&spec.elements);
                }
            }
        }
    }

    fn yields(&mut self, at: Span) {
        match self.scope().kind {
            ScopeKind::Function | ScopeKind::Lambda => self.scope().is_generator = true,
            ScopeKind::Module | ScopeKind::Class => self.problem(code::MISPLACED, at, "'yield' outside function"),
            ScopeKind::Comprehension | ScopeKind::Generator => {
                let kind = match self.scope().name.as_str() {
                    "<listcomp>" => "list comprehension",
                    "<setcomp>" => "set comprehension",
                    "<dictcomp>" => "dict comprehension",
                    _ => "generator expression",
                };
                self.problem(code::MISPLACED, at, format!("'yield' inside {kind}"));
            }
        }
    }

    fn comprehension(&mut self, node: usize, name: &str, elements: &[&Expr], generators: &[ast::Comprehension]) {
        let Some(first) = generators.first() else { return };
        // The first iterable belongs to the scope around.
        self.expression(&first.iter);
        let kind = if name == "<genexpr>" { ScopeKind::Generator } else { ScopeKind::Comprehension };
        let outer = self.push_scope(kind, name, Some(node));
        self.inner_uses.push(HashSet::new());
        for (index, generator) in generators.iter().enumerate() {
            if generator.is_async {
                self.unsupported(span!(generator), "'async for' is", "use for");
            }
            if index > 0 {
                self.expression(&generator.iter);
            }
            self.target(&generator.target);
            self.iteration_variables(&generator.target);
            self.all(&generator.ifs);
        }
        elements.iter().for_each(|element| self.expression(element));
        let uses = self.inner_uses.pop().unwrap_or_default();
        let scope = &mut self.out.scopes.all[self.current];
        scope.is_generator = kind == ScopeKind::Generator;
        let is_captured = |symbol: &Symbol| symbol.is(flag::BOUND) && uses.contains(&symbol.name);
        scope.inlined = kind == ScopeKind::Comprehension && !scope.symbols.iter().any(is_captured);
        if scope.inlined {
            if let Some(around) = self.inner_uses.last_mut() {
                around.extend(uses);
            }
            self.current = outer;
        } else {
            // What its own inner units use from outside passes through it.
            if let Some(around) = self.inner_uses.last_mut() {
                around.extend(uses);
            }
            self.pop_unit(outer);
        }
    }

    fn iteration_variables(&mut self, target: &Expr) {
        match target {
            Expr::Name(node) => self.symbol(&node.id).flags |= flag::ITERATION,
            Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. }) => {
                elts.iter().for_each(|element| self.iteration_variables(element));
            }
            Expr::Starred(node) => self.iteration_variables(&node.value),
            _ => {}
        }
    }

    /// `name := ..` binds in the innermost scope that is no comprehension.
    fn walrus(&mut self, target: &Expr) {
        let Expr::Name(node) = target else {
            self.target(target);
            return;
        };
        let at = span!(node);
        let inside = self.current;
        while matches!(self.scope().kind, ScopeKind::Comprehension | ScopeKind::Generator) {
            if self.symbol(&node.id).is(flag::ITERATION) {
                let message =
                    format!("assignment expression cannot rebind comprehension iteration variable '{}'", node.id);
                self.problem(code::NAMES, at, message);
                self.current = inside;
                return;
            }
            self.current = self.scope().parent.unwrap_or(0);
        }
        let owner = self.current;
        if owner != inside && self.scope().kind == ScopeKind::Class {
            let message = "assignment expression within a comprehension cannot be used in a class body";
            self.problem(code::NAMES, at, message);
        }
        self.bind(&node.id, flag::WALRUS, at);
        let flags = self.symbol(&node.id).flags;
        let is_global = self.scope().kind == ScopeKind::Module || flags & flag::GLOBAL != 0;
        self.current = inside;
        // The comprehensions in between refer to it.
        while self.current != owner {
            let kind = if is_global { flag::GLOBAL } else { flag::NONLOCAL };
            self.symbol(&node.id).flags |= kind | flag::BOUND | flag::WALRUS;
            self.current = self.scope().parent.unwrap_or(0);
        }
        self.current = inside;
    }
}
