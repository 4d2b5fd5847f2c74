//! A list of log records, as GET answers and [`super::ReadReply`] carry it.
//!
//! ```text
//! count u16 | count times: sequence u64 | timestamp_ms u64 | length u16 | bytes
//! ```

use super::{MessageError, Reader, Writer};

/// Bytes that a record takes beside its own.
pub const RECORD_OVERHEAD: usize = 18;

/// A record of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Position in the log, from 1.
    pub sequence: u64,
    /// Unix time of the append, ms, as the log's owner saw it.
    pub timestamp_ms: u64,
    /// Its bytes.
    pub payload: &'a [u8],
}

impl<'a> Record<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, MessageError> {
        Ok(Self { sequence: reader.u64()?, timestamp_ms: reader.u64()?, payload: reader.bytes16()? })
    }
}

/// Records, oldest first. Checked whole when decoded, so walking it cannot fail.
#[derive(Clone, Copy, Debug)]
pub struct Records<'a> {
    count: u16,
    reader: Reader<'a>,
}

impl<'a> Records<'a> {
    /// Exactly one list.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(bytes);
        let list = Self { count: reader.u16()?, reader };
        for _ in 0..list.count {
            Record::read(&mut reader)?;
        }
        reader.end()?;
        Ok(list)
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The records, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = Record<'a>> + use<'a> {
        let mut reader = self.reader;
        (0..self.count).map_while(move |_| Record::read(&mut reader).ok())
    }
}

impl PartialEq for Records<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Records<'_> {}

/// Writes a list, record by record, as far as there is room.
#[derive(Debug)]
pub struct RecordsWriter<'a> {
    writer: Writer<'a>,
    count: u16,
}

impl<'a> RecordsWriter<'a> {
    /// An empty list.
    pub fn new(out: &'a mut [u8]) -> Result<Self, MessageError> {
        let mut writer = Writer::new(out);
        writer.u16(0)?;
        Ok(Self { writer, count: 0 })
    }

    /// Adds a record; `false`, and nothing is added, when it doesn't fit.
    pub fn push(&mut self, record: &Record<'_>) -> bool {
        let fits = u16::try_from(record.payload.len()).is_ok()
            && self.writer.room() >= RECORD_OVERHEAD + record.payload.len()
            && self.count < u16::MAX;
        let written = fits
            && self.writer.u64(record.sequence).is_ok()
            && self.writer.u64(record.timestamp_ms).is_ok()
            && self.writer.bytes16(record.payload).is_ok();
        self.count += u16::from(written);
        written
    }

    /// Bytes of the whole list.
    pub fn finish(mut self) -> Result<usize, MessageError> {
        self.writer.patch(0, &self.count.to_le_bytes())?;
        Ok(self.writer.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_what_fits() {
        let record = |sequence| Record { sequence, timestamp_ms: 7, payload: b"[512]" };
        let mut out = [0; 2 + 2 * (RECORD_OVERHEAD + 5) + 3];
        let mut writer = RecordsWriter::new(&mut out).unwrap();
        assert!(writer.push(&record(1)) && writer.push(&record(2)));
        assert!(!writer.push(&record(3)));
        let length = writer.finish().unwrap();
        let list = Records::decode(&out[..length]).unwrap();
        assert_eq!(list.len(), 2);
        assert!(list.iter().eq([record(1), record(2)]));
        assert_eq!(Records::decode(&out), Err(MessageError::Trailing));
        assert_eq!(Records::decode(&out[..length - 1]), Err(MessageError::Truncated));
        assert!(Records::decode(&[0, 0]).unwrap().is_empty());
    }
}
