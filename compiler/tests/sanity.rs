//! What must hold of every module the compiler writes: jumps land on instructions, operands are in range.

mod check;

use nano_compiler::{Options, Package, compile};

#[test]
fn the_corpus_compiles_to_sound_modules() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../bench/corpus");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let package = Package::single(path.file_name().unwrap().to_str().unwrap(), &text);
        let compiled = compile(&package, &Options::default()).unwrap_or_else(|errors| panic!("{path:?}: {errors:?}"));
        assert!(compiled.warnings.is_empty(), "{path:?}: {:?}", compiled.warnings);
        check::check(&compiled).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        count += 1;
    }
    assert!(count >= 13);
}
