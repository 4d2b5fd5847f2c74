//! What waits comes to its board in order, passes its gate, and is executed once.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use nano_caps::{RequestView, Right, Sequence, Status};
use nano_wire::link;
use nano_wire::message::Kind;
use nano_wire::message::queue::State;

use super::{Board, Home, NAME, NOW_MS, Then, put, put_at};

#[test]
fn a_request_waits_through_sleep_and_the_edges_end_and_is_executed_once() {
    let mut board = Board::new();
    let home = Home::new(&board);
    let mut asker = home.allow(1);
    let writer = board.client(Right::Put | Right::Exec, 2);
    let ((first, exchange), (second, later)) = (put(&writer, 2, 1), put(&writer, 2, 2));
    let id = asker.queue(&home, &first);
    assert_eq!(asker.collect(&home, id), Some((State::Waiting, vec![])));

    // The edge is killed while the board sleeps; the board takes the request, and its link fails before the answer.
    let home = home.killed();
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Waiting);
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::FallAsleep), first);
    drop(link);
    assert_eq!((board.executed.len(), asker.collect(&home, id).unwrap().0), (1, State::Waiting));

    // The edge is killed again; at the next waking the very same bytes come, and the device answers and does nothing.
    let home = home.killed();
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), first);
    let (state, answer) = home.collected(&mut asker, id);
    let response = exchange.open(&answer).unwrap();
    assert_eq!(
        (state, response.status, response.rseq, response.payload),
        (State::Answered, Status::Ok, 1, &b"done"[..])
    );
    assert_eq!(board.executed, [(2, Sequence::new(NOW_MS, 1))]);
    // Who no longer has what opened it makes it anew from the request.
    let again = RequestView::parse(&first).unwrap().exchange(&[writer.token()]).unwrap();
    assert_eq!(again, exchange);
    assert!(RequestView::parse(&first).unwrap().exchange(&[board.owner.token()]).is_err());

    // What is asked while it is awake comes at once, and the first request does not come again, whatever is killed.
    let next = asker.queue(&home, &second);
    assert_eq!(board.serve(&mut link, Then::FallAsleep), second);
    drop(link);
    let home = home.killed();
    assert_eq!(asker.collect(&home, id), Some((State::Answered, answer)), "the answer outlives the edge");
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), second);
    assert_eq!(later.open(&home.collected(&mut asker, next).1).unwrap().rseq, 2);
    assert_eq!(board.executed.len(), 2);
    // To have it wait again changes nothing: it is the same request, and has its answer.
    assert_eq!(asker.queue(&home, &first), id);
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Answered);
}

#[test]
fn who_asks_on_a_line_that_is_shared_gets_his_own_answer() {
    const ASKERS: u8 = 5;
    let mut board = Board::new();
    let home = Home::new(&board);
    let requests: Vec<_> = (2..2 + ASKERS).map(|lane| put(&board.client(Right::Put, lane), lane, 1)).collect();
    let (strange, _) = put(&board.client(Right::Put, 1), 1, 1);
    assert_eq!(home.request(&strange).0, 404, "it has not been here");
    let mut link = board.wake(home.gateway.address());
    while !home.gateway.is_linked(NAME) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(home.request(b"noise").0, 204);
    // All at once through the edge, and one more by the board's own port meanwhile, whose answer comes first.
    let mut other = TcpStream::connect(home.gateway.client_address(NAME).unwrap()).unwrap();
    let mut wire = vec![0; link::encoded_bytes(strange.len())];
    let length = link::encode(Kind::Request as u8, &[&strange], &mut wire).unwrap();
    std::thread::scope(|scope| {
        other.write_all(&wire[..length]).unwrap();
        let first = link.next().1;
        assert_eq!(first, strange);
        let asking: Vec<_> = requests.iter().map(|(request, _)| scope.spawn(|| home.request(request))).collect();
        // The board is slow: it answers the stranger when the first of the others has asked, too.
        let (kind, waiting) = link.next();
        assert_eq!(kind, Kind::Request as u8);
        board.take(&mut link, &first);
        board.take(&mut link, &waiting);
        for _ in 1..ASKERS {
            let request = link.next().1;
            board.take(&mut link, &request);
        }
        for (asking, (_, exchange)) in asking.into_iter().zip(&requests) {
            let (status, answers) = asking.join().unwrap();
            assert_eq!(status, 200);
            // 12 bytes, the payload, and a tag of 8.
            let mine = answers.chunks(12 + 4 + 8).filter(|answer| exchange.open(answer).is_ok());
            assert_eq!(mine.count(), 1, "{} bytes", answers.len());
        }
    });
    assert_eq!(board.executed.len(), 1 + usize::from(ASKERS));
    drop(link);
    while home.gateway.is_linked(NAME) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(home.request(&requests[0].0).0, 502);
}

#[test]
fn what_waits_passes_the_gate_like_everything_else() {
    let mut board = Board::new();
    let home = Home::new(&board);
    let mut asker = home.allow(1);
    let (denied, exchange) = put(&board.client(Right::Get, 3), 3, 1);
    let (mut forged, _) = put(&board.client(Right::Put, 4), 4, 1);
    *forged.last_mut().unwrap() ^= 1;
    let (refused, unheard) = (asker.queue(&home, &denied), asker.queue(&home, &forged));
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), denied);
    assert_eq!(exchange.open(&home.collected(&mut asker, refused).1).unwrap().status, Status::Denied);
    // Silence is asked again at three wakings; what waits behind it is not held up.
    let (good, exchange) = put(&board.client(Right::Put, 5), 5, 1);
    let place = asker.queue(&home, &good);
    for waking in 0..3 {
        if waking > 0 {
            link = board.wake(home.gateway.address());
        }
        // Twice at each, since a link may lose one.
        assert_eq!(board.serve(&mut link, Then::Answer), forged, "waking {waking}");
        assert_eq!(board.serve(&mut link, Then::Answer), forged, "waking {waking}");
        if waking == 0 {
            assert_eq!(board.serve(&mut link, Then::Answer), good);
            assert!(exchange.open(&home.collected(&mut asker, place).1).is_ok());
        } else {
            // The next request comes when the silence before it has been noted.
            let (mark, _) = put(&board.client(Right::Put, 5), 5, 1 + waking);
            let place = asker.queue(&home, &mark);
            assert_eq!(board.serve(&mut link, Then::Answer), mark, "waking {waking}");
            assert_eq!(home.collected(&mut asker, place).0, State::Answered);
        }
    }
    assert_eq!(asker.collect(&home, unheard), Some((State::Silent, vec![])));
    assert_eq!(board.executed.len(), 3);
}

#[test]
fn requests_come_in_their_order_and_each_lane_keeps_its_own() {
    let mut board = Board::new();
    let home = Home::new(&board);
    let (mut one, mut two) = (home.allow(1), home.allow(2));
    let (left, right) = (board.client(Right::Put, 3), board.client(Right::Put, 4));
    // The second client's clock is behind: in a lane of his own that harms nobody.
    let mut sent = Vec::new();
    for counter in 1..=6 {
        let request =
            if counter % 2 == 1 { put(&left, 3, counter) } else { put_at(&right, 4, NOW_MS - 50_000, counter) };
        let id = if counter % 2 == 1 { one.queue(&home, &request.0) } else { two.queue(&home, &request.0) };
        sent.push((id, request));
    }
    // One that is older than its lane's last when it comes: nothing is done, and its asker learns why.
    let (late, exchange) = put_at(&left, 3, NOW_MS - 1, 0);
    let late_id = one.queue(&home, &late);
    let home = home.killed();
    let mut link = board.wake(home.gateway.address());
    for (number, (id, (request, exchange))) in sent.iter().enumerate() {
        assert_eq!(&board.serve(&mut link, Then::Answer), request);
        let (_, answer) = home.collected(&mut one, *id);
        assert_eq!(exchange.open(&answer).unwrap().rseq, number as u64 + 1, "answers are not exchanged");
    }
    assert_eq!(board.serve(&mut link, Then::Answer), late);
    let (_, answer) = home.collected(&mut one, late_id);
    assert_eq!(exchange.open(&answer).unwrap().status, Status::SeqLow);
    let seq = |lane: u8| board.executed.iter().filter(|(of, _)| *of == lane).map(|(_, seq)| *seq).collect::<Vec<_>>();
    for lane in [3, 4] {
        assert_eq!(seq(lane).len(), 3);
        assert!(seq(lane).is_sorted());
    }
}
