//! How things go wrong: Python exceptions, and stops that no Python code can catch.

/// "An exception is being raised" (or the run was stopped). Which one is in the VM: [`crate::Vm`] keeps the value, so
/// that this stays a zero-sized marker in every `Result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raise;

/// Result of everything that can raise.
pub type Outcome<T> = Result<T, Raise>;

/// Why a run was stopped by its limits, past any `except`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The instructions granted are used up.
    Fuel,
    /// The module's code asked for memory that isn't its own. No compiler makes such a module.
    Damaged,
    /// The host asked for it (time-out, shutdown).
    Interrupted,
}
