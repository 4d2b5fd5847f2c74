//! Compiles programs, and writes each module with what it prints beside it: `write_modules FOLDER FILE..`. The VM's example
//! `modules` runs them.
use nano_compiler::Package;
use nano_tests::{compiled, on_cpython};
use std::path::{Path, PathBuf};

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().expect("a folder");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    for file in arguments {
        let text = std::fs::read_to_string(&file).expect("readable");
        let name = Path::new(file.file_name().expect("a file"));
        let module = compiled(&Package::single(&name.to_string_lossy(), &text)).expect("compiles").module;
        let to = folder.join(name);
        std::fs::write(to.with_extension("module"), module).expect("writable");
        std::fs::write(to.with_extension("txt"), on_cpython(&file).stdout).expect("writable");
    }
}
