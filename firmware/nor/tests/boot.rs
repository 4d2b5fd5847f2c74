//! Power is cut at every single write: one of the two firmwares runs, and the one that was kept stays.

use nano_nor::{Choice, Nor, SECTOR, TRIES, choose, keep, set};

/// Two sectors that lose power after so many words or sectors.
#[derive(Clone)]
struct Chip {
    words: Vec<u32>,
    left: usize,
    is_worn: bool,
}

impl Chip {
    fn new() -> Self {
        Self { words: vec![u32::MAX; 2 * SECTOR / 4], left: usize::MAX, is_worn: false }
    }

    fn powered(&mut self) -> bool {
        let on = self.left > 0;
        self.left = self.left.saturating_sub(1);
        on
    }
}

impl Nor for Chip {
    fn sectors(&self) -> u32 {
        2
    }

    fn read(&mut self, offset: u32, words: &mut [u32]) -> bool {
        let at = offset as usize / 4;
        words.copy_from_slice(&self.words[at..at + words.len()]);
        true
    }

    fn write(&mut self, offset: u32, words: &[u32]) -> bool {
        for (word, at) in words.iter().zip(offset as usize / 4..) {
            if !self.powered() {
                // The word being written has some of its bits.
                self.words[at] &= word | 0x5555_FFFF;
                return false;
            }
            if !self.is_worn {
                self.words[at] &= word;
            }
        }
        !self.is_worn
    }

    fn erase(&mut self, sector: u32) -> bool {
        let at = sector as usize * SECTOR / 4;
        if !self.powered() {
            self.words[at..at + SECTOR / 8].fill(u32::MAX);
            return false;
        }
        self.words[at..at + SECTOR / 4].fill(u32::MAX);
        !self.is_worn
    }
}

const fn kept(place: u32) -> Choice {
    Choice { place, is_on_trial: false }
}

const fn trial(place: u32) -> Choice {
    Choice { place, is_on_trial: true }
}

#[test]
fn a_trial_ends_by_being_kept_or_after_its_starts() {
    let mut chip = Chip::new();
    assert_eq!(choose(&mut chip), kept(0), "nothing was noted");
    assert!(set(&mut chip, 1));
    for _ in 0..TRIES {
        assert_eq!(choose(&mut chip), trial(1));
    }
    assert_eq!(choose(&mut chip), kept(0), "nobody kept it");
    assert_eq!(choose(&mut chip), kept(0));
    assert!(set(&mut chip, 1));
    assert_eq!(choose(&mut chip), trial(1));
    assert!(keep(&mut chip));
    for _ in 0..10 {
        assert_eq!(choose(&mut chip), kept(1));
    }
    assert!(keep(&mut chip), "twice is no harm");
}

#[test]
fn updates_go_on_for_longer_than_a_sector_lasts() {
    let mut chip = Chip::new();
    for update in 1..2000 {
        let place = update % 2;
        assert!(set(&mut chip, place));
        assert_eq!(choose(&mut chip), trial(place), "{update}");
        assert!(keep(&mut chip));
        assert_eq!(choose(&mut chip), kept(place), "{update}");
    }
}

#[test]
fn power_is_cut_at_every_write() {
    let mut full = Chip::new();
    // So that both the next place in a sector and a sector begun anew are met.
    for before in 0..130 {
        for left in 0..7 {
            let mut chip = full.clone();
            chip.left = left;
            let old = before % 2;
            let is_set = set(&mut chip, 1 - old);
            let mut chosen = choose(&mut chip);
            let is_kept = chosen.is_on_trial && keep(&mut chip);
            chip.left = usize::MAX;
            let after = choose(&mut chip);
            if is_kept {
                assert_eq!(after, kept(1 - old), "{before} {left}");
            } else if !is_set {
                assert!(after == kept(old) || after == trial(1 - old), "{before} {left}: {after:?}");
            }
            // Without being kept it ends at what ran before, and an update can come again.
            while after.is_on_trial && chosen != kept(old) {
                chosen = choose(&mut chip);
                assert!(chosen == trial(1 - old) || chosen == kept(old));
            }
            assert!(set(&mut chip, 1 - old));
            assert_eq!(choose(&mut chip), trial(1 - old), "{before} {left}");
        }
        assert!(set(&mut full, 1 - before % 2) && choose(&mut full).is_on_trial && keep(&mut full));
    }
}

#[test]
fn where_a_start_can_not_be_counted_the_trial_is_over() {
    let mut chip = Chip::new();
    assert!(set(&mut chip, 1));
    chip.is_worn = true;
    assert_eq!(choose(&mut chip), kept(0));
    assert!(!set(&mut chip, 1));
}
