//! Whoever is in the edge's place, or on a serial line, sends anything at full speed. `cargo xtask soak hostile` makes it a
//! minute.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nano_emulator::Selection;

use crate::workbench::{Bench, SerialBench, wait};

/// Least that is sent: a minute and a half of what a line of 115,200 bits a second carries.
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

/// How long it goes on at least.
fn least_time() -> Duration {
    let seconds = std::env::var("NANO_TEST_HOSTILE_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(0))
}

#[test]
fn an_enemy_at_full_speed_in_the_edges_place_harms_nothing() {
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
    let until = Instant::now() + least_time();
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

/// Its owner goes on meanwhile, and is heard now and then. What was acknowledged is there afterwards.
#[test]
fn an_enemy_at_full_speed_on_the_line_of_an_esp8266_harms_nothing() {
    let bench = SerialBench::new();
    let mut board = bench.start();
    let mut owner = board.owner();
    let ns = owner.make_namespace("app").unwrap();
    let log = owner.make_log(ns, "light", 16, 64).unwrap();
    owner.put(ns, log, b"0").unwrap();
    let mut thoughts = Thoughts { chance: 1, overheard: board.overheard() };
    assert!(!thoughts.overheard.is_empty());

    let ended = AtomicBool::new(false);
    let (sent, acknowledged, asked) = thread::scope(|scope| {
        let owner = scope.spawn(|| {
            let (mut acknowledged, mut asked) = (Vec::new(), 0);
            while !ended.load(Ordering::Acquire) {
                asked += 1;
                if let Ok(sequence) = owner.put(ns, log, format!("{asked}").as_bytes()) {
                    acknowledged.push((sequence, asked));
                }
            }
            (acknowledged, asked)
        });
        let (mut sent, until) = (0, Instant::now() + least_time());
        while sent < BYTES || Instant::now() < until {
            let bytes = thoughts.next();
            board.device.inject(&bytes);
            sent += bytes.len() as u64;
        }
        ended.store(true, Ordering::Release);
        let (acknowledged, asked) = owner.join().unwrap();
        (sent, acknowledged, asked)
    });
    println!("{sent} bytes; of {asked} appends meanwhile {} were acknowledged", acknowledged.len());
    assert!(board.device.is_on());

    // The end of what was sent last.
    board.device.inject(&[0]);
    let mut owner = board.owner();
    let last = wait("it answers afterwards", || owner.put(ns, log, b"still here").ok());
    assert!(last > acknowledged.last().map_or(1, |(sequence, _)| *sequence));
    drop((board, owner));
    let board = bench.start();
    let mut owner = board.owner();
    let kept = owner.tail(ns, log, 64).unwrap();
    let find = |sequence| kept.iter().find(|record| record.sequence == sequence).map(|record| record.payload.clone());
    assert_eq!(find(last).as_deref(), Some(&b"still here"[..]));
    for (sequence, asked) in acknowledged.iter().filter(|(sequence, _)| *sequence + 64 > last) {
        assert_eq!(find(*sequence), Some(format!("{asked}").into_bytes()), "record {sequence}");
    }
    bench.no_defect();
}
