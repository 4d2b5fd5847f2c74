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

/// A unix time, seconds, as `2027-01-15 08:00:00 UTC`.
pub fn utc(unix_s: u64) -> String {
    let (days, second) = (unix_s / 86_400, unix_s % 86_400);
    // Years begin in March, so that the leap day is a year's last; 719468 days lead there from 1970.
    let day = days + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let date = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{date:02} {hour:02}:{minute:02}:{second:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_the_calendar_has_them() {
        assert_eq!(utc(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(utc(951_782_399), "2000-02-28 23:59:59 UTC");
        assert_eq!(utc(951_782_400), "2000-02-29 00:00:00 UTC");
        assert_eq!(utc(1_800_000_000), "2027-01-15 08:00:00 UTC");
        assert_eq!(utc(u32::MAX.into()), "2106-02-07 06:28:15 UTC");
    }

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
