//! A rate that is kept whatever the server does. One thread looks after all connections and never waits for one of them: with
//! a thread each, how long the system takes to let one of them on would count as the server's time.

use super::client::{Answer, Client, Connection, PATIENCE};
use crate::failure::Failure;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// When requests are sent, and over how many connections.
#[derive(Clone, Copy)]
pub struct Pace {
    pub addr: SocketAddr,
    pub connections: usize,
    pub per_second: f64,
    /// Until then nothing counts.
    pub warm_up: Duration,
    pub end: Duration,
    /// The client has a core of its own, and may look without pause.
    pub is_alone: bool,
}

/// A request under way.
struct Asked {
    connection: Connection,
    /// What its time counts from.
    from: Instant,
    /// When it was to be sent, from the beginning.
    due: Duration,
}

/// A request that was answered.
#[derive(Clone, Copy)]
pub struct Timed {
    /// When it was to be sent, from the end of the warm-up.
    pub due: Duration,
    pub took_us: f64,
}

impl Pace {
    /// When a request is due, from the beginning.
    fn due(&self, number: u64) -> Duration {
        Duration::from_secs_f64(number as f64 / self.per_second)
    }

    /// What requests took. One that finds a connection free counts from when it is sent; one that finds none
    /// counts from when it was due, so a server that stands still can't hide it by keeping others from being sent.
    pub fn run(
        &self,
        client: &Client,
        make: impl Fn(&Client, u64) -> Vec<u8>,
        check: impl Fn(&Answer) -> Result<(), Failure>,
    ) -> Result<Vec<Timed>, Failure> {
        // With when each has become so; the first one is free for the longest time.
        let mut free: VecDeque<(Connection, Duration)> =
            (0..self.connections.max(1)).map(|_| (Connection::polled(self.addr), Duration::ZERO)).collect();
        let (mut asked, mut times): (Vec<Asked>, Vec<Timed>) = (vec![], vec![]);
        let (mut number, begun) = (0, Instant::now());
        // Made before it is due.
        let mut request = None;
        loop {
            let due = self.due(number);
            if due >= self.end && asked.is_empty() {
                return Ok(times);
            }
            let mut is_idle = true;
            if due < self.end
                && begun.elapsed() >= due
                && let Some((mut connection, since)) = free.pop_front()
            {
                let request = request.take().unwrap_or_else(|| make(client, number));
                let from = if since > due { begun + due } else { Instant::now() };
                connection.begin(request)?;
                asked.push(Asked { connection, from, due });
                (number, is_idle) = (number + 1, false);
            }
            let mut place = 0;
            while let Some(one) = asked.get_mut(place) {
                let Some(answer) = one.connection.answer()? else {
                    if one.from.elapsed() > PATIENCE {
                        return Err(Failure::usage(format!("no answer within {} s", PATIENCE.as_secs())));
                    }
                    place += 1;
                    continue;
                };
                let took = one.from.elapsed();
                check(&answer)?;
                let one = asked.swap_remove(place);
                let due = one.due.checked_sub(self.warm_up);
                times.extend(due.map(|due| Timed { due, took_us: took.as_secs_f64() * 1e6 }));
                free.push_back((one.connection, begun.elapsed()));
                is_idle = false;
            }
            if is_idle && request.is_none() {
                request = Some(make(client, number));
            } else if is_idle && !self.is_alone {
                let due = if free.is_empty() { PATIENCE } else { due.saturating_sub(begun.elapsed()) };
                wait(&asked, due)?;
            } else if is_idle {
                std::hint::spin_loop();
            }
        }
    }
}

/// Until something comes, or can be sent, or so long.
fn wait(asked: &[Asked], time: Duration) -> Result<(), Failure> {
    use rustix::event::{PollFd, Timespec, poll};
    let mut streams: Vec<PollFd<'_>> = asked.iter().filter_map(|one| one.connection.awaits()).collect();
    let time = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() };
    match poll(&mut streams, Some(&time)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(Failure::usage(format!("connections can't be waited for: {error}"))),
    }
}
