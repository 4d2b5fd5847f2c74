//! Most results of handlers as JSON, straight into the text that the host gets.
//!
//! Dicts with text for keys, lists, tuples, text without escapes, small integers, floats, `true`, `false`, `null`: nothing of
//! that runs code of the program or allocates in the arena, so nothing moves and nothing can fail. Everything else is left
//! to the writer of `json.dumps`, which begins afresh; both write the same.

use crate::kind::kind;
use crate::number::decimal;
use crate::vm::Vm;
use alloc::string::String;
use nano_wire::value::Value;

/// Deepest nesting.
const DEEPEST: u32 = 6;

impl Vm<'_> {
    /// Appends the text of a value; `None` where it is none of these, or longer than the arena.
    pub(crate) fn json_quickly(&self, value: Value, out: &mut String, depth: u32) -> Option<()> {
        if value.is_small() {
            push_small(out, value.as_small());
            return Some(());
        }
        // A list that holds another many times over is longer written than held.
        if out.len() > self.mem.bytes() as usize {
            return None;
        }
        match self.kind(value) {
            255 => out.push_str(match value {
                Value::NONE => "null",
                Value::TRUE => "true",
                Value::FALSE => "false",
                _ => return None,
            }),
            kind::STR => {
                out.push('"');
                self.push_plain(value, out)?;
                out.push('"');
            }
            kind::FLOAT => push_float(out, self.float(value))?,
            kind::LIST | kind::TUPLE if depth < DEEPEST => {
                let mut before = "[";
                for item in self.items(value) {
                    out.push_str(before);
                    before = ", ";
                    self.json_quickly(*item, out, depth + 1)?;
                }
                out.push_str(if before == "[" { "[]" } else { "]" });
            }
            kind::DICT if depth < DEEPEST => {
                let mut is_first = true;
                for [_, key, item] in self.entries(value) {
                    if key.is_unbound() {
                        continue;
                    }
                    if self.kind(*key) != kind::STR {
                        return None;
                    }
                    if is_first {
                        out.push_str("{\"");
                    } else {
                        out.push_str(", \"");
                    }
                    is_first = false;
                    self.push_plain(*key, out)?;
                    out.push_str("\": ");
                    self.json_quickly(*item, out, depth + 1)?;
                }
                if is_first {
                    out.push('{');
                }
                out.push('}');
            }
            _ => return None,
        }
        Some(())
    }

    /// Appends the text of a str, which needs no escapes.
    fn push_plain(&self, text: Value, out: &mut String) -> Option<()> {
        let bytes = self.bytes(text);
        let is_plain = bytes.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'"' && *byte != b'\\');
        is_plain.then(|| out.push_str(crate::raw::text(bytes)))
    }
}

/// `repr` of a float that needs no exponent.
fn push_float(out: &mut String, number: f64) -> Option<()> {
    if !(1e-4..1e16).contains(&number.abs()) {
        return None;
    }
    let digits = decimal::shortest(number.abs());
    let text = crate::raw::text(digits.as_bytes());
    if number < 0.0 {
        out.push('-');
    }
    let (whole, fraction) = text.split_at(usize::try_from(digits.point).unwrap_or(0).min(text.len()));
    out.push_str(if whole.is_empty() { "0" } else { whole });
    for _ in text.len() as i32..digits.point {
        out.push('0');
    }
    out.push('.');
    for _ in digits.point..0 {
        out.push('0');
    }
    out.push_str(if fraction.is_empty() { "0" } else { fraction });
    Some(())
}

fn push_small(out: &mut String, number: i32) {
    if number < 0 {
        out.push('-');
    }
    // Digits from the last one on, of numbers of at most ten.
    let (mut digits, mut count, mut rest) = (0_u64, 0, number.unsigned_abs());
    loop {
        // By a multiplication, where 32 bits hold it: a small core has no division.
        let left = if rest < 1 << 16 { (rest * 52_429) >> 19 } else { rest / 10 };
        digits = digits << 4 | u64::from(rest - left * 10);
        count += 1;
        rest = left;
        if rest == 0 {
            break;
        }
    }
    for _ in 0..count {
        out.push(char::from(b'0' + (digits & 15) as u8));
        digits >>= 4;
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{rounds, with_vm};
    use std::string::{String, ToString};

    #[test]
    fn both_writers_write_the_same() {
        with_vm(64 << 10, |vm| {
            let mut state = 12_345_u64;
            for round in 0..rounds(4_000) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Short decimals, multiples of powers of two (where ties are), anything.
                let number = match round % 4 {
                    0 => (state >> 44) as f64 / 10f64.powi((state % 9) as i32),
                    1 => (state >> 10) as f64 / 2f64.powi((state % 64) as i32),
                    2 => -((state >> 40) as f64) / 1024.0,
                    _ => f64::from_bits(state),
                };
                let value = vm.new_float(number).unwrap();
                let mut quick = String::new();
                if vm.json_quickly(value, &mut quick, 0).is_some() {
                    let text = vm.json_text(value).unwrap();
                    assert_eq!(quick, vm.text(text).to_string());
                }
            }
            for text in
                ["[]", "{}", "[[], {}]", r#"{"a": [1, -2, true, null], "b": {"c": "d e~"}, "f": 0.5}"#, "-536870912"]
            {
                let value = vm.json_parse(text).unwrap();
                let mut quick = String::new();
                vm.json_quickly(value, &mut quick, 0).unwrap();
                assert_eq!(quick, text);
            }
            for text in [r#""\u00e9""#, r#""\"""#, "1e300", "99999999999999999999", "[[[[[[[0]]]]]]]", r#""\u007f""#] {
                let value = vm.json_parse(text).unwrap();
                assert_eq!(vm.json_quickly(value, &mut String::new(), 0), None, "{text}");
            }
        });
    }
}
