//! Lengths of time and sizes as people write them.

use crate::failure::Failure;
use std::time::Duration;

/// `30s`, `10m`, `1h`, `7d`, `500ms`.
pub fn duration(text: &str) -> Result<Duration, Failure> {
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit.trim() {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(Failure::with_hint(format!("'{text}' is no length of time"), "write 30s, 10m, 1h or 7d")),
    };
    number
        .trim()
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .map(Duration::from_millis)
        .ok_or_else(|| Failure::with_hint(format!("'{text}' is no length of time"), "write 30s, 10m, 1h or 7d"))
}

/// `16384`, `16 KiB`, `1 MiB`.
pub fn bytes(text: &str) -> Result<usize, Failure> {
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor: usize = match unit.trim() {
        "" | "B" => 1,
        "KiB" | "K" | "k" => 1 << 10,
        "MiB" | "M" => 1 << 20,
        _ => return Err(Failure::with_hint(format!("'{text}' is no size"), "write 16384, \"16 KiB\" or \"1 MiB\"")),
    };
    number
        .trim()
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .filter(|bytes| *bytes <= 1 << 30)
        .ok_or_else(|| Failure::with_hint(format!("'{text}' is no size"), "write 16384, \"16 KiB\" or \"1 MiB\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        assert_eq!(duration("1h").unwrap(), Duration::from_secs(3600));
        assert_eq!(duration("500ms").unwrap(), Duration::from_millis(500));
        assert!(duration("soon").is_err());
        assert!(duration("99999999999999999999d").is_err());
        assert_eq!(bytes("16 KiB").unwrap(), 16384);
        assert_eq!(bytes("64").unwrap(), 64);
        assert!(bytes("64 parsecs").is_err());
        assert!(bytes("9999 MiB").is_err());
    }
}
