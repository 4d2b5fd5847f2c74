//! The boards that QEMU can be, and how: which program, which image, where in the flash the board's identity lies.

use crate::table::{BoardTable, FlashLayout};

/// How the board talks to its edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wiring {
    /// Frames on a serial line, which is the machine's standard input and output.
    Serial,
    /// TCP over Ethernet; the serial line is the console, plain text.
    Network,
}

/// A board in QEMU.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// Its name, as `nano.toml` has it.
    pub board: &'static str,
    /// QEMU's program for its processor.
    pub program: &'static str,
    /// Debian's package of that program.
    pub package: &'static str,
    /// What it is told, up to and with the option before the program that boots.
    pub arguments: &'static str,
    /// The program that boots, in the folder of images.
    pub kernel: &'static str,
    /// Content of its flash from 0 on, in the folder of images, where the image lies in flash.
    pub image: Option<&'static str>,
    /// Its link.
    pub wiring: Wiring,
}

/// All of them.
pub const MACHINES: [Machine; 3] = [
    Machine {
        board: "esp8266",
        program: "qemu-system-xtensa",
        package: "qemu-system-misc",
        arguments: "-M sim -cpu lx106 -m 16M -display none -serial none -monitor none -semihosting -kernel",
        kernel: "esp8266-rom.elf",
        image: Some("esp8266.bin"),
        wiring: Wiring::Serial,
    },
    Machine {
        board: "mps2-an386",
        program: "qemu-system-arm",
        package: "qemu-system-arm",
        arguments: "-M mps2-an386 -display none -serial stdio -monitor none -nic user \
                    -semihosting-config enable=on,target=native -kernel",
        kernel: "mps2-an386.elf",
        image: None,
        wiring: Wiring::Network,
    },
    Machine {
        board: "riscv32-virt",
        program: "qemu-system-riscv32",
        package: "qemu-system-misc",
        arguments: "-M virt -bios none -display none -serial stdio -monitor none \
                    -semihosting-config enable=on,target=native -kernel",
        kernel: "riscv32-virt.elf",
        image: None,
        wiring: Wiring::Serial,
    },
];

impl Machine {
    /// The machine of a board, if QEMU can be it.
    pub fn of(board: &str) -> Option<&'static Self> {
        MACHINES.iter().find(|machine| machine.board == board)
    }

    fn layout(&self) -> Option<FlashLayout> {
        BoardTable::named(self.board)?.flash
    }

    /// Bytes of its flash: as many as hold two images, where its chip may.
    pub fn flash_bytes(&self) -> usize {
        self.layout().map_or(0, |flash| flash.least_for_two.unwrap_or(flash.least) as usize)
    }

    /// Whether its chip may have so many bytes.
    pub fn may_have(&self, flash_bytes: usize) -> bool {
        let is_enough = self.layout().is_some_and(|flash| flash_bytes >= flash.least as usize);
        flash_bytes == self.flash_bytes() || (is_enough && flash_bytes.is_power_of_two())
    }

    /// Where in its flash it is said who it is; an image in flash ends before, and others' flash begins with it.
    pub fn provision(&self) -> usize {
        self.layout().map_or(0, |flash| flash.provision as usize)
    }

    /// Where in its flash it is noted which of two images runs, and how many bytes that takes. Blank: the first.
    pub fn notes(&self) -> Option<(usize, usize)> {
        let layout = self.layout()?;
        Some((layout.notes? as usize, (layout.notes_sectors * layout.sector) as usize))
    }
}
