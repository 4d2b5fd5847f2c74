//! Assembles what Rust can't say for this core.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    let object = out.join("cpu.o");
    let library = out.join("libcpu.a");
    run(Command::new("xtensa-lx106-elf-gcc").args(["-c", "cpu.S", "-o"]).arg(&object));
    run(Command::new("xtensa-lx106-elf-ar").arg("rcs").arg(&library).arg(&object));
    println!("cargo::rerun-if-changed=cpu.S");
    println!("cargo::rustc-link-search=native={}", out.display());
    println!("cargo::rustc-link-lib=static:-bundle=cpu");
}

fn run(command: &mut Command) {
    let status = command.status().expect("the assembler of gcc-xtensa-lx106 is installed");
    assert!(status.success(), "{command:?}: {status}");
}
