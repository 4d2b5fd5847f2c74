//! AWS's event streams: messages with headers and two checksums.
//!
//! ```text
//! length u32 | length of headers u32 | CRC-32 of both | headers | payload | CRC-32 of all before
//! header: length u8 | name | 7 (a string) | length u16 | value          numbers are big-endian
//! ```

/// Appends an event of that type.
pub(super) fn write(stream: &mut Vec<u8>, event: &str, content_type: &str, payload: &[u8]) {
    let mut headers = Vec::new();
    for (name, value) in [(":event-type", event), (":content-type", content_type), (":message-type", "event")] {
        headers.push(name.len() as u8);
        headers.extend_from_slice(name.as_bytes());
        headers.push(7);
        headers.extend_from_slice(&(value.len() as u16).to_be_bytes());
        headers.extend_from_slice(value.as_bytes());
    }
    let begin = stream.len();
    let length = (16 + headers.len() + payload.len()) as u32;
    stream.extend_from_slice(&length.to_be_bytes());
    stream.extend_from_slice(&(headers.len() as u32).to_be_bytes());
    let prelude = crc32(stream.get(begin..).unwrap_or_default());
    stream.extend_from_slice(&prelude.to_be_bytes());
    stream.extend_from_slice(&headers);
    stream.extend_from_slice(payload);
    let all = crc32(stream.get(begin..).unwrap_or_default());
    stream.extend_from_slice(&all.to_be_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, bytes) as u32
}
