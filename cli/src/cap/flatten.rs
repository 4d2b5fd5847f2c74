//! `nano cap flatten`: the same capability in one frame.

use super::arguments::Flatten;
use super::derive::granted_right;
use super::verify::{Standing, standing};
use super::{device, internal, read, store};
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
    anstream::eprintln!(
        "{} frames, {} compressions -> {} frames, {} compressions; revoking a capability it was derived from does not kill it",
        deep.body().frames().count(),
        deep.body().compressions(),
        flat.body().frames().count(),
        flat.body().compressions()
    );
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
