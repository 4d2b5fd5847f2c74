//! Whatever is asked, cut off and sent again, in whatever order: the whole device executes no request twice.

use std::collections::HashSet;

use nano_caps::{ANY, Capability, Exchange, FrameBuilder, Op, Request, Sequencer, Status};

use crate::bench::{Bench, Cut, NOW_MS, str8};

/// xorshift: the same seed, the same run.
struct Rng(u64);

impl Rng {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn bind(
    capability: &Capability,
    lane: u8,
    op: Op,
    place: (u16, u16),
    payload: &[u8],
    seq: nano_caps::Sequence,
) -> (Vec<u8>, Exchange) {
    let request = Request { op, lane, seq, ns: place.0, woof: place.1, payload, wide_tag: false };
    let mut out = vec![0; 512];
    let bound = request.bind(&[capability.token()], &mut out).unwrap();
    out.truncate(bound.len);
    (out, bound.exchange)
}

/// Sends a request; its answer, and whether the device did something for it: said so, or wrote what outlasts the power that
/// failed meanwhile.
fn send(bench: &mut Bench, request: &[u8]) -> (Option<Vec<u8>>, bool) {
    let seen = bench.outside.borrow().trace.len();
    let answer = bench.send(request);
    let outside = bench.outside.borrow();
    let refused = ["refused", "answer", "unanswered:"];
    let executed = outside.trace[seen..].iter().any(|line| {
        let mut words = line.split(' ').skip(1);
        words.next() == Some("port") && words.nth(1).is_some_and(|word| !refused.contains(&word))
    });
    (answer, executed || outside.cut_wrote)
}

#[test]
fn no_request_is_executed_twice_by_the_whole_device() {
    let (mut cuts, mut cut_late, mut reboots, mut again, mut done) = (0, 0, 0, 0, 0);
    for seed in 1..=24 {
        let mut rng = Rng(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
        let mut bench = Bench::new();
        let light = bench.light();
        let root = bench.root.clone();
        let lanes: Vec<_> =
            (0..5).map(|lane| root.derive(&FrameBuilder::new().lane(lane).build().unwrap()).unwrap()).collect();
        let mut clients = [Sequencer::new(); 5];
        let mut sent: Vec<Vec<u8>> = Vec::new();
        let mut executed = HashSet::new();
        for step in 0..120 {
            if rng.percent(50) {
                bench.run(rng.below(40_000_000) as u64);
            }
            if rng.percent(30) {
                bench.outside.borrow_mut().cut = Some(Cut { writes: rng.below(3), whole: rng.percent(50) });
            }
            // A new request, or one that somebody recorded.
            let index = if rng.percent(60) || sent.is_empty() {
                let lane = rng.below(lanes.len());
                // Clocks are wrong by up to half a minute.
                let now_ms = NOW_MS + bench.outside.borrow().now_us / 1000 + rng.below(60_000) as u64 - 30_000;
                let (op, place, payload) = match rng.below(8) {
                    0 => (Op::MkNs, (ANY, ANY), str8(&format!("n{step}"))),
                    1 => {
                        let size = [&16u32.to_le_bytes()[..], &4u32.to_le_bytes(), &str8(&format!("w{step}"))].concat();
                        (Op::MkWoof, (light.0, ANY), size)
                    }
                    2 => (Op::Stat, light, Vec::new()),
                    _ => (Op::Put, light, step.to_string().into_bytes()),
                };
                let (request, exchange) =
                    bind(&lanes[lane], lane as u8, op, place, &payload, clients[lane].next(now_ms));
                sent.push(request.clone());
                let (answer, ran) = send(&mut bench, &request);
                if ran {
                    assert!(executed.insert(sent.len() - 1));
                } else if let Some(response) = answer.as_ref().and_then(|answer| exchange.open(answer).ok())
                    && response.status == Status::SeqLow
                {
                    clients[lane].follow(response.rseq, now_ms);
                }
                None
            } else {
                Some(rng.below(sent.len()))
            };
            if let Some(index) = index {
                let (_, ran) = send(&mut bench, &sent[index]);
                again += 1;
                assert!(!ran || executed.insert(index), "seed {seed}, step {step}: request {index} was executed twice");
            }
            let is_off = bench.outside.borrow().is_off;
            bench.outside.borrow_mut().cut = None;
            if rng.percent(5) {
                // Before a reset, or in vain: it goes on.
                let knows = rng.percent(50);
                bench.outside.borrow_mut().cut = rng.percent(30).then(|| Cut { writes: 0, whole: rng.percent(50) });
                bench.runtime.settle();
                if knows {
                    bench = bench.reboot();
                }
                bench.outside.borrow_mut().cut = None;
            }
            if is_off || rng.percent(4) {
                cuts += usize::from(is_off);
                cut_late += usize::from(bench.outside.borrow().cut_wrote);
                reboots += 1;
                bench = bench.reboot();
                for _ in 0..12.min(executed.len()) {
                    bench.run(25_000);
                    let index = rng.below(sent.len());
                    let (_, ran) = send(&mut bench, &sent[index]);
                    again += 1;
                    assert!(!ran || executed.insert(index), "seed {seed}, step {step}: {index} after the power cut");
                }
            }
        }
        done += executed.len();
    }
    assert!(
        cuts > 50 && cut_late > 10 && reboots > cuts && again > 2000 && done > 800,
        "hardly tried: {cuts} cuts, {cut_late} after the mark, {reboots} reboots, {again} again, {done} executed"
    );
}
