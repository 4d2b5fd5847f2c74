//! Whoever answers in the edge's place sends anything at full speed. `NANO_TEST_HOSTILE_SECONDS=60` makes it a minute.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nano_emulator::Selection;

use crate::workbench::{Bench, wait};

/// Least that is sent.
const BYTES: u64 = 1 << 20;
/// After how much the line is hung up and the board has to come again.
const SITTING: u64 = 150_000;

/// What an enemy thinks of.
struct Thoughts {
    chance: u64,
    /// What the edge really said.
    overheard: Vec<u8>,
}

impl Thoughts {
    fn below(&mut self, bound: usize) -> usize {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 33) as usize % bound
    }

    fn noise(&mut self, length: usize) -> Vec<u8> {
        // Many ends of frames.
        (0..length).map(|_| if self.below(16) == 0 { 0 } else { self.below(256) as u8 }).collect()
    }

    /// Some of what the edge said, as it was or with a byte bent.
    fn repeated(&mut self) -> Vec<u8> {
        let from = self.below(self.overheard.len());
        let length = (1 + self.below(2000)).min(self.overheard.len() - from);
        let mut bytes = self.overheard[from..from + length].to_vec();
        if self.below(2) == 0 {
            let at = self.below(length);
            bytes[at] ^= 1 << self.below(8);
        }
        bytes
    }

    /// A frame that is one, about anything.
    fn frame(&mut self) -> Vec<u8> {
        let length = self.below(3000);
        let body = self.noise(length);
        let mut frame = vec![0; nano_wire::link::encoded_bytes(body.len())];
        let length = nano_wire::link::encode(self.below(256) as u8, &[&body], &mut frame).unwrap();
        frame.truncate(length);
        frame
    }

    fn next(&mut self) -> Vec<u8> {
        match self.below(4) {
            0 => self.noise(4096),
            1 => self.repeated(),
            _ => self.frame(),
        }
    }
}

#[test]
fn an_enemy_at_full_speed_in_the_edges_place_harms_nothing() {
    let seconds = std::env::var("NANO_TEST_HOSTILE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let bench = Bench::new();
    let mut device = bench.start();
    let mut owner = bench.owner();
    let ns = owner.make_namespace("app").unwrap();
    let log = owner.make_log(ns, "light", 16, 16).unwrap();
    let kept = owner.put(ns, log, b"kept").unwrap();
    drop(owner);

    let (sent, sittings) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
    let mut thoughts = Thoughts { chance: 1, overheard: bench.wire.overheard() };
    assert!(!thoughts.overheard.is_empty());
    bench.wire.divert(Some(Box::new({
        let (sent, sittings) = (Arc::clone(&sent), Arc::clone(&sittings));
        move |mut board: TcpStream| {
            sittings.fetch_add(1, Ordering::Relaxed);
            let mut said = board.try_clone().unwrap();
            let hearing = thread::spawn(move || {
                let mut nothing = [0; 4096];
                while let Ok(1..) = said.read(&mut nothing) {}
            });
            let mut here = 0;
            while here < SITTING {
                let bytes = thoughts.next();
                if board.write_all(&bytes).is_err() {
                    break;
                }
                here += bytes.len() as u64;
            }
            sent.fetch_add(here, Ordering::Relaxed);
            let _ = board.shutdown(std::net::Shutdown::Both);
            let _ = hearing.join();
        }
    })));
    bench.wire.cut();
    let until = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < until {
        thread::sleep(Duration::from_millis(100));
    }
    wait("all of it is sent", || (sent.load(Ordering::Relaxed) >= BYTES).then_some(()));
    assert!(device.is_on());
    bench.wire.divert(None);
    println!("{} bytes in {} connections", sent.load(Ordering::Relaxed), sittings.load(Ordering::Relaxed));

    let mut owner = bench.owner();
    let records = wait("what was kept can be read", || owner.get(ns, log, Selection::Latest).ok());
    assert_eq!((records[0].sequence, records[0].payload.as_slice()), (kept, &b"kept"[..]));
    assert_eq!(owner.put(ns, log, b"still here").unwrap(), kept + 1);
    bench.no_defect();
}
