//! Where time comes from: the machine, or a simulation that shares its virtual clock with every task.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, TimeDelta, Utc};

/// A clock with a monotonic side in milliseconds and the UTC time that belongs to it.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clocks.
    Real {
        /// Zero of the monotonic side.
        origin: Instant,
    },
    /// A simulation's clock; whoever holds the other handle sets it.
    Virtual {
        /// Milliseconds since `start`.
        now_ms: Arc<AtomicU64>,
        /// UTC at zero.
        start: DateTime<Utc>,
    },
}

impl Clock {
    /// The machine's clocks.
    pub fn real() -> Self {
        Self::Real { origin: Instant::now() }
    }

    /// A virtual clock at zero, and the handle that sets it.
    pub fn virtual_from(start: DateTime<Utc>) -> (Self, Arc<AtomicU64>) {
        let now_ms = Arc::new(AtomicU64::new(0));
        (Self::Virtual { now_ms: Arc::clone(&now_ms), start }, now_ms)
    }

    /// Monotonic milliseconds.
    pub fn now_ms(&self) -> u64 {
        match self {
            Self::Real { origin } => u64::try_from(origin.elapsed().as_millis()).unwrap_or(u64::MAX),
            Self::Virtual { now_ms, .. } => now_ms.load(Ordering::Acquire),
        }
    }

    /// UTC now, whole milliseconds.
    pub fn utc(&self) -> DateTime<Utc> {
        match self {
            Self::Real { .. } => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let millis = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
                DateTime::from_timestamp_millis(millis).unwrap_or_default()
            }
            Self::Virtual { start, .. } => {
                *start + TimeDelta::milliseconds(i64::try_from(self.now_ms()).unwrap_or(i64::MAX))
            }
        }
    }
}
