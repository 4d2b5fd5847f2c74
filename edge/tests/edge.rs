//! The edge without HTTP: what the emulator and the command line use, and what must not go wrong in it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nano_edge::{
    Answer, Arm, Deployment, Edge, EdgeEvent, EdgeOptions, EventKind, Invoke, NanoSettings, On, Package, Run,
    TranslationError, Trigger,
};

fn open(data: &Path) -> Edge {
    open_with(data, 0)
}

/// With so many threads that serve.
fn open_with(data: &Path, threads: usize) -> Edge {
    let options = EdgeOptions { threads, ..EdgeOptions::new(data, std::env::var("PATH").unwrap()) };
    // An edge that was dropped lets go of its folder when its last invocation has ended, which is a moment later.
    for _ in 0..500 {
        match Edge::open(options.clone()) {
            Err(error) if error.to_string().contains("in use") || format!("{error:?}").contains("Locked") => {
                std::thread::sleep(Duration::from_millis(20));
            }
            other => return other.unwrap(),
        }
    }
    panic!("the folder stays locked");
}

fn package(text: &str) -> Package {
    Package::build([("app.py", text.as_bytes())]).unwrap()
}

fn deploy(edge: &Edge, name: &str, text: &str, nano: NanoSettings) -> bool {
    let deployment = Deployment { name: name.into(), handler: "app.handler".into(), nano, ..Deployment::default() };
    edge.deploy(&deployment, &package(text)).unwrap().1
}

fn result(answer: &Answer) -> &str {
    std::str::from_utf8(answer.result.as_ref().unwrap()).unwrap()
}

fn invoke_on(edge: &Edge, name: &str, event: &str, on: On) -> Answer {
    edge.invoke(name, Invoke { event: event.to_owned().into(), on, ..Invoke::default() }).unwrap()
}

/// Waits for events until `wanted` says that it has seen enough.
fn watch(events: &mut tokio::sync::broadcast::Receiver<EdgeEvent>, mut wanted: impl FnMut(EdgeEvent) -> bool) {
    while !wanted(events.blocking_recv().unwrap()) {}
}

#[test]
fn a_deployment_that_changes_nothing_keeps_instances_warm() {
    let data = tempfile::tempdir().unwrap();
    let edge = open(data.path());
    let text = "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n\n";
    assert!(deploy(&edge, "count", text, NanoSettings::default()));
    for expected in ["1", "2"] {
        assert_eq!(result(&edge.invoke("count", Invoke::new("{}")).unwrap()), expected);
    }
    assert!(!deploy(&edge, "count", text, NanoSettings::default()));
    assert_eq!(result(&edge.invoke("count", Invoke::new("{}")).unwrap()), "3");
    assert!(deploy(&edge, "count", &format!("{text}#\n"), NanoSettings::default()));
    assert_eq!(result(&edge.invoke("count", Invoke::new("{}")).unwrap()), "1");
}

#[test]
fn logs_are_kept_and_read_behind_a_place() {
    let data = tempfile::tempdir().unwrap();
    let edge = open(data.path());
    deploy(&edge, "talk", "def handler(event, context):\n    print(event)\n", NanoSettings::default());
    let first = edge.invoke("talk", Invoke::new("\"one\"")).unwrap();
    assert_eq!(first.output, "one\n");
    edge.invoke("talk", Invoke::new("\"two\"")).unwrap();
    let records = edge.logs().tail("talk", 10).unwrap();
    assert_eq!(records.len(), 2);
    assert_eq!((records[0].request_id.as_str(), records[0].text.as_str()), (first.request_id.as_str(), &*first.log));
    assert!(records[0].text.contains("\none\nEND RequestId") && records[0].stream.contains("/[$LATEST]"));
    let later = edge.logs().after("talk", records[0].sequence, 10).unwrap();
    assert_eq!(later, records[1..]);
    drop(edge);
    assert_eq!(open(data.path()).logs().tail("talk", 1).unwrap(), records[1..]);
}

const LOGGER: &str = "
import device

def handler(event, context):
    before = device.latest('level')
    number = device.append('level', event['text'])
    after = device.latest('level')
    errors = []
    for attempt in (
        lambda: device.append('nowhere', 'x'),
        lambda: device.append('level', 'x' * 100),
        lambda: device.append('level', 5),
        lambda: device.latest(7),
        lambda: device.set_pin_high(2),
        lambda: device.read_pin(-1),
        lambda: device.read_adc(0),
        lambda: device.read_adc('a'),
    ):
        try:
            attempt()
        except (OSError, TypeError) as error:
            errors.append([type(error).__name__, str(error)])
    return [before is None, number, after[0], after[1].decode(), errors]
";

#[test]
fn the_device_module_is_the_same_wherever_it_runs() {
    let mut results = Vec::new();
    for on in [On::Edge, On::Cloud] {
        let data = tempfile::tempdir().unwrap();
        let edge = open(data.path());
        let nano = NanoSettings { namespace: Some("home".into()), ..NanoSettings::default() };
        deploy(&edge, "logger", LOGGER, nano);
        edge.woofs().create("home/level", 64, 8).unwrap();
        let answer = invoke_on(&edge, "logger", r#"{"text": "hällo"}"#, on);
        assert_eq!(edge.woofs().latest("home/level").unwrap().payload, "hällo".as_bytes());
        results.push(result(&answer).to_owned());
    }
    assert_eq!(results[0], results[1]);
    assert!(results[0].starts_with("[true, 1, 1, \"h\\u00e4llo\", [[\"OSError\", \"device: no such log: 'nowhere'\"]"));
    assert!(results[0].contains("device: this host has no ADC channels"), "{}", results[0]);
}

#[test]
fn appends_invoke_functions_in_order() {
    let data = tempfile::tempdir().unwrap();
    let edge = open(data.path());
    let text = "def handler(event, context):\n    return event\n";
    for (name, every, run) in [("each", 1, Run::Edge), ("third", 3, Run::Cloud)] {
        let trigger = Some(Trigger { woof: "level".into(), every });
        deploy(&edge, name, text, NanoSettings { trigger, run, ..NanoSettings::default() });
    }
    edge.woofs().create("default/level", 64, 100).unwrap();
    let mut events = edge.events();
    for level in 1..=7 {
        edge.woofs().append("default/level", format!("[{level}]").as_bytes()).unwrap();
    }
    let mut seen = Vec::new();
    watch(&mut events, |event| {
        if let EdgeEvent::Invoked { function, cause, answer } = event {
            let (woof, sequence) = cause.unwrap();
            assert_eq!(woof, "default/level");
            seen.push((function, sequence, result(&answer).to_owned()));
        }
        seen.len() == 9
    });
    let of = |name: &str| -> Vec<(u64, String)> {
        seen.iter().filter(|(function, ..)| function == name).map(|(_, at, result)| (*at, result.clone())).collect()
    };
    assert_eq!(of("each"), (1..=7).map(|level| (level, format!("[{level}]"))).collect::<Vec<_>>());
    assert_eq!(of("third"), [(3, "[[1], [2], [3]]".to_owned()), (6, "[[4], [5], [6]]".to_owned())]);
    // Bindings are part of the function: they outlive the process, and change with it.
    drop(events);
    drop(edge);
    let edge = open(data.path());
    deploy(&edge, "third", text, NanoSettings { run: Run::Cloud, ..NanoSettings::default() });
    let mut events = edge.events();
    edge.woofs().append("default/level", b"not json").unwrap();
    edge.woofs().append("default/level", b"9").unwrap();
    let mut ran = Vec::new();
    watch(&mut events, |event| {
        if let EdgeEvent::Invoked { function, answer, .. } = event {
            // Bytes are no JSON, so a handler that gives them back fails, and says so.
            ran.push((
                function,
                answer.result.as_ref().map_or_else(|f| f.error_type.clone(), |_| result(&answer).into()),
            ));
        }
        ran.len() == 2
    });
    let expected = [("each", "Runtime.MarshalError"), ("each", "9")].map(|(f, r)| (f.to_owned(), r.to_owned()));
    assert_eq!(ran, expected);
}

#[test]
fn events_may_be_bytes() {
    let data = tempfile::tempdir().unwrap();
    let edge = open(data.path());
    deploy(&edge, "sum", "def handler(event, context):\n    return [len(event), event[0]]\n", NanoSettings::default());
    for on in [On::Edge, On::Cloud] {
        let event = Invoke { event: vec![0xff, 0, 7].into(), kind: EventKind::Bytes, on, ..Invoke::default() };
        assert_eq!(result(&edge.invoke("sum", event).unwrap()), "[3, 255]");
    }
}

#[test]
fn auto_takes_iotpy_where_it_can() {
    let data = tempfile::tempdir().unwrap();
    let edge = open(data.path());
    deploy(&edge, "plain", "def handler(event, context):\n    return 1\n", NanoSettings::default());
    let text = "import pickle\n\ndef handler(event, context):\n    return pickle.loads(pickle.dumps('1.10'))\n";
    deploy(&edge, "library", text, NanoSettings::default());
    assert_eq!(invoke_on(&edge, "plain", "{}", On::Configured).on, Arm::Edge);
    let library = invoke_on(&edge, "library", "{}", On::Configured);
    assert_eq!((library.on, result(&library)), (Arm::Cloud, "\"1.10\""));
    let forced = invoke_on(&edge, "library", "{}", On::Edge);
    let failure = forced.result.unwrap_err();
    assert_eq!(failure.error_type, "Runtime.Unsupported");
    assert!(failure.message.contains("app.py:1") && forced.output.contains("^^"), "{failure:?} {}", forced.output);
}

#[test]
fn devices_get_what_fits_them() {
    let data = tempfile::tempdir().unwrap();
    let edge = open(data.path());
    let text = "TABLE = [0] * 6000\ndef handler(event, context):\n    return len(TABLE)\n";
    deploy(&edge, "table", text, NanoSettings::default());
    let module = edge.translate("table", 64 << 10).unwrap();
    assert_eq!(module.function, "handler");
    match edge.translate("table", 16 << 10).unwrap_err() {
        TranslationError::TooLarge { needed, available } => assert!(needed > 24_000 && available == 16 << 10),
        other => panic!("{other}"),
    }
    // What is too large for a device, the edge runs for it.
    assert_eq!(result(&invoke_on(&edge, "table", "{}", On::Edge)), "6000");
    assert!(edge.translate("nothing", 64 << 10).unwrap_err().to_string().contains("Function not found"));
}

#[test]
fn handlers_that_never_end_hold_up_nobody() {
    [0, 1].into_iter().for_each(handlers_that_never_end);
}

fn handlers_that_never_end(threads: usize) {
    let data = tempfile::tempdir().unwrap();
    let edge = open_with(data.path(), threads);
    let nano = NanoSettings { timeout_ms: Some(1500), run: Run::Edge, ..NanoSettings::default() };
    deploy(&edge, "loop", "def handler(event, context):\n    while True:\n        pass\n", nano);
    let quick = NanoSettings { run: Run::Edge, ..NanoSettings::default() };
    deploy(&edge, "quick", "def handler(event, context):\n    return event\n", quick);
    // More of them at once than there are threads that serve.
    let ended = Arc::new(AtomicUsize::new(0));
    let loops: Vec<_> = (0..12)
        .map(|_| {
            let (edge, ended) = (edge.clone(), Arc::clone(&ended));
            std::thread::spawn(move || {
                let answer = edge.invoke("loop", Invoke::new("{}")).unwrap();
                ended.fetch_add(1, Ordering::SeqCst);
                answer.result.unwrap_err().error_type
            })
        })
        .collect();
    let mut meanwhile = 0;
    while ended.load(Ordering::SeqCst) == 0 {
        assert_eq!(result(&edge.invoke("quick", Invoke::new("7")).unwrap()), "7");
        meanwhile += 1;
    }
    assert!(meanwhile > 0);
    for thread in loops {
        assert_eq!(thread.join().unwrap(), "Sandbox.Timedout");
    }
}

/// What waits beyond its time has timed out, although it would return at once when it is woken.
#[test]
fn a_sleep_beyond_the_time_is_no_success() {
    let data = tempfile::tempdir().unwrap();
    let edge = open(data.path());
    let nano = NanoSettings { timeout_ms: Some(200), run: Run::Edge, ..NanoSettings::default() };
    let text = "import time\n\ndef handler(event, context):\n    time.sleep(event)\n    return event\n";
    deploy(&edge, "sleep", text, nano);
    let answer = edge.invoke("sleep", Invoke::new("60")).unwrap();
    assert!(answer.log.contains("Status: timeout"), "{}", answer.log);
    assert_eq!(answer.result.unwrap_err().error_type, "Sandbox.Timedout");
    assert_eq!(result(&edge.invoke("sleep", Invoke::new("0.001")).unwrap()), "0.001");
}

const WAITER: &str = "
import device
import time

def handler(event, context):
    if event:
        # The ways to keep a thread that was expected to be free soon.
        last = device.latest('door')[0]
        while device.latest('door')[0] < last + 3:
            if event == 'sleep':
                time.sleep(0.001)
    return event
";

#[test]
fn one_thread_serves_others_while_handlers_wait() {
    let data = tempfile::tempdir().unwrap();
    let edge = open_with(data.path(), 1);
    edge.woofs().create("default/door", 64, 0).unwrap();
    edge.woofs().append("default/door", b"shut").unwrap();
    let nano = || NanoSettings { run: Run::Edge, timeout_ms: Some(60_000), ..NanoSettings::default() };
    deploy(&edge, "wait", WAITER, nano());
    deploy(
        &edge,
        "push",
        "import device\ndef handler(event, context):\n    return device.append('door', 'x')\n",
        nano(),
    );
    // Again and again: what may go wrong is who has the thread's other work just when it is given on.
    for event in ["\"loop\"", "\"sleep\""].repeat(10) {
        // What was quick is taken to be quick again.
        assert_eq!(result(&edge.invoke("wait", Invoke::new("0")).unwrap()), "0");
        let waiting = {
            let edge = edge.clone();
            std::thread::spawn(move || result(&edge.invoke("wait", Invoke::new(event)).unwrap()).to_owned())
        };
        while !waiting.is_finished() {
            edge.invoke("push", Invoke::new("{}")).unwrap().result.unwrap();
        }
        assert_eq!(waiting.join().unwrap(), event);
    }
}

#[test]
fn many_at_once_get_their_own_answers() {
    let data = tempfile::tempdir().unwrap();
    let mut options = EdgeOptions::new(data.path(), std::env::var("PATH").unwrap());
    options.most_workers = 3;
    let edge = Edge::open(options).unwrap();
    let text = "def handler(event, context):\n    print(event)\n    return [event, context.aws_request_id]\n";
    deploy(&edge, "a", text, NanoSettings::default());
    deploy(&edge, "b", text, NanoSettings::default());
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let edge = edge.clone();
            std::thread::spawn(move || {
                for number in 0..10 {
                    let event = (thread * 1000 + number).to_string();
                    let name = if number % 2 == 0 { "a" } else { "b" };
                    let on = if number % 4 < 2 { On::Cloud } else { On::Edge };
                    let answer = invoke_on(&edge, name, &event, on);
                    assert_eq!(result(&answer), format!("[{event}, \"{}\"]", answer.request_id));
                    assert_eq!(answer.output, format!("{event}\n"));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Processes whose command line names this folder.
fn processes_of(folder: &Path) -> usize {
    let folder = folder.to_str().unwrap().as_bytes();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let commands = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    commands.filter(|command| command.windows(folder.len()).any(|part| part == folder)).count()
}

#[test]
fn nothing_is_left_running() {
    let data = tempfile::tempdir().unwrap();
    let edge = open(data.path());
    let text = "def handler(event, context):\n    return 1\n";
    deploy(&edge, "f", text, NanoSettings { run: Run::Cloud, ..NanoSettings::default() });
    invoke_on(&edge, "f", "{}", On::Configured);
    // The Python that workers are copies of, and a worker with its keeper.
    assert_eq!(processes_of(data.path()), 3);
    // A change ends the workers of what was before, when the next ones start at the latest.
    deploy(
        &edge,
        "f",
        "def handler(event, context):\n    return 2\n",
        NanoSettings { run: Run::Cloud, ..NanoSettings::default() },
    );
    assert_eq!(result(&invoke_on(&edge, "f", "{}", On::Configured)), "2");
    let gone = |expected: usize| {
        for _ in 0..500 {
            if processes_of(data.path()) == expected {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    };
    assert!(gone(3));
    drop(edge);
    assert!(gone(0));
    assert!(!data.path().join("work").exists());
}
