//! How long an edge takes to start with many keys, and how much memory they take. Usage: `start_bench FOLDER KEYS`; the
//! folder is filled at first use. With `whole` behind it the checkpoints are left out of it: the whole journal is read.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use nano_edge::store::{Attributes, ObjectStore, Precondition, StoreError, StoreOptions};
use nano_woof::SyncPolicy;

fn open(folder: &Path, policy: SyncPolicy) -> Result<ObjectStore, StoreError> {
    ObjectStore::open(folder, StoreOptions { policy, ..StoreOptions::default() }, Arc::new(|| 1_800_000_000_000))
}

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().split(' ').next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(keys)) = (arguments.next(), arguments.next()) else {
        return Err("usage: start_bench FOLDER KEYS".into());
    };
    let (folder, keys) = (Path::new(&folder), keys.parse::<usize>()?);
    if !folder.join("journal").is_dir() {
        let begun = Instant::now();
        let store = open(folder, SyncPolicy::Os)?;
        store.create_bucket("bucket", "us-east-1")?;
        for key in 0..keys {
            let mut writer = store.writer();
            writer.write(format!("value of {key}").as_bytes())?;
            let mut attributes = Attributes::default();
            attributes.headers.insert("content-type".into(), "binary/octet-stream".into());
            let key = format!("folder-{:03}/key-{key:09}", key % 997);
            store.put("bucket", &key, writer.finish()?, attributes, &Precondition::None)?;
        }
        store.sync()?;
        println!("{keys} keys made in {:.2} s", begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        if let Some(made) = store.checkpoint()? {
            println!("checkpoint of {} bytes made in {:.2} s", made.bytes, begun.elapsed().as_secs_f64());
        }
    }
    if arguments.next().as_deref() == Some("whole") {
        std::fs::remove_dir_all(folder.join("index"))?;
    }
    {
        let before = resident();
        let begun = Instant::now();
        let store = open(folder, SyncPolicy::default())?;
        let took = begun.elapsed();
        let (stored, memory) = (store.stored_bytes(), resident().saturating_sub(before));
        let start = store.start();
        let from =
            start.checkpoint.map_or_else(|| "no checkpoint".to_owned(), |at| format!("a checkpoint of event {at}"));
        println!(
            "opened in {:.3} s: {from}, {} events; {stored} bytes of logs, {memory} bytes of memory",
            took.as_secs_f64(),
            start.events
        );
    }
    Ok(())
}
