//! What the edge is handed of the world: the time and randomness. Nothing else here reads a clock or entropy.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::macros::format_description;

/// Fills a buffer with random bytes.
pub type Entropy = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// Time and randomness.
#[derive(Clone)]
pub struct World {
    /// Unix time in milliseconds.
    pub clock: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Fills a buffer with random bytes.
    pub random: Entropy,
}

impl World {
    /// The machine's own, for who runs the edge in earnest.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(|| {
                SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
            }),
            random: Arc::new(|buffer| {
                // Without the kernel's entropy no process of this machine would work.
                let _ = getrandom::fill(buffer);
            }),
        }
    }

    /// Unix time in milliseconds.
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// A random (version 4) UUID.
    pub fn uuid(&self) -> String {
        let mut bytes = [0; 16];
        (self.random)(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

fn date(ms: u64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// As Lambda writes a time in configurations: `2026-11-21T03:44:00.123+0000`.
pub(crate) fn lambda_time(ms: u64) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+0000");
    date(ms).format(&format).unwrap_or_default()
}

/// As Lambda writes a time in logs: `2026-11-21T03:44:00.123Z`.
pub(crate) fn log_time(ms: u64) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    date(ms).format(&format).unwrap_or_default()
}

/// As in names of log streams: `2026/11/21`.
pub(crate) fn log_day(ms: u64) -> String {
    date(ms).format(&format_description!("[year]/[month]/[day]")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_ids_look_as_on_aws() {
        assert_eq!(lambda_time(1_795_232_640_123), "2026-11-21T03:44:00.123+0000");
        assert_eq!(log_time(1_795_232_640_123), "2026-11-21T03:44:00.123Z");
        assert_eq!(log_day(1_795_232_640_123), "2026/11/21");
        let world = World { clock: Arc::new(|| 7), random: Arc::new(|buffer| buffer.fill(0xff)) };
        assert_eq!(world.uuid(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(world.now_ms(), 7);
    }
}
