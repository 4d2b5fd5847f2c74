//! Prints the bytecode of a program.
use nano_compiler::{Options, Package, compile, disassemble};

fn main() {
    let file = std::env::args().nth(1).expect("a file");
    let text = std::fs::read_to_string(&file).expect("readable");
    print!("{}", disassemble(&compile(&Package::single(&file, &text), &Options { main: true }).expect("compiles")));
}
