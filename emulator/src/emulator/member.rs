//! A device of a project, and what its owner knows of it.

use std::collections::HashMap;
use std::net::SocketAddr;

use nano_caps::{Header, KeyRing};
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::Place;

use crate::client::DeviceClient;
use crate::device::SoftDevice;
use crate::emulated::EmulatedDevice;
use crate::keys::KeyError;
use crate::project::DeviceSpec;

/// What is installed on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) log: (u16, u16),
    pub(super) hash: ModuleHash,
    pub(super) place: Place,
    pub(super) memory: u32,
    pub(super) timeout_ms: u64,
    pub(super) every: u16,
    pub(super) handler: String,
}

/// A device and its owner's connection to it.
pub(super) struct Member {
    pub(super) spec: DeviceSpec,
    pub(super) device: Body,
    pub(super) client: DeviceClient,
    pub(super) installed: HashMap<String, Placed>,
    /// By name.
    pub(super) logs: HashMap<String, (u16, u16)>,
    pub(super) sampling: bool,
    /// The keys that owner and edge go by.
    pub(super) headers: Headers,
    /// Whether device and edge have proved themselves to each other; else it is tried again when code is deployed.
    pub(super) paired: bool,
}

/// What a device is.
pub(super) enum Body {
    /// The runtime in this process, over a board that is not there.
    Soft(SoftDevice),
    /// The real image in QEMU.
    Emulated(EmulatedDevice),
}

impl Body {
    pub(super) fn address(&self) -> SocketAddr {
        match self {
            Self::Soft(device) => device.address(),
            Self::Emulated(device) => device.address(),
        }
    }

    pub(super) fn soft(&self) -> Option<&SoftDevice> {
        match self {
            Self::Soft(device) => Some(device),
            Self::Emulated(_) => None,
        }
    }
}

/// Generation and epoch of the owner's and of the edge's slot.
pub(super) struct Headers {
    pub(super) owner: Header,
    pub(super) edge: Header,
}

impl Headers {
    pub(super) fn of(ring: &KeyRing) -> Result<Self, KeyError> {
        let header = |slot| ring.header(slot).map_err(KeyError::Ring);
        Ok(Self { owner: header(0)?, edge: header(1)? })
    }
}
