//! Runs a Python program on IoTPy: `runpy FILE [ARENA] [stress]`.
use nano_vm::Limits;

fn main() {
    let mut args = std::env::args().skip(1);
    let file = args.next().expect("a file");
    let arena = args.next().map_or(1 << 20, |arena| arena.parse().expect("bytes"));
    let stress = args.next().is_some();
    let path = std::path::PathBuf::from(file);
    let run = nano_tests::on_iotpy(&path, arena, Limits { stress, fuel: 5_000_000_000, ..Limits::default() });
    print!("{}", run.stdout);
    eprint!("{}", run.stderr);
    std::process::exit(run.status);
}
