//! How many passed, failed, were skipped.

use std::fmt;
use std::ops::AddAssign;

/// Counts of one runner or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Ran and held.
    pub passed: u64,
    /// Ran and did not hold, timed out, or did not even start.
    pub failed: u64,
    /// Did not run.
    pub skipped: u64,
}

impl Tally {
    /// One check that held.
    pub fn success() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    /// One check that did not hold.
    pub fn failure() -> Self {
        Self { failed: 1, ..Self::default() }
    }

    /// One check that could not run.
    pub fn skip() -> Self {
        Self { skipped: 1, ..Self::default() }
    }

    /// The same with every skip counted as a failure.
    pub fn with_skips_failed(self) -> Self {
        Self { passed: self.passed, failed: self.failed + self.skipped, skipped: 0 }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    /// `N passed, N failed`, and `, N skipped` if any were.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(formatter, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn the_closing_line_has_one_form() {
        assert_eq!(Tally::default().to_string(), "0 passed, 0 failed");
        let mut tally = Tally { passed: 4, failed: 1, skipped: 2 };
        assert_eq!(tally.to_string(), "4 passed, 1 failed, 2 skipped");
        tally += Tally::success();
        assert_eq!(tally.with_skips_failed().to_string(), "5 passed, 3 failed");
    }
}
