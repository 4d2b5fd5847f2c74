//! Constants: their values, the pool they are interned in, and their objects as words.

use nano_wire::builtins::Builtin;
use nano_wire::value::{Kind, Value, hash_bytes, header};
use std::collections::HashMap;

/// A value that is known when compiling. Equal constants are one constant: `0.0` and `-0.0`, `1` and `True` differ.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Constant {
    /// `None`, `True`, `False`, `...`, or a builtin type within a tuple.
    Builtin(Builtin),
    Int(i64),
    /// Beyond 64 bits: sign and limbs, lowest first.
    Big(bool, Vec<u32>),
    /// Bits of the double.
    Float(u64),
    Str(String),
    Bytes(Vec<u8>),
    Tuple(Vec<Constant>),
}

impl Constant {
    pub const NONE: Self = Self::Builtin(Builtin::None);

    pub fn bool(value: bool) -> Self {
        Self::Builtin(if value { Builtin::True } else { Builtin::False })
    }

    pub fn float(value: f64) -> Self {
        Self::Float(value.to_bits())
    }

    /// Its truth.
    pub fn truth(&self) -> bool {
        match self {
            Self::Builtin(builtin) => !matches!(builtin, Builtin::None | Builtin::False),
            Self::Int(value) => *value != 0,
            Self::Big(..) => true,
            Self::Float(bits) => f64::from_bits(*bits) != 0.0,
            Self::Str(text) => !text.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::Tuple(items) => !items.is_empty(),
        }
    }

    /// An immediate integer operand of 8 bits.
    pub fn as_i8(&self) -> Option<i8> {
        match self {
            Self::Int(value) => i8::try_from(*value).ok(),
            _ => None,
        }
    }

    /// The integer, booleans included, that arithmetic sees.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Builtin(Builtin::True) => Some(1),
            Self::Builtin(Builtin::False) => Some(0),
            _ => None,
        }
    }
}

/// The constants of a module.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    indices: HashMap<Constant, u16>,
    /// Indices of strings, found without making a [`Constant`].
    names: HashMap<String, u16>,
    objects_of: HashMap<Constant, Value>,
    pub values: Vec<u32>,
    pub objects: Vec<u32>,
    /// More than 65,535 constants were asked for.
    pub overflow: bool,
}

impl Pool {
    /// Index of a constant.
    pub fn index(&mut self, constant: &Constant) -> u16 {
        if let Constant::Str(text) = constant {
            return self.name(text);
        }
        if let Some(index) = self.indices.get(constant) {
            return *index;
        }
        let value = self.value(constant);
        let index = self.push(value);
        self.indices.insert(constant.clone(), index);
        index
    }

    /// Index of a string.
    pub fn name(&mut self, name: &str) -> u16 {
        if let Some(index) = self.names.get(name) {
            return *index;
        }
        let value = self.value(&Constant::Str(name.to_string()));
        let index = self.push(value);
        self.names.insert(name.to_string(), index);
        index
    }

    /// Puts a constant where another one is used, if it is.
    pub fn replace(&mut self, old: &Constant, make: impl FnOnce() -> Constant) {
        let Some(index) = self.indices.get(old).copied() else { return };
        let value = self.value(&make());
        if let Some(place) = self.values.get_mut(usize::from(index)) {
            *place = value.0;
        }
    }

    fn push(&mut self, value: Value) -> u16 {
        // 0xFFFF means "none" in extra words.
        if self.values.len() >= usize::from(u16::MAX) {
            self.overflow = true;
            return 0;
        }
        self.values.push(value.0);
        self.values.len() as u16 - 1
    }

    fn object(&mut self, words: &[u32]) -> Value {
        let value = Value::image(self.objects.len() as u32 * 4);
        self.objects.extend_from_slice(words);
        value
    }

    fn value(&mut self, constant: &Constant) -> Value {
        match constant {
            Constant::Builtin(builtin) => return Value::builtin(*builtin),
            Constant::Int(number) => {
                if let Some(value) = i32::try_from(*number).ok().and_then(Value::small) {
                    return value;
                }
            }
            Constant::Str(text) => {
                if let [byte] = text.as_bytes() {
                    return Value::letter(*byte);
                }
            }
            _ => {}
        }
        if let Some(value) = self.objects_of.get(constant) {
            return *value;
        }
        let value = match constant {
            Constant::Builtin(builtin) => Value::builtin(*builtin),
            Constant::Int(number) => {
                let magnitude = number.unsigned_abs();
                let mut limbs = vec![magnitude as u32, (magnitude >> 32) as u32];
                while limbs.last() == Some(&0) {
                    limbs.pop();
                }
                self.big(*number < 0, &limbs)
            }
            Constant::Big(negative, limbs) => self.big(*negative, limbs),
            Constant::Float(bits) => self.object(&[header(Kind::Float as u8, 2), *bits as u32, (bits >> 32) as u32]),
            Constant::Str(text) => {
                let ascii = u32::from(text.is_ascii());
                let mut words =
                    vec![header(Kind::Str as u8, text.len() as u32), hash_bytes(text.as_bytes()) << 1 | ascii];
                push_bytes(&mut words, text.as_bytes());
                self.object(&words)
            }
            Constant::Bytes(bytes) => {
                let mut words = vec![header(Kind::Bytes as u8, bytes.len() as u32)];
                push_bytes(&mut words, bytes);
                self.object(&words)
            }
            Constant::Tuple(items) => {
                let mut words = vec![header(Kind::Tuple as u8, items.len() as u32)];
                for item in items {
                    // Strings within tuples share the object with the string constant.
                    let value = self.value(item);
                    words.push(value.0);
                }
                self.object(&words)
            }
        };
        self.objects_of.insert(constant.clone(), value);
        value
    }

    fn big(&mut self, negative: bool, limbs: &[u32]) -> Value {
        let mut words = vec![header(Kind::BigInt as u8, limbs.len() as u32 + 1), u32::from(negative)];
        words.extend_from_slice(limbs);
        self.object(&words)
    }
}

fn push_bytes(words: &mut Vec<u32>, bytes: &[u8]) {
    for chunk in bytes.chunks(4) {
        words.push(chunk.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_constants_are_one() {
        let mut pool = Pool::default();
        let a = pool.index(&Constant::Str("abcde".into()));
        assert_eq!(pool.name("abcde"), a);
        let zero = pool.index(&Constant::float(0.0));
        assert_ne!(pool.index(&Constant::float(-0.0)), zero);
        let tuple = Constant::Tuple(vec![Constant::Str("abcde".into()), Constant::Int(1 << 40)]);
        let before = pool.objects.len();
        pool.index(&tuple);
        // Header, two items, and the big integer of header, sign and two limbs; the string is shared.
        assert_eq!(pool.objects.len() - before, 3 + 4);
    }

    #[test]
    fn strings_are_padded_and_carry_their_hash() {
        let mut pool = Pool::default();
        pool.name("abcde");
        let hash = hash_bytes(b"abcde") << 1 | 1;
        assert_eq!(pool.objects, [header(2, 5), hash, u32::from_le_bytes(*b"abcd"), u32::from(b'e')]);
    }
}
