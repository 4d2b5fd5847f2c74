//! `nano cap derive`: a weaker capability, made without asking anybody.

use super::arguments::Derive;
use super::{describe, device, from_hex, read, store};
use crate::failure::Failure;
use nano_caps::{ANY, Capability, Error, FrameBuilder, Identity, LaneRule, Right, Rights};
use std::time::{SystemTime, UNIX_EPOCH};

/// Derives one frame.
pub fn derive(arguments: &Derive) -> Result<u8, Failure> {
    let (parent, name) = match (&arguments.parent, &arguments.device) {
        (Some(parent), None) => (read(parent)?, "capability"),
        // Then the device only says where names are looked up.
        (Some(parent), Some(device)) => (read(parent)?, device.as_str()),
        (None, Some(device)) => (device::owned(device)?.root, device.as_str()),
        (None, None) => {
            return Err(Failure::with_hint("a parent is needed", "give a capability, @FILE, or --device NAME"));
        }
    };
    if let (Some(address), Some(identity)) = (&arguments.ask, &arguments.identity) {
        let until = arguments.expires.as_deref().map_or(Ok(u32::MAX), from_now)?;
        let (ns, woof) = granted_right(&parent, Right::MintId).ok_or_else(|| {
            Failure::with_hint("the capability lacks the right MINTID", "ask who gave it to you for one that has it")
        })?;
        let minted = device::connect(address, parent)?.mint(ns, woof, Identity(from_hex(identity)?), until)?;
        return store::hand_out(&minted, name, &arguments.into);
    }
    if !arguments.restricts() {
        return Err(Failure::with_hint(
            "what is derived has to be restricted by something",
            "add one of --readonly, --ns, --woof, --rights, --grant, --expires, --not-before, --lane, --requires, --identity, \
            --max-len, --min-gap, --sealed",
        ));
    }
    let (ns, woof) = object(arguments)?;
    let narrows = arguments.readonly || !arguments.rights.is_empty() || (ns, woof) != (ANY, ANY);
    let mut frame = FrameBuilder::new();
    if let Some(identity) = &arguments.identity {
        frame = frame.ident(Identity(from_hex(identity)?));
    }
    for grant in &arguments.grant {
        let (ns, woof, rights) = granted(grant, arguments)?;
        frame = frame.grant(ns, woof, rights);
    }
    if narrows {
        frame = frame.narrow(parent.body(), ns, woof, rights(arguments)?);
    } else if arguments.identity.is_some() && arguments.grant.is_empty() {
        // Who finds an identity is nobody by it alone.
        frame = frame.grant(ANY, ANY, Rights::NONE);
    }
    let until = arguments.expires.as_deref().map(from_now).transpose()?;
    if let Some(until) = until {
        frame = frame.expires(until);
    }
    if let Some(wait) = &arguments.not_before {
        frame = frame.not_before(from_now(wait)?);
    }
    if let Some(lane) = arguments.lane {
        frame = frame.lane(lane);
    }
    if let Some(identity) = &arguments.requires {
        frame = frame.requires(Identity(from_hex(identity)?));
    }
    if let Some(bytes) = arguments.max_len {
        frame = frame.max_len(bytes);
    }
    if let Some(gap) = &arguments.min_gap {
        let ms = u16::try_from(crate::time::duration(gap)?.as_millis()).ok().filter(|ms| *ms > 0);
        frame = frame.min_gap(ms.ok_or_else(|| Failure::usage(format!("'{gap}' is no gap: 1ms to 65s")))?);
    }
    if arguments.sealed {
        frame = frame.sealed();
    }
    let capability = frame.build().and_then(|frame| parent.derive(&frame)).map_err(refused)?;
    let summary = capability.body().summary();
    if let Some(why) = describe::unusable(&summary) {
        let error = format!("this can't be derived: {why}, so it could never be used");
        return Err(Failure::with_hint(error, "nano cap inspect shows what the parent says"));
    }
    for widening in capability.body().widenings() {
        anstream::eprintln!("warning: {}", describe::widening(&widening));
    }
    if let (Some(asked), Some(until)) = (until, summary.expires)
        && until < asked
    {
        anstream::eprintln!("warning: it ends when its parent does: {}", describe::time(until.into()));
    }
    left_out(&capability, arguments)?;
    // An identity is shown beside a capability whose lane counts.
    if summary.lane == LaneRule::Default && arguments.identity.is_none() {
        anstream::eprintln!(
            "note: it goes in lane 0, the owner's, whose numbers move the device's clock; for somebody else add --lane 1 to 7"
        );
    }
    store::hand_out(&capability, name, &arguments.into)
}

/// Says which of the rights that were named the parent did not have to give.
fn left_out(capability: &Capability, arguments: &Derive) -> Result<(), Failure> {
    let given =
        capability.body().frames().last().into_iter().flat_map(|frame| frame.grants().map(|grant| grant.rights));
    let given = given.fold(Rights::NONE, |all, rights| all | rights);
    for name in &arguments.rights {
        let wanted = right(name)?;
        if arguments.readonly && !matches!(wanted, Right::Get | Right::Stat) {
            anstream::eprintln!("warning: {name} is left out: --readonly");
        } else if !given.has(wanted) {
            anstream::eprintln!("warning: {name} is left out: the parent does not allow it there");
        }
    }
    Ok(())
}

impl Derive {
    /// Whether anything is asked for that the parent does not say already.
    fn restricts(&self) -> bool {
        let grants = self.readonly || !self.rights.is_empty() || !self.grant.is_empty();
        let objects = self.ns.is_some() || self.woof.is_some();
        let times = self.expires.is_some() || self.not_before.is_some() || self.min_gap.is_some();
        let others =
            self.lane.is_some() || self.requires.is_some() || self.identity.is_some() || self.max_len.is_some();
        grants || objects || times || others || self.sealed
    }
}

/// An object on which the capability has a right: it may be granted on one only.
pub fn granted_right(capability: &Capability, right: Right) -> Option<(u16, u16)> {
    let body = capability.body();
    let mut objects = body.frames().flat_map(|frame| frame.grants()).map(|grant| (grant.ns, grant.woof));
    objects.find(|(ns, woof)| body.rights(*ns, *woof).has(right))
}

fn refused(error: Error) -> Failure {
    let hint = match error {
        Error::Nothing => "what is asked for must be part of what the parent allows: nano cap inspect",
        Error::Sealed => "ask who gave it to you for another one",
        Error::SelfMinted => "an identity is given by who holds MINTID, not asserted by oneself",
        Error::FrameCount => "flatten the parent first: nano cap flatten",
        Error::FrameSize => "a frame holds 254 bytes, a grant takes 7: name fewer objects",
        Error::TooManyIdentities => "a request brings and requires four at most: nano cap inspect shows those it has",
        _ => "nano cap inspect shows the parent",
    };
    Failure::with_hint(format!("this can't be derived: it {error}"), hint)
}

/// The unix second that is so far ahead: 30s, 10m, 1h, 7d.
pub fn from_now(text: &str) -> Result<u32, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let wait = crate::time::duration(text)?;
    if wait.as_secs() == 0 {
        return Err(Failure::with_hint(
            format!("'{text}' is over at once"),
            "capabilities count whole seconds: 1s or more",
        ));
    }
    let at = now.saturating_add(wait.as_secs());
    u32::try_from(at).map_err(|_| Failure::usage(format!("'{text}' ends after the year 2106")))
}

/// Handles by number, or by name on the device.
fn object(arguments: &Derive) -> Result<(u16, u16), Failure> {
    let ns = match arguments.ns.as_deref() {
        None => ANY,
        Some(text) => match handle(text)? {
            Some(ns) => ns,
            None => named(text, arguments)?.0,
        },
    };
    match arguments.woof.as_deref() {
        None => Ok((ns, ANY)),
        Some(text) => match handle(text)? {
            Some(woof) => Ok((ns, woof)),
            None if text.contains('/') => named(text, arguments),
            None => Err(Failure::with_hint(format!("'{text}' is no handle"), "write NAMESPACE/NAME, or a number")),
        },
    }
}

/// A handle, where the text is a number.
fn handle(text: &str) -> Result<Option<u16>, Failure> {
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_digit()) {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Failure::usage(format!("'{text}' is no handle: 0 to 65534, and 65535 for any")))
}

/// `RIGHTS@OBJECT`.
fn granted(text: &str, arguments: &Derive) -> Result<(u16, u16, Rights), Failure> {
    let hint = "write RIGHTS@any, RIGHTS@NAMESPACE/any or RIGHTS@NAMESPACE/NAME, for example get,stat@app/light";
    let (rights, object) =
        text.split_once('@').ok_or_else(|| Failure::with_hint(format!("'{text}' grants nothing on anything"), hint))?;
    let rights: Rights = rights.split(',').map(right).collect::<Result<_, _>>()?;
    if object == "any" {
        return Ok((ANY, ANY, rights));
    }
    let (ns, woof) = object
        .split_once('/')
        .ok_or_else(|| Failure::with_hint(format!("'{object}' is no object of a device"), hint))?;
    let number = |text: &str| if text == "any" { Ok(Some(ANY)) } else { handle(text) };
    if let (Some(ns), Some(woof)) = (number(ns)?, number(woof)?) {
        return Ok((ns, woof, rights));
    }
    let (ns, woof) = if woof == "any" { (named(ns, arguments)?.0, ANY) } else { named(object, arguments)? };
    Ok((ns, woof, rights))
}

/// Handles of a name on the device.
fn named(name: &str, arguments: &Derive) -> Result<(u16, u16), Failure> {
    let device = arguments.device.as_deref().ok_or_else(|| {
        Failure::with_hint(format!("'{name}' is a name, and of no device"), "add --device NAME, or give the handle")
    })?;
    device::handles(&device::logs(device, &arguments.at, None)?, name)
}

fn rights(arguments: &Derive) -> Result<Rights, Failure> {
    let mut rights = if arguments.rights.is_empty() { Rights::ALL } else { Rights::NONE };
    for name in &arguments.rights {
        rights = rights | right(name)?;
    }
    Ok(if arguments.readonly { rights & (Right::Get | Right::Stat) } else { rights })
}

/// A right, or operation, by name.
pub fn right(name: &str) -> Result<Right, Failure> {
    Right::from_name(name.trim()).ok_or_else(|| {
        let names: Vec<String> = Right::ALL.iter().map(|right| right.name().to_ascii_lowercase()).collect();
        Failure::with_hint(
            format!("there is no right or operation '{name}'"),
            format!("they are: {}", names.join(", ")),
        )
    })
}
