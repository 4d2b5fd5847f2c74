//! Load on a server: as much as it takes, and a rate that is kept whatever the server does.

use super::client::Client;
use super::cores::Cores;
use crate::failure::Failure;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// At half of what a server answers at most, p99 is to be below this many times p50.
const GOAL: f64 = 5.0;

/// How long connections are made and caches filled before anything counts.
const WARM_UP: Duration = Duration::from_millis(200);

/// Requests to a server.
pub struct Requests<M> {
    pub addr: SocketAddr,
    /// The server's process.
    pub process: u32,
    /// What the signature names; see [`Client::new`].
    pub service: &'static str,
    /// How many may be under way at once.
    pub connections: usize,
    /// Makes the request of a number.
    pub make: M,
}

/// What many requests came to.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub per_second: f64,
    pub p50_us: f64,
    pub p99_us: f64,
}

impl Load {
    pub fn json(&self) -> Value {
        json!({"per_second": self.per_second, "p50_us": self.p50_us, "p99_us": self.p99_us})
    }

    pub fn p99_by_p50(&self) -> f64 {
        self.p99_us / self.p50_us
    }

    /// Whether the goal is reached.
    pub fn is_steady(&self) -> bool {
        self.p99_by_p50() < GOAL
    }
}

/// What a server takes at half of what it answers at most.
#[derive(Debug, Clone, Copy)]
pub struct Half {
    pub load: Load,
    /// Which part of the time its core was at work, if it has one of its own.
    pub busy: Option<f64>,
    /// Which part of the time both cores were at work for neither server nor client.
    pub others: Option<f64>,
}

impl Half {
    pub fn json(&self) -> Value {
        let mut shown = self.load.json();
        shown["p99_by_p50"] = self.load.p99_by_p50().into();
        shown["core_busy"] = self.busy.into();
        shown["others_busy"] = self.others.into();
        shown
    }
}

/// When a request is due, from the beginning.
#[derive(Clone, Copy)]
enum Schedule {
    /// When a connection has the answer to its last one.
    AtOnce,
    /// So many a second, at equal distances. A connection that is free takes the next one.
    Rate(f64),
}

impl<M: Fn(&Client, u64) -> Vec<u8> + Sync> Requests<M> {
    /// As many as the server answers.
    pub fn at_most(&self, time: Duration) -> Result<Load, Failure> {
        self.run(Schedule::AtOnce, time)
    }

    /// So many a second, whether the server keeps up or not: a request that finds no connection free counts from when it was
    /// due, so a server that stands still can't hide it by keeping others from being sent.
    pub fn at_rate(&self, per_second: f64, time: Duration) -> Result<Load, Failure> {
        self.run(Schedule::Rate(per_second), time)
    }

    /// Half of what the server answers at most now, which is measured first.
    pub fn at_half(&self, cores: Option<Cores>, time: Duration) -> Result<Half, Failure> {
        let most = self.at_most(time / 2)?.per_second;
        let work = || cores.and_then(|cores| Some([cores.work_of_server()?, cores.work_of_others(self.process)?]));
        let before = work();
        let load = self.at_rate(most / 2.0, time)?;
        let parts = work().zip(before).map(|(after, before)| [0, 1].map(|which| after[which].since(before[which])));
        Ok(Half { load, busy: parts.map(|[busy, _]| busy), others: parts.map(|[_, others]| others) })
    }

    fn run(&self, schedule: Schedule, time: Duration) -> Result<Load, Failure> {
        let (next, begun) = (AtomicU64::new(0), Instant::now());
        let one = || self.connection(schedule, &next, begun, WARM_UP + time);
        let all: Vec<Result<Vec<f64>, Failure>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.connections.max(1)).map(|_| scope.spawn(one)).collect();
            let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined.map(|joined| joined.unwrap_or_else(|_| Err(Failure::usage("a client failed")))).collect()
        });
        let took = begun.elapsed().saturating_sub(WARM_UP).as_secs_f64();
        let mut times = vec![];
        for of_one in all {
            times.extend(of_one?);
        }
        if times.is_empty() {
            let message = format!("none of the requests was answered within {} s", time.as_secs_f64());
            return Err(Failure::with_hint(message, "the server or the machine is too busy: measure longer, or later"));
        }
        times.sort_by(f64::total_cmp);
        let at = |part: f64| times.get(((times.len() - 1) as f64 * part) as usize).copied().unwrap_or(f64::NAN);
        Ok(Load { per_second: times.len() as f64 / took, p50_us: at(0.5), p99_us: at(0.99) })
    }

    /// What requests of one connection took, in microseconds, until the end.
    fn connection(
        &self,
        schedule: Schedule,
        next: &AtomicU64,
        begun: Instant,
        end: Duration,
    ) -> Result<Vec<f64>, Failure> {
        wake_in_time();
        let mut client = Client::without_bodies(self.addr, self.service);
        let mut times = vec![];
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let due = match schedule {
                Schedule::AtOnce => begun.elapsed(),
                Schedule::Rate(rate) => Duration::from_secs_f64(number as f64 / rate),
            };
            if due >= end {
                return Ok(times);
            }
            let request = (self.make)(&client, number);
            let sent = match (schedule, (begun + due).checked_duration_since(Instant::now())) {
                (Schedule::AtOnce, _) => Instant::now(),
                (Schedule::Rate(_), Some(early)) => {
                    std::thread::sleep(early);
                    // That this thread wakes late is not the server's doing.
                    Instant::now()
                }
                (Schedule::Rate(_), None) => begun + due,
            };
            let answer = client.send(&request)?;
            if due >= WARM_UP {
                times.push(sent.elapsed().as_secs_f64() * 1e6);
            }
            if answer.status >= 300 || answer.headers.contains("function-error") {
                let text = String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
                return Err(Failure::usage(format!("{}: {text}", answer.headers.lines().next().unwrap_or_default())));
            }
        }
    }
}

/// Threads sleep up to 50 microseconds longer than asked otherwise, so that several wake together: bursts, not a rate.
fn wake_in_time() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
}

/// What half of the load means here, for who reads the figures.
pub fn arrangement(cores: Option<Cores>) -> String {
    let place = cores.map_or_else(
        || "client and server share the cores".to_owned(),
        |cores| format!("server on core {}, client on core {}", cores.server, cores.client),
    );
    format!("at half load ({place}; half of what was answered at most so, at a fixed schedule)")
}

/// The same for programs.
pub fn cores_json(cores: Option<Cores>) -> Value {
    cores.map_or(Value::Null, |cores| json!({"server": cores.server, "client": cores.client}))
}

/// Others' work beyond which a tail may be theirs: a request that is let in a few milliseconds late is beyond the goal, and
/// one of a hundred makes the figure.
const MUCH: f64 = 0.02;

/// Whether ours reach the goal, and whether the machine was theirs alone.
pub fn verdict<'a>(ours: impl Iterator<Item = (&'a str, &'a Half)> + Clone) -> String {
    let missed: Vec<&str> = ours.clone().filter(|(_, half)| !half.load.is_steady()).map(|(name, _)| name).collect();
    let verdict = if missed.is_empty() { "reached".to_owned() } else { format!("missed by {}", missed.join(", ")) };
    let others = ours.filter_map(|(_, half)| half.others).fold(0.0, f64::max);
    let caveat = if others > MUCH {
        format!("\nothers had up to {:.0} % of these cores meanwhile: tails may be theirs", others * 100.0)
    } else {
        String::new()
    };
    format!("goal: p99 at half load below {GOAL} times p50: {verdict}{caveat}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    /// Answers the requests of one connection; the first one after a moment.
    fn server(first: Duration) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, mut wait, mut bytes) = (listener.accept().unwrap().0, first, [0; 4096]);
            while stream.read(&mut bytes).is_ok_and(|count| count > 0) {
                std::thread::sleep(std::mem::take(&mut wait));
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        });
        addr
    }

    #[test]
    fn a_server_that_answers_nothing_in_time_has_no_figures() {
        let requests = Requests {
            addr: server(WARM_UP * 2),
            process: std::process::id(),
            service: "",
            connections: 1,
            make: |client: &Client, _| client.request("GET", "/", "", b""),
        };
        assert!(requests.at_half(None, Duration::from_millis(20)).is_err());
    }

    #[test]
    fn requests_that_wait_for_one_that_is_late_count_from_when_they_were_due() {
        // One connection stands still beyond the warm-up; what was due meanwhile is sent late and counts as late.
        let stall = WARM_UP + Duration::from_millis(300);
        let requests = Requests {
            addr: server(stall),
            process: std::process::id(),
            service: "",
            connections: 1,
            make: |client: &Client, _| client.request("GET", "/", "", b""),
        };
        let load = requests.at_rate(100.0, Duration::from_millis(400)).unwrap();
        assert!(load.p99_us > 250_000.0, "{load:?}");
    }
}
