//! Assembles the start-up and the marks of profiles, and names the linker script.

fn main() {
    nano_build::assemble("start.S");
    nano_build::assemble("mark.S");
    let constants = if std::env::var_os("CARGO_FEATURE_FLASH").is_some() { "flash" } else { "data" };
    nano_build::write("constants.ld", &format!("REGION_ALIAS(\"constants\", {constants})\n"));
    nano_build::link();
}
