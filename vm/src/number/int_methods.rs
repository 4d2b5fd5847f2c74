//! Methods of int (and bool).

use super::additive::TwosComplement;
use super::limbs;
use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

pub(super) const METHODS: &[Native] = &[
    Native::new("as_integer_ratio", as_integer_ratio, 1, 1),
    Native::new("bit_count", bit_count, 1, 1),
    Native::new("bit_length", bit_length, 1, 1),
    Native::new("conjugate", conjugate, 1, 1),
    Native::new("from_bytes,,bytes,byteorder,signed", from_bytes, 2, 3).part_of(Feature::IntBytes),
    Native::new("to_bytes,,length,byteorder,signed", to_bytes, 1, 3).part_of(Feature::IntBytes),
];

fn as_integer_ratio(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = conjugate(vm, args)?;
    vm.pair(value, Value::small_unchecked(1))
}

fn conjugate(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    Ok(vm.positive_number(value)?.unwrap_or(value))
}

fn bit_length(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let bits = vm.integer(vm.arg(args, 0)).map_or(0, |integer| limbs::bits(vm.limbs(&integer)));
    vm.new_int(bits as i64)
}

fn bit_count(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let count = vm
        .integer(vm.arg(args, 0))
        .map_or(0, |integer| vm.limbs(&integer).iter().map(|limb| u64::from(limb.count_ones())).sum());
    vm.new_uint(count)
}

/// The argument `byteorder`: is it little?
fn is_little(vm: &mut Vm<'_>, method: &str, order: Value) -> Outcome<bool> {
    if order.is_unbound() {
        return Ok(false);
    }
    if vm.kind(order) != kind::STR {
        let name = vm.given_name(order);
        return vm
            .raise_fmt(Builtin::TypeError, format_args!("{method}() argument 'byteorder' must be str, not {name}"));
    }
    match vm.text(order) {
        "little" => Ok(true),
        "big" => Ok(false),
        _ => vm.raise(Builtin::ValueError, "byteorder must be either 'little' or 'big'"),
    }
}

fn is_signed(vm: &mut Vm<'_>, args: Args, index: usize) -> Outcome<bool> {
    let signed = vm.arg(args, index);
    if signed.is_unbound() { Ok(false) } else { vm.truth(signed) }
}

/// `int.to_bytes(length=1, byteorder='big', *, signed=False)`.
fn to_bytes(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let length = vm.arg(args, 1);
    let length = if length.is_unbound() {
        1
    } else {
        let Some(length) = vm.index_of(length)? else {
            let length = vm.arg(args, 1);
            return vm.not_an_integer(length);
        };
        length
    };
    let order = vm.arg(args, 2);
    let little = is_little(vm, "to_bytes", order)?;
    let signed = is_signed(vm, args, 3)?;
    if length < 0 {
        return vm.raise(Builtin::ValueError, "length argument must be non-negative");
    }
    let Some(integer) = vm.integer(vm.arg(args, 0)) else { return Ok(Value::NONE) };
    if integer.negative && !signed {
        return vm.raise(Builtin::OverflowError, "can't convert negative int to unsigned");
    }
    let magnitude = vm.limbs(&integer);
    let mut bits = limbs::bits(magnitude);
    if signed && bits != 0 {
        // -2^n fits where 2^n - 1 does.
        let power = magnitude.iter().map(|limb| limb.count_ones()).sum::<u32>() == 1;
        bits += u64::from(!(integer.negative && power));
    }
    if bits > (length as u64).saturating_mul(8) {
        return vm.too_big();
    }
    let Ok(length) = u32::try_from(length) else { return vm.memory_error() };
    let object = vm.alloc(kind::BYTES, length)?;
    let Some(integer) = vm.integer(vm.arg(args, 0)) else { return Ok(object) };
    let (below, above) = vm.mem.words_mut().split_at_mut(object.0 as usize / 4 + 1);
    let mut source = TwosComplement::new(integer.negative, integer.limbs(below, vm.image.objects));
    for place in above.iter_mut().take(length.div_ceil(4) as usize) {
        *place = u32::from_ne_bytes(source.next().to_le_bytes());
    }
    let bytes = vm.bytes_mut(object);
    if !little {
        bytes.reverse();
    }
    // Bytes of the last word that aren't the object's are zero by convention.
    let end = object.0 + 4 + length;
    let rest = length.next_multiple_of(4) - length;
    vm.mem.slice_mut(end, rest).fill(0);
    Ok(object)
}

/// `int.from_bytes(bytes, byteorder='big', *, signed=False)`; the receiver is the type.
fn from_bytes(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let order = vm.arg(args, 2);
    let little = is_little(vm, "from_bytes", order)?;
    let signed = is_signed(vm, args, 3)?;
    let bytes = vm.bytes_of_argument(args.root(1))?;
    let length = vm.byte_count(bytes);
    let object = vm.new_limbs(length.div_ceil(4) as usize)?;
    let source = vm.get(bytes);
    let buffer = if vm.kind(source) == kind::BYTEARRAY { vm.field(source, 1) } else { source };
    vm.copy_text(buffer, 0, object.0 + 8, length);
    let target = vm.mem.slice_mut(object.0 + 8, length);
    if !little {
        target.reverse();
    }
    let negative = signed && target.last().is_some_and(|top| top & 0x80 != 0);
    if negative {
        let rest = length.next_multiple_of(4) - length;
        vm.mem.slice_mut(object.0 + 8 + length, rest).fill(0xFF);
    }
    let first = object.0 as usize / 4 + 2;
    if let Some(limbs) = vm.mem.words_mut().get_mut(first..first + length.div_ceil(4) as usize) {
        for limb in &mut *limbs {
            *limb = u32::from_le_bytes(limb.to_ne_bytes());
            if negative {
                *limb = !*limb;
            }
        }
        if negative && limbs::increment(limbs) {
            // All ones were the number -2^(32 n), of no limbs: impossible, for its top bit is one.
            limbs.fill(0);
        }
    }
    let number = vm.finish_int(object, negative);
    made_by(vm, args, number)
}

/// A number as the class makes it whose method was called.
pub(super) fn made_by(vm: &mut Vm<'_>, args: Args, number: Value) -> Outcome<Value> {
    let class = vm.arg(args, 0);
    if class == Value::builtin(Builtin::BoolType) || vm.is(class, kind::CLASS) {
        return vm.call1(class, number);
    }
    Ok(number)
}

impl Vm<'_> {
    /// What `bytes(value)` accepts of a root, as bytes or bytearray in that root.
    fn bytes_of_argument(&mut self, root: Root) -> Outcome<Root> {
        let value = self.get(root);
        match self.kind(value) {
            kind::BYTES | kind::BYTEARRAY => return Ok(root),
            kind::STR | kind::BIG_INT | kind::FLOAT => {}
            _ if value.is_object() => {
                let bytes = self.call1(Value::builtin(Builtin::BytesType), value)?;
                self.set(root, bytes);
                return Ok(root);
            }
            _ => {}
        }
        self.raise_type("cannot convert '{}' object to bytes", value)
    }

    fn byte_count(&self, root: Root) -> u32 {
        let value = self.get(root);
        if self.kind(value) == kind::BYTEARRAY { self.number(value, 0) } else { self.length(value) }
    }
}
