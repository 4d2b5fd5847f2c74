//! Most results of handlers as JSON, straight into the text that the host gets.
//!
//! Dicts with text for keys, lists, tuples, text without escapes, small integers, `true`, `false`, `null`: nothing of
//! that runs code of the program or allocates in the arena, so nothing moves and nothing can fail. Everything else is left
//! to the writer of `json.dumps`, which begins afresh; both write the same.

use crate::kind::kind;
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
            kind::STR => self.quote_quickly(value, out)?,
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
                let (mut before, mut at) = ("{", 0);
                while let Some((next, key, item)) = self.dict_entry(value, at) {
                    at = next;
                    out.push_str(before);
                    before = ", ";
                    if self.kind(key) != kind::STR {
                        return None;
                    }
                    self.quote_quickly(key, out)?;
                    out.push_str(": ");
                    self.json_quickly(item, out, depth + 1)?;
                }
                out.push_str(if before == "{" { "{}" } else { "}" });
            }
            _ => return None,
        }
        Some(())
    }

    fn quote_quickly(&self, text: Value, out: &mut String) -> Option<()> {
        let text = self.text(text);
        let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\');
        if !is_plain {
            return None;
        }
        out.push('"');
        out.push_str(text);
        out.push('"');
        Some(())
    }
}

fn push_small(out: &mut String, number: i32) {
    if number < 0 {
        out.push('-');
    }
    let number = number.unsigned_abs();
    let mut unit = 1;
    while number / unit >= 10 {
        unit *= 10;
    }
    let mut rest = number;
    while unit > 0 {
        let digit = rest / unit;
        rest -= digit * unit;
        unit /= 10;
        out.push(char::from(b'0' + digit as u8));
    }
}
