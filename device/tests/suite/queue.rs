//! What waited at the edge: taken and answered with the capability that the edge has entrusted the device with, and not without.

use crate::bench::{Bench, CONFIG};
use crate::gate::{pair, revoke, say};
use nano_caps::{
    Capability, DeviceId, DeviceKey, FrameBuilder, KeyRing, Op, RequestView, Right, Session, Status, Verifier,
};
use nano_device::{Config, Port};
use nano_wire::message::operation::Revocation;
use nano_wire::message::queue::{ANSWERS, REQUESTS};
use nano_wire::message::{Entrust, Kind, Message};

/// The edge's own keys, and what it makes for device 3.
fn edge() -> (KeyRing, Capability) {
    let mut keys = KeyRing::new(DeviceKey::new([0xED; 32]), DeviceId([0xED; 8]), 0);
    keys.enable(1).unwrap();
    let frame = FrameBuilder::new().grant(REQUESTS, 3, Right::Get.into()).grant(ANSWERS, 3, Right::Put.into());
    let capability = keys.root(1, &frame.build().unwrap()).unwrap();
    (keys, capability)
}

/// The message that entrusts the device with a capability, on the link there is.
fn entrust(bench: &mut Bench, capability: &Capability, session: Session) -> Vec<u8> {
    let token = capability.token();
    let masked = *session.mask(token.body, &token.key).as_bytes();
    let mut body = vec![0; 256];
    let length = Message::Entrust(Entrust { masked, body: token.body.as_bytes() }).encode(&mut body).unwrap();
    bench.edge.say(Kind::Entrust, &body[..length])
}

fn hand(bench: &mut Bench, place: u64, request: &[u8]) {
    let sealed = bench.edge.say(Kind::Request, &[&place.to_le_bytes()[..], request].concat());
    bench.push(Port::EDGE, &sealed);
    bench.run(1000);
}

fn paired() -> Bench {
    let mut bench = Bench::with(Config { pairing: true, ..CONFIG });
    pair(&mut bench);
    bench
}

#[test]
fn a_device_takes_and_answers_with_what_its_edge_has_entrusted_it_with() {
    let mut bench = paired();
    let (ns, light) = bench.light();
    let (keys, capability) = edge();
    let session = bench.edge.session.unwrap();
    let message = entrust(&mut bench, &capability, session);
    bench.push(Port::EDGE, &message);
    bench.run(1000);
    // At once it shows that it may take what waits.
    let mut verifier = Verifier::boot(None, 0, 0);
    let taken = bench.edge.queue.pop().unwrap();
    let verified = verifier.verify(&keys, &taken, 0, |_| true).unwrap();
    assert_eq!((verified.op, verified.ns, verified.woof, verified.payload), (Op::Get, REQUESTS, 3, &[][..]));

    let client = bench.root.derive(&FrameBuilder::new().grant(ns, light, Right::Put.into()).build().unwrap());
    let (request, exchange) = bench.bind(&client.unwrap(), Op::Put, ns, light, b"[7]");
    for again in [false, true] {
        hand(&mut bench, 41, &request);
        let brought = bench.edge.queue.pop().unwrap();
        let verified = verifier.verify(&keys, &brought, 0, |_| true).unwrap();
        assert_eq!((verified.op, verified.ns, verified.woof), (Op::Put, ANSWERS, 3));
        let (answer, place) = verified.payload.split_last_chunk().unwrap();
        assert_eq!(u64::from_le_bytes(*place), 41);
        let answer = exchange.open(answer).unwrap();
        assert_eq!((answer.status, answer.rseq), (Status::Ok, 1), "the same again executes nothing: {again}");
    }
    assert_eq!(bench.tail(ns, light, 9).len(), 1);
    assert!(
        bench.responses.get(&Port::EDGE).is_none_or(std::collections::VecDeque::is_empty),
        "it is nobody else's answer"
    );
    // Its asker's capability decides: one that may not is refused, one that is forged gets nothing.
    let reader = bench.root.derive(&FrameBuilder::new().grant(ns, light, Right::Get.into()).build().unwrap());
    let (request, exchange) = bench.bind(&reader.unwrap(), Op::Put, ns, light, b"[8]");
    hand(&mut bench, 42, &request);
    let brought = bench.edge.queue.pop().unwrap();
    let view = RequestView::parse(&brought).unwrap();
    assert_eq!(exchange.open(&view.payload[..view.payload.len() - 8]).unwrap().status, Status::Denied);
    let mut forged = request;
    *forged.last_mut().unwrap() ^= 1;
    hand(&mut bench, 43, &forged);
    assert!(bench.edge.queue.is_empty());
    // What comes from elsewhere meanwhile is answered where it came from.
    bench.must(Op::Stat, ns, light, &[0, 0, 0]);
    assert!(bench.edge.queue.is_empty());
}

#[test]
fn it_takes_nothing_of_who_is_not_its_edge() {
    let mut bench = paired();
    let (ns, light) = bench.light();
    let (_, capability) = edge();
    let root = bench.root.clone();
    let (request, _) = bench.bind(&root, Op::Put, ns, light, b"[7]");
    let noises = |bench: &Bench| bench.outside.borrow().trace.iter().filter(|line| line.contains("noise")).count();
    // Before it was entrusted with anything.
    hand(&mut bench, 1, &request);
    assert_eq!((noises(&bench), bench.edge.queue.len()), (1, 0));
    // In the clear, though the right mask is on the key; in a session that is not this one; what is no capability.
    let session = bench.edge.session.take().unwrap();
    let clear = entrust(&mut bench, &capability, session);
    bench.push(Port::EDGE, &clear);
    bench.run(1000);
    assert_eq!(noises(&bench), 2);
    say(&mut bench, &Message::Entrust(Entrust { masked: [0; 16], body: capability.body().as_bytes() }));
    assert_eq!(noises(&bench), 3);
    bench.edge.session = Some(session);
    let own = bench.edge.say(Kind::Entrust, &[9; 20]);
    bench.push(Port::EDGE, &own);
    bench.run(1000);
    // One that names no queue.
    let other = root;
    let message = entrust(&mut bench, &other, session);
    bench.push(Port::EDGE, &message);
    bench.run(1000);
    assert_eq!((noises(&bench), bench.edge.queue.len()), (5, 0));
    // Cut short, after it has been entrusted with the right one.
    let message = entrust(&mut bench, &capability, session);
    bench.push(Port::EDGE, &message);
    bench.run(1000);
    assert_eq!(bench.edge.queue.len(), 1);
    for length in 0..8 {
        let sealed = bench.edge.say(Kind::Request, &[1, 2, 3, 4, 5, 6, 7][..length.min(7)]);
        bench.push(Port::EDGE, &sealed);
    }
    bench.run(1000);
    assert_eq!((noises(&bench), bench.edge.queue.len()), (13, 1));
    assert!(bench.tail(ns, light, 9).is_empty());
    // The owner ends it: with the edge's slot goes the link, and with the link the queue.
    revoke(&mut bench, &Revocation::Slot(1));
    let sealed = bench.edge.say(Kind::Request, &[&1_u64.to_le_bytes()[..], &request].concat());
    bench.push(Port::EDGE, &sealed);
    bench.run(1000);
    assert_eq!(bench.edge.queue.len(), 1);
}
