//! Every program of `tests/language` prints on IoTPy what it prints on CPython, also while everything moves at every
//! allocation.

use nano_tests::{language_programs, on_cpython, on_iotpy};
use nano_vm::Limits;
use std::path::Path;

fn on_a_big_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 << 20).spawn(run).expect("a thread").join().expect("no panic");
}

/// Programs that are handlers as they are deployed: tests of their own, so that none takes long.
fn is_handler(program: &Path) -> bool {
    program.file_name().is_some_and(|name| name.to_string_lossy().starts_with("handler_"))
}

fn compare(limits: Limits, arena: usize, handlers: bool) {
    on_a_big_stack(move || {
        let mut different = Vec::new();
        for program in language_programs().into_iter().filter(|program| is_handler(program) == handlers) {
            let expected = on_cpython(&program);
            let got = on_iotpy(&program, arena, limits);
            if expected.stdout != got.stdout || expected.status != got.status {
                let line = expected.stdout.lines().zip(got.stdout.lines()).position(|(a, b)| a != b);
                different.push(format!(
                    "{}: status {} and {}, line {line:?}: {:?} and {:?}\n{}",
                    program.display(),
                    expected.status,
                    got.status,
                    line.and_then(|line| expected.stdout.lines().nth(line)),
                    line.and_then(|line| got.stdout.lines().nth(line)),
                    got.stderr
                ));
            }
        }
        assert!(different.is_empty(), "{}", different.join("\n"));
    });
}

#[test]
fn programs_print_the_same() {
    compare(Limits { fuel: 20_000_000_000, ..Limits::default() }, 16 << 20, false);
}

#[test]
fn programs_print_the_same_while_everything_moves() {
    compare(Limits { fuel: 20_000_000_000, stress: true, ..Limits::default() }, 2 << 20, false);
}

#[test]
fn handlers_print_the_same() {
    compare(Limits { fuel: 20_000_000_000, ..Limits::default() }, 16 << 20, true);
}

#[test]
fn handlers_print_the_same_while_everything_moves() {
    compare(Limits { fuel: 20_000_000_000, stress: true, ..Limits::default() }, 2 << 20, true);
}

#[test]
fn the_corpus_gives_the_same_results_in_a_devices_memory() {
    on_a_big_stack(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench/corpus");
        for entry in std::fs::read_dir(folder).expect("the corpus").flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "py") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("readable");
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let file = std::env::temp_dir().join(format!("nano-corpus-{}-{stem}.py", std::process::id()));
            std::fs::write(&file, format!("{text}\nprint(bench())\n")).expect("writable");
            let expected = on_cpython(&file);
            for limits in [
                Limits::default(),
                Limits { stress: stem != "ks80" && stem != "nqueens8" && stem != "fib20", ..Limits::default() },
            ] {
                let got = on_iotpy(&file, 38 << 10, limits);
                assert_eq!((got.stdout, got.stderr), (expected.stdout.clone(), String::new()), "{stem}");
            }
            std::fs::remove_file(&file).expect("removable");
        }
    });
}
