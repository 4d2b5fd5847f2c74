//! A reader and a writer over borrowed bytes that cannot run past their end.

use crate::Error;

/// Reads little-endian fields front to back.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Offset of the next byte to read.
    pub fn at(&self) -> usize {
        self.at
    }

    pub fn is_empty(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let taken = self.rest().get(..count).ok_or(Error::Truncated)?;
        self.at += count;
        Ok(taken)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let array = *self.rest().first_chunk::<N>().ok_or(Error::Truncated)?;
        self.at += N;
        Ok(array)
    }

    pub fn u8(&mut self) -> Result<u8, Error> {
        self.array().map(u8::from_le_bytes)
    }

    pub fn u16(&mut self) -> Result<u16, Error> {
        self.array().map(u16::from_le_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_le_bytes)
    }
}

/// Writes front to back into a buffer of fixed size.
pub(crate) struct Writer<'a> {
    out: &'a mut [u8],
    at: usize,
}

impl<'a> Writer<'a> {
    pub fn new(out: &'a mut [u8]) -> Self {
        Self { out, at: 0 }
    }

    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let end = self.at.checked_add(bytes.len()).ok_or(Error::NoSpace)?;
        self.out.get_mut(self.at..end).ok_or(Error::NoSpace)?.copy_from_slice(bytes);
        self.at = end;
        Ok(())
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.at
    }

    /// What was written since there were `from` bytes, to be changed in place.
    pub fn written_mut(&mut self, from: usize) -> &mut [u8] {
        self.out.get_mut(from..self.at).unwrap_or_default()
    }

    /// What was written so far.
    pub fn written(&self) -> &[u8] {
        self.out.get(..self.at).unwrap_or_default()
    }
}
