//! `cargo xtask bench [NAME]`: the benchmarks' numbers, taken by the built `nano` itself.

mod features;
mod sizes;
mod symbol;

use std::process::Command;

use crate::process;
use crate::repository::Repository;

/// What `cargo xtask bench --help` prints.
pub const HELP: &str = "\
cargo xtask bench [NAME]

Builds nano with optimisation and prints the numbers of `nano bench NAME --json`, one line each; without a
name those of all. Timings on a shared machine count only as ratios within one run.

cargo xtask bench sizes [--features [NAME..]] [--save]

Flash of the ESP8266's image by crate and by module, and the bytes of compiled functions, beside those saved in
bench/sizes.txt, which --save writes. With --features also what each of the VM's features costs, or those named:
the image is linked without it, a minute each. `none` is the image without any.";

/// What `nano bench` measures, with its further arguments.
const BENCHES: [(&str, &[&str]); 6] = [
    ("vm", &["--corpus", "bench/corpus"]),
    ("vm", &["--corpus", "bench/corpus", "--target", "lx106"]),
    ("caps", &["--target", "lx106"]),
    ("compile", &["templates/sensor-app/lights.py", "templates/predictive-maintenance/maintenance.py"]),
    ("dev", &[]),
    ("lambda", &["--peers", "none"]),
];

/// Runs one benchmark or all.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    if let Some((name, rest)) = arguments.split_first()
        && name == "sizes"
    {
        return sizes::run(repository, rest);
    }
    let chosen: Vec<_> = match arguments {
        [] => BENCHES.to_vec(),
        [name] => BENCHES.into_iter().filter(|(bench, _)| bench == name).collect(),
        _ => return Err("one NAME at most".into()),
    };
    if chosen.is_empty() {
        let names = BENCHES.map(|(name, _)| name).join(", ");
        return Err(format!("no such benchmark; there are: {names}"));
    }
    if chosen.iter().any(|(_, more)| more.contains(&"lx106")) {
        crate::setup::ensure(crate::setup::Need::Emulators)?;
        crate::firmware::run(repository, &["instrument".into()])?;
    }
    let nano = crate::demo::build_nano(repository, "release")?;
    let mut all_well = true;
    for (name, more) in chosen {
        eprintln!("== nano bench {name} {}", more.join(" "));
        let mut bench = Command::new(&nano);
        bench.current_dir(&repository.root).args(["bench", name]).args(more).arg("--json");
        match process::output(&mut bench) {
            Ok(json) => println!("{}", json.trim_end()),
            Err(error) => {
                eprintln!("error: {error}");
                all_well = false;
            }
        }
    }
    Ok(all_well)
}
