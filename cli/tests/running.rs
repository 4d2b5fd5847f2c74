//! An edge as its project's other commands and other users of the machine find it.

mod serving;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serving::Serve;

/// Exit code, standard output and standard error.
fn nano(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nano"));
    command.args(arguments).current_dir(folder).env("HOME", folder).env("NO_COLOR", "1").stdin(Stdio::null());
    command.env("AWS_ACCESS_KEY_ID", "AKTEST").env("AWS_SECRET_ACCESS_KEY", "hidden");
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn commands_find_the_edge_of_their_project_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("src");
    fs::create_dir(&inner).unwrap();
    let serve = Serve::start(&folder.path().join(".nano/edge"));
    let log = format!("{}/app/log", serve.endpoint.replace("http://", "woof://"));
    assert_eq!(nano(folder.path(), &["woof", "create", &log, "--element", "16", "--history", "4"]).0, 0);
    for place in [folder.path(), &inner] {
        let (code, out, errors) = nano(place, &["woof", "list"]);
        assert!(code == 0 && out.contains("app/log"), "{out}{errors}");
        assert_eq!(nano(place, &["logs"]).0, 0);
        // It is asked, and has no such function.
        let (code, _, errors) = nano(place, &["invoke", "nobody"]);
        assert!(code != 0 && errors.contains(&serve.endpoint), "{errors}");
    }
    // Killed, it is not looked for where it was.
    let endpoint = serve.endpoint.clone();
    drop(serve);
    assert!(folder.path().join(".nano/edge/running").is_file());
    let (_, _, errors) = nano(folder.path(), &["logs", "--json"]);
    assert!(!errors.contains(&endpoint), "{errors}");
}

/// All below a folder, with what others may do.
fn walk(folder: &Path, found: &mut Vec<(PathBuf, u32)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let metadata = fs::symlink_metadata(entry.path()).unwrap();
        found.push((entry.path(), metadata.permissions().mode()));
        if metadata.is_dir() {
            walk(&entry.path(), found);
        }
    }
}

#[test]
fn what_an_edge_keeps_is_its_owners_whatever_the_umask() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join(".nano/edge");
    // Its children have this mask.
    let before = rustix::process::umask(rustix::fs::Mode::empty());
    let serve = Serve::start(&data);
    rustix::process::umask(before);
    let mut found = vec![];
    walk(folder.path(), &mut found);
    assert!(found.iter().any(|(path, _)| path.ends_with("zygote.py")), "{found:?}");
    for (path, mode) in &found {
        assert_eq!(mode & 0o022, 0, "{} can be changed by others: {mode:o}", path.display());
    }
    // Objects and logs are nobody else's to read.
    for private in ["objects", "woofs", "running"] {
        let mode = fs::metadata(data.join(private)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{private}: {mode:o}");
    }
    drop(serve);
}

#[test]
fn keys_may_be_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, data) = (folder.path().join("keys"), folder.path().join("data"));
    fs::write(&file, "AKOTHER:secret\n\nAKTEST:hidden\n").unwrap();
    let given = format!("@{}", file.display());
    let serve = ["serve", "--port", "0", "--data", data.to_str().unwrap(), "--auth", &given];
    let (code, _, errors) = nano(folder.path(), &serve);
    assert!(code == 2 && errors.contains("can be read by others") && errors.contains("chmod 600"), "{errors}");
    fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    let running = Serve::with(&data, &["--port", "0", "--auth", &given]);
    assert_eq!(nano(folder.path(), &["logs", "--endpoint", &running.endpoint]).0, 0);
    drop(running);
    for (text, why) in [("", "ACCESS:SECRET"), ("AKTEST\n", "ACCESS:SECRET"), ("AKTEST:\n", "--auth @FILE")] {
        fs::write(&file, text).unwrap();
        let (code, _, errors) = nano(folder.path(), &serve);
        assert!(code == 2 && errors.contains(why), "{text:?}: {errors}");
    }
    let (code, _, errors) = nano(folder.path(), &["serve", "--auth", "@none", "--data", data.to_str().unwrap()]);
    assert!(code == 2 && errors.contains("none does not exist"), "{errors}");
}

#[test]
fn a_folder_that_is_no_edges_is_not_found_whole_nor_made_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let (code, out, errors) = nano(folder.path(), &["serve", "--check", "--data", "."]);
    assert!(code == 2 && out.is_empty() && errors.contains("no data folder of an edge"), "{out}{errors}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
