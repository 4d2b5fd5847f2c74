//! The published vectors of the capability format, made on this core: `name digits` a line, then what the verifier makes of
//! the requests among them.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write;
use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, Error, Exchange, FrameBuilder, Identity, KeyRing, Op, Request, Right, Rights,
    Sequence, SlotKeys, Status, Verifier, epoch_key,
};
use nano_lx106::simulator::Console;

const NOW_MS: u64 = 1_790_000_000_000;
const MS: u64 = NOW_MS + 123;

/// Prints them.
pub fn run() {
    if let Err(error) = make() {
        let _ = writeln!(Console, "error {error:?}");
    }
}

fn put(name: &str, bytes: &[u8]) {
    let _ = write!(Console, "{name} ");
    for byte in bytes {
        let _ = write!(Console, "{byte:02x}");
    }
    let _ = writeln!(Console);
}

fn make() -> Result<(), Error> {
    let key = DeviceKey::new(core::array::from_fn(|index| index as u8));
    let id = DeviceId([0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]);
    let identity = Identity([0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8]);
    let mut ring = KeyRing::new(key, id, 0);
    ring.enable(0)?;
    put("k_epoch", epoch_key(&key, id, 0).as_bytes());
    put("k_slot", ring.slot_key(ring.header(0)?).ok_or(Error::Slot)?.as_bytes());
    let root = ring.root(0, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build()?)?;
    let rights = Right::Get | Right::Put | Right::Stat;
    let app = root.derive(&FrameBuilder::new().grant(1, ANY, rights).expires(1_800_000_000).build()?)?;
    let read = app.derive(&FrameBuilder::new().grant(1, 2, Right::Get.into()).lane(3).build()?)?;
    let who = root.derive(&FrameBuilder::new().grant(ANY, ANY, Rights::NONE).ident(identity).build()?)?;
    let conditional = read.derive(&FrameBuilder::new().requires(identity).build()?)?;
    for (name, capability) in [("root", &root), ("app", &app), ("ro", &read), ("ident", &who), ("cond", &conditional)] {
        put(name, capability.stored());
    }
    let get =
        Request { op: Op::Get, lane: 3, seq: Sequence::new(MS, 0), ns: 1, woof: 2, payload: &[0; 4], wide_tag: false };
    let two = Request { seq: Sequence::new(MS, 1), wide_tag: true, ..get };
    let (request, exchange) = bind(&get, &[&read])?;
    put("req_get", &request);
    put("req_get_fulltag", &get.full_tag(&[read.token()])?);
    let mut answer = [0; 64];
    let length = exchange.respond(Status::Ok, 41, &[1, 2, 3, 4], &mut answer)?;
    put("resp_ok", &answer[..length]);
    exchange.open(&answer[..length])?;
    let length = exchange.respond(Status::SeqLow, Sequence::new(NOW_MS + 5000, 0).0, &[], &mut answer)?;
    put("resp_seq_low", &answer[..length]);
    let (both, _) = bind(&two, &[&conditional, &who])?;
    put("req_two", &both);
    let mut verifier = Verifier::boot(None, NOW_MS, 0);
    let mut accepted = 0;
    for request in [&request, &both] {
        accepted += usize::from(verifier.verify(&ring, request, 0, |_| true).is_ok());
    }
    let _ = writeln!(Console, "accepted {accepted}");
    Ok(())
}

fn bind(request: &Request<'_>, capabilities: &[&Capability]) -> Result<(Vec<u8>, Exchange), Error> {
    let tokens: Vec<_> = capabilities.iter().map(|capability| capability.token()).collect();
    let mut wire = vec![0; 256];
    let bound = request.bind(&tokens, &mut wire)?;
    wire.truncate(bound.len);
    Ok((wire, bound.exchange))
}
