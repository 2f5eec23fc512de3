//! What came back, of one connection or of all.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::histogram::Histogram;

/// Counts of answers, of connections and of what went wrong.
#[derive(Default)]
pub struct Tally {
    requests: u64,
    connections: u64,
    errors: BTreeMap<&'static str, u64>,
    latencies: Histogram,
}

impl Tally {
    /// A right answer came.
    pub fn answered(&mut self, after: Duration) {
        self.requests += 1;
        self.latencies
            .record(u64::try_from(after.as_micros()).unwrap_or(u64::MAX));
    }

    /// A connection was opened.
    pub fn connected(&mut self) {
        self.connections += 1;
    }

    /// A request had no right answer.
    pub fn fail(&mut self, kind: &'static str) {
        *self.errors.entry(kind).or_default() += 1;
    }

    /// Takes over what another one counted.
    pub fn add(&mut self, other: &Tally) {
        self.requests += other.requests;
        self.connections += other.connections;
        self.latencies.add(&other.latencies);
        for (kind, count) in &other.errors {
            *self.errors.entry(kind).or_default() += count;
        }
    }

    /// Everything as an object of JSON.
    pub fn json(&self, seconds: f64) -> String {
        let errors: Vec<String> = self
            .errors
            .iter()
            .map(|(kind, count)| format!("\"{kind}\":{count}"))
            .collect();
        format!(
            "{{\"requests\":{},\"seconds\":{seconds:.6},\"connections\":{},\"errors\":{{{}}},\"latencies\":{}}}",
            self.requests,
            self.connections,
            errors.join(","),
            self.latencies.json()
        )
    }
}
