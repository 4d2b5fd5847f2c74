//! `nano cap verify`: is it derived from this device's secret, and alive?

use super::arguments::Verify;
use super::{bind, device, internal, read};
use crate::failure::Failure;
use nano_caps::{Capability, Op, Refusal, Request, Sequence, Silence, SlotKeys, Unrevoked, Verifier};

/// What a device's verifier makes of a capability, whatever it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Derived from the device's secret, and not revoked.
    Alive,
    /// Derived from it, and revoked.
    Revoked,
    /// Not derived from it.
    Forged,
}

/// Binds a request with it and lets the device's own verifier judge the tag.
pub fn standing(capability: &Capability, owned: &device::Owned) -> Result<Standing, Failure> {
    let now_ms = 1_800_000_000_000;
    let request = Request {
        op: Op::Get,
        // One that can be used in no lane is judged in any.
        lane: bind::lane(capability).unwrap_or(0),
        seq: Sequence::new(now_ms, 0),
        ns: 0,
        woof: 0,
        payload: &[],
        wide_tag: true,
    };
    let mut wire = vec![0; nano_caps::MAX_STORED + 64];
    let bound = request.bind(&[capability.token()], &mut wire).map_err(internal)?;
    wire.truncate(bound.len);
    fn silence(keys: &impl SlotKeys, wire: &[u8], now_ms: u64) -> Option<Silence> {
        match Verifier::boot(None, now_ms, 0).verify(keys, wire, 0, |_| true) {
            Err(Refusal::Silent(why)) => Some(why),
            // Any answer means that the tag is right: what it allows is `inspect`'s business.
            _ => None,
        }
    }
    let ever = Unrevoked { device: owned.identity.key, id: owned.identity.id };
    if silence(&ever, &wire, now_ms).is_some() {
        return Ok(Standing::Forged);
    }
    Ok(if silence(&owned.ring, &wire, now_ms).is_some() { Standing::Revoked } else { Standing::Alive })
}

/// Says which it is.
pub fn verify(arguments: &Verify) -> Result<u8, Failure> {
    let capability = read(&arguments.capability)?;
    let standing = standing(&capability, &device::owned(&arguments.device)?)?;
    let (word, text) = match standing {
        Standing::Alive => ("alive", format!("authentic: derived from the secret of '{}'", arguments.device)),
        Standing::Revoked => {
            ("revoked", format!("revoked: derived from the secret of '{}', and dead there", arguments.device))
        }
        Standing::Forged => ("forged", format!("not authentic: not derived from the secret of '{}'", arguments.device)),
    };
    if arguments.json {
        println!("{}", serde_json::json!({"device": arguments.device, "standing": word}));
    } else {
        anstream::println!("{text}");
    }
    Ok(u8::from(standing != Standing::Alive))
}
