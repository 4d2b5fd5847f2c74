//! `nano deploy --target edge|cloud`: a project's functions through the Lambda API of an edge that verifies signatures.

mod serving;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serving::Serve;

const PROJECT: &str = "[project]\nname = \"app\"\n\n[functions.double]\nhandler = \"sums.double\"\nrun = \"edge\"\n\n\
                       [functions.half]\nhandler = \"sums.half\"\ntimeout = \"2 s\"\nrun = \"edge\"\n";
const SOURCE: &str =
    "def double(event, context):\n    return event * 2\n\n\ndef half(event, context):\n    return event / 2\n";

fn deploy(project: &Path, endpoint: &str, secret: &str, more: &[&str]) -> (bool, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_nano"))
        .args(["deploy", "--target", "edge", "--endpoint", endpoint])
        .arg(project)
        .args(more)
        .env("AWS_ACCESS_KEY_ID", "AKTEST")
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env_remove("AWS_SESSION_TOKEN")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn functions_are_created_left_alone_and_updated() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::start(&folder.path().join("edge"));
    let project = folder.path().join("app");
    fs::create_dir(&project).unwrap();
    fs::write(project.join("nano.toml"), PROJECT).unwrap();
    fs::write(project.join("sums.py"), SOURCE).unwrap();

    // Without a terminal nobody can be asked, and nothing is done.
    let (done, _, said) = deploy(&project, &serve.endpoint, "hidden", &[]);
    assert!(!done && said.contains("create     double (sums.double)") && said.contains("--yes"), "{said}");
    let (done, _, said) = deploy(&project, &serve.endpoint, "wrong", &["--yes"]);
    assert!(!done && said.contains("403") || said.contains("may not see"), "{said}");

    let (done, out, said) = deploy(&project, &serve.endpoint, "hidden", &["--yes"]);
    assert!(done && out == "double: created\nhalf: created\n", "{out}{said}");
    let (done, out, said) = deploy(&project, &serve.endpoint, "hidden", &[]);
    assert!(done && out == "double: unchanged\nhalf: unchanged\n", "{out}{said}");
    fs::write(project.join("sums.py"), SOURCE.replace("* 2", "+ event")).unwrap();
    let (done, out, said) = deploy(&project, &serve.endpoint, "hidden", &["--yes", "--json"]);
    assert!(done && out.lines().count() == 2 && out.contains("\"step\":\"update\""), "{out}{said}");
    let (done, out, _) = deploy(&project, &serve.endpoint, "hidden", &[]);
    assert!(done && out == "double: unchanged\nhalf: unchanged\n", "{out}");

    let (done, _, said) = deploy(&project, "http://127.0.0.1:1", "hidden", &["--yes"]);
    assert!(!done && said.contains("is it there?"), "{said}");
}

#[test]
fn the_cloud_wants_credentials_and_nothing_is_asked_of_it_without() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nano.toml"), PROJECT).unwrap();
    fs::write(folder.path().join("sums.py"), SOURCE).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_nano"))
        .args(["deploy", "--target", "cloud"])
        .arg(folder.path())
        .env("HOME", folder.path())
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SHARED_CREDENTIALS_FILE")
        .env_remove("AWS_ENDPOINT_URL")
        .env_remove("AWS_ENDPOINT_URL_LAMBDA")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("aws configure"), "{said}");
}

/// An edge that verifies signatures stands in for AWS, by the variable that every AWS program knows.
#[test]
fn the_cloud_gets_what_it_can_run_signed_and_after_it_was_shown() {
    let folder = tempfile::tempdir().unwrap();
    let serve = Serve::start(&folder.path().join("edge"));
    let project = folder.path().join("app");
    fs::create_dir(&project).unwrap();
    let device_only = "\n[functions.blink]\nhandler = \"sums.double\"\nrun = \"device\"\n";
    fs::write(project.join("nano.toml"), format!("{PROJECT}{device_only}")).unwrap();
    fs::write(project.join("sums.py"), SOURCE).unwrap();
    // Credentials from a profile of AWS's own file.
    let credentials = folder.path().join("credentials");
    fs::write(&credentials, "[work]\naws_access_key_id = AKTEST\naws_secret_access_key = hidden\n").unwrap();
    let deploy = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["deploy", "--target", "cloud"])
            .arg(&project)
            .args(more)
            .env("AWS_ENDPOINT_URL", &serve.endpoint)
            .env("AWS_SHARED_CREDENTIALS_FILE", &credentials)
            .env("AWS_PROFILE", "work")
            .env("AWS_REGION", "eu-central-1")
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env_remove("AWS_SESSION_TOKEN")
            .env_remove("AWS_ENDPOINT_URL_LAMBDA")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    };
    let role = ["--role", "arn:aws:iam::123456789012:role/app"];
    let yes = [&role[..], &["--yes"]].concat();

    let (done, out, said) = deploy(&role);
    assert!(!done && out.is_empty(), "{out}{said}");
    let plan = format!("at {} (eu-central-1), as AKTEST:", serve.endpoint);
    assert!(
        said.contains(&plan) && said.contains("create     double (sums.double)") && said.contains("--yes"),
        "{said}"
    );
    assert!(!said.contains("blink"), "what only devices run is nothing for the cloud: {said}");
    let (done, _, said) = deploy(&["--yes"]);
    assert!(!done && said.contains("--role arn:aws:iam") && said.contains("nothing was changed"), "{said}");

    let (done, out, said) = deploy(&yes);
    assert!(done && out == "double: created\nhalf: created\n", "{out}{said}");
    let (done, out, said) = deploy(&[]);
    assert!(done && out == "double: unchanged\nhalf: unchanged\n", "{out}{said}");
    fs::write(project.join("sums.py"), SOURCE.replace("* 2", "+ event")).unwrap();
    let (done, out, said) = deploy(&yes);
    assert!(done && out == "double: updated\nhalf: updated\n", "{out}{said}");
    fs::write(&credentials, "[work]\naws_access_key_id = AKTEST\naws_secret_access_key = other\n").unwrap();
    let (done, out, said) = deploy(&yes);
    assert!(!done && out.is_empty() && said.contains("may not see"), "{out}{said}");
}
