//! Boards as numbers: clock, memory, pins, currents. The tables are `emulator/boards/*.toml`.
//!
//! Time on a board is instructions of IoTPy, times instructions of the core for each, by its clock; energy is that time
//! at the current of what the board does meanwhile. Both are estimates, and whoever prints them says so.

use nano_device::Config;
use serde::Deserialize;

/// Bits a second on the air, about, when a board sends or receives.
const BITS_PER_US: f64 = 1.0;

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
    /// Instructions of the core for one of IoTPy, about.
    pub core_instructions: u32,
    /// Functions kept ready to run.
    pub arenas: u8,
    /// Bytes that arenas may take together.
    pub arena_bytes: u32,
    /// Bytes that modules may take together.
    pub module_bytes: u32,
    /// Bytes that logs may take together.
    pub log_bytes: u32,
    /// Functions that may be installed.
    pub functions: u8,
    /// Logs that may be made.
    pub logs: u8,
    /// Digital pins: 0 to this, excluded.
    pub digital_pins: u32,
    /// Analogue channels: 0 to this, excluded.
    pub analogue_channels: u32,
    /// Supply.
    pub volts: f64,
    /// Milliamperes while running, radio on.
    pub active_ma: f64,
    /// Milliamperes while receiving.
    pub receive_ma: f64,
    /// Milliamperes while sending.
    pub send_ma: f64,
    /// Milliamperes while waiting for an answer or the next event.
    pub wait_ma: f64,
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
        self.energy_uj(self.active_ma, self.time_us(instructions))
    }

    /// Microjoules for an invocation that the edge runs: sending the event, waiting, receiving the result. Estimated.
    pub fn remote_energy_uj(&self, sent_bytes: usize, waited_us: u64, received_bytes: usize) -> f64 {
        let air_us = |bytes: usize| bytes as f64 * 8.0 / BITS_PER_US;
        self.energy_uj(self.send_ma, air_us(sent_bytes))
            + self.energy_uj(self.wait_ma, waited_us as f64)
            + self.energy_uj(self.receive_ma, air_us(received_bytes))
    }

    /// Microjoules for a current over a time. V * mA * us = nJ.
    fn energy_uj(&self, milliamperes: f64, us: f64) -> f64 {
        self.volts * milliamperes * us / 1000.0
    }

    /// Instructions of IoTPy in a millisecond, estimated.
    pub fn instructions_per_ms(&self) -> u32 {
        u32::try_from(self.clock_hz / 1000 / u64::from(self.core_instructions.max(1))).unwrap_or(u32::MAX).max(1)
    }

    /// The runtime's limits on this board, with this many ports.
    pub fn config(&self, ports: u8) -> Config {
        Config {
            ports,
            frame_bytes: 2048,
            answer_bytes: 1024,
            queue: 32,
            event_bytes: 8192,
            arenas: self.arenas,
            arena_bytes: self.arena_bytes,
            module_bytes: self.module_bytes,
            functions: self.functions,
            logs: self.logs,
            log_bytes: self.log_bytes,
            remote: 4,
            result_bytes: 256,
            results: 8,
        }
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
        assert_eq!(esp.instructions_per_ms(), 2000);
        // 125 bytes are a millisecond on the air: 561 + 49.5 + 184.8 uJ.
        assert!((esp.remote_energy_uj(125, 1000, 125) - 795.3).abs() < 1e-6);
        // Table II of the paper.
        assert!((boards[1].active_energy_uj(2666) - 101.4).abs() < 0.1);
    }
}
