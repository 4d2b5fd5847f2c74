//! `cargo run -p nano-tests --example sizes -- FILE..`: bytes of the modules that the files compile to, without
//! snapshot; one `file bytes` a line.

use nano_compiler::{Options, Package, compile};

fn main() {
    for file in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&file).expect("readable");
        let compiled = compile(&Package::single(&file, &text), &Options::default()).expect("compiles");
        println!("{file} {}", compiled.module.len());
    }
}
