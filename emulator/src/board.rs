//! Boards as numbers: clock, memory, currents. The tables are `emulator/boards/*.toml`.
//!
//! Time on a board is instructions of IoTPy, times instructions of the core for each, by its clock; energy is that time
//! at the running current. Both are estimates, and whoever prints them says so.

use serde::Deserialize;

/// A board.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardModel {
    /// Its name, as in `nano.toml`.
    pub name: String,
    /// Its core.
    pub core: String,
    /// Clock in hertz.
    pub clock_hz: u64,
    /// Bytes that arenas may take together.
    pub arena_bytes: u32,
    /// Instructions of the core for one of IoTPy, about.
    pub core_instructions: u32,
    /// Supply.
    pub volts: f64,
    /// Milliamperes while running, radio on.
    pub active_ma: f64,
    /// Milliamperes while sending.
    pub send_ma: f64,
    /// Milliamperes in light sleep.
    pub sleep_ma: f64,
    /// Milliamperes in deep sleep.
    pub deep_sleep_ma: f64,
}

impl BoardModel {
    /// Microseconds for this many instructions of IoTPy, estimated.
    pub fn time_us(&self, instructions: u64) -> f64 {
        instructions as f64 * f64::from(self.core_instructions) * 1e6 / self.clock_hz as f64
    }

    /// Microjoules for this many instructions of IoTPy, estimated.
    pub fn active_energy_uj(&self, instructions: u64) -> f64 {
        // V * mA * us = nJ
        self.volts * self.active_ma * self.time_us(instructions) / 1000.0
    }
}

/// All boards there are; the first is the one a device has by default.
pub fn boards() -> Vec<BoardModel> {
    [include_str!("../boards/esp8266.toml"), include_str!("../boards/cc3220sf.toml")]
        .iter()
        .filter_map(|text| toml::from_str(text).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_read_and_energy_is_power_by_time() {
        let boards = boards();
        assert_eq!(boards.iter().map(|board| board.name.as_str()).collect::<Vec<_>>(), ["esp8266", "cc3220sf"]);
        let esp = &boards[0];
        // 2000 instructions at 40 cycles and 80 MHz are 1 ms; 184.8 mW for 1 ms are 184.8 uJ.
        assert!((esp.time_us(2000) - 1000.0).abs() < 1e-6);
        assert!((esp.active_energy_uj(2000) - 184.8).abs() < 1e-6);
    }
}
