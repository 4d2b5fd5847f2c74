//! Pairing: a device and the Edgistry prove to each other that they hold the same root key.

use crate::{
    ChainKey, Domain, Header, Token,
    hash::{equal, mac, step_full, truncate},
};

/// Bytes of either side's random number.
pub const NONCE_SIZE: usize = 8;

/// One run: `n_e ->`, `<- n_d || device proof`, `-> edge proof`. Each side makes its number freshly at random.
#[derive(Clone, Copy, Debug)]
pub struct Pairing {
    key: ChainKey,
    header: Header,
    edge: [u8; NONCE_SIZE],
    device: [u8; NONCE_SIZE],
}

impl Pairing {
    /// `root` is the Edgistry's root capability, one frame, of which both sides hold the key `K_1`.
    pub fn new(root: Token<'_>, edge: [u8; NONCE_SIZE], device: [u8; NONCE_SIZE]) -> Self {
        Self::of(root.key, root.body.header(), edge, device)
    }

    /// The same for who computed the key itself ([`crate::root_key`]).
    pub fn of(key: ChainKey, header: Header, edge: [u8; NONCE_SIZE], device: [u8; NONCE_SIZE]) -> Self {
        Self { key, header, edge, device }
    }

    fn proof(&self, domain: Domain, first: &[u8], second: &[u8]) -> [u8; 16] {
        truncate(&mac(&self.key.words(), &[&[domain as u8], first, second, &self.header.to_bytes()]))
    }

    /// `H(K_1, 08 || n_e || n_d || HDR)[..16]`.
    pub fn device_proof(&self) -> [u8; 16] {
        self.proof(Domain::PairingDevice, &self.edge, &self.device)
    }

    /// `H(K_1, 09 || n_d || n_e || HDR)[..16]`.
    pub fn edge_proof(&self) -> [u8; 16] {
        self.proof(Domain::PairingEdge, &self.device, &self.edge)
    }

    /// `K_link = step(K_1, 0A, n_e || n_d || HDR)`.
    pub(crate) fn link_key(&self) -> ChainKey {
        let parts: [&[u8]; 3] = [&self.edge, &self.device, &self.header.to_bytes()];
        ChainKey::new(truncate(&step_full(&self.key, Domain::Link, &parts)))
    }

    /// Whether this is the device's proof; constant time.
    pub fn is_device(&self, proof: &[u8]) -> bool {
        equal(&self.device_proof(), proof)
    }

    /// Whether this is the Edgistry's proof; constant time.
    pub fn is_edge(&self, proof: &[u8]) -> bool {
        equal(&self.edge_proof(), proof)
    }
}
