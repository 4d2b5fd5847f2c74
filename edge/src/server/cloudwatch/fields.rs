//! Patterns of words by their places: `[ip, user, ..., status=4*, bytes > 1000]`.

use super::pattern::{Operator, Wanted};

/// Conditions on the words of a line.
#[derive(Debug)]
pub(super) struct Fields {
    /// Of the first words.
    first: Vec<Field>,
    /// Of the last ones, where `...` stands for as many as there are between them.
    last: Option<Vec<Field>>,
}

/// All of several conditions, or any of them; none is any word.
#[derive(Debug, Default)]
struct Field {
    any: Vec<Vec<(Operator, Wanted)>>,
}

impl Field {
    fn parse(text: &str) -> Result<Self, String> {
        let mut any = vec![];
        for part in text.split("||") {
            let mut all = vec![];
            for part in part.split("&&") {
                let part = part.trim();
                let name = part.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(part.len());
                let rest = part[name..].trim_start();
                if rest.is_empty() {
                    continue;
                }
                let wrong = || format!("Invalid filter pattern: {part:?} is no condition on a word.");
                let (operator, rest) = Operator::read(rest).ok_or_else(wrong)?;
                let (wanted, rest) = Wanted::read(rest.trim_start(), &[])?;
                if !rest.trim().is_empty() {
                    return Err(wrong());
                }
                all.push((operator, wanted));
            }
            any.push(all);
        }
        Ok(Self { any })
    }

    fn takes(&self, word: &str) -> bool {
        let number = word.parse().ok().filter(|number: &f64| number.is_finite());
        self.any.iter().any(|all| all.iter().all(|(operator, wanted)| operator.holds(word, number, wanted)))
    }
}

impl Fields {
    pub fn parse(text: &str) -> Result<Self, String> {
        let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let inner = inner.ok_or("Invalid filter pattern: a bracket is not closed.")?;
        let mut parts = vec![vec![]];
        for part in split(inner) {
            if part.trim() == "..." {
                parts.push(vec![]);
            } else if let Some(fields) = parts.last_mut() {
                fields.push(Field::parse(part)?);
            }
        }
        let mut parts = parts.into_iter();
        let (first, last) = (parts.next().unwrap_or_default(), parts.next());
        if parts.next().is_some() {
            return Err("Invalid filter pattern: it has more than one '...'.".to_owned());
        }
        Ok(Self { first, last })
    }

    pub fn matches(&self, line: &str) -> bool {
        let words = words(line);
        let all = |fields: &[Field], words: &[&str]| fields.iter().zip(words).all(|(field, word)| field.takes(word));
        match &self.last {
            None => words.len() == self.first.len() && all(&self.first, &words),
            Some(last) => {
                words.len() >= self.first.len() + last.len()
                    && all(&self.first, &words)
                    && all(last, &words[words.len() - last.len()..])
            }
        }
    }
}

/// What commas part, but those in quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut quoted) = (vec![], 0, false);
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

/// The words of a line. What is in quotes or brackets is one.
fn words(line: &str) -> Vec<&str> {
    let mut words = vec![];
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let close = match first {
            '"' => Some('"'),
            '[' => Some(']'),
            _ => None,
        };
        let (word, after) = match close.and_then(|close| rest[1..].split_once(close)) {
            Some(parts) => parts,
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word);
        rest = after.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_places() {
        let line = r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /apache_pb.gif HTTP/1.0" 404 1534"#;
        for (pattern, expected) in [
            ("[ip, id, user, time, request, status=404, bytes]", true),
            ("[ip, id, user, time, request, status=4*, bytes > 1000]", true),
            ("[ip, id, user, time, request, status=4*, bytes > 2000]", false),
            ("[ip, id, user]", false),
            ("[..., status=404, bytes]", true),
            ("[ip=127.*, ...]", true),
            ("[ip!=127.*, ...]", false),
            ("[ip, ..., status=200 || status = 404, bytes]", true),
            ("[ip, ..., status > 400 && status < 500, bytes]", true),
            ("[w1, w2, w3, w4, w5 = \"GET*\", ...]", true),
            ("[a, b, c, d, e, f, g, h, ...]", false),
        ] {
            assert_eq!(Fields::parse(pattern).unwrap().matches(line), expected, "{pattern}");
        }
        assert_eq!(words("a \"b"), ["a", "\"b"]);
    }
}
