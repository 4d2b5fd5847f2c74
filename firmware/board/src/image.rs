//! What a board says of its image, so that it is known by it.

use core::ops::Range;
use nano_device::framing;

/// Checksum of the words at these addresses, as the processor reads them.
pub fn image_crc(addresses: Range<usize>, read: impl Fn(usize) -> u32) -> u32 {
    addresses.step_by(4).fold(0, |crc, address| framing::crc32(crc, &read(address).to_le_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_bytes() {
        let words = [0x6f_6e_61_6e_u32, 0x7c];
        let crc = image_crc(0x100..0x108, |address| words[(address - 0x100) / 4]);
        assert_eq!(crc, framing::crc32(0, b"nano|\0\0\0"));
    }
}
