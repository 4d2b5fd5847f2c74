//! What CPython workers are kept from: handlers that try.

use std::path::Path;
use std::time::{Duration, Instant};

use nano_edge::{Answer, Deployment, Edge, EdgeOptions, Invoke, NanoSettings, Package, Run, Sandbox};
use serde_json::{Value, json};

fn open(data: &Path) -> (Edge, Sandbox) {
    let edge = Edge::open(EdgeOptions::new(data, std::env::var("PATH").unwrap())).unwrap();
    let sandbox = edge.sandbox().unwrap();
    (edge, sandbox)
}

fn deploy(edge: &Edge, name: &str, text: &str, timeout_ms: Option<u32>) {
    let package = Package::build([("app.py", text.as_bytes())]).unwrap();
    let nano = NanoSettings { run: Run::Cloud, timeout_ms, ..NanoSettings::default() };
    let deployment = Deployment { name: name.into(), handler: "app.handler".into(), nano, ..Deployment::default() };
    edge.deploy(&deployment, &package).unwrap();
}

fn invoke(edge: &Edge, name: &str, event: &Value) -> Answer {
    edge.invoke(name, Invoke::new(event.to_string())).unwrap()
}

fn value(answer: &Answer) -> Value {
    match &answer.result {
        Ok(bytes) => serde_json::from_slice(bytes).unwrap(),
        Err(failure) => panic!("{failure:?}\n{}", answer.log),
    }
}

/// Runs what the event says, and gives what came of it.
const TRIES: &str = r#"
import os, socket, subprocess, sys, time

def handler(event, context):
    scope = {"event": event}
    try:
        exec(event["do"], scope)
    except BaseException as error:
        return [type(error).__name__, str(error)]
    return scope.get("result")
"#;

fn attempt(edge: &Edge, what: &str) -> Value {
    value(&invoke(edge, "tries", &json!({ "do": what })))
}

#[test]
fn files_of_the_machine_are_out_of_reach() {
    let data = tempfile::tempdir().unwrap();
    let (edge, sandbox) = open(data.path());
    if !sandbox.hides_files() {
        eprintln!("this kernel has neither namespaces nor Landlock: {sandbox}");
        return;
    }
    deploy(&edge, "tries", TRIES, None);
    let secret = data.path().join("secret");
    std::fs::write(&secret, "everybody's").unwrap();
    let home = std::env::var("HOME").unwrap();
    for path in [data.path(), &secret, &data.path().join("objects"), Path::new(&home), Path::new("/etc/shadow")] {
        let read = format!("import os\np = {path:?}\nresult = os.listdir(p) if os.path.isdir(p) else open(p).read()");
        let got = attempt(&edge, &read);
        let kind = got[0].as_str().unwrap_or_default();
        // A folder may be there because Python is below it; then nothing else is.
        let bare = got.as_array().is_some_and(|names| names.len() <= 1);
        assert!(matches!(kind, "FileNotFoundError" | "PermissionError") || bare, "{path:?}: {got}");
        assert!(!got.to_string().contains("everybody's"));
    }
    // The edge's own process, and what it was started with.
    let pid = std::process::id();
    let got = attempt(&edge, &format!("result = open('/proc/{pid}/environ').read()"));
    assert!(matches!(got[0].as_str(), Some("FileNotFoundError" | "PermissionError")), "{got}");
    let got = attempt(&edge, &format!("import os\nos.kill({pid}, 9)"));
    assert!(matches!(got[0].as_str(), Some("ProcessLookupError" | "PermissionError")), "{got}");
}

#[test]
fn only_tmp_can_be_written() {
    let data = tempfile::tempdir().unwrap();
    let (edge, sandbox) = open(data.path());
    if !sandbox.hides_files() {
        return;
    }
    deploy(&edge, "tries", TRIES, None);
    for place in
        ["os.environ['LAMBDA_TASK_ROOT']", "'/'", "'/usr'", "'/var'", "'/etc'", "os.environ['LAMBDA_RUNTIME_DIR']"]
    {
        let got = attempt(&edge, &format!("import os\nopen(os.path.join({place}, 'nano-test'), 'w').write('x')"));
        assert!(matches!(got[0].as_str(), Some("OSError" | "PermissionError" | "FileNotFoundError")), "{place}: {got}");
    }
    let write = "import os, tempfile\nwith tempfile.NamedTemporaryFile('w+') as f:\n    f.write('kept')\n    f.seek(0)\n    result = [f.read(), os.path.dirname(f.name) == os.environ['TMPDIR']]";
    assert_eq!(attempt(&edge, write), json!(["kept", true]));
    if sandbox.namespaces {
        assert_eq!(
            attempt(&edge, "import os\nresult = [os.environ['TMPDIR'], os.getcwd()]"),
            json!(["/tmp", "/var/task"])
        );
    }
}

#[test]
fn tmp_is_the_workers_own_and_bounded() {
    let data = tempfile::tempdir().unwrap();
    let (edge, sandbox) = open(data.path());
    deploy(&edge, "tries", TRIES, None);
    deploy(&edge, "other", &format!("{TRIES}#\n"), None);
    let path = attempt(
        &edge,
        "import os\nresult = os.path.join(os.environ['TMPDIR'], 'mine')\nopen(result, 'w').write('secret')",
    );
    // The same worker has it; another function has not.
    assert_eq!(attempt(&edge, &format!("result = open({path}).read()")), "secret");
    let other = value(&invoke(&edge, "other", &json!({ "do": format!("result = open({path}).read()") })));
    if sandbox.hides_files() {
        assert!(matches!(other[0].as_str(), Some("FileNotFoundError" | "PermissionError")), "{other}");
    }
    if sandbox.namespaces {
        let fill = "import os\nfor n in range(1000):\n    with open('/tmp/%d' % n, 'wb') as f:\n        f.write(bytes(8 << 20))";
        let got = attempt(&edge, fill);
        assert!(got.to_string().contains("No space left"), "{got}");
    }
    let got = attempt(
        &edge,
        "import os, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nf = open(os.path.join(os.environ['TMPDIR'], 'big'), 'wb')\nf.truncate(2 << 30)",
    );
    assert!(matches!(got[0].as_str(), Some("OSError")), "{got}");
}

#[test]
fn processes_and_memory_are_bounded() {
    let data = tempfile::tempdir().unwrap();
    let (edge, sandbox) = open(data.path());
    deploy(&edge, "tries", TRIES, Some(20_000));
    let hoard = "x = []\nwhile True:\n    x.append(bytearray(1 << 20))";
    assert_eq!(attempt(&edge, hoard)[0], "MemoryError");
    if sandbox.own_user || sandbox.user_namespace {
        let bomb = "
import os, signal
count = 0
try:
    while count < 5000:
        if os.fork() == 0:
            signal.pause()
        count += 1
except OSError as error:
    result = [count < 1100, type(error).__name__]
else:
    result = count
";
        // It meets the bound of processes, or, where they live long enough to be counted, that of their memory together.
        let answer = invoke(&edge, "tries", &json!({ "do": bomb }));
        match &answer.result {
            Ok(_) => assert_eq!(value(&answer), json!([true, "BlockingIOError"])),
            Err(failure) => assert!(format!("{failure:?}").contains("signal: killed"), "{failure:?}"),
        }
    }
    // Whatever they did, the next invocation of another function is served.
    deploy(&edge, "tries", &format!("{TRIES}#\n"), None);
    assert_eq!(attempt(&edge, "result = 1"), 1);
}

/// The kernel's limits count each process by itself, and not what they share.
#[test]
fn memory_is_that_of_all_processes_together() {
    let data = tempfile::tempdir().unwrap();
    let (edge, sandbox) = open(data.path());
    let text = format!("{TRIES}\nimport mmap, signal\n");
    deploy(&edge, "tries", &text, Some(60_000));
    let exits = |what: &str| {
        let answer = invoke(&edge, "tries", &json!({ "do": what }));
        let failure = answer.result.expect_err("more memory than there is");
        assert!(format!("{failure:?}").contains("signal: killed"), "{failure:?}");
    };
    // What many have of one is there once.
    let copies = "
import os, signal, time
mine = bytearray(os.urandom(1 << 20) * 60)
children = []
for _ in range(12):
    child = os.fork()
    if child == 0:
        signal.pause()
    children.append(child)
time.sleep(1)
for child in children:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
result = len(children)
";
    assert_eq!(attempt(&edge, copies), 12);
    let many = "
import os, signal
for _ in range(6):
    if os.fork() == 0:
        mine = bytearray(os.urandom(1 << 20) * 70)
        signal.pause()
signal.pause()
";
    exits(many);
    exits(
        "
import mmap, signal
shared = mmap.mmap(-1, 400 << 20)
for at in range(0, len(shared), 4096):
    shared[at] = 1
signal.pause()
",
    );
    // Memory that no process need have to keep it.
    if sandbox.seccomp {
        let got = attempt(&edge, "import os\nresult = os.memfd_create('hidden')");
        assert_eq!(got[0], "PermissionError", "{got}");
    }
    assert_eq!(attempt(&edge, "result = 1"), 1);
}

#[test]
fn privileges_do_not_come_back() {
    let data = tempfile::tempdir().unwrap();
    let (edge, sandbox) = open(data.path());
    deploy(&edge, "tries", TRIES, None);
    let status = "
wanted = ('CapEff', 'CapPrm', 'CapBnd', 'NoNewPrivs', 'Seccomp')
try:
    lines = dict(line.split(':', 1) for line in open('/proc/self/status'))
    result = {name: lines[name].strip() for name in wanted}
except FileNotFoundError:
    result = None
";
    let got = attempt(&edge, status);
    if !got.is_null() {
        assert_eq!((&got["CapEff"], &got["CapPrm"]), (&json!("0000000000000000"), &json!("0000000000000000")));
        assert_eq!(
            (&got["NoNewPrivs"], &got["Seccomp"]),
            (&json!("1"), &json!(if sandbox.seccomp { "2" } else { "0" }))
        );
    }
    if sandbox.seccomp {
        for call in ["unshare(0x10000000)", "mount(None, b'/', None, 0, None)", "ptrace(0, 0, 0, 0)", "chroot(b'/tmp')"]
        {
            let code = format!(
                "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nresult = [libc.{call}, ctypes.get_errno()]"
            );
            assert_eq!(attempt(&edge, &code), json!([-1, 1]), "{call}");
        }
    }
    if sandbox.own_user {
        assert_ne!(attempt(&edge, "import os\nresult = os.getuid()"), 0);
        assert_eq!(attempt(&edge, "import os\nos.setuid(0)")[0], "PermissionError");
    }
    // Nothing of the edge's environment is there, and threads and subprocesses work all the same.
    let ordinary = "
import subprocess, threading, sys, os
t = threading.Thread(target=lambda: None); t.start(); t.join()
result = [subprocess.run(['echo', 'hi'], capture_output=True, text=True).stdout, 'CARGO' in ' '.join(os.environ)]
with open('/dev/stdout', 'w') as out: out.write('to the log')
";
    let answer = invoke(&edge, "tries", &json!({ "do": ordinary }));
    assert_eq!(value(&answer), json!(["hi\n", false]));
    assert!(answer.output.contains("to the log"), "{}", answer.output);
}

/// Whether any process has this text among its arguments.
fn is_running(marker: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let commands = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
    commands.map(|command| String::from_utf8_lossy(&command).into_owned()).any(|command| command.contains(marker))
}

#[test]
fn nothing_outlives_the_timeout() {
    let data = tempfile::tempdir().unwrap();
    let (edge, _) = open(data.path());
    let marker = format!("77{}", std::process::id());
    let text = format!(
        "
import os, subprocess, time

def handler(event, context):
    # Away from its parent, its process group and its session.
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            subprocess.run(['sleep', '{marker}'])
        os._exit(0)
    time.sleep(60)
"
    );
    deploy(&edge, "stays", &text, Some(1000));
    let failure = invoke(&edge, "stays", &json!({})).result.unwrap_err();
    assert_eq!(failure.error_type, "Sandbox.Timedout");
    let since = Instant::now();
    while is_running(&marker) {
        assert!(since.elapsed() < Duration::from_secs(30), "it is still running");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_python_reads_at_its_start_is_heeded() {
    let data = tempfile::tempdir().unwrap();
    let (edge, _) = open(data.path());
    let deploy = |name: &str, files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let package = Package::build(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap();
        let deployment = Deployment {
            name: name.into(),
            handler: "app.handler".into(),
            environment: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            nano: NanoSettings { run: Run::Cloud, ..NanoSettings::default() },
        };
        edge.deploy(&deployment, &package).unwrap();
    };
    let seed = "def handler(event, context):\n    return [hash('nano'), __debug__]\n";
    deploy("seed", &[("app.py", seed)], &[("PYTHONHASHSEED", "0"), ("PYTHONOPTIMIZE", "1")]);
    let first = value(&invoke(&edge, "seed", &json!({})));
    assert_eq!(first[1], false);
    deploy("again", &[("app.py", &format!("{seed}#\n"))], &[("PYTHONHASHSEED", "0"), ("PYTHONOPTIMIZE", "1")]);
    assert_eq!(value(&invoke(&edge, "again", &json!({}))), first);
    // A package's own module goes before one of the library that was imported already.
    let own = [
        ("app.py", "import uuid\ndef handler(event, context):\n    return uuid.WHAT\n"),
        ("uuid.py", "WHAT = 'mine'\n"),
    ];
    deploy("own", &own, &[]);
    assert_eq!(value(&invoke(&edge, "own", &json!({}))), "mine");
    // Copies do not draw the same numbers.
    let draw = "import random, time\ndef handler(event, context):\n    time.sleep(0.3)\n    return random.random()\n";
    deploy("draw", &[("app.py", draw)], &[]);
    let both: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| value(&invoke(&edge, "draw", &json!({}))))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_ne!(both[0], both[1]);
}

/// What a function leaves behind and what it prints take nothing from others, nor from its own next invocation.
#[test]
fn what_prints_without_end_is_bounded() {
    let data = tempfile::tempdir().unwrap();
    let (edge, _) = open(data.path());
    let text = "
import os, signal, time

def handler(event, context):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if event == 'much':
        for _ in range(2000):
            os.write(1, b'x' * (1 << 20))
        return 'printed'
    if event == 'leaves':
        if os.fork() == 0:
            os.setsid()
            while True:
                os.write(1, b'y' * 65536)
        time.sleep(0.1)
        return 'left'
    if event == 'stays':
        while True:
            os.write(1, b'z' * 65536)
    return 'ok'
";
    deploy(&edge, "prints", text, Some(20_000));
    let begun = Instant::now();
    let answer = invoke(&edge, "prints", &json!("much"));
    assert_eq!(value(&answer), "printed");
    assert!(answer.output.len() < (1 << 20) + 200 && answer.output.contains("bytes more were printed"));
    // Whoever is left behind goes on printing.
    for _ in 0..3 {
        let answer = invoke(&edge, "prints", &json!("leaves"));
        assert_eq!(value(&answer), "left");
        assert!(answer.output.len() < (4 << 20), "{}", answer.output.len());
    }
    deploy(&edge, "other", TRIES, None);
    assert_eq!(value(&invoke(&edge, "other", &json!({"do": "result = 7"}))), 7);
    deploy(&edge, "short", text, Some(500));
    let failure = invoke(&edge, "short", &json!("stays")).result.unwrap_err();
    assert_eq!(failure.error_type, "Sandbox.Timedout");
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

/// A function that has the runtime's own connection answers twice, for others, and for nobody: only the first answer to what was
/// asked counts.
#[test]
fn an_answer_counts_once_and_for_its_own_request_only() {
    let data = tempfile::tempdir().unwrap();
    let (edge, _) = open(data.path());
    let text = "
import nano_link
base = '/2018-06-01/runtime/invocation/'
link, events = nano_link.Link(1), nano_link.Events()

def handler(event, context):
    number = int(context.aws_request_id[:8], 16)
    ask = lambda id, body, kind='/response': link.request('POST', base + id + kind, body)[0]
    own = context.aws_request_id
    statuses = [ask('00000000-0000-0000-0000-000000000000', b'1'), ask('../' + own, b'1'), ask('', b'1')]
    statuses += [ask(own, b'1'), ask(own, b'{}', '/error')]
    for events._number in (0, 1, number ^ 1):
        events.say(b'r', b'0')
        events.say(b'e', b'{}')
    if event == 'first':
        events._number = number
        events.say(b'r', b'[1]')
        events.say(b'r', b'[2]')
        raise ValueError(statuses)
    return statuses
";
    deploy(&edge, "answers", text, None);
    let statuses = value(&invoke(&edge, "answers", &json!("own")));
    assert!(statuses.as_array().unwrap().iter().all(|status| status == 400 || status == 404), "{statuses}");
    // It has said what the result is; whatever it says after that is nobody's.
    assert_eq!(value(&invoke(&edge, "answers", &json!("first"))), json!([1]));
    for _ in 0..3 {
        assert_eq!(value(&invoke(&edge, "answers", &json!("own"))), statuses);
    }
}

#[test]
fn what_is_left_behind_stands_still_until_the_next_invocation() {
    let data = tempfile::tempdir().unwrap();
    let (edge, sandbox) = open(data.path());
    if !sandbox.namespaces {
        eprintln!("the handler cannot look at its processes here: {sandbox}");
        return;
    }
    deploy(&edge, "tries", TRIES, None);
    let spin = "while True: pass";
    let begin = format!(
        "
import subprocess, threading, time
child = subprocess.Popen([__import__('sys').executable, '-c', {spin:?}])
threading.Thread(target=lambda: exec({spin:?}), daemon=True).start()
time.sleep(0.1)
result = child.pid"
    );
    let child = attempt(&edge, &begin);
    let taken = |wait: f64| {
        let look = format!(
            "
import time
def taken():
    numbers = open('/proc/{child}/stat').read().rsplit(')', 1)[1].split()
    return [int(numbers[11]) / 100, time.process_time()]
time.sleep({wait})
result = taken()"
        );
        let pair = attempt(&edge, &look);
        (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap())
    };
    let before = taken(0.0);
    std::thread::sleep(Duration::from_secs(3));
    let after = taken(0.0);
    // Both want all of a core; they have what comes before somebody looks.
    assert!(after.0 - before.0 < 1.0 && after.1 - before.1 < 1.0, "{before:?} {after:?}");
    let at_work = taken(2.0);
    assert!(at_work.0 - after.0 > 0.1 && at_work.1 - after.1 > 0.1, "{after:?} {at_work:?}");
}
