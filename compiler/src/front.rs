//! The one file that names the parser crate: parsing, its errors, and where a node stands in the source.
//!
//! Nesting is limited *before* parsing, on tokens, so that no later recursion (parser, scopes, lowering, drop) can
//! exhaust the native stack.

use crate::diagnostic::code;
use crate::nesting::{Nesting, nesting};
pub(crate) use rustpython_compiler::ast;
use rustpython_compiler::parser::{self, LexicalErrorType, Mode, ParseErrorType, ParseOptions};

/// Bytes of the source, from `start` up to `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// From the start of this one to the end of the other.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start, end: other.end }
    }
}

/// The span of anything with a `range` field.
macro_rules! span {
    ($node:expr) => {
        $crate::front::Span { start: $node.range.start().to_u32(), end: $node.range.end().to_u32() }
    };
}
pub(crate) use span;

/// Nodes that say where they stand.
pub(crate) trait Spanned {
    fn span(&self) -> Span;
}

macro_rules! spanned {
    ($type:ident: $($variant:ident)*) => {
        impl Spanned for ast::$type {
            fn span(&self) -> Span {
                match self { $(Self::$variant(node) => span!(node)),* }
            }
        }
    };
}

spanned!(Expr: BoolOp Named BinOp UnaryOp Lambda If Dict Set ListComp SetComp DictComp Generator Await Yield YieldFrom
    Compare Call FString TString StringLiteral BytesLiteral NumberLiteral BooleanLiteral NoneLiteral EllipsisLiteral
    Attribute Subscript Starred Name List Tuple Slice IpyEscapeCommand);
spanned!(Stmt: FunctionDef ClassDef Return Delete TypeAlias Assign AugAssign AnnAssign For While If With Match Raise
    Try Assert Import ImportFrom Global Nonlocal Expr Pass Break Continue IpyEscapeCommand);

/// Something wrong and where, before it becomes a diagnostic.
#[derive(Debug)]
pub(crate) struct Problem {
    pub code: &'static str,
    pub span: Span,
    pub message: String,
    pub hint: Option<String>,
}

impl Problem {
    pub fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), hint: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Parses a file whose nesting was found to be bearable.
pub(crate) fn parse(source: &str, nesting: Nesting) -> Result<Vec<ast::Stmt>, Vec<Problem>> {
    parse_as(Mode::Module, source, nesting)
}

/// Parses an expression: a statement.
pub(crate) fn parse_expression(source: &str, nesting: Nesting) -> Result<Vec<ast::Stmt>, Vec<Problem>> {
    parse_as(Mode::Expression, source, nesting)
}

fn parse_as(mode: Mode, source: &str, nesting: Nesting) -> Result<Vec<ast::Stmt>, Vec<Problem>> {
    let options = ParseOptions::from(mode).with_target_version(ast::PythonVersion::PY311);
    let parsed = parser::parse_unchecked(source, options);
    let mut problems: Vec<Problem> = Vec::new();
    // What follows the first errors is mostly their echo.
    for error in parsed.errors().iter().take(3) {
        let span = Span { start: error.location.start().to_u32(), end: error.location.end().to_u32() };
        problems.push(Problem::new(code::SYNTAX, span, message(&error.error, source, span)));
    }
    if let Some(indent) = nesting.indent
        && problems.first().is_none_or(|first| first.span.start >= indent.span.start)
    {
        return Err(vec![indent]);
    }
    if let (Some(first), Some(bracket)) = (problems.first(), nesting.bracket) {
        // As CPython: a bracket that is open on an earlier line, or still at the end, is the likelier cause.
        let between = source.get(bracket.span.start as usize..first.span.start as usize);
        let is_at_end = source.get(first.span.start as usize..).is_none_or(|rest| rest.trim().is_empty());
        if is_at_end || between.is_none_or(|text| text.contains('\n')) || !bracket.message.contains("never") {
            return Err(vec![bracket]);
        }
    }
    if problems.is_empty() {
        problems.extend(
            parsed
                .unsupported_syntax_errors()
                .iter()
                .map(|error| Problem::new(code::SYNTAX, span!(error), error.to_string()).hint("IoTPy is Python 3.11")),
        );
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match parsed.into_syntax() {
        ast::Mod::Module(module) => Ok(module.body),
        ast::Mod::Expression(node) => {
            let ast::ModExpression { node_index, range, body } = node;
            Ok(vec![ast::Stmt::Expr(ast::StmtExpr { node_index, range, value: body })])
        }
    }
}

/// Statements the compiler itself writes; none where the text is no Python.
pub(crate) fn snippet(text: &str) -> Vec<ast::Stmt> {
    nesting(text).ok().and_then(|nesting| parse(text, nesting).ok()).unwrap_or_default()
}

/// The parser's message, in CPython's words where it is a common one.
fn message(error: &ParseErrorType, source: &str, span: Span) -> String {
    let before = source.get(..span.start as usize).unwrap_or_default();
    let text = match error {
        ParseErrorType::Lexical(LexicalErrorType::UnclosedStringError) => {
            let literal = source.get(span.start as usize..span.end as usize).unwrap_or_default();
            let literal = literal.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let is_triple = literal.starts_with("\"\"\"") || literal.starts_with("'''");
            let line = before.matches('\n').count() + 1;
            let last = if is_triple { source.trim_end().matches('\n').count() + 1 } else { line };
            let kind = if is_triple { "triple-quoted string" } else { "string" };
            return format!("unterminated {kind} literal (detected at line {last})");
        }
        ParseErrorType::UnexpectedIndentation => "unexpected indent",
        ParseErrorType::NonDefaultParamAfterDefaultParam => "non-default argument follows default argument",
        ParseErrorType::PositionalAfterKeywordArgument => "positional argument follows keyword argument",
        ParseErrorType::PositionalAfterKeywordUnpacking => "positional argument follows keyword argument unpacking",
        ParseErrorType::InvalidArgumentUnpackingOrder => {
            "iterable argument unpacking follows keyword argument unpacking"
        }
        ParseErrorType::ParamAfterVarKeywordParam => "arguments cannot follow var-keyword argument",
        ParseErrorType::ExpectedKeywordParam => "named arguments must follow bare *",
        ParseErrorType::UnparenthesizedGeneratorExpression => "Generator expression must be parenthesized",
        ParseErrorType::SimpleStatementsOnSameLine => {
            let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
            match word {
                Some(word @ ("print" | "exec")) => {
                    return format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
                }
                _ => "invalid syntax",
            }
        }
        ParseErrorType::DuplicateKeywordArgumentError(name) => return format!("keyword argument repeated: {name}"),
        other => {
            let text = other.to_string().replace('`', "'");
            if let Some(found) = text.strip_prefix("Expected ':', found ") {
                if found == "'='" {
                    return "invalid syntax. Maybe you meant '==' or ':=' instead of '='?".into();
                }
                return if found == "newline" { "expected ':'".into() } else { "invalid syntax".into() };
            }
            // The parser's sentences start with a capital; CPython's don't.
            let mut chars = text.chars();
            return match chars.next() {
                Some(first) => first.to_lowercase().chain(chars).collect(),
                None => "invalid syntax".into(),
            };
        }
    };
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nesting::nesting;

    fn parse(source: &str) -> Result<Vec<ast::Stmt>, Vec<Problem>> {
        super::parse(source, nesting(source).unwrap())
    }

    #[test]
    fn brackets_are_shown_where_they_open() {
        let errors = parse("x = (1,\n     [2\n").unwrap_err();
        assert_eq!((errors[0].message.as_str(), errors[0].span.start), ("'[' was never closed", 13));
        assert!(parse("x = 1\n").is_ok());
    }

    #[test]
    fn messages() {
        for (source, message) in [
            ("x = 'abc\n", "unterminated string literal (detected at line 1)"),
            ("x = 1\ny = \"\"\"abc\n\n", "unterminated triple-quoted string literal (detected at line 2)"),
            ("print 'x'\n", "Missing parentheses in call to 'print'. Did you mean print(...)?"),
            ("if x = 1: pass\n", "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"),
            ("if x\n    pass\n", "expected ':'"),
            ("a b\n", "invalid syntax"),
            ("def f(a=1, b): pass\n", "non-default argument follows default argument"),
            ("  x = 1\n", "unexpected indent"),
            ("f(a=1, 2)\n", "positional argument follows keyword argument"),
            ("x = = 1\n", "expected an expression"),
        ] {
            assert_eq!(parse(source).unwrap_err()[0].message, message);
        }
    }
}
