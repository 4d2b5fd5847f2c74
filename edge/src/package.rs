//! Deployment packages: zip files as AWS Lambda takes them, checked before anything is kept or unpacked.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Cursor, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use zip::read::ZipFile;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Most bytes of a zip that comes with the request.
pub const MOST_ZIPPED_BYTES: usize = 50 << 20;

/// Most bytes of all its files together.
pub const MOST_UNZIPPED_BYTES: u64 = 250 << 20;

/// Most files in it. (A directory of a package needs memory for each.)
const MOST_FILES: usize = 20_000;

/// Files of a package that are compiled must not be larger; Python itself would take minutes for them.
const MOST_SOURCE_BYTES: u64 = 4 << 20;

/// Why bytes are no package. The words are AWS's where it has words for the case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// Not a zip, or a broken or truncated one.
    #[error("Could not unzip uploaded file. Please check your file, then try to upload again. ({0})")]
    NotAZip(String),
    /// A zip without files.
    #[error("Uploaded file must be a non-empty zip")]
    Empty,
    /// An entry that would leave the package, or is no plain file.
    #[error(
        "Could not unzip uploaded file. Please check your file, then try to upload again. (the entry {entry:?} {reason})"
    )]
    Entry {
        /// Its name in the zip.
        entry: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// More than [`MOST_UNZIPPED_BYTES`], by what it says or by what comes out.
    #[error("Unzipped size must be smaller than {MOST_UNZIPPED_BYTES} bytes")]
    Unzipped,
    /// More than 20,000 files.
    #[error(
        "Could not unzip uploaded file. Please check your file, then try to upload again. (more than {MOST_FILES} files)"
    )]
    Files,
}

/// A zip that was read once from end to end: every entry stays within the package, inflates within the limits and has
/// the checksum it says. What the files contain is not proved.
#[derive(Debug, Clone)]
pub struct Package {
    zip: Bytes,
    sha256: [u8; 32],
}

impl Package {
    /// Checks a zip.
    pub fn read(zip: Bytes) -> Result<Self, PackageError> {
        if zip.len() as u64 > MOST_UNZIPPED_BYTES {
            return Err(PackageError::Unzipped);
        }
        let mut archive = open(&zip)?;
        if archive.is_empty() {
            return Err(PackageError::Empty);
        }
        if archive.len() > MOST_FILES {
            return Err(PackageError::Files);
        }
        if archive.has_duplicate_names() {
            // Readers differ in which of them they take.
            return Err(PackageError::NotAZip("a name is there twice".to_owned()));
        }
        // What the directory of the zip says is checked before anything is inflated.
        let (mut said, mut names, mut files) = (0u64, BTreeSet::new(), BTreeSet::new());
        for index in 0..archive.len() {
            let file = archive.by_index_raw(index).map_err(broken)?;
            let name = path_of(&file)?;
            if file.encrypted() {
                return Err(PackageError::Entry { entry: name, reason: "is encrypted" });
            }
            if !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
                return Err(PackageError::Entry { entry: name, reason: "is compressed in a way other than deflate" });
            }
            said = said.saturating_add(file.size());
            if said > MOST_UNZIPPED_BYTES {
                return Err(PackageError::Unzipped);
            }
            if !names.insert(name.trim_end_matches('/').to_owned()) {
                return Err(PackageError::Entry { entry: name, reason: "is there twice" });
            }
            if !name.ends_with('/') {
                files.insert(name);
            }
        }
        for name in &names {
            let mut folders = name.match_indices('/').map(|(at, _)| &name[..at]);
            if folders.any(|folder| files.contains(folder)) {
                return Err(PackageError::Entry { entry: name.clone(), reason: "is within a file" });
            }
        }
        // Then everything is inflated once, since what it says need not be true. The reader checks the CRC at the end.
        for index in 0..archive.len() {
            let file = archive.by_index(index).map_err(broken)?;
            let size = file.size();
            let inflated = io::copy(&mut file.take(size + 1), &mut io::sink()).map_err(|e| broken(e.into()))?;
            if inflated != size {
                return Err(PackageError::NotAZip("an entry has another size than it says".to_owned()));
            }
        }
        Ok(Self::stored(zip))
    }

    /// A zip that was checked before and comes from the store.
    pub(crate) fn stored(zip: Bytes) -> Self {
        let sha256 = Sha256::digest(&zip).into();
        Self { zip, sha256 }
    }

    /// A package of these files: (path, content). Equal files make equal bytes.
    pub fn build<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self, PackageError> {
        let options = SimpleFileOptions::default().unix_permissions(0o644);
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, content) in files {
            writer.start_file(path, options).map_err(broken)?;
            writer.write_all(content).map_err(|e| broken(e.into()))?;
        }
        Self::read(writer.finish().map_err(broken)?.into_inner().into())
    }

    /// The zip itself.
    pub const fn zip(&self) -> &Bytes {
        &self.zip
    }

    /// SHA-256 of the zip.
    pub const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// The Python files: (path, text). Those that are no UTF-8 or too large to be compiled are given by path alone.
    pub fn python_files(&self) -> Result<Vec<(String, Option<String>)>, PackageError> {
        let mut archive = open(&self.zip)?;
        let mut files = Vec::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).map_err(broken)?;
            let path = path_of(&file)?;
            if Path::new(&path).extension().is_none_or(|extension| extension != "py") {
                continue;
            }
            let mut text = String::new();
            let readable = file.size() <= MOST_SOURCE_BYTES && file.read_to_string(&mut text).is_ok();
            // A byte order mark is no part of the program.
            let text = readable.then(|| text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text));
            files.push((path, text));
        }
        files.sort();
        Ok(files)
    }

    /// Bytes of all its files together.
    pub fn unzipped_bytes(&self) -> u64 {
        let size = |mut archive: ZipArchive<Cursor<&[u8]>>| {
            (0..archive.len()).filter_map(|index| Some(archive.by_index_raw(index).ok()?.size())).sum()
        };
        open(&self.zip).map_or(0, size)
    }

    /// Unpacks it into a directory that must not exist yet.
    pub fn unpack(&self, directory: &Path) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o755).create(directory)?;
        self.unpack_over(directory)
    }

    /// Unpacks it into a directory; its files take the place of those that are there.
    pub fn unpack_over(&self, directory: &Path) -> io::Result<()> {
        let mut archive = open(&self.zip).map_err(io::Error::other)?;
        let mut folders = fs::DirBuilder::new();
        folders.recursive(true).mode(0o755);
        for index in 0..archive.len() {
            let file = archive.by_index(index).map_err(io::Error::other)?;
            let target = directory.join(path_of(&file).map_err(io::Error::other)?);
            if file.is_dir() {
                folders.create(&target)?;
                continue;
            }
            if let Some(parent) = target.parent() {
                folders.create(parent)?;
            }
            // Readable by all, as AWS would insist; executable where it was.
            let mode = file.unix_mode().unwrap_or(0) & 0o111 | 0o644;
            match fs::remove_file(&target) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut output = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&target)?;
            let size = file.size();
            io::copy(&mut file.take(size), &mut output)?;
        }
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn broken(error: zip::result::ZipError) -> PackageError {
    PackageError::NotAZip(error.to_string())
}

fn open(zip: &Bytes) -> Result<ZipArchive<Cursor<&[u8]>>, PackageError> {
    ZipArchive::new(Cursor::new(&zip[..])).map_err(broken)
}

/// The path of an entry, if it is a plain file or folder that stays within the package.
fn path_of<R: Read>(file: &ZipFile<'_, R>) -> Result<String, PackageError> {
    let entry = file.name().map_err(broken)?.into_owned();
    let parts = || entry.split('/');
    let reason = if file.is_symlink() {
        "is a symbolic link"
    } else if entry.contains('\0') {
        "has a NUL in its name"
    } else if entry.contains('\\') {
        "has a backslash in its name"
    } else if entry.starts_with('/') || entry.as_bytes().get(1) == Some(&b':') {
        "has an absolute path"
    } else if parts().any(|part| part == "..") {
        "leaves the package"
    } else if entry.is_empty() || entry == "." || entry == "./" {
        "has no name"
    } else {
        return Ok(entry);
    };
    Err(PackageError::Entry { entry, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, content) in files {
            writer.start_file(*path, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn refusal(zip: Vec<u8>) -> PackageError {
        Package::read(zip.into()).unwrap_err()
    }

    #[test]
    fn a_package_of_several_modules() {
        let package = Package::read(
            zipped(&[("app.py", b"x = 1\n"), ("pkg/__init__.py", b""), ("data.csv", b"1,2\n"), ("bad.py", b"\xff")])
                .into(),
        )
        .unwrap();
        let files = package.python_files().unwrap();
        let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["app.py", "bad.py", "pkg/__init__.py"]);
        assert_eq!((files[0].1.as_deref(), files[1].1.as_deref()), (Some("x = 1\n"), None));
        let directory = tempfile::tempdir().unwrap();
        package.unpack(&directory.path().join("task")).unwrap();
        assert_eq!(fs::read(directory.path().join("task/data.csv")).unwrap(), b"1,2\n");
        assert!(directory.path().join("task/pkg/__init__.py").is_file());
    }

    #[test]
    fn equal_files_make_equal_packages() {
        let build = || Package::build([("a.py", &b"x = 1\n"[..])]).unwrap();
        assert_eq!(build().sha256(), build().sha256());
    }

    #[test]
    fn entries_that_would_leave_the_package() {
        for (path, reason) in [
            ("../evil.py", "leaves the package"),
            ("a/../../evil.py", "leaves the package"),
            ("/etc/passwd", "has an absolute path"),
            ("C:evil.py", "has an absolute path"),
            ("a\\..\\evil.py", "has a backslash in its name"),
        ] {
            // The writer of the zip crate would tidy such names, so they are put in afterwards, as long as the original.
            let plain = "x".repeat(path.len());
            let mut zip = zipped(&[("app.py", b"x = 1\n"), (&plain, b"x")]);
            for at in 0..zip.len() - path.len() {
                if zip[at..].starts_with(plain.as_bytes()) {
                    zip[at..at + path.len()].copy_from_slice(path.as_bytes());
                }
            }
            assert_eq!(refusal(zip), PackageError::Entry { entry: path.to_owned(), reason });
        }
    }

    #[test]
    fn symbolic_links_are_refused() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        let error = refusal(writer.finish().unwrap().into_inner());
        assert_eq!(error, PackageError::Entry { entry: "link".into(), reason: "is a symbolic link" });
    }

    #[test]
    fn truncated_and_damaged_zips_are_refused() {
        let whole = zipped(&[("app.py", "def handler(event, context):\n    return event\n".repeat(20).as_bytes())]);
        assert!(Package::read(whole.clone().into()).is_ok());
        for length in 0..whole.len() {
            assert!(matches!(refusal(whole[..length].to_vec()), PackageError::NotAZip(_)), "{length}");
        }
        for index in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[index] ^= 0x55;
            // Some bytes (a time, a reserved field) mean nothing; none may panic.
            let _ = Package::read(damaged.into());
        }
        assert!(matches!(refusal(b"not a zip".to_vec()), PackageError::NotAZip(_)));
        assert_eq!(refusal(zipped(&[])), PackageError::Empty);
    }

    #[test]
    fn bombs_are_refused_whether_they_say_so_or_not() {
        let zeros = vec![0; 26 << 20];
        let files: Vec<(String, &[u8])> = (0..10).map(|n| (format!("{n}.bin"), &zeros[..])).collect();
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        let bomb = zipped(&files);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(refusal(bomb), PackageError::Unzipped);

        // One that claims to be small: sizes in the local header and in the directory are rewritten.
        let honest = zipped(&[("a.bin", &zeros)]);
        let size = (zeros.len() as u32).to_le_bytes();
        let mut lying = honest.clone();
        for at in 0..lying.len() - 4 {
            if lying[at..at + 4] == size {
                lying[at..at + 4].copy_from_slice(&100u32.to_le_bytes());
            }
        }
        assert_ne!(honest, lying);
        assert!(matches!(refusal(lying), PackageError::NotAZip(_)));
    }

    #[test]
    fn names_are_unique() {
        let mut zip = zipped(&[("a.py", b"1"), ("b.py", b"2")]);
        for at in 0..zip.len() - 4 {
            if zip[at..].starts_with(b"b.py") {
                zip[at] = b'a';
            }
        }
        assert_eq!(refusal(zip), PackageError::NotAZip("a name is there twice".to_owned()));
        let zip = zipped(&[("a/b/c.py", b"1"), ("a/b", b"")]);
        assert_eq!(refusal(zip), PackageError::Entry { entry: "a/b/c.py".into(), reason: "is within a file" });
    }
}
