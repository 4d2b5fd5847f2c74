//! Builtins about objects: `isinstance`, `getattr`, `type`, `super`, `property`, exceptions, `print`.

use crate::native::Native;
use nano_wire::builtins::Builtin;

pub(crate) fn function(builtin: Builtin) -> Option<&'static Native> {
    let _ = builtin;
    None
}

pub(crate) fn methods(builtin_type: Builtin) -> &'static [Native] {
    let _ = builtin_type;
    &[]
}
