//! Watching a project's files: one signal a save, however the editor writes.
//!
//! Editors save by writing a new file and renaming it over the old one, so the folder is watched, not the file. Events
//! are gathered for 20 ms after the last one, and a save that changed no content is none.

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How long after the last event a save counts as done.
const QUIET: Duration = Duration::from_millis(20);

/// How long a save may take: of one that goes on, what there is counts, and the rest is another one.
const LONGEST: Duration = Duration::from_millis(500);

/// Watches a folder.
pub struct Watch {
    // Dropping it ends the events.
    _watcher: RecommendedWatcher,
    events: Receiver<notify::Result<notify::Event>>,
    folder: PathBuf,
    contents: HashMap<PathBuf, u64>,
}

impl Watch {
    /// Begins to watch the Python files, the `nano.toml` and the `requirements.txt` of a folder.
    pub fn new(folder: &Path) -> notify::Result<Self> {
        let (sender, events) = channel();
        let mut watcher = notify::recommended_watcher(move |event| {
            // The receiver is gone when nobody watches any more.
            let _ = sender.send(event);
        })?;
        watcher.watch(folder, RecursiveMode::Recursive)?;
        let mut watch = Self { _watcher: watcher, events, folder: folder.to_path_buf(), contents: HashMap::new() };
        watch.changed_files();
        Ok(watch)
    }

    /// Waits up to `patience` for a save; the files whose content changed, and when the first event of it came.
    pub fn next(&mut self, patience: Duration) -> Option<(Vec<PathBuf>, Instant)> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.checked_duration_since(Instant::now())?;
            match self.events.recv_timeout(left) {
                Ok(event) if self.is_relevant(&event) => {}
                Ok(_) => continue,
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => {
                    // Nothing will come any more; whoever asks again and again is not to keep a core busy.
                    std::thread::sleep(left);
                    return None;
                }
            }
            let first = Instant::now();
            let mut quiet = first + QUIET;
            // Until it has been quiet for a moment.
            while let Some(left) = quiet.min(first + LONGEST).checked_duration_since(Instant::now()) {
                match self.events.recv_timeout(left) {
                    Ok(event) if self.is_relevant(&event) => quiet = Instant::now() + QUIET,
                    Ok(_) => {}
                    Err(_) => break,
                }
            }
            let changed = self.changed_files();
            if !changed.is_empty() {
                return Some((changed, first));
            }
        }
    }

    /// Whether an event may be of a save. Reads don't count: reading the files would signal itself. Nor does what is written where
    /// nobody looks: the edge's own data are in a folder of the project, and it writes all the time.
    fn is_relevant(&self, event: &notify::Result<notify::Event>) -> bool {
        // Of what got lost nobody knows where it was.
        let Ok(event) = event else { return true };
        let is_seen = |path: &PathBuf| {
            let Ok(inside) = path.strip_prefix(&self.folder) else { return true };
            !inside.components().any(|part| is_left_out(&part.as_os_str().to_string_lossy()))
        };
        !event.kind.is_access() && (event.paths.is_empty() || event.paths.iter().any(is_seen))
    }

    /// Files whose content isn't what it was when last asked, removed ones included.
    fn changed_files(&mut self) -> Vec<PathBuf> {
        let mut now = HashMap::new();
        gather(&self.folder, 0, &mut now);
        let mut changed: Vec<PathBuf> = now
            .iter()
            .filter(|(path, hash)| self.contents.get(*path) != Some(hash))
            .map(|(path, _)| path.clone())
            .collect();
        changed.extend(self.contents.keys().filter(|path| !now.contains_key(*path)).cloned());
        changed.sort();
        self.contents = now;
        changed
    }
}

/// Whether what is below that name is none of a project's files.
fn is_left_out(name: &str) -> bool {
    name.starts_with('.') || name == "__pycache__"
}

fn gather(folder: &Path, depth: u32, into: &mut HashMap<PathBuf, u64>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_left_out(&name) {
            continue;
        }
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            if depth < 8 {
                gather(&path, depth + 1, into);
            }
        } else if matches!(name.as_str(), "nano.toml" | "requirements.txt")
            || path.extension().is_some_and(|extension| extension == "py")
        {
            // A file that vanishes between the listing and the read is part of a save under way.
            if let Ok(content) = std::fs::read(&path) {
                let mut hasher = DefaultHasher::new();
                content.hash(&mut hasher);
                into.insert(path, hasher.finish());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[test]
    fn saves_by_writing_and_by_renaming_are_seen_once_each_and_equal_content_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lights.py");
        fs::write(&file, "a = 1\n").unwrap();
        let mut watch = Watch::new(folder.path()).unwrap();

        fs::write(&file, "a = 2\n").unwrap();
        assert_eq!(watch.next(PATIENCE).unwrap().0, std::slice::from_ref(&file));

        let temporary = folder.path().join(".lights.py.swp");
        fs::write(&temporary, "a = 3\n").unwrap();
        fs::rename(&temporary, &file).unwrap();
        assert_eq!(watch.next(PATIENCE).unwrap().0, std::slice::from_ref(&file));

        fs::write(&file, "a = 3\n").unwrap();
        assert!(watch.next(Duration::from_millis(300)).is_none());

        fs::remove_file(&file).unwrap();
        assert_eq!(watch.next(PATIENCE).unwrap().0, [file]);
    }

    #[test]
    fn what_is_written_all_the_time_elsewhere_holds_no_save_up() {
        let folder = tempfile::tempdir().unwrap();
        let (file, data) = (folder.path().join("lights.py"), folder.path().join(".nano/edge"));
        fs::create_dir_all(&data).unwrap();
        fs::write(&file, "a = 1\n").unwrap();
        let mut watch = Watch::new(folder.path()).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0_u64.. {
                    if done.load(std::sync::atomic::Ordering::SeqCst) {
                        return;
                    }
                    // As under load: in the edge's data, and at last in the project itself.
                    fs::write(data.join("log"), number.to_string()).unwrap();
                    if number > 400 {
                        fs::write(folder.path().join("notes.txt"), number.to_string()).unwrap();
                    }
                    std::thread::sleep(Duration::from_millis(2));
                }
            });
            for number in 2..6 {
                fs::write(&file, format!("a = {number}\n")).unwrap();
                let found = watch.next(Duration::from_secs(5));
                assert_eq!(found.map(|(files, _)| files), Some(vec![file.clone()]), "save {number}");
                std::thread::sleep(Duration::from_millis(300));
            }
            assert!(watch.next(Duration::from_millis(100)).is_none());
            done.store(true, std::sync::atomic::Ordering::SeqCst);
        });
    }

    #[test]
    fn however_a_file_is_saved_its_last_content_is_the_last_that_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lights.py");
        fs::write(&file, "a = 0\n").unwrap();
        let mut watch = Watch::new(folder.path()).unwrap();
        for round in 0..12_u64 {
            let last = format!("a = {round}\nb = {}\n", round * 7);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    for step in 0..8_u64 {
                        match (round + step) % 4 {
                            // Half of it, and the other half later.
                            0 => {
                                fs::write(&file, &last[..4]).unwrap();
                                std::thread::sleep(Duration::from_millis(step * 5));
                                fs::write(&file, &last).unwrap();
                            }
                            1 => {
                                let new = folder.path().join(format!(".lights.{step}"));
                                fs::write(&new, format!("{last}# {step}\n")).unwrap();
                                fs::rename(&new, &file).unwrap();
                            }
                            2 => {
                                let backup = folder.path().join("lights.py~");
                                fs::rename(&file, &backup).unwrap();
                                std::thread::sleep(Duration::from_millis(step * 3));
                                fs::write(&file, &last).unwrap();
                                fs::remove_file(&backup).unwrap();
                            }
                            _ => {
                                fs::remove_file(&file).unwrap();
                                std::thread::sleep(Duration::from_millis(step * 6));
                                fs::write(&file, format!("{last}# {step}\n")).unwrap();
                            }
                        }
                    }
                    fs::write(&file, &last).unwrap();
                });
                // Whoever is told reads the file, as it is then; told of nothing more, he has the last one.
                let mut read = String::new();
                while read != last {
                    assert!(watch.next(Duration::from_secs(10)).is_some(), "{read:?} is not {last:?}");
                    read = fs::read_to_string(&file).unwrap_or_default();
                }
            });
            while watch.next(Duration::from_millis(60)).is_some() {}
        }
    }
}
