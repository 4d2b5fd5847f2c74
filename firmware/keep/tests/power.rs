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
