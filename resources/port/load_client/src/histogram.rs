//! Latencies in buckets whose widths grow with them: exact below 64 µs, then within 1/32.

use std::collections::BTreeMap;

const EXACT: u64 = 64;

/// How many answers took up to so many microseconds.
#[derive(Default)]
pub struct Histogram(BTreeMap<u64, u64>);

impl Histogram {
    /// Counts one.
    pub fn record(&mut self, microseconds: u64) {
        *self.0.entry(upper(microseconds)).or_default() += 1;
    }

    /// Counts all of another.
    pub fn add(&mut self, other: &Histogram) {
        for (edge, count) in &other.0 {
            *self.0.entry(*edge).or_default() += count;
        }
    }

    /// The buckets that hold something, as pairs of JSON.
    pub fn json(&self) -> String {
        let pairs: Vec<String> = self
            .0
            .iter()
            .map(|(edge, count)| format!("[{edge},{count}]"))
            .collect();
        format!("[{}]", pairs.join(","))
    }
}

/// The largest value of the bucket that a value belongs to.
fn upper(value: u64) -> u64 {
    if value < EXACT {
        return value;
    }
    let shift = value.ilog2() - (EXACT.ilog2() - 1);
    value | ((1 << shift) - 1)
}

#[cfg(test)]
mod tests {
    use super::{Histogram, upper};

    #[test]
    fn a_bucket_is_no_wider_than_a_part_of_its_values() {
        for value in [0, 63, 64, 65, 1_000, 123_456, 10_000_000] {
            assert!((value..=value + value / 32).contains(&upper(value)));
        }
        assert_eq!((upper(63), upper(64), upper(66)), (63, 65, 67));
    }

    #[test]
    fn two_histograms_become_one() {
        let (mut one, mut two) = (Histogram::default(), Histogram::default());
        one.record(5);
        two.record(5);
        two.record(64);
        one.add(&two);
        assert_eq!(one.json(), "[[5,2],[65,1]]");
    }
}
