//! The boards that QEMU can be, and how: which program, which image, where in the flash the board's identity lies.

use crate::table::{BoardTable, FlashLayout, Qemu};

/// What every machine is told: it has no screen and no monitor, and boots the file that follows.
const ALIKE: &str = "-display none -monitor none -kernel";

/// A board in QEMU: what its table says.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its name, as `nano.toml` has it.
    pub board: String,
    /// How QEMU is it.
    pub qemu: Qemu,
    layout: Option<FlashLayout>,
}

impl Machine {
    /// The machine of a board, if QEMU can be it.
    pub fn of(board: &str) -> Option<Self> {
        let table = BoardTable::named(board)?;
        Some(Self { qemu: table.qemu?, board: table.model, layout: table.flash })
    }

    /// All of them.
    pub fn all() -> Vec<Self> {
        BoardTable::names().into_iter().filter_map(Self::of).collect()
    }

    /// What QEMU is told, up to and with the option before the program that boots.
    pub fn arguments(&self) -> impl Iterator<Item = &str> {
        self.qemu.arguments.split_ascii_whitespace().chain(ALIKE.split(' '))
    }

    /// The program that boots, in the folder of images.
    pub fn kernel(&self) -> String {
        format!("{}.elf", self.qemu.boots.as_ref().unwrap_or(&self.board))
    }

    /// Content of its flash from 0 on, in the folder of images, where the image lies in flash.
    pub fn image(&self) -> Option<String> {
        self.layout?.image.map(|_| format!("{}.bin", self.board))
    }

    /// Bytes of its flash: as many as hold two images, where its chip may.
    pub fn flash_bytes(&self) -> usize {
        self.layout.map_or(0, |flash| flash.least_for_two.unwrap_or(flash.least) as usize)
    }

    /// Whether its chip may have so many bytes.
    pub fn may_have(&self, flash_bytes: usize) -> bool {
        let is_enough = self.layout.is_some_and(|flash| flash_bytes >= flash.least as usize);
        flash_bytes == self.flash_bytes() || (is_enough && flash_bytes.is_power_of_two())
    }

    /// Where in its flash it is said who it is; an image in flash ends before, and others' flash begins with it.
    pub fn provision(&self) -> usize {
        self.layout.map_or(0, |flash| flash.provision as usize)
    }

    /// Where in its flash it is noted which of two images runs, and how many bytes that takes. Blank: the first.
    pub fn notes(&self) -> Option<(usize, usize)> {
        let layout = self.layout?;
        Some((layout.notes? as usize, (layout.notes_sectors * layout.sector) as usize))
    }
}
