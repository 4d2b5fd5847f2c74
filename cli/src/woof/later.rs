//! Reading and writing logs of a device that sleeps: the request waits at its edge.

use super::{address, device};
use crate::arguments::{Woof, WoofCommand};
use crate::cap;
use crate::failure::Failure;
use crate::queue::{self, QueueClient};
use nano_caps::{Capability, MAX_BODY, Op, REQUEST_HEADER_SIZE, Request, Sequence};
use nano_edge::World;
use nano_wire::message::{Selection, Writer};
use nano_woof::WoofUri;

/// Leaves what the command asks for at the edge; prints its id.
pub fn ask(arguments: &Woof, keep: &str) -> Result<u8, Failure> {
    let keep_s = queue::keep(keep)?;
    let (uri, op, payload) = match &arguments.command {
        WoofCommand::Get { uri, sequence, .. } => {
            (uri, Op::Get, selection(sequence.map_or(Selection::Latest, Selection::At))?)
        }
        WoofCommand::Tail { uri, count, .. } => {
            (uri, Op::Get, selection(Selection::Tail(u16::try_from(*count).unwrap_or(u16::MAX)))?)
        }
        WoofCommand::Put { uri, payload, exec } => {
            (uri, if *exec { Op::Exec } else { Op::Put }, super::record(payload)?)
        }
        _ => {
            return Err(Failure::with_hint("this can't wait", "what waits with --queue is get, put and tail"));
        }
    };
    let WoofUri { host, port, woof } = address(uri)?;
    if port.is_some() {
        return Err(Failure::with_hint(
            format!("'{uri}' is no device of an edge"),
            "what waits is asked of a device by its name: woof://DEVICE/namespace/name",
        ));
    }
    let first = match &arguments.cap {
        Some(capability) => Some(cap::read(capability)?),
        None => crate::owner::root(host)?,
    };
    let first = first.ok_or_else(|| {
        Failure::with_hint(format!("this is not the owner of {host}"), "give a capability for it: --cap @FILE")
    })?;
    let second = arguments.second.as_deref().map(cap::read).transpose()?;
    let (ns, woof) = device::named(&arguments.endpoint, host, woof.namespace(), woof.name())?;
    let lane = cap::lane(&first)?;
    let seq = Sequence::new(World::system().now_ms(), 0);
    let request = Request { op, lane, seq, ns, woof, payload: &payload, wide_tag: false };
    let mut out = vec![0; REQUEST_HEADER_SIZE + 2 * MAX_BODY + payload.len() + 16];
    let tokens: Vec<_> = std::iter::once(&first).chain(&second).map(Capability::token).collect();
    let bound = request.bind(&tokens, &mut out);
    let bound = bound.map_err(|error| Failure::usage(format!("this can't be asked: the request {error}")))?;
    let request = out.get(..bound.len).unwrap_or_default();
    let id = QueueClient::open(&arguments.endpoint, host, arguments.by.as_deref(), None)?.put(request, keep_s)?;
    queue::told(host, &id, keep_s, false);
    Ok(0)
}

fn selection(selection: Selection) -> Result<Vec<u8>, Failure> {
    let mut payload = vec![0; 16];
    let mut writer = Writer::new(&mut payload);
    Selection::write(Some(selection), &mut writer).map_err(|error| Failure::Internal(anyhow::anyhow!("{error}")))?;
    let length = writer.len();
    payload.truncate(length);
    Ok(payload)
}
