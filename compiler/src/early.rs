//! Which calls for a compiler a program can only come to when it runs on a device, where there is none.
//!
//! The top level runs at build, and so does every function that it may call: one whose name stands in it, or in a
//! function that it may call. Only the program's own modules are looked at. What others wrote may have such a call in a
//! function that the program never needs; it is an error where it is made.

use crate::diagnostic::code;
use crate::front::ast::visitor::{self, Visitor};
use crate::front::ast::{Expr, Stmt};
use crate::front::{Problem, Span, span};
use crate::library;
use crate::made;
use crate::names;
use crate::program::{Module, Program, is_others, text};
use crate::source::{Lines, SourceFile};
use std::collections::HashSet;

/// What is said of each file, where something is.
pub(crate) fn late_uses<'p>(program: &Program<'p>) -> Vec<(&'p SourceFile, Lines<'p>, Vec<Problem>)> {
    let is_own = |module: &&Module<'_>| {
        module.made.is_none() && !library::is_library(module.file) && !is_others(program.package, module.file)
    };
    let mut walk = Walk {
        functions: vec![Function::default()],
        current: 0,
        in_derived_class: false,
        module: 0,
        makes: HashSet::new(),
    };
    for (index, module) in program.modules.iter().enumerate().filter(|(_, module)| is_own(module)) {
        walk.module = index;
        walk.makes = supplied(&module.body);
        walk.visit_body(&module.body);
    }
    let functions = walk.functions;
    let mut reached: HashSet<usize> = HashSet::from([0]);
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        let mentions = &functions[at].mentions;
        for (index, function) in functions.iter().enumerate() {
            if (function.is_called_unnamed || mentions.contains(&function.name)) && reached.insert(index) {
                open.push(index);
            }
        }
    }
    let late = functions.iter().enumerate().filter(|(index, _)| !reached.contains(index));
    let late = late.flat_map(|(_, function)| {
        let problem = |(name, span): &(String, Span)| {
            let hint = names::unsupported(name).unwrap_or_default();
            Problem::new(code::UNSUPPORTED_BUILTIN, *span, format!("'{name}' is not available")).hint(hint)
        };
        function.uses.iter().map(move |of| (function.module, problem(of)))
    });
    // Of one that is not called early, that is said already.
    let nameless = functions.iter().enumerate().filter(|(index, _)| reached.contains(index));
    let nameless = nameless.flat_map(|(_, function)| {
        let problem = |(name, span): &(String, Span)| {
            let message = format!("'{name}' without a dict of names is not available");
            let hint = format!("names are resolved when compiling; pass those it may use: {name}(source, {{..}})");
            Problem::new(code::UNSUPPORTED_BUILTIN, *span, message).hint(hint)
        };
        function.nameless.iter().map(move |of| (function.module, problem(of)))
    });
    let mut found: Vec<(&'p SourceFile, Lines<'p>, Vec<Problem>)> = Vec::new();
    for (module, problem) in late.chain(nameless) {
        let file = program.modules[module].file;
        match found.iter_mut().find(|(of, ..)| std::ptr::eq(*of, file)) {
            Some((.., problems)) => problems.push(problem),
            None => found.push((file, Lines::new(text(file)), vec![problem])),
        }
    }
    found
}

/// The names that a module has of the library's module about made code.
fn supplied(body: &[Stmt]) -> HashSet<String> {
    let imports = body.iter().filter_map(|statement| match statement {
        Stmt::ImportFrom(node) if node.module.as_deref() == Some(made::MODULE) => Some(&node.names),
        _ => None,
    });
    imports.flatten().map(|alias| alias.name.to_string()).collect()
}

/// A function, or (the first) all top levels.
#[derive(Default)]
struct Function {
    name: String,
    module: usize,
    /// Names and attributes in it.
    mentions: HashSet<String>,
    /// Where it calls for a compiler.
    uses: Vec<(String, Span)>,
    /// Where it has it run something with the names around.
    nameless: Vec<(String, Span)>,
    /// It is called by what doesn't name it: a special method, a method of what others derive from, something decorated.
    is_called_unnamed: bool,
}

struct Walk {
    functions: Vec<Function>,
    current: usize,
    in_derived_class: bool,
    module: usize,
    makes: HashSet<String>,
}

impl<'a> Visitor<'a> for Walk {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(node) => {
                node.decorator_list.iter().for_each(|decorator| self.visit_expr(&decorator.expression));
                self.visit_parameters(&node.parameters);
                let is_special = node.name.starts_with("__") && node.name.ends_with("__");
                self.functions.push(Function {
                    name: node.name.to_string(),
                    module: self.module,
                    is_called_unnamed: is_special || !node.decorator_list.is_empty() || self.in_derived_class,
                    ..Function::default()
                });
                let outer = std::mem::replace(&mut self.current, self.functions.len() - 1);
                let in_class = std::mem::replace(&mut self.in_derived_class, false);
                self.visit_body(&node.body);
                (self.current, self.in_derived_class) = (outer, in_class);
            }
            Stmt::ClassDef(node) => {
                let is_derived = node.arguments.is_some();
                let outer = std::mem::replace(&mut self.in_derived_class, is_derived);
                visitor::walk_stmt(self, statement);
                self.in_derived_class = outer;
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_annotation(&mut self, _: &'a Expr) {
        // What is evaluated of annotations stands elsewhere by now.
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let function = &mut self.functions[self.current];
        match expression {
            Expr::Name(node) => {
                if self.makes.contains(node.id.as_str()) {
                    function.uses.push((node.id.to_string(), span!(node)));
                }
                function.mentions.insert(node.id.to_string());
            }
            Expr::Call(node) => {
                let is_run = |name: &str| name != "compile" && self.makes.contains(name);
                if let (Expr::Name(callee), [source], []) =
                    (&*node.func, &*node.arguments.args, &*node.arguments.keywords)
                    && is_run(&callee.id)
                    && !source.is_starred_expr()
                {
                    function.nameless.push((callee.id.to_string(), span!(node)));
                }
            }
            Expr::Attribute(node) => {
                function.mentions.insert(node.attr.to_string());
            }
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }
}
