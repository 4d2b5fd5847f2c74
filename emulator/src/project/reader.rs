//! Walks a parsed TOML document: every value is asked for by name and type, and what nobody asked for is a mistake.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, nearest};

/// A value with its place.
type Value<'t> = &'t Spanned<DeValue<'t>>;

/// One table being read.
pub struct Table<'t, 'p> {
    entries: &'t DeTable<'t>,
    /// What it is, for messages: `[functions.light]`.
    name: String,
    /// Where it is.
    span: Range<usize>,
    known: Vec<&'static str>,
    problems: &'p mut Vec<Problem>,
}

impl<'t, 'p> Table<'t, 'p> {
    pub fn new(entries: &'t DeTable<'t>, name: String, span: Range<usize>, problems: &'p mut Vec<Problem>) -> Self {
        Self { entries, name, span, known: Vec::new(), problems }
    }

    pub fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn get(&mut self, key: &'static str) -> Option<Value<'t>> {
        self.known.push(key);
        self.entries.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn missing(&mut self, key: &str, example: &str) {
        let problem = Problem::new(self.span.clone(), format!("`{key}` is missing in {}", self.name));
        self.problems.push(problem.hint(format!("add: {key} = {example}")));
    }

    fn wrong_type(&mut self, key: &str, value: Value<'t>, example: &str) {
        let message = format!("`{key}` is {} here", article(value.get_ref().type_str()));
        self.problems.push(Problem::new(value.span(), message).hint(format!("write: {key} = {example}")));
    }

    /// A string, if it is there, with its place.
    pub fn text(&mut self, key: &'static str, example: &str) -> Option<(&'t str, Range<usize>)> {
        let value = self.get(key)?;
        if let Some(text) = value.get_ref().as_str() {
            return Some((text, value.span()));
        }
        self.wrong_type(key, value, example);
        None
    }

    /// A string that must be there.
    pub fn required(&mut self, key: &'static str, example: &str) -> Option<(&'t str, Range<usize>)> {
        if !self.entries.iter().any(|(name, _)| name.get_ref() == key) {
            self.known.push(key);
            self.missing(key, example);
            return None;
        }
        self.text(key, example)
    }

    /// Strings, each with its place; none where the key is not there.
    pub fn texts(&mut self, key: &'static str, example: &str) -> Vec<(&'t str, Range<usize>)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, value, example);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for value in array {
            match value.get_ref().as_str() {
                Some(text) => texts.push((text, value.span())),
                None => self.wrong_type(key, value, example),
            }
        }
        texts
    }

    /// A string that means something, or the default.
    pub fn parsed<T>(
        &mut self,
        key: &'static str,
        example: &str,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> T {
        let Some((text, span)) = self.text(key, example) else { return default };
        match parse(text) {
            Ok(value) => value,
            Err(message) => {
                self.problems.push(Problem::new(span, format!("`{key}`: {message}")));
                default
            }
        }
    }

    /// One of some words, or the default.
    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)], default: T) -> T {
        let words = || choices.iter().map(|(word, _)| *word);
        let example = words().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | ");
        let Some((text, span)) = self.text(key, &example) else { return default };
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let problem = Problem::new(span, format!("`{key}` can't be \"{text}\""));
        let hint =
            nearest(text, words()).map_or(format!("one of {example}"), |near| format!("did you mean \"{near}\"?"));
        self.problems.push(problem.hint(hint));
        default
    }

    /// A whole number in a range, or the default.
    pub fn number(&mut self, key: &'static str, range: std::ops::RangeInclusive<u32>, default: u32) -> u32 {
        let Some(value) = self.get(key) else { return default };
        let number = value.get_ref().as_integer().and_then(|integer| {
            u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|number| range.contains(number))
        });
        number.unwrap_or_else(|| {
            let message = format!("`{key}` must be a whole number from {} to {}", range.start(), range.end());
            self.problems.push(Problem::new(value.span(), message));
            default
        })
    }

    /// A table inside this one, read by `read`.
    pub fn table<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl FnOnce(&mut Table<'t, '_>) -> T,
    ) -> Option<T> {
        let value = self.get(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, value, example);
            return None;
        };
        let mut inner = Table::new(table, format!("`{key}` of {}", self.name), value.span(), self.problems);
        let read = read(&mut inner);
        inner.end();
        Some(read)
    }

    /// The tables inside table `key`, in order of place: each with its name and the name's place.
    pub fn tables<T>(
        &mut self,
        key: &'static str,
        example: &str,
        mut read: impl FnMut(&mut Table<'t, '_>, &'t str, Range<usize>) -> T,
    ) -> Vec<T> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(tables) = value.get_ref().as_table() else {
            self.wrong_type(key, value, example);
            return Vec::new();
        };
        let mut entries: Vec<_> = tables.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        let mut all = Vec::new();
        for (name, value) in entries {
            let Some(table) = value.get_ref().as_table() else {
                let message = format!("`{}` is no table in [{key}]", name.get_ref());
                self.problems.push(Problem::new(name.span(), message).hint(format!("write: {example}")));
                continue;
            };
            let title = format!("[{key}.{}]", name.get_ref());
            let mut inner = Table::new(table, title, name.span(), self.problems);
            all.push(read(&mut inner, name.get_ref(), name.span()));
            inner.end();
        }
        all
    }

    /// What nobody asked for is a mistake; the likeliest one is a slip of the pen.
    pub fn end(self) {
        for (name, _) in self.entries {
            if self.known.contains(&name.get_ref().as_ref()) {
                continue;
            }
            let problem = Problem::new(name.span(), format!("unknown key `{}` in {}", name.get_ref(), self.name));
            let hint = match nearest(name.get_ref(), self.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the keys here are {}", self.known.join(", ")),
            };
            self.problems.push(problem.hint(hint));
        }
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}
