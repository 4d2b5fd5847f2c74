//! What the build scripts of the boards' programs do: assemble the start-up, name the linker script, derive both from the
//! board's table.

mod board;

pub use board::{Board, Region, memory};

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The table of a board that nano knows.
pub fn board(name: &str) -> Board {
    let path = folder("CARGO_MANIFEST_DIR").join(format!("../../emulator/boards/{name}.toml"));
    println!("cargo::rerun-if-changed={}", path.display());
    Board::read(&path).unwrap_or_else(|error| panic!("{error}"))
}

/// Writes what a program or a linker script includes.
pub fn write(name: &str, text: &str) {
    let path = folder("OUT_DIR").join(name);
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// All of it for a board that runs nothing but ours: what its table says for the program, `board.rs`, and for `link.ld` of
/// `firmware/bare`. The package is called as the table is, with `nano-` before.
pub fn bare() {
    let package = env::var("CARGO_PKG_NAME").expect("cargo names the package");
    let board = board(package.strip_prefix("nano-").unwrap_or(&package));
    let constants = board.constants(&["flash", "pins", "processor", "ram"]);
    write("board.rs", &(board.model() + &constants + &board.config()));
    write("memory.ld", &board.memory());
    link_by(&folder("CARGO_MANIFEST_DIR").join("../bare/link.ld"));
}

/// Links the package's programs by its `link.ld`, and what that includes of what was written.
pub fn link() {
    relink_with_the_tools();
    link_by(&folder("CARGO_MANIFEST_DIR").join("link.ld"));
}

fn link_by(script: &Path) {
    println!("cargo::rerun-if-changed={}", script.display());
    println!("cargo::rustc-link-arg=-L{}", folder("OUT_DIR").display());
    println!("cargo::rustc-link-arg=-T{}", script.display());
}

/// Links one of the package's programs by this script and with this start-up for the lx106 core. What the script includes
/// lies beside it.
pub fn program(name: &str, script: &str, start: &str) {
    relink_with_the_tools();
    let folder = folder("CARGO_MANIFEST_DIR");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rustc-link-arg-bin={name}=-L{}", folder.display());
    println!("cargo::rustc-link-arg-bin={name}=-L{}", self::folder("OUT_DIR").display());
    println!("cargo::rustc-link-arg-bin={name}=-T{}", folder.join(script).display());
    println!("cargo::rustc-link-arg-bin={name}={}", lx106_object(start, &[]).display());
}

/// Cargo does not look at what links for the lx106 core: the wrapper, what it tightens the assembly with, llc's options.
fn relink_with_the_tools() {
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|core| core == "xtensa") {
        let firmware = folder("CARGO_MANIFEST_DIR").join("..");
        for tool in ["targets/lx106-link", "../xtask/src/tighten.rs", "../xtask/src/tighten"] {
            println!("cargo::rerun-if-changed={}", firmware.join(tool).display());
        }
        for options in ["NANO_LX106_LLC", "NANO_LX106_OPTIONS", "NANO_LX106_NEAR"] {
            println!("cargo::rerun-if-env-changed={options}");
        }
    }
}

/// Assembles a source for the lx106 core, where Rust has no inline assembly, and links it to the package's programs.
pub fn assemble(source: &str) {
    println!("cargo::rustc-link-arg={}", lx106_object(source, &[]).display());
}

/// Assembles sources for the lx106 core into a library that whoever uses the package links.
pub fn assemble_library(sources: &[&str], name: &str) {
    let out = folder("OUT_DIR");
    let library = out.join(format!("lib{name}.a"));
    // Literals stand in front of the function that loads them.
    let objects = sources.iter().map(|source| lx106_object(source, &["-mtext-section-literals"]));
    run(Command::new("xtensa-lx106-elf-ar").arg("rcs").arg(&library).args(objects));
    println!("cargo::rustc-link-search=native={}", out.display());
    println!("cargo::rustc-link-lib=static:-bundle={name}");
}

fn lx106_object(source: &str, options: &[&str]) -> PathBuf {
    println!("cargo::rerun-if-changed={source}");
    let out = folder("OUT_DIR");
    let object = out.join(source).with_extension("o");
    // What a build script has written may be included.
    let include = format!("-Wa,-I,{}", out.display());
    let mut compiler = Command::new("xtensa-lx106-elf-gcc");
    run(compiler.args(["-c", &include]).args(options).arg(source).arg("-o").arg(&object));
    object
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env::var_os(name).expect("cargo names the folder"))
}

fn run(command: &mut Command) {
    let status = command.status().expect("gcc-xtensa-lx106 is installed");
    assert!(status.success(), "{command:?}: {status}");
}
