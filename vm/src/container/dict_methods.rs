//! `dict` and its views: constructors and methods.
#![expect(clippy::unnecessary_wraps, reason = "natives have one signature")]

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// Takes any keywords: see [`Vm::take_keywords_given`].
pub(super) const DICT: Native = Native::any_keywords("dict", make_dict, 0, 1);

pub(super) const DICT_METHODS: &[Native] = &[
    Native::new("clear", clear, 1, 1),
    Native::new("copy", copy, 1, 1),
    Native::new("fromkeys", fromkeys, 1, 3),
    Native::new("get", get, 2, 3),
    Native::new("items", items, 1, 1),
    Native::new("keys", keys, 1, 1),
    Native::new("pop", pop, 2, 3),
    Native::new("popitem", popitem, 1, 1),
    Native::new("setdefault", setdefault, 2, 3),
    Native::any_keywords("update", update, 1, 2),
    Native::new("values", values, 1, 1),
];

pub(super) const SET_VIEW_METHODS: &[Native] = &[Native::new("isdisjoint", isdisjoint, 2, 2).part_of(Feature::Sets)];

/// The arguments without the DICT of keywords, and that (a root).
fn keywords(vm: &mut Vm<'_>, args: Args) -> (Args, Option<Root>) {
    match (vm.take_keywords_given(), args.len().checked_sub(1)) {
        (true, Some(last)) => (Args { base: args.base, count: last as u32 }, Some(args.root(last))),
        _ => (args, None),
    }
}

fn at_most<T>(vm: &mut Vm<'_>, name: &str, given: usize) -> Outcome<T> {
    vm.raise_fmt(Builtin::TypeError, format_args!("{name} expected at most 1 argument, got {given}"))
}

fn make_dict(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (args, named) = keywords(vm, args);
    if args.len() > 1 {
        return at_most(vm, "dict", args.len());
    }
    if args.len() == 0 {
        return match named {
            Some(named) => Ok(vm.get(named)),
            None => vm.new_dict(0),
        };
    }
    let dict = vm.new_dict(0)?;
    let dict = vm.root(dict)?;
    vm.dict_update(dict, args.root(0))?;
    if let Some(named) = named {
        vm.dict_update(dict, named)?;
    }
    Ok(vm.get(dict))
}

fn clear(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.dict_clear(vm.arg(args, 0));
    Ok(Value::NONE)
}

pub(super) fn copy(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.dict_copy(vm.arg(args, 0))
}

/// Called on a class or on a dict.
fn fromkeys(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let receiver = vm.arg(args, 0);
    let is_class = vm.is(receiver, kind::CLASS);
    let is_receiver =
        is_class || receiver == Value::builtin(Builtin::DictType) || args.len() > 1 && vm.kind(receiver) == kind::DICT;
    let args = if is_receiver { args.from(1) } else { args };
    if args.len() == 0 {
        return vm.raise(Builtin::TypeError, "fromkeys expected at least 1 argument, got 0");
    }
    let dict = if is_class { vm.call_values(receiver, &[])? } else { vm.new_dict(0)? };
    let (dict, key) = vm.root2(dict, Value::UNBOUND)?;
    let item = vm.root(if args.len() > 1 { vm.arg(args, 1) } else { Value::NONE })?;
    let mut walk = vm.walk(vm.arg(args, 0))?;
    while let Some(found) = vm.step(&mut walk)? {
        vm.set(key, found);
        if is_class {
            vm.set_item(vm.get(dict), found, vm.get(item))?;
        } else {
            vm.dict_set(dict, key, item)?;
        }
    }
    Ok(vm.get(dict))
}

pub(super) fn get(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    match vm.dict_get(vm.arg(args, 0), vm.arg(args, 1))? {
        Some(item) => Ok(item),
        None if args.len() > 2 => Ok(vm.arg(args, 2)),
        None => Ok(Value::NONE),
    }
}

fn view(vm: &mut Vm<'_>, args: Args, builtin_type: Builtin) -> Outcome<Value> {
    let view = vm.alloc(kind::DICT_VIEW, 2)?;
    let dict = vm.arg(args, 0);
    vm.set_field(view, 0, Value::builtin(builtin_type));
    vm.set_field(view, 1, dict);
    Ok(view)
}

pub(super) fn items(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    view(vm, args, Builtin::DictItemsType)
}

pub(super) fn keys(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    view(vm, args, Builtin::DictKeysType)
}

pub(super) fn values(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    view(vm, args, Builtin::DictValuesType)
}

fn pop(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if vm.number(vm.arg(args, 0), 0) == 0 {
        // An empty dict asks for no hash.
        return if args.len() > 2 { Ok(vm.arg(args, 2)) } else { vm.raise_value(Builtin::KeyError, vm.arg(args, 1)) };
    }
    match vm.dict_remove(vm.arg(args, 0), vm.arg(args, 1))? {
        Some(item) => Ok(item),
        None if args.len() > 2 => Ok(vm.arg(args, 2)),
        None => vm.raise_value(Builtin::KeyError, vm.arg(args, 1)),
    }
}

fn popitem(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let dict = vm.arg(args, 0);
    if let Some((at, _, _)) = vm.dict_entry_before(dict, u32::MAX) {
        let (key, item) = vm.dict_delete(dict, at);
        return vm.new_pair(key, item);
    }
    let text = vm.new_str("popitem(): dictionary is empty")?;
    vm.raise_value(Builtin::KeyError, text)
}

fn setdefault(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let hash = vm.stored_hash(vm.arg(args, 1))?;
    if let Some(entry) = vm.dict_search(args.root(0), hash, args.root(1))? {
        return Ok(vm.dict_item(vm.arg(args, 0), entry));
    }
    let item = if args.len() > 2 { vm.arg(args, 2) } else { Value::NONE };
    let item = vm.root(item)?;
    vm.dict_insert(args.root(0), hash, args.root(1), item)?;
    Ok(vm.get(item))
}

fn update(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (args, named) = keywords(vm, args);
    if args.len() > 2 {
        return at_most(vm, "update", args.len() - 1);
    }
    if args.len() == 2 {
        vm.dict_update(args.root(0), args.root(1))?;
    }
    if let Some(named) = named {
        vm.dict_update(args.root(0), named)?;
    }
    Ok(Value::NONE)
}

fn isdisjoint(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let mut walk = vm.walk(vm.arg(args, 1))?;
    while let Some(found) = vm.step(&mut walk)? {
        if vm.view_contains(vm.arg(args, 0), found)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}

impl Vm<'_> {
    /// `dict.update(source)`: of a mapping (what has `keys`) or an iterable of pairs (roots).
    pub(crate) fn dict_update(&mut self, dict: Root, source: Root) -> Outcome<()> {
        let mark = self.mark();
        let (key, item) = self.root2(Value::UNBOUND, Value::UNBOUND)?;
        let given = self.get(source);
        let source = self.root(self.behind_proxy(given).unwrap_or(given))?;
        if self.kind(self.get(source)) == kind::DICT {
            if self.get(source) == self.get(dict) {
                self.release(mark);
                return Ok(());
            }
            if self.dict_length(self.get(dict)) == 0 {
                self.dict_reserve(dict, self.dict_length(self.get(source)))?;
            }
            let length = self.dict_length(self.get(source));
            let mut at = 0;
            while let Some((next, found, value)) = self.dict_entry(self.get(source), at) {
                self.work(next - at)?;
                at = next;
                let hash = self.dict_hash_before(self.get(source), next);
                self.set(key, found);
                self.set(item, value);
                match self.dict_search(dict, hash, key)? {
                    Some(entry) => {
                        let value = self.get(item);
                        self.dict_set_entry(self.get(dict), entry, value);
                    }
                    None => self.dict_insert(dict, hash, key, item)?,
                }
                if self.dict_length(self.get(source)) != length {
                    return self.raise(Builtin::RuntimeError, "dict mutated during update");
                }
            }
            self.release(mark);
            return Ok(());
        }
        if self.kind(self.get(source)) == kind::INSTANCE {
            let name = self.new_str("keys")?;
            if let Some(method) = self.attribute_or_none(source, name)? {
                let found = self.call_values(method, &[])?;
                let mut walk = self.walk(found)?;
                while let Some(found) = self.step(&mut walk)? {
                    self.set(key, found);
                    let value = self.get_item(self.get(source), found)?;
                    self.set(item, value);
                    self.dict_set(dict, key, item)?;
                }
                self.release(mark);
                return Ok(());
            }
        }
        let mut walk = self.walk(self.get(source))?;
        let mut at = 0;
        while let Some(found) = self.step(&mut walk)? {
            let pair = if matches!(self.kind(found), kind::LIST | kind::TUPLE) {
                found
            } else {
                match self.list_from(found) {
                    Ok(list) => list,
                    Err(raise) => {
                        if self.caught(Builtin::TypeError) {
                            return self.raise_fmt(
                                Builtin::TypeError,
                                format_args!("cannot convert dictionary update sequence element #{at} to a sequence"),
                            );
                        }
                        return Err(raise);
                    }
                }
            };
            let &[first, second] = self.items(pair) else {
                let length = self.items(pair).len();
                return self.raise_fmt(
                    Builtin::ValueError,
                    format_args!("dictionary update sequence element #{at} has length {length}; 2 is required"),
                );
            };
            self.set(key, first);
            self.set(item, second);
            self.dict_set(dict, key, item)?;
            at += 1;
        }
        self.release(mark);
        Ok(())
    }

    /// An attribute, `None` where the value has none of that name.
    fn attribute_or_none(&mut self, value: Root, name: Value) -> Outcome<Option<Value>> {
        match self.get_attr(self.get(value), name) {
            Ok(found) => Ok(Some(found)),
            Err(_) if self.caught(Builtin::AttributeError) => Ok(None),
            Err(raise) => Err(raise),
        }
    }

    /// `item in view`.
    pub(super) fn view_contains(&mut self, view: Value, item: Value) -> Outcome<bool> {
        let dict = self.field(view, 1);
        match self.field(view, 0).as_builtin() {
            Some(Builtin::DictKeysType | Builtin::MappingproxyType) => Ok(self.dict_get(dict, item)?.is_some()),
            Some(Builtin::DictItemsType) => {
                if self.kind(item) != kind::TUPLE || self.length(item) != 2 {
                    return Ok(false);
                }
                let (dict, item) = self.root2(dict, item)?;
                let key = self.field(self.get(item), 0);
                let same = match self.dict_get(self.get(dict), key)? {
                    Some(found) => {
                        let wanted = self.field(self.get(item), 1);
                        self.identical_or_equal(found, wanted)?
                    }
                    None => false,
                };
                self.release(dict.0);
                Ok(same)
            }
            _ => {
                let (view, item) = self.root2(view, item)?;
                let found = self.walk_contains(self.get(view), item)?;
                self.release(view.0);
                Ok(found)
            }
        }
    }
}
