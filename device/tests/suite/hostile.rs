//! What a board does badly: flash that fails or can't be read, a link without end, an owner who changes his mind.

use crate::bench::{Bench, CONFIG, Code, TestBoard, identity, str8};
use nano_caps::{ANY, Op, Status};
use nano_device::{AppendError, BootError, Item, Port, Runtime};
use nano_wire::message::operation::{FunctionState, Install, Refused};

fn log_named(bench: &Bench, name: &str) -> bool {
    bench.runtime.objects().logs().iter().any(|log| log.name == name)
}

#[test]
fn what_can_not_be_stored_is_not_there() {
    let mut bench = Bench::new();
    let (ns, _) = bench.light();
    let make = [&8_u32.to_le_bytes()[..], &4_u32.to_le_bytes(), &str8("late")].concat();
    bench.outside.borrow_mut().flash_fails = true;
    // Twice: the second time it must not be taken for one that is there.
    for _ in 0..2 {
        let (status, why) = bench.refused(Op::MkWoof, ns, ANY, &make);
        assert_eq!((status, Refused::decode(&why)), (Status::Busy, Some(Refused::Storage)));
        let (status, why) = bench.refused(Op::MkNs, ANY, ANY, &str8("other"));
        assert_eq!((status, Refused::decode(&why)), (Status::Busy, Some(Refused::Storage)));
    }
    assert!(!log_named(&bench, "late"));
    bench.outside.borrow_mut().flash_fails = false;
    let woof = bench.make_log(ns, "late", 8, 4);
    assert_eq!(bench.make_namespace("other"), ns + 1);
    let bench = bench.reboot();
    assert_eq!(bench.runtime.objects().log(ns, woof).map(|log| &*log.name), Some("late"));
}

#[test]
fn what_can_not_be_noted_as_gone_is_still_there() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "lamp", "def handler(payload, ctx):\n    return payload\n");
    bench.outside.borrow_mut().flash_fails = true;
    let (_, why) = bench.refused(Op::Drop, log.0, log.1, &[]);
    assert_eq!(Refused::decode(&why), Some(Refused::Storage));
    let mut payload = [0; 64];
    let length = Install::Remove { name: "lamp" }.encode(&mut payload).unwrap();
    let (_, why) = bench.refused(Op::Install, log.0, log.1, &payload[..length]);
    assert_eq!(Refused::decode(&why), Some(Refused::Storage));
    bench.append(log, b"7");
    bench.run(10_000);
    assert!(bench.said().contains("lamp(light 1) -> 7"), "{}", bench.said());
    bench.outside.borrow_mut().flash_fails = false;
    bench.must(Op::Install, log.0, log.1, &payload[..length]);
    bench.must(Op::Drop, log.0, log.1, &[]);
    assert!(!log_named(&bench, "light") && bench.runtime.functions().next().is_none());
}

#[test]
fn a_device_does_not_begin_anew_over_what_it_can_not_read() {
    for item in [Item::KeyRing, Item::HighWater, Item::Objects] {
        for unreadable in [vec![], vec![9; 5]] {
            let mut bench = Bench::new();
            let (ns, woof) = bench.light();
            bench.must(Op::Put, ns, woof, b"1");
            let mut flash = bench.outside.borrow().flash.clone();
            flash.insert(item, unreadable);
            let board = TestBoard::with_flash(flash.clone());
            assert_eq!(Runtime::boot(board.clone(), &identity(), CONFIG).err(), Some(BootError::Storage), "{item:?}");
            assert_eq!(board.flash(), flash, "nothing was written over it");
        }
    }
}

#[test]
fn logs_and_modules_that_are_gone_take_no_room_of_the_board() {
    let mut bench = Bench::new();
    let ns = bench.make_namespace("app");
    for round in 0..20 {
        let woof = bench.make_log(ns, "brief", 16, 4);
        bench.must(Op::Put, ns, woof, b"1");
        let kept = bench.outside.borrow().logs.clone();
        assert!(kept.contains(&woof) && kept.len() == 2, "{round}: {kept:?}");
        bench.must(Op::Drop, ns, woof, &[]);
        bench.run(1_000_000);
    }
    let log = bench.light();
    for word in ["a", "b", "c", "d"] {
        bench.deploy(log, "lamp", &format!("def handler(payload, ctx):\n    return '{word}'\n"));
        bench.append(log, b"7");
        bench.run(10_000);
    }
    // The one that runs, and the one before, which was needed until this one had run.
    assert!(bench.outside.borrow().modules.len() <= 2);
    let kept = bench.outside.borrow().modules.clone();
    let mut bench = bench.reboot_with(kept);
    bench.run(1000);
    assert_eq!(bench.outside.borrow().modules.len(), 1);
    bench.append(log, b"7");
    bench.run(10_000);
    assert!(bench.said().contains("\"d\""), "{}", bench.said());
}

#[test]
fn two_functions_of_one_log_may_have_one_module() {
    let mut bench = Bench::new();
    bench.outside.borrow_mut().unlinked = true;
    let log = bench.light();
    let code =
        Code::new("def handler(payload, ctx):\n    return 'one'\n\ndef other(payload, ctx):\n    return 'two'\n");
    let first = Bench::configuration(&code, "first");
    let second = nano_wire::message::operation::Configuration { handler: "lights.other", name: "second", ..first };
    bench.install(log, &Install::Configure(first));
    bench.install(log, &Install::Configure(second));
    for _ in 0..2 {
        let mut next = 0;
        while next < code.bytes.len() {
            let bytes = &code.bytes[next..code.bytes.len().min(next + 300)];
            let chunk = Install::Chunk { hash: code.hash, offset: next as u32, bytes };
            next = bench.install(log, &chunk).next as usize;
        }
    }
    assert!(bench.runtime.functions().all(|function| function.state == FunctionState::Ready));
    bench.append(log, b"1");
    bench.run(20_000);
    let console = bench.outside.borrow().console.clone();
    assert!(console.contains("\"one\"") && console.contains("\"two\""), "{console}");
}

#[test]
fn noise_without_end_keeps_nobody_waiting() {
    for noise in [0x55_u8, 0xFF, 0x01] {
        let mut bench = Bench::new();
        let log = bench.light();
        bench.deploy(log, "lamp", "def handler(payload, ctx):\n    return payload\n");
        bench.append(log, b"7");
        bench.outside.borrow_mut().noise = Some(noise);
        for _ in 0..20 {
            bench.runtime.poll();
        }
        bench.outside.borrow_mut().noise = None;
        assert!(bench.said().contains("lamp(light 1) -> 7"), "{}", bench.said());
        // The line is good again: what comes after the next zero is heard.
        bench.push(Port(1), &[0]);
        bench.must(Op::Put, log.0, log.1, b"8");
    }
}

#[test]
fn a_board_that_is_to_sleep_ends_what_it_has_begun() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "lamp", "def handler(payload, ctx):\n    return payload\n");
    for level in 0..5 {
        bench.append(log, format!("{level}").as_bytes());
    }
    // Its time is over, and five events wait; a sixth comes for a module that nobody brings.
    let now_us = bench.outside.borrow().now_us;
    bench.runtime.run_to_rest(now_us, now_us + 10_000_000);
    assert!(bench.said().contains("lamp(light 5) -> 4"), "{}", bench.said());
    assert!(bench.outside.borrow().now_us < now_us + 1_000_000, "nothing was left to do");
    let code = Code::new("def handler(payload, ctx):\n    return 'late'\n");
    bench.install(log, &Install::Configure(Bench::configuration(&code, "other")));
    bench.append(log, b"6");
    let now_us = bench.outside.borrow().now_us;
    bench.runtime.run_to_rest(now_us, now_us + 10_000_000);
    let ended_us = bench.outside.borrow().now_us;
    assert!(ended_us <= now_us + 10_000_000, "it sleeps all the same");
}

#[test]
fn a_board_has_its_turn_while_a_handler_runs() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(
        log,
        "busy",
        "def handler(payload, ctx):\n    n = 0\n    while n < 60000:\n        n += 1\n    return n\n",
    );
    let before = bench.outside.borrow().turns;
    bench.append(log, b"7");
    bench.run(10_000);
    assert!(bench.said().contains("-> 60000"), "{}", bench.said());
    let turns = bench.outside.borrow().turns - before;
    assert!(turns > 50, "the board had {turns} turns");
}

/// What a flash holds has checksums; behind them anything may stand, of another version or of an enemy with a soldering
/// iron. Nothing of it ends the runtime, and what starts works.
#[test]
fn whatever_is_stored_a_device_starts_or_says_that_it_can_not() {
    let mut bench = Bench::new();
    let log = bench.light();
    for name in ["lamp", "door"] {
        bench.deploy(log, name, "def handler(payload, ctx):\n    return payload\n");
    }
    bench.must(Op::Put, log.0, log.1, b"1");
    let good = bench.outside.borrow().flash.clone();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) as usize % bound
    };
    let (mut started, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let mut flash = good.clone();
        let item = Item::ALL[below(4)];
        if let Some(bytes) = flash.get_mut(&item) {
            for _ in 0..=below(3) {
                let at = below(bytes.len());
                match below(5) {
                    0 => bytes[at] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][below(6)],
                    1 => bytes.truncate(at.max(1)),
                    2 => bytes.insert(at, below(256) as u8),
                    3 => bytes[at] ^= 1 << below(8),
                    _ => bytes[at] = below(256) as u8,
                }
            }
        }
        let Ok(mut runtime) = Runtime::boot(TestBoard::with_flash(flash), &identity(), CONFIG) else {
            refused += 1;
            continue;
        };
        started += 1;
        let ns = runtime.make_namespace("app");
        if let Ok(woof) = ns.and_then(|ns| runtime.make_log(ns, "other", 8, 4)) {
            let ns = runtime.make_namespace("app").unwrap();
            // Its handle may be that of the device's own namespace now.
            assert!(matches!(runtime.append(ns, woof, b"1"), Ok(1) | Err(AppendError::Reserved)));
        }
        for _ in 0..3 {
            runtime.poll();
        }
        assert!(runtime.functions().count() <= usize::from(CONFIG.functions) + 1);
    }
    assert!(started > 1000 && refused > 1000, "{started} started, {refused} did not");
    let mut sector = [0xFF; nano_wire::provision::MOST_BYTES];
    for _ in 0..20_000 {
        for byte in &mut sector[12..200] {
            *byte = below(256) as u8;
        }
        let length = below(220) as u16;
        sector[..12].copy_from_slice(b"NPRV\x01\0\0\0\0\0\0\0");
        sector[6..8].copy_from_slice(&length.to_le_bytes());
        let crc = nano_wire::link::crc32(0, &sector[12..12 + usize::from(length)]);
        sector[8..12].copy_from_slice(&crc.to_le_bytes());
        if let Ok(stored) = nano_wire::provision::Stored::decode(&sector) {
            let _ = (stored.samplers().count(), stored.network(), stored.duty());
        }
    }
}
