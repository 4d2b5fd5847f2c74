//! The operator's token: who runs functions on the devices by hand, past their gates, shows that he may read the project.
//!
//! A device's own console runs a function without a capability, as whoever holds a board in his hand may. Over HTTP that
//! would be anybody on this machine, and any page in its browser; so the token is made anew at every start and lies in
//! `.nano/operator`, which only the project's owner reads. `nano invoke` finds it by itself.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use nano_edge::World;

/// Name of the file in the project's `.nano`.
pub const OPERATOR_FILE: &str = "operator";
/// Digits of a token.
pub const OPERATOR_DIGITS: usize = 32;

/// The token of one run. Its file is gone when this is dropped.
pub struct Operator {
    token: String,
    file: PathBuf,
}

impl Operator {
    /// Makes a token and writes it, in place of that of an earlier run.
    pub fn create(local_folder: &Path, world: &World) -> io::Result<Self> {
        let mut secret = [0; OPERATOR_DIGITS / 2];
        (world.random)(&mut secret);
        let token = secret.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        DirBuilder::new().recursive(true).mode(0o700).create(local_folder)?;
        let file = local_folder.join(OPERATOR_FILE);
        let new = file.with_extension("new");
        let _ = fs::remove_file(&new);
        let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        writeln!(out, "{token}")?;
        fs::rename(&new, &file)?;
        Ok(Self { token, file: fs::canonicalize(file)? })
    }

    /// Where the token lies.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether this is the token. Takes the same time for every wrong one.
    pub fn admits(&self, shown: &str) -> bool {
        let (ours, theirs) = (self.token.as_bytes(), shown.as_bytes());
        let differ = |(a, b): (&u8, &u8)| a ^ b;
        ours.len() == theirs.len() && ours.iter().zip(theirs).map(differ).fold(0, |all, one| all | one) == 0
    }
}

impl Drop for Operator {
    fn drop(&mut self) {
        // Unless it is another run's by now.
        if fs::read_to_string(&self.file).is_ok_and(|text| text.trim() == self.token) {
            let _ = fs::remove_file(&self.file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_token_is_of_one_run_and_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let local = folder.path().join(".nano");
        let operator = Operator::create(&local, &World::system()).unwrap();
        let file = operator.file().to_path_buf();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let token = fs::read_to_string(&file).unwrap();
        assert!(token.trim().len() == OPERATOR_DIGITS && operator.admits(token.trim()));
        for wrong in ["", "0", &"0".repeat(OPERATOR_DIGITS), &token[1..]] {
            assert!(!operator.admits(wrong), "{wrong:?}");
        }
        let next = Operator::create(&local, &World::system()).unwrap();
        assert!(!next.admits(token.trim()));
        drop(operator);
        assert!(file.is_file(), "the next run's stays");
        drop(next);
        assert!(!file.exists());
    }
}
