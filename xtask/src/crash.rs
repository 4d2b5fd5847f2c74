//! `cargo xtask crash`: an edge's stores killed at work, over and over, and everything that was answered looked for.

use crate::process;
use crate::repository::Repository;

/// What `cargo xtask crash --help` prints.
pub const HELP: &str = "\
cargo xtask crash [--count N]

Kills a process with kill -9 at N random moments (1000 unless told otherwise) while it puts, overwrites and deletes objects,
uploads in parts, keeps versions, and appends to a WooF with retries, while checkpoints are made and both logs are cleaned.
After each kill what was answered is looked for, byte by byte. Prints how many kills and acknowledged writes there were, and
how many were lost; fails at the first. Takes minutes; `cargo xtask test` does 25.";

/// Kills.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    let count = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => "1000",
        ["--count", count] if count.parse::<u64>().is_ok_and(|count| count > 0) => count,
        _ => return Err("hint: cargo xtask crash --count 1000".to_owned()),
    };
    let mut test = repository.cargo();
    test.env("NANO_CRASHES", count)
        .args(["test", "--quiet", "--locked", "--package", "nano-edge", "--test", "crash"])
        .args(["--", "--exact", "kill_9_loses_nothing", "--nocapture"]);
    process::run(&mut test)?;
    Ok(true)
}
