//! `nano cap revoke`: the cheapest way to kill a capability, and what else dies.

use super::arguments::Revoke;
use super::verify::{Standing, standing};
use super::{describe, device, read, store};
use crate::failure::Failure;
use nano_caps::{Capability, Error, KeyRing, Right};
use nano_emulator::{ClientError, DeviceFolder, Revocation};
use std::time::{SystemTime, UNIX_EPOCH};

/// How it is done.
enum Way<'a> {
    /// One of 8 places on the device's list.
    Subtree(&'a Capability),
    Slot(u8),
    All,
    /// It is dead.
    None(String),
}

/// Chooses, says, does.
pub fn revoke(arguments: &Revoke) -> Result<u8, Failure> {
    let owned = device::owned(&arguments.device)?;
    let capability = arguments.capability.as_deref().map(read).transpose()?;
    let way = match &capability {
        _ if arguments.all => Way::All,
        None => Way::Slot(arguments.slot.unwrap_or(0)),
        Some(capability) => choose(capability, &owned)?,
    };
    let (word, text) = match &way {
        Way::Subtree(_) => ("subtree", "this capability and all derived from it: one of 8 places on the device's list"),
        Way::Slot(0) => ("slot", "all capabilities of slot 0, the owner's: its generation rises"),
        Way::Slot(1) => ("slot", "all capabilities of slot 1, the edge's: its generation rises"),
        Way::Slot(_) => ("slot", "all capabilities of the slot: its generation rises"),
        Way::All => ("epoch", "all capabilities of the device: its epoch rises"),
        Way::None(why) => ("none", why.as_str()),
    };
    let dead = killed(&way, &owned);
    if arguments.json {
        let files: Vec<_> = dead.iter().map(|(file, _)| file.clone()).collect();
        println!("{}", serde_json::json!({"way": word, "dies": files, "dry_run": arguments.dry_run}));
    } else {
        anstream::println!("{word}: {text}");
        for (file, what) in &dead {
            anstream::println!("  dies: {file} ({what})");
        }
        if !matches!(way, Way::None(_)) {
            anstream::println!("  dies: every copy of them, and what others derived from them");
        }
        if let Way::Subtree(capability) = &way
            && may_flatten(capability)
        {
            anstream::println!(
                "  may live on: what its holder had the device flatten; raise the slot to be sure (--slot)"
            );
        }
    }
    if arguments.dry_run || matches!(way, Way::None(_)) {
        return Ok(0);
    }
    let address = device::address(&arguments.device, &arguments.at)?;
    let mut client = device::connect(&address, owned.root.clone())?;
    let slot = capability.as_ref().map_or(0, |capability| capability.body().header().slot());
    let done = match &way {
        Way::Subtree(capability) => client.revoke(&Revocation::Subtree(capability.body().as_bytes())),
        Way::Slot(slot) => client.revoke(&Revocation::Slot(*slot)),
        Way::All => client.revoke(&Revocation::All),
        Way::None(_) => Ok(()),
    };
    match done {
        Ok(()) => {}
        Err(ClientError::Refused { reason: Some(nano_emulator::Refused::Full), .. }) => {
            return Err(Failure::with_hint(
                "the device's list is full, or its counter is at its end",
                format!("kill the whole slot instead: nano cap revoke --slot {slot} --device {}", arguments.device),
            ));
        }
        Err(error) => return Err(error.into()),
    }
    let folder = device::folder(&arguments.device)?;
    folder.keep(&after(&way, &owned)).map_err(|error| {
        Failure::usage(format!("it is done, and {} can't be written: {error}", folder.path().display()))
    })?;
    anstream::eprintln!("done: {} does not answer to {}", arguments.device, way.them());
    renew(&arguments.device, &folder, &owned)?;
    Ok(0)
}

impl Way<'_> {
    /// What dies, in a sentence.
    fn them(&self) -> &'static str {
        match self {
            Self::Subtree(_) | Self::None(_) => "it any more",
            Self::Slot(_) => "what was made for that slot before",
            Self::All => "what was made before",
        }
    }
}

/// The device's key ring with it done.
fn after(way: &Way<'_>, owned: &device::Owned) -> KeyRing {
    let mut ring = owned.ring.clone();
    // The device has done it, so it can be done; one that had refused was told above.
    let _ = match way {
        Way::Subtree(capability) => ring.revoke_subtree(capability.body()).map(|_| ()),
        Way::Slot(slot) => ring.revoke_slot(*slot).map(|_| ()),
        Way::All => ring.revoke_all().map(|_| ()),
        Way::None(_) => Ok(()),
    };
    ring
}

/// Whoever has the device's secret has its root again: in place of one that has just died.
fn renew(device: &str, folder: &DeviceFolder, owned: &device::Owned) -> Result<(), Failure> {
    let file = store::root_file(device);
    let root = folder.root(&owned.identity)?;
    if file.exists() && root != owned.root {
        store::replace(&file, &format!("{}\n", super::text(&root)?))?;
        anstream::eprintln!("owner's root: {} is the new one (mode 0600)", file.display());
    }
    Ok(())
}

fn choose<'a>(capability: &'a Capability, owned: &device::Owned) -> Result<Way<'a>, Failure> {
    match standing(capability, owned)? {
        Standing::Alive => {}
        Standing::Revoked => return Ok(Way::None("it is dead already".into())),
        Standing::Forged => {
            return Err(Failure::with_hint(
                "the capability is not one of this device",
                "name the device it is for: --device NAME",
            ));
        }
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    if let Some(until) = capability.body().summary().expires.filter(|until| u64::from(*until) < now) {
        return Ok(Way::None(format!("it expired at {}", describe::time(until.into()))));
    }
    // With a full list the next larger step is the slot's.
    Ok(match owned.ring.clone().revoke_subtree(capability.body()) {
        Err(Error::ListFull) => match owned.ring.clone().revoke_slot(capability.body().header().slot()) {
            Err(Error::Exhausted) => Way::All,
            _ => Way::Slot(capability.body().header().slot()),
        },
        _ => Way::Subtree(capability),
    })
}

/// Whether its holder could have had the device flatten it.
fn may_flatten(capability: &Capability) -> bool {
    let body = capability.body();
    body.frames().flat_map(|frame| frame.grants()).any(|grant| body.rights(grant.ns, grant.woof).has(Right::Flatten))
}

/// The capabilities in this machine's files that die.
fn killed(way: &Way<'_>, owned: &device::Owned) -> Vec<(String, String)> {
    let dies = |other: &Capability| match way {
        Way::Subtree(capability) => {
            let mut frames = other.body().frames();
            let below =
                capability.body().frames().all(|frame| frames.next().is_some_and(|f| f.as_bytes() == frame.as_bytes()));
            below && other.body().header() == capability.body().header()
        }
        Way::Slot(slot) => other.body().header().slot() == *slot,
        Way::All => true,
        Way::None(_) => false,
    };
    store::all()
        .into_iter()
        .filter(|(_, other)| dies(other) && matches!(standing(other, owned), Ok(Standing::Alive)))
        .map(|(file, other)| {
            let frames = describe::count(other.body().frames().count(), "frame");
            (file.display().to_string(), format!("slot {}, {frames}", other.body().header().slot()))
        })
        .collect()
}
