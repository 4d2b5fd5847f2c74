//! `nano cap derive`: a weaker capability, made without asking anybody.

use super::{from_hex, read, root_file, text, write_secret};
use crate::arguments::CapDerive;
use crate::failure::Failure;
use nano_caps::{ANY, FrameBuilder, Identity, Right, Rights};
use std::time::{SystemTime, UNIX_EPOCH};

/// Derives one frame.
pub fn derive(arguments: &CapDerive) -> Result<u8, Failure> {
    let parent = match (&arguments.parent, &arguments.device) {
        (Some(parent), None) => read(parent)?,
        (None, Some(device)) => {
            let file = root_file(device)?;
            match (file.exists(), crate::owner::root(device)?) {
                (true, _) => read(&format!("@{}", file.display()))?,
                (false, Some(root)) => root,
                (false, None) => {
                    return Err(Failure::with_hint(
                        format!("there is no root of '{device}' ({})", file.display()),
                        format!("go to the project whose `nano dev` runs it, or make one: nano cap new {device}"),
                    ));
                }
            }
        }
        _ => return Err(Failure::with_hint("one parent is needed", "give a capability, @FILE, or --device NAME")),
    };
    let rights = rights(arguments)?;
    let mut frame = FrameBuilder::new();
    let narrows =
        arguments.readonly || !arguments.rights.is_empty() || arguments.ns.is_some() || arguments.woof.is_some();
    if let Some(identity) = &arguments.identity {
        frame = frame.ident(Identity(from_hex(identity)?));
    }
    if narrows {
        frame = frame.narrow(parent.body(), arguments.ns.unwrap_or(ANY), arguments.woof.unwrap_or(ANY), rights);
    }
    if let Some(life) = &arguments.expires {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let until = now.saturating_add(crate::time::duration(life)?.as_secs());
        let until = u32::try_from(until).map_err(|_| Failure::usage(format!("'{life}' ends after the year 2106")))?;
        frame = frame.expires(until);
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
    if arguments.sealed {
        frame = frame.sealed();
    }
    let weaker = |error: nano_caps::Error| {
        Failure::with_hint(
            format!("this can't be derived: {error}"),
            "restrict it by at least one of --readonly, --ns, --woof, --rights, --expires, --lane, --requires, --sealed",
        )
    };
    let capability = frame.build().and_then(|frame| parent.derive(&frame)).map_err(weaker)?;
    let written = text(&capability)?;
    match &arguments.output {
        Some(path) => {
            write_secret(path, &format!("{written}\n"))?;
            anstream::eprintln!("written to {} (mode 0600)", path.display());
        }
        None => println!("{written}"),
    }
    Ok(0)
}

fn rights(arguments: &CapDerive) -> Result<Rights, Failure> {
    let mut bits = 0;
    for name in &arguments.rights {
        let right =
            Right::from_name(&name.to_ascii_uppercase()).or_else(|| Right::from_name(name)).ok_or_else(|| {
                let names: Vec<String> = Right::ALL.iter().map(|right| right.name().to_ascii_lowercase()).collect();
                Failure::with_hint(
                    format!("there is no right '{name}'"),
                    format!("the rights are: {}", names.join(", ")),
                )
            })?;
        bits |= Rights::from(right).bits();
    }
    if arguments.rights.is_empty() {
        bits = Rights::ALL.bits();
    }
    if arguments.readonly {
        bits &= Rights::from(Right::Get).bits() | Rights::from(Right::Stat).bits();
    }
    Ok(Rights::from_bits(bits))
}
