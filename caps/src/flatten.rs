//! Flattening: one frame that says what several say together, so that verifying it costs one step.
//!
//! The meet is exact: the flattened capability allows the same requests. Only one thing can get less: when the frames
//! keep MINTID on objects that have nothing in common, no IDENT can be derived from the result any more.

use crate::{
    ANY, Body, Capability, ChainKey, Domain, Entry, Error, Exchange, Frame, FrameBuilder, FrameRef, Grant, Header,
    Identity, LaneRule, MAX_ENTRIES_BYTES, MAX_IDENTITIES, Response, Rights, SlotKey, Status, Token,
    bytes::Writer,
    hash::{mac, step, truncate},
    keyring::chain,
};

/// GRANTs that fit one frame.
const MAX_GRANTS: usize = MAX_ENTRIES_BYTES / 7;

/// Bytes of the answer to FLATTEN at most: body of one frame and masked key.
pub const MAX_FLATTENED: usize = Header::SIZE + 1 + 1 + MAX_ENTRIES_BYTES + 16;

/// Both handles as one, if they have something in common.
fn common(a: u16, b: u16) -> Option<u16> {
    match (a, b) {
        (ANY, other) | (other, ANY) => Some(other),
        (a, b) => (a == b).then_some(a),
    }
}

/// GRANTs of which any may cover.
#[derive(Clone, Copy)]
struct Grants {
    all: [Grant; MAX_GRANTS],
    count: usize,
}

impl Grants {
    const EMPTY: Self = Self { all: [Grant { ns: 0, woof: 0, rights: Rights::NONE }; MAX_GRANTS], count: 0 };

    fn iter(&self) -> impl Iterator<Item = Grant> + '_ {
        self.all.iter().take(self.count).copied()
    }

    /// Adds what is not said yet.
    fn add(&mut self, grant: Grant) -> Result<(), Error> {
        let said = |other: &Grant| other.names(grant.ns, grant.woof) && other.rights.contains(grant.rights);
        if grant.rights.is_empty() || self.all.iter().take(self.count).any(said) {
            return Ok(());
        }
        let same = |other: &&mut Grant| (other.ns, other.woof) == (grant.ns, grant.woof);
        if let Some(place) = self.all.iter_mut().take(self.count).find(same) {
            place.rights = place.rights | grant.rights;
            return Ok(());
        }
        *self.all.get_mut(self.count).ok_or(Error::FrameSize)? = grant;
        self.count += 1;
        Ok(())
    }

    fn of(frame: &FrameRef<'_>) -> Result<Self, Error> {
        let mut grants = Self::EMPTY;
        frame.grants().try_for_each(|grant| grants.add(grant))?;
        Ok(grants)
    }

    /// What one of these and one of those cover.
    fn meet(&self, other: &Self) -> Result<Self, Error> {
        let mut both = Self::EMPTY;
        for a in self.iter() {
            for b in other.iter() {
                if let (Some(ns), Some(woof)) = (common(a.ns, b.ns), common(a.woof, b.woof)) {
                    both.add(Grant { ns, woof, rights: a.rights & b.rights })?;
                }
            }
        }
        Ok(both)
    }
}

/// Identities without repetition.
#[derive(Default)]
struct Identities([Option<Identity>; MAX_IDENTITIES]);

impl Identities {
    fn add(&mut self, identity: Identity) -> Result<(), Error> {
        if !self.0.contains(&Some(identity)) {
            *self.0.iter_mut().find(|place| place.is_none()).ok_or(Error::TooManyIdentities)? = Some(identity);
        }
        Ok(())
    }
}

/// One frame that says what all of these say. [`Error::FrameSize`] when it can't be said in one.
fn meet<'a>(frames: impl Iterator<Item = FrameRef<'a>>) -> Result<Frame, Error> {
    let (mut expires, mut not_before, mut max_len, mut min_gap) = (u32::MAX, 0, u16::MAX, 0);
    let (mut lane, mut sealed, mut granted) = (LaneRule::Default, false, None::<Grants>);
    let (mut required, mut brought) = (Identities::default(), Identities::default());
    for frame in frames {
        if frame.grants().next().is_some() {
            let grants = Grants::of(&frame)?;
            granted = Some(granted.map_or(Ok(grants), |before| before.meet(&grants))?);
        }
        for entry in frame.entries() {
            match entry {
                Entry::Grant(_) => {}
                Entry::Expires(unix_s) => expires = expires.min(unix_s),
                Entry::NotBefore(unix_s) => not_before = not_before.max(unix_s),
                Entry::Lane(number) => lane = lane.and(number),
                Entry::Requires(identity) => required.add(identity)?,
                Entry::Ident(identity) => brought.add(identity)?,
                Entry::MaxLen(bytes) => max_len = max_len.min(bytes),
                Entry::Sealed => sealed = true,
                Entry::MinGap(ms) => min_gap = min_gap.max(ms),
            }
        }
    }
    let mut frame = FrameBuilder::new();
    if let Some(grants) = &granted {
        frame = grants.iter().fold(frame, |frame, grant| frame.entry(Entry::Grant(grant)));
        if grants.count == 0 {
            // No GRANT at all would allow everything.
            frame = frame.grant(ANY, ANY, Rights::NONE);
        }
    }
    if expires != u32::MAX {
        frame = frame.expires(expires);
    }
    if not_before != 0 {
        frame = frame.not_before(not_before);
    }
    frame = match lane {
        LaneRule::Default => frame,
        LaneRule::Only(number) => frame.entry(Entry::Lane(number)),
        // Contradictory before, contradictory after.
        LaneRule::Never => frame.lane(0).lane(1),
    };
    frame = required.0.iter().flatten().fold(frame, |frame, identity| frame.requires(*identity));
    frame = brought.0.iter().flatten().fold(frame, |frame, identity| frame.ident(*identity));
    if min_gap != 0 {
        frame = frame.min_gap(min_gap);
    }
    if sealed {
        frame = frame.sealed();
    }
    if max_len != u16::MAX {
        return frame.max_len(max_len).build();
    }
    // Frames that restrict nothing make a frame that restricts nothing, but none is empty.
    frame.build().or_else(|error| match error {
        Error::FrameSize => frame.max_len(max_len).build(),
        error => Err(error),
    })
}

impl Capability {
    /// The same capability in one frame below this one, whose holder needs nobody's help. `K` of `below` is compared with
    /// the chain from here: [`Error::Ancestor`] when it isn't derived from this one.
    ///
    /// The result hangs from this capability, not from those between: revoking one of them doesn't kill it.
    pub fn flatten(&self, below: Token<'_>) -> Result<Self, Error> {
        let ours = self.body();
        let mut frames = below.body.frames();
        let same = ours.frames().all(|frame| frames.next().is_some_and(|f| f.as_bytes() == frame.as_bytes()));
        if !same || ours.header() != below.body.header() {
            return Err(Error::Ancestor);
        }
        let key = frames.clone().fold(self.token().key, |key, frame| step(&key, Domain::Frame, frame.as_bytes()));
        if key != below.key {
            return Err(Error::Ancestor);
        }
        if frames.clone().next().is_none() {
            return Ok(self.clone());
        }
        self.derive(&meet(frames)?)
    }

    /// The same capability as a root of its slot: for who holds the slot's key. Nothing is compared, as a body that was
    /// never derived gets no more than it says; give it only to who has proved to hold `body`'s key.
    pub fn flatten_root(slot: &SlotKey, body: Body<'_>) -> Result<Self, Error> {
        Self::root(slot, body.header(), &meet(body.frames())?)
    }
}

impl Exchange {
    /// `T16 H(K_req, 06 || full tag)`.
    fn flatten_mask(&self) -> [u8; 16] {
        truncate(&mac(&self.key().words(), &[&[Domain::FlattenMask as u8], &self.request_tag()]))
    }

    fn masked(&self, key: &ChainKey) -> [u8; 16] {
        let mut bytes = self.flatten_mask();
        for (to, from) in bytes.iter_mut().zip(key.as_bytes()) {
            *to ^= from;
        }
        bytes
    }

    /// The payload of the answer to FLATTEN: the new body and `K' xor mask`, so that K' is never in the clear.
    /// `body` is that of the verified request, `slot` its slot's key. Returns the length; [`MAX_FLATTENED`] suffices.
    pub fn answer_flatten(&self, slot: &SlotKey, body: Body<'_>, out: &mut [u8]) -> Result<usize, Error> {
        self.answer_root(slot, body.header(), &meet(body.frames())?, out)
    }

    /// The payload of the answer to MINTID, as that to FLATTEN: an identity in one frame that grants nothing, under all
    /// conditions of the asker's, and until `expires` at most. [`Error::Sealed`] when nothing may be derived from the
    /// asker's.
    ///
    /// Its holder shows that he is `identity`, and nothing of who vouched for him. As what is flattened by a device it
    /// hangs from the slot: revoking the asker's subtree doesn't kill it, so let it expire.
    pub fn answer_identity(
        &self,
        slot: &SlotKey,
        body: Body<'_>,
        identity: Identity,
        expires: u32,
        out: &mut [u8],
    ) -> Result<usize, Error> {
        let mut frame = FrameBuilder::new().grant(ANY, ANY, Rights::NONE).ident(identity);
        let (mut until, mut others) = (expires, 0);
        for entry in meet(body.frames())?.entries() {
            match entry {
                // Its rights are the asker's; an identity has none.
                Entry::Grant(_) => {}
                Entry::Ident(other) if other == identity => {}
                Entry::Expires(unix_s) => until = until.min(unix_s),
                Entry::Sealed => return Err(Error::Sealed),
                entry => {
                    others += usize::from(matches!(entry, Entry::Ident(_)));
                    frame = frame.entry(entry);
                }
            }
        }
        if others >= MAX_IDENTITIES {
            return Err(Error::TooManyIdentities);
        }
        if until != u32::MAX {
            frame = frame.expires(until);
        }
        self.answer_root(slot, body.header(), &frame.build()?, out)
    }

    /// A root of the slot, its key masked.
    fn answer_root(&self, slot: &SlotKey, header: Header, frame: &Frame, out: &mut [u8]) -> Result<usize, Error> {
        let (key, _) = chain(&ChainKey::from(*slot), header, 0, frame.as_bytes());
        let mut writer = Writer::new(out);
        writer.put(&header.to_bytes())?;
        writer.put(&[1])?;
        writer.put(frame.as_bytes())?;
        writer.put(&self.masked(&key))?;
        Ok(writer.len())
    }

    /// The capability in the answer to FLATTEN or MINTID. Who asked compares nothing else: the answer was authentic.
    pub fn open_flatten(&self, response: &Response<'_>) -> Result<Capability, Error> {
        if response.status != Status::Ok {
            return Err(Error::Status);
        }
        let (body, masked) = response.payload.split_last_chunk().ok_or(Error::Truncated)?;
        let key = ChainKey::new(self.masked(&ChainKey::new(*masked)));
        Capability::from_parts(Body::parse(body)?, &key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_not_said_again() {
        let mut grants = Grants::EMPTY;
        let grant = |ns, woof, bits| Grant { ns, woof, rights: Rights::from_bits(bits) };
        for (one, count) in [
            (grant(1, 2, 1), 1),
            (grant(1, 2, 2), 1),
            (grant(1, 2, 3), 1),
            (grant(1, ANY, 1), 2),
            (grant(1, 7, 1), 2),
            (grant(ANY, ANY, 0), 2),
        ] {
            grants.add(one).unwrap();
            assert_eq!(grants.count, count);
        }
    }
}
