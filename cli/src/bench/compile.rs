//! Source to module and package: how long it takes, and how that grows with the source.

use super::{BUDGET, stem};
use crate::arguments::BenchCompile;
use crate::failure::Failure;
use crate::load;
use nano_compiler::Package;
use serde_json::json;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Instant;

/// How many times a file is put into one, to see how time grows.
const COPIES: [usize; 2] = [10, 100];

/// Compiles and packages each file.
pub fn compile(arguments: &BenchCompile) -> Result<u8, Failure> {
    for file in &arguments.files {
        let name = format!("{}.py", stem(file));
        let text = load::read(file)?;
        let package = load::package(file)?;
        let compiled = load::compiled(&package, false)?;
        let once = best(|| build(&package, &name, &text))?;
        let mut growth = Vec::new();
        for copies in COPIES {
            let many = repeated(&text, copies);
            let mut package = load::package(file)?;
            package.add(&name, &many);
            growth.push((copies, best(|| build(&package, &name, &many))? / once));
        }
        if arguments.json {
            let growth: Vec<_> =
                growth.iter().map(|(copies, times)| json!({"copies": copies, "times": times})).collect();
            println!(
                "{}",
                json!({"file": file.display().to_string(), "ms": once, "module_bytes": compiled.module.len(),
                       "growth": growth})
            );
        } else {
            let growth = growth.iter().fold(String::new(), |mut text, (copies, times)| {
                let _ = write!(text, ", {copies} copies {times:.1} times");
                text
            });
            anstream::println!("{:<40} {once:.3} ms, {} bytes{growth}", file.display(), compiled.module.len());
        }
    }
    Ok(0)
}

/// The module, and the package that AWS Lambda takes.
fn build(package: &Package, name: &str, text: &str) -> Result<(), Failure> {
    load::compiled(package, false)?;
    nano_edge::Package::build([(name, text.as_bytes())]).map_err(Failure::usage)?;
    Ok(())
}

/// Milliseconds of the quickest run.
fn best(mut run: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let (mut best, begin) = (f64::MAX, Instant::now());
    while begin.elapsed() < BUDGET || best == f64::MAX {
        let start = Instant::now();
        run()?;
        best = best.min(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(best)
}

/// As many copies of a source, each with names of its own for what stands at the top level.
fn repeated(text: &str, copies: usize) -> String {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let names: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| {
            let rest = line.strip_prefix("def ").or_else(|| line.strip_prefix("class ")).unwrap_or(line);
            let name = rest.split(|character| !is_word(character)).next()?;
            let is_assigned = rest.get(name.len()..)?.trim_start().starts_with('=');
            (!name.is_empty() && (rest.len() < line.len() || is_assigned)).then_some(name)
        })
        .collect();
    let mut result = String::new();
    for copy in 0..copies {
        let mut rest = text;
        while !rest.is_empty() {
            let length = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(length);
            result.push_str(word);
            if names.contains(word) {
                let _ = write!(result, "_{copy}");
            }
            let other = behind.find(is_word).unwrap_or(behind.len());
            result.push_str(behind.get(..other).unwrap_or_default());
            rest = behind.get(other..).unwrap_or_default();
        }
        result.push('\n');
    }
    result
}

#[cfg(test)]
mod tests {
    use super::repeated;

    #[test]
    fn copies_have_their_own_names() {
        let text = "import math\nN = 3\ndef f(x):\n    y = N\n    return x + y\n";
        assert_eq!(
            repeated(text, 2),
            "import math\nN_0 = 3\ndef f_0(x):\n    y = N_0\n    return x + y\n\n\
             import math\nN_1 = 3\ndef f_1(x):\n    y = N_1\n    return x + y\n\n"
        );
    }
}
