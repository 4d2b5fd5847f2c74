//! What commands ask an edge that verifies signatures: signed with the user's credentials for AWS, or told why not.

mod serving;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use nano_caps::{ANY, DeviceId, DeviceKey, FrameBuilder, KeyRing, Op, Request, Rights, Sequence};
use serving::Serve;

/// A key of the edge's: [`Serve::start`].
const KEY: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKTEST"), ("AWS_SECRET_ACCESS_KEY", "hidden")];

/// Exit code, standard output and standard error of a command; of the user's credentials it sees these alone.
fn nano(folder: &Path, credentials: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_nano"))
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SHARED_CREDENTIALS_FILE")
        .envs(credentials.iter().copied())
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// Tells the edge of a device `board` as `nano deploy --edge` does, and makes a request to it in digits.
fn board(endpoint: &str) -> String {
    let mut keys = KeyRing::new(DeviceKey::new([7; 32]), DeviceId([1; 8]), 0);
    keys.enable(0).and_then(|()| keys.enable(1)).unwrap();
    let root = |slot| keys.root(slot, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().unwrap()).unwrap();
    let mut text = [0; nano_caps::MAX_TEXT];
    let text = root(1).write_text(&mut text).unwrap().to_owned();
    let mut connection = TcpStream::connect(endpoint.strip_prefix("http://").unwrap()).unwrap();
    let basic = BASE64.encode("AKTEST:hidden");
    let head = "PUT /_nano/devices/board/capability HTTP/1.1\r\nHost: edge\r\nConnection: close";
    let length = text.len();
    write!(connection, "{head}\r\nAuthorization: Basic {basic}\r\nContent-Length: {length}\r\n\r\n{text}").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    let mut request = [0; 200];
    let asked = Request { op: Op::Stat, lane: 0, seq: Sequence(1), ns: ANY, woof: ANY, payload: &[], wide_tag: false };
    let length = asked.bind(&[root(0).token()], &mut request).unwrap().len;
    request[..length].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn who_has_a_key_of_the_edge_is_let_in_and_others_are_told_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let serve =
        Serve::with(&folder.join("data"), &["--port", "0", "--devices", "127.0.0.1:0", "--auth", "AKTEST:hidden"]);
    let request = board(&serve.endpoint);
    let allowed = nano(folder, &[], &["queue", "allow", "board", "--lane", "1", "--data", "data"]);
    let sender = allowed.1;
    let logs = serve.endpoint.replace("http://", "woof://");
    let log = format!("{logs}/app/log");

    // What asks for nothing yet but an answer.
    let edge = ["--endpoint", &serve.endpoint];
    let by = ["--endpoint", &serve.endpoint, "--by", &sender];
    let commands: [Vec<&str>; 7] = [
        [&["devices"][..], &edge].concat(),
        [&["queue", "list", "board"][..], &by].concat(),
        [&["queue", "send", "board", &request][..], &by].concat(),
        [&["queue", "list", "board", "--data", "data"][..], &edge].concat(),
        vec!["woof", "create", &log, "--element", "16", "--history", "4"],
        vec!["woof", "list", &logs],
        [&["logs"][..], &edge].concat(),
    ];
    for command in &commands {
        let (code, out, errors) = nano(folder, &KEY, command);
        assert_eq!(code, 0, "{command:?}: {out}{errors}");

        let (code, out, errors) = nano(folder, &[], command);
        let expected =
            format!("error: the edge at {} asks for signatures, and you have no credentials", serve.endpoint);
        assert!(code == 2 && out.is_empty() && errors.starts_with(&expected), "{command:?}: {errors}");
        assert!(errors.contains("nano serve keys add"), "{errors}");

        for (name, secret, why) in [("AKTEST", "other", "does not match"), ("nobody", "hidden", "token")] {
            let wrong = [(KEY[0].0, name), (KEY[1].0, secret)];
            let (code, out, errors) = nano(folder, &wrong, command);
            let expected = format!("error: the edge at {} does not take what {name} signed", serve.endpoint);
            assert!(code == 2 && out.is_empty() && errors.starts_with(&expected), "{command:?}: {errors}");
            assert!(errors.contains(why) && !errors.contains(secret), "{errors}");
        }
    }

    // Credentials from AWS's file, with a session's token, do as well, and a refusal that is not about them stays what it is.
    std::fs::create_dir(folder.join(".aws")).unwrap();
    let profile = "[default]\naws_access_key_id = AKTEST\naws_secret_access_key = hidden\naws_session_token = T/+=\n";
    std::fs::write(folder.join(".aws/credentials"), profile).unwrap();
    let (code, out, errors) = nano(folder, &[], &[&["queue", "list", "board"][..], &by].concat());
    let id = out.split(' ').next().unwrap();
    assert!(code == 0 && out.contains("waiting") && id.len() == 32, "{out}{errors}");
    assert_eq!(nano(folder, &[], &[&["queue", "cancel", "board", id][..], &by].concat()).1, "cancelled");
    let (code, _, errors) = nano(folder, &[], &[&["queue", "list", "no body"][..], &by].concat());
    assert!(code == 2 && errors.contains("no capability of a device no body"), "{errors}");
    let (code, _, errors) = nano(folder, &[], &["woof", "put", &log, "more than sixteen bytes"]);
    assert!(code == 2 && errors.contains("answered with status 4"), "{errors}");
}
