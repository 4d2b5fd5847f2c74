//! Power is cut at every single write: what was kept is there, and the store goes on.

use nano_keep::{Keep, KeepError, Nor, SECTOR};
use std::collections::BTreeMap;

/// Flash in memory that loses power after so many words or sectors.
#[derive(Clone, Debug)]
struct Chip {
    words: Vec<u32>,
    left: usize,
    erased: Vec<u32>,
    /// Sectors that don't take writes.
    worn: Vec<u32>,
}

impl Chip {
    fn new(sectors: usize) -> Self {
        Self { words: vec![u32::MAX; sectors * SECTOR / 4], left: usize::MAX, erased: vec![0; sectors], worn: vec![] }
    }

    fn powered(&mut self) -> bool {
        let on = self.left > 0;
        self.left = self.left.saturating_sub(1);
        on
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
        for (index, word) in words.iter().enumerate() {
            if !self.powered() {
                // The word being written has some of its bits.
                self.words[offset as usize / 4 + index] &= word | 0xFFFF_0000;
                return false;
            }
            if self.worn.contains(&(offset / SECTOR as u32)) {
                return false;
            }
            self.words[offset as usize / 4 + index] &= word;
        }
        true
    }

    fn erase(&mut self, sector: u32) -> bool {
        let at = sector as usize * SECTOR / 4;
        if !self.powered() {
            // Half of it is blank, the rest as before.
            self.words[at..at + SECTOR / 8].fill(u32::MAX);
            return false;
        }
        self.erased[sector as usize] += 1;
        self.words[at..at + SECTOR / 4].fill(u32::MAX);
        !self.worn.contains(&sector)
    }
}

fn value(step: u32) -> Vec<u8> {
    (0..(step * 37 % 300)).map(|i| (i ^ step) as u8).collect()
}

fn check(keep: &mut Keep<&mut Chip>, expected: &BTreeMap<u32, Vec<u8>>, in_flight: Option<(u32, &[u8])>) {
    let mut buffer = vec![0; SECTOR];
    for (key, bytes) in expected {
        let length = keep.load(*key, &mut buffer);
        let found = length.map(|length| &buffer[..length]);
        let is_new = in_flight.is_some_and(|(other, new)| other == *key && found == Some(new));
        assert!(is_new || found == Some(bytes.as_slice()), "key {key}: {found:?}, expected {bytes:?}");
    }
}

#[test]
fn what_is_kept_is_found_again_and_wear_is_level() {
    let mut chip = Chip::new(4);
    let mut expected = BTreeMap::new();
    for step in 0..3000 {
        let mut keep = Keep::open(&mut chip).unwrap();
        let key = step * 7 % 12;
        keep.store(key, &value(step)).unwrap();
        expected.insert(key, value(step));
        check(&mut keep, &expected, None);
        assert_eq!(keep.load(99, &mut []), None);
    }
    let (least, most) = (chip.erased.iter().min().unwrap(), chip.erased.iter().max().unwrap());
    assert!(*least > 20 && most - least <= 1, "{:?}", chip.erased);
}

#[test]
fn a_power_cut_at_any_write_loses_nothing_that_was_kept() {
    let mut cuts = 0;
    for cut in (0..6000).step_by(7) {
        let mut chip = Chip::new(3);
        let mut expected = BTreeMap::new();
        chip.left = cut;
        let mut step = 0;
        // Until power goes, and then twice over what was left.
        for round in 0..3 {
            let Ok(mut keep) = Keep::open(&mut chip) else { panic!("it does not open") };
            check(&mut keep, &expected, Some((step * 7 % 9, &value(step))));
            // The value in flight may have become the one that counts.
            let mut buffer = vec![0; SECTOR];
            if let Some(length) = keep.load(step * 7 % 9, &mut buffer) {
                expected.insert(step * 7 % 9, buffer[..length].to_vec());
            }
            for _ in 0..60 {
                step += 1;
                if keep.store(step * 7 % 9, &value(step)).is_err() {
                    cuts += 1;
                    break;
                }
                expected.insert(step * 7 % 9, value(step));
            }
            drop(keep);
            chip.left = if round == 0 { cut / 3 } else { usize::MAX };
        }
        let mut keep = Keep::open(&mut chip).unwrap();
        check(&mut keep, &expected, Some((step * 7 % 9, &value(step))));
        keep.store(1, b"and on").unwrap();
    }
    assert!(cuts > 800, "{cuts}");
}

/// Values that stay, nearly as many as there is room for, and some that change: every sector has some that count.
fn filled(chip: &mut Chip) -> BTreeMap<u32, Vec<u8>> {
    let sectors = chip.erased.len();
    let mut keep = Keep::open(chip).unwrap();
    let mut expected = BTreeMap::new();
    for step in 0..(sectors as u32 - 3) * 12 {
        for (key, bytes) in [(1000 + step, vec![step as u8; 200]), (step % 9, vec![!step as u8; 60])] {
            keep.store(key, &bytes).unwrap();
            expected.insert(key, bytes);
        }
    }
    expected
}

#[test]
fn a_power_cut_while_much_is_kept_leaves_a_store_that_goes_on() {
    let mut full = Chip::new(6);
    let before = filled(&mut full);
    for cut in (0..2600).step_by(3) {
        let mut chip = full.clone();
        let mut expected = before.clone();
        // Power goes again and again, as it does when a battery is empty: each time a little later.
        for left in [cut, cut / 2, 7, cut / 3 + 1, usize::MAX] {
            chip.left = left;
            let mut keep = Keep::open(&mut chip).unwrap();
            check(&mut keep, &expected, None);
            for step in 0..200 {
                let (key, bytes) = (step % 9, vec![step as u8 ^ left as u8; 60]);
                let stored = keep.store(key, &bytes);
                if stored.is_err() {
                    assert!(left < usize::MAX, "{stored:?} after power went at {cut}");
                    let mut buffer = [0; 60];
                    assert_eq!(keep.load(key, &mut buffer), Some(60));
                    // What was in flight is there or not.
                    drop(keep);
                    chip.left = usize::MAX;
                    let length = Keep::open(&mut chip).unwrap().load(key, &mut buffer);
                    assert_eq!(length, Some(60));
                    assert!(buffer[..] == bytes || buffer[..] == expected[&key], "{key}");
                    expected.insert(key, buffer.to_vec());
                    break;
                }
                expected.insert(key, bytes);
            }
        }
    }
}

#[test]
fn a_full_store_is_not_worn_by_being_asked() {
    let mut chip = Chip::new(4);
    let mut keep = Keep::open(&mut chip).unwrap();
    let mut kept = 0;
    while keep.store(kept, &[kept as u8; 300]) == Ok(()) {
        kept += 1;
    }
    drop(keep);
    let before = (chip.erased.clone(), chip.words.clone());
    for _ in 0..50 {
        let mut keep = Keep::open(&mut chip).unwrap();
        assert_eq!(keep.store(kept, &[0; 300]), Err(KeepError::Full));
        assert_eq!(keep.store(0, &[1; 300]), Err(KeepError::Full));
    }
    assert_eq!(chip.erased, before.0);
    assert!(chip.words == before.1, "nothing was written");
    // What goes makes room.
    let mut keep = Keep::open(&mut chip).unwrap();
    keep.forget(|key| key == 3);
    keep.store(kept, &[7; 300]).unwrap();
}

#[test]
fn a_sector_that_fails_is_passed_over_when_every_other_one_has_what_counts() {
    for worn in 0..8 {
        let mut chip = Chip::new(8);
        let mut expected = filled(&mut chip);
        chip.worn = vec![worn];
        let mut keep = Keep::open(&mut chip).unwrap();
        for step in 0..900 {
            let (key, bytes) = (step % 9, vec![step as u8; 60]);
            keep.store(key, &bytes).unwrap_or_else(|error| panic!("{error:?} at {step}, {worn} is worn"));
            expected.insert(key, bytes);
        }
        check(&mut keep, &expected, None);
        drop(keep);
        check(&mut Keep::open(&mut chip).unwrap(), &expected, None);
    }
}

/// As the first version wrote a sector: its header has 12 bytes, and values are in it from its beginning on.
#[test]
fn what_the_version_before_kept_is_found() {
    let mut chip = Chip::new(4);
    let crc =
        |words: &[u32]| nano_wire::link::crc32(0, &words.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<_>>());
    for (sector, turn, text) in [(2, 7, *b"new."), (1, 6, *b"old.")] {
        let (magic, text) = (u32::from_le_bytes(*b"KEEP"), u32::from_le_bytes(text));
        let words = [magic, turn, crc(&[magic, turn]), 5, 4, crc(&[5, 4, text]), text];
        chip.words[sector * SECTOR / 4..][..7].copy_from_slice(&words);
    }
    let mut buffer = [0; 4];
    for _ in 0..2 {
        let mut keep = Keep::open(&mut chip).unwrap();
        assert_eq!((keep.load(5, &mut buffer), &buffer), (Some(4), b"new."));
        for step in 0..400 {
            keep.store(6, &value(step)).unwrap();
        }
    }
}

#[test]
fn a_failing_sector_is_passed_over() {
    let mut chip = Chip::new(6);
    chip.worn = vec![2];
    let mut keep = Keep::open(&mut chip).unwrap();
    let mut expected = BTreeMap::new();
    for step in 0..800 {
        keep.store(step % 9, &value(step)).unwrap();
        expected.insert(step % 9, value(step));
    }
    check(&mut keep, &expected, None);
    chip.worn = vec![0, 1, 2, 3, 4, 5];
    let mut keep = Keep::open(&mut chip).unwrap();
    assert_eq!(keep.store(1, b"x"), Err(KeepError::Worn));
    check(&mut keep, &expected, None);
}

#[test]
fn what_does_not_fit_is_refused_and_the_rest_stays() {
    let mut chip = Chip::new(3);
    let mut keep = Keep::open(&mut chip).unwrap();
    assert_eq!(keep.store(1, &[0; SECTOR]), Err(KeepError::TooLarge));
    let mut kept = 0;
    while keep.store(kept, &[kept as u8; 500]) == Ok(()) {
        kept += 1;
        assert!(kept < 30);
    }
    let mut buffer = [0; 500];
    for key in 0..kept {
        assert_eq!((keep.load(key, &mut buffer), buffer[0]), (Some(500), key as u8));
    }
    keep.forget(|key| key < kept / 2);
    keep.store(100, &[1; 500]).unwrap();
}

#[test]
fn any_content_opens() {
    let mut state = 1u32;
    for _ in 0..300 {
        let mut chip = Chip::new(3);
        for word in &mut chip.words {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *word = if state & 0x300 == 0 { u32::from_le_bytes(*b"KEEP") } else { state };
        }
        let mut keep = Keep::open(&mut chip).unwrap();
        keep.store(5, b"works").unwrap();
        let mut buffer = [0; 8];
        assert_eq!(keep.load(5, &mut buffer), Some(5));
    }
}
