//! Reading and writing fields; the only code that touches a message's bytes.

/// Why bytes are not the message they should be, or a message does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageError {
    /// The bytes end within a field.
    Truncated,
    /// Bytes follow the last field.
    Trailing,
    /// The kind of frame is unknown, or not a message between device and edge.
    Kind,
    /// A field has a value that means nothing.
    Value,
    /// Text is not UTF-8.
    Text,
    /// Text is over 255 bytes, a payload over its limit, or the output too small.
    NoSpace,
}

impl core::fmt::Display for MessageError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the message ends within a field",
            Self::Trailing => "bytes follow the message",
            Self::Kind => "the kind of message is unknown",
            Self::Value => "a field has a value that means nothing",
            Self::Text => "text is not UTF-8",
            Self::NoSpace => "the message does not fit",
        })
    }
}

impl core::error::Error for MessageError {}

/// Takes fields off the front of some bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// At the beginning of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], MessageError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(MessageError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], MessageError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(MessageError::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    /// A byte.
    pub fn u8(&mut self) -> Result<u8, MessageError> {
        self.array().map(u8::from_le_bytes)
    }

    /// Two bytes.
    pub fn u16(&mut self) -> Result<u16, MessageError> {
        self.array().map(u16::from_le_bytes)
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Result<u32, MessageError> {
        self.array().map(u32::from_le_bytes)
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Result<u64, MessageError> {
        self.array().map(u64::from_le_bytes)
    }

    /// Text behind its length.
    pub fn str8(&mut self) -> Result<&'a str, MessageError> {
        let length = usize::from(self.u8()?);
        core::str::from_utf8(self.take(length)?).map_err(|_| MessageError::Text)
    }

    /// Bytes behind their 16-bit length.
    pub fn bytes16(&mut self) -> Result<&'a [u8], MessageError> {
        let length = usize::from(self.u16()?);
        self.take(length)
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.0)
    }

    /// How many bytes are left.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.0.len()
    }

    /// Nothing may be left.
    pub fn end(self) -> Result<(), MessageError> {
        if self.0.is_empty() { Ok(()) } else { Err(MessageError::Trailing) }
    }
}

/// Puts fields one behind the other.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut [u8],
    length: usize,
}

impl<'a> Writer<'a> {
    /// At the beginning of `out`.
    pub const fn new(out: &'a mut [u8]) -> Self {
        Self { out, length: 0 }
    }

    /// Bytes as they are; all of them or none.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), MessageError> {
        let end = self.length.checked_add(bytes.len()).ok_or(MessageError::NoSpace)?;
        self.out.get_mut(self.length..end).ok_or(MessageError::NoSpace)?.copy_from_slice(bytes);
        self.length = end;
        Ok(())
    }

    /// A byte.
    pub fn u8(&mut self, value: u8) -> Result<(), MessageError> {
        self.put(&[value])
    }

    /// Two bytes.
    pub fn u16(&mut self, value: u16) -> Result<(), MessageError> {
        self.put(&value.to_le_bytes())
    }

    /// Four bytes.
    pub fn u32(&mut self, value: u32) -> Result<(), MessageError> {
        self.put(&value.to_le_bytes())
    }

    /// Eight bytes.
    pub fn u64(&mut self, value: u64) -> Result<(), MessageError> {
        self.put(&value.to_le_bytes())
    }

    /// Text behind its length; at most 255 bytes.
    pub fn str8(&mut self, text: &str) -> Result<(), MessageError> {
        self.u8(u8::try_from(text.len()).map_err(|_| MessageError::NoSpace)?)?;
        self.put(text.as_bytes())
    }

    /// Bytes behind their 16-bit length.
    pub fn bytes16(&mut self, bytes: &[u8]) -> Result<(), MessageError> {
        self.u16(u16::try_from(bytes.len()).map_err(|_| MessageError::NoSpace)?)?;
        self.put(bytes)
    }

    /// How many bytes have been written.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing has been written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many more there is room for.
    #[must_use]
    pub const fn room(&self) -> usize {
        self.out.len().saturating_sub(self.length)
    }

    /// Takes back what was written after the first `length` bytes.
    pub fn rewind(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Overwrites bytes written before, for counts that are known last.
    pub fn patch(&mut self, at: usize, bytes: &[u8]) -> Result<(), MessageError> {
        let end = at.checked_add(bytes.len()).filter(|end| *end <= self.length).ok_or(MessageError::NoSpace)?;
        self.out.get_mut(at..end).ok_or(MessageError::NoSpace)?.copy_from_slice(bytes);
        Ok(())
    }
}
