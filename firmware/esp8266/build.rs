//! Derives memory and flash layout from the board's table, assembles the start-ups and names the linker scripts.

use nano_build::{Region, memory};

fn main() {
    let board = nano_build::board("esp8266");
    let flash = |name| board.number("flash", name);
    let ram = |name| board.number("ram", name);
    nano_build::write("board.rs", &(board.constants(&["flash"]) + &board.config()));

    nano_build::write("clock.inc", &format!(".set CLOCK_MHZ, {}\n", board.number("processor", "clock_mhz")));

    let code_end = ram("code") + ram("code_bytes");
    let data_end = ram("data") + ram("data_bytes");
    let code = Region { name: "iram", rights: "rx", from: ram("code"), bytes: ram("code_bytes") };
    let data = Region { name: "dram", rights: "rw", from: ram("data"), bytes: ram("data_bytes") };
    let in_place = Region {
        name: "irom",
        rights: "rx",
        from: flash("mapped") + flash("code"),
        bytes: flash("provision") - flash("code"),
    };
    let stack = format!("_stack_bytes = {:#x};\n", ram("stack_bytes"));
    nano_build::write("memory.ld", &(memory(&[code, data, in_place]) + &stack));

    // The first stage is above, and its variables are where images have their stack, below its own.
    let code = Region { name: "iram", rights: "rx", from: code_end, bytes: ram("first_bytes") };
    let data = Region { name: "dram", rights: "rw", from: data_end - 0x2000, bytes: 0x800 };
    let stack = format!("_stack_top = {data_end:#x};\n");
    nano_build::write("first_memory.ld", &(memory(&[code, data]) + &stack));
    nano_build::write("first_board.rs", &board.constants(&["flash"]));

    nano_build::program("esp8266", "link.ld", "start.S");
    nano_build::program("esp8266-first", "first.ld", "first.S");
}
