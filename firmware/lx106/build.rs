//! Assembles what Rust can't say for this core.

use std::env;
use std::path::PathBuf;
use std::process::Command;

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    let mut library = Command::new("xtensa-lx106-elf-ar");
    library.arg("rcs").arg(out.join("libcpu.a"));
    for name in ["cpu", "arithmetic"] {
        let (source, object) = (format!("{name}.S"), out.join(name).with_extension("o"));
        // Literals stand in front of the function that loads them.
        run(Command::new("xtensa-lx106-elf-gcc").args(["-c", "-mtext-section-literals", &source, "-o"]).arg(&object));
        println!("cargo::rerun-if-changed={source}");
        library.arg(object);
    }
    run(&mut library);
    println!("cargo::rustc-link-search=native={}", out.display());
    println!("cargo::rustc-link-lib=static:-bundle=cpu");
}

fn run(command: &mut Command) {
    let status = command.status().expect("the assembler of gcc-xtensa-lx106 is installed");
    assert!(status.success(), "{command:?}: {status}");
}
