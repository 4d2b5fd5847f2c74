//! A core for a server and one for who measures it: on cores that both share, half of what is answered at most is most of
//! the machine, and a tail is the scheduler's.

use crate::failure::Failure;
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

/// Whose core is which, by the system's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cores {
    pub server: usize,
    pub client: usize,
}

impl Cores {
    /// The first and the last core that this process may use: where one core counts as two, those are hardly the same.
    /// None where there is only one.
    pub fn apart() -> Option<Self> {
        let allowed = allowed();
        let (server, client) = (*allowed.first()?, *allowed.last()?);
        (server != client).then_some(Self { server, client })
    }

    /// What the server's core has done so far.
    pub fn work_of_server(self) -> Option<Work> {
        Work::of(self.server)
    }

    /// What both cores have done so far for anyone but a server's process and this one.
    pub fn work_of_others(self, server: u32) -> Option<Work> {
        let (one, other) = (Work::of(self.server)?, Work::of(self.client)?);
        let ours = ticks_of(server)? + ticks_of(std::process::id())?;
        Some(Work { busy: (one.busy + other.busy).saturating_sub(ours), all: one.all + other.all })
    }
}

/// How long a core is looked at for stalls.
const LOOK: Duration = Duration::from_secs(1);

/// A core that does nothing else comes back sooner from whatever the system does now and then.
const STALL: Duration = Duration::from_micros(100);

/// How often the server's core stands still for whoever is at work on it while both cores are busy: the system's own work,
/// or a host that runs other machines on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stalls {
    pub count: u32,
    pub lost: Duration,
    pub longest: Duration,
}

impl Stalls {
    /// Looks for a second.
    pub fn measure(cores: Cores) -> Result<Self, Failure> {
        std::thread::scope(|scope| {
            let client = scope.spawn(|| on(cores.client, || Ok(Self::seen())));
            let server = on(cores.server, || Ok(Self::seen()));
            let _ = client.join();
            server
        })
    }

    fn seen() -> Self {
        let mut seen = Self { count: 0, lost: Duration::ZERO, longest: Duration::ZERO };
        let (begun, mut last) = (Instant::now(), Instant::now());
        while last.duration_since(begun) < LOOK {
            let now = Instant::now();
            let gap = now.duration_since(last);
            if gap > STALL {
                (seen.count, seen.lost, seen.longest) = (seen.count + 1, seen.lost + gap, seen.longest.max(gap));
            }
            last = now;
        }
        seen
    }

    /// For programs; times in microseconds.
    pub fn json(self) -> Value {
        json!({
            "count": self.count,
            "lost_us": self.lost.as_secs_f64() * 1e6,
            "longest_us": self.longest.as_secs_f64() * 1e6,
        })
    }
}

impl std::fmt::Display for Stalls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (lost, longest) = (self.lost.as_secs_f64() * 1e3, self.longest.as_secs_f64() * 1e3);
        write!(
            f,
            "the machine by itself: in a second in which both cores do nothing but look, the server's stood still {} times, \
             {lost:.1} ms together, {longest:.1} ms the longest",
            self.count
        )
    }
}

/// Ticks that a process was at work, from `/proc/PID/stat`: in its own code, and in the kernel's for it.
fn ticks_of(process: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before them may have anything in it but the last parenthesis.
    let fields = text.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
    fields.map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// Starts a server, on its own core if there is one.
pub fn start<T>(cores: Option<Cores>, start: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    match cores {
        Some(cores) => on(cores.server, start),
        None => start(),
    }
}

/// Asks a server, from the client's own core if there is one.
pub fn ask<T>(cores: Option<Cores>, ask: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    match cores {
        Some(cores) => on(cores.client, ask),
        None => ask(),
    }
}

/// Ticks that a core was at work, of those that passed.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    busy: u64,
    all: u64,
}

impl Work {
    /// From `/proc/stat`: user, nice, system, idle, waiting for a disk, interrupts, others' machines.
    fn of(core: usize) -> Option<Self> {
        let text = fs::read_to_string("/proc/stat").ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("cpu{core} ")))?;
        let ticks: Vec<u64> = line.split_whitespace().take(8).filter_map(|ticks| ticks.parse().ok()).collect();
        let all = ticks.iter().sum::<u64>();
        Some(Self { busy: all - ticks.iter().skip(3).take(2).sum::<u64>(), all })
    }

    /// Which part of the time since `before` was work, of whomever.
    pub fn since(self, before: Self) -> f64 {
        self.busy.saturating_sub(before.busy) as f64 / self.all.saturating_sub(before.all).max(1) as f64
    }
}

#[cfg(target_os = "linux")]
fn allowed() -> Vec<usize> {
    use rustix::thread::{CpuSet, sched_getaffinity};
    let Ok(set) = sched_getaffinity(None) else { return vec![] };
    (0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core)).collect()
}

/// Runs with this thread on a core, which is what it starts inherits.
#[cfg(target_os = "linux")]
fn on<T>(core: usize, run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let failed = |error| Failure::usage(format!("core {core} can't be had: {error}"));
    let before = sched_getaffinity(None).map_err(failed)?;
    let mut one = CpuSet::new();
    one.set(core);
    sched_setaffinity(None, &one).map_err(failed)?;
    let result = run();
    sched_setaffinity(None, &before).map_err(failed)?;
    result
}

#[cfg(not(target_os = "linux"))]
fn allowed() -> Vec<usize> {
    vec![]
}

#[cfg(not(target_os = "linux"))]
fn on<T>(_core: usize, run: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_process_does_is_not_work_of_others() {
        let (Some(before), begun) = (ticks_of(std::process::id()), Instant::now()) else { return };
        let mut state = 1_u64;
        while ticks_of(std::process::id()) == Some(before) && begun.elapsed().as_secs() < 60 {
            state = (0..100_000).fold(state, |state, _| state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        }
        assert!(ticks_of(std::process::id()) > Some(before), "{state}");
        assert_eq!(ticks_of(u32::MAX), None);
    }

    #[test]
    fn what_is_started_on_a_core_stays_there_and_nothing_else() {
        let Some(cores) = Cores::apart() else { return };
        let here = || allowed();
        let before = here();
        let there = ask(Some(cores), || Ok(std::thread::spawn(here).join().ok())).ok().flatten();
        assert_eq!(there, Some(vec![cores.client]));
        assert_eq!(here(), before);
        let failed = start(Some(cores), || Err::<(), _>(Failure::usage("refused")));
        assert!(failed.is_err());
        assert_eq!(here(), before);
    }
}
