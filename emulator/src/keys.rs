//! A device's keys on its owner's machine: made once, in files that only the owner reads.
//!
//! ```text
//! .nano/devices/NAME/key       K_device (32 bytes) and the device's identity (8 bytes), hexadecimal
//! .nano/devices/NAME/flash/    what the software device keeps over a reset
//! .nano/devices/NAME/qemu-*/   the flash of an emulated board
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nano_caps::{ANY, Capability, DeviceId, DeviceKey, FrameBuilder, KeyRing, RING_STATE_SIZE, Rights};
use nano_device::{Identity, Item};
use nano_edge::World;

use crate::flash::Flash;

const KEY_BYTES: usize = 32;
const ID_BYTES: usize = 8;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// The file is no key.
    #[error("{} is damaged: it should be 80 hexadecimal digits; put back a copy, or delete it for a new key", .0.display())]
    Damaged(PathBuf),
    /// The file is no key ring.
    #[error("{} is damaged: what was revoked stood there; put back a copy", .0.display())]
    DamagedRing(PathBuf),
    /// Others may read the key.
    #[error("{} can be read by others: chmod 600 it, or delete it for a new key", .0.display())]
    Exposed(PathBuf),
    /// The device's key ring has no slot for its owner.
    #[error("the device's key ring can't be used: {0}")]
    Ring(nano_caps::Error),
}

/// A device's keys and store.
#[derive(Clone, Debug)]
pub struct DeviceFolder(PathBuf);

impl DeviceFolder {
    /// That of a device of the project whose local folder (`.nano`) this is.
    pub fn new(local_folder: &Path, device: &str) -> Self {
        Self(local_folder.join("devices").join(device))
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The edge's capability: the root of its slot, which neither installs nor revokes.
    pub fn edge_root(&self, identity: &Identity) -> Result<Capability, KeyError> {
        let frame = FrameBuilder::new().grant(ANY, ANY, nano_edge::EDGE_RIGHTS).build().map_err(KeyError::Ring)?;
        self.ring(identity)?.root(1, &frame).map_err(KeyError::Ring)
    }

    /// The file with the device's key.
    pub fn key_file(&self) -> PathBuf {
        self.0.join("key")
    }

    /// What survives a reset of the software device.
    pub fn flash(&self) -> Flash {
        Flash::folder(self.0.join("flash"))
    }

    /// Folder of the flash of an emulated board.
    pub fn board(&self, board: &str) -> PathBuf {
        self.0.join(format!("qemu-{board}"))
    }

    /// The device's key and identity, if it has been made.
    pub fn identity(&self) -> Result<Option<Identity>, KeyError> {
        let path = self.key_file();
        let io = |source| KeyError::Io { path: path.clone(), source };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(KeyError::Damaged(path)),
            Err(source) => return Err(io(source)),
        };
        if fs::metadata(&path).map_err(io)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Exposed(path));
        }
        parse(text.trim()).map(Some).ok_or(KeyError::Damaged(path))
    }

    /// The device's key and identity, made now where there are none.
    pub fn open(&self, world: &World) -> Result<Identity, KeyError> {
        if let Some(identity) = self.identity()? {
            return Ok(identity);
        }
        let mut secret = [0; KEY_BYTES + ID_BYTES];
        (world.random)(&mut secret);
        let path = self.key_file();
        let text = secret.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let write = || {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
            nano_edge::create_secret(&path, format!("{text}\n").as_bytes())
        };
        match write() {
            Ok(()) => parse(&text).ok_or(KeyError::Damaged(path)),
            // Another process was quicker: its key counts.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.identity()?.ok_or(KeyError::Damaged(path))
            }
            Err(source) => Err(KeyError::Io { path, source }),
        }
    }

    /// The device's key ring: epoch, generations and revocations as the software device last stored them; those of a new
    /// device where it has not been switched on.
    pub fn ring(&self, identity: &Identity) -> Result<KeyRing, KeyError> {
        let flash = self.flash();
        let path = || flash.file(Item::KeyRing).unwrap_or_default();
        let stored = flash.load(Item::KeyRing).map_err(|source| KeyError::Io { path: path(), source })?;
        let ring = match stored {
            // Taken for a new one, it would forget what was revoked.
            Some(bytes) => {
                let state: [u8; RING_STATE_SIZE] = bytes.try_into().map_err(|_| KeyError::DamagedRing(path()))?;
                KeyRing::restore(identity.key, identity.id, &state)
            }
            // Not switched on yet.
            None => {
                let mut ring = KeyRing::new(identity.key, identity.id, 0);
                ring.enable(0).and_then(|()| ring.enable(1)).map(|()| ring)
            }
        };
        ring.map_err(KeyError::Ring)
    }

    /// Keeps what a device has been told of revocations. A software device has stored the same before it answered; of a
    /// board nobody else on this machine knows.
    pub fn keep(&self, ring: &KeyRing) -> io::Result<()> {
        let mut flash = self.flash();
        if flash.load(Item::KeyRing)?.as_deref() == Some(&ring.state()) {
            return Ok(());
        }
        flash.store(Item::KeyRing, &ring.state())
    }

    /// The owner's capability: everything, under the current generation of slot 0.
    pub fn root(&self, identity: &Identity) -> Result<Capability, KeyError> {
        let everything = FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().map_err(KeyError::Ring)?;
        self.ring(identity)?.root(0, &everything).map_err(KeyError::Ring)
    }
}

fn parse(text: &str) -> Option<Identity> {
    let digits = text.as_bytes();
    if digits.len() != (KEY_BYTES + ID_BYTES) * 2 {
        return None;
    }
    let mut bytes = [0; KEY_BYTES + ID_BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        let (high, low) = (digit(*pair.first()?)?, digit(*pair.get(1)?)?);
        *byte = (high << 4 | low) as u8; // two digits
    }
    let (key, id) = bytes.split_first_chunk::<KEY_BYTES>()?;
    Some(Identity { key: DeviceKey::new(*key), id: DeviceId(id.try_into().ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn world() -> World {
        World { clock: Arc::new(|| 1), random: Arc::new(|buffer| buffer.fill(0x5A)) }
    }

    #[test]
    fn who_makes_a_key_at_once_with_others_has_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| DeviceFolder::new(folder.path(), "walkway").open(&World::system()).unwrap()))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap().id).collect()
        });
        assert!(keys.iter().all(|id| *id == keys[0]));
    }

    #[test]
    fn keys_are_made_once_and_for_their_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let device = DeviceFolder::new(folder.path(), "walkway");
        assert!(device.identity().unwrap().is_none());
        let made = device.open(&world()).unwrap();
        let again = device.open(&World::system()).unwrap();
        assert!(made.key == again.key && made.id == again.id);
        let file = folder.path().join("devices/walkway/key");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(device.root(&made).unwrap().body().header().slot(), 0);
        let mut ring = device.ring(&made).unwrap();
        ring.revoke_slot(0).unwrap();
        device.keep(&ring).unwrap();
        assert_eq!(device.root(&made).unwrap().body().header().generation(), 1);

        // A ring that is cut off or can't be read is no new one, in which nothing would be revoked.
        let ring = folder.path().join("devices/walkway/flash/key-ring");
        let whole = fs::read(&ring).unwrap();
        fs::write(&ring, &whole[1..]).unwrap();
        assert!(matches!(device.root(&made), Err(KeyError::DamagedRing(_))));
        fs::remove_file(&ring).unwrap();
        fs::create_dir(&ring).unwrap();
        assert!(matches!(device.root(&made), Err(KeyError::Io { .. })));
        assert_eq!(fs::read_dir(folder.path().join("devices/walkway")).unwrap().count(), 2, "a key and a flash");

        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(device.open(&world()), Err(KeyError::Exposed(_))));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, b"\xFF\xFE").unwrap();
        assert!(matches!(device.open(&world()), Err(KeyError::Damaged(_))));
        fs::write(&file, "5a5a").unwrap();
        assert!(matches!(device.open(&world()), Err(KeyError::Damaged(_))));
    }
}
