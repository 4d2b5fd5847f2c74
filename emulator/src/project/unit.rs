//! Quantities as people write them: `16 KiB`, `5 Hz`, `250 ms`.

/// A unit of a kind of quantity: its names, and how many of the base unit it is.
type Units = &'static [(&'static str, f64)];

/// Bytes.
const BYTES: Units = &[
    ("B", 1.0),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("kB", 1e3),
    ("KB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
];

/// Microseconds.
const TIME: Units = &[("us", 1.0), ("ms", 1e3), ("s", 1e6), ("min", 60e6), ("h", 3600e6)];

/// Hertz.
const RATE: Units =
    &[("mHz", 1e-3), ("Hz", 1.0), ("kHz", 1e3), ("/s", 1.0), ("/min", 1.0 / 60.0), ("/h", 1.0 / 3600.0)];

fn quantity(text: &str, units: Units, example: &str) -> Result<f64, String> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim();
    let names = || units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let number: f64 =
        number.replace('_', "").parse().map_err(|_| format!("expected a quantity such as \"{example}\""))?;
    if unit.is_empty() {
        return Err(format!("a unit is missing: {}, as in \"{example}\"", names()));
    }
    match units.iter().find(|(name, _)| *name == unit) {
        Some((_, factor)) => Ok(number * factor),
        None => Err(format!("\"{unit}\" is no unit here: {}", names())),
    }
}

/// A size in bytes: a whole number below 4 GiB, not 0.
pub fn bytes(text: &str) -> Result<u32, String> {
    let bytes = quantity(text, BYTES, "16 KiB")?;
    whole(bytes, f64::from(u32::MAX))
        .map(|bytes| bytes as u32)
        .ok_or_else(|| "not a whole number of bytes from 1 B to 4 GiB".into())
}

/// A time in microseconds, from 1 us to a day.
pub fn time_us(text: &str) -> Result<u64, String> {
    let us = quantity(text, TIME, "1 s")?;
    whole(us.round(), 86_400e6).ok_or_else(|| "a time is from 1 us to 24 h".into())
}

/// A rate as its period in microseconds: from once a day to 100 kHz.
pub fn period_us(text: &str) -> Result<u64, String> {
    let hertz = quantity(text, RATE, "5 Hz")?;
    let period = (1e6 / hertz).round();
    whole(period, 86_400e6).filter(|us| *us >= 10).ok_or_else(|| "a rate is from 1 a day to 100 kHz".into())
}

fn whole(number: f64, most: f64) -> Option<u64> {
    (number.fract() == 0.0 && (1.0..=most).contains(&number)).then_some(number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read() {
        assert_eq!(bytes("16 KiB"), Ok(16384));
        assert_eq!(bytes("64B"), Ok(64));
        assert_eq!(bytes("1.5 KiB"), Ok(1536));
        assert_eq!(bytes("1_000 B"), Ok(1000));
        assert_eq!(time_us("1 s"), Ok(1_000_000));
        assert_eq!(time_us("250 ms"), Ok(250_000));
        assert_eq!(period_us("5 Hz"), Ok(200_000));
        assert_eq!(period_us("50 Hz"), Ok(20_000));
        assert_eq!(period_us("1 /min"), Ok(60_000_000));
    }

    #[test]
    fn what_is_no_quantity_is_told() {
        for (error, words) in [
            (bytes("16").unwrap_err(), "a unit is missing"),
            (bytes("16 KiBs").unwrap_err(), "\"KiBs\" is no unit here: B, KiB"),
            (bytes("much").unwrap_err(), "such as \"16 KiB\""),
            (bytes("0 B").unwrap_err(), "from 1 B"),
            (bytes("0.3 B").unwrap_err(), "whole number"),
            (bytes("5 GiB").unwrap_err(), "4 GiB"),
            (time_us("1 Hz").unwrap_err(), "no unit here"),
            (time_us("2 h").map_or_else(|e| e, |_| "a unit is missing".into()), "a unit"),
            (time_us("25 h").unwrap_err(), "24 h"),
            (period_us("0 Hz").unwrap_err(), "100 kHz"),
            (period_us("1e9 Hz").unwrap_err(), "no unit"),
            (period_us("-1 Hz").unwrap_err(), "such as"),
        ] {
            assert!(error.contains(words), "{error}");
        }
    }
}
