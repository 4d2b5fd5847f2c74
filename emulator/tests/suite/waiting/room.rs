//! How much waits and how long, and what becomes of the log that it waits in.

use std::sync::atomic::Ordering;
use std::time::Duration;

use nano_caps::{Right, Status};
use nano_edge::{MOST_REQUEST, MOST_WAITING};
use nano_emulator::Op;
use nano_wire::message::queue::{ANSWERS, REQUESTS, State};

use super::{Board, Home, Id, NAME, NOW_MS, Then, put, put_at, put_payload};

#[test]
fn a_queue_is_bounded_and_forgets_what_is_past_its_time() {
    let board = Board::new();
    let home = Home::new(&board);
    let mut asker = home.allow(1);
    let writer = board.client(Right::Put, 2);
    let requests: Vec<_> = (1..).map(|counter| put(&writer, 2, counter).0).take(MOST_WAITING + 1).collect();
    let ids: Vec<Id> = requests[..MOST_WAITING].iter().map(|request| asker.queue(&home, request)).collect();
    assert_eq!(home.gateway.boards()[0].waiting, MOST_WAITING);
    let last = put_payload(600, &requests[MOST_WAITING]);
    // Full: 429, when it is worth asking again, and the answer is the edge's.
    home.clock.fetch_add(100_000, Ordering::Relaxed);
    let (request, exchange) = asker.bind(&home, Op::Put, (REQUESTS, 1), &last);
    let said = home.post(NAME, &request);
    let first_ends_s = said.retry_after.unwrap().as_secs();
    assert_eq!((said.status, exchange.open(&said.body).unwrap().status), (429, Status::Busy));
    assert!((490..=500).contains(&first_ends_s), "{first_ends_s}");
    // The same request again is the same request.
    assert_eq!(asker.queue(&home, &requests[0]), ids[0]);

    // One that is cancelled makes room, over a restart, too; its device never hears of it.
    assert!(asker.must(&home, Op::Drop, REQUESTS, &ids[1]).is_empty());
    assert_eq!(asker.ask(&home, Op::Drop, REQUESTS, &ids[1]).1.unwrap().0, Status::NotFound);
    let home = home.killed();
    assert_eq!(asker.collect(&home, ids[1]), None);
    let id = asker.queue(&home, &requests[MOST_WAITING]);
    let list = asker.list(&home);
    assert_eq!((list.len(), list[0].id, list[MOST_WAITING - 1].id), (MOST_WAITING, ids[0], id));
    assert!(list.iter().all(|entry| entry.state == State::Waiting && entry.header[3] == Op::Put.code()));

    let asks: [(&str, Vec<u8>, u16); 5] = [
        ("nobody", put_payload(60, &requests[0]), 404),
        (NAME, put_payload(60, b"noise"), 400),
        (NAME, put_payload(0, &requests[0]), 400),
        (NAME, put_payload(86_401, &requests[0]), 400),
        (NAME, vec![1], 400),
    ];
    for (device, payload, wanted) in asks {
        let (request, _) = asker.bind(&home, Op::Put, (REQUESTS, 1), &payload);
        assert_eq!(home.post(device, &request).status, wanted, "{device} {payload:?}");
        home.clock.fetch_add(1000, Ordering::Relaxed);
    }
    let (_, answer) = asker.ask(&home, Op::Put, REQUESTS, &put_payload(60, &[0x10; MOST_REQUEST + 1]));
    assert_eq!(answer.unwrap().0, Status::TooBig);
    assert_eq!(asker.ask(&home, Op::Get, ANSWERS, b"short").0, 400);
    assert_eq!(asker.collect(&home, [0; 16]), None);

    // Their time passes: they are gone, now and after a restart, and there is room again.
    home.clock.fetch_add(601_000, Ordering::Relaxed);
    assert_eq!(asker.collect(&home, ids[0]), None);
    let mut board = board;
    let fresh = put_at(&writer, 2, NOW_MS + 700_000, 0).0;
    let id = asker.queue(&home, &fresh);
    let home = home.killed();
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), fresh, "nothing that is past its time goes out");
    assert_eq!(home.collected(&mut asker, id).0, State::Answered);
}

#[test]
fn what_still_waits_is_written_anew_before_it_leaves_the_log() {
    let board = Board::new();
    let home = Home::new(&board);
    let (writer, (old, exchange)) = (board.client(Right::Put, 2), put(&board.client(Right::Put, 3), 3, 1));
    let mut asker = home.allow(1);
    let id = asker.queue(&home, &old);
    let waiting = home.gateway.edge().waiting();
    // Each is two records of a log that keeps 256.
    for counter in 1..=200 {
        waiting.queue(NAME, &put(&writer, 2, counter).0, Duration::from_secs(1)).unwrap();
        let next = waiting.next(NAME, 1, Duration::ZERO).unwrap().unwrap();
        let mut answer = [0; 64];
        let length = exchange.respond(Status::Ok, 1, b"", &mut answer).unwrap();
        waiting.answered(NAME, next.number, Some(&answer[..length])).unwrap();
        home.clock.fetch_add(1000, Ordering::Relaxed);
    }
    let home = home.killed();
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Waiting);
    let first = home.gateway.edge().waiting().next(NAME, 0, Duration::ZERO).unwrap().unwrap();
    assert_eq!((first.number, first.request), (1, old));
}
