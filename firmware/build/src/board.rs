//! A board's table: what linker scripts, firmware and images take their addresses from.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The whole numbers of a board's table and its sizes (`"64 KiB"`) and its texts, by section and name, and its lists of names.
/// The rest of it (power) is the emulator's to read, and so is whether the file is TOML: its tests say so.
#[derive(Debug)]
pub struct Board {
    numbers: BTreeMap<(String, String), u64>,
    texts: BTreeMap<(String, String), String>,
    text: String,
}

impl Board {
    /// Reads a table.
    ///
    /// # Errors
    ///
    /// When the file can't be read.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self::parse(&text))
    }

    fn parse(text: &str) -> Self {
        let (mut numbers, mut texts, mut section) = (BTreeMap::new(), BTreeMap::new(), String::new());
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.clone_into(&mut section);
            } else if let Some((name, value)) = line.split_once(" = ") {
                let key = (section.clone(), name.trim().to_owned());
                if let Some(number) = number(value.split('#').next().unwrap_or_default().trim()) {
                    numbers.insert(key, number);
                } else if let Some((text, _)) = value.trim().strip_prefix('"').and_then(|rest| rest.split_once('"')) {
                    texts.insert(key, text.to_owned());
                }
            }
        }
        Self { numbers, texts, text: text.to_owned() }
    }

    /// The names of a list; none where there is no such list.
    pub fn names(&self, section: &str, name: &str) -> Vec<&str> {
        let (mark, head) = (format!("\n[{section}]"), format!("\n{name} = ["));
        let section = self.text.split_once(&mark).map_or("", |(_, rest)| rest.split("\n[").next().unwrap_or_default());
        let list = section.split_once(&head).map_or("", |(_, rest)| rest.split(']').next().unwrap_or_default());
        list.split('"').skip(1).step_by(2).collect()
    }

    /// A text, as it stands between its quotes; none where there is no such.
    pub fn text(&self, section: &str, name: &str) -> Option<&str> {
        self.texts.get(&(section.to_owned(), name.to_owned())).map(String::as_str)
    }

    /// A number; none where there is no such.
    pub fn number_if_any(&self, section: &str, name: &str) -> Option<u64> {
        self.numbers.get(&(section.to_owned(), name.to_owned())).copied()
    }

    /// A number.
    ///
    /// # Panics
    ///
    /// When the table lacks it: a build can't go on without.
    pub fn number(&self, section: &str, name: &str) -> u64 {
        self.number_if_any(section, name)
            .unwrap_or_else(|| panic!("the board's table has no number [{section}] {name}"))
    }

    /// The linker's command for a board with code in one region and everything else in another; and how much of that is the
    /// stack's.
    pub fn memory(&self) -> String {
        let ram = |name| self.number("ram", name);
        let code = Region { name: "CODE", rights: "rx", from: ram("code"), bytes: ram("code_bytes") };
        let data = Region { name: "RAM", rights: "rw", from: ram("data"), bytes: ram("data_bytes") };
        memory(&[code, data]) + &format!("_stack_bytes = {:#x};\n", ram("stack_bytes"))
    }

    /// The runtime's limits as a constant, `CONFIG`: those that a software device of this board has, too.
    pub fn config(&self) -> String {
        let of = |section, name| self.number(section, name);
        let cycles_per_ms = of("processor", "clock_mhz") * 1000;
        let fields = [
            ("instructions_per_ms", (cycles_per_ms / of("processor", "cycles_per_instruction").max(1)).max(1)),
            ("frame_bytes", of("limits", "frame")),
            ("answer_bytes", of("limits", "answer")),
            ("event_bytes", of("limits", "event")),
            ("queue", of("limits", "queue")),
            ("remote", of("limits", "remote")),
            ("result_bytes", of("limits", "result")),
            ("results", of("limits", "results")),
            ("arenas", of("memory", "arenas")),
            ("arena_bytes", of("memory", "arena")),
            ("module_bytes", of("memory", "modules")),
            ("functions", of("memory", "functions")),
            ("logs", of("memory", "most_logs")),
            ("log_bytes", of("memory", "logs")),
        ];
        let fields =
            fields.iter().fold(String::new(), |text, (name, number)| text + &format!("    {name}: {number},\n"));
        // Whoever can reach the line is not the edge yet.
        format!(
            "/// What of the memory the runtime may use, of the board's table.\n\
             pub const CONFIG: nano_device::Config = nano_device::Config {{\n    ports: 1,\n    pairing: true,\n\
             {fields}    ..nano_device::Config::SMALL\n}};\n"
        )
    }

    /// The board's name as a constant, `MODEL`.
    pub fn model(&self) -> String {
        let model = self.text("", "model").unwrap_or_default();
        format!("/// The name of the board's table.\npub const MODEL: &str = \"{model}\";\n")
    }

    /// Constants for a program, `FLASH_PROVISION` for `provision` of `[flash]`.
    pub fn constants(&self, sections: &[&str]) -> String {
        let mut text = String::new();
        for ((section, name), number) in
            self.numbers.iter().filter(|((section, _), _)| sections.contains(&section.as_str()))
        {
            let name = format!("{section}_{name}").to_uppercase();
            // Writing into a String does not fail.
            let _ =
                writeln!(text, "/// Of the board's table.\n#[allow(dead_code)]\npub const {name}: u32 = {number:#x};");
        }
        text
    }
}

/// A number as the tables have them, or a size.
fn number(value: &str) -> Option<u64> {
    if let Some(kibibytes) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix(" KiB\"")) {
        return Some(kibibytes.parse::<u64>().ok()? << 10);
    }
    let digits = value.replace('_', "");
    match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => digits.parse().ok(),
    }
}

/// A region of memory, as a linker script has it.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// Its name.
    pub name: &'static str,
    /// `rx` or `rw`.
    pub rights: &'static str,
    /// Its first address.
    pub from: u64,
    /// Its length.
    pub bytes: u64,
}

/// The linker's command that says which memory there is.
pub fn memory(regions: &[Region]) -> String {
    let mut lines = String::new();
    for Region { name, rights, from, bytes } in regions {
        // Writing into a String does not fail.
        let _ = writeln!(lines, "  {name} ({rights}) : ORIGIN = {from:#x}, LENGTH = {bytes:#x}");
    }
    format!("MEMORY\n{{\n{lines}}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_their_sections() {
        let board = Board::parse("a = 1\n[flash]\na = 0x1_0000 # more\nb = \"40 KiB\"\n\n[ram]\na = 5\n");
        assert_eq!((board.number("", "a"), board.number("flash", "a"), board.number("ram", "a")), (1, 0x1_0000, 5));
        assert_eq!(board.number("flash", "b"), 40 << 10);
        assert_eq!((board.number_if_any("ram", "b"), board.text("flash", "b")), (None, None));
        assert!(board.constants(&["ram"]).ends_with("pub const RAM_A: u32 = 0x5;\n"));
        let region = Region { name: "iram", rights: "rx", from: 16, bytes: 32 };
        let board = Board::parse(
            "[a]\nx = [\"no\"]\n[vm]\nx = [\n    \"one\", # 1\n    \"two\",\n]\ny = []\n[b]\nz = [\"no\"]\n",
        );
        let named = Board::parse("model = \"x1\" # so\n[qemu]\nprogram = \"qemu-system-arm\"\n");
        assert_eq!((named.text("", "model"), named.text("qemu", "program")), (Some("x1"), Some("qemu-system-arm")));
        assert!(named.model().ends_with("pub const MODEL: &str = \"x1\";\n"));
        assert_eq!(board.names("vm", "x"), ["one", "two"]);
        assert!(board.names("vm", "y").is_empty() && board.names("vm", "z").is_empty());
        assert_eq!(memory(&[region]), "MEMORY\n{\n  iram (rx) : ORIGIN = 0x10, LENGTH = 0x20\n}\n");
    }
}
