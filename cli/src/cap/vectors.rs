//! `nano cap vectors`: test vectors of the format, made by this implementation.

use super::hex;
use crate::failure::Failure;
use nano_caps::{ANY, DeviceId, DeviceKey, FrameBuilder, KeyRing, Op, Request, Right, Rights, Sequence};

/// Prints them as JSON: keys that count upwards, a root, a derivation, a bound request.
pub fn vectors() -> Result<u8, Failure> {
    let internal = |error: nano_caps::Error| Failure::Internal(anyhow::anyhow!("{error}"));
    let key: [u8; 32] = std::array::from_fn(|index| index as u8);
    let id = [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77];
    let mut ring = KeyRing::new(DeviceKey::new(key), DeviceId(id), 0);
    ring.enable(0).map_err(internal)?;
    let everything = FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().map_err(internal)?;
    let root = ring.root(0, &everything).map_err(internal)?;
    let rights = Rights::from_bits(
        Rights::from(Right::Get).bits() | Rights::from(Right::Put).bits() | Rights::from(Right::Stat).bits(),
    );
    let app = FrameBuilder::new().grant(1, ANY, rights).expires(1_800_000_000).build().map_err(internal)?;
    let app = root.derive(&app).map_err(internal)?;
    let read = FrameBuilder::new().grant(1, 2, Right::Get.into()).lane(3).build().map_err(internal)?;
    let read = app.derive(&read).map_err(internal)?;
    let request = Request {
        op: Op::Get,
        lane: 3,
        seq: Sequence::new(1_790_000_000_123, 0),
        ns: 1,
        woof: 2,
        payload: &0u32.to_le_bytes(),
        wide_tag: false,
    };
    let mut wire = [0; 512];
    let bound = request.bind(&[read.token()], &mut wire).map_err(internal)?;
    println!(
        "{}",
        serde_json::json!({"k_device": hex(&key), "device_id": hex(&id), "root": hex(root.stored()), "app": hex(app.stored()),
            "ro": hex(read.stored()), "req_get": hex(wire.get(..bound.len).unwrap_or_default())})
    );
    Ok(0)
}
