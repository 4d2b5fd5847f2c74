//! `nano cap new`: a device secret and the owner's root.

use super::{hex, root_file, secret_file, text, write_secret};
use crate::arguments::CapNew;
use crate::failure::Failure;
use nano_caps::{ANY, DeviceId, DeviceKey, FrameBuilder, KeyRing, Rights};

/// Makes both from this machine's entropy and keeps them in `.nano/keys`.
pub fn make(arguments: &CapNew) -> Result<u8, Failure> {
    let (secret, root) = (secret_file(&arguments.device)?, root_file(&arguments.device)?);
    let (mut key, mut id) = ([0; 32], [0; 8]);
    getrandom::fill(&mut key).map_err(|error| Failure::Internal(error.into()))?;
    getrandom::fill(&mut id).map_err(|error| Failure::Internal(error.into()))?;
    let internal = |error: nano_caps::Error| Failure::Internal(anyhow::anyhow!("{error}"));
    let mut ring = KeyRing::new(DeviceKey::new(key), DeviceId(id), 0);
    ring.enable(0).map_err(internal)?;
    let everything = FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().map_err(internal)?;
    let capability = ring.root(0, &everything).map_err(internal)?;
    let written = text(&capability)?;
    write_secret(&secret, &format!("{} {}\n", hex(&key), hex(&id)))?;
    write_secret(&root, &format!("{written}\n"))?;
    if arguments.json {
        println!(
            "{}",
            serde_json::json!({"device": arguments.device, "secret": secret.display().to_string(), "root": root.display().to_string(),
                "capability": arguments.reveal.then_some(&written)})
        );
    } else {
        anstream::eprintln!("secret of the device: {} (mode 0600)", secret.display());
        anstream::eprintln!("owner's root:         {} (mode 0600)", root.display());
        if arguments.reveal {
            println!("{written}");
        }
        anstream::eprintln!("Next: nano cap derive --device {} --readonly --expires 1h", arguments.device);
    }
    Ok(0)
}
