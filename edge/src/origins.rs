//! Which lane of a log the appends of a device's lane have: a log knows 256 lanes, and devices have as many each.

use std::sync::{Mutex, PoisonError};

use nano_woof::Origin;

use crate::store::{Namespace, ObjectStore, StoreError};

/// Lanes that a log has for senders.
const MOST_LANES: usize = 256;

/// The lanes that were given out. They are never taken back: a log remembers what came by one.
#[derive(Debug)]
pub(crate) struct Origins {
    /// By the log's name: senders, a line each, in the order of their lanes.
    given: Namespace,
    /// Held while one is given out.
    giving: Mutex<()>,
}

impl Origins {
    pub fn new(given: Namespace) -> Self {
        Self { given, giving: Mutex::new(()) }
    }

    /// The origin of a device's append in a log; `None` when the log has no lane left for it. What is given out is on the
    /// disk when this returns, whatever the policy: a lane that two senders have would take one's append for the other's.
    pub fn of(
        &self,
        store: &ObjectStore,
        woof: &str,
        (device, lane): (&str, u8),
        client_sequence: u64,
    ) -> Result<Option<Origin>, StoreError> {
        let sender = format!("{lane} {device}");
        let _giving = self.giving.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.given.get(woof)?.map(|value| String::from_utf8_lossy(&value.bytes).into_owned());
        let mut text = known.unwrap_or_default();
        let at = match text.lines().position(|line| line == sender) {
            Some(at) => at,
            None => {
                let next = text.lines().count();
                if next >= MOST_LANES {
                    return Ok(None);
                }
                text.push_str(&sender);
                text.push('\n');
                self.given.put(woof, text.as_bytes())?;
                store.sync()?;
                next
            }
        };
        Ok(u8::try_from(at).ok().map(|lane| Origin { lane, client_sequence }))
    }
}
