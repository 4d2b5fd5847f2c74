//! Every program of `tests/language` prints on the emulated lx106 what it prints here: the quick loop and the arithmetic
//! there are other ones, in assembly. The image has its constants in flash, as a board's, and reads them by aligned words only.

use nano_compiler::{Options, Package, compile};
use nano_tests::{compiled, language_programs, on_iotpy};
use nano_vm::Limits;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Bytes of the arena: what the emulated machine's data RAM has beside the module.
const ARENA: usize = 296 << 10;

/// How a program is run there.
#[derive(Clone, Copy, Debug)]
enum Mode {
    Plain,
    /// Everything moves at every allocation.
    Stress,
}

/// What a program prints there, and how it ended; the plugin looks for loads and stores that the chip would refuse, and
/// says in the file what it found.
fn on_lx106(module: &[u8], mode: Mode, looked: &Path) -> String {
    let image = std::env::var_os("NANO_TEST_FIRMWARE").map(PathBuf::from).expect("the folder of the images");
    let image = image.join("corpus.elf");
    let plugin = std::env::var("NANO_TEST_NARROW").expect("cargo xtask test firmware says where the plugin is");
    let plugin = format!("{plugin},out={}", looked.display());
    let mut child = Command::new("qemu-system-xtensa")
        .args("-M sim -cpu lx106 -m 16M -display none -serial none -monitor none -semihosting".split(' '))
        .args(["-icount", "shift=5", "-plugin", &plugin, "-kernel"])
        .arg(image)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("qemu-system-xtensa is needed: apt-get install qemu-system-misc");
    let mut input = child.stdin.take().expect("it is piped");
    let request = match mode {
        Mode::Plain => "main",
        Mode::Stress => "stress",
    };
    writeln!(input, "{request} {ARENA} {}", module.len()).and_then(|()| input.write_all(module)).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs the programs there, and compares.
fn compare(mode: Mode, programs: &[PathBuf]) {
    let looked = tempfile::tempdir().expect("a folder");
    let looked = looked.path().join("narrow");
    let (mut different, mut accesses) = (Vec::new(), 0);
    for program in programs {
        let name = program.file_name().expect("a file").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(program).expect("readable");
        let compiled = compiled(&Package::single(&name, &text)).expect("it compiles");
        let here = on_iotpy(program, ARENA, Limits::default());
        let there = on_lx106(&compiled.module, mode, &looked);
        let said = std::fs::read_to_string(&looked).expect("the plugin writes when the machine ends");
        let counts: Vec<u64> =
            said.lines().next().into_iter().flat_map(|line| line.split(' ')).flat_map(str::parse).collect();
        let [0, all, _] = counts[..] else { panic!("{name} reads or writes flash by other than words: {said}") };
        accesses += all;
        let expected = format!("{}end\n", here.stdout);
        if here.status != 0 || there != expected {
            let line = expected.lines().zip(there.lines()).position(|(a, b)| a != b);
            let show = |text: &str| line.and_then(|line| text.lines().nth(line)).unwrap_or_default().to_owned();
            different.push(format!("{name}: line {line:?}: {:?} here, {:?} there", show(&expected), show(&there)));
        }
    }
    println!("{mode:?}: no narrow one in flash among {accesses} loads and stores of {} programs", programs.len());
    assert!(accesses > 1_000_000);
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn programs_print_the_same_on_the_emulated_core() {
    compare(Mode::Plain, &language_programs());
}

#[test]
fn programs_print_the_same_on_the_emulated_core_while_everything_moves() {
    let mut programs = language_programs();
    // All of them take minutes: a third, another one whenever the programs change, unless NANO_TEST_WHOLE is set.
    if std::env::var_os("NANO_TEST_WHOLE").is_none() {
        let bytes: u64 = programs.iter().flat_map(std::fs::metadata).map(|about| about.len()).sum();
        programs = programs.into_iter().skip((bytes % 3) as usize).step_by(3).collect();
    }
    compare(Mode::Stress, &programs);
}

#[test]
fn a_module_that_does_not_fit_is_refused_with_its_bytes() {
    let looked = tempfile::tempdir().expect("a folder");
    // Three times that is more than the machine has: what came, its image, and what is kept of it.
    let text = "0123456789abcdef".repeat(16 << 10);
    let compiled = compile(&Package::single("large.py", &format!("x = \"{text}\"\n")), &Options { main: true });
    let module = compiled.expect("it compiles").module;
    let said = on_lx106(&module, Mode::Plain, &looked.path().join("narrow"));
    assert_eq!(said, format!("failed there is no memory for the module: {} bytes\nend\n", module.len()));
}
