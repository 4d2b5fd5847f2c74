//! Lone surrogates in literals. Text is UTF-8 here, as everywhere but in Python's `str`, and UTF-8 has none: the parser puts
//! U+FFFD in their place, of which a program is told.

use crate::diagnostic::code;
use crate::front::{Problem, Span, ast, span};
use crate::program::Module;
use ast::visitor::{self, Visitor};

/// What the parser writes for a character that can't be.
const REPLACEMENT: char = '\u{FFFD}';

/// A warning for each escape in a module's literals that means a surrogate.
pub(crate) fn warnings(module: &Module<'_>) -> Vec<Problem> {
    let mut found = Surrogates { text: &module.file.text, is_raw: false, problems: Vec::new() };
    if found.text.contains("\\u") || found.text.contains("\\U") {
        found.visit_body(&module.body);
    }
    found.problems
}

struct Surrogates<'s> {
    text: &'s str,
    /// Within a raw f-string.
    is_raw: bool,
    problems: Vec<Problem>,
}

impl Surrogates<'_> {
    fn literal(&mut self, span: Span, value: &str) {
        if !value.contains(REPLACEMENT) {
            return;
        }
        let source = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let mut rest = source;
        while let Some((_, escape)) = rest.split_once('\\') {
            let digits = match escape.as_bytes().first() {
                Some(b'u') => 4,
                Some(b'U') => 8,
                _ => 0,
            };
            let number = escape.get(1..1 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
            if let Some(number @ 0xD800..=0xDFFF) = number {
                let start = span.start + (source.len() - escape.len() - 1) as u32;
                let message = format!("text can't hold the surrogate U+{number:04X}: it becomes U+FFFD");
                let hint = "a character beyond U+FFFF is written as one: \"\\U0001F600\"; UTF-16 is made by encode(\"utf-16\")";
                let place = Span { start, end: start + 2 + digits as u32 };
                self.problems.push(Problem::new(code::SURROGATE, place, message).hint(hint));
            }
            // What is escaped is no start of another escape.
            let mut chars = escape.chars();
            chars.next();
            rest = chars.as_str();
        }
    }
}

impl<'a> Visitor<'a> for Surrogates<'_> {
    fn visit_string_literal(&mut self, literal: &'a ast::StringLiteral) {
        if !literal.flags.prefix().is_raw() {
            self.literal(span!(literal), &literal.value);
        }
    }

    fn visit_f_string(&mut self, string: &'a ast::FString) {
        let was_raw = std::mem::replace(&mut self.is_raw, string.flags.prefix().is_raw());
        visitor::walk_f_string(self, string);
        self.is_raw = was_raw;
    }

    fn visit_interpolated_string_element(&mut self, element: &'a ast::InterpolatedStringElement) {
        match element {
            ast::InterpolatedStringElement::Literal(literal) if !self.is_raw => {
                self.literal(span!(literal), &literal.value);
            }
            _ => visitor::walk_interpolated_string_element(self, element),
        }
    }
}
