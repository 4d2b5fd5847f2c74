//! What can go wrong with a store or a log in files. Clonable, since one failure answers all who share a commit.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::name::NameError;
use crate::sequence::Sequence;

/// Why a store or log refused or failed.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No such `WooF`.
    #[error("{0} does not exist")]
    NotFound(String),
    /// A `WooF` of that name was created with another configuration.
    #[error("{0} exists with another element size or history")]
    Exists(String),
    /// A name that is not allowed.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A `WooF` that its host keeps for itself.
    #[error("{0} is the edge's own: it is only read")]
    Reserved(String),
    /// The payload is over the element size.
    #[error("{length} bytes are over the element size of {limit}")]
    TooLong {
        /// Bytes handed in.
        length: usize,
        /// The element size.
        limit: u32,
    },
    /// Client sequence 0, which is reserved.
    #[error("a client sequence begins at 1")]
    Origin,
    /// The lane is past that client sequence, too far to say what became of it. Nothing was appended.
    #[error("lane {lane} is already at client sequence {last}")]
    Stale {
        /// The lane.
        lane: u8,
        /// Its last client sequence.
        last: u64,
    },
    /// No such record yet.
    #[error("record {0} is not there yet")]
    NotYet(Sequence),
    /// The record has left the history; `first` is the oldest that is there.
    #[error("record {sequence} has left the history, which begins at {first}")]
    Gone {
        /// What was asked for.
        sequence: Sequence,
        /// The oldest record.
        first: Sequence,
    },
    /// Bytes that had been acknowledged are damaged.
    #[error("{} is damaged at byte {offset}: {reason}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Where in it.
        offset: u64,
        /// What is wrong there.
        reason: &'static str,
    },
    /// A write or fsync failed earlier: what reached the disk is unknown, so nothing more is appended until the log is
    /// opened again (which finds out). Records acknowledged before stay readable.
    #[error("the log takes no more records since {0}; open it again")]
    Poisoned(Arc<str>),
    /// The disk has no room for more records now. Whether the one asked for is written later is not said; the log goes on
    /// by itself when there is room.
    #[error("there is no room for more records: {0}")]
    Full(Arc<str>),
    /// Another process (or another store in this one) has the directory.
    #[error("{} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// The operating system's error.
    #[error("cannot {operation} {}: {source}", path.display())]
    Io {
        /// What was attempted.
        operation: &'static str,
        /// On what.
        path: PathBuf,
        /// The error itself.
        source: Arc<io::Error>,
    },
}

impl Error {
    /// Whether something was not written because there is no room for it: on the disk, in the user's quota, in a file, or among
    /// the files that may be open. A failed fsync is never that: it may have lost what was written before.
    pub(crate) fn is_for_want_of_room(&self) -> bool {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match self {
            Self::Io { operation: "create", source, .. } if is_out_of_files(source) => true,
            Self::Io { operation: "create" | "write" | "rename", source, .. } => {
                matches!(source.kind(), StorageFull | QuotaExceeded | FileTooLarge)
            }
            _ => false,
        }
    }
}

/// `ENFILE`, `EMFILE`: the system, or the process, has as many files open as it may. The standard library has no name for it.
fn is_out_of_files(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(23 | 24))
}

/// Names the attempt when an input or output operation fails.
pub(crate) trait At<T> {
    fn at(self, operation: &'static str, path: &Path) -> Result<T, Error>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, operation: &'static str, path: &Path) -> Result<T, Error> {
        self.map_err(|source| Error::Io { operation, path: path.to_path_buf(), source: Arc::new(source) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn want_of_room_is_told_from_failures() {
        let failed = |operation: &'static str, errno: i32| {
            let source = Arc::new(io::Error::from_raw_os_error(errno));
            Error::Io { operation, path: PathBuf::new(), source }.is_for_want_of_room()
        };
        let (eio, enfile, emfile, efbig, enospc, edquot) = (5, 23, 24, 27, 28, 122);
        for errno in [efbig, enospc, edquot] {
            assert!(failed("write", errno) && failed("create", errno) && failed("rename", errno), "{errno}");
            assert!(!failed("sync", errno) && !failed("truncate", errno), "{errno}");
        }
        for errno in [enfile, emfile] {
            assert!(failed("create", errno) && !failed("sync", errno), "{errno}");
        }
        assert!(!failed("write", eio) && !failed("create", eio));
        assert!(!Error::Poisoned("x".into()).is_for_want_of_room());
    }
}
