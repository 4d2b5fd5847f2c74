//! The programs that the book's guide shows are programs.

use std::path::Path;

use nano_compiler::{Options, Package, compile};
use nano_vm::{Aligned, Module};

#[test]
fn the_guides_programs_compile() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/src/guide");
    let mut seen = 0;
    for page in std::fs::read_dir(guide).expect("the guide").flatten() {
        let text = std::fs::read_to_string(page.path()).expect("text");
        for program in text.split("```python\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let package = Package::single("handler.py", program);
            let compiled = compile(&package, &Options::default());
            let compiled = compiled.unwrap_or_else(|error| panic!("{}: {error:?}\n{program}", page.path().display()));
            Module::load(Aligned::new(&compiled.module)).expect("verified");
            seen += 1;
        }
    }
    assert!(seen >= 3, "{seen} programs");
}
