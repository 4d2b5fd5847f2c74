//! `kill -9` of a process that appends, over and over: whatever it had acknowledged is there, once, without gaps.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nano_woof::{Config, Error, FileStore, LogOptions, Origin, Sequence, Store, SyncPolicy, WoofName};

const DIRECTORY: &str = "NANO_WOOF_CRASH_DIRECTORY";
const POLICY: &str = "NANO_WOOF_CRASH_POLICY";
const LANES: u8 = 4;

fn policy(name: &str) -> SyncPolicy {
    match name {
        "every" => SyncPolicy::EveryAppend,
        "group" => SyncPolicy::Group,
        _ => SyncPolicy::Os,
    }
}

fn store(directory: &Path, policy: SyncPolicy) -> Result<FileStore, Error> {
    FileStore::open(directory, LogOptions { policy, segment_bytes: 64 << 10, ..LogOptions::default() })
}

fn name() -> WoofName<'static> {
    WoofName::parse("crash/test").unwrap()
}

fn payload(origin: Origin) -> Vec<u8> {
    let length = (origin.client_sequence * 37 % 900) as usize;
    let mut bytes = vec![origin.lane; length + 9];
    bytes[1..9].copy_from_slice(&origin.client_sequence.to_le_bytes());
    bytes
}

/// The process that is killed: this test program again, with [`DIRECTORY`] set. Each thread appends on its own lane,
/// and says what was acknowledged.
fn appender(directory: &str) {
    let policy = policy(&std::env::var(POLICY).unwrap());
    let store = store(Path::new(directory), policy).unwrap();
    let woof = store.create(name(), Config { element: 1024, history: 0 }, 1).unwrap();
    let newest = |lane| {
        let all = woof.range(Sequence::FIRST, u64::MAX).unwrap();
        let origins = all.iter().filter_map(|e| e.header.origin).filter(|o| o.lane == lane);
        origins.map(|o| o.client_sequence).max().unwrap_or(0)
    };
    let begin: Vec<_> = (0..LANES).map(newest).collect();
    std::thread::scope(|scope| {
        for (lane, begin) in (0..LANES).zip(begin) {
            let woof = &woof;
            scope.spawn(move || {
                for client_sequence in begin + 1.. {
                    let origin = Origin { lane, client_sequence };
                    let line = match woof.append_once(&payload(origin), client_sequence, origin) {
                        Ok(appended) => format!("ack {lane} {client_sequence} {}\n", appended.sequence),
                        Err(error) => format!("failed {error}\n"),
                    };
                    // Straight to the pipe: the test harness must not hold it back.
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                    std::io::stdout().flush().unwrap();
                    if line.starts_with("failed") {
                        return;
                    }
                }
            });
        }
    });
}

fn spawn(command: &mut Command, directory: &Path, policy: &str) -> Child {
    let arguments = ["killed_under_group_commit", "--exact", "--nocapture", "--test-threads=1"];
    command.args(arguments).env(DIRECTORY, directory).env(POLICY, policy);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// `lane client sequence` of an acknowledgement. A line cut by the kill was not read by anyone.
fn acknowledged(line: &str) -> Option<(Origin, Sequence)> {
    let mut words = line.strip_prefix("ack ")?.strip_suffix('\n')?.split(' ').map(str::parse::<u64>);
    let (lane, client, sequence) = (words.next()?.ok()?, words.next()?.ok()?, words.next()?.ok()?);
    Some((Origin { lane: lane as u8, client_sequence: client }, Sequence(sequence)))
}

fn check(directory: &Path, policy: SyncPolicy, acknowledgements: &[(Origin, Sequence)]) {
    let store = store(directory, policy).unwrap();
    let woof = store.open(name()).unwrap();
    for (origin, sequence) in acknowledgements {
        let entry = woof.get(*sequence).unwrap();
        assert_eq!((entry.header.origin, entry.payload), (Some(*origin), payload(*origin)));
    }
    let all = woof.range(Sequence::FIRST, u64::MAX).unwrap();
    assert_eq!(all.len() as u64, woof.last().map_or(0, Sequence::get));
    let mut next = [1; LANES as usize];
    for (index, entry) in all.iter().enumerate() {
        assert_eq!(entry.header.sequence.get(), index as u64 + 1);
        let origin = entry.header.origin.unwrap();
        let expected = &mut next[usize::from(origin.lane)];
        assert_eq!(origin.client_sequence, *expected, "each append of a lane is there once, in order");
        *expected += 1;
        assert_eq!(entry.payload, payload(origin));
    }
    for (lane, next) in (0..LANES).zip(next).filter(|(_, next)| *next > 1) {
        let retried = woof.append_once(b"retry", 1, Origin { lane, client_sequence: next - 1 }).unwrap();
        assert!(retried.duplicate);
    }
}

fn kill_repeatedly(name: &str, rounds: u64) {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledgements = vec![];
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..rounds {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let until = (random >> 33) % 300;
        let mut child = spawn(&mut Command::new(std::env::current_exe().unwrap()), directory.path(), name);
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let mut seen = 0;
        while seen <= until && output.read_line(&mut line).unwrap() > 0 {
            assert!(!line.starts_with("failed"), "{line}");
            acknowledgements.extend(acknowledged(&line));
            seen += u64::from(line.starts_with("ack"));
            line.clear();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        acknowledgements.extend(rest.split_inclusive('\n').filter_map(acknowledged));
        check(directory.path(), policy(name), &acknowledgements);
    }
    assert!(!acknowledgements.is_empty());
}

#[test]
fn killed_under_group_commit() {
    if let Ok(directory) = std::env::var(DIRECTORY) {
        return appender(&directory);
    }
    kill_repeatedly("group", 20);
}

#[test]
fn killed_when_every_append_is_synced() {
    kill_repeatedly("every", 6);
}

#[test]
fn killed_when_the_operating_system_is_trusted() {
    kill_repeatedly("os", 6);
}

#[test]
fn a_second_process_is_told_that_the_directory_is_in_use() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = spawn(&mut Command::new(std::env::current_exe().unwrap()), directory.path(), "os");
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("ack")));
    assert!(matches!(store(directory.path(), SyncPolicy::Os), Err(Error::Locked(_))));
    child.kill().unwrap();
    child.wait().unwrap();
    store(directory.path(), SyncPolicy::Os).unwrap();
}

/// The kernel refuses writes past a file size limit: the log says so, and keeps what it acknowledged.
#[test]
fn a_refused_write_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let script = "trap '' XFSZ; ulimit -f 20; exec \"$0\" \"$@\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(std::env::current_exe().unwrap());
    let mut child = spawn(&mut shell, directory.path(), "group");
    let mut output = String::new();
    child.stdout.take().unwrap().read_to_string(&mut output).unwrap();
    child.wait().unwrap();
    let failures: Vec<_> = output.lines().filter(|line| line.starts_with("failed")).collect();
    assert_eq!(failures.len(), usize::from(LANES), "{output}");
    assert!(failures.iter().all(|line| line.contains("no room for more records") && line.contains("cannot write")));
    let acknowledgements: Vec<_> = output.split_inclusive('\n').filter_map(acknowledged).collect();
    assert!(!acknowledgements.is_empty());
    check(directory.path(), SyncPolicy::Group, &acknowledgements);
}
