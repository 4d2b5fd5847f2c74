//! Samples become records, records invoke handlers; and what comes of it is recorded.

use crate::bench::{Bench, CONFIG};
use nano_device::{Config, Source};
use nano_wire::message::operation::{Install, Place};

#[test]
fn samples_keep_to_their_rate_and_missed_ones_are_not_made_up_for() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.outside.borrow_mut().adc.extend(0..100);
    bench.runtime.sample(log.0, log.1, Source::Adc(0), 100_000).unwrap();
    let taken = |bench: &Bench| bench.runtime.objects().log(log.0, log.1).unwrap().ring.last().unwrap().0;
    bench.run(1_000_000);
    assert_eq!(taken(&bench), 10);
    bench.outside.borrow_mut().now_us += 550_000; // the device was busy
    bench.run(100_000);
    assert!(bench.traced("missed a sample of light"));
    assert_eq!(taken(&bench), 12, "one at once, and the next in its place");
}

#[test]
fn a_window_of_records_is_one_event() {
    let mut bench = Bench::new();
    let log = bench.light();
    let code = bench.deploy(log, "window", "def handler(payload, ctx):\n    return payload\n");
    let configuration =
        nano_wire::message::operation::Configuration { every: 4, ..Bench::configuration(&code, "window") };
    bench.install(log, &Install::Configure(configuration));
    for sample in 1..=9 {
        bench.append(log, format!("[{sample}]").as_bytes());
        bench.run(5000);
    }
    let console = bench.outside.borrow().console.clone();
    let lines: Vec<_> = console.lines().map(|line| line.split("  ").next().unwrap()).collect();
    assert_eq!(lines, ["window(light 4) -> [[1], [2], [3], [4]]", "window(light 8) -> [[5], [6], [7], [8]]"]);
    for record in [&b"{\"a\": 1}"[..], b"2", b"\"x\""] {
        bench.append(log, record);
    }
    bench.run(5000);
    assert!(bench.said().contains("-> [[9], {\"a\": 1}, 2, \"x\"]"), "{}", bench.said());
}

#[test]
fn bytes_that_are_no_json_stay_bytes() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "length", "def handler(payload, ctx):\n    return [len(payload), payload[0]]\n");
    bench.append(log, &[0xFF, 1, 2]);
    bench.run(5000);
    assert!(bench.said().contains("-> [3, 255]"), "{}", bench.said());
}

#[test]
fn the_context_says_who_and_where() {
    let mut bench = Bench::new();
    let log = bench.light();
    let source = "def handler(payload, ctx):\n    return [ctx.function_name, ctx.device, ctx.namespace, ctx.woof, ctx.sequence]\n";
    bench.deploy(log, "who", source);
    bench.append(log, b"1");
    bench.run(5000);
    assert!(bench.said().contains("-> [\"who\", \"walkway\", \"app\", \"light\", \"1\"]"), "{}", bench.said());
}

#[test]
fn a_handler_that_raises_or_never_ends_is_recorded_and_the_next_runs() {
    let mut bench = Bench::new();
    let log = bench.light();
    let source = "\
def handler(payload, ctx):
    if payload == 1:
        return 1 // 0
    if payload == 2:
        while True:
            pass
    if payload == 3:
        return [0] * 100000
    if payload == 4:
        return handler(payload, ctx)
    if payload == 5:
        return {1, 2}
    return payload
";
    bench.deploy(log, "bad", source);
    for (event, words) in [
        ("1", "failed: ZeroDivisionError: integer division or modulo by zero"),
        ("2", "failed: timed out"),
        ("3", "failed: MemoryError"),
        ("4", "failed: "),
        ("5", "failed: the result is no JSON"),
        ("6", "-> 6"),
    ] {
        bench.append(log, event.as_bytes());
        bench.run(2_000_000);
        assert!(bench.said().contains(words), "{event}: {}", bench.said());
        let result = bench.result();
        assert!(result.contains(if words == "-> 6" { "\"result\": 6}" } else { "\"error\": \"" }), "{result}");
    }
}

#[test]
fn results_that_are_too_long_are_cut_but_stay_json() {
    let mut bench = Bench::with(Config { result_bytes: 160, ..CONFIG });
    let log = bench.light();
    bench.deploy(log, "long", "def handler(payload, ctx):\n    return 'x' * 100\n");
    bench.append(log, b"1");
    bench.run(5000);
    assert!(bench.result().ends_with("\"result\": null, \"cut\": true}"), "{}", bench.result());
}

#[test]
fn a_full_queue_loses_events_and_says_so() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "slow", "def handler(payload, ctx):\n    return payload\n");
    for sample in 0..12 {
        bench.append(log, sample.to_string().as_bytes());
    }
    assert!(bench.traced("missed an event of light"));
    bench.run(50_000);
    let runs = bench.runtime.functions().next().unwrap().runs;
    assert_eq!(runs, 8);
}

#[test]
fn a_replay_runs_the_last_event_again_without_a_record() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "echo", "def handler(payload, ctx):\n    return payload\n");
    assert!(!bench.runtime.replay("echo") && !bench.runtime.replay("nobody"));
    bench.append(log, b"41");
    bench.run(5000);
    assert!(bench.runtime.replay("echo"));
    bench.run(5000);
    let stat = bench.runtime.functions().next().unwrap();
    assert_eq!((stat.runs, stat.errors), (2, 0));
    assert_eq!(bench.tail(log.0, log.1, 5).len(), 1);
}

#[test]
fn the_edge_runs_what_is_meant_for_it_and_its_silence_is_an_answer() {
    let mut bench = Bench::new();
    let log = bench.light();
    let code = crate::bench::Code::raw(vec![]);
    let configuration = nano_wire::message::operation::Configuration {
        place: Place::Edge,
        hash: nano_wire::message::ModuleHash::NONE,
        ..Bench::configuration(&code, "summary")
    };
    bench.install(log, &Install::Configure(configuration));
    bench.edge.result = Some("{\"mean\": 3}");
    bench.append(log, b"[3]");
    bench.run(5000);
    assert_eq!(bench.edge.asked, ["invoke summary [3]"]);
    assert!(bench.said().contains("-> {\"mean\": 3}") && bench.said().contains("at the edge"), "{}", bench.said());
    bench.edge.result = None;
    bench.append(log, b"[4]");
    bench.run(10_000_000);
    assert!(bench.said().contains("the edge did not answer in time"), "{}", bench.said());
    bench.outside.borrow_mut().unlinked = true;
    bench.append(log, b"[5]");
    bench.run(5000);
    assert!(bench.said().contains("light 3) failed: the edge did not answer"), "{}", bench.said());
}

#[test]
fn arenas_are_shared_out_among_functions() {
    // Room for one arena of 16 KiB at a time.
    let mut bench = Bench::with(Config { arena_bytes: 20 << 10, ..CONFIG });
    let log = bench.light();
    let source = "count = 0\n\ndef handler(payload, ctx):\n    global count\n    count += 1\n    return count\n";
    bench.deploy(log, "a", source);
    bench.append(log, b"1");
    bench.append(log, b"1");
    bench.run(5000);
    assert!(bench.said().contains("a(light 2) -> 2"), "warm: {}", bench.said());
    bench.deploy(log, "b", source);
    bench.append(log, b"1");
    bench.run(50_000);
    let console = bench.outside.borrow().console.clone();
    assert!(console.contains("a(light 3) -> 3") && console.contains("b(light 3) -> 1"), "{console}");
    bench.append(log, b"1");
    bench.run(50_000);
    let console = bench.outside.borrow().console.clone();
    // Each pushed out the other's arena, so each begins anew.
    assert!(console.contains("a(light 4) -> 1") && console.contains("b(light 4) -> 1"), "{console}");
}

#[test]
fn a_window_of_bytes_is_their_bytes() {
    let mut bench = Bench::new();
    let log = bench.light();
    let code = bench.deploy(log, "window", "def handler(payload, ctx):\n    return list(payload)\n");
    let configuration =
        nano_wire::message::operation::Configuration { every: 2, ..Bench::configuration(&code, "window") };
    bench.install(log, &Install::Configure(configuration));
    bench.append(log, b"1");
    bench.append(log, &[0xFF, 2]);
    bench.run(5000);
    assert!(bench.said().contains("-> [49, 255, 2]"), "{}", bench.said());
}

#[test]
fn a_sensor_with_words_of_its_own_is_sampled() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.outside.borrow_mut().sensor = Some("[0.01, -0.02, 1.0]".to_owned());
    bench.runtime.sample(log.0, log.1, Source::Sensor(0), 20_000).unwrap();
    bench.run(50_000);
    assert_eq!(bench.tail(log.0, log.1, 1), [(3, b"[0.01, -0.02, 1.0]".to_vec())]);
}
