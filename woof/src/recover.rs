//! Opening a log: which records are there, what an unfinished append left behind, and whether anything is damaged.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::directory;
use crate::disk;
use crate::error::{At, Error};
use crate::index;
use crate::lanes::Lanes;
use crate::log::{Recovery, Segment};
use crate::segment::{self, SegmentFile, SegmentHeader};
use crate::sequence::Sequence;

/// A log as found.
pub(crate) struct Recovered {
    pub segments: VecDeque<Segment>,
    pub newest: SegmentHeader,
    pub lanes: Lanes,
    pub report: Recovery,
}

/// First sequences of the segments in `directory`, ascending.
pub(crate) fn segments(directory: &Path) -> Result<Vec<u64>, Error> {
    let mut bases = vec![];
    for entry in fs::read_dir(directory).at("list", directory)? {
        let name = entry.at("list", directory)?.file_name();
        let base = name.to_str().and_then(|n| n.strip_suffix(".log")).filter(|n| n.len() == 20);
        bases.extend(base.and_then(|b| b.parse::<u64>().ok()));
    }
    bases.sort_unstable();
    Ok(bases)
}

/// Opens every segment. Finished ones must be whole; the last one may end in an unfinished append, which is cut off.
///
/// An unfinished append is told from damage to acknowledged data by the barrier flag: a whole record beyond the bad
/// one that was written when everything before it was durable proves damage. Only the very last group of appends has
/// nothing beyond it: damage there looks like an unfinished append and is reported in [`Recovery`].
pub(crate) fn open(directory: &Path) -> Result<Recovered, Error> {
    let bases = segments(directory)?;
    let Some(&last) = bases.last() else { return Err(Error::NotFound(directory.display().to_string())) };
    let mut found = VecDeque::with_capacity(bases.len());
    let mut report = Recovery::default();
    let mut lanes = Lanes::default();
    let mut newest = None;
    let mut expected = None;
    for base in bases {
        let path = segment::path(directory, Sequence(base));
        let file = disk::open(&path).at("open", &path)?;
        let file = SegmentFile::new(path, file);
        let (header, start) = SegmentHeader::read(&file)?;
        if header.base.0 != base || expected.is_some_and(|e| e != base) {
            return Err(file.corrupt(0, "records before this segment are missing"));
        }
        let length = file.file.metadata().at("read", &file.path)?.len();
        let offsets = if base == last {
            lanes = header.lanes.clone();
            let scan = segment::scan(&file, &header, start, |record| {
                if let Some(origin) = record.header.origin {
                    lanes.insert(origin, record.header.sequence);
                }
            })?;
            if let Some(reason) = scan.stopped {
                let end = u64::from(scan.offsets.end);
                let missing = Sequence(base + scan.offsets.starts.len() as u64);
                let beyond = segment::beyond(&file, &header, end, missing)?;
                if beyond.barrier {
                    return Err(file.corrupt(end, reason));
                }
                // Room that was made ahead of writing is no append.
                let truncated_bytes = file.written_end(end)? - end;
                report = Recovery { truncated_bytes, dropped_records: beyond.records };
                disk::set_length(&file.file, &file.path, end).at("truncate", &file.path)?;
            }
            // What a killed process wrote may still be in the kernel alone; from here on it counts as acknowledged.
            disk::sync(&file.file, &file.path, true).at("sync", &file.path)?;
            scan.offsets
        } else if let Some(offsets) = index::read(&file.path, &header, length) {
            offsets
        } else {
            let scan = segment::scan(&file, &header, start, |_| {})?;
            if let Some(reason) = scan.stopped {
                let end = u64::from(scan.offsets.end);
                // Its room may not have been given back yet. A record that is missing is missed by the next segment.
                if file.written_end(end)? > end {
                    return Err(file.corrupt(end, reason));
                }
                disk::set_length(&file.file, &file.path, end).at("truncate", &file.path)?;
            }
            index::write(&file.path, &header, &scan.offsets);
            scan.offsets
        };
        expected = Some(base + offsets.starts.len() as u64);
        newest = Some(header.clone());
        found.push_back(Segment { header, file: Arc::new(file), offsets });
    }
    remove_leftovers(directory)?;
    let newest = newest.ok_or_else(|| Error::NotFound(directory.display().to_string()))?;
    Ok(Recovered { segments: found, newest, lanes, report })
}

/// Drafts of segments that were never finished, and indexes whose segment is gone.
fn remove_leftovers(directory: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(directory).at("list", directory)? {
        let path = entry.at("list", directory)?.path();
        let extension = path.extension().and_then(|e| e.to_str());
        if extension == Some("tmp") || (extension == Some("idx") && !path.with_extension("log").exists()) {
            disk::remove(&path).at("remove", &path)?;
        }
    }
    directory::sync(directory)
}
