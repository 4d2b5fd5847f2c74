//! `nano backup` and `nano restore`.

use crate::arguments::{Backup, Restore};
use crate::failure::Failure;
use nano_edge::World;
use serde_json::json;

/// Copies all of an edge's data into one file.
pub fn backup(arguments: &Backup) -> Result<u8, Failure> {
    let copied = nano_edge::backup(&arguments.data, &arguments.file, World::system().now_ms())?;
    if arguments.json {
        println!("{}", json!({"file": arguments.file, "files": copied.files, "bytes": copied.bytes}));
    } else {
        anstream::println!("{}: {} files, {} bytes", arguments.file.display(), copied.files, copied.bytes);
        anstream::eprintln!("the edge's keys are in it (mode 0600): keep it where nobody else reads");
    }
    Ok(0)
}

/// Makes an edge's data of a backup and checks every record.
pub fn restore(arguments: &Restore) -> Result<u8, Failure> {
    let (copied, checked) = nano_edge::restore(&arguments.file, &arguments.data, World::system())?;
    if arguments.json {
        println!(
            "{}",
            json!({"data": arguments.data, "files": copied.files, "bytes": copied.bytes, "checked": checked})
        );
    } else {
        anstream::println!(
            "{}: {} files, {} bytes; {} records are as they were written",
            arguments.data.display(),
            copied.files,
            copied.bytes,
            checked.object_records + checked.woof_records
        );
        anstream::eprintln!("next: nano serve --data {}", arguments.data.display());
    }
    Ok(0)
}
