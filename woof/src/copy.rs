//! A copy of a segment while another process appends to it.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use crate::error::{At, Error};
use crate::segment::SegmentFile;

/// Copies a log's newest segment, opened as `file`, as it was at some moment of the call; returns how many bytes that are.
/// The finished ones before it, which nobody writes to, can be copied as any file.
///
/// Read from its beginning to its end as it is, a segment at work could lack records that were not there yet when its middle was
/// read, and have later ones: as a damaged one does. So its end is found first. Everything before the last batch there was
/// durable when that was written, so it is all there now, and what came later is left out: the copy opens as the log would
/// after a crash at that moment.
pub fn copy_segment(path: &Path, file: File, to: &mut impl Write) -> Result<u64, Error> {
    let segment = SegmentFile::new(path.to_path_buf(), file);
    let length = || segment.file.metadata().map(|metadata| metadata.len()).at("read", path);
    let (length, end) = loop {
        let before = length()?;
        match segment.written_end(0) {
            Ok(end) => break (before.max(end), end),
            // It was finished just now, and gave its room back.
            Err(_) if length()? < before => {}
            Err(error) => return Err(error),
        }
    };
    let mut written = BufReader::with_capacity(1 << 20, (&segment.file).take(end));
    let copied = io::copy(&mut written, to).at("copy", path)?;
    // The last record may end in zeros.
    io::copy(&mut io::repeat(0).take(length - copied), to).at("copy", path)?;
    Ok(length)
}
