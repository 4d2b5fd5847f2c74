//! What a handler's context object says, as text that is kept from one invocation to the next. Made for a handler that may
//! look at it.

use crate::board::Board;
use crate::function::Function;
use crate::text::set_decimal;
use crate::world::{Event, World};
use alloc::borrow::ToOwned;
use alloc::string::String;
use nano_vm::Context;

/// Attributes of the context object, those first that are different at every invocation.
static NAMES: [&str; 8] = [
    "sequence",
    "aws_request_id",
    "function_name",
    "function_version",
    "memory_limit_in_mb",
    "device",
    "namespace",
    "woof",
];

/// Of these as many are different at every invocation.
const VARYING: usize = 2;

/// The texts of a function's context object.
#[derive(Debug, Default)]
pub struct Texts {
    /// The log whose names these are.
    log: Option<(u16, u16)>,
    sequence: String,
    /// Device, function and sequence number, of which only the last changes.
    request: String,
    function: String,
    memory: String,
    device: String,
    namespace: String,
    woof: String,
}

impl Texts {
    /// Makes them those of an invocation of this function.
    pub fn update<B: Board>(&mut self, world: &World<B>, event: &Event, function: &Function) -> Context {
        let is_other = self.log != Some((event.ns, event.woof));
        if is_other {
            self.begin(world, event, function);
        }
        set_decimal(&mut self.sequence, event.sequence);
        self.request.truncate(self.device.len() + self.function.len() + 2);
        self.request.push_str(&self.sequence);
        Context { names: &NAMES, changed: if is_other { NAMES.len() } else { VARYING } }
    }

    /// Those that stay the same. Apart, for it would need a frame in the middle of a run.
    #[inline(never)]
    fn begin<B: Board>(&mut self, world: &World<B>, event: &Event, function: &Function) {
        let (board, objects) = (&world.board, &world.objects);
        // Each made as long as it is: growing takes a small core longer than writing.
        *self = Self {
            log: Some((event.ns, event.woof)),
            sequence: String::with_capacity(10),
            request: String::with_capacity(board.name().len() + function.name.len() + 12),
            function: function.name.clone(),
            memory: String::with_capacity(4),
            device: board.name().to_owned(),
            namespace: objects.namespace(event.ns).map_or("", |namespace| &namespace.name).to_owned(),
            woof: objects.log(event.ns, event.woof).map_or("", |log| &log.name).to_owned(),
        };
        set_decimal(&mut self.memory, u64::from(function.memory.div_ceil(1 << 20)));
        for part in [&self.device, "-", &self.function, "-"] {
            self.request.push_str(part);
        }
    }

    /// The text of an attribute, by its place among the names.
    pub fn get(&self, index: usize) -> &str {
        match index {
            0 => &self.sequence,
            1 => &self.request,
            2 => &self.function,
            3 => "$LATEST",
            4 => &self.memory,
            5 => &self.device,
            6 => &self.namespace,
            7 => &self.woof,
            _ => "",
        }
    }
}
