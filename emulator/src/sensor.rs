//! What a software device reads instead of a sensor: rows of a file of comma-separated values, over and over.

use std::fs;
use std::path::Path;

/// Largest file.
const MOST_BYTES: u64 = 64 << 20;

/// The rows of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SensorData {
    rows: Vec<Vec<f64>>,
    /// The rows as JSON lists, with the digits of the file.
    texts: Vec<String>,
    next: usize,
}

/// Why a file is no sensor's data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SensorError {
    /// It can't be read.
    #[error("{0}")]
    Unreadable(String),
    /// There is nothing in it.
    #[error("{0} has no rows of numbers")]
    Empty(String),
    /// A row is not numbers.
    #[error("{file}:{line}: {text:?} is no number")]
    NoNumber {
        /// The file.
        file: String,
        /// From 1.
        line: usize,
        /// What stands there.
        text: String,
    },
}

impl SensorData {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, SensorError> {
        let shown = path.display();
        let unreadable = |error: std::io::Error| SensorError::Unreadable(format!("{shown} can't be read: {error}"));
        if fs::metadata(path).map_err(unreadable)?.len() > MOST_BYTES {
            return Err(SensorError::Unreadable(format!("{shown} is larger than 64 MiB")));
        }
        Self::parse(&shown.to_string(), &fs::read_to_string(path).map_err(unreadable)?)
    }

    /// Reads text: a row a line, numbers between commas; lines that begin with `#` and a first line of names don't count.
    pub fn parse(file: &str, text: &str) -> Result<Self, SensorError> {
        let mut data = Self::default();
        let mut first = true;
        for (line, row) in (1..).zip(text.lines()) {
            let row = row.trim();
            if row.is_empty() || row.starts_with('#') {
                continue;
            }
            let fields: Vec<&str> = row.split(',').map(str::trim).collect();
            let numbers: Vec<Option<f64>> =
                fields.iter().map(|field| field.parse().ok().filter(|number: &f64| number.is_finite())).collect();
            let names = first && numbers.iter().all(Option::is_none);
            first = false;
            if names {
                continue;
            }
            if let Some(at) = numbers.iter().position(Option::is_none) {
                return Err(SensorError::NoNumber { file: file.to_owned(), line, text: fields[at].to_owned() });
            }
            let texts: Vec<String> =
                fields.iter().zip(numbers.iter().flatten()).map(|(text, n)| json(text, *n)).collect();
            data.texts.push(format!("[{}]", texts.join(", ")));
            data.rows.push(numbers.into_iter().flatten().collect());
        }
        if data.rows.is_empty() { Err(SensorError::Empty(file.to_owned())) } else { Ok(data) }
    }

    /// The next row; after the last comes the first.
    fn advance(&mut self) -> Option<usize> {
        let at = self.next.checked_rem(self.rows.len())?;
        self.next = at + 1;
        Some(at)
    }

    /// The first number of the next row, as counts of a converter.
    pub fn counts(&mut self) -> Option<u32> {
        let at = self.advance()?;
        let number = self.rows.get(at)?.first()?;
        // A converter has no less than 0 and, at the most, 32 bits.
        Some(number.round().clamp(0.0, f64::from(u32::MAX)) as u32)
    }

    /// The next row as a JSON list.
    pub fn text(&mut self) -> Option<&str> {
        let at = self.advance()?;
        self.texts.get(at).map(String::as_str)
    }
}

/// The number as the file has it, where that is JSON.
fn json(text: &str, number: f64) -> String {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_json = digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'));
    if is_json { text.to_owned() } else { format!("{number:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_over_and_over() {
        let mut data = SensorData::parse("f", "# comment\nlevel\n33\n28.6\n\n-5\n").unwrap();
        let counts: Vec<_> = (0..4).map(|_| data.counts()).collect();
        assert_eq!(counts, [Some(33), Some(29), Some(0), Some(33)]);
        let mut data = SensorData::parse("f", "x,y,z\n-0.0979, 0.0302,1.0\n1,.5,1e3\n").unwrap();
        assert_eq!(data.text(), Some("[-0.0979, 0.0302, 1.0]"));
        assert_eq!(data.text(), Some("[1, 0.5, 1000.0]"));
    }

    #[test]
    fn what_is_no_data_is_told() {
        let error = |text| SensorData::parse("light.csv", text).unwrap_err().to_string();
        assert_eq!(error("level\n3\nx\n"), "light.csv:3: \"x\" is no number");
        assert_eq!(error("3,4\n5,\n"), "light.csv:2: \"\" is no number");
        assert_eq!(error("1,NaN"), "light.csv:1: \"NaN\" is no number");
        assert_eq!(error("level\n"), "light.csv has no rows of numbers");
        assert!(SensorData::load(Path::new("no/such/file.csv")).unwrap_err().to_string().contains("can't be read"));
    }
}
