//! When each entry was written, in order: where a clock went back, an entry counts as written when the one before it was, so
//! that no day hides another. Refuses to know what the entries say.

use std::sync::Arc;

use jiff::Timestamp;
use romduol_ledger::Ledger;
use romduol_plan::Entry;
use tokio::sync::Mutex;

use crate::AppError;

/// The times of the entries up to one.
#[derive(Clone, Default)]
pub(crate) struct Times {
    /// In unix seconds, that of the first entry first.
    at: Vec<i64>,
}

/// What is known of them, filled when somebody first asks.
#[derive(Default)]
pub(crate) struct Known(Mutex<Arc<Times>>);

impl Known {
    /// Reads the entries that were written since the last time.
    pub async fn up_to_now(&self, ledger: &Ledger) -> Result<Arc<Times>, AppError> {
        let mut known = self.0.lock().await;
        loop {
            let entries = ledger.read_from(known.at.len() as u64 + 1).await?;
            if entries.is_empty() {
                return Ok(known.clone());
            }
            let times = Arc::make_mut(&mut known);
            for stored in &entries {
                times.push(Entry::stamp(&stored.body).unwrap_or_default());
            }
        }
    }
}

impl Times {
    fn push(&mut self, stamp: &str) {
        let before = self.at.last().copied().unwrap_or(i64::MIN);
        let own = stamp.parse::<Timestamp>().map_or(before, Timestamp::as_second);
        self.at.push(own.max(before));
    }

    /// The time of an entry.
    pub fn of(&self, seq: u64) -> i64 {
        let at = usize::try_from(seq).ok().and_then(|seq| seq.checked_sub(1)).and_then(|at| self.at.get(at));
        at.copied().unwrap_or(i64::MIN)
    }

    /// The time of the last one; of none, long ago.
    pub fn of_last(&self) -> i64 {
        self.at.last().copied().unwrap_or_default()
    }

    /// The last entry before a moment; 0 if there is none.
    pub fn last_before(&self, moment: i64) -> u64 {
        self.at.partition_point(|at| *at < moment) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_went_back_hides_nothing() {
        let mut times = Times::default();
        let stamps =
            ["1970-01-01T00:01:00Z", "1970-01-01T00:02:00Z", "1950-01-01T00:00:00Z", "?", "1970-01-01T00:03:00Z"];
        stamps.iter().for_each(|stamp| times.push(stamp));
        assert_eq!(times.at, [60, 120, 120, 120, 180]);
        assert_eq!(
            (times.last_before(60), times.last_before(61), times.last_before(121), times.last_before(999)),
            (0, 1, 4, 5)
        );
        assert_eq!((times.of(3), times.of(0), times.of(6)), (120, i64::MIN, i64::MIN));
    }
}
