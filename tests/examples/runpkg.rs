//! Runs a Python program with installed packages on IoTPy: `runpkg FILE FOLDER NAME..`.
use nano_compiler::Package;
use nano_vm::Limits;
use std::path::Path;

fn add(package: &mut Package, folder: &Path, prefix: &str) {
    if folder.is_file() {
        package.add(prefix, &std::fs::read_to_string(folder).expect("text"));
        return;
    }
    for entry in std::fs::read_dir(folder).expect("the package's folder").flatten() {
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            add(package, &entry.path(), &path);
        } else if entry.path().extension().is_some_and(|extension| extension == "py") {
            package.add(&path, &std::fs::read_to_string(entry.path()).expect("text"));
        }
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (file, folder) = (args.next().expect("a file"), args.next().expect("a folder"));
    let mut package = Package::new("program");
    package.add("program.py", &std::fs::read_to_string(file).expect("readable"));
    for name in args {
        add(&mut package, &Path::new(&folder).join(&name), &name);
    }
    let limits = Limits { fuel: 20_000_000_000, ..Limits::default() };
    let run = move || nano_tests::run_package(&package, 32 << 20, limits);
    let run = std::thread::Builder::new().stack_size(256 << 20).spawn(run).expect("a thread").join().expect("a run");
    print!("{}", run.stdout);
    eprint!("{}", run.stderr);
    std::process::exit(run.status);
}
