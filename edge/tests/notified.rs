//! `kill -9` at random moments while objects are put and deleted in a bucket that tells a function of it: whatever is in the
//! store, the function has heard of, and of nothing that is not there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nano_edge::store::{Listed, ListingQuery};
use nano_edge::{Config, Deployment, NanoSettings, Package, Run, Running, Server};
use nano_woof::Sequence;

/// Says where the edge works that is to be killed.
const DIRECTORY: &str = "NANO_NOTIFIED_DIRECTORY";

/// Writes down what it is told.
const HANDLER: &str = "
import device

def handler(event, context):
    for record in event['Records']:
        found = record['s3']['object']
        device.append('app/heard', record['eventName'] + ' ' + found['key'] + ' ' + found['sequencer'])
";

const NOTIFICATION: &str = "<NotificationConfiguration><CloudFunctionConfiguration><Id>all</Id>\
     <Event>s3:ObjectCreated:*</Event><Event>s3:ObjectRemoved:*</Event>\
     <CloudFunction>arn:aws:lambda:us-east-1:000000000000:function:note</CloudFunction>\
     </CloudFunctionConfiguration></NotificationConfiguration>";

fn start(data: &Path) -> Running {
    Server::start(Config::new(0, data, "")).unwrap()
}

/// Status; 0: nobody answers (any more).
fn ask(addr: &str, method: &str, path: &str, body: &[u8]) -> u16 {
    let try_to = || -> std::io::Result<u16> {
        let mut stream = TcpStream::connect(addr)?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0))
    };
    try_to().unwrap_or(0)
}

/// The process that is killed: this program again, with [`DIRECTORY`] set.
#[test]
fn serves_until_killed() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let running = start(Path::new(&directory));
    println!("\nat {}", running.addr());
    std::io::stdout().flush().unwrap();
    loop {
        std::thread::park();
    }
}

fn spawn(data: &Path) -> (Child, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["serves_until_killed", "--exact", "--nocapture", "--test-threads=1"])
        .env(DIRECTORY, data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let addr = lines.find_map(|line| line.unwrap().strip_prefix("at ").map(str::to_owned)).unwrap();
    (child, addr)
}

/// What the function has written down: how often it heard of each change of each key.
fn heard(running: &Running) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut heard: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for entry in running.edge().woofs().range("app/heard", Sequence::FIRST, u64::MAX).unwrap_or_default() {
        let text = String::from_utf8(entry.payload).unwrap();
        let words: Vec<&str> = text.split(' ').collect();
        heard.entry((words[0].to_owned(), words[1].to_owned())).or_default().insert(words[2].to_owned());
    }
    heard
}

fn objects(running: &Running) -> BTreeMap<String, u64> {
    let query = ListingQuery { limit: usize::MAX, ..ListingQuery::default() };
    let found = running.edge().store().list("bucket", &query).unwrap().found;
    found
        .into_iter()
        .filter_map(|one| if let Listed::Item(key, object) = one { Some((key, object.revision)) } else { None })
        .collect()
}

fn prepare(data: &Path) {
    let running = start(data);
    let package = Package::build([("app.py", HANDLER.as_bytes())]).unwrap();
    let nano = NanoSettings { run: Run::Edge, ..NanoSettings::default() };
    let deployment = Deployment { name: "note".into(), handler: "app.handler".into(), nano, ..Deployment::default() };
    running.edge().deploy(&deployment, &package).unwrap();
    running.edge().woofs().create("app/heard", 200, 0).unwrap();
    let addr = running.addr().to_string();
    assert_eq!(ask(&addr, "PUT", "/bucket", b""), 200);
    assert_eq!(ask(&addr, "PUT", "/bucket?notification", NOTIFICATION.as_bytes()), 200);
}

#[test]
fn no_event_is_lost_when_the_edge_is_killed() {
    let data = tempfile::tempdir().unwrap();
    prepare(data.path());
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let (mut answered, mut deleted) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..6 {
        let (mut child, addr) = spawn(data.path());
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let until = Instant::now() + Duration::from_millis(100 + (random >> 33) % 250);
        let said: Vec<(Vec<String>, Vec<String>)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|thread| {
                    let addr = &addr;
                    scope.spawn(move || {
                        let (mut put, mut gone) = (vec![], vec![]);
                        for number in 0..60 {
                            let key = format!("{round}-{thread}-{number}");
                            // Small ones are in the journal, large ones are not.
                            let body = vec![7; if number % 3 == 0 { 40_000 } else { 20 }];
                            match ask(addr, "PUT", &format!("/bucket/{key}"), &body) {
                                200 => put.push(key.clone()),
                                _ => break,
                            }
                            if number % 4 == 1 {
                                match ask(addr, "DELETE", &format!("/bucket/{key}"), b"") {
                                    204 => gone.push(key),
                                    _ => break,
                                }
                            }
                        }
                        (put, gone)
                    })
                })
                .collect();
            std::thread::sleep(until.saturating_duration_since(Instant::now()));
            child.kill().unwrap();
            child.wait().unwrap();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for (put, gone) in said {
            answered.extend(put);
            deleted.extend(gone);
        }
    }
    assert!(answered.len() > 20, "{}", answered.len());
    let running = start(data.path());
    let there = objects(&running);
    let created = |key: &String| ("ObjectCreated:Put".to_owned(), key.clone());
    let removed = |key: &String| ("ObjectRemoved:Delete".to_owned(), key.clone());
    let missing = || {
        let heard = heard(&running);
        let of_there = there.iter().filter(|(key, revision)| {
            !heard.get(&created(key)).is_some_and(|said| said.contains(&format!("{revision:016X}")))
        });
        let of_answered = answered.iter().filter(|key| !heard.contains_key(&created(key)));
        let of_deleted = deleted.iter().filter(|key| !heard.contains_key(&removed(key)));
        of_there.map(|(key, _)| key).chain(of_answered).chain(of_deleted).cloned().collect::<Vec<_>>()
    };
    let begun = Instant::now();
    while !missing().is_empty() && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(missing(), Vec::<String>::new(), "of {} objects", there.len());
    for ((event, key), sequencers) in heard(&running) {
        assert_eq!(sequencers.len(), 1, "{event} of {key} is one event, however often it is told");
        let is_gone = heard(&running).contains_key(&removed(&key));
        assert!(there.contains_key(&key) != is_gone, "{event} of {key}");
    }
}

/// Who hangs up before the answer does not take the event away, and several that are deleted together are told of each.
#[test]
fn each_change_is_told_whoever_waits_for_it() {
    let data = tempfile::tempdir().unwrap();
    prepare(data.path());
    let running = start(data.path());
    let addr = running.addr().to_string();
    for number in 0..40 {
        let mut stream = TcpStream::connect(&addr).unwrap();
        let head = format!("PUT /bucket/gone-{number} HTTP/1.1\r\nHost: {addr}\r\nContent-Length: 4\r\n\r\nbody");
        stream.write_all(head.as_bytes()).unwrap();
        if number % 2 == 0 {
            std::thread::sleep(Duration::from_micros(number * 50));
        }
        drop(stream);
    }
    for number in 0..30 {
        assert_eq!(ask(&addr, "PUT", &format!("/bucket/many-{number}"), b"x"), 200);
    }
    let keys: String = (0..30).map(|number| format!("<Object><Key>many-{number}</Key></Object>")).collect();
    // One that is not there is deleted, and there is nothing to tell of it.
    let body = format!("<Delete>{keys}<Object><Key>never</Key></Object></Delete>");
    assert_eq!(ask(&addr, "POST", "/bucket?delete", body.as_bytes()), 200);
    let begun = Instant::now();
    loop {
        let (heard, there) = (heard(&running), objects(&running));
        let has = |event: &str, key: &str| heard.contains_key(&(event.to_owned(), key.to_owned()));
        let all_there = there.keys().all(|key| has("ObjectCreated:Put", key));
        let all_gone = (0..30).all(|number| has("ObjectRemoved:Delete", &format!("many-{number}")));
        if all_there && all_gone {
            assert!(!has("ObjectRemoved:Delete", "never"));
            assert!(there.keys().filter(|key| key.starts_with("gone-")).count() > 5, "{there:?}");
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{heard:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
