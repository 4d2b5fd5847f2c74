//! Programs written by a grammar print on IoTPy what they print on CPython, exceptions and tracebacks included. Longer
//! by hand: `cargo run -p nano-tests --example differential -- COUNT SEED`.

use nano_tests::differential::{CPython, difference, grammar, minimise, on_iotpy, program};
use nano_tests::mutation::Random;

const COUNT: u64 = 600;

#[test]
fn random_programs_print_the_same() {
    std::thread::Builder::new().stack_size(256 << 20).spawn(compare).expect("a thread").join().expect("no panic");
}

fn compare() {
    let (mut cpython, grammar) = (CPython::start(), grammar());
    let (mut compared, mut different) = (0, Vec::new());
    for number in 0..COUNT {
        let source = program(&grammar, &mut Random::seeded(7, number));
        // A third of the programs of statements does not compile: `return` at the top, `continue` outside a loop.
        let Some(expected) = cpython.run(&source) else { continue };
        compared += 1;
        if let Some((left, right)) = difference(&expected, &on_iotpy(&source, number % 8 == 0)) {
            let small = minimise(&source, &mut cpython);
            different.push(format!("---- {number}\n{small}CPython: {left}\nIoTPy:   {right}\n"));
        }
    }
    assert!(compared > COUNT / 2, "only {compared} programs were compared");
    assert!(different.is_empty(), "{}", different.concat());
}
