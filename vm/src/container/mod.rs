//! list, tuple, dict, set, range, slice and their iterators; sorting; the builtins that walk iterables; `json`.

mod compare;
mod dict;
mod dict_methods;
mod functions;
pub(crate) mod index;
mod iterator;
mod json_parse;
mod json_quick;
mod json_string;
mod json_write;
mod key;
mod lazy;
mod list;
mod membership;
mod proxy;
mod range;
mod sequence;
mod set;
mod set_methods;
mod set_operations;
mod slice;
mod sort;
mod walk;

use crate::kind::kind;
use crate::native::Native;
use crate::vm::Vm;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(crate) use iterator::is_of_dict;

pub(crate) fn function(builtin: Builtin) -> Option<&'static Native> {
    Some(match builtin {
        Builtin::ListType => &list::LIST,
        Builtin::TupleType => &list::TUPLE,
        Builtin::DictType => &dict_methods::DICT,
        Builtin::SetType => &set_methods::SET,
        Builtin::FrozensetType => &set_methods::FROZENSET,
        Builtin::RangeType => &range::CONSTRUCTOR,
        Builtin::SliceType => &functions::SLICE,
        Builtin::EnumerateType => &functions::ENUMERATE,
        Builtin::ZipType => &functions::ZIP,
        Builtin::MapType => &functions::MAP,
        Builtin::FilterType => &functions::FILTER,
        Builtin::ReversedType => &functions::REVERSED,
        Builtin::Len => &functions::LEN,
        Builtin::Iter => &functions::ITER,
        Builtin::Next => &functions::NEXT,
        Builtin::Sum => &functions::SUM,
        Builtin::Min => &functions::MIN,
        Builtin::Max => &functions::MAX,
        Builtin::Any => &functions::ANY,
        Builtin::All => &functions::ALL,
        Builtin::Sorted => &sort::SORTED,
        Builtin::JsonLoads => &json_parse::LOADS,
        Builtin::JsonDumps => &json_write::DUMPS,
        _ => return None,
    })
}

pub(crate) fn methods(builtin_type: Builtin) -> &'static [Native] {
    match builtin_type {
        Builtin::ListType => list::LIST_METHODS,
        Builtin::TupleType => list::TUPLE_METHODS,
        Builtin::DictType => dict_methods::DICT_METHODS,
        Builtin::DictKeysType | Builtin::DictItemsType => dict_methods::SET_VIEW_METHODS,
        Builtin::MappingproxyType => proxy::METHODS,
        Builtin::SetType => set_methods::SET_METHODS,
        Builtin::FrozensetType => set_methods::FROZENSET_METHODS,
        Builtin::RangeType => range::METHODS,
        Builtin::SliceType => functions::SLICE_METHODS,
        _ => &[],
    }
}

impl Vm<'_> {
    /// `len(value)` for containers (not text); `None`: not such a kind. A range longer than 32 bits counts as `u32::MAX`.
    #[inline]
    pub fn length_container(&self, value: Value) -> Option<u32> {
        Some(match self.kind(value) {
            kind::LIST | kind::DICT | kind::SET | kind::FROZENSET => self.number(value, 0),
            kind::TUPLE => self.length(value),
            kind::DICT_VIEW => self.dict_length(self.field(value, 1)),
            kind::RANGE => {
                let length = self.field(value, 3);
                if length.is_small() {
                    length.as_small() as u32
                } else if self.length(length) == 2 {
                    self.word(length, 1)
                } else {
                    u32::MAX
                }
            }
            _ => return None,
        })
    }

    /// An attribute of a container that is no method: `start`, `stop`, `step` of ranges and slices.
    pub(crate) fn container_attribute(&self, value: Value, name: &str) -> Option<Value> {
        if !matches!(self.kind(value), kind::RANGE | kind::SLICE) {
            return None;
        }
        let part = match name {
            "start" => 0,
            "stop" => 1,
            "step" => 2,
            _ => return None,
        };
        Some(self.field(value, part))
    }
}
