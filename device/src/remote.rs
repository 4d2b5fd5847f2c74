//! Functions that the edge runs for the device: too large for it, or meant to run there.

use crate::board::{Board, Port};
use crate::invoke::Ended;
use crate::runtime::Runtime;
use crate::trace::{Fault, Trace};
use crate::world::Event;
use alloc::string::String;
use alloc::vec::Vec;
use nano_wire::message::operation::Place;
use nano_wire::message::{Invoke, InvokeOutcome, Invoked, Message};

/// What the way there and back may take beside the function's own time.
const LINK_MS: u32 = 2000;

/// An event that the edge deals with.
#[derive(Debug)]
pub struct Remote {
    id: u16,
    event: Event,
    bytes: Vec<u8>,
    started_us: u64,
    deadline_ms: u32,
    /// Whether it went out under the key of a pairing. If not, an edge that this device should have paired with first
    /// has not heard it.
    sealed: bool,
    /// When the edge is no longer waited for.
    pub deadline_us: u64,
}

impl<B: Board> Runtime<B> {
    /// Asks the edge to run the event's function.
    #[inline(never)]
    pub(crate) fn offload(&mut self, event: &Event, bytes: &[u8]) {
        let started_us = self.world.board.now_us();
        let Some(function) = self.functions.get(event.function) else { return };
        let deadline_ms = function.timeout_ms.saturating_add(LINK_MS);
        let log = self.world.objects.log(event.ns, event.woof).map_or("", |log| &log.name);
        // Copied because sending borrows the whole runtime.
        let (name, log) = (function.name.clone(), String::from(log));
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        let Event { sequence, .. } = *event;
        let sealed = self.is_paired();
        let sent = self.world.board.linked(Port::EDGE)
            && self.tell_edge(&Message::Invoke(Invoke {
                id,
                deadline_ms,
                sequence,
                function: &name,
                log: &log,
                event: bytes,
            }));
        if !sent {
            let ended = Ended::new(event, Place::Edge, started_us);
            return self.finish(&ended, bytes, Err(Fault::NoAnswer));
        }
        self.world.trace(&Trace::Offloaded { function: &name, sequence });
        let deadline_us = started_us.saturating_add(u64::from(deadline_ms) * 1000);
        self.remote.push(Remote {
            id,
            event: *event,
            bytes: bytes.to_vec(),
            started_us,
            deadline_ms,
            sealed,
            deadline_us,
        });
    }

    /// Asks what was asked before the edge and this device had paired.
    pub(crate) fn ask_again(&mut self) {
        self.fetch_now();
        // Out of the runtime while they are sent, which borrows it whole.
        let mut all = core::mem::take(&mut self.remote);
        for remote in all.iter_mut().filter(|remote| !remote.sealed) {
            let Remote { id, deadline_ms, event: Event { function, ns, woof, sequence, .. }, .. } = *remote;
            let Some(name) = self.functions.get(function).map(|function| function.name.clone()) else { continue };
            let log = self.world.objects.log(ns, woof).map_or_else(String::new, |log| log.name.clone());
            let (function, log, event) = (&*name, &*log, &*remote.bytes);
            self.tell_edge(&Message::Invoke(Invoke { id, deadline_ms, sequence, function, log, event }));
            remote.sealed = true;
        }
        self.remote = all;
    }

    /// The edge's answer. One that comes too late is for nobody.
    #[inline(never)]
    pub(crate) fn invoked(&mut self, invoked: &Invoked<'_>) {
        let Some(index) = self.remote.iter().position(|remote| remote.id == invoked.id) else { return };
        let remote = self.remote.swap_remove(index);
        let ended =
            Ended { instructions: invoked.instructions, ..Ended::new(&remote.event, Place::Edge, remote.started_us) };
        let body = core::str::from_utf8(invoked.body).unwrap_or("the edge's answer is no text");
        let result = match invoked.outcome {
            InvokeOutcome::Returned if crate::json::text(invoked.body).is_some() => Ok(body),
            InvokeOutcome::Returned => Err(Fault::Edge("the edge's answer is no JSON")),
            InvokeOutcome::NotFound => Err(Fault::NoModule),
            InvokeOutcome::Raised | InvokeOutcome::NotRun => Err(Fault::Edge(body)),
        };
        self.finish(&ended, &remote.bytes, result);
    }

    /// Gives up on answers that are overdue.
    #[inline(never)]
    pub(crate) fn poll_remote(&mut self) {
        let now_us = self.world.board.now_us();
        while let Some(index) = self.remote.iter().position(|remote| remote.deadline_us <= now_us) {
            let remote = self.remote.swap_remove(index);
            let ended = Ended::new(&remote.event, Place::Edge, remote.started_us);
            self.finish(&ended, &remote.bytes, Err(Fault::NoAnswer));
        }
    }
}
