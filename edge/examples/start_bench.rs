//! How long an edge takes to start with many keys. Usage: `start_bench FOLDER KEYS`; the folder is filled at first use.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use nano_edge::store::{Attributes, ObjectStore, Precondition, StoreError, StoreOptions};
use nano_woof::SyncPolicy;

fn open(folder: &Path, policy: SyncPolicy) -> Result<ObjectStore, StoreError> {
    ObjectStore::open(folder, StoreOptions { policy, ..StoreOptions::default() }, Arc::new(|| 1_800_000_000_000))
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
    }
    for _ in 0..3 {
        let begun = Instant::now();
        let store = open(folder, SyncPolicy::default())?;
        let took = begun.elapsed();
        let stored = store.stored_bytes();
        println!("opened in {:.3} s ({stored} bytes of logs)", took.as_secs_f64());
    }
    Ok(())
}
