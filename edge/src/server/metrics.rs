//! What the server counts, in the text format of Prometheus.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use http::StatusCode;

use crate::edge::Edge;

/// Services that requests are counted by.
pub(super) const SERVICES: [&str; 4] = ["s3", "lambda", "nano", "other"];

/// Upper bounds of the times that are counted, seconds.
const BOUNDS: [f64; 9] = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// Requests of one service.
#[derive(Debug, Default)]
struct Service {
    /// By the first digit of the status: 2xx to 5xx, and all others.
    by_class: [AtomicU64; 5],
    /// Requests that took no longer than each bound, not counting those below the one before.
    by_time: [AtomicU64; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

/// Counts of a server. Cheap enough to keep for every request.
#[derive(Debug)]
pub(super) struct Metrics {
    services: [Service; SERVICES.len()],
    /// Connections that are open.
    pub connections: AtomicU64,
    /// Connections that there have been.
    pub accepted: AtomicU64,
    /// Requests that were refused because too much was being read.
    pub shed: AtomicU64,
    begun: Instant,
}

impl Metrics {
    pub fn new() -> Self {
        Self {
            services: Default::default(),
            connections: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            shed: AtomicU64::new(0),
            begun: Instant::now(),
        }
    }

    /// Counts a request that was answered.
    pub fn answered(&self, service: usize, status: StatusCode, begun: Instant) {
        let Some(service) = self.services.get(service) else { return };
        let class = match status.as_u16() / 100 {
            class @ 2..=5 => usize::from(class) - 2,
            _ => 4,
        };
        let took = begun.elapsed();
        let bucket = BOUNDS.iter().position(|bound| took.as_secs_f64() <= *bound).unwrap_or(BOUNDS.len());
        for counter in [service.by_class.get(class), service.by_time.get(bucket)].into_iter().flatten() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        service.microseconds.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    /// All of it as text.
    pub fn text(&self, edge: &Edge) -> String {
        let mut out = String::new();
        let mut family = |name: &str, kind: &str, help: &str, values: &[(String, f64)]| {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "# HELP nano_{name} {help}\n# TYPE nano_{name} {kind}");
            for (labels, value) in values {
                let _ = writeln!(out, "nano_{name}{labels} {value}");
            }
        };
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        let one = |value: f64| vec![(String::new(), value)];
        let mut requests = vec![];
        let mut times = vec![];
        for (name, service) in SERVICES.iter().zip(&self.services) {
            for (class, counter) in ["2xx", "3xx", "4xx", "5xx", "other"].iter().zip(&service.by_class) {
                requests.push((format!("{{service=\"{name}\",status=\"{class}\"}}"), get(counter)));
            }
            let mut below = 0.0;
            let bounds = BOUNDS.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
            for (bound, counter) in bounds.zip(&service.by_time) {
                below += get(counter);
                times.push((format!("_bucket{{service=\"{name}\",le=\"{bound}\"}}"), below));
            }
            times.push((format!("_sum{{service=\"{name}\"}}"), get(&service.microseconds) / 1e6));
            times.push((format!("_count{{service=\"{name}\"}}"), below));
        }
        family("requests_total", "counter", "Requests that were answered.", &requests);
        family("request_seconds", "histogram", "Time to the head of the answer.", &times);
        family("connections", "gauge", "Connections that are open.", &one(get(&self.connections)));
        family("connections_total", "counter", "Connections accepted.", &one(get(&self.accepted)));
        family("shed_total", "counter", "Requests refused because too much was being read.", &one(get(&self.shed)));
        family("invocations_under_way", "gauge", "Invocations under way.", &one(edge.invocations_under_way() as f64));
        family("functions", "gauge", "Functions.", &one(edge.functions().all().len() as f64));
        family("buckets", "gauge", "Buckets.", &one(edge.store().buckets().len() as f64));
        family("stored_bytes", "gauge", "Bytes of the object store on disk.", &one(edge.store().stored_bytes() as f64));
        let help = "1 where nothing more is written until the edge is started again.";
        let failed = f64::from(u8::from(edge.store().failure().is_some()));
        family("store_failed", "gauge", help, &one(failed));
        let upkeep = edge.upkeep();
        let help = "Checkpoints of the object store's index made since the start.";
        family("checkpoints_total", "counter", help, &one(get(&upkeep.checkpoints)));
        let help = "Attempts of the edge's own upkeep that failed; they are repeated.";
        family("upkeep_failures_total", "counter", help, &one(get(&upkeep.failures)));
        family("uptime_seconds", "gauge", "Time since the start.", &one(self.begun.elapsed().as_secs_f64().floor()));
        out
    }
}
