//! Just enough of Rust's lexing to tell code from comments and literals.

/// The code with comments and the content of literals blanked; lines stay where they are.
pub fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if first == '"' {
            quoted(rest, '"')
        } else if first == '\'' {
            character(rest)
        } else if first == 'r' && !code.ends_with(is_word) {
            raw_string(rest)
        } else {
            0
        };
        if skipped == 0 {
            // A whole word at a time, so that the `r` of `for` starts nothing.
            let length = match rest.find(|letter| !is_word(letter)) {
                Some(0) | None => first.len_utf8(),
                Some(length) => length,
            };
            // `br".."`, `cr".."` and `b'..'`: the prefix is a word of its own.
            let length = if matches!(&rest[..length], "br" | "cr") && rest[length..].starts_with(['"', '#']) {
                1
            } else {
                length
            };
            code.push_str(&rest[..length]);
            rest = &rest[length..];
            if code.ends_with(['b', 'c']) && rest.starts_with('r') {
                let skipped = raw_string(rest);
                blank(&mut code, &rest[..skipped]);
                rest = &rest[skipped..];
            }
        } else {
            blank(&mut code, &rest[..skipped]);
            rest = &rest[skipped..];
        }
    }
    code
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn blank(code: &mut String, text: &str) {
    code.extend(text.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    loop {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            match text[at..].chars().next() {
                Some(letter) => at += letter.len_utf8(),
                None => return at,
            }
        }
    }
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == quote {
            return at + 1;
        }
    }
    text.len()
}

/// A character literal, or 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut letters = text.chars().skip(1);
    match (letters.next(), letters.next()) {
        (Some('\\'), _) => quoted(text, '\''),
        (Some(letter), Some('\'')) => 2 + letter.len_utf8(),
        _ => 0,
    }
}

/// `r".."`, `r#".."#` and so on, or 0 for anything else that starts with `r`.
fn raw_string(text: &str) -> usize {
    let after = &text[1..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    if !after[hashes..].starts_with('"') {
        return 0;
    }
    let start = 1 + hashes + 1;
    let end = format!("\"{}", "#".repeat(hashes));
    text[start..].find(&end).map_or(text.len(), |at| start + at + end.len())
}

#[cfg(test)]
mod tests {
    use super::code_only;

    fn words(text: &str) -> Vec<String> {
        code_only(text).split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn comments_and_literals_are_blanked() {
        assert_eq!(words("a // unsafe\nb"), ["a", "b"]);
        assert_eq!(words("a /* x /* unsafe */ y */ b"), ["a", "b"]);
        assert_eq!(words(r#"a "unsafe \" unsafe" b"#), ["a", "b"]);
        assert_eq!(words("a r#\"unsafe \" unsafe\"# b"), ["a", "b"]);
        assert_eq!(words("a br\"\\\" unsafe"), ["a", "b", "unsafe"]);
        assert_eq!(words("a '\"' unsafe '\\'' b"), ["a", "unsafe", "b"]);
        assert_eq!(words("fn f<'a>(x: &'a str) { unsafe {} }").iter().filter(|word| *word == "unsafe").count(), 1);
        assert_eq!(words("for x in r { r#type }"), ["for", "x", "in", "r", "{", "r#type", "}"]);
    }

    #[test]
    fn lines_and_other_scripts_are_kept() {
        let text = "é \"ü\nunsafe\" ß\n// ö\nend";
        assert_eq!(code_only(text).lines().count(), text.lines().count());
        assert!(code_only(text).contains("end") && !code_only(text).contains("unsafe"));
    }
}
