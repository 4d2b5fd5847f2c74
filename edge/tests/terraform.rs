//! What Terraform's AWS provider asks, in its order, of a real server.

mod support;

use std::path::Path;
use std::process::Command;

use nano_edge::s3::AccessKeys;
use nano_edge::{Config, Package, Server};

#[test]
fn what_terraform_asks_is_answered_as_it_expects() {
    let data = tempfile::tempdir().unwrap();
    let mut config = Config::new(0, data.path(), std::env::var("PATH").unwrap());
    config.keys = Some(AccessKeys::default().with("test", "test"));
    let running = Server::start(config).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform/replay.py");
    let output =
        Command::new(support::python()).arg(script).arg(format!("http://{}", running.addr())).output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
    running.shutdown();
}

#[test]
fn terraform_itself_makes_changes_and_removes_everything() {
    // The folder of AWS's provider. No package registry has it, nor Terraform: without, the replay stands for both.
    let Some(providers) = std::env::var_os("NANO_TEST_TERRAFORM") else { return };
    let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut config = Config::new(0, data.path(), std::env::var("PATH").unwrap());
    config.keys = Some(AccessKeys::default().with("test", "test"));
    let running = Server::start(config).unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform/main.tf");
    std::fs::copy(from, folder.path().join("main.tf")).unwrap();
    let mirror = format!("provider_installation {{\n  filesystem_mirror {{ path = {providers:?} }}\n}}\n");
    std::fs::write(folder.path().join("terraform.rc"), mirror).unwrap();
    let code = "import os\ndef handler(event, context):\n    return os.environ['GREETING']\n";
    let package = Package::build([("app.py", code.as_bytes())]).unwrap();
    std::fs::write(folder.path().join("app.zip"), package.zip()).unwrap();
    let version = Command::new(support::python())
        .args(["-c", "import sys; print('python%d.%d' % sys.version_info[:2])"])
        .output()
        .unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let run = |arguments: &[&str], greeting: &str| {
        let output = Command::new("terraform")
            .args(arguments)
            .arg("-no-color")
            .current_dir(folder.path())
            .env("TF_CLI_CONFIG_FILE", folder.path().join("terraform.rc"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_VAR_endpoint", format!("http://{}", running.addr()))
            .env("TF_VAR_package", "app.zip")
            .env("TF_VAR_python", version.trim())
            .env("TF_VAR_greeting", greeting)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    };
    run(&["init", "-input=false"], "");
    assert!(run(&["apply", "-auto-approve"], "hello").contains("13 added, 0 changed, 0 destroyed"));
    // What it reads back is what it wrote: exit code 2 would say that there is something to do.
    run(&["plan", "-detailed-exitcode"], "hello");
    assert!(run(&["apply", "-auto-approve"], "moin").contains("0 added, 3 changed, 0 destroyed"));
    run(&["plan", "-detailed-exitcode"], "moin");
    let url = run(&["output", "-raw", "url"], "moin");
    let greeting = Command::new(support::python())
        .args(["-c", "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"])
        .arg(url.trim())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&greeting.stdout).trim(), "moin");
    assert!(run(&["destroy", "-auto-approve"], "moin").contains("13 destroyed"));
    running.shutdown();
}
