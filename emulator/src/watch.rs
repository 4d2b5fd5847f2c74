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
                Ok(event) if is_relevant(&event) => {}
                Ok(_) => continue,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
            let first = Instant::now();
            // Until it has been quiet for a moment.
            while self.events.recv_timeout(QUIET).is_ok() {}
            let changed = self.changed_files();
            if !changed.is_empty() {
                return Some((changed, first));
            }
        }
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

/// Reads don't count: reading the files would signal itself.
fn is_relevant(event: &notify::Result<notify::Event>) -> bool {
    event.as_ref().is_ok_and(|event| !event.kind.is_access())
}

fn gather(folder: &Path, depth: u32, into: &mut HashMap<PathBuf, u64>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "__pycache__" {
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
}
