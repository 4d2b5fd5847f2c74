//! The keys a device verifies with, and the three ways to take them away: subtree, slot, everything.

use crate::{
    Body, Capability, ChainKey, DeviceId, DeviceKey, Domain, EpochKey, Error, Frame, Header, SLOTS, SlotKey,
    bytes::{Reader, Writer},
    epoch_key,
    hash::{step_full, truncate},
    slot_key,
};

/// Most single subtrees on the revocation list.
pub const SUBTREES: usize = 8;
/// Bytes of [`KeyRing::state`].
pub const RING_STATE_SIZE: usize = 1 + 2 + SLOTS as usize + 1 + SUBTREES * 9;

/// Where the verifier gets a slot's key, before it hashes anything.
pub trait SlotKeys {
    /// The key of this slot, generation and epoch; `None` when they are not current.
    fn slot_key(&self, header: Header) -> Option<SlotKey>;

    /// Whether this subtree has been revoked by itself.
    fn is_revoked(&self, header: Header, subtree: SubtreeId) -> bool;
}

/// Names a capability and all derived from it, on a revocation list.
///
/// It is bytes 16..24 of the very hash whose first 16 are the capability's `K`: it costs no further hashing, says nothing
/// about `K`, and only who has the key above can compute it. So a revocation names a body and the device looks it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubtreeId([u8; 8]);

impl SubtreeId {
    /// Of the capability with this body, minted under this slot key.
    pub fn of(slot: &SlotKey, body: Body<'_>) -> Self {
        let (mut key, mut id) = (ChainKey::from(*slot), Self([0; 8]));
        for (index, frame) in body.frames().enumerate() {
            (key, id) = chain(&key, body.header(), index, frame.as_bytes());
        }
        id
    }
}

/// `K_1` of a root's body under its slot's key; nothing when the body has more than one frame.
pub fn root_key(slot: &SlotKey, body: Body<'_>) -> Option<ChainKey> {
    let mut frames = body.frames();
    let (first, None) = (frames.next()?, frames.next()) else { return None };
    Some(chain(&ChainKey::from(*slot), body.header(), 0, first.as_bytes()).0)
}

/// One step of the chain: the key of the frame and the name of its subtree.
#[inline(never)]
pub(crate) fn chain(key: &ChainKey, header: Header, index: usize, frame: &[u8]) -> (ChainKey, SubtreeId) {
    let digest = if index == 0 {
        step_full(key, Domain::Root, &[&header.to_bytes(), frame])
    } else {
        step_full(key, Domain::Frame, &[frame])
    };
    let mut id = [0; 8];
    for (to, from) in id.iter_mut().zip(digest.0.iter().skip(16)) {
        *to = *from;
    }
    (ChainKey::new(truncate(&digest)), SubtreeId(id))
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    generation: u8,
    /// `None`: not enabled.
    key: Option<SlotKey>,
}

/// A device's keys: those of the enabled slots in their current generation and epoch, cached.
///
/// What changes is written with [`KeyRing::state`] and read back with [`KeyRing::restore`]; after a revocation the device
/// stores it before it answers.
#[derive(Clone, Debug)]
pub struct KeyRing {
    device: DeviceKey,
    id: DeviceId,
    epoch: u8,
    epoch_key: EpochKey,
    slots: [Slot; SLOTS as usize],
    revoked: [Option<(u8, SubtreeId)>; SUBTREES],
}

impl KeyRing {
    /// No slot is enabled yet.
    pub fn new(device: DeviceKey, id: DeviceId, epoch: u8) -> Self {
        Self {
            device,
            id,
            epoch,
            epoch_key: epoch_key(&device, id, epoch),
            slots: [Slot { generation: 0, key: None }; SLOTS as usize],
            revoked: [None; SUBTREES],
        }
    }

    /// The current header of an enabled slot.
    pub fn header(&self, slot: u8) -> Result<Header, Error> {
        let state = self.slots.get(usize::from(slot)).ok_or(Error::Slot)?;
        if state.key.is_none() {
            return Err(Error::Slot);
        }
        Header::new(slot, state.generation, self.epoch)
    }

    /// Lets capabilities of this slot be minted and accepted.
    pub fn enable(&mut self, slot: u8) -> Result<(), Error> {
        let state = self.slots.get_mut(usize::from(slot)).ok_or(Error::Slot)?;
        state.key = Some(slot_key(&self.epoch_key, slot, state.generation));
        Ok(())
    }

    /// Mints a root of an enabled slot.
    pub fn root(&self, slot: u8, frame: &Frame) -> Result<Capability, Error> {
        let header = self.header(slot)?;
        Capability::root(&self.slot_key(header).ok_or(Error::Slot)?, header, frame)
    }

    /// Kills this capability and all derived from it. [`Error::ListFull`] when 8 are listed already: raise the generation.
    /// [`Error::Slot`] when it is dead anyway.
    pub fn revoke_subtree(&mut self, body: Body<'_>) -> Result<SubtreeId, Error> {
        let header = body.header();
        let id = SubtreeId::of(&self.slot_key(header).ok_or(Error::Slot)?, body);
        if !self.is_revoked(header, id) {
            let place = self.revoked.iter_mut().find(|place| place.is_none()).ok_or(Error::ListFull)?;
            *place = Some((header.slot(), id));
        }
        Ok(id)
    }

    /// Kills all capabilities of a slot by raising its generation; the slot's entries on the list become free.
    pub fn revoke_slot(&mut self, slot: u8) -> Result<Header, Error> {
        self.header(slot)?;
        let state = self.slots.get_mut(usize::from(slot)).ok_or(Error::Slot)?;
        state.generation = state.generation.checked_add(1).ok_or(Error::Exhausted)?;
        state.key = Some(slot_key(&self.epoch_key, slot, state.generation));
        for place in &mut self.revoked {
            *place = place.filter(|(of, _)| *of != slot);
        }
        self.header(slot)
    }

    /// Kills every capability of the device by raising the epoch; generations begin at 0 again under the new keys.
    pub fn revoke_all(&mut self) -> Result<u8, Error> {
        let epoch = self.epoch.checked_add(1).ok_or(Error::Exhausted)?;
        let mut next = Self::new(self.device, self.id, epoch);
        for (slot, _) in (0..SLOTS).zip(&self.slots).filter(|(_, state)| state.key.is_some()) {
            next.enable(slot)?;
        }
        *self = next;
        Ok(epoch)
    }

    /// What a device stores: epoch, enabled slots, generations, revocation list. No secret.
    pub fn state(&self) -> [u8; RING_STATE_SIZE] {
        let mut out = [0; RING_STATE_SIZE];
        // The sizes add up to the array's, so nothing is cut; a test holds that.
        let _ = self.write_state(&mut Writer::new(&mut out));
        out
    }

    fn write_state(&self, writer: &mut Writer<'_>) -> Result<(), Error> {
        let enabled = (0..SLOTS)
            .zip(&self.slots)
            .filter(|(_, state)| state.key.is_some())
            .fold(0u16, |bits, (slot, _)| bits | 1 << slot);
        writer.put(&[self.epoch])?;
        writer.put(&enabled.to_le_bytes())?;
        for slot in &self.slots {
            writer.put(&[slot.generation])?;
        }
        writer.put(&[self.revoked.iter().flatten().count() as u8])?; // at most 8
        for (slot, id) in self.revoked.iter().flatten() {
            writer.put(&[*slot])?;
            writer.put(&id.0)?;
        }
        Ok(())
    }

    /// From [`KeyRing::state`].
    pub fn restore(device: DeviceKey, id: DeviceId, state: &[u8; RING_STATE_SIZE]) -> Result<Self, Error> {
        let mut reader = Reader::new(state);
        let mut ring = Self::new(device, id, reader.u8()?);
        let enabled = reader.u16()?;
        for slot in 0..SLOTS {
            let generation = reader.u8()?;
            ring.slots.get_mut(usize::from(slot)).ok_or(Error::Slot)?.generation = generation;
            if enabled & (1 << slot) != 0 {
                ring.enable(slot)?;
            }
        }
        let count = usize::from(reader.u8()?);
        if count > SUBTREES {
            return Err(Error::ListFull);
        }
        for place in ring.revoked.iter_mut().take(count) {
            *place = Some((reader.u8()?, SubtreeId(reader.array()?)));
        }
        Ok(ring)
    }
}

impl SlotKeys for KeyRing {
    fn slot_key(&self, header: Header) -> Option<SlotKey> {
        let slot = self.slots.get(usize::from(header.slot()))?;
        slot.key.filter(|_| header.epoch() == self.epoch && header.generation() == slot.generation)
    }

    fn is_revoked(&self, header: Header, subtree: SubtreeId) -> bool {
        self.revoked.contains(&Some((header.slot(), subtree)))
    }
}

/// Every slot, generation and epoch of a device, as if nothing had ever been revoked: for tools that check a capability
/// beside the device's key but without its state.
#[derive(Clone, Copy, Debug)]
pub struct Unrevoked {
    /// `K_device`.
    pub device: DeviceKey,
    /// The device's identity.
    pub id: DeviceId,
}

impl SlotKeys for Unrevoked {
    fn slot_key(&self, header: Header) -> Option<SlotKey> {
        let epoch = epoch_key(&self.device, self.id, header.epoch());
        Some(slot_key(&epoch, header.slot(), header.generation()))
    }

    fn is_revoked(&self, _: Header, _: SubtreeId) -> bool {
        false
    }
}
