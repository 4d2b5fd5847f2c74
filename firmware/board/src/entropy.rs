//! Entropy of a board without a source of its own: a secret that no two starts share, stirred at every use.

use nano_device::sha256;

/// What is drawn from.
pub struct Entropy {
    seed: [u8; 32],
    drawn: u32,
}

impl Entropy {
    /// From the device's key, how often it has started, and something that differs each time (a counter of cycles).
    pub fn new(key: &[u8; 32], boots: u32, moment: u32) -> Self {
        let seed = sha256(&[b"nano/1 board seed", key, &boots.to_le_bytes(), &moment.to_le_bytes()]);
        Self { seed, drawn: 0 }
    }

    /// Fills a buffer; `moment` is stirred in.
    pub fn fill(&mut self, buffer: &mut [u8], moment: u32) {
        for piece in buffer.chunks_mut(32) {
            self.drawn = self.drawn.wrapping_add(1);
            let hash = sha256(&[&self.seed, &self.drawn.to_le_bytes(), &moment.to_le_bytes()]);
            piece.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        }
    }
}
