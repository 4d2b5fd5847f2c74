//! Nothing of a function runs between its invocations: what it has left behind, threads and processes, stands still until the
//! next one, as Lambda's environments do.

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process};

use super::memory::below;

/// Whether a worker's processes stand still.
#[derive(Debug, Default)]
pub(super) struct Pause(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    AtWork,
    /// Nobody has looked since it had nothing to do.
    Idle,
    /// It had nothing to do when somebody looked last: who invokes it again and again is not stopped again and again.
    StillIdle,
    /// All of these.
    Paused(Vec<u32>),
}

impl Pause {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An invocation begins.
    pub fn end(&self) {
        if let State::Paused(processes) = std::mem::replace(&mut *self.lock(), State::AtWork) {
            signal(&processes, Signal::CONT);
        }
    }

    /// An invocation has ended.
    pub fn allow(&self) {
        *self.lock() = State::Idle;
    }

    /// Called from time to time: stops what is below a keeper, if that has had nothing to do for a while, and is more than an
    /// interpreter that waits.
    pub fn consider(&self, keeper: u32) {
        let mut state = self.lock();
        match *state {
            State::AtWork | State::Paused(_) => {}
            State::Idle => *state = State::StillIdle,
            State::StillIdle => {
                let found = below(keeper);
                if let [only] = found.as_slice()
                    && threads(*only) <= 1
                {
                    return;
                }
                *state = State::Paused(stop(keeper, found));
            }
        }
    }
}

/// Stops processes, and those that they started meanwhile.
fn stop(keeper: u32, mut found: Vec<u32>) -> Vec<u32> {
    let mut stopped = Vec::new();
    while !found.is_empty() {
        signal(&found, Signal::STOP);
        stopped.append(&mut found);
        found = below(keeper);
        found.retain(|process| !stopped.contains(process));
    }
    stopped
}

fn signal(processes: &[u32], signal: Signal) {
    for process in processes {
        if let Some(process) = i32::try_from(*process).ok().and_then(Pid::from_raw) {
            // It may have ended meanwhile.
            let _ = kill_process(process, signal);
        }
    }
}

fn threads(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/task")).map_or(0, Iterator::count)
}
