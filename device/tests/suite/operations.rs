//! What each operation does, and how it refuses what makes no sense.

use crate::bench::{Bench, CONFIG, NOW_MS, str8};
use nano_caps::{ANY, Capability, FrameBuilder, Identity, Op, Request, Right, Rights, Sequence, Status, Token};
use nano_device::Config;
use nano_wire::message::operation::{
    DeviceStat, END, FunctionStat, FunctionState, Install, Limit, Listed, Listing, LogStat, Mint, Refused,
};
use nano_wire::message::update::Update;
use nano_wire::message::{ModuleHash, Reader, Records, Selection, Writer};

fn selection(selection: Selection) -> Vec<u8> {
    let mut out = [0; 16];
    let mut writer = Writer::new(&mut out);
    Selection::write(Some(selection), &mut writer).unwrap();
    let length = writer.len();
    out[..length].to_vec()
}

fn reason((status, payload): (Status, Vec<u8>)) -> (Status, Option<Refused>) {
    (status, Refused::decode(&payload))
}

#[test]
fn records_are_read_in_every_way() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    assert_eq!(reason(bench.refused(Op::Get, ns, woof, &[0])), (Status::NotFound, Some(Refused::NotYet)));
    let (rseq, _) = bench.must(Op::Put, ns, woof, b"one");
    assert_eq!(rseq, 1);
    for index in 2..=40 {
        bench.append((ns, woof), format!("{index}").as_bytes());
    }
    let mut read = |what| {
        let (rseq, payload) = bench.must(Op::Get, ns, woof, &selection(what));
        let list: Vec<u64> = Records::decode(&payload).unwrap().iter().map(|record| record.sequence).collect();
        assert_eq!(rseq, list.last().copied().unwrap_or_default());
        list
    };
    assert_eq!(read(Selection::Latest), [40]);
    assert_eq!(read(Selection::At(20)), [20]);
    assert_eq!(read(Selection::Tail(3)), [38, 39, 40]);
    assert_eq!(read(Selection::Range { from: 1, count: 2 }), [9, 10], "the history is 32");
    // More than an answer holds: the newest of a tail, the first of a range.
    assert_eq!(read(Selection::Tail(99)).last(), Some(&40));
    let first = read(Selection::Range { from: 9, count: 99 });
    assert_eq!((first.first(), first.len()), (Some(&9), 25));
    assert!(read(Selection::Range { from: 41, count: 5 }).is_empty());
    let gone = bench.refused(Op::Get, ns, woof, &selection(Selection::At(3)));
    assert_eq!(reason(gone), (Status::NotFound, Some(Refused::Gone)));
    let later = bench.refused(Op::Get, ns, woof, &selection(Selection::At(41)));
    assert_eq!(reason(later), (Status::NotFound, Some(Refused::NotYet)));
    assert_eq!(reason(bench.refused(Op::Get, ns, woof, &[9])), (Status::Denied, Some(Refused::Malformed)));
    assert_eq!(bench.refused(Op::Get, ns, 77, &[0]), (Status::NotFound, vec![]));
}

#[test]
fn a_record_over_the_element_size_or_the_answer_is_too_big() {
    let mut bench = Bench::with(Config { log_bytes: 64 << 10, ..CONFIG });
    let ns = bench.make_namespace("app");
    let woof = bench.make_log(ns, "big", 800, 8);
    assert_eq!(bench.refused(Op::Put, ns, woof, &[0; 801]).0, Status::TooBig);
    bench.append((ns, woof), &[7; 800]);
    assert_eq!(bench.refused(Op::Get, ns, woof, &[0]).0, Status::TooBig);
    let range = selection(Selection::Range { from: 1, count: 1 });
    assert_eq!(bench.refused(Op::Get, ns, woof, &range).0, Status::TooBig);
}

#[test]
fn names_get_handles_once_and_for_all() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    assert_eq!((ns, woof), (2, 2), "1 and 1 are the device's own");
    assert_eq!(bench.light(), (ns, woof), "making it again changes nothing");
    let other = [&32u32.to_le_bytes()[..], &32u32.to_le_bytes(), &str8("light")].concat();
    assert_eq!(reason(bench.refused(Op::MkWoof, ns, ANY, &other)), (Status::Denied, Some(Refused::Differs)));
    assert_eq!(reason(bench.refused(Op::MkNs, ANY, ANY, &str8("a/b"))), (Status::Denied, Some(Refused::Name)));
    assert_eq!(reason(bench.refused(Op::MkNs, ANY, ANY, b"\x05abc")), (Status::Denied, Some(Refused::Malformed)));
    assert_eq!(bench.refused(Op::MkWoof, 99, ANY, &other).0, Status::NotFound);
    let huge = [&u32::MAX.to_le_bytes()[..], &u32::MAX.to_le_bytes(), &str8("huge")].concat();
    assert_eq!(reason(bench.refused(Op::MkWoof, ns, ANY, &huge)), (Status::Busy, Some(Refused::Full)));
    bench.must(Op::Drop, ns, woof, b"");
    assert_eq!(bench.refused(Op::Drop, ns, woof, b""), (Status::NotFound, vec![]));
    assert_ne!(bench.light().1, woof, "a handle is never given out again");
    assert_eq!(reason(bench.refused(Op::Drop, 1, 1, b"")), (Status::Denied, Some(Refused::Reserved)));
    assert_eq!(reason(bench.refused(Op::Put, 1, 1, b"")), (Status::Denied, Some(Refused::Reserved)));
    assert_eq!(reason(bench.refused(Op::MkWoof, 1, ANY, &other)), (Status::Denied, Some(Refused::Reserved)));
}

#[test]
fn tables_fill_up_and_say_so() {
    let mut bench = Bench::new();
    let ns = bench.make_namespace("app");
    for index in 0..8 {
        bench.make_log(ns, &format!("log{index}"), 8, 2);
    }
    let ninth = [&8u32.to_le_bytes()[..], &2u32.to_le_bytes(), &str8("ninth")].concat();
    assert_eq!(reason(bench.refused(Op::MkWoof, ns, ANY, &ninth)), (Status::Busy, Some(Refused::Full)));
}

#[test]
fn handles_survive_a_reset() {
    let mut bench = Bench::new();
    let ns = bench.make_namespace("app");
    let first = bench.make_log(ns, "first", 8, 2);
    let second = bench.make_log(ns, "second", 8, 2);
    bench.must(Op::Drop, ns, first, b"");
    let bench = bench.reboot();
    let logs: Vec<_> = bench.runtime.objects().logs().iter().map(|log| (log.name.as_str(), log.woof)).collect();
    assert_eq!(logs, [("results", 1), ("second", second)]);
    let mut bench = bench;
    bench.outside.borrow_mut().now_us += 120_000_000; // past the mark
    assert_eq!(bench.make_namespace("app"), ns);
    assert_eq!(bench.make_log(ns, "first", 8, 2), second + 1);
}

fn listed(bench: &mut Bench, ns: u16, woof: u16, what: Listed) -> Vec<String> {
    let (mut names, mut from) = (vec![], 0);
    while from != END {
        let mut payload = [0; 3];
        Listing { what, from }.encode(&mut payload).unwrap();
        let (_, answer) = bench.must(Op::Stat, ns, woof, &payload);
        let mut reader = Reader::new(&answer);
        from = reader.u16().unwrap();
        while reader.remaining() > 0 {
            names.push(
                match what {
                    Listed::Logs => LogStat::read(&mut reader).map(|stat| format!("{}/{}", stat.namespace, stat.name)),
                    _ => FunctionStat::read(&mut reader).map(|stat| stat.name.to_owned()),
                }
                .unwrap(),
            );
        }
    }
    names
}

#[test]
fn everything_is_listed_page_by_page() {
    let mut bench = Bench::with(Config { answer_bytes: 96, log_bytes: 64 << 10, ..CONFIG });
    let ns = bench.make_namespace("app");
    bench.make_namespace("empty");
    for name in ["a", "b", "c", "d"] {
        bench.make_log(ns, name, 8, 2);
    }
    let all = listed(&mut bench, ANY, ANY, Listed::Logs);
    assert_eq!(all, ["nano/results", "app/a", "app/b", "app/c", "app/d", "empty/"]);
    assert_eq!(listed(&mut bench, ns, ANY, Listed::Logs), ["app/a", "app/b", "app/c", "app/d"]);
    bench.append((ns, 3), b"x");
    let (rseq, answer) = bench.must(Op::Stat, ns, 3, b"");
    let stat = LogStat::read(&mut Reader::new(&answer[2..])).unwrap();
    assert_eq!((rseq, stat.name, stat.first, stat.last, stat.element, stat.history), (1, "b", 1, 1, 8, 2));
    assert_eq!(bench.refused(Op::Stat, ns, 99, b"").0, Status::NotFound);
    assert_eq!(bench.refused(Op::Stat, 99, ANY, b"").0, Status::NotFound);
}

#[test]
fn a_device_says_what_it_is() {
    let mut bench = Bench::new();
    let (_, answer) = bench.must(Op::Stat, ANY, ANY, &[2, 0, 0]);
    let stat = DeviceStat::decode(&answer).unwrap();
    assert_eq!((stat.board, stat.version, stat.arenas), ("test", env!("CARGO_PKG_VERSION"), 2));
    assert!(stat.time_ms >= NOW_MS);
}

#[test]
fn a_function_stays_with_its_log() {
    let mut bench = Bench::new();
    let log = bench.light();
    let other = (log.0, bench.make_log(log.0, "other", 8, 2));
    let code = bench.deploy(log, "lamp", "def handler(payload, ctx):\n    return 1\n");
    let mut payload = vec![0; 300];
    let length = Install::Configure(Bench::configuration(&code, "lamp")).encode(&mut payload).unwrap();
    // Who may install for another log only can't take it over, nor remove it, nor limit it.
    let taken = bench.refused(Op::Install, other.0, other.1, &payload[..length]);
    assert_eq!(reason(taken), (Status::Denied, Some(Refused::Differs)));
    let length = Install::Remove { name: "lamp" }.encode(&mut payload).unwrap();
    assert_eq!(bench.refused(Op::Install, other.0, other.1, &payload[..length]).0, Status::NotFound);
    let limit = Limit { memory: 0, timeout_ms: 5, name: "lamp" };
    let length = limit.encode(&mut payload).unwrap();
    assert_eq!(bench.refused(Op::Limit, other.0, other.1, &payload[..length]).0, Status::NotFound);
    bench.must(Op::Limit, log.0, log.1, &payload[..length]);
    assert_eq!(bench.runtime.functions().next().unwrap().timeout_ms, 5);
    assert_eq!(listed(&mut bench, log.0, log.1, Listed::Functions), ["lamp"]);
    assert!(listed(&mut bench, other.0, other.1, Listed::Functions).is_empty());
    assert_eq!(bench.install(log, &Install::Remove { name: "lamp" }).state, FunctionState::Ready);
    bench.append(log, b"1");
    bench.run(5000);
    assert_eq!(bench.said(), "", "nobody is invoked any more");
}

#[test]
fn a_board_with_one_place_for_a_firmware_says_so() {
    let mut bench = Bench::new();
    let mut payload = [0; 64];
    let begin = Update::Begin { hash: ModuleHash([1; 32]), length: 4, board: "test" };
    let length = begin.encode(&mut payload).unwrap();
    let update = bench.refused(Op::Update, ANY, ANY, &payload[..length]);
    assert_eq!(reason(update), (Status::Denied, Some(Refused::Firmware)));
}

#[test]
fn an_identity_is_minted_for_who_may_and_grants_nothing() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    bench.append((ns, woof), b"[1]");
    let ident = Identity([7; 8]);
    let expires = (bench.now_ms() / 1000) as u32 + 60;
    let ask = |bench: &mut Bench, capability: &Capability, mint: Mint, woof: u16| {
        let mut payload = [0; Mint::SIZE];
        mint.encode(&mut payload).unwrap();
        let (request, exchange) = bench.bind(capability, Op::MintId, ns, woof, &payload);
        let answer = bench.send(&request).unwrap();
        let response = exchange.open(&answer).unwrap();
        let minted = exchange.open_flatten(&response).ok();
        assert!(minted.as_ref().is_none_or(|minted| !answer.windows(16).any(|b| b == minted.token().key.as_bytes())));
        (response.status, minted)
    };
    let mint = Mint { identity: ident.0, expires };
    let deputy = FrameBuilder::new().grant(ns, woof, Right::MintId | Right::Get).expires(expires - 20).build().unwrap();
    let deputy = bench.root.derive(&deputy).unwrap();
    let (status, minted) = ask(&mut bench, &deputy, mint, woof);
    let minted = minted.unwrap();
    assert_eq!((status, minted.body().frames().count()), (Status::Ok, 1));
    assert_eq!(minted.body().summary().expires, Some(expires - 20), "no longer than who vouches");
    assert!(minted.body().rights(ns, woof) == Rights::NONE);

    // It opens what requires it, beside the capability that grants; alone it opens nothing, and nobody else's does.
    let needs = FrameBuilder::new().grant(ns, woof, Right::Get.into()).requires(ident).build().unwrap();
    let needs = bench.root.derive(&needs).unwrap();
    let ask_with = |bench: &mut Bench, tokens: &[Token<'_>]| {
        let (request, exchange) = bench.bind_tokens(tokens, Op::Get, ns, woof, &[0]);
        let answer = bench.send(&request).unwrap();
        exchange.open(&answer).unwrap().status
    };
    assert_eq!(ask_with(&mut bench, &[needs.token(), minted.token()]), Status::Ok);
    assert_eq!(ask_with(&mut bench, &[needs.token()]), Status::Denied);
    assert_eq!(ask_with(&mut bench, &[minted.token()]), Status::Denied);
    let other = ask(&mut bench, &deputy, Mint { identity: [8; 8], expires }, woof).1.unwrap();
    assert_eq!(ask_with(&mut bench, &[needs.token(), other.token()]), Status::Denied);

    // Who lacks the right, has it elsewhere, or holds a sealed capability gets none.
    let reader = bench.root.derive(&FrameBuilder::new().grant(ns, woof, Right::Get.into()).build().unwrap()).unwrap();
    assert_eq!(ask(&mut bench, &reader, mint, woof), (Status::Denied, None));
    assert_eq!(ask(&mut bench, &deputy, mint, woof + 1), (Status::Denied, None));
    let sealed = deputy.derive(&FrameBuilder::new().sealed().build().unwrap()).unwrap();
    assert_eq!(ask(&mut bench, &sealed, mint, woof), (Status::Denied, None));
    assert_eq!(reason(bench.refused(Op::MintId, ns, woof, b"short")), (Status::Denied, Some(Refused::Malformed)));
    // A second identity below the first: that of who vouches stays with it.
    let twice = ask(
        &mut bench,
        &deputy.derive(&FrameBuilder::new().ident(Identity([9; 8])).build().unwrap()).unwrap(),
        mint,
        woof,
    );
    assert_eq!(twice.1.unwrap().body().identities().count(), 2);
}

#[test]
fn a_capability_is_flattened_and_its_key_does_not_travel() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let frame = FrameBuilder::new().grant(ns, ANY, Right::Get | Right::Stat | Right::Flatten).build().unwrap();
    let deep = bench.root.derive(&frame).unwrap();
    let deep = deep.derive(&FrameBuilder::new().grant(ANY, woof, Rights::ALL).build().unwrap()).unwrap();
    let (request, exchange) = bench.bind(&deep, Op::Flatten, ns, woof, b"");
    let answer = bench.send(&request).unwrap();
    let flat = exchange.open_flatten(&exchange.open(&answer).unwrap()).unwrap();
    assert_eq!(flat.body().frames().count(), 1);
    assert!(!answer.windows(16).any(|bytes| bytes == flat.token().key.as_bytes()));
    assert_eq!(bench.send(&request).unwrap(), answer, "a retry gets the same one");
    assert_eq!(bench.ask(&flat, Op::Stat, ns, woof, b"").0, Status::Ok);
    assert_eq!(bench.ask(&flat, Op::Put, ns, woof, b"[1]").0, Status::Denied);
    let read = bench.root.derive(&FrameBuilder::new().grant(ns, woof, Right::Get.into()).build().unwrap()).unwrap();
    assert_eq!(bench.ask(&read, Op::Flatten, ns, woof, b"").0, Status::Denied);
    assert_eq!(bench.ask(&deep, Op::Flatten, ns, woof, b"x").0, Status::Denied);
}

#[test]
fn encrypted_payloads_are_read_by_the_two_ends_only() {
    let mut bench = Bench::new();
    let (ns, woof) = bench.light();
    let root = bench.root.clone();
    let mut wire = vec![0; 512];
    let request = Request {
        op: Op::Put,
        lane: 0,
        seq: Sequence::new(bench.now_ms(), 7),
        ns,
        woof,
        payload: b"[521]",
        wide_tag: false,
    };
    let bound = request.bind_encrypted(&[root.token()], &mut wire).unwrap();
    wire.truncate(bound.len);
    assert!(!wire.windows(5).any(|bytes| bytes == b"[521]"));
    let mut answer = bench.send(&wire).unwrap();
    assert_eq!(bench.send(&wire).unwrap(), answer, "a retry gets the same one");
    assert_eq!(bound.exchange.open_in_place(&mut answer).unwrap().rseq, 1);
    let seq = Sequence::new(bench.now_ms(), 8);
    let request = Request { op: Op::Get, seq, payload: &[0], ..request };
    let mut wire = vec![0; 512];
    let bound = request.bind_encrypted(&[root.token()], &mut wire).unwrap();
    let mut answer = bench.send(&wire[..bound.len]).unwrap();
    assert!(!answer.windows(5).any(|bytes| bytes == b"[521]"));
    assert!(bound.exchange.open_in_place(&mut answer).unwrap().payload.ends_with(b"[521]"));
    assert!(bench.tail(ns, woof, 1)[0].1.ends_with(b"[521]"));
}
