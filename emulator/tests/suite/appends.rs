//! A device's append to a log of the edge happens once, whenever it is sent again.

use std::path::Path;
use std::sync::Arc;

use nano_edge::{Edge, EdgeOptions};
use nano_emulator::EdgePort;
use nano_wire::message::{Append, AppendRefusal, Appended, Kind, Message};
use nano_woof::Sequence;

fn open(data: &Path) -> Edge {
    Edge::open(EdgeOptions::new(data, String::new())).unwrap()
}

/// A port of its own each time, as a board has that has come back.
fn append(edge: &Edge, device: &str, lane: u8, client_sequence: u64, payload: &[u8]) -> Result<u64, AppendRefusal> {
    let port = EdgePort::new(device, edge.clone(), Arc::default());
    let message = Message::Append(Append { id: 7, lane, client_sequence, log: "app/level", payload });
    let mut body = vec![0; 256];
    let length = message.encode(&mut body).unwrap();
    let mut outcome = None;
    port.hear(Kind::Append as u8, &body[..length], &mut |kind, body| {
        let Ok(Message::Appended(Appended { id: 7, outcome: told })) = Message::decode(kind, body) else { panic!() };
        outcome = Some(told);
    });
    outcome.unwrap()
}

#[test]
fn a_retried_append_happens_once_also_over_a_restart_of_the_edge() {
    let data = tempfile::tempdir().unwrap();
    let edge = open(data.path());
    assert_eq!(append(&edge, "one", 3, 1, b"a"), Err(AppendRefusal::NotFound));
    edge.woofs().create("app/level", 16, 0).unwrap();
    assert_eq!(append(&edge, "one", 3, 1, b"a"), Ok(1));
    assert_eq!(append(&edge, "one", 3, 1, b"a"), Ok(1));
    // Another device, and another lane, number for themselves.
    assert_eq!(append(&edge, "two", 3, 1, b"b"), Ok(2));
    assert_eq!(append(&edge, "one", 4, 1, b"c"), Ok(3));
    assert_eq!(append(&edge, "one", 3, 0, b"-"), Err(AppendRefusal::Refused));
    assert_eq!(append(&edge, "one", 3, 2, &[0; 17]), Err(AppendRefusal::TooLong));
    drop(edge);
    let edge = open(data.path());
    for (device, lane, sequence) in [("two", 3, 2), ("one", 3, 1), ("one", 4, 3)] {
        assert_eq!(append(&edge, device, lane, 1, b"again"), Ok(sequence), "{device} {lane}");
    }
    // What follows is new, also what was refused before.
    assert_eq!(append(&edge, "one", 3, 2, b"d"), Ok(4));
    assert_eq!(append(&edge, "two", 9, 1, b"e"), Ok(5));
    // What is too far back to be told apart is refused, not done again.
    for client_sequence in 3..40 {
        append(&edge, "one", 3, client_sequence, b"f").unwrap();
    }
    drop(edge);
    let edge = open(data.path());
    assert_eq!(append(&edge, "one", 3, 1, b"a"), Err(AppendRefusal::Refused));
    let records = edge.woofs().range("app/level", Sequence(1), 100).unwrap();
    let payloads: Vec<u8> = records.iter().map(|entry| entry.payload[0]).collect();
    assert_eq!(payloads, [&b"abcde"[..], &[b'f'; 37]].concat());
}
