//! What waits at an edge for a device that sleeps, as its clients and the device ask for it.
//!
//! An edge has a key of its own, and capabilities under it as a device has. Of a device it keeps two WooFs, whose handle is
//! the device's number there: what was asked of it, in the namespace [`REQUESTS`], and what it answered, in [`ANSWERS`].
//!
//! | operation | on | payload | the answer's payload |
//! |---|---|---|---|
//! | PUT | requests | [`Put`] | [`RequestId`]; BUSY where too many wait |
//! | STAT | requests | none | [`Entry`]s |
//! | DROP | requests | [`RequestId`] | none; NOTFOUND where there is no such request |
//! | GET | answers | [`RequestId`] | [`Collected`]; NOTFOUND where there is no such request |
//! | GET | requests | none, by the device | none: what waits comes as the `number u64` of its place and the REQUEST, now or later |
//! | PUT | answers | the RESPONSE and `number u64`, by the device | none |

use super::{MessageError, Reader, Writer};

/// Namespace of what is asked of devices.
pub const REQUESTS: u16 = 1;
/// Namespace of what they answered.
pub const ANSWERS: u16 = 2;

/// Names a request: the first half of its SHA-256, so that who sends the same bytes again asks for the same answer.
pub type RequestId = [u8; 16];

/// A request is to wait.
///
/// ```text
/// wait_s u32 | request
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Put<'a> {
    /// How long it and its answer are kept, seconds.
    pub wait_s: u32,
    /// The capability REQUEST, which the device is shown as it is.
    pub request: &'a [u8],
}

impl<'a> Put<'a> {
    /// From the payload.
    pub fn decode(payload: &'a [u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(payload);
        Ok(Self { wait_s: reader.u32()?, request: reader.rest() })
    }

    /// Into the payload; its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut writer = Writer::new(out);
        writer.u32(self.wait_s)?;
        writer.put(self.request)?;
        Ok(writer.len())
    }
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// The device has not answered yet.
    Waiting = 0,
    /// It has.
    Answered = 1,
    /// It was there often enough and said nothing.
    Silent = 2,
}

impl State {
    fn decode(code: u8) -> Result<Self, MessageError> {
        match code {
            0 => Ok(Self::Waiting),
            1 => Ok(Self::Answered),
            2 => Ok(Self::Silent),
            _ => Err(MessageError::Value),
        }
    }
}

/// A request and its answer.
///
/// ```text
/// state u8 (0 waiting, 1 answered, 2 silent) | length u16 | request | answer
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collected<'a> {
    /// How far it has come.
    pub state: State,
    /// As it was made.
    pub request: &'a [u8],
    /// The device's RESPONSE, where there is one.
    pub answer: &'a [u8],
}

impl<'a> Collected<'a> {
    /// From the payload.
    pub fn decode(payload: &'a [u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(payload);
        let state = State::decode(reader.u8()?)?;
        let length = reader.u16()?;
        Ok(Self { state, request: reader.take(length.into())?, answer: reader.rest() })
    }

    /// Into the payload; its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut writer = Writer::new(out);
        writer.u8(self.state as u8)?;
        writer.u16(u16::try_from(self.request.len()).map_err(|_| MessageError::Value)?)?;
        writer.put(self.request)?;
        writer.put(self.answer)?;
        Ok(writer.len())
    }
}

/// A request in the list of what waits.
///
/// ```text
/// id [16] | state u8 | silences u8 | expires_ms u64 | header [18]
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: RequestId,
    /// How far it has come.
    pub state: State,
    /// How often the device was there and said nothing.
    pub silences: u8,
    /// When it and its answer are forgotten, unix ms.
    pub expires_ms: u64,
    /// What it begins with: operation, lane, number, object, size.
    pub header: [u8; 18],
}

impl Entry {
    /// Bytes of one.
    pub const SIZE: usize = 44;

    /// The next of a list.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, MessageError> {
        Ok(Self {
            id: reader.array()?,
            state: State::decode(reader.u8()?)?,
            silences: reader.u8()?,
            expires_ms: reader.u64()?,
            header: reader.array()?,
        })
    }

    /// Behind the others.
    pub fn write(&self, writer: &mut Writer<'_>) -> Result<(), MessageError> {
        writer.put(&self.id)?;
        writer.u8(self.state as u8)?;
        writer.u8(self.silences)?;
        writer.u64(self.expires_ms)?;
        writer.put(&self.header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut out = [0; 128];
        let put = Put { wait_s: 3600, request: b"request" };
        let length = put.encode(&mut out).unwrap();
        assert_eq!(Put::decode(&out[..length]), Ok(put));
        let collected = Collected { state: State::Answered, request: b"request", answer: b"answer" };
        let length = collected.encode(&mut out).unwrap();
        assert_eq!(Collected::decode(&out[..length]), Ok(collected));
        for cut in 0..10 {
            assert!(Collected::decode(&out[..cut]).is_err());
        }
        let entry = Entry { id: [1; 16], state: State::Silent, silences: 3, expires_ms: 7, header: [9; 18] };
        let mut writer = Writer::new(&mut out);
        entry.write(&mut writer).unwrap();
        assert_eq!(writer.len(), Entry::SIZE);
        assert_eq!(Entry::read(&mut Reader::new(&out[..Entry::SIZE])), Ok(entry));
        out[16] = 3;
        assert_eq!(Entry::read(&mut Reader::new(&out)), Err(MessageError::Value));
    }
}
