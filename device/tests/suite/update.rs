//! Another firmware by the link: who may, what is refused, and that a board always comes back with one that works.

use crate::bench::Bench;
use nano_caps::{ANY, FrameBuilder, Op, Right, Rights, Status};
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::Refused;
use nano_wire::message::update::{Update, Updating};
use sha2::{Digest, Sha256};

/// Bytes of a piece, a whole number of words.
const PIECE: usize = 300;

/// A firmware for the test board.
fn image(bytes: usize) -> Vec<u8> {
    let mut image: Vec<u8> = (0..bytes).map(|at| (at * 7) as u8).collect();
    image[..3].copy_from_slice(b"new");
    image
}

fn hash(image: &[u8]) -> ModuleHash {
    ModuleHash(Sha256::digest(image).into())
}

fn encoded(update: &Update<'_>) -> Vec<u8> {
    let mut payload = vec![0; 1024];
    let length = update.encode(&mut payload).unwrap();
    payload.truncate(length);
    payload
}

/// Asks as a client does: after a start it follows the device's time.
fn request(bench: &mut Bench, op: Op, payload: &[u8]) -> (Status, Vec<u8>) {
    loop {
        let (request, exchange) = bench.bind(&bench.root.clone(), op, ANY, ANY, payload);
        let answer = bench.send(&request).expect("it is no request to be silent about");
        let response = exchange.open(&answer).unwrap();
        if response.status != Status::SeqLow {
            return (response.status, response.payload.to_vec());
        }
        bench.follow(response.rseq);
    }
}

/// Whether the device lets a request through.
fn reach(bench: &mut Bench) {
    assert_eq!(request(bench, Op::Stat, b"").0, Status::Ok);
}

/// What the device answers: how much it has, or why not.
fn ask(bench: &mut Bench, update: &Update<'_>) -> Result<u32, (Status, Option<Refused>)> {
    match request(bench, Op::Update, &encoded(update)) {
        (Status::Ok, payload) => Ok(Updating::decode(&payload).unwrap().next),
        (status, payload) => Err((status, Refused::decode(&payload))),
    }
}

fn begin(bench: &mut Bench, image: &[u8]) -> Result<u32, (Status, Option<Refused>)> {
    ask(bench, &Update::Begin { hash: hash(image), length: image.len() as u32, board: "test" })
}

/// Sends what is missing.
fn send(bench: &mut Bench, image: &[u8]) -> Result<u32, (Status, Option<Refused>)> {
    let mut next = begin(bench, image)?;
    while (next as usize) < image.len() {
        let end = image.len().min(next as usize + PIECE);
        let bytes = &image[next as usize..end];
        next = ask(bench, &Update::Piece { hash: hash(image), offset: next, bytes })?;
    }
    Ok(next)
}

/// Sends all of it and has it started.
fn update(bench: &mut Bench, image: &[u8]) -> Result<u32, (Status, Option<Refused>)> {
    send(bench, image)?;
    ask(bench, &Update::Start { hash: hash(image) })
}

/// What runs: its first four bytes.
fn running(bench: &Bench) -> Vec<u8> {
    bench.outside.borrow().places.as_ref().unwrap().image()[..4].to_vec()
}

fn is_on_trial(bench: &Bench) -> bool {
    bench.outside.borrow().places.as_ref().unwrap().is_on_trial()
}

#[test]
fn a_firmware_comes_by_the_link_runs_on_trial_and_stays_when_it_is_reached() {
    let mut bench = Bench::with_places();
    let image = image(1999);
    assert_eq!(update(&mut bench, &image), Ok(1999));
    assert_eq!(bench.outside.borrow().restarts, 0, "the answer gets out first");
    let late = begin(&mut bench, &image[..900]);
    assert_eq!(late, Err((Status::Busy, Some(Refused::Storage))), "what is about to run is not written over");
    bench.run(600_000);
    assert_eq!(bench.outside.borrow().restarts, 1);
    let mut bench = bench.reboot();
    assert_eq!((running(&bench), is_on_trial(&bench)), (image[..4].to_vec(), true));
    reach(&mut bench);
    assert!(!is_on_trial(&bench), "a request was let through");
    for _ in 0..5 {
        bench = bench.reboot();
    }
    assert_eq!(running(&bench), image[..4]);
    // And the next one goes into the place of the first.
    let mut next = image.clone();
    next[3] = b'2';
    assert_eq!(update(&mut bench, &next), Ok(1999));
    assert_eq!(running(&bench.reboot()), next[..4]);
}

#[test]
fn a_firmware_that_nobody_reaches_is_left_again() {
    let mut bench = Bench::with_places();
    assert_eq!(update(&mut bench, &image(900)), Ok(900));
    bench = bench.reboot();
    for start in 1..=3 {
        assert_eq!((running(&bench), is_on_trial(&bench)), (image(4), true), "start {start}");
        // A request that is not let through proves nothing.
        let (mut request, _) = bench.bind(&bench.root.clone(), Op::Stat, ANY, ANY, b"");
        *request.last_mut().unwrap() ^= 1;
        assert!(bench.send(&request).is_none());
        bench.run(299_000_000);
        assert_eq!(bench.outside.borrow().restarts, 0);
        bench.run(2_000_000);
        assert_eq!(bench.outside.borrow().restarts, 1, "nobody came");
        bench = bench.reboot();
    }
    assert_eq!((running(&bench), is_on_trial(&bench)), (b"old!".to_vec(), false));
    assert_eq!(update(&mut bench, &image(900)), Ok(900), "and it can be tried again");
}

#[test]
fn pieces_come_in_any_order_twice_or_not_at_all() {
    let mut bench = Bench::with_places();
    let image = image(1200);
    let piece =
        |offset: u32, bytes: std::ops::Range<usize>| Update::Piece { hash: hash(&image), offset, bytes: &image[bytes] };
    assert_eq!(ask(&mut bench, &piece(0, 0..4)), Err((Status::NotFound, Some(Refused::NotYet))), "nothing was begun");
    assert_eq!(begin(&mut bench, &image), Ok(0));
    assert_eq!(ask(&mut bench, &piece(400, 400..800)), Ok(0), "not the next");
    assert_eq!(ask(&mut bench, &piece(0, 0..400)), Ok(400));
    assert_eq!(ask(&mut bench, &piece(0, 0..400)), Ok(400), "there already");
    assert_eq!(begin(&mut bench, &image), Ok(400), "goes on");
    let start = Update::Start { hash: hash(&image) };
    assert_eq!(ask(&mut bench, &start), Err((Status::Denied, Some(Refused::Image))), "not whole");
    assert_eq!(ask(&mut bench, &piece(400, 400..803)), Err((Status::Denied, Some(Refused::Malformed))), "no words");
    let beyond = [0; 804];
    let beyond = Update::Piece { hash: hash(&image), offset: 400, bytes: &beyond };
    assert_eq!(ask(&mut bench, &beyond), Err((Status::Denied, Some(Refused::Image))), "past its end");
    assert_eq!(update(&mut bench, &image), Ok(1200));
}

#[test]
fn what_is_no_firmware_for_this_board_is_refused() {
    let mut bench = Bench::with_places();
    let none = Err((Status::Denied, Some(Refused::Image)));
    let begin = |length, board| Update::Begin { hash: ModuleHash([1; 32]), length, board };
    assert_eq!(ask(&mut bench, &begin(4097, "test")), none, "too large");
    assert_eq!(ask(&mut bench, &begin(0, "test")), none);
    assert_eq!(ask(&mut bench, &begin(u32::MAX, "test")), none);
    assert_eq!(ask(&mut bench, &begin(16, "esp8266")), none, "another board's");
    // Whole, but not the board's: the board itself says so.
    let mut strange = image(64);
    strange[0] = 0;
    assert_eq!(update(&mut bench, &strange), none);
    // Not the bytes that were announced.
    let image = image(64);
    let announced = ModuleHash([9; 32]);
    assert_eq!(ask(&mut bench, &Update::Begin { hash: announced, length: 64, board: "test" }), Ok(0));
    assert_eq!(ask(&mut bench, &Update::Piece { hash: announced, offset: 0, bytes: &image }), Ok(64));
    assert_eq!(ask(&mut bench, &Update::Start { hash: announced }), none);
    let again = ask(&mut bench, &Update::Start { hash: announced });
    assert_eq!(again, Err((Status::NotFound, Some(Refused::NotYet))), "it must come anew");
    assert_eq!(running(&bench.reboot()), b"old!");
}

#[test]
fn only_who_has_the_right_updates_and_a_replay_does_not() {
    let mut bench = Bench::with_places();
    let image = image(64);
    let payload = encoded(&Update::Begin { hash: hash(&image), length: 64, board: "test" });
    let others = Rights::from_bits(Rights::ALL.bits() & !(1 << Right::Update as u16));
    let other = bench.root.derive(&FrameBuilder::new().grant(ANY, ANY, others).build().unwrap()).unwrap();
    let (request, exchange) = bench.bind(&other, Op::Update, ANY, ANY, &payload);
    let answer = bench.send(&request).unwrap();
    assert_eq!(exchange.open(&answer).unwrap().status, Status::Denied);
    // Of a firmware there is one, so a right on some log is none.
    let some = bench.root.derive(&FrameBuilder::new().grant(1, ANY, Rights::ALL).build().unwrap()).unwrap();
    let (request, exchange) = bench.bind(&some, Op::Update, ANY, ANY, &payload);
    let answer = bench.send(&request).unwrap();
    assert_eq!(exchange.open(&answer).unwrap().status, Status::Denied);

    send(&mut bench, &image).unwrap();
    let start = encoded(&Update::Start { hash: hash(&image) });
    let (request, exchange) = bench.bind(&bench.root.clone(), Op::Update, ANY, ANY, &start);
    let first = bench.send(&request).unwrap();
    assert_eq!(exchange.open(&first).unwrap().status, Status::Ok);
    assert_eq!(bench.send(&request).unwrap(), first, "a retry gets the same answer");
    let mut bench = bench.reboot();
    let answer = bench.send(&request).unwrap();
    assert_eq!(exchange.open(&answer).unwrap().status, Status::SeqLow, "the new firmware does not take it again");
    assert!(is_on_trial(&bench), "and is not reached by it");
}

#[test]
fn power_is_cut_at_every_write_and_one_of_the_two_runs() {
    let image = image(700);
    let mut cuts = 0;
    for left in 0.. {
        let mut bench = Bench::with_places();
        bench.outside.borrow_mut().places.as_mut().unwrap().left = left;
        let is_told = update(&mut bench, &image).is_ok();
        let is_on = bench.outside.borrow().places.as_ref().unwrap().left > 0;
        bench = bench.reboot();
        let runs = running(&bench);
        assert!(
            runs == b"old!"
                || runs == image[..4] && bench.outside.borrow().places.as_ref().unwrap().image()[..700] == image
        );
        assert!(!is_told || runs == image[..4], "what was acknowledged is tried");
        // It is brought to its end afterwards.
        if !is_told {
            assert_eq!(update(&mut bench, &image), Ok(700));
            bench = bench.reboot();
        }
        reach(&mut bench);
        assert_eq!((running(&bench), is_on_trial(&bench)), (image[..4].to_vec(), false));
        if is_on {
            break;
        }
        cuts += 1;
    }
    assert!(cuts > 170, "{cuts}: each word, sector and note");
}
