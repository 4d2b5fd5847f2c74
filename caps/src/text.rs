//! A capability as text: `ncap1.` and base64url of the stored form and a checksum.

use core::str;

use crate::{
    Capability, Error, MAX_STORED,
    bytes::Writer,
    hash::{checksum, equal},
};

/// What every capability's text begins with. `1` is the version of this text form.
pub const TEXT_PREFIX: &str = "ncap1.";
const CHECKSUM_SIZE: usize = 4;
/// Longest text in bytes.
pub const MAX_TEXT: usize = TEXT_PREFIX.len() + ((MAX_STORED + CHECKSUM_SIZE) * 4).div_ceil(3);

/// RFC 4648 section 5; no padding is written or read.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn digit(value: u32) -> u8 {
    ALPHABET.get((value & 63) as usize).copied().unwrap_or_default()
}

fn value(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    }))
}

impl Capability {
    /// Writes the text, secret and all, into `out` ([`MAX_TEXT`] always suffices).
    pub fn write_text<'a>(&self, out: &'a mut [u8]) -> Result<&'a str, Error> {
        let mut writer = Writer::new(out);
        writer.put(TEXT_PREFIX.as_bytes())?;
        let check = checksum(self.stored());
        let (mut bits, mut held) = (0u32, 0);
        for byte in self.stored().iter().chain(&check) {
            bits = bits << 8 | u32::from(*byte);
            held += 8;
            while held >= 6 {
                held -= 6;
                writer.put(&[digit(bits >> held)])?;
            }
        }
        if held > 0 {
            writer.put(&[digit(bits << (6 - held))])?;
        }
        let length = writer.len();
        out.get(..length).and_then(|text| str::from_utf8(text).ok()).ok_or(Error::NoSpace)
    }

    /// Parses exactly the text that [`Capability::write_text`] writes: no padding, spaces or loose bits.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let digits = text.strip_prefix(TEXT_PREFIX).ok_or(Error::Text)?;
        let mut bytes = [0; MAX_STORED + CHECKSUM_SIZE];
        let mut writer = Writer::new(&mut bytes);
        let (mut bits, mut held) = (0u32, 0);
        for digit in digits.bytes() {
            bits = bits << 6 | value(digit).ok_or(Error::Text)?;
            held += 6;
            if held >= 8 {
                held -= 8;
                writer.put(&[(bits >> held) as u8]).map_err(|_| Error::Text)?;
            }
        }
        if held >= 6 || bits & ((1 << held) - 1) != 0 {
            return Err(Error::Text);
        }
        let (stored, check) = writer.written().split_last_chunk::<CHECKSUM_SIZE>().ok_or(Error::Text)?;
        if !equal(&checksum(stored), check) {
            return Err(Error::Checksum);
        }
        Self::parse(stored)
    }
}
