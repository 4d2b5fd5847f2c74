//! The walk over functions and classes, each a scope of its own.

use super::collect::Collector;
use super::{ScopeKind, address, flag};
use crate::diagnostic::code;
use crate::front::ast::{self, Expr};
use crate::front::{Problem, span};

impl Collector<'_> {
    pub(super) fn type_parameters(&mut self, parameters: Option<&ast::TypeParams>) {
        if let Some(parameters) = parameters {
            self.unsupported(span!(parameters), "type parameters are", "leave them out; annotations have no effect");
        }
    }

    pub(super) fn function(&mut self, node: &ast::StmtFunctionDef) {
        node.decorator_list.iter().for_each(|decorator| self.expression(&decorator.expression));
        self.type_parameters(node.type_params.as_deref());
        self.defaults(&node.parameters);
        self.bind(&node.name, 0, span!(node.name));
        let outer = self.push_scope(ScopeKind::Function, &node.name, Some(address(node)));
        let around = std::mem::take(&mut self.around);
        if node.is_async {
            self.scope().is_coroutine = true;
            self.scope().is_generator = true;
        }
        self.parameters(&node.parameters);
        self.body(&node.body);
        self.around = around;
        self.pop_unit(outer);
    }

    pub(super) fn defaults(&mut self, parameters: &ast::Parameters) {
        for parameter in parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs) {
            self.maybe(parameter.default.as_deref());
        }
    }

    pub(super) fn parameters(&mut self, parameters: &ast::Parameters) {
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

    pub(super) fn class(&mut self, node: &ast::StmtClassDef) {
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
                Some(name) if name == "metaclass" && is_abstract_meta(&keyword.value) => {}
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
}

/// Is it `ABCMeta`? A class with that metaclass is one derived from `ABC`, which is what the library's `ABCMeta` is.
pub(crate) fn is_abstract_meta(value: &Expr) -> bool {
    match value {
        Expr::Name(node) => node.id.as_str() == "ABCMeta",
        Expr::Attribute(node) => node.attr.as_str() == "ABCMeta",
        _ => false,
    }
}
