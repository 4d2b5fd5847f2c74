//! CRC-32C (Castagnoli): the checksum of every record, in hardware where there is a heap to spare.

/// Continues the CRC-32C `seed` (a finished value; 0 to begin) over `bytes`.
#[cfg(feature = "std")]
#[must_use]
pub fn crc32c(seed: u32, bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(seed, bytes)
}

/// Continues the CRC-32C `seed` (a finished value; 0 to begin) over `bytes`.
#[cfg(not(feature = "std"))]
#[must_use]
pub fn crc32c(seed: u32, bytes: &[u8]) -> u32 {
    small(seed, bytes)
}

/// What a byte does to the sum. A KiB of words, which a device reads from flash as they are; one by half bytes would
/// take three times the instructions.
#[cfg(any(test, not(feature = "std")))]
static BYTES: [u32; 256] = {
    let mut table = [0_u32; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0x82F6_3B78 } else { value >> 1 };
            bit += 1;
        }
        #[expect(clippy::indexing_slicing, reason = "constant evaluation: index < 256 is the loop's condition")]
        {
            table[index] = value;
        }
        index += 1;
    }
    table
};

#[cfg(target_arch = "xtensa")]
fn small(seed: u32, bytes: &[u8]) -> u32 {
    !nano_lx106_crc::update(&BYTES, !seed, bytes)
}

#[cfg(all(any(test, not(feature = "std")), not(target_arch = "xtensa")))]
fn small(seed: u32, bytes: &[u8]) -> u32 {
    let mut crc = !seed;
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        crc ^= u32::from_le_bytes(*word);
        for _ in 0..4 {
            crc = step(crc, 0);
        }
    }
    for &byte in rest {
        crc = step(crc, byte);
    }
    !crc
}

#[cfg(all(any(test, not(feature = "std")), not(target_arch = "xtensa")))]
#[inline(always)]
fn step(crc: u32, byte: u8) -> u32 {
    #[expect(clippy::indexing_slicing, reason = "256 words, and a byte")]
    let word = BYTES[usize::from(crc as u8 ^ byte)];
    crc >> 8 ^ word
}

#[cfg(test)]
mod tests {
    use super::{crc32c, small};

    #[test]
    fn known_value() {
        assert_eq!(crc32c(0, b"123456789"), 0xE306_9283);
        assert_eq!(small(0, b"123456789"), 0xE306_9283);
    }

    #[test]
    fn small_equals_fast_and_both_continue() {
        let bytes: [u8; 255] = core::array::from_fn(|i| (i * 7) as u8);
        for cut in 0..bytes.len() {
            let (head, tail) = bytes.split_at(cut);
            assert_eq!(small(small(9, head), tail), crc32c(9, &bytes));
            assert_eq!(crc32c(crc32c(9, head), tail), crc32c(9, &bytes));
        }
    }
}
