//! Load on a server: as much as it takes, and a rate that is kept whatever the server does.

use super::client::{Answer, Client};
use super::cores::{Cores, Stalls};
use super::pace::{Pace, Timed};
use crate::failure::Failure;
use serde_json::{Value, json};
use std::collections::BTreeMap;
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

/// A tail is looked at in pieces of this length, too: see [`Load::typical`].
const WINDOW: Duration = Duration::from_millis(100);

/// What many requests came to.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub per_second: f64,
    pub p50_us: f64,
    pub p99_us: f64,
    /// p99 by p50 in half of the tenths of a second at most, if a rate was kept. A machine that stands still for three
    /// milliseconds three times a second makes p99 of all requests, but not this one; a server that is slow with one request
    /// of a hundred makes both.
    pub typical: Option<f64>,
}

impl Load {
    pub fn json(&self) -> Value {
        let mut shown = json!({"per_second": self.per_second, "p50_us": self.p50_us, "p99_us": self.p99_us});
        if let Some(typical) = self.typical {
            shown["p99_by_p50"] = self.p99_by_p50().into();
            shown["p99_by_p50_typical"] = typical.into();
        }
        shown
    }

    pub fn p99_by_p50(&self) -> f64 {
        self.p99_us / self.p50_us
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
        shown["core_busy"] = self.busy.into();
        shown["others_busy"] = self.others.into();
        shown
    }
}

impl<M: Fn(&Client, u64) -> Vec<u8> + Sync> Requests<M> {
    /// As many as the server answers: a connection sends the next one when it has the answer to its last one.
    pub fn at_most(&self, time: Duration) -> Result<Load, Failure> {
        let (next, begun) = (AtomicU64::new(0), Instant::now());
        let one = || self.connection(&next, begun, WARM_UP + time);
        let all: Vec<Result<Vec<f64>, Failure>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.connections.max(1)).map(|_| scope.spawn(one)).collect();
            let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined.map(|joined| joined.unwrap_or_else(|_| Err(Failure::usage("a client failed")))).collect()
        });
        let took = begun.elapsed().saturating_sub(WARM_UP);
        let mut times = vec![];
        for of_one in all {
            times.extend(of_one?);
        }
        load(times, None, took, time)
    }

    /// So many a second at equal distances, whether the server keeps up or not; see [`Pace`].
    pub fn at_rate(&self, per_second: f64, cores: Option<Cores>, time: Duration) -> Result<Load, Failure> {
        let begun = Instant::now();
        let (addr, connections, is_alone, end) = (self.addr, self.connections, cores.is_some(), WARM_UP + time);
        let pace = Pace { addr, connections, per_second, warm_up: WARM_UP, end, is_alone };
        let times = pace.run(&Client::without_bodies(addr, self.service), &self.make, good)?;
        let typical = typical(&times);
        let times = times.into_iter().map(|timed| timed.took_us).collect();
        load(times, typical, begun.elapsed().saturating_sub(WARM_UP), time)
    }

    /// Half of what the server answers at most now, which is measured first.
    pub fn at_half(&self, cores: Option<Cores>, time: Duration) -> Result<Half, Failure> {
        let most = self.at_most(time / 2)?.per_second;
        let work = || cores.and_then(|cores| Some([cores.work_of_server()?, cores.work_of_others(self.process)?]));
        let before = work();
        let load = self.at_rate(most / 2.0, cores, time)?;
        let parts = work().zip(before).map(|(after, before)| [0, 1].map(|which| after[which].since(before[which])));
        Ok(Half { load, busy: parts.map(|[busy, _]| busy), others: parts.map(|[_, others]| others) })
    }

    /// What requests of one connection took, in microseconds, until the end.
    fn connection(&self, next: &AtomicU64, begun: Instant, end: Duration) -> Result<Vec<f64>, Failure> {
        let mut client = Client::without_bodies(self.addr, self.service);
        let mut times = vec![];
        while begun.elapsed() < end {
            let request = (self.make)(&client, next.fetch_add(1, Ordering::Relaxed));
            let sent = Instant::now();
            let answer = client.send(request)?;
            if sent.duration_since(begun) >= WARM_UP {
                times.push(sent.elapsed().as_secs_f64() * 1e6);
            }
            good(&answer)?;
        }
        Ok(times)
    }
}

/// What an answer says that is none.
fn good(answer: &Answer) -> Result<(), Failure> {
    if answer.status < 300 && !answer.headers.contains("function-error") {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
    Err(Failure::usage(format!("{}: {text}", answer.headers.lines().next().unwrap_or_default())))
}

/// What requests came to that took so many microseconds each.
fn load(mut times: Vec<f64>, typical: Option<f64>, took: Duration, wanted: Duration) -> Result<Load, Failure> {
    if times.is_empty() {
        let message = format!("none of the requests was answered within {} s", wanted.as_secs_f64());
        return Err(Failure::with_hint(message, "the server or the machine is too busy: measure longer, or later"));
    }
    times.sort_by(f64::total_cmp);
    let per_second = times.len() as f64 / took.as_secs_f64();
    Ok(Load { per_second, p50_us: quantile(&times, 0.5), p99_us: quantile(&times, 0.99), typical })
}

/// Of sorted numbers.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    sorted.get((sorted.len().saturating_sub(1) as f64 * part) as usize).copied().unwrap_or(f64::NAN)
}

/// The median over all windows of p99 by p50; see [`Load::typical`].
fn typical(times: &[Timed]) -> Option<f64> {
    let mut windows: BTreeMap<u128, Vec<f64>> = BTreeMap::new();
    for timed in times {
        windows.entry(timed.due.as_micros() / WINDOW.as_micros()).or_default().push(timed.took_us);
    }
    let tail = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        quantile(&times, 0.99) / quantile(&times, 0.5)
    };
    let mut tails: Vec<f64> = windows.into_values().map(tail).collect();
    tails.sort_by(f64::total_cmp);
    (!tails.is_empty()).then(|| quantile(&tails, 0.5))
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

/// Whether ours reach the goal, beside a bare loop at the same rate, and whether the machine was theirs alone.
pub fn verdict<'a>(
    ours: impl Iterator<Item = (&'a str, &'a Half, Option<&'a Load>)> + Clone,
    stalls: Option<Stalls>,
) -> String {
    let judged = |what: &str, tail: &dyn Fn(&Load) -> f64| {
        let missed = ours.clone().filter(|(_, half, _)| tail(&half.load) >= GOAL);
        let missed: Vec<String> = missed
            .map(|(name, half, bare)| {
                let bare = bare.map(|bare| format!(", a bare loop {:.1}x", tail(bare))).unwrap_or_default();
                format!("{name} ({:.1}x{bare})", tail(&half.load))
            })
            .collect();
        let verdict =
            if missed.is_empty() { "reached by all".to_owned() } else { format!("missed by {}", missed.join(", ")) };
        format!("{what}: {verdict}")
    };
    let all = judged("goal: p99 at half load below 5 times p50, of all requests", &Load::p99_by_p50);
    let typical = judged("the same in a typical tenth of a second", &|load| load.typical.unwrap_or(f64::INFINITY));
    let alone = stalls.map(|stalls| format!("\n{stalls}")).unwrap_or_default();
    let others = ours.filter_map(|(_, half, _)| half.others).fold(0.0, f64::max);
    let caveat = if others > MUCH {
        format!("\nothers had up to {:.0} % of these cores meanwhile: tails may be theirs", others * 100.0)
    } else {
        String::new()
    };
    format!("{all}\n{typical}{alone}{caveat}")
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
        let load = requests.at_rate(100.0, None, Duration::from_millis(400)).unwrap();
        assert!(load.p99_us > 250_000.0, "{load:?}");
    }

    #[test]
    fn a_stop_in_one_window_is_no_typical_tail_and_one_slow_request_of_fifty_is() {
        let timed = |number: u64, took_us: f64| Timed { due: Duration::from_micros(number * 100), took_us };
        let stopped = |number: u64| timed(number, if (2000..2040).contains(&number) { 3000.0 } else { 30.0 });
        assert_eq!(typical(&(0..5000).map(stopped).collect::<Vec<_>>()), Some(1.0));
        let slow = |number: u64| timed(number, if number.is_multiple_of(50) { 3000.0 } else { 30.0 });
        assert_eq!(typical(&(0..5000).map(slow).collect::<Vec<_>>()), Some(100.0));
        assert_eq!(typical(&[]), None);
    }
}
