//! One handler, once, within a device's limits; the same every time.

use nano_edge::{Edge, EdgeOptions, Package};
use nano_emulator::{BoardTable, Once, OnceError, OnceOptions, run_once};

fn run(source: &str, event: &str, memory: u32) -> Result<Once, OnceError> {
    let folder = tempfile::tempdir().unwrap();
    let edge = Edge::open(EdgeOptions::new(folder.path(), "")).unwrap();
    let package = Package::build([("app.py", source.as_bytes())]).unwrap();
    let translation = edge.check(&package, "app.handler", nano_edge::Run::Device).unwrap();
    let table = BoardTable::named("esp8266").unwrap();
    run_once(
        &OnceOptions {
            table: &table,
            function: "handler",
            handler: "app.handler",
            memory,
            timeout_ms: 1000,
            namespace: "app",
            logs: &[("light".into(), 64, 16)],
            event: event.as_bytes(),
            time_ms: 1_790_000_000_000,
        },
        translation,
    )
}

#[test]
fn a_handler_runs_once_and_again_the_same() {
    let source =
        "def handler(event, context):\n    print('hello', context.function_name)\n    return {'n': event['n'] + 1}\n";
    let once = run(source, "{\"n\": 41}", 16 << 10).unwrap();
    assert_eq!(once.invocation.result["n"].as_u64(), Some(42));
    assert_eq!(once.invocation.logs, "hello handler\n");
    assert!(once.invocation.cold && once.invocation.error.is_none());
    assert!(once.invocation.duration_us > 0 && once.invocation.energy_uj > 0.0);
    assert_eq!(once, run(source, "{\"n\": 41}", 16 << 10).unwrap());
}

#[test]
fn limits_and_mistakes_are_those_of_the_device() {
    let once = run("def handler(event, context):\n    return [0] * 100000\n", "1", 16 << 10).unwrap();
    assert_eq!(once.invocation.error.unwrap().kind, "MemoryError");
    let once = run("def handler(event, context):\n    while True:\n        pass\n", "1", 16 << 10).unwrap();
    assert_eq!(once.invocation.error.unwrap().kind, "Sandbox.Timedout");
    assert!((900_000..1_100_000).contains(&once.invocation.duration_us), "{}", once.invocation.duration_us);
    let once = run("def handler(event, context):\n    return 1 // event\n", "0", 16 << 10).unwrap();
    let error = once.invocation.error.unwrap();
    let traceback = error.traceback.unwrap();
    assert!(
        traceback.contains("app.py\", line 2, in handler") && traceback.contains("~^^~")
            || traceback.contains("1 // event"),
        "{traceback}"
    );
    match run("def handler(event, context):\n    return 1\n", "0", 64 << 10) {
        Err(OnceError::Memory { wanted: 65536, has: 28672, .. }) => {}
        other => panic!("{other:?}"),
    }
}
