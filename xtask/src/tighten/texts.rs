//! Constants of single bytes, most of which are texts: one that occurs within another lies there, and one begins where
//! another ends with the same bytes. The linker does that only for what ends with a zero.

use std::collections::HashSet;

/// A constant: its label and its bytes.
struct Constant<'a> {
    label: &'a str,
    bytes: Vec<u8>,
}

/// The same program with these constants in one place.
pub fn share(text: &str) -> String {
    let (mut out, mut constants) = taken(text);
    constants.sort_by_key(|constant| std::cmp::Reverse(constant.bytes.len()));
    let mut all: Vec<u8> = Vec::new();
    let mut places = Vec::with_capacity(constants.len());
    // Those that are part of a longer one are placed by it.
    let mut distinct: Vec<&[u8]> = Vec::new();
    for constant in &constants {
        if !distinct.iter().any(|other| find(other, &constant.bytes).is_some()) {
            distinct.push(&constant.bytes);
        }
    }
    while let Some((at, common)) = best(&all, &distinct) {
        all.extend_from_slice(&distinct.remove(at)[common..]);
    }
    for constant in &constants {
        places.extend(find(&all, &constant.bytes).map(|at| (constant.label, at)));
    }
    if all.is_empty() {
        return out;
    }
    out.push_str("\t.section\t.rodata.texts,\"a\",@progbits\n.Ltexts:\n");
    for line in all.chunks(32) {
        let bytes: Vec<String> = line.iter().map(u8::to_string).collect();
        out.push_str(&format!("\t.byte\t{}\n", bytes.join(",")));
    }
    for (label, at) in places {
        out.push_str(&format!("\t.set\t{label}, .Ltexts+{at}\n"));
    }
    out
}

/// The one that begins most like what is there ends, and by how many bytes.
fn best(all: &[u8], left: &[&[u8]]) -> Option<(usize, usize)> {
    let common =
        |one: &[u8]| (0..one.len().min(all.len())).rev().find(|bytes| all.ends_with(&one[..*bytes])).unwrap_or(0);
    let found = left.iter().enumerate().map(|(at, one)| (at, common(one)));
    found.max_by_key(|(at, common)| (*common, std::cmp::Reverse(*at)))
}

fn find(within: &[u8], bytes: &[u8]) -> Option<usize> {
    within.windows(bytes.len()).position(|window| window == bytes)
}

/// The program without its constants of bytes, and those.
fn taken(text: &str) -> (String, Vec<Constant<'_>>) {
    let named: HashSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("\t.globl\t"))
        .map(|rest| rest.split('#').next().unwrap_or_default().trim())
        .collect();
    let (mut out, mut constants) = (String::with_capacity(text.len()), Vec::new());
    let mut lines = text.lines().peekable();
    let (mut section, mut before) = ("", "");
    while let Some(line) = lines.next() {
        section = line.strip_prefix("\t.section\t").unwrap_or(section);
        let is_aligned = std::mem::replace(&mut before, line).starts_with("\t.p2align");
        let label = line.split_once(':').map(|(label, _)| label).filter(|label| label.starts_with(".L"));
        if let Some(label) =
            label.filter(|label| section.starts_with(".rodata") && !is_aligned && !named.contains(label))
        {
            let mut ahead = lines.clone();
            let mut bytes = Vec::new();
            let end = ahead.find(|line| !append(line, &mut bytes));
            if !bytes.is_empty() && end.is_some_and(|line| line.starts_with("\t.size")) {
                constants.push(Constant { label, bytes });
                lines = ahead;
                continue;
            }
        }
        out.push_str(line);
        out.push('\n');
    }
    (out, constants)
}

/// Appends the bytes of a directive, if it is one for bytes.
fn append(line: &str, bytes: &mut Vec<u8>) -> bool {
    let Some((name, value)) = line.trim_start().split_once('\t') else { return false };
    match name {
        ".ascii" | ".asciz" => {
            let (Some(start), Some(end)) = (value.find('"'), value.rfind('"')) else { return false };
            unquote(&value[start + 1..end], bytes);
            if name == ".asciz" {
                bytes.push(0);
            }
            true
        }
        ".byte" => {
            let number = value.split('#').next().unwrap_or_default().trim().parse::<i16>();
            bytes.extend(number.iter().map(|number| *number as u8));
            number.is_ok()
        }
        _ => false,
    }
}

/// What a text in quotes stands for.
fn unquote(text: &str, bytes: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let [escaped, others @ ..] = rest else { return };
        let digits = rest.iter().take(3).take_while(|digit| (b'0'..=b'7').contains(digit)).count();
        if digits > 0 {
            bytes.push(rest[..digits].iter().fold(0, |value: u8, digit| value.wrapping_mul(8) + (digit - b'0')));
            rest = &rest[digits..];
            continue;
        }
        bytes.push(match escaped {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            other => *other,
        });
        rest = others;
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn texts_lie_within_each_other() {
        let constant = |label: &str, data: &str| {
            format!("\t.section\t.rodata..L{label},\"a\",@progbits\n.L{label}:\n\t{data}\n\t.size\t.L{label}, 3\n")
        };
        let text = [
            constant("a", ".ascii\t\"object\""),
            constant("b", ".ascii\t\"a\\tn \\300\\\"ob\""),
            constant("c", ".ascii\t\"jec\""),
            constant("d", ".byte\t116"),
        ]
        .concat();
        let out = share(&text);
        // As soon as one begins with what another ends with.
        assert!(out.contains("\t.byte\t97,9,110,32,192,34,111,98,106,101,99,116\n"), "{out}");
        for place in ["a, .Ltexts+6", "b, .Ltexts+0", "c, .Ltexts+8", "d, .Ltexts+11"] {
            assert!(out.contains(&format!("\t.set\t.L{place}\n")), "{place}: {out}");
        }
    }

    #[test]
    fn what_has_words_or_must_be_aligned_stays() {
        let words = "\t.section\t.rodata..La,\"a\",@progbits\n.La:\n\t.ascii\t\"abc\"\n\t.long\tf\n\t.size\t.La, 7\n";
        assert_eq!(share(words), words);
        let aligned =
            "\t.section\t.rodata..La,\"a\",@progbits\n\t.p2align\t2, 0x0\n.La:\n\t.ascii\t\"abc\"\n\t.size\t.La, 3\n";
        assert_eq!(share(aligned), aligned);
        let variable = "\t.section\t.data..La,\"aw\",@progbits\n.La:\n\t.ascii\t\"abc\"\n\t.size\t.La, 3\n";
        assert_eq!(share(variable), variable);
    }
}
