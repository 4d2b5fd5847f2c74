//! What a board says of itself when it starts.

use alloc::string::String;
use core::fmt::Write;
use nano_device::provision::{self, Stored};
use nano_device::sha256;

/// `nano 0.1.0 on esp8266, image 1a2b3c4d, key 5e6f7a8b, walkway`: what `nano deploy` compares and verifies by. `image` is
/// the checksum of the image as the processor reads it.
pub fn introduction(board: &str, image: u32, provision: &Stored<'_>) -> String {
    let (mut line, version) = (String::new(), env!("CARGO_PKG_VERSION"));
    let key = provision::fingerprint(&sha256(&[provision::FINGERPRINT, &provision.key]));
    // Writing into a String does not fail.
    let _ = writeln!(line, "nano {version} on {board}, image {image:08x}, key {key:08x}, {}", provision.name);
    line
}
