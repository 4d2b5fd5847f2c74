//! CRC-32 (IEEE 802.3), by half-bytes.

const TABLE: [u32; 16] = {
    let mut table = [0; 16];
    let mut index = 0;
    while index < 16 {
        let mut value = index;
        let mut bit = 0;
        while bit < 4 {
            value = if value & 1 != 0 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            table[index as usize] = value;
        }
        index += 1;
    }
    table
};

/// Of words, going on from `crc` (0 to begin).
pub fn crc32(crc: u32, words: &[u32]) -> u32 {
    let half = |crc: u32| crc >> 4 ^ TABLE.get((crc & 15) as usize).copied().unwrap_or_default();
    !words.iter().fold(!crc, |crc, word| (0..8).fold(crc ^ word, |crc, _| half(crc)))
}
