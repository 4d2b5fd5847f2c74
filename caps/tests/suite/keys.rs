//! The key ring, revocation, pairing.

use nano_caps::{
    ANY, DeviceId, DeviceKey, Error, FrameBuilder, Header, KeyRing, MAX_FRAMES, NONCE_SIZE, Pairing, Right, SUBTREES,
    SlotKeys, SubtreeId, Unrevoked,
};

use crate::fixture::{Device, OK, all, bind, get, grant};

fn parts() -> (DeviceKey, DeviceId) {
    (DeviceKey::new([3; 32]), DeviceId([4; 8]))
}

#[test]
fn only_current_headers_have_a_key() {
    let (key, id) = parts();
    let mut ring = KeyRing::new(key, id, 7);
    assert_eq!(ring.root(0, &all()), Err(Error::Slot));
    assert_eq!(ring.enable(16), Err(Error::Slot));
    ring.enable(2).unwrap();
    let current = ring.header(2).unwrap();
    assert_eq!(current.to_bytes(), [1, 2, 0, 7]);
    assert_eq!(ring.slot_key(current), Unrevoked { device: key, id }.slot_key(current));
    for (slot, generation, epoch) in [(1, 0, 7), (2, 1, 7), (2, 0, 6), (2, 0, 8), (2, 255, 7)] {
        assert_eq!(ring.slot_key(Header::new(slot, generation, epoch).unwrap()), None);
    }
}

#[test]
fn generations_and_epochs_end() {
    let (key, id) = parts();
    let mut ring = KeyRing::new(key, id, 254);
    ring.enable(1).unwrap();
    for generation in 1..=255 {
        assert_eq!(ring.revoke_slot(1).map(Header::generation), Ok(generation));
    }
    assert_eq!(ring.revoke_slot(1), Err(Error::Exhausted));
    assert_eq!(ring.revoke_slot(3), Err(Error::Slot));
    // A new epoch has new keys, and generations to spare.
    let before = ring.slot_key(ring.header(1).unwrap());
    assert_eq!(ring.revoke_all(), Ok(255));
    assert_eq!(ring.header(1).unwrap().to_bytes(), [1, 1, 0, 255]);
    assert_ne!(ring.slot_key(ring.header(1).unwrap()), before);
    assert_eq!(ring.header(0), Err(Error::Slot), "enabled slots stay the same ones");
    assert_eq!(ring.revoke_all(), Err(Error::Exhausted));
    assert_eq!(ring.header(1).unwrap().epoch(), 255);
}

#[test]
fn the_list_holds_eight_and_a_generation_empties_it() {
    let mut device = Device::new();
    let root = device.root();
    let subtree = |woof| root.derive(&grant(1, woof, Right::Get)).unwrap();
    for woof in 0..SUBTREES as u16 {
        device.ring.revoke_subtree(subtree(woof).body()).unwrap();
        device.ring.revoke_subtree(subtree(woof).body()).expect("listed already");
    }
    assert_eq!(device.ring.revoke_subtree(subtree(99).body()), Err(Error::ListFull));
    let edge = device.ring.root(1, &all()).unwrap();
    assert_eq!(device.ring.revoke_subtree(edge.body()), Err(Error::ListFull));
    device.ring.revoke_slot(0).unwrap();
    assert_eq!(device.ring.revoke_subtree(subtree(99).body()), Err(Error::Slot), "dead anyway");
    device.ring.revoke_subtree(edge.body()).unwrap();
    let renewed = device.root();
    assert_eq!(device.fresh(&bind(&get(), &[&renewed])), OK);
}

#[test]
fn subtree_names_follow_the_chain() {
    let device = Device::new();
    let (slot, root) = (device.slot_key(0), device.root());
    let mut seen = vec![SubtreeId::of(&slot, root.body())];
    let mut capability = root;
    for _ in 1..MAX_FRAMES {
        capability = capability.derive(&grant(ANY, ANY, Right::Get)).unwrap();
        let id = SubtreeId::of(&slot, capability.body());
        assert!(!seen.contains(&id));
        seen.push(id);
    }
    assert_ne!(SubtreeId::of(&device.slot_key(1), capability.body()), *seen.last().unwrap());
}

#[test]
fn state_survives_a_power_cut() {
    let (key, id) = parts();
    let mut ring = KeyRing::new(key, id, 5);
    for slot in [0, 1, 15] {
        ring.enable(slot).unwrap();
    }
    ring.revoke_slot(15).unwrap();
    let gone = ring.root(1, &all()).unwrap();
    let killed = ring.revoke_subtree(gone.body()).unwrap();
    for woof in 1..SUBTREES as u16 {
        let below = gone.derive(&grant(1, woof, Right::Get)).unwrap();
        ring.revoke_subtree(below.body()).unwrap();
    }
    let state = ring.state();
    let again = KeyRing::restore(key, id, &state).unwrap();
    assert_eq!(again.state(), state);
    for slot in 0..16 {
        assert_eq!(again.header(slot), ring.header(slot));
        if let Ok(header) = again.header(slot) {
            assert_eq!(again.slot_key(header), ring.slot_key(header));
        }
    }
    assert!(again.is_revoked(again.header(1).unwrap(), killed));
    assert!(!again.is_revoked(again.header(0).unwrap(), killed), "the slot counts");
    let mut broken = state;
    broken[19] = 9;
    assert_eq!(KeyRing::restore(key, id, &broken).map(|ring| ring.state()), Err(Error::ListFull));
}

#[test]
fn pairing_needs_the_same_root_on_both_sides() {
    let device = Device::new();
    let root = device.ring.root(1, &all()).unwrap();
    let (n_e, n_d) = ([1; NONCE_SIZE], [2; NONCE_SIZE]);
    let (edge, board) = (Pairing::new(root.token(), n_e, n_d), Pairing::new(root.token(), n_e, n_d));
    assert!(edge.is_device(&board.device_proof()));
    assert!(board.is_edge(&edge.edge_proof()));
    // Neither proof is the other one, nor that of another run or key.
    assert!(!edge.is_device(&edge.edge_proof()) && !board.is_edge(&board.device_proof()));
    assert!(!edge.is_device(&board.device_proof()[..15]));
    let weaker = root.derive(&FrameBuilder::new().max_len(1).build().unwrap()).unwrap();
    let owner = device.root();
    for other in [
        Pairing::new(root.token(), [3; NONCE_SIZE], n_d),
        Pairing::new(root.token(), n_e, [3; NONCE_SIZE]),
        Pairing::new(root.token(), n_d, n_e),
        Pairing::new(weaker.token(), n_e, n_d),
        Pairing::new(owner.token(), n_e, n_d),
    ] {
        assert!(!edge.is_device(&other.device_proof()) && !board.is_edge(&other.edge_proof()));
    }
}
