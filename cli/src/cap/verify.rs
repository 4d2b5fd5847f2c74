//! `nano cap verify`: is it derived from this device's secret?

use super::{from_hex, read, secret_file};
use crate::arguments::CapVerify;
use crate::failure::Failure;
use nano_caps::{DeviceId, DeviceKey, KeyRing, Op, Request, Sequence, Verifier};

/// Binds a request with it and lets the device's own verifier judge the tag.
pub fn verify(arguments: &CapVerify) -> Result<u8, Failure> {
    let capability = read(&arguments.capability)?;
    let file = secret_file(&arguments.device)?;
    let text = crate::load::read(&file)?;
    let (key, id) =
        text.trim().split_once(' ').ok_or_else(|| Failure::usage(format!("{} is damaged", file.display())))?;
    let internal = |error: nano_caps::Error| Failure::Internal(anyhow::anyhow!("{error}"));
    let mut ring = KeyRing::new(DeviceKey::new(from_hex(key)?), DeviceId(from_hex(id)?), 0);
    for slot in 0..16 {
        ring.enable(slot).map_err(internal)?;
    }
    let now_ms = 1_800_000_000_000;
    let lane =
        capability.body().frames().flat_map(|frame| frame.entries().collect::<Vec<_>>()).find_map(
            |entry| match entry {
                nano_caps::Entry::Lane(lane) => Some(lane),
                _ => None,
            },
        );
    let request = Request {
        op: Op::Get,
        lane: lane.unwrap_or(0),
        seq: Sequence::new(now_ms, 0),
        ns: 0,
        woof: 0,
        payload: &[],
        wide_tag: true,
    };
    let mut wire = [0; 4096];
    let bound = request.bind(&[capability.token()], &mut wire).map_err(internal)?;
    let mut verifier = Verifier::boot(None, now_ms, 0);
    let bytes = wire.get(..bound.len).unwrap_or_default();
    // Any answer but silence means that the tag is right: what it allows is `inspect`'s business.
    let authentic = !matches!(verifier.verify(&ring, bytes, 0, |_| true), Err(nano_caps::Refusal::Silent(_)));
    if authentic {
        anstream::println!("authentic: derived from the secret of '{}'", arguments.device);
        Ok(0)
    } else {
        anstream::println!("not authentic: not derived from the secret of '{}', or revoked", arguments.device);
        Ok(1)
    }
}
