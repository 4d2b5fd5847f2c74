//! Which appends have happened already: per lane the last client sequences and the records they became.

use std::collections::{BTreeMap, VecDeque};

use crate::sequence::{Origin, Sequence};

/// Client sequences remembered per lane: how far a retry may lag behind appends sent after it.
const WINDOW: usize = 16;

/// What a log knows of an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Not appended before.
    New,
    /// Appended before, as this record.
    Before(Sequence),
    /// Below the lane's remembered window; `last` is the lane's last client sequence.
    Stale {
        /// The lane's last client sequence.
        last: u64,
    },
}

/// The table. Within a lane client sequences rise with record sequences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lanes(BTreeMap<u8, VecDeque<(u64, u64)>>);

impl Lanes {
    /// Looks an origin up.
    pub fn find(&self, origin: Origin) -> Seen {
        let Some(&(last, _)) = self.0.get(&origin.lane).and_then(|lane| lane.back()) else { return Seen::New };
        if origin.client_sequence > last {
            return Seen::New;
        }
        let found =
            self.0.get(&origin.lane).into_iter().flatten().find(|(client, _)| *client == origin.client_sequence);
        found.map_or(Seen::Stale { last }, |(_, sequence)| Seen::Before(Sequence(*sequence)))
    }

    /// Remembers that `origin` became record `sequence`.
    pub fn insert(&mut self, origin: Origin, sequence: Sequence) {
        let lane = self.0.entry(origin.lane).or_default();
        if lane.len() >= WINDOW {
            lane.pop_front();
        }
        lane.push_back((origin.client_sequence, sequence.0));
    }

    /// All entries, oldest first within a lane.
    pub fn iter(&self) -> impl Iterator<Item = (Origin, Sequence)> {
        self.0.iter().flat_map(|(&lane, entries)| {
            entries
                .iter()
                .map(move |&(client_sequence, sequence)| (Origin { lane, client_sequence }, Sequence(sequence)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_a_window_per_lane() {
        let mut lanes = Lanes::default();
        let origin = |lane, client_sequence| Origin { lane, client_sequence };
        for n in 1..=20 {
            lanes.insert(origin(1, n * 10), Sequence(n));
        }
        lanes.insert(origin(2, 5), Sequence(21));
        assert_eq!(lanes.find(origin(1, 201)), Seen::New);
        assert_eq!(lanes.find(origin(1, 200)), Seen::Before(Sequence(20)));
        assert_eq!(lanes.find(origin(1, 50)), Seen::Before(Sequence(5)));
        assert_eq!(lanes.find(origin(1, 51)), Seen::Stale { last: 200 });
        assert_eq!(lanes.find(origin(1, 40)), Seen::Stale { last: 200 });
        assert_eq!(lanes.find(origin(3, 1)), Seen::New);
        let mut copy = Lanes::default();
        lanes.iter().for_each(|(origin, sequence)| copy.insert(origin, sequence));
        assert_eq!(copy, lanes);
    }
}
