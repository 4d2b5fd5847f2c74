//! Other people's clients against a real server, in flows that people have: deploy, invoke, logs, update, upload in parts,
//! sync a folder.

#[path = "support/clients.rs"]
mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nano_edge::s3::AccessKeys;
use nano_edge::{Config, Package, Running, Server};

/// With keys: every request of theirs is signed, and the signature is over all that must be.
fn start(data: &Path) -> Running {
    let mut config = Config::new(0, data, std::env::var("PATH").unwrap());
    config.keys = Some(AccessKeys::default().with("test", "test"));
    Server::start(config).unwrap()
}

fn run_with(command: &mut Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// What it printed, both streams.
fn said(command: &mut Command, input: &str) -> String {
    let output = run_with(command, input);
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{text}");
    text
}

/// A program turned to the server.
fn client(program: &Path, running: &Running, folder: &Path) -> Command {
    let mut command = Command::new(program);
    let endpoint = format!("http://{}", running.addr());
    command
        .current_dir(folder)
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_PAGER", "")
        .env("HOME", folder)
        // Nobody is told that tests ran.
        .envs([("SAM_CLI_TELEMETRY", "0"), ("SLS_TELEMETRY_DISABLED", "1"), ("SLS_NOTIFICATIONS_MODE", "off")]);
    command
}

/// The Python that functions of these tests ask for: the one that the edge finds.
fn runtime() -> String {
    let asked = ["-c", "import sys; print('python%d.%d' % sys.version_info[:2])"];
    let output = Command::new("python3").args(asked).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const OLD: &str = "def handler(event, context):\n    return ['old', event]\n";
const NEW: &str = "def handler(event, context):\n    print('seen')\n    return ['new', event]\n";

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Makes a function with `awslocal`.
fn create(running: &Running, folder: &Path, name: &str) {
    let package = Package::build([("app.py", OLD.as_bytes())]).unwrap();
    std::fs::write(folder.join("app.zip"), package.zip()).unwrap();
    let made = said(
        awslocal(running, folder)
            .args(["lambda", "create-function", "--function-name", name, "--runtime", &runtime()])
            .args([
                "--role",
                "arn:aws:iam::000000000000:role/any",
                "--handler",
                "app.handler",
                "--zip-file",
                "fileb://app.zip",
            ]),
        "",
    );
    assert!(made.contains("\"State\": \"Active\""), "{made}");
}

fn awslocal(running: &Running, folder: &Path) -> Command {
    let mut command = client(&support::clients().join("tools/bin/awslocal"), running, folder);
    command.env_remove("AWS_ENDPOINT_URL").env("LOCALSTACK_HOST", running.addr().to_string());
    command
}

#[test]
fn awslocal_deploys_invokes_and_reads_logs() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    create(&running, folder.path(), "lights");
    let mut invoke = awslocal(&running, folder.path());
    said(invoke.args(["lambda", "invoke", "--function-name", "lights", "--payload", "{\"a\": 1}", "out.json"]), "");
    assert_eq!(std::fs::read_to_string(folder.path().join("out.json")).unwrap(), "[\"old\", {\"a\": 1}]");
    let mut publish = awslocal(&running, folder.path());
    assert!(
        said(publish.args(["lambda", "publish-version", "--function-name", "lights"]), "")
            .contains("\"Version\": \"1\"")
    );
    let alias = ["lambda", "create-alias", "--function-name", "lights", "--name", "live", "--function-version", "1"];
    said(awslocal(&running, folder.path()).args(alias), "");
    let mut layer = awslocal(&running, folder.path());
    let published = ["lambda", "publish-layer-version", "--layer-name", "rules", "--zip-file", "fileb://app.zip"];
    assert!(said(layer.args(published), "").contains("layer:rules:1"));
    let logs = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        let mut tail = awslocal(&running, folder.path());
        said(tail.args(["logs", "filter-log-events", "--log-group-name", "/aws/lambda/lights"]), "")
            .contains("REPORT RequestId")
    });
    assert!(logs);
}

#[test]
fn sam_syncs_code_and_invokes() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    create(&running, folder.path(), "Lights");
    let template = format!(
        "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nResources:\n  Lights:\n    \
         Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: app/\n      Handler: app.handler\n      \
         Runtime: {}\n",
        runtime()
    );
    write(&folder.path().join("template.yaml"), &template);
    write(&folder.path().join("app/app.py"), NEW);
    let sam = || client(&support::clients().join("sam/bin/sam"), &running, folder.path());
    let sync = ["sync", "--code", "--stack-name", "lamps", "--region", "us-east-1", "--no-dependency-layer"];
    said(sam().args(sync), "y\n");
    let invoke = ["remote", "invoke", "Lights", "--stack-name", "lamps", "--event", "{\"b\": 2}"];
    let answered = said(sam().args(invoke), "");
    assert!(answered.contains("[\"new\", {\"b\": 2}]") && answered.contains("seen"), "{answered}");
    // By the function's own name too, and one that is not there is said.
    assert!(said(sam().args(["remote", "invoke", "Lights", "--event", "3"]), "").contains("[\"new\", 3]"));
    let missing = run_with(sam().args(["remote", "invoke", "Nobody", "--event", "3"]), "");
    assert!(!missing.status.success());
}

#[test]
fn serverless_deploys_a_function_and_invokes_it() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    create(&running, folder.path(), "lights");
    let project = folder.path().join("project");
    let installed = support::clients().join("serverless/node_modules");
    write(&project.join("app.py"), NEW);
    // Plugins are found beside the project.
    std::os::unix::fs::symlink(&installed, project.join("node_modules")).unwrap();
    let configuration = format!(
        "service: lamps\nframeworkVersion: '3'\nprovider:\n  name: aws\n  runtime: {}\n  region: us-east-1\n  stage: dev\n  \
         iam:\n    role: arn:aws:iam::000000000000:role/any\npackage:\n  patterns:\n    - '!node_modules/**'\nfunctions:\n  \
         lights:\n    handler: app.handler\n    name: lights\nplugins:\n  - serverless-localstack\ncustom:\n  localstack:\n    \
         stages: [dev]\n    host: http://127.0.0.1\n    edgePort: {}\n",
        runtime(),
        running.addr().port()
    );
    write(&project.join("serverless.yml"), &configuration);
    let serverless = || client(&installed.join(".bin/serverless"), &running, &project);
    said(serverless().args(["deploy", "function", "--function", "lights"]), "");
    let answered = said(serverless().args(["invoke", "--function", "lights", "--data", "{\"c\": 3}"]), "");
    let words: String = answered.split_whitespace().collect();
    assert!(words.contains("[\"new\",{\"c\":3}]"), "{answered}");
}

/// A folder with a large file and small ones.
fn fill(folder: &Path) {
    let noise: Vec<u8> = (0..100 << 20_u32).map(|at: u32| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    std::fs::create_dir_all(folder.join("sub")).unwrap();
    std::fs::write(folder.join("large"), noise).unwrap();
    for name in ["one", "two words", "ü"] {
        std::fs::write(folder.join("sub").join(name), name).unwrap();
    }
}

fn same(left: &Path, right: &Path) {
    assert!(std::fs::read(left).unwrap() == std::fs::read(right).unwrap(), "{} differs", right.display());
}

#[test]
fn rclone_syncs_a_folder_and_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    let local = folder.path().join("local");
    fill(&local);
    let rclone = |arguments: &[&str]| {
        let mut command = client(&support::clients().join("tools/bin/rclone"), &running, folder.path());
        let endpoint = format!("http://{}", running.addr());
        command.args(["--config", "/dev/null", "--s3-provider", "Other", "--s3-endpoint", &endpoint]);
        command.args(["--s3-access-key-id", "test", "--s3-secret-access-key", "test", "--s3-region", "us-east-1"]);
        said(command.args(arguments), "")
    };
    rclone(&["mkdir", ":s3:synced"]);
    // The large file goes up in parts.
    rclone(&["sync", "local", ":s3:synced/here", "--s3-upload-cutoff", "20M", "--s3-chunk-size", "10M"]);
    let checked = rclone(&["check", "local", ":s3:synced/here", "--download"]);
    assert!(checked.contains("0 differences found"), "{checked}");
    std::fs::remove_file(local.join("sub/one")).unwrap();
    std::fs::write(local.join("sub/two words"), "changed").unwrap();
    let again = rclone(&["sync", "local", ":s3:synced/here", "--stats-one-line", "-v"]);
    assert!(!again.contains("large: Copied"), "{again}");
    let listed = rclone(&["lsf", "-R", "--files-only", ":s3:synced/here"]);
    assert_eq!(listed.lines().collect::<Vec<_>>(), ["large", "sub/two words", "sub/ü"], "{listed}");
    rclone(&["copy", ":s3:synced/here", "back"]);
    same(&local.join("large"), &folder.path().join("back/large"));
    rclone(&["purge", ":s3:synced"]);
}

#[test]
fn s3cmd_uploads_in_parts_syncs_and_deletes() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    let local = folder.path().join("local");
    fill(&local);
    let address = running.addr();
    let configuration = format!(
        "[default]\naccess_key = test\nsecret_key = test\nhost_base = {address}\nhost_bucket = {address}/%(bucket)\nuse_https = \
         False\n"
    );
    write(&folder.path().join("s3cfg"), &configuration);
    let tools = support::clients().join("tools/bin");
    let s3cmd = |arguments: &[&str]| {
        let mut command = client(&tools.join("python3"), &running, folder.path());
        said(command.arg(tools.join("s3cmd")).args(["-c", "s3cfg"]).args(arguments), "")
    };
    s3cmd(&["mb", "s3://bucket"]);
    s3cmd(&["--multipart-chunk-size-mb=15", "put", "local/large", "s3://bucket/large"]);
    s3cmd(&["get", "s3://bucket/large", "back"]);
    same(&local.join("large"), &folder.path().join("back"));
    // What was half there goes on.
    let file = std::fs::File::options().write(true).open(folder.path().join("back")).unwrap();
    file.set_len(30_000_000).unwrap();
    s3cmd(&["--continue", "get", "s3://bucket/large", "back"]);
    same(&local.join("large"), &folder.path().join("back"));
    s3cmd(&["sync", "local/sub/", "s3://bucket/sub/"]);
    let listed = s3cmd(&["ls", "--recursive", "s3://bucket"]);
    assert!(listed.contains("s3://bucket/sub/two words") && listed.contains("s3://bucket/large"), "{listed}");
    assert!(s3cmd(&["info", "s3://bucket/sub/one"]).contains("File size: 3"));
    s3cmd(&["del", "--recursive", "--force", "s3://bucket"]);
    s3cmd(&["rb", "s3://bucket"]);
}

#[test]
fn s5cmd_copies_many_at_once_syncs_and_deletes() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    fill(&folder.path().join("local"));
    let endpoint = format!("http://{}", running.addr());
    let s5cmd = |arguments: &[&str]| {
        let mut command = client(&support::clients().join("s5cmd/bin/s5cmd"), &running, folder.path());
        said(command.args(["--endpoint-url", &endpoint]).args(arguments), "")
    };
    s5cmd(&["mb", "s3://bucket"]);
    // In parts of 5 MiB, several at once.
    s5cmd(&["cp", "--part-size", "5", "--concurrency", "4", "local/large", "s3://bucket/large"]);
    s5cmd(&["sync", "local/sub/", "s3://bucket/sub/"]);
    s5cmd(&["cp", "--part-size", "7", "s3://bucket/large", "back"]);
    same(&folder.path().join("local/large"), &folder.path().join("back"));
    assert_eq!(s5cmd(&["cat", "s3://bucket/sub/two words"]), "two words");
    s5cmd(&["cp", "s3://bucket/sub/*", "s3://bucket/copy/"]);
    let listed = s5cmd(&["ls", "s3://bucket/copy/*"]);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let size = s5cmd(&["du", "s3://bucket/*"]);
    assert!(size.starts_with("104857628 bytes in 7 objects"), "{size}");
    std::fs::remove_file(folder.path().join("local/sub/one")).unwrap();
    let synced = s5cmd(&["sync", "--delete", "local/sub/", "s3://bucket/sub/"]);
    assert!(synced.contains("rm s3://bucket/sub/one") && !synced.contains("two"), "{synced}");
    s5cmd(&["rm", "s3://bucket/*"]);
    s5cmd(&["rb", "s3://bucket"]);
}

/// Runs a script that has the endpoint as its argument.
fn script(program: &Path, script: &str, running: &Running, folder: &Path) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script);
    let mut command = client(program, running, folder);
    said(command.arg(path).arg(running.addr().to_string()).arg(runtime()), "")
}

#[test]
fn the_sdk_for_javascript_streams_in_parts_deploys_and_invokes() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    let package = Package::build([("app.py", NEW.as_bytes())]).unwrap();
    std::fs::write(folder.path().join("app.zip"), package.zip()).unwrap();
    // Packages are found beside the script.
    let (program, copy) = (Path::new("node"), folder.path().join("flow.mjs"));
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/flow.mjs"), &copy).unwrap();
    let installed = support::clients().join("javascript/node_modules");
    std::os::unix::fs::symlink(installed, folder.path().join("node_modules")).unwrap();
    said(client(program, &running, folder.path()).arg(copy).arg(runtime()), "");
}

#[test]
fn minio_s_client_composes_tags_locks_and_removes() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    script(&support::clients().join("minio/bin/python3"), "minio_flow.py", &running, folder.path());
}

#[test]
fn the_second_aws_cli_deploys_updates_reads_logs_and_copies() {
    let Some(program) = support::aws_cli_2() else {
        // `cargo xtask test` installs it, and where that can't be says so.
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    let aws = |arguments: &[&str]| said(client(&program, &running, folder.path()).args(arguments), "");
    let package = |text: &str| {
        let package = Package::build([("app.py", text.as_bytes())]).unwrap();
        std::fs::write(folder.path().join("app.zip"), package.zip()).unwrap();
    };
    // Before 2.13 it takes no endpoint from its surroundings.
    let endpoint = format!("http://{}", running.addr());
    let lambda = |arguments: &[&str]| aws(&[&["--endpoint-url", &endpoint, "lambda"], arguments].concat());
    let s3 = |arguments: &[&str]| aws(&[&["--endpoint-url", &endpoint], arguments].concat());
    package(OLD);
    let role = "arn:aws:iam::000000000000:role/any";
    let runtime = runtime();
    let create = ["create-function", "--function-name", "lights", "--runtime", &runtime, "--role", role];
    lambda(&[&create[..], &["--handler", "app.handler", "--zip-file", "fileb://app.zip"]].concat());
    lambda(&["wait", "function-active-v2", "--function-name", "lights"]);
    let out = folder.path().join("out");
    let invoke = |qualifier: &str, expected: &str| {
        let raw = ["--cli-binary-format", "raw-in-base64-out", "--payload", "{\"a\": 1}", "out"];
        lambda(&[&["invoke", "--function-name", "lights", "--qualifier", qualifier][..], &raw].concat());
        assert_eq!(std::fs::read_to_string(&out).unwrap(), expected);
    };
    invoke("$LATEST", "[\"old\", {\"a\": 1}]");
    lambda(&["publish-version", "--function-name", "lights"]);
    lambda(&["create-alias", "--function-name", "lights", "--name", "live", "--function-version", "1"]);
    package(NEW);
    lambda(&["update-function-code", "--function-name", "lights", "--zip-file", "fileb://app.zip"]);
    lambda(&["wait", "function-updated-v2", "--function-name", "lights"]);
    invoke("$LATEST", "[\"new\", {\"a\": 1}]");
    invoke("live", "[\"old\", {\"a\": 1}]");
    let logs = s3(&["logs", "tail", "/aws/lambda/lights", "--since", "1h"]);
    assert!(logs.contains("seen") && logs.contains("REPORT"), "{logs}");
    // 100 MB in parts, a folder, and what is gone goes.
    let local = folder.path().join("local");
    fill(&local);
    s3(&["s3", "mb", "s3://bucket"]);
    s3(&["s3", "cp", "local/large", "s3://bucket/large", "--no-progress"]);
    s3(&["s3", "sync", "local/sub", "s3://bucket/sub", "--no-progress"]);
    std::fs::remove_file(local.join("sub/one")).unwrap();
    let synced = s3(&["s3", "sync", "local/sub", "s3://bucket/sub", "--delete", "--no-progress"]);
    assert!(synced.contains("delete: s3://bucket/sub/one") && !synced.contains("upload"), "{synced}");
    s3(&["s3", "cp", "s3://bucket/large", "back", "--no-progress"]);
    same(&local.join("large"), &folder.path().join("back"));
    let signed = s3(&["s3", "presign", "s3://bucket/sub/two words"]);
    assert!(signed.starts_with(&endpoint) && signed.contains("X-Amz-Signature"), "{signed}");
    s3(&["s3", "rb", "--force", "s3://bucket"]);
}

#[test]
fn the_second_aws_cli_follows_a_log_with_a_pattern() {
    let Some(program) = support::aws_cli_2() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let running = start(&folder.path().join("data"));
    let endpoint = format!("http://{}", running.addr());
    let logs = |arguments: &[&str]| {
        let mut command = client(&program, &running, folder.path());
        command.args(["--endpoint-url", &endpoint, "logs"]).args(arguments);
        command
    };
    let named = ["--log-group-name", "/app", "--log-stream-name", "web"];
    said(logs(&["create-log-group"]).args(&named[..2]), "");
    said(logs(&["create-log-stream"]).args(named), "");
    let pattern = "{ $.level = \"ERROR\" }";
    let follow = ["tail", "/app", "--follow", "--since", "1h", "--format", "short", "--filter-pattern", pattern];
    let mut following = logs(&follow).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let put = |messages: &[(&str, u32)]| {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
        let event = |(level, number): &(&str, u32)| {
            let message = format!("{{\"level\": \"{level}\", \"n\": {number}}}");
            format!("{{\"timestamp\": {now}, \"message\": {message:?}}}")
        };
        let events: Vec<String> = messages.iter().map(event).collect();
        said(logs(&["put-log-events", "--log-events", &format!("[{}]", events.join(","))]).args(named), "");
    };
    put(&[("INFO", 1), ("ERROR", 2), ("ERROR", 3)]);
    let mut next = || lines.next().unwrap().unwrap();
    assert!(next().contains("\"n\": 2"));
    assert!(next().contains("\"n\": 3"));
    // It follows: what comes later comes, once.
    put(&[("DEBUG", 4), ("ERROR", 5)]);
    assert!(next().contains("\"n\": 5"));
    following.kill().unwrap();
    following.wait().unwrap();
    running.shutdown();
}
