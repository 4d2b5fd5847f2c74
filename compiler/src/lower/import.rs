//! Imports: builtin modules and modules of the package; others are refused, unless the program is ready for that.

use super::{Block, Unit};
use crate::assembler::Register;
use crate::constant::Constant;
use crate::diagnostic::code;
use crate::front::ast::{self, Expr, Stmt};
use crate::front::{Problem, Span, span};
use crate::names;
use crate::program;
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

/// What a module name stands for.
enum Target {
    Builtin(Builtin),
    Package(usize),
    /// A directory without `__init__.py`: only its modules can be imported.
    Namespace,
    Missing,
}

impl<'a> Unit<'_, 'a> {
    fn module_target(&self, name: &str) -> Target {
        let program = self.context.program;
        if let Some(index) = program.index.get(name) {
            return Target::Package(*index);
        }
        if let Some(builtin) = names::module(name) {
            return Target::Builtin(builtin);
        }
        if program.package.is_namespace(name) { Target::Namespace } else { Target::Missing }
    }

    pub(super) fn import(&mut self, node: &'a ast::StmtImport) {
        for alias in &node.names {
            let mark = self.next;
            let span = span!(alias);
            let module = alias.name.as_str();
            let first = module.split('.').next().unwrap_or(module);
            let bound = alias.asname.as_ref().map_or(first, |name| name.as_str());
            self.code.span = span!(node);
            match self.module_target(module) {
                Target::Builtin(builtin) => {
                    if self.is_stored(bound) {
                        let to = self.load_builtin(builtin, None);
                        self.store_name(bound, to);
                    }
                }
                Target::Package(_) => {
                    let to = self.alloc();
                    // Each package on the way is imported; without `as` the first one is bound.
                    let dots: Vec<_> = module.match_indices('.').map(|(at, _)| at).chain([module.len()]).collect();
                    for at in &dots {
                        if let Target::Package(index) = self.module_target(&module[..*at]) {
                            self.code.abx(Opcode::ImportModule, to, index as u16);
                        }
                    }
                    if alias.asname.is_none() && dots.len() > 1 {
                        match self.module_target(first) {
                            Target::Package(index) => self.code.abx(Opcode::ImportModule, to, index as u16),
                            Target::Builtin(builtin) => {
                                if self.is_stored(bound) {
                                    self.load_builtin(builtin, Some(to));
                                    self.store_name(bound, to);
                                }
                                self.next = mark;
                                continue;
                            }
                            _ => {
                                let message = format!("'import {module}' needs '{first}' to be a package");
                                let hint = format!("add {first}/__init__.py, or use: import {module} as {}", {
                                    module.rsplit('.').next().unwrap_or(module)
                                });
                                self.problems.push(Problem::new(code::UNSUPPORTED, span, message).hint(hint));
                            }
                        }
                    }
                    self.store_name(bound, to);
                }
                Target::Namespace | Target::Missing => self.missing_module(module, span),
            }
            self.next = mark;
        }
    }

    pub(super) fn import_from(&mut self, node: &'a ast::StmtImportFrom) {
        let written = node.module.as_ref().map_or("", |name| name.as_str());
        if node.level == 0 && written == "__future__" {
            return;
        }
        let span = span!(node);
        let Some(module) = program::absolute(self.context.module.file, node.level, written) else {
            let message = "attempted relative import with no known parent package";
            let hint = "this file is not inside a package; use an absolute import";
            self.problems.push(Problem::new(code::NO_MODULE, span, message).hint(hint));
            return;
        };
        let target = self.module_target(&module);
        if let Target::Missing = target {
            self.missing_module(&module, span);
            return;
        }
        // The packages on the way.
        let mark = self.next;
        let to = self.alloc();
        self.code.span = span;
        let dots: Vec<_> = module.match_indices('.').map(|(at, _)| at).chain([module.len()]).collect();
        for at in dots {
            if let Target::Package(index) = self.module_target(&module[..at]) {
                self.code.abx(Opcode::ImportModule, to, index as u16);
            }
        }
        for alias in node.names.iter().filter(|alias| &alias.name != "*") {
            let above = self.next;
            self.code.span = span;
            self.import_member(&module, &target, alias, to);
            self.next = above;
        }
        self.next = mark;
    }

    fn import_member(&mut self, module: &str, target: &Target, alias: &'a ast::Alias, from: Register) {
        let name = alias.name.as_str();
        let bound = alias.asname.as_ref().map_or(name, |name| name.as_str());
        let span = span!(alias);
        match target {
            Target::Builtin(builtin) => match names::member(*builtin, name) {
                Some(member) => {
                    if self.is_stored(bound) {
                        let value = self.load_builtin(member, None);
                        self.store_name(bound, value);
                    }
                }
                None => {
                    if let Some(index) = self.supplement(*builtin, name) {
                        let value = self.alloc();
                        self.code.abx(Opcode::ImportModule, value, index);
                        let extra = self.name_cache(name);
                        self.code.extra(Opcode::ImportFrom, value, value, 0, extra);
                        self.store_name(bound, value);
                        return;
                    }
                    self.missing_member(module, name, &names::members(*builtin), span);
                }
            },
            _ => {
                let binds = match target {
                    Target::Package(index) => self.context.program.modules[*index].collected.scopes.globals.iter(),
                    _ => [].iter(),
                };
                let binds: Vec<&str> = binds.map(String::as_str).collect();
                let exports = self.context.program.exports.get(module);
                let submodule = self.module_target(&format!("{module}.{name}"));
                let has = binds.contains(&name) && !self.is_only_submodule(module, name);
                let is_asked = binds.contains(&"__getattr__") && matches!(submodule, Target::Missing);
                if matches!(target, Target::Package(_)) && (has || is_asked) {
                    let value = self.alloc();
                    let extra = self.name_cache(name);
                    self.code.extra(Opcode::ImportFrom, value, from, 0, extra);
                    self.store_name(bound, value);
                } else if let Target::Package(index) = submodule {
                    let value = self.alloc();
                    self.code.abx(Opcode::ImportModule, value, index as u16);
                    self.store_name(bound, value);
                } else {
                    let known = exports.map(|names| names.iter().map(String::as_str).collect());
                    self.missing_member(module, name, &known.unwrap_or(binds), span);
                }
            }
        }
    }

    /// The module of the program that has what a builtin module lacks.
    pub(super) fn supplement(&self, builtin: Builtin, name: &str) -> Option<u16> {
        let module = &crate::library::supplement(builtin.name())?.module;
        let program = self.context.program;
        let is_there = program.exports.get(module).is_some_and(|names| names.iter().any(|own| own == name));
        program.index.get(module).filter(|_| is_there).map(|index| *index as u16)
    }

    /// Is the name bound in a package only because it is a submodule of it? Imports of it there count as that.
    fn is_only_submodule(&self, package: &str, name: &str) -> bool {
        let program = self.context.program;
        let Some(module) = program.index.get(package).map(|index| &program.modules[*index]) else { return false };
        if !module.submodules.iter().any(|submodule| submodule == name) {
            return false;
        }
        let symbol = module.collected.scopes.all.first().and_then(|scope| scope.symbol(name));
        let bindings = symbol.map_or(0, |symbol| symbol.bindings as usize);
        let own = module.collected.imports.iter().filter(|(level, from, names)| {
            names.iter().any(|imported| imported == name)
                && program::absolute(module.file, *level, from).as_deref() == Some(package)
        });
        bindings <= own.count()
    }

    fn missing_member(&mut self, module: &str, name: &str, known: &[&str], span: Span) {
        if self.is_import_guarded() {
            self.raise_import(Builtin::ImportError, &format!("cannot import name '{name}' from '{module}'"));
            return;
        }
        if self.may_lack() && self.context.program.is_library(module) {
            // What the library here lacks is unbound where the package uses it, if it does.
            return;
        }
        let message = format!("cannot import name '{name}' from '{module}'");
        let hint = match names::closest(name, known.iter().copied()) {
            Some(closest) => format!("did you mean '{closest}'?"),
            None if known.is_empty() => format!("'{module}' defines nothing"),
            None => format!("'{module}' has: {}", known.join(", ")),
        };
        self.problems.push(Problem::new(code::NO_MEMBER, span, message).hint(hint));
    }

    fn missing_module(&mut self, module: &str, span: Span) {
        let message = format!("No module named '{module}'");
        if self.is_import_guarded() {
            self.raise_import(Builtin::ModuleNotFoundError, &message);
            return;
        }
        if let Some(hint) = names::unsupported_module(module) {
            self.problems.push(Problem::new(code::NO_MODULE, span, message).hint(hint));
            return;
        }
        let package = self.context.program.package;
        let mut known: Vec<&str> = package.modules().filter(|name| *name != package.entry()).collect();
        let mut builtin = names::modules();
        builtin.extend(crate::library::modules());
        builtin.sort_unstable();
        let hint = match names::closest(module, known.iter().chain(&builtin).copied()) {
            Some(closest) => format!("did you mean '{closest}'?"),
            None => {
                known.truncate(20);
                let own =
                    if known.is_empty() { String::new() } else { format!("; in the package: {}", known.join(", ")) };
                format!("built in: {}{own}", builtin.join(", "))
            }
        };
        self.problems.push(Problem::new(code::NO_MODULE, span, message).hint(hint));
    }

    /// Is the import within a `try` that expects it to fail, or what is done then? Portable programs do that.
    fn is_import_guarded(&self) -> bool {
        self.context.module.is_optional
            || self.may_lack() && self.is_in_others_function()
            || self.may_lack() && self.blocks.iter().any(|block| matches!(block, Block::Catch { .. }))
            || self.blocks.iter().any(
            |block| matches!(block, Block::Try { region } | Block::Catch { region, .. } if region.expects_import_error),
        )
    }

    /// Raises what the import raises in CPython.
    fn raise_import(&mut self, class: Builtin, message: &str) {
        let to = self.constant(&Constant::Str(message.to_string()), None);
        self.code.extra(Opcode::CallBuiltin, to, 1, to, class as u32);
        self.code.last(Opcode::Raise, to, 0);
    }

    /// The end of a submodule's top level: it becomes an attribute of its package.
    pub(super) fn bind_submodule(&mut self) {
        let name = &self.context.module.file.module;
        let Some((parent, child)) = name.rsplit_once('.') else { return };
        let Some(parent) = self.context.program.index.get(parent) else { return };
        let Some(slot) = self.context.submodule_slots.get(&(*parent, child.to_string())).copied() else { return };
        if self.code.reachable {
            let mark = self.next;
            let to = self.alloc();
            self.code.abx(Opcode::ImportModule, to, self.context.index as u16);
            self.code.abx(Opcode::StoreGlobal, to, slot);
            self.next = mark;
        }
    }
}

/// Does a `try` handle a failing import?
pub(crate) fn expects_import_error(node: &ast::StmtTry) -> bool {
    const NAMES: [&str; 3] = ["ImportError", "ModuleNotFoundError", "Exception"];
    let imports = node.body.iter().any(|statement| matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_)));
    imports
        && node.handlers.iter().any(|handler| {
            let ast::ExceptHandler::ExceptHandler(handler) = handler;
            let is_one = |class: &Expr| matches!(class, Expr::Name(name) if NAMES.contains(&name.id.as_str()));
            match handler.type_.as_deref() {
                None => true,
                Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(is_one),
                Some(class) => is_one(class),
            }
        })
}
