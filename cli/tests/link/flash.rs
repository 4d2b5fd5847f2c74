//! Flash that fails, and power that goes while something is written: nothing acknowledged is lost, and the board comes back.

use std::fs::{self, OpenOptions};
use std::io::Write;

use nano_emulator::Selection;

use crate::workbench::{Bench, wait};

/// Sectors that the board keeps things in.
const SECTORS: usize = 32;
/// Power that lasts.
const STAYS: u32 = u32::MAX;

/// What `firmware/semihosting/src/faults.rs` reads; written in place, for a board that has it open.
fn faults(bench: &Bench, power: u32, is_worn: impl Fn(usize) -> bool) {
    let folder = bench.folder.path().join("board");
    fs::create_dir_all(&folder).unwrap();
    let mut bytes = power.to_le_bytes().to_vec();
    bytes.extend((0..SECTORS).map(|sector| u8::from(is_worn(sector))));
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("flash.faults"));
    file.unwrap().write_all(&bytes).unwrap();
}

#[test]
fn sectors_that_fail_are_passed_over() {
    let bench = Bench::new();
    faults(&bench, STAYS, |_| false);
    let device = bench.start();
    let mut owner = bench.owner();
    let ns = owner.make_namespace("app").unwrap();
    let log = owner.make_log(ns, "light", 32, 16).unwrap();
    let mut last = 0;
    let mut append = |owner: &mut nano_emulator::DeviceClient| {
        let sequence = owner.put(ns, log, format!("{}", last + 1).as_bytes())?;
        assert_eq!(sequence, last + 1);
        last = sequence;
        Ok::<_, nano_emulator::ClientError>(sequence)
    };
    for _ in 0..20 {
        append(&mut owner).unwrap();
    }
    // More and more of them, while it works; the one that is being written among them.
    for step in [7, 5, 3, 2] {
        faults(&bench, STAYS, |sector| sector % step == 0);
        for _ in 0..150 {
            append(&mut owner).unwrap();
        }
    }
    drop((device, owner));
    let device = bench.start();
    let mut owner = bench.owner();
    let records = owner.get(ns, log, Selection::Latest).unwrap();
    assert_eq!((records[0].sequence, records[0].payload.as_slice()), (620, &b"620"[..]));

    // None is left: nothing more is acknowledged, and what was is there.
    faults(&bench, STAYS, |_| true);
    let refused = (0..200).find_map(|_| append(&mut owner).err());
    assert!(refused.is_some(), "it acknowledges what it can't keep");
    let newest = owner.get(ns, log, Selection::Latest).unwrap()[0].sequence;
    faults(&bench, STAYS, |sector| sector % 2 == 0);
    drop((device, owner));
    let _device = bench.start();
    let mut owner = bench.owner();
    let records = owner.get(ns, log, Selection::Latest).unwrap();
    println!("acknowledged {last}, shown {newest}, after the power cut {}", records[0].sequence);
    assert!(records[0].sequence >= last);
    assert_eq!(records[0].payload, format!("{}", records[0].sequence).into_bytes());
    bench.no_defect();
}

#[test]
fn power_that_goes_in_the_middle_of_a_write_takes_nothing_that_was_acknowledged() {
    let cuts: u32 = std::env::var("NANO_TEST_POWER_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let bench = Bench::new();
    faults(&bench, STAYS, |_| false);
    let device = bench.start();
    let mut owner = bench.owner();
    let ns = owner.make_namespace("app").unwrap();
    let log = owner.make_log(ns, "light", 16, 16).unwrap();
    drop((device, owner));
    let (mut acknowledged, mut appended, mut chance) = (0, 0, 0x9E37_79B9_u64);
    for round in 0..cuts / 10 {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let words = (chance >> 33) as u32;
        // Sometimes while it starts, which writes, too.
        if round % 4 == 3 {
            faults(&bench, words % 8, |_| false);
            let mut device = bench.start();
            wait("it goes while the board starts", || (!device.is_on()).then_some(()));
            faults(&bench, STAYS, |_| false);
        }
        let mut device = bench.start();
        let mut owner = bench.owner();
        let found = owner.get(ns, log, Selection::Latest).ok().and_then(|mut records| records.pop());
        let found = found.map_or(0, |record| {
            assert_eq!(record.payload, format!("{}", record.sequence).into_bytes(), "round {round}");
            record.sequence
        });
        // What was acknowledged is there; what was under way may be.
        assert!((acknowledged..=acknowledged + 1).contains(&found), "round {round}: {found}, {acknowledged}");
        acknowledged = found;
        faults(&bench, words % 200, |_| false);
        while let Ok(sequence) = owner.put(ns, log, format!("{}", acknowledged + 1).as_bytes()) {
            acknowledged = sequence;
            appended += 1;
        }
        wait("the power is gone", || (!device.is_on()).then_some(()));
        faults(&bench, STAYS, |_| false);
    }
    println!("{} cuts inside a write, {appended} appends acknowledged", cuts / 10);
    bench.no_defect();
}
