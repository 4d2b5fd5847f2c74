//! Builtins about objects: `isinstance`, `getattr`, `type`, `super`, `property`, exceptions, generators, `print`.

mod awaiting;
mod group;
mod inspect;
mod machine;
mod matching;
mod methods;
mod output;
mod reflect;
mod remaining;
mod service;
mod special;
mod union;
mod wrap;

use crate::native::Native;
use nano_wire::builtins::Builtin;
pub(crate) use special::{SPECIAL, special};

pub(crate) fn function(builtin: Builtin) -> Option<&'static Native> {
    inspect::function(builtin)
        .or_else(|| wrap::function(builtin))
        .or_else(|| output::function(builtin))
        .or_else(|| matching::function(builtin))
        .or_else(|| group::function(builtin))
        .or_else(|| awaiting::function(builtin))
        .or_else(|| machine::function(builtin))
        .or_else(|| service::function(builtin))
        .or_else(|| reflect::function(builtin))
        .or_else(|| remaining::function(builtin))
}

pub(crate) fn methods(builtin_type: Builtin) -> &'static [Native] {
    methods::methods(builtin_type)
}
