//! The walk over the patterns of `match`: names they bind, values they name.

use super::collect::Collector;
use crate::diagnostic::code;
use crate::front::ast::{self, Pattern};
use crate::front::{Span, span};

/// Where a pattern stands.
fn span_of(pattern: &Pattern) -> Span {
    match pattern {
        Pattern::MatchValue(node) => span!(node),
        Pattern::MatchSingleton(node) => span!(node),
        Pattern::MatchSequence(node) => span!(node),
        Pattern::MatchMapping(node) => span!(node),
        Pattern::MatchClass(node) => span!(node),
        Pattern::MatchStar(node) => span!(node),
        Pattern::MatchAs(node) => span!(node),
        Pattern::MatchOr(node) => span!(node),
    }
}

impl Collector<'_> {
    /// A pattern that matches everything may only come last.
    pub(super) fn reachable_behind(&mut self, pattern: &Pattern) {
        let message = match matches_all(pattern) {
            All::No => return,
            All::Wildcard => "wildcard makes remaining patterns unreachable".to_string(),
            All::Name(name) => format!("name capture '{name}' makes remaining patterns unreachable"),
        };
        self.problem(code::SYNTAX, span_of(pattern), message);
    }

    /// Walks a pattern; `bound` collects the names it binds.
    pub(super) fn pattern(&mut self, pattern: &Pattern, bound: &mut Vec<String>) {
        match pattern {
            Pattern::MatchValue(node) => self.expression(&node.value),
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(node) => {
                let stars = node.patterns.iter().filter(|pattern| matches!(pattern, Pattern::MatchStar(_))).count();
                if stars > 1 {
                    self.problem(code::SYNTAX, span!(node), "multiple starred expressions in sequence pattern");
                }
                node.patterns.iter().for_each(|inner| self.pattern(inner, bound));
            }
            Pattern::MatchMapping(node) => {
                self.all(&node.keys);
                node.patterns.iter().for_each(|inner| self.pattern(inner, bound));
                if let Some(rest) = &node.rest {
                    self.capture(rest, bound);
                }
            }
            Pattern::MatchClass(node) => {
                self.expression(&node.cls);
                node.arguments.patterns.iter().for_each(|inner| self.pattern(inner, bound));
                let mut seen: Vec<&str> = Vec::new();
                for keyword in &node.arguments.keywords {
                    if seen.contains(&keyword.attr.as_str()) {
                        let message = format!("attribute name repeated in class pattern: {}", keyword.attr);
                        self.problem(code::SYNTAX, span!(keyword), message);
                    }
                    seen.push(&keyword.attr);
                    self.pattern(&keyword.pattern, bound);
                }
            }
            Pattern::MatchStar(node) => {
                if let Some(name) = &node.name {
                    self.capture(name, bound);
                }
            }
            Pattern::MatchAs(node) => {
                if let Some(inner) = &node.pattern {
                    self.pattern(inner, bound);
                }
                if let Some(name) = &node.name {
                    self.capture(name, bound);
                }
            }
            Pattern::MatchOr(node) => self.alternatives(node, bound),
        }
    }

    fn alternatives(&mut self, node: &ast::PatternMatchOr, bound: &mut Vec<String>) {
        let mut first: Option<Vec<String>> = None;
        for (index, pattern) in node.patterns.iter().enumerate() {
            if index + 1 < node.patterns.len() {
                self.reachable_behind(pattern);
            }
            let mut own = Vec::new();
            self.pattern(pattern, &mut own);
            own.sort_unstable();
            match &first {
                None => first = Some(own),
                Some(names) if *names != own => {
                    self.problem(code::SYNTAX, span!(node), "alternative patterns bind different names");
                    return;
                }
                Some(_) => {}
            }
        }
        for name in first.unwrap_or_default() {
            self.note_capture(name, span!(node), bound);
        }
    }

    fn capture(&mut self, name: &ast::Identifier, bound: &mut Vec<String>) {
        self.bind(name, 0, span!(name));
        self.note_capture(name.to_string(), span!(name), bound);
    }

    fn note_capture(&mut self, name: String, at: Span, bound: &mut Vec<String>) {
        if bound.contains(&name) {
            self.problem(code::SYNTAX, at, format!("multiple assignments to name '{name}' in pattern"));
        } else {
            bound.push(name);
        }
    }
}

/// Does a pattern match everything, and how?
enum All<'p> {
    No,
    Wildcard,
    Name(&'p str),
}

fn matches_all(pattern: &Pattern) -> All<'_> {
    match pattern {
        Pattern::MatchAs(node) => match (&node.pattern, &node.name) {
            (Some(inner), _) => matches_all(inner),
            (None, Some(name)) => All::Name(name.as_str()),
            (None, None) => All::Wildcard,
        },
        Pattern::MatchOr(node) => node.patterns.last().map_or(All::No, matches_all),
        _ => All::No,
    }
}
