//! FNV-1a over the bytes of results.

/// A digest under way.
pub struct Digest(u64);

impl Digest {
    /// Of nothing.
    pub fn new() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }

    /// Takes bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }

    /// Takes an integer of any width.
    pub fn wide(&mut self, number: u128) {
        self.bytes(&number.to_le_bytes());
    }

    /// Takes a float. All NaNs are alike: their sign and payload differ between processors.
    pub fn float(&mut self, float: f64) {
        let bits = if float.is_nan() { u64::MAX } else { float.to_bits() };
        self.bytes(&bits.to_le_bytes());
    }

    /// So far.
    pub fn value(&self) -> u64 {
        self.0
    }
}

impl core::fmt::Write for Digest {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.bytes(text.as_bytes());
        Ok(())
    }
}
