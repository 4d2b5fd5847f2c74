//! What a module of a package asks about itself: `__package__`, `__spec__.parent` and `__spec__.name` are known texts.

use crate::front::ast;
use crate::front::snippet as parsed;
use crate::source::SourceFile;
use ast::visitor::transformer::{self, Transformer};
use ast::{Expr, Stmt};

/// Writes the texts into a module, if its source speaks of them.
pub(crate) fn specify(body: &mut [Stmt], file: &SourceFile) {
    if !file.text.contains("__spec__") && !file.text.contains("__package__") {
        return;
    }
    let around = file.module.rsplit_once('.').map_or("", |(parent, _)| parent);
    let own = Own { name: &file.module, parent: if file.is_package { &file.module } else { around } };
    for statement in body {
        own.visit_stmt(statement);
    }
}

struct Own<'m> {
    name: &'m str,
    parent: &'m str,
}

impl Transformer for Own<'_> {
    fn visit_expr(&self, expression: &mut Expr) {
        transformer::walk_expr(self, expression);
        let (text, range) = match expression {
            Expr::Name(node) if node.id == "__package__" && node.ctx.is_load() => (self.parent, node.range),
            Expr::Attribute(node) if matches!(&*node.value, Expr::Name(of) if of.id == "__spec__") => {
                match node.attr.as_str() {
                    "parent" => (self.parent, node.range),
                    "name" => (self.name, node.range),
                    _ => return,
                }
            }
            _ => return,
        };
        if let Some(Stmt::Expr(made)) = parsed(&format!("\"{text}\"\n")).into_iter().next()
            && let Expr::StringLiteral(mut literal) = *made.value
        {
            literal.range = range;
            *expression = Expr::StringLiteral(literal);
        }
    }
}
