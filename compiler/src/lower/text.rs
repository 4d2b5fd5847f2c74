//! F-strings.

use super::Unit;
use crate::assembler::Register;
use crate::constant::Constant;
use crate::front::ast::{self, ConversionFlag, Expr, InterpolatedStringElement};
use crate::front::{Span, Spanned, span};
use nano_wire::isa::Opcode;

/// A piece of the result.
enum Piece<'a> {
    Text(String),
    Value(&'a ast::InterpolatedElement),
}

fn push_text(pieces: &mut Vec<Piece<'_>>, text: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece::Text(text.to_string())),
    }
}

impl<'a> Unit<'_, 'a> {
    pub(super) fn f_string(&mut self, node: &'a ast::ExprFString, wanted: Option<Register>) -> Register {
        let mut pieces = Vec::new();
        for part in &node.value {
            match part {
                ast::FStringPart::Literal(literal) => push_text(&mut pieces, literal),
                ast::FStringPart::FString(string) => self.pieces(&string.elements, &mut pieces),
            }
        }
        self.join(pieces, span!(node), wanted)
    }

    fn pieces(&self, elements: &'a ast::InterpolatedStringElements, pieces: &mut Vec<Piece<'a>>) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => push_text(pieces, literal),
                InterpolatedStringElement::Interpolation(value) => {
                    if let Some(debug) = &value.debug_text {
                        // `{x = }` shows its own source.
                        let source = self.context.module.lines.slice(value.expression.span());
                        push_text(pieces, &format!("{}{source}{}", debug.leading, debug.trailing));
                    }
                    pieces.push(Piece::Value(value));
                }
            }
        }
    }

    /// Joins pieces, a window full at a time.
    fn join(&mut self, pieces: Vec<Piece<'a>>, span: Span, wanted: Option<Register>) -> Register {
        let mark = self.next;
        let count = pieces.len();
        if count <= 1 {
            return match pieces.into_iter().next() {
                None => self.constant(&Constant::Str(String::new()), wanted),
                Some(Piece::Text(text)) => self.constant(&Constant::Str(text), wanted),
                Some(Piece::Value(value)) => {
                    let to = self.result(wanted);
                    self.value(value, to, span);
                    to
                }
            };
        }
        let limit = self.room().saturating_sub(10).clamp(2, 60);
        let first = self.next.min(255) as Register;
        let mut waiting = 0;
        for (index, piece) in pieces.into_iter().enumerate() {
            let to = self.alloc();
            match piece {
                Piece::Text(text) => {
                    self.code.span = span;
                    self.constant(&Constant::Str(text), Some(to));
                }
                Piece::Value(value) => self.value(value, to, span),
            }
            waiting += 1;
            if waiting == limit && index + 1 < count {
                self.code.span = span;
                self.code.abc(Opcode::BuildString, first, first, waiting as u8);
                self.next = mark + 1;
                waiting = 1;
            }
        }
        self.next = mark;
        let to = self.result(wanted);
        self.code.span = span;
        self.code.abc(Opcode::BuildString, to, first, waiting as u8);
        to
    }

    /// One formatted value; errors belong to the whole string.
    fn value(&mut self, node: &'a ast::InterpolatedElement, to: Register, whole: Span) {
        let mark = self.next;
        let expression: &'a Expr = &node.expression;
        let mut value = self.operand(expression);
        let conversion = match node.conversion {
            ConversionFlag::None if node.debug_text.is_some() && node.format_spec.is_none() => Some(1),
            ConversionFlag::None => None,
            ConversionFlag::Str => Some(0),
            ConversionFlag::Repr => Some(1),
            ConversionFlag::Ascii => Some(2),
        };
        let is_last = node.format_spec.is_none();
        if let Some(conversion) = conversion {
            // What is converted is text, and formats as itself.
            let result = if is_last { to } else { self.alloc() };
            self.code.span = whole;
            self.code.abc(Opcode::Convert, result, value, conversion);
            value = result;
        }
        match &node.format_spec {
            Some(spec) => {
                let mut pieces = Vec::new();
                self.pieces(&spec.elements, &mut pieces);
                let spec = self.join(pieces, whole, None);
                self.code.span = whole;
                self.code.abc(Opcode::FormatSpec, to, value, spec);
            }
            None if conversion.is_none() => {
                self.code.span = whole;
                self.code.abc(Opcode::Format, to, value, 0);
            }
            None => {}
        }
        self.next = mark;
    }
}
