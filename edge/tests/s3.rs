//! The S3 service as its users see it: a real server, and boto3 and the AWS CLI against it.

mod support;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use nano_edge::World;
use nano_edge::s3::{AccessKeys, s3_service};
use nano_edge::store::{ObjectStore, StoreOptions};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A server of its own on a port of its own; gone when dropped.
struct Server {
    endpoint: String,
    runtime: Option<Runtime>,
}

impl Server {
    fn start(directory: &Path, keys: Option<AccessKeys>) -> Self {
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
        let store = ObjectStore::open(directory, StoreOptions::default(), Arc::new(clock)).unwrap();
        let service = s3_service(Arc::new(store), keys, Arc::clone(&World::system().random));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service.clone());
                tokio::spawn(connection);
            }
        });
        Self { endpoint, runtime: Some(runtime) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(std::time::Duration::from_secs(20));
        }
    }
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}{error}");
    output
}

/// Runs a flow of `s3/flows.py` against a server; returns what it printed.
fn flow(server: &Server, arguments: &[&str]) -> String {
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/s3/flows.py");
    let output = run(Command::new(support::python()).arg(flows).arg(&server.endpoint).args(arguments));
    String::from_utf8(output.stdout).unwrap()
}

fn open_flow(name: &str) {
    let directory = tempfile::tempdir().unwrap();
    flow(&Server::start(directory.path(), None), &[name]);
}

#[test]
fn buckets() {
    open_flow("buckets");
}

#[test]
fn objects() {
    open_flow("objects");
}

#[test]
fn ranges() {
    open_flow("ranges");
}

#[test]
fn replaced() {
    open_flow("replaced");
}

#[test]
fn absent() {
    open_flow("absent");
}

#[test]
fn conditions() {
    open_flow("conditions");
}

#[test]
fn checksums() {
    open_flow("checksums");
}

#[test]
fn listing() {
    open_flow("listing");
}

#[test]
fn copies() {
    open_flow("copies");
}

#[test]
fn multipart() {
    open_flow("multipart");
}

#[test]
fn transfers() {
    open_flow("transfers");
}

#[test]
fn chunked() {
    open_flow("chunked");
}

#[test]
fn hosts() {
    open_flow("hosts");
}

#[test]
fn refusals() {
    open_flow("refusals");
}

#[test]
fn versions() {
    open_flow("versions");
}

#[test]
fn tags() {
    open_flow("tags");
}

#[test]
fn cors() {
    open_flow("cors");
}

#[test]
fn lifecycle() {
    open_flow("lifecycle");
}

#[test]
fn lifecycle_days_can_be_short() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = nano_edge::Config::new(0, directory.path(), "");
    config.edge.lifecycle_day = std::time::Duration::from_secs(1);
    let running = nano_edge::Server::start(config).unwrap();
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/s3/flows.py");
    run(Command::new(support::python()).arg(flows).arg(format!("http://{}", running.addr())).arg("short_days"));
}

#[test]
fn locks() {
    open_flow("locks");
}

/// With two users.
fn signed_flow(name: &str) {
    let directory = tempfile::tempdir().unwrap();
    let keys = AccessKeys::default().with("alice", "wonderland").with("bob", "builder");
    flow(&Server::start(directory.path(), Some(keys)), &[name]);
}

#[test]
fn signatures() {
    signed_flow("signatures");
}

#[test]
fn permissions() {
    signed_flow("permissions");
}

#[test]
fn admissions() {
    signed_flow("admissions");
}

#[test]
fn trailers() {
    signed_flow("trailers");
}

/// Whether some file below a directory has this text.
fn is_on_disk(directory: &Path, wanted: &str) -> bool {
    Command::new("grep").args(["-rqaF", wanted]).arg(directory).status().unwrap().success()
}

#[test]
fn what_is_encrypted_is_nowhere_in_the_clear() {
    let directory = tempfile::tempdir().unwrap();
    flow(&Server::start(directory.path(), None), &["encryption"]);
    assert!(!is_on_disk(directory.path(), "nobody reads this on the disk."));
    assert!(is_on_disk(directory.path(), "AES256"), "the search finds what is there");
    flow(&Server::start(directory.path(), None), &["decryption"]);
}

#[test]
fn deletions() {
    open_flow("deletions");
}

#[test]
fn controls() {
    open_flow("controls");
}

#[test]
fn forms() {
    signed_flow("forms");
}

#[test]
fn a_restart_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let printed = flow(&Server::start(directory.path(), None), &["fill"]);
    let (upload, etag) = printed.trim().split_once(' ').unwrap();
    flow(&Server::start(directory.path(), None), &["find", upload, etag]);
}

/// The AWS CLI: a folder synced there and back.
#[test]
fn command_line() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&directory.path().join("data"), None);
    let aws = |arguments: &[&str]| {
        let python = support::python();
        let mut command = Command::new(python.with_file_name("aws"));
        command.args(["--endpoint-url", &server.endpoint, "--region", "us-east-1"]).args(arguments);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env("AWS_PAGER", "");
        command.current_dir(directory.path());
        String::from_utf8(run(&mut command).stdout).unwrap()
    };
    let (from, to) = (directory.path().join("from"), directory.path().join("to"));
    std::fs::create_dir_all(from.join("inner")).unwrap();
    let large: Vec<u8> = (0..9_000_000_u32).map(|n| (n ^ (n >> 9)) as u8).collect();
    std::fs::write(from.join("large.bin"), &large).unwrap();
    std::fs::write(from.join("inner/sm all.txt"), "hello").unwrap();
    std::fs::write(from.join("empty"), "").unwrap();
    aws(&["s3", "mb", "s3://bkt"]);
    aws(&["s3", "sync", "from", "s3://bkt/copy"]);
    assert_eq!(aws(&["s3", "sync", "from", "s3://bkt/copy"]), "", "nothing is left to do");
    let listed = aws(&["s3", "ls", "--recursive", "--summarize", "s3://bkt/"]);
    assert!(listed.contains("Total Objects: 3") && listed.contains("Total Size: 9000005"), "{listed}");
    aws(&["s3", "sync", "s3://bkt/copy", "to"]);
    assert!(std::fs::read(to.join("large.bin")).unwrap() == large);
    assert_eq!(std::fs::read_to_string(to.join("inner/sm all.txt")).unwrap(), "hello");
    aws(&["s3", "mv", "s3://bkt/copy/large.bin", "moved.bin"]);
    assert!(std::fs::read(directory.path().join("moved.bin")).unwrap() == large);
    aws(&["s3", "rb", "--force", "s3://bkt"]);
}
