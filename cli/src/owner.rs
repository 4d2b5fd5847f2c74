//! The owner of a device: whoever has its keys, which are in the project's folder.

use crate::failure::Failure;
use nano_caps::Capability;
use nano_emulator::{DeviceFolder, KeyError};
use std::path::Path;

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::usage(error)
    }
}

/// The root capability of a software device whose keys `nano dev` made in this folder's `.nano`.
pub fn root(device: &str) -> Result<Option<Capability>, Failure> {
    // A host name with a dot or a slash in it is no device of a project.
    if device.is_empty() || !device.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return Ok(None);
    }
    let folder = DeviceFolder::new(Path::new(".nano"), device);
    match folder.identity()? {
        Some(identity) => Ok(Some(folder.root(&identity)?)),
        None => Ok(None),
    }
}
