//! `nano cap new`: a device's secret and the owner's root.

use super::arguments::New;
use super::store::{replace, root_file};
use super::{device, text};
use crate::failure::Failure;
use nano_edge::World;

/// Makes both from this machine's entropy. A secret that is there is kept: the device has it.
pub fn make(arguments: &New) -> Result<u8, Failure> {
    let folder = device::folder(&arguments.device)?;
    let is_new = folder.identity()?.is_none();
    let identity = folder.open(&World::system())?;
    let written = text(&folder.root(&identity)?)?;
    let (secret, root) = (folder.key_file(), root_file(&arguments.device));
    replace(&root, &format!("{written}\n"))?;
    if arguments.json {
        println!(
            "{}",
            serde_json::json!({"device": arguments.device, "new": is_new, "secret": secret.display().to_string(),
                "root": root.display().to_string(), "capability": arguments.reveal.then_some(&written)})
        );
        return Ok(0);
    }
    let kept = if is_new { "" } else { ", was there and is kept" };
    anstream::eprintln!("secret of the device: {} (mode 0600{kept})", secret.display());
    anstream::eprintln!("owner's root:         {} (mode 0600)", root.display());
    if arguments.reveal {
        println!("{written}");
    } else {
        println!("@{}", root.display());
    }
    anstream::eprintln!("Next: nano cap derive --device {} --readonly --lane 1 --expires 1h", arguments.device);
    Ok(0)
}
