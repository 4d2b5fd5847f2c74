//! `nano queue`: what is asked of devices that sleep. Their edge keeps it, and the answers, for who shows a capability under
//! the edge's own key.

mod answer;
mod arguments;
mod client;

pub use arguments::Queue;
pub use client::QueueClient;

use crate::cap;
use crate::failure::Failure;
use arguments::{Allow, Ask, QueueCommand, ReadAnswer, Send};
use nano_caps::{Op, RequestView};
use nano_edge::QueueKeys;
use nano_wire::message::queue::State;
use serde_json::json;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How often it is looked whether an answer has come.
const PACE: Duration = Duration::from_millis(500);

/// Runs one of the commands.
pub fn queue(arguments: &Queue) -> Result<u8, Failure> {
    match &arguments.command {
        QueueCommand::Send(arguments) => send(arguments),
        QueueCommand::List { device, json, ask } => list(device, *json, ask),
        QueueCommand::Read(arguments) => read(arguments),
        QueueCommand::Cancel { device, id, ask } => {
            let id = id_of(id)?;
            if !open(device, ask)?.cancel(&id)? {
                return Err(gone(device));
            }
            println!("cancelled");
            Ok(0)
        }
        QueueCommand::Allow(arguments) => allow(arguments),
    }
}

fn open(device: &str, ask: &Ask) -> Result<QueueClient, Failure> {
    QueueClient::open(&ask.endpoint, device, ask.by.as_deref(), ask.data.as_deref())
}

fn gone(device: &str) -> Failure {
    Failure::with_hint(
        format!("nothing of this id waits for {device}: its time is over, or it was never here"),
        format!("nano queue list {device}"),
    )
}

/// An id from its digits.
fn id_of(text: &str) -> Result<[u8; 16], Failure> {
    text.parse::<nano_edge::RequestId>().map(|id| id.0).map_err(|()| {
        Failure::with_hint(format!("'{text}' is no id"), "an id is the 32 digits that nano queue send printed")
    })
}

/// How long something is to be kept.
pub fn keep(text: &str) -> Result<u32, Failure> {
    let keep = crate::time::duration(text)?;
    let longest = nano_edge::LONGEST_WAIT;
    if keep < Duration::from_secs(1) || keep > longest {
        return Err(Failure::with_hint(
            format!("a request waits from a second to {} hours, not {text}", longest.as_secs() / 3600),
            "no device takes a sequence number that is further ahead; bind it anew later",
        ));
    }
    Ok(u32::try_from(keep.as_secs()).unwrap_or(u32::MAX))
}

/// Tells where a request is now.
pub fn told(device: &str, id: &[u8; 16], keep_s: u32, as_json: bool) {
    let id = nano_edge::RequestId(*id).to_string();
    if as_json {
        println!("{}", json!({"id": id, "device": device, "keep_s": keep_s}));
        return;
    }
    println!("{id}");
    anstream::eprintln!(
        "waits for {device} at its edge, {keep_s} s at most; the answer: nano queue read {device} {id}"
    );
}

fn send(arguments: &Send) -> Result<u8, Failure> {
    let keep_s = keep(&arguments.keep)?;
    let request = cap::request(&arguments.request)?;
    RequestView::parse(&request)
        .map_err(|error| Failure::with_hint(format!("this is no request: it {error}"), "nano cap bind makes one"))?;
    let id = open(&arguments.device, &arguments.ask)?.put(&request, keep_s)?;
    told(&arguments.device, &id, keep_s, arguments.json);
    Ok(0)
}

fn state_name(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Answered => "answered",
        State::Silent => "silent",
    }
}

fn list(device: &str, as_json: bool, ask: &Ask) -> Result<u8, Failure> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
    let entries = open(device, ask)?.list()?;
    let mut out = std::io::stdout().lock();
    for entry in &entries {
        let id = nano_edge::RequestId(entry.id).to_string();
        // The header's operation, lane and object.
        let [_, _, lane, op, _, _, _, _, _, _, _, _, ns_low, ns_high, woof_low, woof_high, ..] = entry.header;
        let op = Op::from_code(op).map_or("?", Op::name);
        let (ns, woof) = (u16::from_le_bytes([ns_low, ns_high]), u16::from_le_bytes([woof_low, woof_high]));
        let left_s = entry.expires_ms.saturating_sub(now_ms) / 1000;
        let state = state_name(entry.state);
        if as_json {
            let line = json!({"id": id, "state": state, "op": op, "lane": lane, "ns": ns, "woof": woof,
                "silences": entry.silences, "expires_ms": entry.expires_ms});
            writeln!(out, "{line}")?;
        } else {
            let any = |handle: u16| if handle == nano_caps::ANY { "any".to_owned() } else { handle.to_string() };
            writeln!(out, "{id}  {state:<8}  {op:<7} {}/{} lane {lane}, {left_s} s left", any(ns), any(woof))?;
        }
    }
    if entries.is_empty() && !as_json {
        anstream::eprintln!("nothing waits for {device}");
    }
    Ok(0)
}

fn read(arguments: &ReadAnswer) -> Result<u8, Failure> {
    let id = id_of(&arguments.id)?;
    let patience = arguments.wait.as_deref().map(crate::time::duration).transpose()?.unwrap_or_default();
    let first = match &arguments.cap {
        Some(capability) => Some(cap::read(capability)?),
        None => crate::owner::root(&arguments.device)?,
    };
    let first = first.ok_or_else(|| {
        Failure::with_hint(
            "an answer is read with the capability that its request was made with",
            "give it: --cap @FILE (in the project of the device its owner's is used)",
        )
    })?;
    let second = arguments.second.as_deref().map(cap::read).transpose()?;
    let mut client = open(&arguments.device, &arguments.ask)?;
    let begun = Instant::now();
    let collected = loop {
        let collected = client.collect(&id)?.ok_or_else(|| gone(&arguments.device))?;
        if collected.state != State::Waiting || begun.elapsed() >= patience {
            break collected;
        }
        std::thread::sleep(PACE.min(patience));
    };
    let device = &arguments.device;
    match collected.state {
        State::Waiting => Err(Failure::Code(format!(
            "error: {device} has not answered yet\nhint: nano queue read {device} {} --wait 10m waits for it\n",
            arguments.id
        ))),
        State::Silent => {
            client.cancel(&id)?;
            Err(Failure::Code(format!(
                "error: {device} was there and said nothing: the capability is revoked, or another device's\n"
            )))
        }
        State::Answered => {
            let capabilities: Vec<_> = std::iter::once(&first).chain(&second).collect();
            let code = answer::show(device, &collected, &capabilities, arguments.json)?;
            // It has been read; its place is another's.
            client.cancel(&id)?;
            Ok(code)
        }
    }
}

fn allow(arguments: &Allow) -> Result<u8, Failure> {
    let data = arguments.data.as_deref().unwrap_or(Path::new(client::DATA));
    let keys = QueueKeys::read(data)
        .map_err(|error| Failure::usage(format!("{}: {error}", data.join("queues").display())))?
        .ok_or_else(|| {
            Failure::with_hint(
                format!("there is no key of an edge in {}", data.display()),
                "name the folder of its data: --data DIR (nano dev keeps it in .nano/edge)",
            )
        })?;
    let device = &arguments.device;
    let handle = keys.handle(device).ok_or_else(|| {
        Failure::with_hint(
            format!("this edge has no queue of a device {device}"),
            "it has one of each device that nano dev runs, or that nano deploy has told it of",
        )
    })?;
    let expires = arguments.expires.as_deref().map(cap::expiry).transpose()?;
    let capability = keys
        .client(handle, arguments.lane, expires)
        .map_err(|error| Failure::Internal(anyhow::anyhow!("the capability {error}")))?;
    cap::hand_out(&capability, &format!("{device}-queue"), &arguments.into)
}
