//! A function at rest: its module and its arena, and how the host invokes it.

use crate::error::{Raise, Stop};
use crate::host::Host;
use crate::image::{Module, ModuleBytes};
use crate::invoke::Event;
use crate::native::Recent;
use crate::raw::zeroed;
use crate::report::Exception;
use crate::verify::{Needed, Shortage};
use crate::vm::{Limits, State, Vm};
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use nano_wire::value::Value;

/// A module with an arena of its own. Nothing is shared between instances but the module's bytes.
#[derive(Debug)]
pub struct Instance<B: ModuleBytes> {
    pub(crate) module: Module<B>,
    pub(crate) arena: Box<[u32]>,
    pub(crate) limits: Limits,
    pub(crate) state: Option<State>,
    pub(crate) recent: Recent,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The program raised. Apart, for what is handed on is a result nearly always.
    Exception(Box<Exception>),
    /// A limit stopped it. The instance should be discarded.
    Stopped(Stop),
    /// The module has no such function.
    NotFound,
    /// The result can't be written as JSON; why.
    Unserializable(String),
    /// The arena is too small for the module even before its first instruction; bytes needed at least.
    ArenaTooSmall(u32),
    /// The host has no memory for it. (An instance that runs has what it needs.)
    Memory(Shortage),
}

/// What an invocation came to.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The result as JSON.
    pub result: Result<String, Failure>,
    /// Instructions executed.
    pub instructions: u64,
    /// Most bytes of the arena in use at any time so far.
    pub heap_peak_bytes: u32,
    /// Was it a cold start: did the module's top level run, or was its snapshot copied?
    pub cold: bool,
    /// Whether the top level has run to its end, now or before.
    pub started: bool,
}

impl Invocation {
    /// One that came to nothing before its first instruction.
    pub fn unstarted(failure: Failure) -> Self {
        Self { result: Err(failure), instructions: 0, heap_peak_bytes: 0, cold: true, started: false }
    }
}

/// What a collection came to: bytes of the arena in use before and after it, fixed areas included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collected {
    /// With what nobody refers to any more.
    pub before: u32,
    /// What is alive.
    pub after: u32,
}

/// Memory for an arena of so many bytes, rounded down to words of zeros.
///
/// # Errors
///
/// The host has none.
pub fn arena(bytes: usize) -> Result<Box<[u32]>, Shortage> {
    let bytes_needed = u32::try_from(bytes).unwrap_or(u32::MAX);
    zeroed(bytes / 4).ok_or(Shortage { what: Needed::Arena, bytes: bytes_needed })
}

impl<B: ModuleBytes> Instance<B> {
    /// An instance over a fresh arena of this many bytes (rounded down to words), on a host that has them: where it has not,
    /// the program ends, as with any other collection. [`Instance::try_new`] is for hosts that know how to go on.
    pub fn new(module: Module<B>, arena_bytes: usize, limits: Limits) -> Self {
        Self::over(module, vec![0; arena_bytes / 4].into_boxed_slice(), limits)
    }

    /// As [`Instance::new`], on a host that may be short of memory.
    ///
    /// # Errors
    ///
    /// There is no memory for the arena.
    pub fn try_new(module: Module<B>, arena_bytes: usize, limits: Limits) -> Result<Self, Shortage> {
        Ok(Self::over(module, arena(arena_bytes)?, limits))
    }

    /// An instance over memory that is there, see [`arena`]: nothing can fail, so it can be made where it stays.
    #[inline]
    pub fn over(module: Module<B>, arena: Box<[u32]>, limits: Limits) -> Self {
        Self { module, arena, limits, state: None, recent: Recent::default() }
    }

    /// Its module.
    pub fn module(&self) -> &Module<B> {
        &self.module
    }

    /// Changes the limits of later invocations.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Calls a handler of the module with an event and the host's context; the result as JSON.
    pub fn invoke(&mut self, host: &mut dyn Host, handler: &str, event: Event<'_>) -> Invocation {
        self.invoke_into(&mut String::new(), host, handler, event)
    }

    /// As [`Instance::invoke`], with the memory of a text that is not needed any more for that of the result, and taken.
    pub fn invoke_into(
        &mut self,
        spare: &mut String,
        host: &mut dyn Host,
        handler: &str,
        event: Event<'_>,
    ) -> Invocation {
        self.with(host, &mut |vm| {
            vm.start().map_err(|Raise| failure(vm))?;
            let value = match vm.invoke(handler, event) {
                Ok(Some(value)) => value,
                Ok(None) => return Err(Failure::NotFound),
                Err(Raise) => {
                    let failure = failure(vm);
                    if vm.stop.is_none() && vm.end_invocation().is_err() {
                        return Err(self::failure(vm));
                    }
                    return Err(failure);
                }
            };
            let mut text = core::mem::take(spare);
            text.clear();
            // What most results fit in: a heap that grows a text three times takes as long as writing it.
            text.reserve(96);
            if vm.json_quickly(value, &mut text, 0).is_some() {
                vm.end_invocation().map_err(|Raise| failure(vm))?;
                return Ok(text);
            }
            match vm.json_text(value) {
                Ok(text) => {
                    let text = vm.text(text).to_string();
                    vm.end_invocation().map_err(|Raise| failure(vm))?;
                    Ok(text)
                }
                Err(Raise) if vm.stop.is_some() => Err(failure(vm)),
                Err(Raise) => match failure(vm) {
                    Failure::Exception(exception) => Err(Failure::Unserializable(exception.message)),
                    other => Err(other),
                },
            }
        })
    }

    /// Runs the module's top level as a program.
    pub fn run_main(&mut self, host: &mut dyn Host) -> Invocation {
        self.with(host, &mut |vm| {
            vm.start().map_err(|Raise| failure(vm))?;
            Ok(String::from("null"))
        })
    }

    /// Ends a program: generators that still wait inside `try` or `with` are closed, as CPython does when it exits. No
    /// other run may follow.
    pub fn end(&mut self, host: &mut dyn Host) -> Invocation {
        self.with(host, &mut |vm| {
            vm.end_program().map_err(|Raise| failure(vm))?;
            Ok(String::from("null"))
        })
    }

    /// Calls a function of the module without arguments, `repeat` times; `repr` of the last result. For benchmarks.
    pub fn bench(&mut self, host: &mut dyn Host, function: &str, repeat: u32) -> Invocation {
        self.with(host, &mut |vm| {
            vm.start().map_err(|Raise| failure(vm))?;
            let mut result = Value::NONE;
            for _ in 0..repeat {
                let Some(function) = vm.global(function) else { return Err(Failure::NotFound) };
                result = vm.call_values(function, &[]).map_err(|Raise| failure(vm))?;
            }
            match vm.repr(result) {
                Ok(text) => Ok(vm.text(text).to_string()),
                Err(Raise) => Err(failure(vm)),
            }
        })
    }

    /// Collects; `None` where there has been no run yet. For benchmarks: runs collect by themselves.
    pub fn collect(&mut self, host: &mut dyn Host) -> Option<Collected> {
        let image = self.module.image();
        let before = (Some(self.state?), &mut self.recent);
        let mut vm = Vm::new(&mut self.arena, image, host, self.limits, before).ok()?;
        let before = vm.bytes_in_use();
        vm.collect(0);
        let after = vm.bytes_in_use();
        self.state = Some(vm.state());
        Some(Collected { before, after })
    }

    fn with(&mut self, host: &mut dyn Host, run: &mut dyn FnMut(&mut Vm<'_>) -> Result<String, Failure>) -> Invocation {
        let fresh = self.state.is_none();
        let image = self.module.image();
        if let Err(bytes) = Vm::has_room(&self.arena, image) {
            return Invocation::unstarted(Failure::ArenaTooSmall(bytes));
        }
        let mut vm = Vm::idle(&mut self.arena, image, host, self.limits, &mut self.recent);
        if let Err(bytes) = vm.begin(self.state.as_ref()) {
            return Invocation::unstarted(Failure::ArenaTooSmall(bytes));
        }
        let cold = fresh || !vm.started;
        let mut result = run(&mut vm);
        if vm.mem.is_damaged() {
            result = Err(Failure::Stopped(Stop::Damaged));
        }
        let (instructions, heap_peak_bytes, started) = (vm.instructions(), vm.peak_bytes(), vm.started);
        let invocation = Invocation { result, instructions, heap_peak_bytes, cold, started };
        self.state = Some(vm.state());
        invocation
    }
}

/// Takes the exception (or the stop) out of the machine.
fn failure(vm: &mut Vm<'_>) -> Failure {
    if let Some(stop) = vm.stop {
        return Failure::Stopped(stop);
    }
    let exception = vm.take_exception();
    vm.set_handling(Value::UNBOUND);
    vm.native_depth = 0;
    vm.depth = 0;
    // Describing it may run code of the program (`__str__`): it gets some fuel, not all there is.
    let (left, lent) = (vm.fuel, vm.fuel.max(100_000));
    vm.fuel = lent;
    let exception = Exception::describe(vm, exception, 0);
    vm.fuel = left.saturating_sub(lent - vm.fuel);
    Failure::Exception(Box::new(exception))
}
