//! Derives constants and the check of memory from the board's table, and names the linker scripts.

fn main() {
    let board = nano_build::board("esp32c3");
    nano_build::write("board.rs", &(board.constants(&["flash", "pins", "processor", "ram"]) + &board.config()));
    // What the image leaves of the RAM is the stack's.
    let stack = board.number("ram", "stack_bytes");
    let check = format!(
        "ASSERT(_stack_start_cpu0 - _stack_end_cpu0 >= {stack:#x}, \"the image leaves less than {stack} bytes for the stack\");\n"
    );
    nano_build::write("check.x", &check);
    println!("cargo::rustc-link-arg=-L{}", std::env::var("OUT_DIR").unwrap_or_default());
    println!("cargo::rustc-link-arg=-Tlinkall.x");
    println!("cargo::rustc-link-arg=-Tcheck.x");
}
