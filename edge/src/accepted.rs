//! Events that nobody waits for, from when they were accepted until they are over: each a value in the store, so that an
//! edge that ends in the meantime, however it does, goes on with them at its next start.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::edge::{Invoke, On};
use crate::store::{Companion, Namespace, ObjectStore, StoreError};

/// Most events that clients may have waiting; further ones are refused.
const MOST_EVENTS: usize = 10_000;

/// Most bytes of events that clients may have waiting.
const MOST_BYTES: usize = 256 << 20;

/// An event that nobody waits for. In the store it is a line of JSON and, after that, the payload as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    /// The invocation's, whatever the attempt; its key in the store.
    #[serde(skip)]
    pub id: String,
    pub function: String,
    /// What the caller named; the configuration of retries is by that.
    pub qualifier: String,
    /// The version that it meant when the event was accepted. `$LATEST` is the one that is the latest when it is run.
    pub version: String,
    pub on: On,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_context: Option<String>,
    pub accepted_ms: u64,
    /// Those that ended.
    pub attempts: u32,
    /// How many invocations one after the other led to this one, each by the destination of the one before.
    #[serde(default)]
    pub depth: u32,
    #[serde(skip)]
    pub payload: Bytes,
}

impl Event {
    /// The invocation of one attempt.
    pub fn invoke(&self) -> Invoke {
        let (event, client_context) = (self.payload.clone(), self.client_context.clone());
        Invoke { event, on: self.on, client_context, ..Invoke::default() }
    }

    fn write(&self) -> Vec<u8> {
        // Texts and numbers, which always have a form in JSON.
        let mut value = serde_json::to_vec(self).unwrap_or_default();
        value.push(b'\n');
        value.extend_from_slice(&self.payload);
        value
    }

    fn read(id: &str, value: &Bytes) -> Option<Self> {
        let line = value.iter().position(|byte| *byte == b'\n')?;
        let event: Self = serde_json::from_slice(&value[..line]).ok()?;
        Some(Self { id: id.to_owned(), payload: value.slice(line + 1..), ..event })
    }
}

/// All events that were accepted and are not over.
#[derive(Debug)]
pub(crate) struct Accepted {
    events: Namespace,
    waiting: Arc<Waiting>,
    is_resumed: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    events: AtomicUsize,
    bytes: AtomicUsize,
}

/// An event's place among those that wait, until it is over.
#[derive(Debug)]
pub(crate) struct Place {
    waiting: Arc<Waiting>,
    bytes: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.waiting.events.fetch_sub(1, Ordering::Relaxed);
        self.waiting.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Accepted {
    pub fn open(store: &Arc<ObjectStore>) -> Result<Self, StoreError> {
        let events = store.namespace("events")?;
        Ok(Self { events, waiting: Arc::default(), is_resumed: AtomicBool::new(false) })
    }

    /// A place for an event. It is there also when all are taken: whoever can say no to somebody asks [`Self::is_full`].
    pub fn place(&self, payload: &Bytes) -> Place {
        let (waiting, bytes) = (Arc::clone(&self.waiting), payload.len());
        waiting.events.fetch_add(1, Ordering::Relaxed);
        waiting.bytes.fetch_add(bytes, Ordering::Relaxed);
        Place { waiting, bytes }
    }

    /// Whether as many events wait as there may.
    pub fn is_full(&self) -> bool {
        let Waiting { events, bytes } = &*self.waiting;
        events.load(Ordering::Relaxed) >= MOST_EVENTS || bytes.load(Ordering::Relaxed) >= MOST_BYTES
    }

    /// Keeps an event, as it is now; durable when this returns. Blocks.
    pub fn keep(&self, event: &Event) -> Result<(), StoreError> {
        self.events.put(&event.id, &event.write()).map(|_| ())
    }

    /// An event as it is kept, to be written together with something else.
    pub fn companion(&self, event: &Event) -> Companion {
        Companion { bucket: self.events.bucket().to_owned(), key: event.id.clone(), value: event.write() }
    }

    /// Forgets an event. Blocks.
    pub fn forget(&self, id: &str) -> Result<(), StoreError> {
        self.events.delete(id).map(|_| ())
    }

    /// What an earlier run left, for the first who asks. Blocks.
    pub fn left(&self) -> Result<Vec<Event>, StoreError> {
        if self.is_resumed.swap(true, Ordering::Relaxed) {
            return Ok(vec![]);
        }
        let events = self.events.entries("")?;
        Ok(events.iter().filter_map(|(id, value)| Event::read(id, &value.bytes)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_as_it_was_written() {
        let event = Event {
            id: "id".to_owned(),
            function: "f".to_owned(),
            qualifier: "live".to_owned(),
            version: "7".to_owned(),
            on: On::Cloud,
            client_context: Some("{\"a\":\n1}".to_owned()),
            accepted_ms: 5,
            attempts: 1,
            depth: 3,
            payload: Bytes::from_static(b"\n{\"line\":\n2}\n"),
        };
        let value = Bytes::from(event.write());
        assert_eq!(Event::read("id", &value), Some(event));
        for end in 0..value.iter().position(|byte| *byte == b'\n').unwrap() {
            assert_eq!(Event::read("id", &value.slice(..end)), None);
        }
    }
}
