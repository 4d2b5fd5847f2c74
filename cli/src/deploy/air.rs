//! `nano deploy --ota`: the firmware by the device's link, with a capability that has the right UPDATE.

use crate::arguments::Deploy;
use crate::failure::Failure;
use crate::woof::device::{connect, refused};
use indicatif::{ProgressBar, ProgressStyle};
use nano_emulator::{DeviceFolder, Updated};

/// Brings the image to a device; what became of it.
pub fn deploy(arguments: &Deploy) -> Result<u8, Failure> {
    let board = super::Board::esp8266()?;
    let mut image = super::image(&board)?;
    // The first stage stays: an update does not bring one.
    let image = image.split_off((board.image as usize).min(image.len()));
    // `--ota` goes with `--device`.
    let device = arguments.device.as_deref().unwrap_or_default();
    let (host, port) = match device.rsplit_once(':') {
        Some((host, port)) => {
            let port = port.parse().map_err(|_| Failure::usage(format!("'{port}' is no port")))?;
            (host, Some(port))
        }
        None => (device, None),
    };
    let capability = match &arguments.cap {
        Some(capability) => crate::cap::read(capability)?,
        None => {
            let folder = DeviceFolder::new(&arguments.project.join(".nano"), host);
            let identity = folder.identity()?.ok_or_else(|| {
                Failure::with_hint(
                    format!("{} has no keys of {host}", arguments.project.display()),
                    "name the project of its owner, or show a capability with the right UPDATE: --cap @FILE",
                )
            })?;
            folder.root(&identity)?
        }
    };
    let endpoint = arguments.endpoint.clone().unwrap_or_else(crate::client::local);
    let (mut client, _) = connect(&endpoint, (host, port), capability)?;
    let bar = ProgressBar::new(image.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    let updated = client.update("esp8266", &image, |at| bar.set_position(at as u64));
    bar.finish_and_clear();
    let crc = nano_wire::link::crc32(0, &image);
    let (what, running) = match updated.map_err(|error| refused(host, &error))? {
        Updated::Already => ("already", crc),
        Updated::Runs => ("updated", crc),
        Updated::Back(running) => ("reverted", running),
    };
    if arguments.json {
        let running = format!("{running:08x}");
        println!("{}", serde_json::json!({"device": host, "outcome": what, "bytes": image.len(), "running": running}));
    } else {
        match what {
            "already" => anstream::println!("{host} runs this firmware already; nothing was sent"),
            "updated" => anstream::println!("{host} runs it: {} bytes sent, checked and started", image.len()),
            _ => {}
        }
    }
    if what == "reverted" {
        return Err(Failure::Code(format!(
            "error: {host} tried the new firmware and is back at the one before ({running:08x}): nano monitor says why\n"
        )));
    }
    Ok(0)
}
