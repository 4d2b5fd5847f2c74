//! Assembles the start-ups and names the linker scripts.

fn main() {
    nano_build::program("esp8266", "link.ld", "start.S");
    nano_build::program("esp8266-first", "first.ld", "first.S");
}
