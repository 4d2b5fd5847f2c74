//! What this edge holds of devices: the root of its slot on each, got when the device was provisioned.
//!
//! With it the edge proves itself to the device ([`Holdings::begin`], [`Holdings::finish`]) and derives capabilities for
//! clients ([`Holdings::derive`]). It never shows a root to a device in a client's place.

use std::collections::HashMap;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use nano_caps::{Capability, Frame, MAX_TEXT, NONCE_SIZE, Pairing, Right, Rights};

use crate::secret::write_secret;
use crate::world::World;

/// What an edge gets unless its owner asks for more: it can install neither code nor firmware, nor revoke, nor mend sequence
/// numbers.
pub const EDGE_RIGHTS: Rights = Rights::from_bits(
    Rights::ALL.bits()
        & !(1 << Right::Install as u16
            | 1 << Right::Update as u16
            | 1 << Right::Revoke as u16
            | 1 << Right::SeqFix as u16),
);

/// The roots, in files that only this edge reads.
#[derive(Debug)]
pub struct Holdings {
    folder: PathBuf,
    world: World,
    /// Numbers of pairings that are under way.
    pending: Mutex<HashMap<String, [u8; NONCE_SIZE]>>,
}

impl Holdings {
    pub(crate) fn new(folder: PathBuf, world: World) -> Self {
        Self { folder, world, pending: Mutex::default() }
    }

    fn file(&self, device: &str) -> Option<PathBuf> {
        nano_woof::is_name(device).then(|| self.folder.join(format!("{device}.cap")))
    }

    /// Keeps the root for a device, in place of an earlier one.
    pub fn hold(&self, device: &str, root: &Capability) -> io::Result<()> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidInput, what.to_owned());
        let file = self.file(device).ok_or_else(|| wrong("no name of a device"))?;
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let mut buffer = [0; MAX_TEXT];
        let text = root.write_text(&mut buffer).map_err(|error| wrong(&error.to_string()))?;
        write_secret(&file, format!("{text}\n").as_bytes())
    }

    fn root(&self, device: &str) -> Option<Capability> {
        Capability::from_text(fs::read_to_string(self.file(device)?).ok()?.trim()).ok()
    }

    /// Whether this edge knows the device.
    pub fn holds(&self, device: &str) -> bool {
        self.root(device).is_some()
    }

    /// The devices it knows, by name.
    pub fn names(&self) -> Vec<String> {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = files.filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".cap")?.to_owned()));
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// A capability for a client, weaker than the edge's own by this frame. Nothing when the edge holds none of the device,
    /// or the frame can't be derived.
    pub fn derive(&self, device: &str, frame: &Frame) -> Option<Capability> {
        self.root(device)?.derive(frame).ok()
    }

    /// Begins a pairing, or goes on with the one that has begun: a number, and the body of the root that is to be proved.
    pub fn begin(&self, device: &str) -> Option<([u8; NONCE_SIZE], Vec<u8>)> {
        let root = self.root(device)?;
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let nonce = *pending.entry(device.to_owned()).or_insert_with(|| {
            let mut nonce = [0; NONCE_SIZE];
            (self.world.random)(&mut nonce);
            nonce
        });
        Some((nonce, root.body().as_bytes().to_vec()))
    }

    /// The device has answered: the pairing, with the edge's proof, if the device's is right.
    pub fn finish(&self, device: &str, theirs: [u8; NONCE_SIZE], proof: &[u8]) -> Option<Pairing> {
        let ours = self.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(device)?;
        let pairing = Pairing::new(self.root(device)?.token(), ours, theirs);
        pairing.is_device(proof).then_some(pairing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nano_caps::{ANY, DeviceId, DeviceKey, FrameBuilder, KeyRing};
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn roots_are_kept_for_the_edge_alone_and_prove_it() {
        let folder = tempfile::tempdir().unwrap();
        let holdings = Holdings::new(folder.path().join("capabilities"), World::system());
        assert!(holdings.begin("walkway").is_none());
        let mut ring = KeyRing::new(DeviceKey::new([1; 32]), DeviceId([2; 8]), 0);
        ring.enable(1).unwrap();
        let root = ring.root(1, &FrameBuilder::new().grant(ANY, ANY, EDGE_RIGHTS).build().unwrap()).unwrap();
        holdings.hold("walkway", &root).unwrap();
        holdings.hold("walkway", &root).unwrap();
        assert!(holdings.hold("../walkway", &root).is_err());
        let file = folder.path().join("capabilities/walkway.cap");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        let (ours, body) = holdings.begin("walkway").unwrap();
        assert_eq!(body, root.body().as_bytes());
        let device = Pairing::new(root.token(), ours, [9; NONCE_SIZE]);
        assert_eq!(holdings.begin("walkway").unwrap().0, ours, "one pairing at a time");
        let pairing = holdings.finish("walkway", [9; NONCE_SIZE], &device.device_proof()).unwrap();
        assert!(device.is_edge(&pairing.edge_proof()));
        assert!(holdings.finish("walkway", [9; NONCE_SIZE], &device.device_proof()).is_none(), "once");
        assert_ne!(holdings.begin("walkway").unwrap().0, ours, "each with its own number");
        assert!(holdings.finish("walkway", [9; NONCE_SIZE], &[0; 16]).is_none());

        let frame = FrameBuilder::new().grant(1, 2, Right::Get.into()).build().unwrap();
        assert_eq!(holdings.derive("walkway", &frame), root.derive(&frame).ok());
        for right in [Right::Install, Right::Revoke, Right::SeqFix] {
            assert!(!root.body().rights(ANY, ANY).has(right));
        }
        assert!(root.body().rights(ANY, ANY).has(Right::Get));
    }
}
