//! Modules: fetched, interrupted, lied about, replaced, refused; the one before goes on.

use crate::bench::{Bench, CONFIG, Code, frame};
use nano_caps::Op;
use nano_device::{Config, Port};
use nano_wire::features::{Feature, Features};
use nano_wire::message::operation::{FunctionState, Install, Installed, Refused};
use nano_wire::message::{Chunk, Fetched, Kind, Message, ModuleHash, Offer};

fn echo(word: &str) -> String {
    format!("def handler(payload, ctx):\n    return '{word}'\n")
}

/// A program of some kilobytes.
fn long(word: &str) -> String {
    let filler = (0..400).fold(String::new(), |text, index| text + &format!("    x = payload * {index} + {index}\n"));
    format!("def unused(payload):\n{filler}    return x\n\n{}", echo(word))
}

fn state(bench: &Bench) -> FunctionState {
    bench.runtime.functions().next().unwrap().state
}

fn runs(bench: &mut Bench, log: (u16, u16)) -> String {
    bench.append(log, b"1");
    bench.run(20_000);
    bench.said()
}

#[test]
fn a_missing_module_is_fetched_and_the_event_waits_for_it() {
    let mut bench = Bench::new();
    let log = bench.light();
    let code = Code::new("def handler(payload, ctx):\n    return payload[0] < 100\n");
    let installed = bench.install(log, &Install::Configure(Bench::configuration(&code, "lamp")));
    assert_eq!(installed, Installed { state: FunctionState::Wanted, next: 0 });
    // The edge doesn't have it: the event fails, and the device asks again later.
    bench.append(log, b"[512]");
    bench.run(10_000);
    assert!(bench.said().contains("the edge does not have it"), "{}", bench.said());
    bench.edge.modules.push(code);
    bench.run(2_000_000);
    assert!(bench.traced("fetched lamp"));
    bench.append(log, b"[512]");
    bench.run(10_000);
    assert!(bench.said().contains("lamp(light 2) -> false"), "{}", bench.said());
    assert!(bench.edge.asked.iter().any(|asked| asked == "fetch lamp 16384"), "{:?}", bench.edge.asked);
}

#[test]
fn a_module_of_known_size_is_pulled_without_waiting_for_the_offer() {
    let mut bench = Bench::new();
    let log = bench.light();
    let code = Code::new(&echo("there"));
    let size = code.bytes.len();
    bench.edge.modules.push(code.clone());
    // The offer is lost: fetch and pull have gone out all the same.
    bench.edge.loses = Some(|number| number == 0);
    bench.install(log, &Install::Configure(Bench::configuration(&code, "lamp")));
    bench.run(1_000);
    assert_eq!(bench.edge.asked.len(), 2, "{:?}", bench.edge.asked);
    assert!(bench.edge.asked[1].starts_with("pull 0"), "{:?} of {size} bytes", bench.edge.asked);
    bench.edge.loses = None;
    bench.run(2_000_000);
    assert!(runs(&mut bench, log).contains("-> \"there\""), "{}", bench.said());
}

#[test]
fn a_long_module_comes_in_pieces_and_lost_ones_are_asked_for_again() {
    let mut bench = Bench::with(Config { frame_bytes: 200, module_bytes: 64 << 10, ..CONFIG });
    let log = bench.light();
    bench.edge.loses = Some(|number| number % 5 == 3);
    let code = bench.deploy(log, "lamp", &long("there"));
    assert!(code.bytes.len() > 4000, "{}", code.bytes.len());
    bench.run(20_000_000);
    assert!(runs(&mut bench, log).contains("-> \"there\""), "{}", bench.said());
    assert!(bench.edge.asked.len() > 4);
}

#[test]
fn a_link_that_loses_in_a_rhythm_is_not_in_step_with_the_device_for_ever() {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    static EVERY: AtomicUsize = AtomicUsize::new(0);
    static FIRST: AtomicUsize = AtomicUsize::new(0);
    for (every, first) in (2..13).flat_map(|every| (0..every).map(move |first| (every, first))) {
        EVERY.store(every, Relaxed);
        FIRST.store(first, Relaxed);
        let mut bench = Bench::with(Config { frame_bytes: 200, module_bytes: 64 << 10, ..CONFIG });
        let log = bench.light();
        bench.edge.loses = Some(|number| number % EVERY.load(Relaxed) == FIRST.load(Relaxed));
        bench.deploy(log, "lamp", &long("there"));
        bench.run(60_000_000);
        assert!(runs(&mut bench, log).contains("-> \"there\""), "of {every} the one after {first}: {}", bench.said());
    }
}

#[test]
fn a_device_that_loses_its_link_while_fetching_recovers() {
    let mut bench = Bench::with(Config { frame_bytes: 200, module_bytes: 64 << 10, ..CONFIG });
    let log = bench.light();
    let code = Code::new(&long("there"));
    bench.edge.modules.push(code.clone());
    bench.edge.loses = Some(|number| number > 4);
    bench.install(log, &Install::Configure(Bench::configuration(&code, "lamp")));
    bench.run(10_000);
    bench.outside.borrow_mut().unlinked = true;
    bench.run(10_000);
    assert!(bench.traced("not fetched lamp: Unlinked"), "what has come is thrown away");
    assert_eq!(state(&bench), FunctionState::Wanted);
    bench.append(log, b"1");
    bench.run(60_000_000);
    assert_eq!(bench.said(), "", "the event waits");
    bench.outside.borrow_mut().unlinked = false;
    bench.edge.loses = None;
    bench.run(20_000);
    assert!(bench.said().contains("lamp(light 1) -> \"there\""), "{}", bench.said());
}

#[test]
fn an_edge_that_falls_silent_is_asked_again_ever_more_rarely() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.edge.loses = Some(|_| true);
    let code = bench.deploy(log, "lamp", &echo("there"));
    bench.run(600_000_000);
    let asked = bench.edge.asked.len();
    assert!((50..150).contains(&asked), "{asked} times in ten minutes");
    bench.edge.loses = None;
    bench.run(40_000_000);
    assert_eq!(bench.runtime.functions().next().unwrap().hash, code.hash);
    assert!(runs(&mut bench, log).contains("there"));
}

#[test]
fn what_does_not_hash_to_what_was_installed_never_runs() {
    let mut bench = Bench::new();
    let log = bench.light();
    let wanted = Code::new(&echo("wanted"));
    // An edge that sends other bytes under the hash.
    let forged = Code { bytes: Code::new(&echo("forged")).bytes, hash: wanted.hash };
    assert_eq!(forged.bytes.len(), wanted.bytes.len());
    bench.edge.modules.push(forged);
    bench.install(log, &Install::Configure(Bench::configuration(&wanted, "lamp")));
    bench.run(10_000);
    assert!(bench.traced("not fetched lamp: Hash"));
    // One that offers another module.
    bench.edge.offer = Some(|_| Offer::Module { hash: ModuleHash([9; 32]), size: 100, memory: 64 });
    bench.run(5_000_000);
    assert!(bench.traced("not fetched lamp: Other"));
    // Bytes that nobody asked for.
    let mut body = vec![0; 100];
    for message in [
        Message::Chunk(Chunk { id: 7, offset: 0, bytes: &[1; 50] }),
        Message::Fetched(Fetched { id: 7, offer: Offer::Module { hash: wanted.hash, size: 50, memory: 64 } }),
    ] {
        let length = message.encode(&mut body).unwrap();
        let bytes = frame(message.kind(), &body[..length]);
        bench.push(Port::EDGE, &bytes);
    }
    bench.run(10_000);
    assert!(!bench.traced("swapped") && !bench.traced("fetched lamp "));
}

#[test]
fn hostile_offers_end_in_a_reason() {
    for (offer, why) in [
        (Offer::Module { hash: ModuleHash::NONE, size: 0, memory: 0 }, "Other"),
        (Offer::NotModified, "Other"),
        (Offer::NotFound, "NotFound"),
        (Offer::Failed { reason: "line 3: invalid syntax" }, "Failed"),
    ] {
        let _ = why;
        let mut bench = Bench::new();
        let log = bench.light();
        bench.edge.offer = Some(match offer {
            Offer::Module { .. } => |_| Offer::Module { hash: ModuleHash::NONE, size: 0, memory: 0 },
            Offer::NotModified => |_| Offer::NotModified,
            Offer::NotFound => |_| Offer::NotFound,
            _ => |_| Offer::Failed { reason: "line 3: invalid syntax" },
        });
        bench.deploy(log, "lamp", &echo("x"));
        assert!(bench.traced(&format!("not fetched lamp: {why}")), "{why}");
    }
    // A module larger than the device's memory for modules.
    let mut bench = Bench::with(Config { module_bytes: 50, ..CONFIG });
    let log = bench.light();
    bench.deploy(log, "lamp", &echo("x"));
    assert!(bench.traced("not fetched lamp: there is no memory for the module: "));
}

#[test]
fn what_is_too_large_for_the_device_is_run_by_the_edge() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.edge.offer = Some(|fetch| Offer::TooLarge { needed: fetch.arena * 2 });
    bench.edge.result = Some("\"from the edge\"");
    bench.deploy(log, "lamp", &echo("x"));
    assert_eq!(state(&bench), FunctionState::TooLarge);
    assert!(runs(&mut bench, log).contains("-> \"from the edge\""), "{}", bench.said());
    assert!(bench.result().contains("\"on\": \"edge\""));
    // The same when the offer itself says that it needs more than the function has.
    bench.edge.offer = None;
    let code = Code::new(&echo("small"));
    bench.edge.modules.push(code.clone());
    let configuration =
        nano_wire::message::operation::Configuration { memory: 512, ..Bench::configuration(&code, "lamp") };
    bench.install(log, &Install::Configure(configuration));
    bench.run(10_000);
    assert!(bench.traced("not fetched lamp: TooLarge(1024)"));
}

#[test]
fn what_needs_parts_that_the_firmware_lacks_is_named_and_run_by_the_edge() {
    let code = "import math\n\n\ndef handler(event, context):\n    return math.erf(1.0)\n";
    let features = Features::ALL.without(Features::NONE.with(Feature::MathSpecial, true));
    let why = "refused module: it needs math-special of IoTPy, which this firmware was built without";
    // The edge is told what there is, and says what is missing before it sends anything.
    let mut bench = Bench::with(Config { features, ..CONFIG });
    let log = bench.light();
    bench.edge.offer = Some(|fetch| Offer::Lacks { features: Features::ALL.without(fetch.features) });
    bench.edge.result = Some("\"from the edge\"");
    bench.deploy(log, "lamp", code);
    assert_eq!(state(&bench), FunctionState::Lacks);
    assert!(bench.traced(&format!("not fetched lamp: {why}")), "{}", bench.said());
    assert!(runs(&mut bench, log).contains("-> \"from the edge\""), "{}", bench.said());
    // An edge that does not look.
    let mut bench = Bench::with(Config { features, ..CONFIG });
    let log = bench.light();
    bench.deploy(log, "lamp", code);
    assert_eq!(state(&bench), FunctionState::Lacks);
    assert!(bench.traced(&format!(": {why}")), "{}", bench.said());
    // What needs less runs.
    let mut bench = Bench::with(Config { features, ..CONFIG });
    let log = bench.light();
    bench.deploy(log, "lamp", &echo("x"));
    assert_eq!(state(&bench), FunctionState::Ready);
}

#[test]
fn a_new_version_takes_over_between_two_invocations() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "lamp", &echo("old"));
    assert!(runs(&mut bench, log).contains("-> \"old\""));
    let code = Code::new(&echo("new"));
    bench.install(log, &Install::Configure(Bench::configuration(&code, "lamp")));
    assert!(runs(&mut bench, log).contains("-> \"old\""), "until the new one is here");
    bench.edge.modules.push(code);
    bench.run(3_000_000);
    assert!(runs(&mut bench, log).contains("-> \"new\""), "{}", bench.said());
    assert!(bench.traced("swapped lamp"));
}

#[test]
fn a_new_version_that_fails_to_start_leaves_the_old_one_running() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "lamp", &format!("count = 0\n{}", echo("old")));
    assert!(runs(&mut bench, log).contains("-> \"old\""));
    for (broken, why) in [
        (format!("x = 1 // 0\n{}", echo("new")), "ZeroDivisionError"),
        ("def other(payload, ctx):\n    return 1\n".to_owned(), "no such handler"),
        (format!("x = [0] * 1000000\n{}", echo("new")), "MemoryError"),
        (format!("while True:\n    pass\n{}", echo("new")), "timed out"),
        ("def handler(payload, ctx):\n    return 1 % 0\n".to_owned(), "ZeroDivisionError"),
    ] {
        bench.deploy(log, "lamp", &broken);
        bench.append(log, b"1");
        bench.run(3_000_000);
        assert!(bench.said().contains("-> \"old\""), "{why}: {}", bench.said());
        assert!(bench.traced(why), "{why}");
        assert_eq!(state(&bench), FunctionState::Refused, "{why}");
    }
    // And one that starts takes over.
    bench.deploy(log, "lamp", &echo("mended"));
    assert!(runs(&mut bench, log).contains("-> \"mended\""), "{}", bench.said());
}

#[test]
fn a_version_that_has_run_once_may_fail_later() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "lamp", &echo("old"));
    assert!(runs(&mut bench, log).contains("-> \"old\""));
    bench.deploy(log, "lamp", "def handler(payload, ctx):\n    return 6 // payload\n");
    bench.append(log, b"2");
    bench.run(3_000_000);
    assert!(bench.said().contains("-> 3"), "{}", bench.said());
    bench.append(log, b"0");
    bench.run(3_000_000);
    assert!(bench.said().contains("failed: ZeroDivisionError"), "{}", bench.said());
    assert!(!bench.traced("refused lamp"));
}

#[test]
fn bytes_that_are_no_module_are_refused_with_a_reason() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "lamp", &echo("old"));
    assert!(runs(&mut bench, log).contains("old"));
    let mut damaged = Code::new(&echo("new")).bytes;
    let middle = damaged.len() / 2;
    damaged.truncate(middle);
    let code = Code::raw(damaged);
    bench.edge.modules.push(code.clone());
    bench.install(log, &Install::Configure(Bench::configuration(&code, "lamp")));
    bench.run(10_000);
    assert!(bench.traced("refused lamp"));
    assert!(runs(&mut bench, log).contains("-> \"old\""));
}

#[test]
fn a_module_with_any_byte_flipped_is_refused_or_runs_within_its_bounds() {
    let good = Code::new(&format!("import device\n{}", echo("x")));
    for index in (0..good.bytes.len()).step_by(7) {
        let mut bench = Bench::new();
        let log = bench.light();
        let mut bytes = good.bytes.clone();
        bytes[index] ^= 0x41;
        let code = Code::raw(bytes);
        bench.edge.modules.push(code.clone());
        bench.install(log, &Install::Configure(Bench::configuration(&code, "lamp")));
        bench.append(log, b"1");
        bench.run(3_000_000);
        bench.must(Op::Stat, log.0, log.1, b"");
    }
}

#[test]
fn the_first_version_that_fails_says_so_at_every_event() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "lamp", "x = 1 // 0\n");
    for _ in 0..2 {
        assert!(runs(&mut bench, log).contains("failed: ZeroDivisionError"), "{}", bench.said());
    }
}

#[test]
fn an_owner_without_an_edge_pushes_the_module() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.outside.borrow_mut().unlinked = true;
    let code = Code::new(&echo("pushed"));
    let mut installed = bench.install(log, &Install::Configure(Bench::configuration(&code, "lamp")));
    let mut pieces = 0;
    while installed.state == FunctionState::Wanted {
        let from = installed.next as usize;
        let bytes = &code.bytes[from..(from + 100).min(code.bytes.len())];
        installed = bench.install(log, &Install::Chunk { hash: code.hash, offset: installed.next, bytes });
        // A piece that comes twice changes nothing.
        if pieces == 0 {
            let again = bench.install(log, &Install::Chunk { hash: code.hash, offset: 0, bytes });
            assert_eq!(again, installed);
        }
        pieces += 1;
    }
    assert_eq!(installed, Installed { state: FunctionState::Ready, next: code.bytes.len() as u32 });
    assert!(runs(&mut bench, log).contains("-> \"pushed\""), "{}", bench.said());
    // Another module's bytes under a hash that is wanted.
    let wanted = Code::new(&echo("wanted"));
    bench.install(log, &Install::Configure(Bench::configuration(&wanted, "lamp")));
    let mut payload = vec![0; 2000];
    let forged = vec![1; wanted.bytes.len()];
    let length = Install::Chunk { hash: wanted.hash, offset: 0, bytes: &forged }.encode(&mut payload).unwrap();
    let (_, reason) = bench.refused(Op::Install, log.0, log.1, &payload[..length]);
    assert_eq!(Refused::decode(&reason), Some(Refused::Module));
    assert!(runs(&mut bench, log).contains("-> \"pushed\""));
}

#[test]
fn functions_survive_a_reset_and_fetch_their_modules_again() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "lamp", &echo("there"));
    assert!(runs(&mut bench, log).contains("there"));
    let mut bench = bench.reboot();
    bench.append(log, b"1");
    bench.run(10_000);
    assert!(bench.said().contains("lamp(light 1) -> \"there\""), "{}", bench.said());
    assert!(bench.said().contains("cold"));
}

#[test]
fn modules_make_room_for_each_other() {
    let size = nano_wire::module::Packed::read(&Code::new(&echo("aaaaa")).bytes).unwrap().image_bytes() as u32;
    let mut bench = Bench::with(Config { module_bytes: size + size / 2, ..CONFIG });
    let log = bench.light();
    bench.deploy(log, "a", &echo("aaaaa"));
    bench.deploy(log, "b", &echo("bbbbb"));
    bench.run(20_000);
    bench.append(log, b"1");
    bench.run(10_000_000);
    let console = bench.outside.borrow().console.clone();
    assert!(console.contains("-> \"aaaaa\"") && console.contains("-> \"bbbbb\""), "{console}");
}

#[test]
fn a_module_without_room_is_told_with_its_bytes() {
    let code = Code::new(&echo("aaaaa"));
    let image = nano_wire::module::Packed::read(&code.bytes).unwrap().image_bytes();
    let travels = code.bytes.len();
    for (room, what) in [
        (travels - 1, format!("the module: {travels} bytes")),
        (image - 1, format!("the module's image: {image} bytes")),
    ] {
        let mut bench = Bench::with(Config { module_bytes: room as u32, ..CONFIG });
        let log = bench.light();
        bench.deploy(log, "a", &echo("aaaaa"));
        bench.run(20_000);
        let trace = bench.outside.borrow().trace.join("\n");
        assert!(trace.contains(&format!("not fetched a: there is no memory for {what}")), "{trace}");
    }
}

/// A process with as much address space as two arenas of a gigabyte do not have room in.
const SHORT: &str = "NANO_TEST_SHORT_OF_MEMORY";

#[test]
fn an_arena_that_there_is_no_memory_for_is_told_and_the_device_goes_on() {
    if std::env::var_os(SHORT).is_none() {
        let own = std::env::current_exe().unwrap();
        let output = std::process::Command::new("sh")
            .args(["-c", "ulimit -v 1800000 && exec \"$0\" --exact --nocapture \"$1\""])
            .arg(own)
            .arg("modules::an_arena_that_there_is_no_memory_for_is_told_and_the_device_goes_on")
            .env(SHORT, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        return;
    }
    let mut bench = Bench::with(Config { arenas: 4, arena_bytes: u32::MAX, ..CONFIG });
    let log = bench.light();
    let large = |bench: &mut Bench, name: &str, memory: u32| {
        let code = Code::new(&echo(name));
        bench.edge.modules.push(code.clone());
        let configuration =
            nano_wire::message::operation::Configuration { memory, ..Bench::configuration(&code, name) };
        bench.install(log, &Install::Configure(configuration));
        bench.run(10_000);
    };
    large(&mut bench, "three", 3 << 30);
    let said = runs(&mut bench, log);
    assert!(said.contains("failed: there is no memory for the function's arena: 3221225472 bytes"), "{said}");
    // Two that have no room at once have it one after the other.
    large(&mut bench, "one", 1 << 30);
    large(&mut bench, "another", 1 << 30);
    for _ in 0..2 {
        bench.append(log, b"1");
        bench.run(100_000);
    }
    let console = bench.outside.borrow().console.clone();
    for (word, times) in [("three", 3), ("one", 2), ("another", 2)] {
        let lines = console.lines().filter(|line| line.contains(&format!("{word}(light")));
        let well = lines.filter(|line| line.contains(if word == "three" { "no memory" } else { "-> \"" })).count();
        assert_eq!(well, times, "{console}");
    }
}

#[test]
fn frames_of_kinds_that_devices_do_not_take_are_noise() {
    let mut bench = Bench::new();
    for kind in [Kind::Fetch, Kind::Response, Kind::Append, Kind::Console] {
        let bytes = frame(kind, &[0; 20]);
        bench.push(Port::EDGE, &bytes);
        bench.run(100);
    }
    assert_eq!(bench.outside.borrow().trace.iter().filter(|line| line.contains("port 0 noise")).count(), 4);
}

#[test]
fn what_is_built_in_needs_no_edge_and_runs_from_the_console() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.outside.borrow_mut().unlinked = true;
    let code = Code::new("def handler(payload, ctx):\n    return [payload, ctx.sequence]\n");
    let configuration = Bench::configuration(&code, "built_in");
    assert!(!bench.runtime.invoke("built_in", b"1"));
    bench.runtime.install(log, &configuration, &code.bytes).unwrap();
    assert!(bench.runtime.invoke("built_in", b"{\"a\": 1}"));
    assert!(bench.said().starts_with("built_in(light 0) -> [{\"a\": 1}, \"0\"]"), "{}", bench.said());
    let wrong = bench.runtime.install(log, &Bench::configuration(&Code::new(&echo("x")), "other"), &code.bytes);
    assert_eq!(wrong, Err(Refused::Module));
}
