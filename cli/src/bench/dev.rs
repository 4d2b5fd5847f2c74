//! `nano bench dev`: from a save in the editor to the new code's result on the software device.

use crate::arguments::BenchDev;
use crate::failure::Failure;
use nano_edge::EdgeOptions;
use nano_emulator::{Dev, DevEvent, DevOptions, Happened, Link};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// Between two saves: nobody saves twice in a tenth of a second.
const BREATH: Duration = Duration::from_millis(150);
/// How long one result may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Saves the light control again and again, each time with another threshold, and waits for each result.
pub fn dev(arguments: &BenchDev) -> Result<u8, Failure> {
    let folder = std::env::temp_dir().join(format!("nano-bench-{}", std::process::id()));
    let measured = measure(&folder, arguments.saves.max(1));
    let _ = std::fs::remove_dir_all(&folder);
    let mut times = measured?;
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get(((times.len() - 1) as f64 * part).ceil() as usize).copied().unwrap_or(f64::NAN);
    let (p50, p95, most) = (at(0.5), at(0.95), at(1.0));
    if arguments.json {
        println!("{}", json!({"saves": times.len(), "p50_ms": p50, "p95_ms": p95, "max_ms": most, "debounce_ms": 20}));
    } else {
        anstream::println!(
            "save to new result, {} saves: p50 {p50:.1} ms, p95 {p95:.1} ms, longest {most:.1} ms (20 ms of each wait for the editor)",
            times.len()
        );
    }
    Ok(0)
}

/// Milliseconds from before each write to the new code's result.
fn measure(folder: &std::path::Path, saves: u32) -> Result<Vec<f64>, Failure> {
    crate::new::write("sensor-app", folder, "bench")?;
    let file = folder.join("lights.py");
    let code = std::fs::read_to_string(&file)?;
    let mut dev = Dev::start(DevOptions {
        folder: folder.to_path_buf(),
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        edge: EdgeOptions::new(folder.join(".nano/edge"), std::env::var("PATH").unwrap_or_default()),
        link: Link::GOOD,
        seed: 1,
        emulated: nano_emulator::Emulated::default(),
        prepare: nano_emulator::Prepare::default(),
    })?;
    let events = dev.take_events().ok_or_else(|| Failure::Internal(anyhow::anyhow!("no events")))?;
    // The first sample's event is what each new version runs on.
    wait(&events, |event| match event {
        DevEvent::Device(event) if matches!(&event.what, Happened::Invocation(i) if i.on == "device") => Some(()),
        _ => None,
    })?;
    let mut times = Vec::new();
    for save in 0..saves {
        let edited = code.replace("DARK = 100", &format!("DARK = {}", 101 + save));
        let start = Instant::now();
        std::fs::write(&file, edited)?;
        wait(&events, |event| matches!(event, DevEvent::Reloaded { .. }).then_some(()))?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        std::thread::sleep(BREATH);
    }
    Ok(times)
}

fn wait<T>(events: &Receiver<DevEvent>, mut is_it: impl FnMut(&DevEvent) -> Option<T>) -> Result<T, Failure> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let event = events
            .recv_timeout(left)
            .map_err(|_| Failure::Code("error: the new code's result did not come within 30 s\n".into()))?;
        if let DevEvent::Refused { text, .. } = &event {
            return Err(Failure::Code(text.clone()));
        }
        if let Some(found) = is_it(&event) {
            return Ok(found);
        }
    }
}
