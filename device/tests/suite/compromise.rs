//! What the gate leaves to who holds little, or the wrong thing: every operation without its right, and an edge that has
//! been taken over and knows all that the edge knows.

use crate::bench::{Bench, CONFIG, Code};
use crate::gate::{pair, revoke, root_of};
use nano_caps::{ANY, Capability, FrameBuilder, Op, Right, Rights, Sequence, Status};
use nano_device::Config;
use nano_wire::message::operation::{Install, Refused, Revocation, SequenceFix};

fn with(root: &Capability, rights: Rights) -> Capability {
    root.derive(&FrameBuilder::new().grant(ANY, ANY, rights).build().unwrap()).unwrap()
}

#[test]
fn every_operation_needs_its_own_right_and_no_other() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    let writes = bench.outside.borrow().flash_writes;
    for &op in Right::ALL {
        // The bucket for verifications fills up again.
        bench.run(100_000);
        let others = with(&root, Rights::ALL - Rights::from(op));
        let (status, rseq, payload) = bench.ask(&others, op, ns, woof, b"");
        assert_eq!((status, rseq, payload), (Status::Denied, 0, vec![]), "{op}");
        let (mut request, _) = bench.bind(&root, op, ns, woof, b"");
        *request.last_mut().unwrap() ^= 1;
        assert_eq!(bench.send(&request), None, "{op}");
    }
    assert_eq!(bench.outside.borrow().flash_writes, writes, "nothing was stored");
    assert_eq!(bench.tail(ns, woof, 9), []);
    for &op in Right::ALL {
        bench.run(100_000);
        // It comes to the operation, which may have a reason of its own to refuse, and then says it.
        let (status, _, payload) = bench.ask(&with(&root, op.into()), op, ns, woof, b"");
        assert!(status != Status::Denied || !payload.is_empty(), "{op}");
    }
}

#[test]
fn a_right_on_a_log_is_none_on_the_device() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    let on = |ns, woof| root.derive(&FrameBuilder::new().grant(ns, woof, Rights::ALL).build().unwrap()).unwrap();
    let encoded = |revocation: Revocation<'_>| {
        let mut payload = vec![0; 64];
        let length = revocation.encode(&mut payload).unwrap();
        payload.truncate(length);
        payload
    };
    let mut time = [0; 16];
    let length = SequenceFix::Time(1).encode(&mut time).unwrap();
    let log = [&64_u32.to_le_bytes()[..], &8_u32.to_le_bytes(), &[1, b'x']].concat();
    let asks: [(Op, &[u8]); 6] = [
        (Op::Revoke, &encoded(Revocation::All)),
        (Op::Revoke, &encoded(Revocation::Slot(0))),
        (Op::SeqFix, &time[..length]),
        (Op::MkNs, &[1, b'x']),
        (Op::MkWoof, &log),
        (Op::Update, &[3; 33]),
    ];
    let now_ms = bench.now_ms();
    for (op, payload) in asks {
        bench.run(100_000);
        // The object that it has all rights on, and the whole, on which it has none.
        let (status, _, reason) = bench.ask(&on(ns, woof), op, ns, woof, payload);
        assert_eq!((status, Refused::decode(&reason)), (Status::Denied, Some(Refused::Malformed)), "{op}");
        for object in [(ANY, ANY), (ns, ANY)] {
            let (status, _, reason) = bench.ask(&on(ns, woof), op, object.0, object.1, payload);
            assert_eq!((status, reason), (Status::Denied, vec![]), "{op}");
        }
        // A namespace's holder makes logs in it, and that is all.
        if op != Op::MkWoof {
            let (status, _, reason) = bench.ask(&on(ns, ANY), op, ns, ANY, payload);
            assert_eq!((status, Refused::decode(&reason)), (Status::Denied, Some(Refused::Malformed)), "{op}");
        }
    }
    assert_eq!(bench.ask(&on(ns, ANY), Op::MkWoof, ns, ANY, &log).0, Status::Ok);
    assert!(bench.now_ms() >= now_ms);
    assert_eq!(bench.runtime.objects().namespaces().iter().filter(|namespace| namespace.name == "x").count(), 0);
    assert_eq!(bench.ask(&root, Op::Stat, ns, woof, b"").0, Status::Ok, "nothing was revoked");
}

/// The root the edge gets: of slot 1, without what changes who may do what or which code runs.
fn edge_root() -> Capability {
    let kept = Rights::from(Op::Install) | Right::Update | Right::Revoke | Right::SeqFix;
    with(&root_of(1), Rights::ALL - kept)
}

#[test]
fn a_compromised_edge_gains_no_right_by_what_it_holds() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let edge = edge_root();
    for widened in [edge.clone(), with(&edge, Rights::ALL)] {
        for op in [Op::Install, Op::Update, Op::Revoke, Op::SeqFix] {
            let (status, _, payload) = bench.ask(&widened, op, ns, woof, b"");
            assert_eq!((status, payload), (Status::Denied, vec![]), "{op}");
        }
    }
    // Its key under any other frames or header is no key: every bit of what stands before the key.
    let stored = edge.stored().to_vec();
    for bit in 0..edge.body().as_bytes().len() * 8 {
        let mut forged = stored.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        let Ok(forged) = Capability::parse(&forged) else { continue };
        bench.run(30_000);
        let (request, _) = bench.bind(&forged, Op::Stat, ns, woof, b"");
        assert_eq!(bench.send(&request), None, "bit {bit}");
    }
    assert!(bench.traced("unanswered: Tag") && !bench.traced("Flood"), "for its tag, not because it came too often");
    assert_eq!(bench.ask(&edge, Op::Stat, ns, woof, b"").0, Status::Ok, "and the true one still counts");
}

#[test]
fn a_compromised_edge_only_drops_or_delays_what_it_passes_on() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let (root, edge) = (bench.root.clone(), edge_root());
    let (held, held_exchange) = bench.bind(&root, Op::Put, ns, woof, b"[1]");
    let (passed, exchange) = bench.bind(&root, Op::Put, ns, woof, b"[2]");
    let answer = bench.send(&passed).unwrap();
    assert_eq!(exchange.open(&answer).unwrap().rseq, 1);
    // Sent again it is answered again and not done again; what was held back comes too late.
    assert_eq!(bench.send(&passed).unwrap(), answer);
    let late = bench.send(&held).unwrap();
    assert_eq!(held_exchange.open(&late).unwrap().status, Status::SeqLow);
    // Nor does one answer pass for another, a changed one, or one made with the edge's own key.
    assert!(held_exchange.open(&answer).is_err());
    for bit in 0..answer.len() * 8 {
        let mut bent = answer.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        assert!(exchange.open(&bent).is_err(), "bit {bit}");
    }
    let (_, own) = bench.bind(&edge, Op::Put, ns, woof, b"[2]");
    let mut made = [0; 64];
    let length = own.respond(Status::Ok, 2, b"", &mut made).unwrap();
    assert!(exchange.open(&made[..length]).is_err());
    assert_eq!(bench.tail(ns, woof, 9), [(1, b"[2]".to_vec())]);
}

#[test]
fn a_compromised_edge_that_moves_the_clock_costs_the_owner_one_round() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let (root, edge) = (bench.root.clone(), edge_root());
    let mut ms = bench.now_ms();
    for _ in 0..3 {
        // As far as a number in lane 0 may be ahead, nearly.
        ms += 86_000_000;
        let (request, exchange) = Bench::bind_at(&edge, Op::Stat, ns, woof, b"", Sequence::new(ms, 0));
        assert_eq!(exchange.open(&bench.send(&request).unwrap()).unwrap().status, Status::Ok);
    }
    let (status, time, _) = bench.ask(&root, Op::Stat, ns, woof, b"");
    assert_eq!((status, Sequence(time).ms() >= ms), (Status::SeqLow, true));
    bench.follow(time);
    bench.must(Op::Stat, ns, woof, b"");
}

#[test]
fn a_device_works_on_when_its_compromised_edge_is_revoked() {
    let mut bench = Bench::with(Config { pairing: true, ..CONFIG });
    let log = bench.light();
    pair(&mut bench);
    let code = Code::new("def handler(event, context):\n    return len(event)\n");
    bench.edge.modules.push(code.clone());
    bench.install(log, &Install::Configure(Bench::configuration(&code, "count")));
    bench.run(50_000);
    let edge = edge_root();
    assert_eq!(bench.ask(&edge, Op::Stat, log.0, log.1, b"").0, Status::Ok);
    revoke(&mut bench, &Revocation::Slot(1));
    for capability in [edge.clone(), with(&edge, Right::Stat.into())] {
        let (request, _) = bench.bind(&capability, Op::Stat, log.0, log.1, b"");
        assert_eq!(bench.send(&request), None, "it and all that was derived from it");
    }
    bench.must(Op::Put, log.0, log.1, b"[1, 2]");
    bench.append(log, b"[1, 2]");
    bench.run(50_000);
    assert!(bench.result().ends_with("\"result\": 2}"), "{}", bench.result());
}
