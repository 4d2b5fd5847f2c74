//! What outlives a reset on the smallest flash: logs come and go, functions are replaced, and there is always room for keys.

use nano_board::Store;
use nano_device::{Item, ModuleHash};
use nano_keep::{Nor, SECTOR};

/// Flash in memory.
#[derive(Clone)]
struct Chip {
    words: Vec<u32>,
    erased: usize,
}

impl Chip {
    /// As many sectors as the ESP8266 with the smallest flash has.
    fn new() -> Self {
        Self { words: vec![u32::MAX; 10 * SECTOR / 4], erased: 0 }
    }
}

impl Nor for &mut Chip {
    fn sectors(&self) -> u32 {
        (self.words.len() * 4 / SECTOR) as u32
    }

    fn read(&mut self, offset: u32, words: &mut [u32]) -> bool {
        let at = offset as usize / 4;
        words.copy_from_slice(&self.words[at..at + words.len()]);
        true
    }

    fn write(&mut self, offset: u32, words: &[u32]) -> bool {
        for (place, word) in self.words[offset as usize / 4..].iter_mut().zip(words) {
            *place &= word;
        }
        true
    }

    fn erase(&mut self, sector: u32) -> bool {
        let at = sector as usize * SECTOR / 4;
        self.words[at..at + SECTOR / 4].fill(u32::MAX);
        self.erased += 1;
        true
    }
}

fn module(number: u8, bytes: usize) -> (ModuleHash, Vec<u8>) {
    (ModuleHash([number; 32]), vec![number; bytes])
}

#[test]
fn functions_that_are_replaced_leave_room_for_keys_and_records() {
    let mut chip = Chip::new();
    let mut store = Store::open(&mut chip).unwrap();
    for number in 1..=200 {
        let (hash, bytes) = module(number, 7000);
        let before = ModuleHash([number - 1; 32]);
        store.keep_only(&|_| true, &|other| *other == hash || *other == before);
        store.keep_module(&hash, &bytes);
        assert_eq!(store.module(&hash).as_ref(), Some(&bytes), "module {number}");
        assert!(store.store(Item::KeyRing, &[number; 300]) && store.store(Item::HighWater, &[number; 8]));
        assert!(store.keep_log(2, 24 + usize::from(number) % 8 * 100, &[number; 100]));
    }
}

#[test]
fn modules_give_way_to_everything_else() {
    let mut chip = Chip::new();
    let mut store = Store::open(&mut chip).unwrap();
    for number in 1..=16 {
        let (hash, bytes) = module(number, 7000);
        store.keep_module(&hash, &bytes);
    }
    // As many records as all logs of that board have, and what belongs to them.
    for offset in (0..16 << 10).step_by(64) {
        assert!(store.keep_log(2, offset, &[1; 64]), "record at {offset}");
    }
    for item in Item::ALL {
        assert!(store.store(item, &[7; 2000]), "{item:?}");
    }
    let mut memory = vec![0; 16 << 10];
    let mut store = Store::open(&mut chip).unwrap();
    store.restore_log(2, &mut memory);
    assert!(memory.iter().all(|byte| *byte == 1));
}

#[test]
fn logs_that_were_dropped_make_room_and_stay_away() {
    let mut chip = Chip::new();
    for log in 1..1000 {
        let mut store = Store::open(&mut chip).unwrap();
        store.keep_only(&|other| other == log, &|_| false);
        for offset in (0..4000).step_by(100) {
            assert!(store.keep_log(log, offset, &[log as u8; 100]), "log {log}");
        }
        let mut memory = [0; 100];
        store.restore_log(log - 1, &mut memory);
        assert_eq!(memory, [0; 100], "log {log}");
    }
}

#[test]
fn a_flash_that_is_full_is_not_worn() {
    let mut chip = Chip::new();
    let mut store = Store::open(&mut chip).unwrap();
    let mut log = 1;
    while store.keep_log(log, 100, &[1; 1000]) {
        log += 1;
    }
    drop(store);
    let erased = chip.erased;
    let mut store = Store::open(&mut chip).unwrap();
    for _ in 0..100 {
        assert!(!store.keep_log(log, 100, &[1; 1000]));
    }
    drop(store);
    assert_eq!(chip.erased, erased);
}

/// A key ring that can't be read is not none: with none a device would enable its slots anew.
#[test]
fn what_can_not_be_read_is_told_from_what_is_not_there() {
    let mut chip = Chip::new();
    let mut store = Store::open(&mut chip).unwrap();
    let mut buffer = [0; 400];
    assert_eq!(store.load(Item::KeyRing, &mut buffer), None);
    assert!(store.store(Item::KeyRing, &[7; 300]));
    assert_eq!(store.load(Item::KeyRing, &mut buffer), Some(300));
    assert_eq!(store.load(Item::KeyRing, &mut [0; 8]), Some(0));
}
