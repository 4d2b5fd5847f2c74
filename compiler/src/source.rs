//! What is compiled: source files, packages of them, and lines within a file.

use crate::front::Span;
use std::collections::BTreeMap;

/// One Python file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path as diagnostics and tracebacks show it (`lights.py`).
    pub name: String,
    /// Dotted name it is imported under (`lights`, `pkg.mod`).
    pub module: String,
    /// Is it the `__init__.py` of a package?
    pub is_package: bool,
    /// Its text.
    pub text: String,
}

/// Python files of which one is the entry; the others are compiled in where imports reach them.
#[derive(Clone, Debug, Default)]
pub struct Package {
    entry: String,
    files: BTreeMap<String, SourceFile>,
    is_strict: bool,
}

impl Package {
    /// A package without files yet; `entry` is the dotted name of the module to start with.
    pub fn new(entry: &str) -> Self {
        Self { entry: entry.to_string(), ..Self::default() }
    }

    /// What IoTPy lacks is refused in packages that others wrote, too. Else it waits there until it is used, which may be
    /// never, and raises then: for who has no other Python to run them.
    #[must_use]
    pub fn strict(self) -> Self {
        Self { is_strict: true, ..self }
    }

    pub(crate) const fn is_strict(&self) -> bool {
        self.is_strict
    }

    /// One file, which is the entry.
    pub fn single(path: &str, text: &str) -> Self {
        let mut package = Self::new("");
        package.entry = package.add(path, text).unwrap_or_default();
        package
    }

    /// Adds a file by its path within the package (`pkg/mod.py`, `pkg/__init__.py`) and gives its dotted name; `None`
    /// (and nothing added) where the path cannot be imported.
    pub fn add(&mut self, path: &str, text: &str) -> Option<String> {
        let stem = path.strip_suffix(".py")?;
        let mut parts: Vec<&str> = stem.split(['/', '\\']).filter(|part| !matches!(*part, "" | ".")).collect();
        let is_package = parts.len() > 1 && parts.last() == Some(&"__init__");
        if is_package {
            parts.pop();
        }
        if parts.is_empty() || parts.iter().any(|part| *part == ".." || part.contains('.')) {
            return None;
        }
        let module = parts.join(".");
        self.add_file(SourceFile {
            name: path.to_string(),
            module: module.clone(),
            is_package,
            text: text.to_string(),
        });
        Some(module)
    }

    /// Adds a file as it is. A package's `__init__.py` wins over a module of the same name, as in CPython.
    pub fn add_file(&mut self, file: SourceFile) {
        match self.files.get(&file.module) {
            Some(present) if present.is_package && !file.is_package => {}
            _ => {
                self.files.insert(file.module.clone(), file);
            }
        }
    }

    /// Dotted name of the entry.
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The file of a module.
    pub fn file(&self, module: &str) -> Option<&SourceFile> {
        self.files.get(module)
    }

    /// Is it a directory without `__init__.py` (a namespace package)?
    pub(crate) fn is_namespace(&self, module: &str) -> bool {
        let prefix = format!("{module}.");
        !self.files.contains_key(module)
            && self.files.range(prefix.clone()..).next().is_some_and(|(name, _)| name.starts_with(&prefix))
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.files.values().map(|file| file.text.as_str())
    }

    /// All dotted names.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

/// Where the lines of a text start.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (index, byte) in bytes.iter().enumerate() {
            // A lone CR ends a line too.
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
                starts.push(index as u32 + 1);
            }
        }
        Self { text, starts }
    }

    /// Line (from 1) and column (bytes, from 0) of an offset.
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        (line as u32, offset - self.starts[line - 1])
    }

    /// Text of a line (from 1), without its end.
    pub fn line(&self, line: u32) -> &'a str {
        let start = self.starts.get(line as usize - 1).copied().unwrap_or(self.text.len() as u32) as usize;
        let end = self.starts.get(line as usize).map_or(self.text.len(), |end| *end as usize);
        self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_modules() {
        let mut package = Package::new("main");
        assert_eq!(package.add("main.py", "").as_deref(), Some("main"));
        assert_eq!(package.add("pkg/__init__.py", "").as_deref(), Some("pkg"));
        assert_eq!(package.add("./pkg/mod.py", "").as_deref(), Some("pkg.mod"));
        assert_eq!(package.add("../evil.py", ""), None);
        assert_eq!(package.add("notes.txt", ""), None);
        assert_eq!(package.modules().collect::<Vec<_>>(), ["main", "pkg", "pkg.mod"]);
        assert!(package.file("pkg").unwrap().is_package);
        package.add("a/b/c.py", "");
        assert!(package.is_namespace("a.b") && !package.is_namespace("pkg"));
    }

    #[test]
    fn lines_of_every_ending() {
        let lines = Lines::new("ab\ncd\r\nef\rg");
        assert_eq!(lines.position(0), (1, 0));
        assert_eq!(lines.position(4), (2, 1));
        assert_eq!(lines.position(7), (3, 0));
        assert_eq!((lines.line(2), lines.line(3), lines.line(4)), ("cd", "ef", "g"));
        assert_eq!(lines.line(9), "");
    }
}
