//! `nano cap flatten`: the same capability in one frame.

use super::arguments::Flatten;
use super::derive::granted_right;
use super::verify::{Standing, standing};
use super::{describe, device, internal, read, store};
use crate::failure::Failure;
use nano_caps::{Capability, Error, Right, SlotKeys as _};

/// By an ancestor, by the device's secret, or by the device.
pub fn flatten(arguments: &Flatten) -> Result<u8, Failure> {
    let deep = read(&arguments.capability)?;
    let (flat, name) = match (&arguments.by, &arguments.device, &arguments.ask) {
        (Some(ancestor), ..) => (read(ancestor)?.flatten(deep.token()).map_err(refused)?, "capability"),
        (_, Some(device), _) => {
            let owned = device::owned(device)?;
            if standing(&deep, &owned)? != Standing::Alive {
                return Err(Failure::with_hint(
                    format!("the capability is not one of '{device}', or revoked"),
                    format!("nano cap verify --device {device} says which"),
                ));
            }
            let slot = owned.ring.slot_key(deep.body().header()).ok_or_else(|| internal(Error::Slot))?;
            (Capability::flatten_root(&slot, deep.body()).map_err(refused)?, device.as_str())
        }
        (_, _, Some(address)) => {
            let (ns, woof) = granted_right(&deep, Right::Flatten).ok_or_else(|| {
                Failure::with_hint("the capability lacks the right FLATTEN", "who holds an ancestor flattens it: --by")
            })?;
            (device::connect(address, deep.clone())?.flatten(ns, woof)?, "capability")
        }
        _ => {
            return Err(Failure::with_hint(
                "somebody has to flatten it",
                "--by @ANCESTOR, --device NAME (its secret), or --ask HOST:PORT",
            ));
        }
    };
    let size = |capability: &Capability| {
        let body = capability.body();
        format!("{}, {} compressions", describe::count(body.frames().count(), "frame"), body.compressions())
    };
    let gain = if flat.body().compressions() < deep.body().compressions() { "" } else { "; it was as cheap before" };
    anstream::eprintln!("{} -> {}{gain}", size(&deep), size(&flat));
    // By an ancestor it hangs from that one, else from the slot itself.
    if flat != deep {
        let kills = if arguments.by.is_some() { "that ancestor" } else { "the whole slot" };
        anstream::eprintln!("revoking what it was derived from does not kill it; revoking it, or {kills}, does");
    }
    store::hand_out(&flat, name, &arguments.into)
}

fn refused(error: Error) -> Failure {
    let hint = match error {
        Error::FrameSize => "its grants don't fit one frame: derive one with fewer objects",
        Error::Ancestor => "give a capability on the way from the root to it",
        _ => "nano cap inspect shows its frames",
    };
    Failure::with_hint(format!("this can't be flattened: it {error}"), hint)
}
