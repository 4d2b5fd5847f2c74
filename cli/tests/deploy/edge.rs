//! A board on a serial line with an edge in another process: paired by `nano deploy --edge`, linked by `nano monitor
//! --devices`.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use nano_edge::World;
use nano_emulator::{DeviceClient, DeviceFolder, Selection};
use serde_json::Value;

use crate::board::{Board, ESP8266, said};
use crate::rom::Faults;
use crate::serving::Serve;
use crate::{Monitor, PROJECT};

/// Longest that anything is waited for. No test depends on how soon it comes.
const PATIENCE: Duration = Duration::from_secs(90);
/// The device's own log of results.
const RESULTS: (u16, u16) = (1, 1);

fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("it did not happen: {what}");
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn nano(arguments: &[&str]) -> (bool, String) {
    said(&Command::new(env!("CARGO_BIN_EXE_nano")).args(arguments).env("NO_COLOR", "1").output().unwrap())
}

/// The board, as the edge lists it once it is linked.
fn listed(endpoint: &str) -> Value {
    wait("the edge has the board", || {
        let (_, text) = nano(&["devices", "--json", "--endpoint", endpoint]);
        let board: Value = serde_json::from_str(text.lines().next()?).ok()?;
        (board["linked"] == true).then_some(board)
    })
}

#[test]
fn a_board_on_a_serial_line_has_an_edge() {
    let (board, project) = (Board::new(ESP8266, Faults::default()), tempfile::tempdir().unwrap());
    let folder = project.path();
    let far =
        "\n[functions.far]\nhandler = \"far.handler\"\ntrigger = { woof = \"light\", every = 1 }\nrun = \"edge\"\n";
    fs::write(folder.join("nano.toml"), format!("{PROJECT}{far}")).unwrap();
    fs::write(folder.join("lights.py"), "def new_light_lvl(payload, ctx):\n    return 1\n").unwrap();
    fs::write(folder.join("far.py"), "def handler(event, context):\n    return \"far away\"\n").unwrap();
    let path = folder.to_str().unwrap();

    // An edge without a door for boards, and none at all.
    let closed = Serve::with(&folder.join("closed"), &["--port", "0"]);
    let (done, text) = board.deploy(folder, &["--edge", &closed.endpoint]);
    assert!(!done && text.contains("lets no boards in") && text.contains("nano serve --devices PORT"), "{text}");
    let nowhere = format!("http://{}", free_port());
    board.reset_soon();
    let (done, text) = board.deploy(folder, &["--edge", &nowhere]);
    assert!(!done && text.contains("nothing answers at"), "{text}");

    let (port, devices) = (free_port().port().to_string(), free_port().to_string());
    let data = folder.join("edge");
    let serve = || Serve::with(&data, &["--port", &port, "--devices", &devices]);
    let edge = serve();
    let endpoint = edge.endpoint.clone();
    let (done, text) = nano(&["deploy", path, "--target", "edge", "--endpoint", &endpoint, "--yes"]);
    assert!(done, "{text}");

    // Linked before it is paired: the edge does not let it in, and it is said what to do.
    let monitor = Monitor::start(&board.port, folder, &["--devices", &devices]);
    board.reset_soon();
    monitor.says("does not let walkway in; pair them: nano deploy --edge URL --device walkway");
    drop(monitor);
    board.reset_soon();
    let (done, text) = board.deploy(folder, &["--edge", &endpoint]);
    assert!(done && text.contains(&format!("paired with the edge at {endpoint}")), "{text}");
    assert!(text.contains("nano monitor --port") && text.contains("--devices HOST:PORT"), "{text}");

    let monitor = Monitor::start(&board.port, folder, &["--devices", &devices]);
    board.reset_soon();
    let there = listed(&endpoint);
    assert_eq!((&there["name"], &there["board"]), (&"walkway".into(), &"esp8266".into()), "{there}");
    monitor.says("walkway is linked to the edge");

    // Its owner reaches it through the edge, and what it can't run itself the edge has run.
    let keys = DeviceFolder::new(&folder.join(".nano"), "walkway");
    let root = keys.root(&keys.identity().unwrap().unwrap()).unwrap();
    let client = |board: &Value| {
        let address = board["address"].as_str().unwrap();
        DeviceClient::connect(address, root.clone(), &World::system()).unwrap()
    };
    let ran_at_the_edge = |client: &mut DeviceClient, after: u64| {
        wait("a result of the edge's", || {
            let record = client.get(RESULTS.0, RESULTS.1, Selection::Latest).ok()?.pop()?;
            let result: Value = serde_json::from_slice(&record.payload).ok()?;
            (record.sequence > after && result["on"] == "edge" && result["result"] == "far away")
                .then_some(record.sequence)
        })
    };
    let sequence = ran_at_the_edge(&mut client(&there), 0);

    // The edge is killed and comes back, and the board to it.
    drop(edge);
    monitor.says("has hung up");
    let _edge = serve();
    let there = listed(&endpoint);
    let mut client = client(&there);
    ran_at_the_edge(&mut client, sequence + 8);
}
