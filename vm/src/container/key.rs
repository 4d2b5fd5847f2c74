//! What dicts and sets ask of keys: the hash they store and equality, as far as no Python code has to run.

use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::Vm;
use nano_wire::value::{Value, header_kind};

/// Equality of two keys whose hashes are equal, as far as it can be told without running Python code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Same {
    Yes,
    No,
    Ask,
}

/// Sequences of more items are compared by `==`, which is paid for.
pub(super) const SHORT: usize = 64;

/// The search met a key that only `==` can tell from the one looked for.
pub(super) struct NeedsEqual;

/// A hash in 31 bits. Small ones are themselves; the low bits stay what they are, for the order of sets comes of them,
/// and those that tell fractions apart, at the top, are folded in above.
fn stored(hash: i64) -> Value {
    Value::small_unchecked((hash ^ (hash / (1 << 45)) << 15) as i32)
}

impl Vm<'_> {
    /// Hash of a key as stored, where it takes no Python code: small integers are their own, but for -1.
    #[inline]
    pub(super) fn plain_hash(&mut self, key: Value) -> Option<Value> {
        if key.is_small() {
            // -1 has the hash of -2, as in CPython.
            return Some(if key == Value::small_unchecked(-1) { Value::small_unchecked(-2) } else { key });
        }
        // Text that was hashed before.
        let begins = if key.is_image() {
            self.image.head(key)
        } else {
            self.mem.head(key).map(|words| words.map(|word| word.0))
        };
        if let Some([head, hash]) = begins
            && header_kind(head) == kind::STR
            && hash > 1
        {
            return Some(Value(hash | 1));
        }
        self.plain_hash_of_object(key)
    }

    #[inline]
    fn plain_hash_of_object(&mut self, key: Value) -> Option<Value> {
        match self.kind(key) {
            kind::STR => Some(Value::small_unchecked(self.str_hash(key) as i32)),
            kind::FLOAT => {
                let number = self.float(key);
                let whole = number as i32;
                if f64::from(whole) == number && whole != -1 { Value::small(whole) } else { None }
            }
            255 if key == Value::TRUE => Some(Value::small_unchecked(1)),
            255 if key == Value::FALSE => Some(Value::small_unchecked(0)),
            255 => Some(Value::small_unchecked((key.0 >> 2) as i32)),
            kind::TUPLE => self.pure_hash(key, 0).map(|hash| stored(hash.cast_signed())),
            _ => None,
        }
    }

    /// Hash of a key as stored; may run Python code. TypeError where the key has none.
    pub(crate) fn stored_hash(&mut self, key: Value) -> Outcome<Value> {
        match self.plain_hash(key) {
            Some(hash) => Ok(hash),
            None => self.hash(key).map(stored),
        }
    }

    /// `a is b or a == b`. Sequences are looked into, and sequences in them, but not further: structures that share
    /// their parts could take for ever, and nothing here would stop it.
    #[inline]
    pub(super) fn same_key(&self, a: Value, b: Value) -> Same {
        self.same_to(a, b, 2)
    }

    /// As [`Vm::same_key`], `depth` sequences deep.
    #[inline]
    pub(super) fn same_to(&self, a: Value, b: Value, depth: u32) -> Same {
        if a == b {
            return Same::Yes;
        }
        if a.is_small() && b.is_small() {
            return Same::No;
        }
        self.same_object(a, b, depth)
    }

    #[inline]
    fn same_object(&self, a: Value, b: Value, depth: u32) -> Same {
        let (ka, kb) = (self.kind(a), self.kind(b));
        if ka == kind::STR && kb == kind::STR {
            let (a, b) = (self.bytes(a), self.bytes(b));
            if a.len() != b.len() {
                return Same::No;
            }
            self.note_compared(a.len());
            return if a == b { Same::Yes } else { Same::No };
        }
        self.same_others(a, b, ka, kb, depth)
    }

    fn same_others(&self, a: Value, b: Value, ka: u8, kb: u8, depth: u32) -> Same {
        if let Some(order) = self.compare_number(a, b) {
            return if order == Some(core::cmp::Ordering::Equal) { Same::Yes } else { Same::No };
        }
        match (ka, kb) {
            (kind::LIST, kind::LIST) | (kind::TUPLE, kind::TUPLE) if depth > 0 => {
                let (a, b) = (self.items(a), self.items(b));
                if a.len() != b.len() {
                    return Same::No;
                }
                if a.len() > SHORT {
                    return Same::Ask;
                }
                for (a, b) in a.iter().zip(b) {
                    let same = self.same_to(*a, *b, depth - 1);
                    if same != Same::Yes {
                        return same;
                    }
                }
                Same::Yes
            }
            // Text, numbers, constants and these containers equal nothing of another kind, unless that has code of
            // its own.
            _ => {
                let known = |kind: u8| {
                    matches!(
                        kind,
                        255 | kind::FLOAT
                            | kind::BIG_INT
                            | kind::STR
                            | kind::BYTES
                            | kind::TUPLE
                            | kind::LIST
                            | kind::DICT
                            | kind::SET
                            | kind::FROZENSET
                    )
                };
                let set = |kind: u8| matches!(kind, kind::SET | kind::FROZENSET);
                let differ = ka != kb || ka == 255;
                if known(ka) && known(kb) && differ && !(set(ka) && set(kb)) { Same::No } else { Same::Ask }
            }
        }
    }
}
