//! A grammar of Python programs, and a writer of programs by it.
//!
//! A rule is a name on a line of its own; each of its alternatives begins with `| ` (or `|3 `: three times as likely)
//! and goes on in lines that begin with `: `. `<name>` stands for one alternative of that rule; where it begins a line,
//! all its lines are indented like the place it stands at. `#` begins a comment line.

use crate::mutation::Random;
use std::collections::BTreeMap;

/// Nesting at which only the shortest alternatives are taken.
const DEEP: usize = 7;
const VERY_DEEP: usize = 11;

#[derive(Debug)]
enum Piece {
    Text(String),
    /// A rule by its number.
    Rule(usize),
}

#[derive(Debug)]
struct Alternative {
    weight: usize,
    pieces: Vec<Piece>,
    /// Nesting it needs at least.
    depth: usize,
}

/// Rules by name.
#[derive(Debug)]
pub struct Grammar {
    names: BTreeMap<String, usize>,
    rules: Vec<Vec<Alternative>>,
}

impl Grammar {
    /// Reads rules.
    ///
    /// # Panics
    /// When a line is none of the forms above, or a rule can never end.
    #[must_use]
    pub fn parse(texts: &[&str]) -> Self {
        let mut raw: Vec<Vec<(usize, String)>> = Vec::new();
        let mut names = BTreeMap::new();
        for line in texts.iter().flat_map(|text| text.lines()) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(alternative) = line.strip_prefix('|') {
                let (weight, text) = alternative.split_once(' ').unwrap_or((alternative, ""));
                let weight = if weight.is_empty() { 1 } else { weight.parse().expect("a weight") };
                raw.last_mut().expect("a rule first").push((weight, text.to_owned()));
            } else if let Some(more) = line.strip_prefix(':') {
                let text = &mut raw.last_mut().and_then(|rule| rule.last_mut()).expect("an alternative first").1;
                text.push('\n');
                text.push_str(more.strip_prefix(' ').unwrap_or(more));
            } else {
                let before = names.insert(line.trim().to_owned(), raw.len());
                assert!(before.is_none(), "two rules {line}");
                raw.push(Vec::new());
            }
        }
        let rules = raw
            .iter()
            .map(|rule| {
                rule.iter()
                    .map(|(weight, text)| Alternative {
                        weight: *weight,
                        pieces: pieces(text, &names),
                        depth: usize::MAX,
                    })
                    .collect()
            })
            .collect();
        let mut grammar = Grammar { names, rules };
        grammar.measure();
        grammar
    }

    /// The nesting that each alternative needs: rounds until nothing changes.
    fn measure(&mut self) {
        loop {
            let least: Vec<usize> = self
                .rules
                .iter()
                .map(|rule| rule.iter().map(|alternative| alternative.depth).min().unwrap_or(usize::MAX))
                .collect();
            let mut changed = false;
            for alternative in self.rules.iter_mut().flatten() {
                let inner = alternative.pieces.iter().map(|piece| match piece {
                    Piece::Text(_) => 0,
                    Piece::Rule(rule) => least.get(*rule).copied().unwrap_or(usize::MAX),
                });
                let depth = inner.max().unwrap_or(0).saturating_add(1);
                changed |= depth < alternative.depth;
                alternative.depth = alternative.depth.min(depth);
            }
            if !changed {
                break;
            }
        }
        for (name, &rule) in &self.names {
            assert!(self.rules[rule].iter().any(|alternative| alternative.depth < usize::MAX), "{name} never ends");
        }
    }

    /// Writes one text of a rule.
    ///
    /// # Panics
    /// When there is no rule of that name.
    #[must_use]
    pub fn write(&self, rule: &str, random: &mut Random) -> String {
        let rule = *self.names.get(rule).unwrap_or_else(|| panic!("no rule {rule}"));
        let mut text = String::new();
        self.expand(rule, 0, random, &mut text);
        text
    }

    fn expand(&self, rule: usize, depth: usize, random: &mut Random, text: &mut String) {
        let alternatives = &self.rules[rule];
        let least = alternatives.iter().map(|alternative| alternative.depth).min().unwrap_or(0);
        let slack = if depth > VERY_DEEP {
            0
        } else if depth > DEEP {
            1
        } else {
            usize::MAX - least
        };
        let allowed = || alternatives.iter().filter(|alternative| alternative.depth <= least + slack);
        let mut at = random.below(allowed().map(|alternative| alternative.weight).sum());
        let chosen = allowed()
            .find(|alternative| {
                let here = at < alternative.weight;
                at = at.saturating_sub(if here { 0 } else { alternative.weight });
                here
            })
            .expect("weights sum up");
        for piece in &chosen.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Rule(inner) => {
                    let line = text.rfind('\n').map_or(0, |at| at + 1);
                    let indent = text[line..].len();
                    let alone = text[line..].bytes().all(|byte| byte == b' ');
                    let mut part = String::new();
                    self.expand(*inner, depth + 1, random, &mut part);
                    if alone && indent > 0 {
                        part = part.replace('\n', &format!("\n{}", " ".repeat(indent)));
                    }
                    text.push_str(&part);
                }
            }
        }
    }
}

fn pieces(mut text: &str, names: &BTreeMap<String, usize>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    while let Some(at) = text.find('<') {
        let after = &text[at + 1..];
        let end = after.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(after.len());
        if end > 0 && after[end..].starts_with('>') {
            let name = &after[..end];
            plain.push_str(&text[..at]);
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Rule(*names.get(name).unwrap_or_else(|| panic!("no rule {name}"))));
            text = &after[end + 1..];
        } else {
            plain.push_str(&text[..=at]);
            text = after;
        }
    }
    plain.push_str(text);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_indented_and_ends_are_found() {
        let grammar =
            Grammar::parse(&["block\n| if 1 <2:\n:     <block>\n: else:\n:     <leaf>\n| <leaf>\nleaf\n| pass\n: x"]);
        for seed in 1..50 {
            let text = grammar.write("block", &mut Random(seed));
            for (line, next) in text.lines().zip(text.lines().skip(1)) {
                let indent = |line: &str| line.len() - line.trim_start().len();
                assert!(!line.ends_with(':') || indent(next) == indent(line) + 4, "{text}");
            }
        }
    }
}
