//! `mappingproxy`: what `__dict__` of a class is. A view of a dict that reads and never writes.

use super::dict_methods::{self, get, items, keys, values};
use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(super) const METHODS: &[Native] = &[
    Native::new("copy", |vm, args| through(vm, args, dict_methods::copy), 1, 1),
    Native::new("get", |vm, args| through(vm, args, get), 2, 3),
    Native::new("items", |vm, args| through(vm, args, items), 1, 1),
    Native::new("keys", |vm, args| through(vm, args, keys), 1, 1),
    Native::new("values", |vm, args| through(vm, args, values), 1, 1),
];

/// A method of the dict behind the proxy.
fn through(vm: &mut Vm<'_>, args: Args, method: fn(&mut Vm<'_>, Args) -> Outcome<Value>) -> Outcome<Value> {
    let dict = vm.field(vm.arg(args, 0), 1);
    vm.set(args.root(0), dict);
    method(vm, args)
}

impl Vm<'_> {
    /// A proxy of a dict.
    pub(crate) fn new_proxy(&mut self, dict: Value) -> Outcome<Value> {
        let dict = self.root(dict)?;
        let proxy = self.alloc(kind::DICT_VIEW, 2)?;
        self.set_field(proxy, 0, Value::builtin(Builtin::MappingproxyType));
        self.set_field(proxy, 1, self.get(dict));
        self.release(dict.0);
        Ok(proxy)
    }

    /// The dict behind a proxy.
    pub(crate) fn behind_proxy(&self, value: Value) -> Option<Value> {
        let is_proxy =
            self.is(value, kind::DICT_VIEW) && self.field(value, 0) == Value::builtin(Builtin::MappingproxyType);
        is_proxy.then(|| self.field(value, 1))
    }
}
