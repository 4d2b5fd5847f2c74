//! Who may leave, take and answer what waits.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use nano_caps::{Body, ChainKey, FrameBuilder, Request, Right, Rights, Sequence, Status, Token, Verifier};
use nano_edge::{QueueKeys, read_chain};
use nano_emulator::Op;
use nano_wire::message::queue::{ANSWERS, REQUESTS, State};
use nano_wire::message::{Kind, Message};

use super::{Asker, Board, Home, Id, Link, NAME, NOW_MS, put, put_payload};

#[test]
fn a_client_shows_a_capability_under_the_edges_key() {
    let board = Board::new();
    let home = Home::new(&board);
    let keys = QueueKeys::read(&home.data).unwrap().unwrap();
    let (request, _) = put(&board.client(Right::Put, 2), 2, 1);
    let payload = put_payload(600, &request);
    let mut good = home.allow(1);
    let silent = |asker: &mut Asker, op, ns, payload: &[u8]| {
        let (http, answer) = asker.ask(&home, op, ns, payload);
        assert_eq!((http, answer), (204, None));
    };
    let denied = |asker: &mut Asker, op, ns, payload: &[u8]| {
        assert_eq!(asker.ask(&home, op, ns, payload).1.unwrap().0, Status::Denied);
    };
    // Nothing but the request, noise, the device's own capabilities, another edge's, a bent tag: no answer at all.
    assert_eq!(home.post(NAME, &request).status, 204);
    assert_eq!(home.post(NAME, b"noise").status, 204);
    silent(&mut Asker::new(board.owner.clone(), 0), Op::Put, REQUESTS, &payload);
    silent(&mut Asker::new(board.edge.clone(), 0), Op::Put, REQUESTS, &payload);
    let other = Home::new(&board);
    silent(&mut other.allow(1), Op::Put, REQUESTS, &payload);
    let (mut bent, _) = good.bind(&home, Op::Put, (REQUESTS, 1), &payload);
    *bent.last_mut().unwrap() ^= 1;
    assert_eq!(home.post(NAME, &bent).status, 204);
    home.clock.fetch_add(1000, Ordering::Relaxed);

    // One that lacks the right, is another lane's, another queue's, expired.
    let root = keys.root().unwrap();
    let narrowed = |ns, woof, rights: Rights| {
        root.derive(&FrameBuilder::new().grant(ns, woof, rights).lane(5).build().unwrap()).unwrap()
    };
    denied(&mut Asker::new(narrowed(ANSWERS, 1, Right::Get.into()), 5), Op::Put, REQUESTS, &payload);
    denied(&mut Asker::new(narrowed(REQUESTS, 1, Right::Put.into()), 5), Op::Get, ANSWERS, &[0; 16]);
    denied(&mut Asker::new(narrowed(REQUESTS, 1, Right::Put.into()), 5), Op::Stat, REQUESTS, &[]);
    denied(&mut Asker::new(narrowed(REQUESTS, 1, Right::Put.into()), 5), Op::Drop, REQUESTS, &[0; 16]);
    denied(&mut Asker::new(narrowed(REQUESTS, 2, Rights::ALL), 5), Op::Put, REQUESTS, &payload);
    denied(&mut Asker::new(narrowed(REQUESTS, 1, Rights::ALL), 6), Op::Put, REQUESTS, &payload);
    let mut expired = Asker::new(keys.client(1, 3, Some((NOW_MS / 1000) as u32 - 1)).unwrap(), 3);
    assert_eq!(expired.ask(&home, Op::Put, REQUESTS, &payload).1.unwrap().0, Status::Expired);
    // What a device does over its link nobody does over HTTP, not even the edge's owner.
    let mut owner = Asker::new(root, 0);
    denied(&mut owner, Op::Get, REQUESTS, &[]);
    denied(&mut owner, Op::Put, ANSWERS, &[0; 40]);
    home.clock.fetch_add(1000, Ordering::Relaxed);

    // A good one, whose bytes are no good a second time: not elsewhere, not again, not after a restart.
    let stranger = Board::new();
    home.gateway.edge().holdings().hold("motor", &stranger.edge).unwrap();
    home.gateway.edge().queues().handle("motor").unwrap();
    let (bytes, exchange) = good.bind(&home, Op::Put, (REQUESTS, 1), &payload);
    assert_eq!(exchange.open(&home.post("motor", &bytes).body).unwrap().status, Status::Denied);
    let (bytes, exchange) = good.bind(&home, Op::Put, (REQUESTS, 1), &payload);
    let answer = home.post(NAME, &bytes).body;
    let id: Id = exchange.open(&answer).unwrap().payload.try_into().unwrap();
    assert_eq!(home.post(NAME, &bytes).body, answer, "the last one again is its retry");
    assert!(good.must(&home, Op::Drop, REQUESTS, &id).is_empty());
    assert_eq!(exchange.open(&home.post(NAME, &bytes).body).unwrap().status, Status::SeqLow);
    home.gateway.edge().audit().flush();
    let home = home.killed();
    assert_eq!(exchange.open(&home.post(NAME, &bytes).body).unwrap().status, Status::SeqLow);
    assert!(good.list(&home).is_empty());
    // All that was authentic is in the audit log, allowed and refused.
    let records = home.gateway.edge().audit().tail(100).unwrap();
    let records = records.iter().map(|entry| (entry.header.sequence.get(), entry.payload.as_slice()));
    let entries = read_chain(records).unwrap();
    let told = |op: &str, answer: &str| {
        entries.iter().any(|entry| entry.device == "walkway (queue)" && entry.op == op && entry.answer == answer)
    };
    assert!(told("PUT", "OK") && told("DROP", "OK") && told("GET", "DENIED"));

    // Without its key the edge makes another one: what hung from the old one is dead.
    fs::remove_file(home.data.join("queues/key")).unwrap();
    let home = home.killed();
    assert_eq!(good.ask(&home, Op::Stat, REQUESTS, &[]), (204, None));
    assert!(home.allow(1).list(&home).is_empty());
}

#[test]
fn a_board_takes_and_answers_with_its_own_capability_only() {
    let (mut board, other) = (Board::new(), Board::new());
    let home = Home::new(&board);
    let edge = home.gateway.edge();
    edge.holdings().hold("motor", &other.edge).unwrap();
    edge.queues().handle("motor").unwrap();
    let mut asker = home.allow(1);
    let writer = board.client(Right::Put, 2);
    let (request, exchange) = put(&writer, 2, 1);
    let id = asker.queue(&home, &request);

    // A board that shows nothing, or what is not its own, gets nothing: only the same offer again and again.
    let mut link = board.wake(home.gateway.address());
    let offered = |link: &mut Link| assert_eq!(link.hear(), None, "the request was handed out");
    offered(&mut link);
    offered(&mut link);
    let mine = link.queue.clone().unwrap();
    let client = (asker.capability.body().as_bytes().to_vec(), asker.capability.token().key);
    link.ask_with((&client.0, client.1), Op::Get, REQUESTS, &[]);
    offered(&mut link);
    link.ask_with((&mine.0, ChainKey::new([0; 16])), Op::Get, REQUESTS, &[]);
    offered(&mut link);
    // Another board's capability, over this board's link and over its own.
    let device = edge.queues().entrust("motor").unwrap();
    let theirs = (device.body().as_bytes().to_vec(), device.token().key);
    link.ask_with((&theirs.0, theirs.1), Op::Get, REQUESTS, &[]);
    offered(&mut link);
    let mut stranger = other.connect(home.gateway.address(), "motor", 4);
    stranger.ask_with((&mine.0, mine.1), Op::Get, REQUESTS, &[]);
    // An answer that it brings unasked, or for a place that is not its own, is no answer.
    stranger.queue = Some(theirs.clone());
    stranger.bring(1, &board.gate(&put(&writer, 2, 9).0).unwrap());
    link.bring(7, &[0x11; 30]);
    link.bring(1, b"short");
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Waiting);

    // With its own it gets the request. Said in the clear, the answer is not heard; nor is it in another session.
    link.asked += 100;
    let (place, taken) = link.take();
    assert_eq!(taken, request);
    let mut board = Board { executed: Vec::new(), verifier: Verifier::boot(None, NOW_MS, 0), ..board };
    let answer = board.gate(&taken).unwrap();
    let payload = [&answer[..], &place.to_le_bytes()].concat();
    let (body, key) = link.queue.clone().unwrap();
    let clear =
        Request { op: Op::Put, lane: 0, seq: Sequence(500), ns: ANSWERS, woof: 1, payload: &payload, wide_tag: false };
    let mut out = vec![0; 512];
    let bound = clear.bind(&[Token { body: Body::parse(&body).unwrap(), key }], &mut out).unwrap();
    link.frame(Kind::Request as u8, &out[..bound.len]);
    link.frame(Kind::Response as u8, &answer);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Waiting);
    link.bring(place, &answer);
    assert_eq!(exchange.open(&home.collected(&mut asker, id).1).unwrap().status, Status::Ok);
    // It stays answered, whatever the board says later.
    link.bring(place, &{
        let mut other = answer.clone();
        other[4] ^= 1;
        other
    });
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(home.collected(&mut asker, id).1, answer);
}

#[test]
fn nobody_writes_into_the_edges_own_logs() {
    let board = Board::new();
    let home = Home::new(&board);
    home.allow(1).queue(&home, &put(&board.client(Right::Put, 2), 2, 1).0);
    let woofs = home.gateway.edge().woofs();
    for name in ["nano/audit", "nano-waiting/walkway", "nano-waiting/other"] {
        let refused = |result: Result<(), nano_woof::Error>| {
            let error = result.unwrap_err();
            assert!(matches!(error, nano_woof::Error::Reserved(_)), "{name}: {error}");
        };
        refused(woofs.append(name, b"{}").map(drop));
        refused(woofs.create(name, 64, 8));
        refused(woofs.delete(name));
    }
    // A device's append over its link is refused, too: it would break the chain that accuses it.
    let port = nano_emulator::EdgePort::new("stranger", home.gateway.edge().clone(), Arc::default());
    let append = nano_wire::message::Append { id: 1, lane: 0, client_sequence: 1, log: "nano/audit", payload: b"{}" };
    let mut body = vec![0; 256];
    let length = Message::Append(append).encode(&mut body).unwrap();
    let mut outcome = None;
    port.hear(Kind::Append as u8, &body[..length], &mut |kind, body| {
        if let Ok(Message::Appended(appended)) = Message::decode(kind, body) {
            outcome = Some(appended.outcome);
        }
    });
    assert!(matches!(outcome, Some(Err(nano_wire::message::AppendRefusal::Refused))));
}
