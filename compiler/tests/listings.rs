//! What is compiled from each construct: the listings of `cases`, reviewed as snapshots.

mod check;

use nano_compiler::{Options, Package, compile, disassemble};

#[test]
fn listings() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    assert!(paths.len() >= 12);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("cases");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let compiled = compile(&Package::single(name, &text), &Options::default()).unwrap();
        check::check(&compiled).unwrap_or_else(|error| panic!("{name}: {error}"));
        let listing = format!("{}\n{} bytes", disassemble(&compiled), compiled.module.len());
        settings.bind(|| insta::assert_snapshot!(name.trim_end_matches(".py"), listing));
    }
}

#[test]
fn light_control_is_small() {
    let text = include_str!("cases/light_control.py");
    let compiled = compile(&Package::single("light.py", text), &Options::default()).unwrap();
    assert!(compiled.module.len() <= 300, "{} bytes", compiled.module.len());
}
