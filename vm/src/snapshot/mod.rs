//! An arena at rest, as words: what a module's top level left behind, or a live instance between two invocations.
//!
//! Offsets of objects are those of the arena, and where the heap begins depends on the module alone (fixed areas, then
//! the first stack). So the words fit any arena of the same module that has room, on a host and on a device alike, and
//! a start from them is a copy.
//!
//! ```text
//! [next version of a class] [roots, globals, modules: from offset 4 to the inline caches] [heap ..]
//! ```
//!
//! Words from elsewhere are checked like code before they are used, see [`check`]. Not everything has a form here: an
//! exception that is still held, an iterator with more parts than a place in a container, a file of the host. Such an
//! arena stays where it is.

mod asked;
mod check;
mod witness;

use crate::image::{Image, Module, ModuleBytes};
use crate::instance::{Failure, Instance};
use crate::vm::{FIRST_STACK, Limits, State, Vm, roots};
use alloc::string::String;
use alloc::vec::Vec;
use nano_wire::value::Value;

use asked::Asked;
pub(crate) use check::check;
use witness::Witness;

/// Why there is no snapshot of a module's top level.
#[derive(Clone, Debug, PartialEq)]
pub enum NoSnapshot {
    /// It asks the world: what it did first.
    Effect(&'static str),
    /// It raised, or did not end, or has no room.
    Failed(Failure),
    /// It leaves something behind that has no form outside its arena.
    Unsupported,
}

impl core::fmt::Display for NoSnapshot {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Effect(what) => write!(f, "its top level {what}, which must happen where it runs"),
            Self::Failed(_) => write!(f, "its top level does not run to its end here"),
            Self::Unsupported => f.write_str(
                "its top level leaves behind what no snapshot holds: an exception, or an iterator of an unusual kind",
            ),
        }
    }
}

/// A source that a top level wants compiled, see [`Module::wanted_source`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedSource {
    /// Its text.
    pub text: String,
    /// What tracebacks are to call it.
    pub name: String,
    /// Is it an expression, whose value is wanted?
    pub is_expression: bool,
}

/// Bit of a snapshot's version word: there may be a generator that waits inside `try` or `with`.
pub(crate) const GUARDED: u32 = 1 << 31;

/// Words of a snapshot before its heap.
pub(crate) fn fixed_words(image: &Image<'_>) -> usize {
    1 + (heap_base(image) - FIRST_STACK - u32::from(image.caches) * 8 - roots::EXCEPTION) as usize / 4
}

/// Offset of the heap in an arena that was just filled.
pub(crate) fn heap_base(image: &Image<'_>) -> u32 {
    roots::END + u32::from(image.globals) * 4 + image.module_count() * 4 + u32::from(image.caches) * 8 + FIRST_STACK
}

impl Vm<'_> {
    /// Fills a fresh arena from words that were checked; `false` where they have no room.
    pub(crate) fn restore(&mut self, words: &[u32]) -> bool {
        let fixed = fixed_words(self.image);
        let (Some((version, roots)), Some(heap)) =
            (words.get(..fixed).and_then(<[u32]>::split_first), words.get(fixed..))
        else {
            return false;
        };
        let end = u64::from(self.heap_start) + heap.len() as u64 * 4;
        if end > u64::from(self.heap_limit) {
            return false;
        }
        for (offset, word) in (roots::EXCEPTION..).step_by(4).zip(roots) {
            self.mem.set_word(offset, *word);
        }
        for (offset, word) in (self.heap_start..).step_by(4).zip(heap) {
            self.mem.set_word(offset, *word);
        }
        self.heap_top = end as u32;
        self.next_version = *version & !GUARDED;
        // Nobody has counted them.
        self.guarded = if *version & GUARDED != 0 { u32::MAX } else { 0 };
        self.waiting = self.guarded;
        self.started = true;
        self.limit_heap();
        self.shared_below = self.heap_top;
        true
    }

    /// The words of this arena, between two invocations.
    fn words(&mut self) -> Option<Vec<u32>> {
        self.sp = self.stack_at;
        let base = heap_base(self.image);
        // Nothing but this moves: the stack's room goes back to what a fresh arena has.
        self.limits.stress = false;
        self.collect(base as i32 - self.heap_start as i32);
        if self.heap_start != base {
            return None;
        }
        let fixed = (roots::EXCEPTION..self.caches_at).step_by(4);
        let heap = (base..self.heap_top).step_by(4);
        let mut words = Vec::with_capacity(1 + fixed.len() + heap.len());
        words.push(self.next_version | if self.guarded != 0 { GUARDED } else { 0 });
        words.extend(fixed.chain(heap).map(|offset| self.mem.word(offset)));
        Some(words)
    }
}

impl<B: ModuleBytes + Clone> Module<B> {
    /// Runs the top level in an arena of so many bytes, and gives what it leaves.
    pub fn snapshot(&self, arena_bytes: usize, limits: Limits) -> Result<Vec<u32>, NoSnapshot> {
        let mut instance = Instance::new(self.clone(), arena_bytes, limits);
        let mut witness = Witness::default();
        let result = instance.run_main(&mut witness).result;
        if let Some(effect) = witness.effect() {
            return Err(NoSnapshot::Effect(effect));
        }
        result.map_err(NoSnapshot::Failed)?;
        instance.checkpoint().ok_or(NoSnapshot::Unsupported)
    }

    /// Runs the top level in an arena of so many bytes as far as a source that it wants compiled and that is no part of
    /// the module yet; `None` where it wants none. What it asks of the world besides has no answer here.
    pub fn wanted_source(&self, arena_bytes: usize, limits: Limits) -> Option<WantedSource> {
        let mut instance = Instance::new(self.clone(), arena_bytes, limits);
        let mut asked = Asked::default();
        // However it ends: what is wrong with it is seen when it runs for good.
        drop(instance.run_main(&mut asked));
        asked.source
    }
}

impl<B: ModuleBytes> Instance<B> {
    /// The arena as words that [`Instance::resume`] takes, here or on another machine; `None` where it holds what has
    /// no form outside, or the module has not been started.
    pub fn checkpoint(&mut self) -> Option<Vec<u32>> {
        self.state.filter(|state| state.started)?;
        let mut host = crate::host::NoHost;
        let image = self.module.image();
        let mut vm = Vm::new(&mut self.arena, image, &mut host, self.limits, (self.state, &mut self.recent)).ok()?;
        vm.set_exception(Value::UNBOUND);
        vm.set_handling(Value::UNBOUND);
        let words = vm.words();
        self.state = Some(vm.state());
        words.filter(|words| check(image, words).is_ok())
    }

    /// An instance that goes on where [`Instance::checkpoint`] was taken. `None`: the words are none of this module,
    /// or have no room in so many bytes.
    pub fn resume(module: Module<B>, arena_bytes: usize, limits: Limits, words: &[u32]) -> Option<Self> {
        check(module.image(), words).ok()?;
        let mut instance = Self::new(module, arena_bytes, limits);
        let mut host = crate::host::NoHost;
        let bare = Image { snapshot: &[], ..*instance.module.image() };
        let mut vm = Vm::new(&mut instance.arena, &bare, &mut host, limits, (None, &mut instance.recent)).ok()?;
        if !vm.restore(words) {
            return None;
        }
        let state: State = vm.state();
        instance.state = Some(state);
        Some(instance)
    }
}
