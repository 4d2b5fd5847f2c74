//! Assembles the entry points and names the linker script.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder"));
    let object = out.join("rom.o");
    let status = Command::new("xtensa-lx106-elf-gcc")
        .args(["-c", "rom.S", "-o"])
        .arg(&object)
        .status()
        .expect("the assembler of gcc-xtensa-lx106 is installed");
    assert!(status.success(), "rom.S: {status}");
    println!("cargo::rerun-if-changed=rom.S");
    println!("cargo::rerun-if-changed=link.ld");
    println!("cargo::rustc-link-arg={}", object.display());
    println!("cargo::rustc-link-arg=-T{}", here.join("link.ld").display());
}
