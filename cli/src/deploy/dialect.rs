//! In what the boot loaders of Espressif's chips differ.

/// Levels of DTR and RTS, and for how many milliseconds.
type Reset = &'static [(bool, bool, u64)];

/// A chip's boot loader.
#[derive(Debug)]
pub struct Dialect {
    /// What the chip is called.
    pub chip: &'static str,
    /// Ways into the boot loader, tried one after the other.
    pub resets: &'static [Reset],
    /// One of the chips after the ESP8266: it has to be told of its flash, erases what it is told to, and knows MD5.
    pub is_later: bool,
    /// Bytes of status at an answer's end.
    pub status_bytes: usize,
    /// Registers and their values that keep it from being reset while it is spoken to.
    pub watchdogs: &'static [(u32, u32)],
    /// The registers by which the flash chip is asked.
    pub spi: Spi,
}

/// Registers of the flash chip's interface.
#[derive(Debug)]
pub struct Spi {
    /// Executes what is prepared.
    pub command: u32,
    /// The address in the flash.
    pub address: u32,
    /// Where in that register.
    pub address_shift: u32,
    /// What a command consists of.
    pub user: u32,
    /// How many bits the address has, less one.
    pub user_1: u32,
    /// The command.
    pub user_2: u32,
    /// How many bits come back, less one.
    pub answer_bits: u32,
    /// Where in that register.
    pub answer_shift: u32,
    /// What came back.
    pub data: u32,
}

/// By the two wires of a bridge: reset with GPIO 0 high, then out of reset with it low, then let go of it.
const BY_BRIDGE: Reset = &[(false, true, 100), (true, false, 50), (false, false, 50)];
/// By the chip's own USB line, which knows what is meant by this order.
const BY_USB: Reset =
    &[(false, false, 100), (true, false, 100), (true, true, 1), (false, true, 100), (false, false, 50)];

/// The ESP8266's.
pub const ESP8266: Dialect = Dialect {
    chip: "ESP8266",
    resets: &[BY_BRIDGE],
    is_later: false,
    status_bytes: 2,
    watchdogs: &[],
    spi: Spi {
        command: 0x6000_0200,
        address: 0x6000_0204,
        address_shift: 8,
        user: 0x6000_021C,
        user_1: 0x6000_0220,
        user_2: 0x6000_0224,
        answer_bits: 0x6000_0220,
        answer_shift: 8,
        data: 0x6000_0240,
    },
};

/// The ESP32-C3's. On its own USB line its watchdogs run on; each is unlocked, set and locked.
pub const ESP32C3: Dialect = Dialect {
    chip: "ESP32-C3",
    resets: &[BY_USB, BY_BRIDGE],
    is_later: true,
    status_bytes: 4,
    watchdogs: &[
        (0x6000_80A8, 0x50D8_3AA1),
        (0x6000_8090, 0),
        (0x6000_80A8, 0),
        (0x6000_80B0, 0x8F1D_312A),
        // It feeds itself.
        (0x6000_80AC, 1 << 31),
        (0x6000_80B0, 0),
    ],
    spi: Spi {
        command: 0x6000_2000,
        address: 0x6000_2004,
        address_shift: 0,
        user: 0x6000_2018,
        user_1: 0x6000_201C,
        user_2: 0x6000_2020,
        answer_bits: 0x6000_2028,
        answer_shift: 0,
        data: 0x6000_2058,
    },
};
