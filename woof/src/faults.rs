//! A disk that fails, for tests: any call can be made to, and a power cut takes what was not synced.
//!
//! Only with the feature `faults`. [`Disk::over`] takes a directory; every call of this crate below it is counted. Files
//! stay ordinary files, so what a cut leaves is opened as a user would open it.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes that reach a disk together.
const SECTOR: u64 = 512;

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `EIO`.
    Error,
    /// `ENOSPC`.
    Full,
    /// Half of what is written arrives, then `EIO`. For other calls the same as `Error`.
    Torn,
    /// The power goes: this call and all after it fail.
    PowerCut,
}

/// What is about to happen.
#[derive(Clone, Copy)]
pub(crate) enum Call<'a> {
    Create,
    Open,
    Read,
    Write { file: &'a File, bytes: &'a [u8], at: u64 },
    SetLength { file: &'a File, length: u64 },
    Allocate { file: &'a File, until: u64 },
    Sync,
    Rename { to: &'a Path },
    Remove,
    SyncDirectory,
}

/// How to take back what is not durable yet.
#[derive(Debug)]
enum Undo {
    /// Bytes of a file as they were, and its length.
    Bytes {
        path: PathBuf,
        at: u64,
        before: Vec<u8>,
        written: u64,
        length: u64,
    },
    Created {
        path: PathBuf,
    },
    Renamed {
        from: PathBuf,
        to: PathBuf,
    },
    /// `kept` is another name of the file.
    Removed {
        path: PathBuf,
        kept: PathBuf,
    },
}

#[derive(Debug, Default)]
struct State {
    calls: u64,
    fault: Option<(u64, Fault)>,
    is_dead: bool,
    /// Bytes that files may still grow by; nothing: as many as they like. Below zero by what arrived of a write that found none.
    room: Option<i64>,
    undo: Vec<Undo>,
    kept: u64,
}

/// A directory whose disk fails as it is told.
#[derive(Debug, Clone)]
pub struct Disk {
    directory: PathBuf,
    state: Arc<Mutex<State>>,
}

static DISKS: Mutex<Vec<Disk>> = Mutex::new(Vec::new());

fn disks() -> MutexGuard<'static, Vec<Disk>> {
    DISKS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Disk {
    /// The disk below a directory of its own.
    pub fn over(directory: &Path) -> Self {
        let disk = Self { directory: directory.to_path_buf(), state: Arc::default() };
        disks().push(disk.clone());
        disk
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the call of that number fail, counted from now; the first is 1.
    pub fn fail(&self, call: u64, fault: Fault) {
        let mut state = self.lock();
        state.calls = 0;
        state.fault = Some((call, fault));
    }

    /// Lets everything succeed again, and counts anew.
    pub fn mend(&self) {
        let mut state = self.lock();
        (state.calls, state.fault, state.is_dead, state.room) = (0, None, false, None);
    }

    /// Has no room from now on until it is mended: files are not made, and get no longer than they are. Half of what would
    /// make one longer arrives.
    pub fn fill(&self) {
        self.leave(0);
    }

    /// The same, but for so many bytes, and those that are given back.
    pub fn leave(&self, bytes: u64) {
        self.lock().room = Some(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Calls since the last [`Disk::fail`] or [`Disk::mend`].
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// Takes back what is not durable: of writes each by itself, whole or the end of it, as `random` says; of names the
    /// latest ones. Nothing may be open.
    pub fn cut_power(&self, mut random: impl FnMut() -> u64) -> io::Result<()> {
        let undo = std::mem::take(&mut self.lock().undo);
        for one in undo.iter().rev() {
            let Undo::Bytes { path, at, before, written, length } = one else { continue };
            let Ok(file) = File::options().read(true).write(true).open(path) else { continue };
            if *written == 0 {
                // The file was cut.
                if random().is_multiple_of(2) && file.metadata()?.len() <= *at {
                    file.write_all_at(before, *at)?;
                }
                continue;
            }
            let survives = match random() % 3 {
                0 => *written,
                1 => 0,
                // The beginning, to the end of a sector.
                _ => ((random() % (written / SECTOR + 1)) * SECTOR).min(*written),
            };
            if survives == *written {
                continue;
            }
            let now = file.metadata()?.len();
            let lost = at + survives;
            if now <= at + written && lost >= *length {
                // It was the last: the file is as long as what is left.
                file.set_len(lost.max(*length))?;
            }
            let now = file.metadata()?.len();
            let mut old = before.clone();
            old.resize(*written as usize, 0);
            let old = old.get(survives as usize..).unwrap_or_default();
            let room = now.saturating_sub(lost).min(old.len() as u64) as usize;
            file.write_all_at(old.get(..room).unwrap_or_default(), lost)?;
        }
        let names: Vec<&Undo> = undo.iter().filter(|one| !matches!(one, Undo::Bytes { .. })).collect();
        let durable = random() as usize % (names.len() + 1);
        for one in names.into_iter().skip(durable).rev() {
            match one {
                Undo::Created { path } => {
                    let _ = fs::remove_file(path);
                }
                Undo::Renamed { from, to } => {
                    let _ = fs::rename(to, from);
                }
                Undo::Removed { path, kept } => fs::rename(kept, path)?,
                Undo::Bytes { .. } => {}
            }
        }
        Ok(())
    }
}

impl Disk {
    /// Ends the simulation for its directory.
    pub fn forget(self) {
        disks().retain(|disk| !Arc::ptr_eq(&disk.state, &self.state));
    }
}

/// Counts a call, makes it fail if it is to, and remembers how to take it back. Whether the disk is one of these, whose
/// syncs need not reach the real one.
pub(crate) fn before(path: &Path, call: Call<'_>) -> io::Result<bool> {
    let Some(disk) = disks().iter().find(|disk| path.starts_with(&disk.directory)).cloned() else { return Ok(false) };
    let mut state = disk.lock();
    state.calls += 1;
    let mut fault = state.fault.filter(|(at, _)| *at == state.calls).map(|(_, fault)| fault);
    let grows = |file: &File, until: u64| -> io::Result<i64> {
        Ok(i64::try_from(until.saturating_sub(file.metadata()?.len())).unwrap_or(i64::MAX))
    };
    let (wanted, arrives) = match call {
        Call::Create => (1, 0),
        Call::Allocate { file, until } => (grows(file, until)?, 0),
        Call::Write { file, bytes, at } => {
            (grows(file, at + bytes.len() as u64)?, grows(file, at + bytes.len() as u64 / 2)?)
        }
        Call::SetLength { file, length } => {
            let now = file.metadata()?.len();
            (0, -i64::try_from(now.saturating_sub(length)).unwrap_or(i64::MAX))
        }
        Call::Remove => (0, -fs::metadata(path).map_or(0, |found| i64::try_from(found.len()).unwrap_or(i64::MAX))),
        _ => (0, 0),
    };
    let is_without_room = wanted > 0 && state.room.is_some_and(|room| wanted > room);
    if is_without_room {
        fault = Some(Fault::Torn);
    }
    let taken = if is_without_room || wanted == 0 { arrives } else { wanted };
    state.room = state.room.map(|room| room - taken);
    let failure = || io::Error::from_raw_os_error(if fault == Some(Fault::Full) || is_without_room { 28 } else { 5 });
    if state.is_dead || matches!(fault, Some(Fault::Error | Fault::Full)) {
        return Err(failure());
    }
    match call {
        Call::Open | Call::Read | Call::Create | Call::Allocate { .. } if fault.is_some() => return Err(failure()),
        Call::Open | Call::Read => {}
        Call::Allocate { file, until } => {
            let length = file.metadata()?.len();
            let written = until.saturating_sub(length);
            if written > 0 {
                state.undo.push(Undo::Bytes { path: path.to_path_buf(), at: length, before: vec![], written, length });
            }
        }
        Call::Create => {
            if !path.exists() {
                state.undo.push(Undo::Created { path: path.to_path_buf() });
            }
        }
        Call::Write { file, bytes, at } => {
            let bytes = if fault.is_some() { bytes.get(..bytes.len() / 2).unwrap_or_default() } else { bytes };
            let length = file.metadata()?.len();
            let mut before = vec![0; length.saturating_sub(at).min(bytes.len() as u64) as usize];
            File::open(path)?.read_exact_at(&mut before, at)?;
            let written = bytes.len() as u64;
            state.undo.push(Undo::Bytes { path: path.to_path_buf(), at, before, written, length });
            if fault.is_some() {
                file.write_all_at(bytes, at)?;
            }
        }
        Call::SetLength { file, length } => {
            let now = file.metadata()?.len();
            let mut before = vec![0; now.saturating_sub(length) as usize];
            File::open(path)?.read_exact_at(&mut before, length)?;
            state.undo.push(Undo::Bytes { path: path.to_path_buf(), at: length, before, written: 0, length: now });
        }
        Call::Sync if fault.is_none() => {
            state.undo.retain(|one| !matches!(one, Undo::Bytes { path: other, .. } if other == path));
        }
        Call::Rename { to } if fault.is_none() => {
            for one in &mut state.undo {
                if let Undo::Bytes { path: other, .. } = one
                    && other == path
                {
                    *other = to.to_path_buf();
                }
            }
            state.undo.push(Undo::Renamed { from: path.to_path_buf(), to: to.to_path_buf() });
        }
        Call::Remove if fault.is_none() => {
            state.kept += 1;
            let kept = path.with_extension(format!("kept{}", state.kept));
            let _ = fs::remove_file(&kept);
            fs::hard_link(path, &kept)?;
            state.undo.push(Undo::Removed { path: path.to_path_buf(), kept });
        }
        Call::SyncDirectory if fault.is_none() => {
            let is_here = |name: &Path| name.parent() == Some(path);
            state.undo.retain(|one| match one {
                Undo::Bytes { .. } => true,
                Undo::Created { path: name } | Undo::Renamed { to: name, .. } => !is_here(name),
                Undo::Removed { path: name, kept } => {
                    if is_here(name) {
                        let _ = fs::remove_file(kept);
                    }
                    !is_here(name)
                }
            });
        }
        Call::Sync | Call::Rename { .. } | Call::Remove | Call::SyncDirectory => {}
    }
    if fault.is_some() { Err(failure()) } else { Ok(true) }
}
