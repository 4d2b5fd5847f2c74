//! Functions that the edge runs for the device: too large for it, or meant to run there.

use crate::board::{Board, Port};
use crate::invoke::Ended;
use crate::runtime::Runtime;
use crate::trace::{Fault, Trace};
use crate::world::Event;
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
        let (name, log) = (function.name.clone(), alloc::string::String::from(log));
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        let Event { sequence, .. } = *event;
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
        self.remote.push(Remote { id, event: *event, bytes: bytes.to_vec(), started_us, deadline_us });
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
