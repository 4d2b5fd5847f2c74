//! Hands a device that is awake what waited for it, over the link that the two have paired on.
//!
//! The device is entrusted with a capability under the edge's key, shows it, and from then on gets its requests one after
//! the other, in the order they came; its answers name the place of their request, so that nobody else's is taken for one.

use std::time::{Duration, Instant};

use nano_edge::Waiter;

use crate::uplink::EdgePort;

/// How often it is looked whether the device is still here.
const LOOK: Duration = Duration::from_millis(200);
/// How long an answer is waited for before the same request goes out again; a link may lose either.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often.
const ATTEMPTS: u32 = 2;
/// How long a device may take to show its capability, and how often it is asked to.
const TRUST: (Duration, u32) = (Duration::from_millis(500), 4);
/// A device that stays awake is asked again after so long what it was silent to.
const AGAIN: Duration = Duration::from_secs(10);

/// How one request went.
enum Went {
    /// It has its answer, or its time is over.
    Over,
    /// The device is here and says nothing.
    Silent,
    /// The device is not here, or does not know this edge.
    Away,
}

/// Asks the device, one request after the other, what has been asked of it in its absence and what is asked while it is
/// here; returns when it goes, or with what it can't go on without.
pub fn hand_over(
    port: &EdgePort,
    tell: &mut dyn FnMut(u8, &[u8]),
    is_here: &dyn Fn() -> bool,
) -> Result<(), nano_woof::Error> {
    let (waiting, name) = (port.edge().waiting(), port.device());
    let (mut after, mut round) = (0, Instant::now());
    while is_here() {
        // Behind `after` is only what it was silent to.
        if round.elapsed() >= AGAIN {
            (after, round) = (0, Instant::now());
        }
        let Some(waiter) = waiting.next(name, after, LOOK)? else { continue };
        match hand(port, &waiter, tell, is_here)? {
            Went::Over => {}
            Went::Silent => {
                waiting.answered(name, waiter.number, None)?;
                after = waiter.number;
            }
            Went::Away => std::thread::sleep(LOOK),
        }
    }
    Ok(())
}

fn hand(
    port: &EdgePort,
    waiter: &Waiter,
    tell: &mut dyn FnMut(u8, &[u8]),
    is_here: &dyn Fn() -> bool,
) -> Result<Went, nano_woof::Error> {
    if !port.is_taking() && !trust(port, tell, is_here) {
        return Ok(Went::Away);
    }
    for _ in 0..ATTEMPTS {
        if !is_here() {
            return Ok(Went::Away);
        }
        port.hand(waiter, tell);
        if port.edge().waiting().is_over_within(port.device(), waiter.number, PATIENCE)? {
            return Ok(Went::Over);
        }
    }
    // Is it the request that it does not answer, or does it not hear? Asked for its capability it says so.
    port.doubt();
    Ok(if trust(port, tell, is_here) { Went::Silent } else { Went::Away })
}

/// Has the device show its capability; whether it has.
fn trust(port: &EdgePort, tell: &mut dyn FnMut(u8, &[u8]), is_here: &dyn Fn() -> bool) -> bool {
    let (patience, attempts) = TRUST;
    for attempt in 0..attempts {
        if !is_here() {
            return false;
        }
        // A device that has begun anew knows nothing of the pairing before.
        if attempt % 2 == 1 || !port.entrust(tell) {
            port.ask_to_pair(tell);
        }
        if port.is_taking_within(patience) {
            return true;
        }
    }
    false
}
