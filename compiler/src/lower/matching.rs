//! `match`: each case is a chain of tests that jumps to the next case where one fails.
//!
//! What a pattern captures waits in registers until the whole pattern has matched; only then are the names bound.

use super::{Unit, at};
use crate::assembler::{Label, Register};
use crate::constant::Constant;
use crate::fold;
use crate::front::ast::{self, Pattern};
use crate::front::{Spanned, span};
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;

/// Names a pattern captures, and the registers their values wait in.
type Captures<'a> = Vec<(&'a str, Register)>;

impl<'a> Unit<'_, 'a> {
    pub(super) fn match_statement(&mut self, node: &'a ast::StmtMatch) {
        let subject = self.operand(&node.subject);
        let subject = if self.is_variable(subject) {
            // A case may bind the variable and then fail its guard.
            let copy = self.alloc();
            self.move_to(copy, subject);
            copy
        } else {
            subject
        };
        let end = self.code.label();
        for case in &node.cases {
            if !self.code.reachable {
                break;
            }
            let mark = self.next;
            let next = self.code.label();
            let mut captures = Vec::new();
            self.find_captures(&case.pattern, &mut captures);
            self.pattern(&case.pattern, subject, next, &captures);
            for (name, register) in captures {
                self.store_name(name, register);
            }
            if let Some(guard) = &case.guard {
                self.code.span = guard.span();
                self.branch(guard, next, false);
            }
            self.next = mark;
            self.body(&case.body);
            if self.code.reachable {
                self.code.jump(end);
            }
            self.code.place(next);
        }
        self.code.place(end);
    }

    fn find_captures(&mut self, pattern: &'a Pattern, captures: &mut Captures<'a>) {
        let name = match pattern {
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => None,
            Pattern::MatchSequence(node) => {
                node.patterns.iter().for_each(|inner| self.find_captures(inner, captures));
                None
            }
            Pattern::MatchMapping(node) => {
                node.patterns.iter().for_each(|inner| self.find_captures(inner, captures));
                node.rest.as_ref()
            }
            Pattern::MatchClass(node) => {
                node.arguments.patterns.iter().for_each(|inner| self.find_captures(inner, captures));
                node.arguments.keywords.iter().for_each(|inner| self.find_captures(&inner.pattern, captures));
                None
            }
            Pattern::MatchStar(node) => node.name.as_ref(),
            Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern {
                    self.find_captures(inner, captures);
                }
                node.name.as_ref()
            }
            Pattern::MatchOr(node) => {
                // Each alternative binds the same names.
                if let Some(first) = node.patterns.first() {
                    self.find_captures(first, captures);
                }
                None
            }
        };
        if let Some(name) = name {
            let register = self.alloc();
            captures.push((name.as_str(), register));
        }
    }

    fn capture(&mut self, name: Option<&ast::Identifier>, value: Register, captures: &Captures<'a>) {
        if let Some(name) = name
            && let Some((_, register)) = captures.iter().find(|(own, _)| *own == name.as_str())
        {
            self.move_to(*register, value);
        }
    }

    /// Tests a pattern; jumps to `fail` where it doesn't match.
    fn pattern(&mut self, pattern: &'a Pattern, subject: Register, fail: Label, captures: &Captures<'a>) {
        let mark = self.next;
        match pattern {
            Pattern::MatchValue(node) => {
                self.code.span = node.value.span();
                match fold::constant(&node.value).and_then(|constant| constant.as_i8()) {
                    Some(number) => {
                        self.code.jump_extra(Opcode::JumpEqualInt, subject, number.cast_unsigned(), 0, fail);
                    }
                    None => {
                        let value = self.operand(&node.value);
                        self.code.span = node.value.span();
                        self.code.jump_extra(Opcode::JumpEqual, subject, value, 0, fail);
                    }
                }
            }
            Pattern::MatchSingleton(node) => {
                self.code.span = span!(node);
                let builtin = match node.value {
                    ast::Singleton::None => Builtin::None,
                    ast::Singleton::True => Builtin::True,
                    ast::Singleton::False => Builtin::False,
                };
                let value = self.constant(&Constant::Builtin(builtin), None);
                self.code.jump_extra(Opcode::JumpIs, subject, value, 0, fail);
            }
            Pattern::MatchSequence(node) => self.sequence_pattern(node, subject, fail, captures),
            Pattern::MatchMapping(node) => self.mapping_pattern(node, subject, fail, captures),
            Pattern::MatchClass(node) => self.class_pattern(node, subject, fail, captures),
            Pattern::MatchStar(node) => self.capture(node.name.as_ref(), subject, captures),
            Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern {
                    self.pattern(inner, subject, fail, captures);
                }
                self.code.span = span!(node);
                self.capture(node.name.as_ref(), subject, captures);
            }
            Pattern::MatchOr(node) => {
                let matched = self.code.label();
                for (index, inner) in node.patterns.iter().enumerate() {
                    if index + 1 == node.patterns.len() {
                        self.pattern(inner, subject, fail, captures);
                    } else {
                        let next = self.code.label();
                        self.pattern(inner, subject, next, captures);
                        self.code.jump(matched);
                        self.code.place(next);
                    }
                }
                self.code.place(matched);
            }
        }
        self.next = mark;
    }

    /// Calls one of the builtins that patterns are made of, with the subject first; its result is in a new register.
    fn ask(&mut self, builtin: Builtin, subject: Register, others: &[Constant]) -> Register {
        let window = self.window(1 + others.len());
        self.move_to(window, subject);
        for (offset, constant) in others.iter().enumerate() {
            self.constant(constant, Some(at(window, 1 + offset)));
        }
        self.code.extra(Opcode::CallBuiltin, window, 1 + others.len() as u8, window, builtin as u32);
        window
    }

    fn sequence_pattern(
        &mut self,
        node: &'a ast::PatternMatchSequence,
        subject: Register,
        fail: Label,
        captures: &Captures<'a>,
    ) {
        self.code.span = span!(node);
        let answer = self.ask(Builtin::MatchSequence, subject, &[]);
        self.code.jump_short(Opcode::JumpIfNot, answer, fail);
        let count = node.patterns.len();
        let star = node.patterns.iter().position(|inner| matches!(inner, Pattern::MatchStar(_)));
        let least = count - usize::from(star.is_some());
        if count > 100 {
            self.problem(crate::diagnostic::code::LIMIT, span!(node), "more than 100 patterns in a sequence pattern");
            return;
        }
        self.code.extra(Opcode::CallBuiltin, subject, 1, answer, Builtin::Len as u32);
        if star.is_none() {
            self.code.jump_extra(Opcode::JumpEqualInt, answer, least as u8, 0, fail);
        } else if least > 0 {
            self.code.jump_extra(Opcode::JumpLessInt, answer, least as u8, 1, fail);
        }
        if node.patterns.iter().all(is_wildcard) {
            return;
        }
        let window = self.window(count);
        match star {
            None => self.code.abc(Opcode::Unpack, window, subject, count as u8),
            Some(star) => {
                let behind = (count - star - 1) as u32;
                self.code.extra(Opcode::UnpackStar, window, subject, star as u8, behind);
            }
        }
        for (index, inner) in node.patterns.iter().enumerate() {
            self.pattern(inner, at(window, index), fail, captures);
        }
    }

    fn mapping_pattern(
        &mut self,
        node: &'a ast::PatternMatchMapping,
        subject: Register,
        fail: Label,
        captures: &Captures<'a>,
    ) {
        self.code.span = span!(node);
        let answer = self.ask(Builtin::MatchMapping, subject, &[]);
        self.code.jump_short(Opcode::JumpIfNot, answer, fail);
        let count = node.keys.len();
        if count > 100 {
            self.problem(crate::diagnostic::code::LIMIT, span!(node), "more than 100 keys in a mapping pattern");
            return;
        }
        // The subject and the tuple of keys.
        let pair = self.window(2);
        self.move_to(pair, subject);
        let keys = at(pair, 1);
        if count > 0 || node.rest.is_some() {
            let first = self.next.min(255) as Register;
            for key in &node.keys {
                self.push(key);
            }
            self.code.span = span!(node);
            self.code.abc(Opcode::BuildTuple, keys, if count > 0 { first } else { 0 }, count as u8);
        }
        if count > 0 {
            let values = self.window(count.max(1));
            self.code.extra(Opcode::CallBuiltin, pair, 2, values, Builtin::MatchKeys as u32);
            self.code.jump_short(Opcode::JumpNone, values, fail);
            self.code.abc(Opcode::Unpack, values, values, count as u8);
            for (index, inner) in node.patterns.iter().enumerate() {
                self.pattern(inner, at(values, index), fail, captures);
            }
        }
        if let Some(rest) = &node.rest {
            self.code.span = span!(node);
            self.code.extra(Opcode::CallBuiltin, pair, 2, answer, Builtin::MatchRest as u32);
            self.capture(Some(rest), answer, captures);
        }
    }

    fn class_pattern(
        &mut self,
        node: &'a ast::PatternMatchClass,
        subject: Register,
        fail: Label,
        captures: &Captures<'a>,
    ) {
        let (positional, keywords) = (&node.arguments.patterns, &node.arguments.keywords);
        let count = positional.len() + keywords.len();
        if count > 100 {
            self.problem(crate::diagnostic::code::LIMIT, span!(node), "more than 100 parts in a class pattern");
            return;
        }
        let window = self.window(4.max(count));
        self.move_to(window, subject);
        self.into(&node.cls, at(window, 1));
        self.code.span = span!(node);
        self.constant(&Constant::Int(positional.len() as i64), Some(at(window, 2)));
        let names = keywords.iter().map(|keyword| Constant::Str(self.mangled(&keyword.attr).to_string())).collect();
        self.constant(&Constant::Tuple(names), Some(at(window, 3)));
        self.code.extra(Opcode::CallBuiltin, window, 4, window, Builtin::MatchClass as u32);
        self.code.jump_short(Opcode::JumpNone, window, fail);
        if count == 0 {
            return;
        }
        self.code.abc(Opcode::Unpack, window, window, count as u8);
        let patterns = positional.iter().chain(keywords.iter().map(|keyword| &keyword.pattern));
        for (index, inner) in patterns.enumerate() {
            self.pattern(inner, at(window, index), fail, captures);
        }
    }
}

fn is_wildcard(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::MatchAs(node) => node.pattern.is_none() && node.name.is_none(),
        Pattern::MatchStar(node) => node.name.is_none(),
        _ => false,
    }
}
