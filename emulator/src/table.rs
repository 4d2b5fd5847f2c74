//! What is known of a board: clock, memory, pins, power. Every time and energy derived from it is an estimate.

use nano_device::Config;
use nano_wire::features::Features;
use serde::Deserialize;

/// Tables that come with nano, by name: the files of `boards/`.
const TABLES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// Bits on the air in a microsecond, about.
const BITS_PER_US: f64 = 1.0;

/// A board's table, as `boards/*.toml` has it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardTable {
    /// Its name.
    pub model: String,
    /// One line.
    pub description: String,
    /// Where the figures come from.
    pub source: String,
    /// Its processor.
    pub processor: Processor,
    /// Its memory.
    pub memory: Memory,
    /// How long messages are, and how many wait.
    pub limits: Limits,
    /// What its firmware has of the VM.
    #[serde(default)]
    pub vm: VmParts,
    /// Its pins.
    pub pins: Pins,
    /// Its power.
    pub power: Power,
    /// How its firmware is built, where there is one.
    pub firmware: Option<Firmware>,
    /// How QEMU is this board, where it can be.
    pub qemu: Option<Qemu>,
    /// What tells its chip from others, where `nano deploy` knows it.
    pub chip: Option<Chip>,
    /// What lies where in its flash, where there is a firmware for it.
    pub flash: Option<FlashLayout>,
    /// Where its RAM is, where there is a firmware for it.
    pub ram: Option<Ram>,
}

/// A processor.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processor {
    /// Clock, MHz.
    pub clock_mhz: u32,
    /// Machine instructions, one a cycle, of a VM instruction on average.
    pub cycles_per_instruction: u32,
    /// Machine instructions of what stands around a handler: the record, its event, the context, the result.
    pub cycles_per_invocation: u32,
}

/// Memory for what is not the runtime itself.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// Functions kept ready.
    pub arenas: u8,
    /// All arenas together, bytes.
    #[serde(deserialize_with = "size")]
    pub arena: u32,
    /// All modules together, bytes.
    #[serde(deserialize_with = "size")]
    pub modules: u32,
    /// All logs together, bytes.
    #[serde(deserialize_with = "size")]
    pub logs: u32,
    /// Functions.
    pub functions: u8,
    /// Logs.
    pub most_logs: u8,
}

/// What a runtime on this board has room for besides, bytes where nothing else is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The body of a frame that is received.
    pub frame: u16,
    /// The payload of an answer.
    pub answer: u16,
    /// An event.
    pub event: u32,
    /// Events that may wait for their handlers.
    pub queue: u16,
    /// Questions to the edge that may wait for their answers.
    pub remote: u8,
    /// A record of the log of results.
    pub result: u16,
    /// Results that stay.
    pub results: u16,
}

/// What a firmware has of the VM. Without a word of it: all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VmParts {
    /// Parts that could be left out, and are not.
    #[serde(deserialize_with = "features")]
    pub features: Features,
}

impl Default for VmParts {
    fn default() -> Self {
        Self { features: Features::ALL }
    }
}

fn features<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Features, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let unknown = |name| serde::de::Error::custom(format!("the VM has no feature {name:?}"));
    Features::named(names.iter().map(String::as_str)).map_err(unknown)
}

/// Pins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// Digital ones: 0 to this, excluded.
    pub digital: u32,
    /// Analogue channels: 0 to this, excluded.
    pub analogue: u32,
    /// Bits of the digital ones that the board itself uses.
    #[serde(default)]
    pub taken: u32,
}

/// Power by state, milliwatts.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Power {
    /// Running code, radio on.
    pub running: f64,
    /// Receiving.
    pub receiving: f64,
    /// Sending.
    pub sending: f64,
    /// Waiting for an answer or the next event.
    pub waiting: f64,
    /// Light sleep.
    pub light_sleep: f64,
    /// Deep sleep.
    pub deep_sleep: f64,
}

/// How a firmware is built. `cargo xtask firmware` reads it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firmware {
    /// What it is compiled for: a target of rustc's, or `lx106`.
    pub target: String,
    /// What starts it, where it lies in flash.
    pub started_by: Option<StartedBy>,
    /// Bytes of code, constants and initial data that it may have.
    pub most_flash: Option<u32>,
    /// Bytes of static data that it may have.
    pub most_data: Option<u32>,
}

/// What starts a firmware that lies in flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartedBy {
    /// A first stage of ours, which is a program of its package.
    FirstStage,
    /// Espressif's boot loader.
    Bootloader,
}

/// How QEMU is a board.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qemu {
    /// QEMU's program for its processor.
    pub program: String,
    /// Debian's package of that program.
    pub package: String,
    /// What it is told: the machine, its line, semihosting.
    pub arguments: String,
    /// How the board talks to its edge.
    pub link: Wiring,
    /// The image that boots, where it is not the firmware itself.
    pub boots: Option<String>,
}

/// How an emulated board talks to its edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wiring {
    /// Frames on a serial line, which is the machine's standard input and output.
    Serial,
    /// TCP over Ethernet; the serial line is the console, plain text.
    Network,
}

/// What tells a chip from others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chip {
    /// Where its ROM has a word that others have otherwise.
    pub address: u32,
    /// The words that this one has, by revision.
    pub words: Vec<u32>,
}

/// A flash chip and what lies where in it: offsets from its beginning, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlashLayout {
    /// Bytes that a chip must have.
    pub least: u32,
    /// Bytes that it must have to hold two images, where it may.
    pub least_for_two: Option<u32>,
    /// Bytes of a sector.
    pub sector: u32,
    /// The image, behind what starts it. None where no image is in flash.
    pub image: Option<u32>,
    /// The address that its beginning is mapped at, where all of it is mapped at once.
    pub mapped: Option<u32>,
    /// The part of the image that is executed in place, where that is a part of its own.
    pub code: Option<u32>,
    /// The sector that says who the board is.
    pub provision: u32,
    /// The notes of which image runs, where there may be two.
    pub notes: Option<u32>,
    /// Sectors of them.
    #[serde(default)]
    pub notes_sectors: u32,
    /// What survives a reset.
    pub kept: u32,
    /// Sectors of it.
    pub kept_sectors: u32,
    /// What survives a reset on a chip that goes on there, where there may be such.
    pub large_kept: Option<u32>,
    /// Sectors of it.
    #[serde(default)]
    pub large_kept_sectors: u32,
    /// The place of another image, where there may be two.
    pub second: Option<u32>,
}

/// RAM, by address where a linker script of ours lays it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ram {
    /// Data RAM.
    pub data: Option<u32>,
    /// Bytes of it.
    pub data_bytes: Option<u32>,
    /// Instruction RAM.
    pub code: Option<u32>,
    /// Bytes of it for the image.
    pub code_bytes: Option<u32>,
    /// Bytes behind them for the first stage.
    pub first_bytes: Option<u32>,
    /// Bytes for the heap, where it is not all that is left.
    pub heap_bytes: Option<u32>,
    /// Bytes more for the heap, of what started the image.
    pub reclaimed_bytes: Option<u32>,
    /// Bytes of data RAM for the stack.
    pub stack_bytes: u32,
}

fn size<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let text = String::deserialize(deserializer)?;
    crate::project::bytes(&text).map_err(serde::de::Error::custom)
}

impl BoardTable {
    /// The table of a board that nano knows.
    pub fn named(model: &str) -> Option<Self> {
        let (_, text) = TABLES.iter().find(|(name, _)| *name == model)?;
        // They come with the program; a test reads each.
        toml::from_str(text).ok()
    }

    /// The boards nano knows.
    pub fn names() -> Vec<&'static str> {
        TABLES.iter().map(|(name, _)| *name).collect()
    }

    /// Instructions of the VM in a millisecond, estimated.
    pub fn instructions_per_ms(&self) -> u32 {
        (self.processor.clock_mhz * 1000 / self.processor.cycles_per_instruction.max(1)).max(1)
    }

    /// Milliseconds of so many cycles of the processor.
    pub fn cycles_ms(&self, cycles: u64) -> f64 {
        cycles as f64 / (f64::from(self.processor.clock_mhz.max(1)) * 1000.0)
    }

    /// Time that instructions of the VM take, nanoseconds, estimated.
    pub fn instructions_ns(&self, instructions: u64) -> u64 {
        let cycles = instructions.saturating_mul(self.processor.cycles_per_instruction.into());
        cycles.saturating_mul(1000) / u64::from(self.processor.clock_mhz.max(1))
    }

    /// Time that a handler's run with this many instructions of the VM takes, nanoseconds, estimated.
    pub fn invocation_ns(&self, instructions: u64) -> u64 {
        let around =
            u64::from(self.processor.cycles_per_invocation) * 1000 / u64::from(self.processor.clock_mhz.max(1));
        self.instructions_ns(instructions).saturating_add(around)
    }

    /// Microjoules for a time of running code, estimated. mW * us = nJ.
    pub fn running_uj(&self, us: u64) -> f64 {
        self.power.running * us as f64 / 1000.0
    }

    /// Microjoules for an invocation that the edge runs: sending the event, waiting, receiving the result. Estimated.
    pub fn remote_uj(&self, sent_bytes: usize, waited_us: u64, received_bytes: usize) -> f64 {
        let air_us = |bytes: usize| bytes as f64 * 8.0 / BITS_PER_US;
        let nanojoules = self.power.sending * air_us(sent_bytes)
            + self.power.waiting * waited_us as f64
            + self.power.receiving * air_us(received_bytes);
        nanojoules / 1000.0
    }

    /// The runtime's limits on this board, with this many ports: those that its firmware is built with (`nano_build`).
    pub fn config(&self, ports: u8) -> Config {
        let Memory { arenas, arena, modules, logs, functions, most_logs } = self.memory;
        let Limits { frame, answer, event, queue, remote, result, results } = self.limits;
        Config {
            ports,
            instructions_per_ms: self.instructions_per_ms(),
            frame_bytes: frame,
            answer_bytes: answer,
            queue,
            event_bytes: event,
            arenas,
            arena_bytes: arena,
            module_bytes: modules,
            functions,
            logs: most_logs,
            log_bytes: logs,
            features: self.vm.features,
            remote,
            result_bytes: result,
            results,
            pairing: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether parts follow one another without overlap, each at a sector.
    fn is_sound(layout: &FlashLayout) -> bool {
        let FlashLayout { least, least_for_two, sector, image, code, provision, notes, kept, second, .. } = *layout;
        let kept_end = kept + layout.kept_sectors * sector;
        let mut ends = vec![(kept_end, least)];
        let parts = [
            (image, 0),
            (code, 0),
            (Some(provision), sector),
            (notes, layout.notes_sectors * sector),
            (Some(kept), kept_end - kept),
        ];
        // What starts an image lies before it.
        let mut end = if image.is_some() { sector } else { 0 };
        for (from, bytes) in parts.into_iter().filter_map(|(from, bytes)| Some((from?, bytes))) {
            ends.push((end, from));
            end = from + bytes;
        }
        let large_end = layout.large_kept.map_or(kept_end, |from| from + layout.large_kept_sectors * sector);
        ends.extend(layout.large_kept.map(|from| (kept_end, from)));
        ends.extend(second.map(|second| (large_end, second)));
        // The second place is as large as the first.
        let second_end = second.zip(image).map(|(second, image)| second + provision - image);
        ends.extend(second_end.map(|end| (end, least_for_two.unwrap_or(0))));
        ends.iter().all(|(end, next)| end <= next && next % sector == 0)
    }

    #[test]
    fn every_table_is_whole() {
        for (name, text) in TABLES {
            let error = toml::from_str::<BoardTable>(text).err();
            assert!(
                error.is_none(),
                "boards/{name}.toml: {}",
                error.map(|error| error.to_string()).unwrap_or_default()
            );
        }
        for name in BoardTable::names() {
            let board = BoardTable::named(name).unwrap_or_else(|| panic!("boards/{name}.toml"));
            assert_eq!(board.model, name);
            assert!(board.flash.is_none_or(|flash| is_sound(&flash)), "{name}: parts of the flash overlap");
            assert!(board.qemu.is_none() || board.firmware.is_some(), "{name}: QEMU runs firmware");
            let is_in_flash = board.flash.is_some_and(|flash| flash.image.is_some());
            let is_started = board.firmware.as_ref().is_some_and(|firmware| firmware.started_by.is_some());
            assert_eq!(is_in_flash, is_started, "{name}: an image in flash is started by something");
            assert!(board.power.sending > board.power.running && board.power.waiting > board.power.deep_sleep);
        }
        assert_eq!(BoardTable::named("esp32"), None);
    }

    #[test]
    fn the_reference_names_every_table() {
        let reference = include_str!("../../book/src/reference/project.md");
        for name in BoardTable::names() {
            assert!(reference.contains(&format!("`\"{name}\"`")), "{name} is missing in book/src/reference/project.md");
        }
    }

    /// What the firmware is built with is what a software device of the board has.
    #[test]
    fn a_firmware_has_the_limits_of_the_software_device() {
        for name in BoardTable::names() {
            let config = BoardTable::named(name).unwrap().config(1);
            let table = format!("{}/boards/{name}.toml", env!("CARGO_MANIFEST_DIR"));
            let built = nano_build::Board::read(table.as_ref()).unwrap().config();
            for line in format!("{config:#?}").lines() {
                let Some((field, number)) = line.trim().trim_end_matches(',').split_once(": ") else { continue };
                if number.parse::<u32>().is_ok() {
                    assert!(built.contains(&format!("    {field}: {number},\n")), "{name}: {field}");
                }
            }
        }
    }

    #[test]
    fn time_and_energy_follow_from_instructions() {
        let board = BoardTable::named("esp8266").unwrap();
        assert_eq!(board.instructions_per_ms(), 80_000 / 110);
        assert_eq!(board.instructions_ns(8), 11_000);
        assert!((board.cycles_ms(40_000) - 0.5).abs() < 1e-9);
        assert_eq!(board.invocation_ns(8), 11_000 + 725_000);
        // 184.8 mW for 1 ms are 184.8 uJ; 125 bytes are a millisecond on the air.
        assert!((board.running_uj(1000) - 184.8).abs() < 1e-6);
        assert!((board.remote_uj(125, 1000, 125) - (561.0 + 49.5 + 184.8)).abs() < 1e-6);
    }
}
