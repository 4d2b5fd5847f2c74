//! What a worker takes of memory together with all that it started. The kernel's limits count each process by itself, and
//! nothing that processes share.

use std::fs;
use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How often it is looked.
pub(super) const EVERY: Duration = Duration::from_millis(200);

/// Ends all processes below a keeper when together they have more than so many kilobytes; whether they had. What two of them
/// share counts once, and files count as little as on Lambda, those in `/tmp` too.
pub(super) fn enforce(keeper: u32, most_kilobytes: u64) -> bool {
    let processes = below(keeper);
    // Too much rather than too little, and cheap to ask for.
    let at_most: u64 = processes.iter().filter_map(|process| resident(*process).ok()).sum();
    if at_most <= most_kilobytes
        || processes.iter().filter_map(|process| share(*process).ok()).sum::<u64>() <= most_kilobytes
    {
        return false;
    }
    for process in processes {
        if let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) {
            // It may have ended meanwhile.
            let _ = kill_process(process, Signal::KILL);
        }
    }
    true
}

/// All processes that a process has started, and those have.
pub(super) fn below(process: u32) -> Vec<u32> {
    let mut found = vec![];
    let mut parents = vec![process];
    while let Some(parent) = parents.pop() {
        let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else { continue };
        for thread in threads.flatten() {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            parents.extend(children.split(' ').filter_map(|child| child.trim().parse::<u32>().ok()));
        }
        if parent != process {
            found.push(parent);
        }
    }
    found
}

/// `Name:    12 kB`.
fn kilobytes(line: &str, names: &[&str]) -> Option<u64> {
    let (name, rest) = line.split_once(':')?;
    names.contains(&name).then(|| rest.trim().strip_suffix(" kB")?.parse().ok())?
}

/// Memory that a process has, also that which others have too.
fn resident(process: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    Ok(status.lines().filter_map(|line| kilobytes(line, &["RssAnon", "RssShmem"])).sum())
}

/// A process's share of memory: of what several have, its part. See proc_pid_smaps(5).
fn share(process: u32) -> io::Result<u64> {
    Ok(share_in(&fs::read_to_string(format!("/proc/{process}/smaps"))?))
}

fn share_in(maps: &str) -> u64 {
    let (mut all, mut share) = (0, 0);
    let mut is_file = false;
    for line in maps.lines() {
        if let Some(pss) = kilobytes(line, &["Pss"]) {
            share = pss;
        } else if let Some(own) = kilobytes(line, &["Anonymous"]) {
            // Of a file only the pages that it has changed for itself.
            all += if is_file { share.min(own) } else { share };
        } else if !line.split(' ').next().is_some_and(|word| word.ends_with(':')) {
            // `start-end mode offset device inode name`; memory that is shared has an inode, too.
            let mut words = line.split_ascii_whitespace().skip(4);
            let (inode, name) = (words.next(), words.next());
            is_file = inode != Some("0")
                && name.is_some_and(|name| !["/dev/zero", "/memfd:"].iter().any(|own| name.starts_with(own)));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_counts_in_part_and_files_as_far_as_they_were_changed() {
        let maps = "\
00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/python3
Rss:                 300 kB
Pss:                 150 kB
Pss_Dirty:             0 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me dw
00651000-00652000 rw-p 00051000 08:02 173521      /usr/bin/python3
Pss:                  12 kB
Anonymous:             8 kB
00e03000-00e24000 rw-p 00000000 00:00 0           [heap]
Pss:                1000 kB
Anonymous:          1200 kB
7f0000000000-7f0000100000 rw-s 00000000 00:01 5   /dev/zero (deleted)
Pss:                 512 kB
Anonymous:             0 kB
7f0000200000-7f0000300000 rw-s 00000000 00:99 7   /tmp/mapped
Pss:                4096 kB
Anonymous:             0 kB
";
        assert_eq!(share_in(maps), 8 + 1000 + 512);
        assert_eq!(share_in(""), 0);
    }

    #[test]
    fn nobody_has_too_much_who_has_nothing() {
        assert!(!enforce(std::process::id(), u64::MAX));
        assert!(!enforce(u32::MAX, 0));
    }
}
