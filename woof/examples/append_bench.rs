//! What room made ahead saves of an acknowledged append. Usage: `append_bench FOLDER APPENDS BYTES`. Two logs take turns,
//! one with such room and one without, so that whatever else the disk does befalls both.

use std::path::Path;
use std::time::Instant;

use nano_woof::{Config, Log, LogId, LogOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, appends, bytes] = arguments.as_slice() else {
        return Err("usage: append_bench FOLDER APPENDS BYTES".into());
    };
    let (folder, appends, bytes) = (Path::new(folder), appends.parse::<usize>()?, bytes.parse::<usize>()?);
    let payload = vec![7; bytes];
    let open = |name: &str, ahead_bytes: u32| {
        let config = Config { element: bytes as u32, history: 0 };
        let options = LogOptions { ahead_bytes, ..LogOptions::default() };
        Log::open_or_create(&folder.join(name), LogId(1), config, options, 1)
    };
    let logs = [open("without", 0)?, open("with", LogOptions::default().ahead_bytes)?];
    // The first bytes of a log get their room as it grows.
    for log in &logs {
        for _ in 0..(128 << 10) / bytes.max(1) {
            log.append(&payload, 1)?;
        }
    }
    let mut times = [Vec::with_capacity(appends), Vec::with_capacity(appends)];
    for _ in 0..appends {
        for (log, times) in logs.iter().zip(&mut times) {
            let begun = Instant::now();
            log.append(&payload, 1)?;
            times.push(begun.elapsed().as_secs_f64() * 1e6);
        }
    }
    let [without, with] = times.map(|mut times| {
        times.sort_unstable_by(f64::total_cmp);
        (times.get(times.len() / 2).copied().unwrap_or_default(), times.iter().sum::<f64>() / times.len() as f64)
    });
    println!("median {:.0} us without, {:.0} with: {:.3}", without.0, with.0, with.0 / without.0);
    println!("mean   {:.0} us without, {:.0} with: {:.3}", without.1, with.1, with.1 / without.1);
    Ok(())
}
