//! The gate: rights, order, silence, retries, persistence, floods.

use crate::bench::{Bench, CONFIG, Code, NOW_MS, frame, identity};
use nano_caps::{ANY, Capability, End, FrameBuilder, KeyRing, Op, Pairing, Right, Rights, Sequence, Session, Status};
use nano_device::{BootError, Config, Item, Port, Runtime};
use nano_wire::message::operation::{Configuration, FunctionState, Install, Place, Refused, Revocation, SequenceFix};
use nano_wire::message::{Fetched, Kind, Message, ModuleHash, Offer, Pair, PairProof};

#[test]
fn a_readonly_capability_reads_and_is_refused_a_write() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    bench.append((ns, woof), b"[512]");
    let frame = FrameBuilder::new().grant(ns, woof, Right::Get | Right::Stat).build().unwrap();
    let readonly = bench.root.derive(&frame).unwrap();
    let (status, rseq, payload) = bench.ask(&readonly, Op::Get, ns, woof, &[0]);
    assert_eq!((status, rseq), (Status::Ok, 1));
    assert!(payload.ends_with(b"[512]"));
    for op in [Op::Put, Op::Exec, Op::Drop, Op::Install] {
        let (status, _, payload) = bench.ask(&readonly, op, ns, woof, b"[1]");
        assert_eq!((status, payload), (Status::Denied, vec![]), "{op}");
    }
    assert_eq!(bench.ask(&readonly, Op::Get, ns, woof + 1, &[0]).0, Status::Denied);
    assert_eq!(bench.tail(ns, woof, 9).len(), 1, "nothing was written");
}

#[test]
fn what_is_not_authentic_is_not_answered() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    let (request, _) = bench.bind(&root, Op::Put, ns, woof, b"[1]");
    for index in [0, 1, 2, 8, 18, 22, request.len() - 12, request.len() - 1] {
        let mut forged = request.clone();
        forged[index] ^= 1;
        assert_eq!(bench.send(&forged), None, "byte {index}");
    }
    assert_eq!(bench.send(b""), None);
    assert_eq!(bench.send(&[0x10; 900]), None);
    assert_eq!(bench.send(&[0x10; 4000]), None, "longer than a frame may be");
    assert!(bench.runtime.silent() >= 10);
    assert!(bench.send(&request).is_some(), "and the true one still counts");
    assert_eq!(bench.tail(ns, woof, 9).len(), 1);
}

#[test]
fn old_numbers_are_refused_with_the_time_and_far_ones_too() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    let old = Bench::bind_at(&root, Op::Put, ns, woof, b"[1]", Sequence::new(NOW_MS - 1000, 0));
    let response =
        old.1.open(&bench.send(&old.0).unwrap()).map(|r| (r.status, Sequence(r.rseq).ms() >= NOW_MS)).unwrap();
    assert_eq!(response, (Status::SeqLow, true));
    let far = Bench::bind_at(&root, Op::Put, ns, woof, b"[1]", Sequence::new(NOW_MS + 90_000_000, 0));
    let response = far.1.open(&bench.send(&far.0).unwrap()).map(|r| r.status).unwrap();
    assert_eq!(response, Status::SeqAhead);
    assert_eq!(bench.tail(ns, woof, 9).len(), 0);
}

#[test]
fn a_retry_gets_the_same_answer_and_executes_nothing() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    let (request, _) = bench.bind(&root, Op::Put, ns, woof, b"[1]");
    let first = bench.send(&request).unwrap();
    bench.append((ns, woof), b"[2]");
    for _ in 0..3 {
        assert_eq!(bench.send(&request).unwrap(), first);
    }
    assert_eq!(bench.tail(ns, woof, 9).len(), 2);
}

#[test]
fn the_mark_is_stored_before_the_answer_and_holds_after_a_reset() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    let (request, _) = bench.bind(&root, Op::Put, ns, woof, b"[1]");
    assert!(bench.send(&request).is_some());
    let writes = bench.outside.borrow().flash_writes;
    bench.must(Op::Put, ns, woof, b"[2]");
    assert_eq!(bench.outside.borrow().flash_writes, writes, "at most one a minute");
    let mut bench = bench.reboot();
    let replayed = bench.send(&request).expect("authentic, so answered");
    assert_eq!(replayed[1], Status::SeqLow.code());
    // The client follows the device's time and goes on.
    let (request, exchange) = bench.bind(&root, Op::Stat, ns, woof, b"");
    let response = bench.send(&request).unwrap();
    let (status, time) = exchange.open(&response).map(|r| (r.status, r.rseq)).unwrap();
    assert_eq!(status, Status::SeqLow);
    let (request, exchange) = Bench::bind_at(&root, Op::Stat, ns, woof, b"", Sequence(time + (1 << 16)));
    assert_eq!(exchange.open(&bench.send(&request).unwrap()).unwrap().status, Status::Ok);
}

#[test]
fn a_device_that_goes_to_sleep_takes_what_was_bound_meanwhile() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    let at = |seconds: u64| Sequence::new(NOW_MS + seconds * 1000, 0);
    let put = |seconds: u64| Bench::bind_at(&root, Op::Put, ns, woof, b"[1]", at(seconds));
    let (last, _) = put(60);
    assert!(bench.send(&last).is_some());
    bench.runtime.settle();
    let mut bench = bench.reboot();
    assert_eq!(bench.send(&last).unwrap()[1], Status::SeqLow.code());
    let (request, exchange) = put(61);
    assert_eq!(exchange.open(&bench.send(&request).unwrap()).unwrap().status, Status::Ok);
    // Had it not known, it would be a minute.
    let mut bench = bench.reboot();
    let (request, exchange) = put(120);
    assert_eq!(exchange.open(&bench.send(&request).unwrap()).unwrap().status, Status::SeqLow);
}

#[test]
fn what_cannot_be_stored_is_not_done() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    bench.outside.borrow_mut().flash_fails = true;
    bench.outside.borrow_mut().now_us += 120_000_000; // past the mark
    assert_eq!(bench.refused(Op::Put, ns, woof, b"[1]").0, Status::Busy);
    bench.outside.borrow_mut().flash_fails = false;
    bench.must(Op::Put, ns, woof, b"[1]");
    bench.outside.borrow_mut().flash_fails = true;
    let mut payload = [0; 8];
    let length = Revocation::Slot(1).encode(&mut payload).unwrap();
    let (status, reason) = bench.refused(Op::Revoke, ANY, ANY, &payload[..length]);
    assert_eq!((status, Refused::decode(&reason)), (Status::Busy, Some(Refused::Storage)));
}

#[test]
fn revoked_keys_stay_revoked_after_a_reset() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let frame = FrameBuilder::new().grant(ns, woof, Right::Get | Right::Stat).build().unwrap();
    let lost = bench.root.derive(&frame).unwrap();
    assert_eq!(bench.ask(&lost, Op::Stat, ns, woof, b"").0, Status::Ok);
    let mut payload = vec![0; 100];
    let length = Revocation::Subtree(lost.body().as_bytes()).encode(&mut payload).unwrap();
    bench.must(Op::Revoke, ANY, ANY, &payload[..length]);
    let (request, _) = bench.bind(&lost, Op::Stat, ns, woof, b"");
    assert_eq!(bench.send(&request), None);
    let mut bench = bench.reboot();
    let (request, _) = bench.bind(&lost, Op::Stat, ns, woof, b"");
    assert_eq!(bench.send(&request), None);
    // Everything: the owner's old root is dead, too.
    let root = bench.root.clone();
    let seq = Sequence::new(NOW_MS + 120_000, 0);
    let length = Revocation::All.encode(&mut payload).unwrap();
    let (request, _) = Bench::bind_at(&root, Op::Revoke, ANY, ANY, &payload[..length], seq);
    assert!(bench.send(&request).is_some());
    let (request, _) = Bench::bind_at(&root, Op::Stat, ns, woof, b"", seq.later(1000));
    assert_eq!(bench.send(&request), None);
}

#[test]
fn a_device_whose_keys_cannot_be_read_does_not_start() {
    for item in [Item::KeyRing, Item::HighWater] {
        let board = crate::bench::TestBoard::default();
        let mut writable = board.clone();
        assert!(nano_device::Board::store(&mut writable, item, b"torn"));
        let booted = Runtime::boot(board, &identity(), CONFIG);
        assert_eq!(booted.err(), Some(BootError::Storage));
    }
}

#[test]
fn a_flood_is_dropped_and_passes() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    bench.outside.borrow_mut().now_us += 2_000_000;
    let root = bench.root.clone();
    let (request, _) = bench.bind(&root, Op::Stat, ns, woof, b"");
    let mut forged = request.clone();
    *forged.last_mut().unwrap() ^= 1;
    for _ in 0..60 {
        let bytes = frame(Kind::Request, &forged);
        bench.push(Port(1), &bytes);
    }
    bench.run(100);
    assert!(bench.traced("Flood"));
    bench.outside.borrow_mut().now_us += 1_000_000;
    assert!(bench.send(&request).is_some());
}

#[test]
fn sequence_numbers_can_be_mended() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    // Lane 0 is jammed a day ahead.
    let jam = Sequence::new(NOW_MS + 86_000_000, 0);
    let (request, _) = Bench::bind_at(&root, Op::Stat, ns, woof, b"", jam);
    bench.send(&request).unwrap();
    let mut payload = [0; 16];
    let length = SequenceFix::Time(NOW_MS).encode(&mut payload).unwrap();
    let (request, exchange) = Bench::bind_at(&root, Op::SeqFix, ANY, ANY, &payload[..length], Sequence(jam.0 + 1));
    assert_eq!(exchange.open(&bench.send(&request).unwrap()).unwrap().status, Status::Ok);
    let length = SequenceFix::Lane { lane: 0, last: 0 }.encode(&mut payload).unwrap();
    let (request, exchange) = Bench::bind_at(&root, Op::SeqFix, ANY, ANY, &payload[..length], Sequence(jam.0 + 2));
    assert_eq!(exchange.open(&bench.send(&request).unwrap()).unwrap().status, Status::Ok);
    bench.must(Op::Stat, ns, woof, b"");
    let length = SequenceFix::Lane { lane: 9, last: 0 }.encode(&mut payload).unwrap();
    assert_eq!(bench.refused(Op::SeqFix, ANY, ANY, &payload[..length]).0, Status::Denied);
}

#[test]
fn noise_on_the_line_costs_no_more_than_the_frame_it_touches() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    let (request, _) = bench.bind(&root, Op::Stat, ns, woof, b"");
    bench.push(Port(1), &[1, 2, 3, 200, 0, 9, 9]);
    bench.push(Port(1), &[0]);
    assert!(bench.send(&request).is_some());
    assert!(bench.traced("port 1 noise"));
    // Nobody but the edge may send what the edge sends.
    let bytes = frame(Kind::Chunk, &[0, 0, 0, 0, 0, 0, 1]);
    bench.push(Port(1), &bytes);
    bench.run(100);
    assert!(bench.traced("port 1 noise"));
}

/// A root of a slot of the bench's device.
pub fn root_of(slot: u8) -> Capability {
    let mut ring = KeyRing::new(identity().key, identity().id, 0);
    ring.enable(slot).unwrap();
    ring.root(slot, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().unwrap()).unwrap()
}

pub fn say(bench: &mut Bench, message: &Message<'_>) {
    let mut body = [0; 512];
    let length = message.encode(&mut body).unwrap();
    bench.push(Port::EDGE, &frame(message.kind(), &body[..length]));
    bench.run(1000);
}

#[test]
fn an_edge_that_is_not_paired_is_not_heard() {
    let mut bench = Bench::with(Config { pairing: true, ..CONFIG });
    let noises = |bench: &Bench| bench.outside.borrow().trace.iter().filter(|line| line.contains("noise")).count();
    let fetched = Message::Fetched(Fetched { id: 1, offer: Offer::NotFound });
    say(&mut bench, &fetched);
    assert_eq!((noises(&bench), bench.runtime.is_paired()), (1, false));

    // Who does not hold the root can't prove it, however it tries: another slot's, a forged one, a wrong proof, an old one.
    let root = root_of(1);
    let owner = root_of(0);
    say(&mut bench, &Message::Pair(Pair { nonce: [1; 8], root: owner.body().as_bytes() }));
    assert!(bench.edge.paired.is_none(), "only the edge's slot");
    say(&mut bench, &Message::Pair(Pair { nonce: [1; 8], root: root.body().as_bytes() }));
    let answer = bench.edge.paired.take().unwrap();
    let pairing = Pairing::new(root.token(), [1; 8], answer.nonce);
    assert!(pairing.is_device(&answer.proof), "the device has proved itself");
    say(&mut bench, &Message::PairProof(PairProof { proof: answer.proof }));
    assert!(!bench.runtime.is_paired(), "its own proof sent back");
    say(&mut bench, &Message::PairProof(PairProof { proof: pairing.edge_proof() }));
    assert!(!bench.runtime.is_paired(), "one try for each question");

    say(&mut bench, &Message::Pair(Pair { nonce: [2; 8], root: root.body().as_bytes() }));
    let answer = bench.edge.paired.take().unwrap();
    say(&mut bench, &Message::PairProof(PairProof { proof: pairing.edge_proof() }));
    assert!(!bench.runtime.is_paired(), "a proof of another run");
    say(&mut bench, &Message::Pair(Pair { nonce: [2; 8], root: root.body().as_bytes() }));
    let again = bench.edge.paired.take().unwrap();
    assert_ne!(again.nonce, answer.nonce);
    let pairing = Pairing::new(root.token(), [2; 8], again.nonce);
    say(&mut bench, &Message::PairProof(PairProof { proof: pairing.edge_proof() }));
    assert!(bench.runtime.is_paired() && bench.traced("paired with the edge"));
    let before = noises(&bench);
    say(&mut bench, &fetched);
    assert_eq!(noises(&bench), before + 1, "unsealed it is not heard even now");
    bench.edge.session = Some(Session::new(&pairing, End::Edge));
    let mut body = [0; 16];
    let length = fetched.encode(&mut body).unwrap();
    let sealed = bench.edge.say(fetched.kind(), &body[..length]);
    bench.push(Port::EDGE, &sealed);
    bench.run(1000);
    assert_eq!(noises(&bench), before + 1, "sealed it is");
    bench.push(Port::EDGE, &sealed);
    bench.run(1000);
    assert_eq!(noises(&bench), before + 2, "once");
}

/// Pairs edge and device.
pub fn pair(bench: &mut Bench) {
    let root = root_of(1);
    say(bench, &Message::Pair(Pair { nonce: [3; 8], root: root.body().as_bytes() }));
    let pairing = Pairing::new(root.token(), [3; 8], bench.edge.paired.take().unwrap().nonce);
    // The device may have something to say at once.
    bench.edge.session = Some(Session::new(&pairing, End::Edge));
    say(bench, &Message::PairProof(PairProof { proof: pairing.edge_proof() }));
    assert!(bench.runtime.is_paired());
}

pub fn revoke(bench: &mut Bench, revocation: &Revocation<'_>) {
    let mut payload = [0; 300];
    let length = revocation.encode(&mut payload).unwrap();
    bench.must(Op::Revoke, ANY, ANY, &payload[..length]);
}

#[test]
fn a_paired_device_fetches_and_offloads_under_the_link_key() {
    let mut bench = Bench::with(Config { pairing: true, ..CONFIG });
    let code = Code::new("def handler(event, context):\n    return len(event)\n");
    bench.edge.modules.push(code.clone());
    let log = bench.light();
    let mut configuration = Bench::configuration(&code, "count");
    configuration.handler = "lights.handler";
    bench.install(log, &Install::Configure(configuration));
    bench.run(10_000);
    assert!(bench.runtime.functions().all(|f| f.state != FunctionState::Ready), "an unproved edge is not heard");
    // The question that was not heard is asked again at once.
    pair(&mut bench);
    bench.run(50_000);
    bench.append(log, b"[1, 2, 3]");
    bench.run(50_000);
    assert!(bench.result().ends_with("\"result\": 3}"), "{}", bench.result());

    let place = Place::Edge;
    bench.install(log, &Install::Configure(Configuration { place, ..configuration }));
    bench.edge.result = Some("\"from the edge\"");
    bench.append(log, b"[1]");
    bench.run(50_000);
    assert!(bench.result().ends_with("\"result\": \"from the edge\"}"), "{}", bench.result());
    // The owner takes the edge's slot away: the link dies with it.
    revoke(&mut bench, &Revocation::Slot(1));
    assert!(!bench.runtime.is_paired());
    bench.edge.session = None;
    say(&mut bench, &Message::Pair(Pair { nonce: [4; 8], root: root_of(1).body().as_bytes() }));
    assert!(bench.edge.paired.is_none(), "the old root proves nothing any more");
}

#[test]
fn what_was_asked_of_an_edge_that_had_not_paired_is_asked_again() {
    let mut bench = Bench::with(Config { pairing: true, ..CONFIG });
    let log = bench.light();
    let code = Code::raw(vec![]);
    let (place, hash) = (Place::Edge, ModuleHash::NONE);
    bench.install(log, &Install::Configure(Configuration { place, hash, ..Bench::configuration(&code, "count") }));
    bench.edge.result = Some("7");
    bench.runtime.append(log.0, log.1, b"[1]").unwrap();
    bench.run(1000);
    assert_eq!(bench.edge.asked.len(), 1, "asked, and the answer not heard");
    pair(&mut bench);
    bench.run(50_000);
    assert_eq!(bench.edge.asked.len(), 2);
    assert!(bench.result().ends_with("\"result\": 7}"), "{}", bench.result());
}

#[test]
fn an_edge_whose_root_was_revoked_by_itself_pairs_no_more() {
    let mut bench = Bench::with(Config { pairing: true, ..CONFIG });
    pair(&mut bench);
    revoke(&mut bench, &Revocation::Subtree(root_of(1).body().as_bytes()));
    assert!(!bench.runtime.is_paired());
    bench.edge.session = None;
    say(&mut bench, &Message::Pair(Pair { nonce: [5; 8], root: root_of(1).body().as_bytes() }));
    assert!(bench.edge.paired.is_none());
}

#[test]
fn pairings_count_as_verifications() {
    let mut bench = Bench::new();
    bench.outside.borrow_mut().now_us += 2_000_000;
    let root = root_of(1);
    let mut answered = 0;
    for nonce in 0..80 {
        let mut body = [0; 64];
        let length = Message::Pair(Pair { nonce: [nonce; 8], root: root.body().as_bytes() }).encode(&mut body).unwrap();
        bench.push(Port::EDGE, &frame(Kind::Pair, &body[..length]));
        bench.run(1);
        answered += usize::from(bench.edge.paired.take().is_some());
    }
    assert!((40..=52).contains(&answered), "{answered} of 80 at once");
}
