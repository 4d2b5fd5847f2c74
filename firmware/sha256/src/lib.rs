//! SHA-256's compression function for the lx106, in its own assembly (`compress.S`).
//!
//! LLVM makes six instructions of a rotation where the core needs two, so what Rust makes of this function takes half as
//! long again. For every other core this crate is empty: `sha2` knows them better.
#![no_std]
#![cfg(target_arch = "xtensa")]

unsafe extern "C" {
    fn lx106_sha256_compress(state: *mut [u32; 8], block: *const [u8; 64]);
    fn lx106_sha256_digest(state: *const [u32; 8], out: *mut [u8; 32]);
}

/// A block of the message, where the core can load words from it.
#[derive(Clone, Copy)]
#[repr(C, align(4))]
pub struct Block(pub [u8; 64]);

/// Takes one block into the state (FIPS 180-4, section 6.2.2).
#[inline]
pub fn compress(state: &mut [u32; 8], block: &Block) {
    // SAFETY: the function reads the 64 bytes of the block by aligned words, reads and writes the 8 words of the state,
    // and touches nothing else but its own stack frame.
    unsafe { lx106_sha256_compress(state, &raw const block.0) }
}

/// As [`compress`], of a block that lies anywhere.
#[inline]
pub fn compress_bytes(state: &mut [u32; 8], block: &[u8; 64]) {
    if !block.as_ptr().addr().is_multiple_of(align_of::<u32>()) {
        return compress(state, &Block(*block));
    }
    // SAFETY: as in `compress`; the block has just been found to lie at a word.
    unsafe { lx106_sha256_compress(state, block) }
}

/// A digest, where the core can store words.
#[derive(Clone, Copy)]
#[repr(C, align(4))]
pub struct Digest(pub [u8; 32]);

/// The state as bytes, of each word the most significant first.
#[inline]
pub fn digest(state: &[u32; 8]) -> Digest {
    let mut out = Digest([0; 32]);
    // SAFETY: the function reads 8 words and writes 8.
    unsafe { lx106_sha256_digest(state, &raw mut out.0) }
    out
}
