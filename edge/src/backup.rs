//! All of an edge's data in one file and back, and every record checked.
//!
//! The file is a zip (stored, not compressed; a CRC-32 for each entry): anyone can look into it. Logs are copied as they
//! are, checkpoints before the journal that goes on behind them and that before the chunks that it names, so a backup of an edge at work is what a crash at that moment would
//! have left: everything acknowledged before, nothing half.
//!
//! The edge's secrets are in it, too: access keys, the roots of its slots on devices, and the key of its queues. With them a
//! restored edge goes on as the same one, so the file is as secret as the data folder, and made with mode 0600.

use std::fs::{self, DirBuilder, DirEntry, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nano_woof::LogOptions;
use serde::Serialize;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::edge::EdgeError;
use crate::secret::make_data_folder;
use crate::store::{BackupClaim, ObjectStore, StoreOptions};
use crate::woofs::Woofs;
use crate::world::World;

/// Says what the file is; the first entry.
const MANIFEST: &str = "nano-backup.json";

/// Folders with data, in the order in which they are copied.
const FOLDERS: [&str; 4] = ["woofs", "objects/index", "objects/journal", "objects/blobs"];
/// Folders and a file with secrets, which nobody but the edge's owner reads.
const SECRETS: [&str; 3] = ["capabilities", "queues", "keys.json"];

fn is_secret(relative: &Path) -> bool {
    SECRETS.iter().any(|secret| relative.starts_with(secret))
}

/// Is in a folder while a backup is restored into it.
const UNFINISHED: &str = "restoring";

/// Refuses a folder in which a restoration was cut short: half of the data looks like all of it.
pub(crate) fn is_whole(what: &str, data: &Path) -> Result<(), EdgeError> {
    if !data.join(UNFINISHED).exists() {
        return Ok(());
    }
    let why = "the restoration of a backup into it was cut short: delete the folder and restore again";
    Err(at(what, data)(io::Error::new(io::ErrorKind::InvalidData, why)))
}

/// What a backup or a restoration copied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// Files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What a check found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Records of the object store that were read and whose checksums are right.
    pub object_records: u64,
    /// `WooFs`.
    pub woofs: u64,
    /// Their records.
    pub woof_records: u64,
    /// Bytes of appends that a crash had left unfinished; they are cut off.
    pub truncated_bytes: u64,
}

fn at(what: &str, path: &Path) -> impl FnOnce(io::Error) -> EdgeError {
    let what = format!("{what} {}", path.display());
    move |source| EdgeError::Io { what, source }
}

/// What is in a folder. One that isn't there any more has nothing, nor has a file.
fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(vec![]),
        other => other?.collect(),
    }
}

/// All folders in a folder, itself included, sorted; or the file that it is.
fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![folder.to_owned()];
    let mut at = 0;
    while let Some(folder) = found.get(at).cloned() {
        at += 1;
        for entry in entries(&folder)? {
            // A log that is being removed begins with a dot.
            if entry.file_type()?.is_dir() && !entry.file_name().as_encoded_bytes().starts_with(b".") {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The files right in a folder, sorted and open, so that they stay what they are when their names go.
///
/// The oldest segments of a log may go meanwhile: those that are opened follow each other, because the newest are opened
/// first. What is in the middle of going is not there.
fn files(folder: &Path) -> io::Result<Vec<(PathBuf, File)>> {
    let mut paths = if folder.is_file() { vec![folder.to_owned()] } else { vec![] };
    for entry in entries(folder)? {
        if entry.file_type()?.is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    let mut files = vec![];
    for path in paths.into_iter().rev() {
        match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => files.push((path, other?)),
        }
    }
    files.reverse();
    Ok(files)
}

/// Whether a file is not copied. Locks are this machine's; drafts are nobody's yet; offsets are found again.
fn is_left_out(path: &Path) -> bool {
    let has = |end: &str| path.extension().is_some_and(|extension| extension == end);
    ["tmp", "new", "idx"].into_iter().any(has) || path.file_name().is_some_and(|name| name == "lock")
}

/// Refuses what is no data folder.
fn is_there(what: &str, data: &Path) -> Result<(), EdgeError> {
    if data.join("objects/journal").is_dir() {
        return Ok(());
    }
    Err(at(what, data)(io::Error::new(io::ErrorKind::NotFound, "it is no data folder of an edge")))
}

/// Copies everything in a data folder into one file, which must not exist and which nobody else can read then. The edge may
/// be at work meanwhile.
pub fn backup(data: &Path, to: &Path, created_ms: u64) -> Result<Copied, EdgeError> {
    is_whole("back up", data)?;
    is_there("back up", data)?;
    let objects = data.join("objects");
    let _claim = BackupClaim::take(&objects).map_err(at("claim", &objects))?;
    let file = File::options().write(true).create_new(true).mode(0o600).open(to).map_err(at("make", to))?;
    let copied = write(data, &file, created_ms).and_then(|copied| file.sync_all().map(|()| copied));
    copied.map_err(|error| {
        // Half a backup is none.
        let _ = fs::remove_file(to);
        at("write", to)(error)
    })
}

fn write(data: &Path, file: &File, created_ms: u64) -> io::Result<Copied> {
    let mut zip = ZipWriter::new(BufWriter::with_capacity(1 << 20, file));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    zip.start_file(MANIFEST, options)?;
    zip.write_all(
        serde_json::json!({"format": "nano-backup", "version": 1, "created_ms": created_ms}).to_string().as_bytes(),
    )?;
    let mut copied = Copied::default();
    for folder in FOLDERS.into_iter().chain(SECRETS) {
        if !data.join(folder).exists() {
            continue;
        }
        for folder in folders(&data.join(folder))? {
            let mut files = files(&folder)?;
            files.retain(|(path, _)| !is_left_out(path));
            let newest =
                files.iter().rposition(|(path, _)| path.extension().is_some_and(|extension| extension == "log"));
            for (position, (path, file)) in files.into_iter().enumerate() {
                let relative = path.strip_prefix(data).map_err(io::Error::other)?;
                let name = relative.to_str().ok_or_else(|| io::Error::other("a file's name is no UTF-8"))?;
                // Unpacked by hand they stay what they are.
                zip.start_file(name, if is_secret(relative) { options.unix_permissions(0o600) } else { options })?;
                copied.bytes += if newest == Some(position) {
                    nano_woof::copy_segment(&path, file, &mut zip).map_err(io::Error::other)?
                } else {
                    io::copy(&mut BufReader::with_capacity(1 << 20, file), &mut zip)?
                };
                copied.files += 1;
            }
        }
    }
    zip.finish()?.flush()?;
    Ok(copied)
}

/// Makes a data folder of a backup. The folder must not exist or be empty. Everything is checked, and durable, before it
/// returns; what was restored goes again where that fails, and where it was cut short no edge opens the folder.
///
/// What clients of its queues asked for since the backup was made is not taken for new: their sequence numbers go on above
/// the world's time.
pub fn restore(from: &Path, data: &Path, world: World) -> Result<(Copied, Checked), EdgeError> {
    if fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some()) {
        let error = io::Error::new(io::ErrorKind::AlreadyExists, "the folder has something in it");
        return Err(at("restore into", data)(error));
    }
    let was_there = data.exists();
    let restored = restore_into(from, data, world);
    if restored.is_err() {
        // As far as that can be done: the mark goes last.
        let mut left = entries(data).unwrap_or_default();
        left.sort_by_key(|entry| entry.file_name() == UNFINISHED);
        for path in left.iter().map(DirEntry::path) {
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
        if !was_there {
            let _ = fs::remove_dir(data);
        }
    }
    restored
}

fn restore_into(from: &Path, data: &Path, world: World) -> Result<(Copied, Checked), EdgeError> {
    let copied = read(from, data).map_err(at("read", from))?;
    crate::queues::renew_mark(data, world.now_ms()).map_err(at("renew the mark of the queues in", data))?;
    let checked = check_all(data, world)?;
    let sync = |folder: &Path| File::open(folder)?.sync_all();
    folders(data).and_then(|all| all.iter().try_for_each(|folder| sync(folder))).map_err(at("write", data))?;
    let finished = fs::remove_file(data.join(UNFINISHED)).and_then(|()| sync(data));
    finished.map_err(at("write", data))?;
    Ok((copied, checked))
}

fn read(from: &Path, data: &Path) -> io::Result<Copied> {
    let no_backup = || io::Error::new(io::ErrorKind::InvalidData, "it is no backup of an edge, or not all of it");
    let mut zip = match ZipArchive::new(BufReader::with_capacity(1 << 20, File::open(from)?)) {
        Err(ZipError::InvalidArchive(_)) => return Err(no_backup()),
        opened => opened?,
    };
    let manifest = zip.by_name(MANIFEST).map_err(|_| no_backup())?;
    let manifest: serde_json::Value = serde_json::from_reader(manifest).map_err(|_| no_backup())?;
    if manifest["format"] != "nano-backup" || manifest["version"] != 1 {
        return Err(no_backup());
    }
    make_data_folder(data)?;
    File::create_new(data.join(UNFINISHED))?.sync_all()?;
    File::open(data)?.sync_all()?;
    let mut copied = Copied::default();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index)?;
        if entry.is_dir() || entry.name().is_ok_and(|name| name == MANIFEST) {
            continue;
        }
        // Nothing outside the folder, whatever a name says.
        let known = |path: &PathBuf| is_secret(path) || FOLDERS.iter().any(|folder| path.starts_with(folder));
        let relative = entry.enclosed_name().filter(known).ok_or_else(no_backup)?;
        let path = data.join(&relative);
        let mut options = File::options();
        if is_secret(&relative) {
            options.mode(0o600);
        }
        if let Some(parent) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
        }
        let mut file = options.write(true).create_new(true).open(&path)?;
        // The reader compares the checksum at the end.
        copied.bytes += io::copy(&mut entry, &mut file)?;
        file.sync_all()?;
        copied.files += 1;
    }
    Ok(copied)
}

/// Reads every record in a data folder that no edge uses, and compares its checksum.
pub fn check(data: &Path, world: World) -> Result<Checked, EdgeError> {
    is_whole("check", data)?;
    // Opened, any folder would become one.
    is_there("check", data)?;
    check_all(data, world)
}

fn check_all(data: &Path, world: World) -> Result<Checked, EdgeError> {
    let clock = Arc::clone(&world.clock);
    let store = ObjectStore::open(&data.join("objects"), StoreOptions::default(), clock)?;
    let (journal, blobs) = store.recovery();
    let mut checked = Checked {
        object_records: store.verify()?,
        truncated_bytes: journal.truncated_bytes + blobs.truncated_bytes,
        ..Checked::default()
    };
    let woofs = Woofs::open(&data.join("woofs"), LogOptions::default(), world)?;
    for stat in woofs.list(None)? {
        let log = woofs.log(&format!("{}/{}", stat.namespace, stat.name))?;
        checked.truncated_bytes += log.recovery().truncated_bytes;
        checked.woof_records += log.verify()?;
        checked.woofs += 1;
    }
    Ok(checked)
}
