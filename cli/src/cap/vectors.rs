//! `nano cap vectors`: test vectors of the format, made by this implementation.

use super::{hex, internal, text};
use crate::failure::Failure;
use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, FrameBuilder, Identity, KeyRing, Op, Pairing, Request, Right, Rights,
    Sequence, SlotKeys as _, Status, epoch_key,
};
use serde_json::{Map, Value};

const MS: u64 = 1_790_000_000_123;

/// Prints them as JSON: keys that count upwards, capabilities derived from each other, requests and answers.
pub fn vectors() -> Result<u8, Failure> {
    println!("{}", Value::Object(made().map_err(internal)?));
    Ok(0)
}

fn made() -> Result<Map<String, Value>, nano_caps::Error> {
    let key = DeviceKey::new(std::array::from_fn(|index| index as u8));
    let id = DeviceId([0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]);
    let identity = Identity([0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8]);
    let mut ring = KeyRing::new(key, id, 0);
    ring.enable(0)?;
    let slot = ring.slot_key(ring.header(0)?).ok_or(nano_caps::Error::Slot)?;
    let root = ring.root(0, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build()?)?;
    let rights = Right::Get | Right::Put | Right::Stat;
    let app = root.derive(&FrameBuilder::new().grant(1, ANY, rights).expires(1_800_000_000).build()?)?;
    let read = app.derive(&FrameBuilder::new().grant(1, 2, Right::Get.into()).lane(3).build()?)?;
    let who = root.derive(&FrameBuilder::new().grant(ANY, ANY, Rights::NONE).ident(identity).build()?)?;
    let conditional = read.derive(&FrameBuilder::new().requires(identity).build()?)?;
    let request = |op, seq, payload, wide_tag| Request { op, lane: 3, seq, ns: 1, woof: 2, payload, wide_tag };
    let (first, second) = (Sequence::new(MS, 0), Sequence::new(MS, 1));
    let zero = 0u32.to_le_bytes();
    let get = request(Op::Get, first, &zero, false);
    let two = request(Op::Get, second, &zero, true);

    let mut out = Map::new();
    let mut put = |name: &str, bytes: &[u8]| out.insert(name.to_string(), hex(bytes).into());
    put("k_device", key.as_bytes());
    put("device_id", &id.0);
    put("k_epoch", epoch_key(&key, id, 0).as_bytes());
    put("k_slot", slot.as_bytes());
    for (name, capability) in [("root", &root), ("app", &app), ("ro", &read), ("ident", &who), ("cond", &conditional)] {
        put(name, capability.stored());
    }
    let (mut wire, mut answer) = ([0; 512], [0; 512]);
    let mut sent = |request: &Request<'_>, capabilities: &[&Capability], encrypt: bool| {
        let tokens: Vec<_> = capabilities.iter().map(|capability| capability.token()).collect();
        let bound =
            if encrypt { request.bind_encrypted(&tokens, &mut wire)? } else { request.bind(&tokens, &mut wire)? };
        Ok((wire.get(..bound.len).unwrap_or_default().to_vec(), bound.exchange))
    };
    let (bytes, exchange) = sent(&get, &[&read], false)?;
    put("req_get", &bytes);
    put("req_get_fulltag", &get.full_tag(&[read.token()])?);
    let mut answered = |exchange: &nano_caps::Exchange, status, rseq, payload: &[u8]| {
        let length = exchange.respond(status, rseq, payload, &mut answer)?;
        Ok(answer.get(..length).unwrap_or_default().to_vec())
    };
    put("resp_ok", &answered(&exchange, Status::Ok, 41, &[1, 2, 3, 4])?);
    put("resp_seq_low", &answered(&exchange, Status::SeqLow, Sequence::new(1_790_000_005_000, 0).0, &[])?);
    put("req_two", &sent(&two, &[&conditional, &who], false)?.0);
    // Beyond what the reference makes: encryption, flattening, pairing, the text form.
    let (bytes, exchange) = sent(&get, &[&read], true)?;
    put("req_get_encrypted", &bytes);
    put("resp_encrypted", &answered(&exchange, Status::Ok, 41, &[1, 2, 3, 4])?);
    let (bytes, exchange) = sent(&request(Op::Flatten, first, &[], true), &[&read], false)?;
    put("req_flatten", &bytes);
    let mut payload = [0; nano_caps::MAX_FLATTENED];
    let length = exchange.answer_flatten(&slot, read.body(), &mut payload)?;
    put("resp_flatten", &answered(&exchange, Status::Ok, 0, payload.get(..length).unwrap_or_default())?);
    put("flat", Capability::flatten_root(&slot, read.body())?.stored());
    let pairing = Pairing::new(root.token(), [1; 8], [2; 8]);
    put("pairing_device", &pairing.device_proof());
    put("pairing_edge", &pairing.edge_proof());
    out.insert("root_text".to_string(), text(&root).unwrap_or_default().into());
    Ok(out)
}
