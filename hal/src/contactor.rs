//! The contactor: commanded, watched through its feedback contact, and not closed too often.
//!
//! A contactor that does not do what it was told is a fault that stands: a welded one keeps the
//! socket live (Bender calls for an urgent service visit), so it is only forgotten when the feedback
//! shows open again and a person clears it.

use thiserror::Error;

use crate::units::{Instant, Millis, earliest};

/// What the feedback contact, or a voltage sensor behind the contactor, shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feedback {
    /// No contact is closed.
    Open,
    /// At least one contact is closed.
    Closed,
}

/// Something wrong with the contactor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContactorFault {
    /// Closed although commanded open.
    Welded,
    /// Open although commanded closed.
    NotClosing,
}

/// Times of a contactor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
pub struct Config {
    /// Whether a feedback contact is fitted. Without one, nothing is ever noticed.
    pub feedback: bool,
    /// Feedback that contradicts the command for this long is a fault (Tinkerforge 250 ms, OpenEVSE
    /// 1 s). 50 ms to 1 s.
    pub mismatch: Millis,
    /// Feedback must be this steady to count (chargebyte 10 ms). At most `mismatch`.
    pub debounce: Millis,
    /// Feedback older than this counts as missing.
    pub timeout: Millis,
    /// Shortest time from one closing to the next (chargebyte: 10 s per relay).
    pub reclose: Millis,
}

impl Config {
    /// The values of the published controllers.
    pub const DEFAULT: Self = Self {
        feedback: true,
        mismatch: Millis(250),
        debounce: Millis(10),
        timeout: Millis(500),
        reclose: Millis(10_000),
    };

    /// Checks the times.
    ///
    /// # Errors
    ///
    /// The first time out of its bounds.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.mismatch < Millis(50) || self.mismatch > Millis(1_000) {
            return Err(ConfigError::Mismatch(self.mismatch));
        }
        if self.debounce > self.mismatch {
            return Err(ConfigError::Debounce(self.debounce));
        }
        Ok(())
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A time of [`Config`] that is out of its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// `mismatch` is out of bounds.
    #[error("contactor `mismatch` is {0}, allowed is 50 ms to 1 s")]
    Mismatch(Millis),
    /// `debounce` is longer than `mismatch`.
    #[error("contactor `debounce` is {0}, allowed is at most `mismatch`")]
    Debounce(Millis),
}

/// One contactor. See the [module](self).
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(Hash))]
pub struct Contactor {
    config: Config,
    closed: bool,
    /// When the command last changed.
    switched: Instant,
    last_closed: Option<Instant>,
    /// Newest raw feedback and since when it has been so.
    raw: Option<(Feedback, Instant)>,
    /// Newest feedback, or the start before there was any.
    last_feedback: Instant,
    /// Feedback contradicts the command since then.
    contradicts: Option<Instant>,
    fault: Option<ContactorFault>,
}

impl Contactor {
    /// A contactor commanded open.
    ///
    /// # Errors
    ///
    /// A time out of its bounds.
    pub fn new(now: Instant, config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            config,
            closed: false,
            switched: now,
            last_closed: None,
            raw: None,
            last_feedback: now,
            contradicts: None,
            fault: None,
        })
    }

    /// Takes the feedback contact in.
    pub fn handle_feedback(&mut self, now: Instant, feedback: Feedback) {
        self.last_feedback = now;
        match self.raw {
            Some((raw, _)) if raw == feedback => {}
            _ => self.raw = Some((feedback, now)),
        }
        self.compare(now);
    }

    /// Does what became due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.compare(now);
    }

    /// Commands the contactor. A command to close is refused while [`can_close`](Self::can_close)
    /// says no. Returns whether the command changed.
    pub fn command(&mut self, now: Instant, close: bool) -> bool {
        let close = close && (self.closed || self.can_close(now));
        if close == self.closed {
            return false;
        }
        self.closed = close;
        self.switched = now;
        self.contradicts = None;
        if close {
            self.last_closed = Some(now);
        }
        self.compare(now);
        true
    }

    /// Forgets a fault after a person looked at it. It comes back if it is still there.
    pub fn clear_fault(&mut self, now: Instant) {
        self.fault = None;
        self.contradicts = None;
        self.compare(now);
    }

    /// What the coil has to be: `true` is energised.
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// When the command last changed.
    pub const fn switched(&self) -> Instant {
        self.switched
    }

    /// The fault that stands.
    pub const fn fault(&self) -> Option<ContactorFault> {
        self.fault
    }

    /// Whether feedback is fresh, if it is fitted at all.
    pub fn is_fresh(&self, now: Instant) -> bool {
        !self.config.feedback || !now.has_passed_ms(self.last_feedback, self.config.timeout)
    }

    /// Whether a command to close would be obeyed: no fault, feedback fresh and open, and the last
    /// closing long enough ago.
    pub fn can_close(&self, now: Instant) -> bool {
        let shows_open = !self.config.feedback || self.steady(now) == Some(Feedback::Open);
        self.fault.is_none()
            && shows_open
            && self.is_fresh(now)
            && self.reclose_at().is_none_or(|at| now >= at)
    }

    /// The earliest time of the next closing, once it closed before.
    pub fn reclose_at(&self) -> Option<Instant> {
        self.last_closed.map(|at| at + self.config.reclose)
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do, or feedback becomes stale.
    /// A point in the past has been dealt with.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let stale = self.config.feedback.then(|| self.last_feedback + self.config.timeout);
        if self.fault.is_some() {
            return stale;
        }
        let unsteady = match self.raw {
            Some((feedback, since)) if self.contradicts.is_none() && feedback != self.expected() => {
                Some(since + self.config.debounce)
            }
            _ => None,
        };
        let mismatched = self.contradicts.map(|since| since + self.config.mismatch);
        earliest(stale, earliest(unsteady, mismatched))
    }

    const fn expected(&self) -> Feedback {
        if self.closed { Feedback::Closed } else { Feedback::Open }
    }

    /// The feedback once it stood for the debounce time.
    fn steady(&self, now: Instant) -> Option<Feedback> {
        self.raw
            .filter(|(_, since)| now.has_passed_ms(*since, self.config.debounce))
            .map(|(feedback, _)| feedback)
    }

    fn compare(&mut self, now: Instant) {
        if !self.config.feedback {
            return;
        }
        match self.steady(now) {
            Some(feedback) if feedback == self.expected() => self.contradicts = None,
            Some(_) => {
                // The contact had its time from the command or from the first contradiction on.
                let since = self.raw.map_or(now, |(_, since)| since.max(self.switched));
                let since = *self.contradicts.get_or_insert(since);
                if self.fault.is_none() && now.has_passed_ms(since, self.config.mismatch) {
                    let welded = !self.closed;
                    self.fault =
                        Some(if welded { ContactorFault::Welded } else { ContactorFault::NotClosing });
                }
            }
            None => {}
        }
    }
}

#[cfg(test)]
impl Contactor {
    /// Takes the age from everything that is older than the limit it is compared with.
    pub(crate) fn forget_ages(&mut self, now: Instant) {
        let Config { mismatch, timeout, reclose, .. } = self.config;
        self.switched = self.switched.no_older_than(mismatch, now);
        self.last_closed = self.last_closed.filter(|at| !now.has_passed_ms(*at, reclose));
        self.raw = self.raw.map(|(feedback, since)| (feedback, since.no_older_than(mismatch, now)));
        self.last_feedback = self.last_feedback.no_older_than(timeout, now);
        self.contradicts = self.contradicts.map(|at| at.no_older_than(mismatch, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn ready() -> Contactor {
        let mut contactor = Contactor::new(at(0), Config::DEFAULT).unwrap();
        contactor.handle_feedback(at(0), Feedback::Open);
        contactor.handle_feedback(at(10), Feedback::Open);
        contactor
    }

    #[test]
    fn nothing_closes_before_feedback_was_seen_open_and_steady() {
        let mut contactor = Contactor::new(at(0), Config::DEFAULT).unwrap();
        assert!(!contactor.command(at(0), true));
        contactor.handle_feedback(at(20), Feedback::Open);
        assert!(!contactor.command(at(29), true));
        assert!(contactor.command(at(30), true));
    }

    #[test]
    fn a_welded_contact_is_a_fault_after_its_time_and_stays_one() {
        for (ms, fault) in
            [(349, None), (350, Some(ContactorFault::Welded)), (351, Some(ContactorFault::Welded))]
        {
            let mut contactor = ready();
            contactor.command(at(10), true);
            contactor.handle_feedback(at(30), Feedback::Closed);
            contactor.command(at(100), false);
            contactor.handle_timeout(at(ms));
            assert_eq!(contactor.fault(), fault, "{ms} ms");
        }
    }

    #[test]
    fn a_welded_contact_is_found_at_start() {
        let mut contactor = Contactor::new(at(0), Config::DEFAULT).unwrap();
        contactor.handle_feedback(at(0), Feedback::Closed);
        assert!(!contactor.command(at(10), true));
        assert_eq!(contactor.poll_timeout(), Some(at(10)));
        contactor.handle_timeout(at(10));
        assert_eq!(contactor.poll_timeout(), Some(at(250)));
        contactor.handle_timeout(at(250));
        assert_eq!(contactor.fault(), Some(ContactorFault::Welded));
        contactor.handle_feedback(at(300), Feedback::Open);
        contactor.handle_timeout(at(400));
        assert!(!contactor.can_close(at(400)), "a fault stands until somebody clears it");
        contactor.clear_fault(at(400));
        assert!(contactor.can_close(at(400)));
    }

    #[test]
    fn a_contact_that_does_not_close_is_a_fault() {
        let mut contactor = ready();
        contactor.command(at(10), true);
        contactor.handle_timeout(at(259));
        assert_eq!(contactor.fault(), None);
        contactor.handle_timeout(at(260));
        assert_eq!(contactor.fault(), Some(ContactorFault::NotClosing));
    }

    #[test]
    fn it_does_not_close_again_too_soon() {
        let mut contactor = ready();
        contactor.command(at(10), true);
        contactor.handle_feedback(at(30), Feedback::Closed);
        contactor.command(at(1_000), false);
        contactor.handle_feedback(at(1_020), Feedback::Open);
        contactor.handle_feedback(at(10_000), Feedback::Open);
        assert!(!contactor.command(at(10_009), true));
        assert!(contactor.command(at(10_010), true));
    }

    #[test]
    fn bouncing_feedback_does_not_count() {
        let mut contactor = ready();
        for ms in (20..400).step_by(9) {
            let feedback = if ms % 2 == 0 { Feedback::Closed } else { Feedback::Open };
            contactor.handle_feedback(at(ms), feedback);
        }
        assert_eq!(contactor.fault(), None);
        assert!(!contactor.can_close(at(400)));
    }

    #[test]
    fn old_feedback_keeps_it_open() {
        let contactor = ready();
        assert!(contactor.can_close(at(509)));
        assert!(!contactor.can_close(at(510)));
    }

    #[test]
    fn without_a_feedback_contact_only_time_counts() {
        let config = Config { feedback: false, ..Config::DEFAULT };
        let mut contactor = Contactor::new(at(0), config).unwrap();
        assert!(contactor.command(at(0), true));
        contactor.handle_timeout(at(10_000));
        assert_eq!(contactor.fault(), None);
    }

    #[test]
    fn times_out_of_bounds_are_refused() {
        let config = Config { mismatch: Millis(49), ..Config::DEFAULT };
        assert_eq!(config.check(), Err(ConfigError::Mismatch(Millis(49))));
        let config = Config { debounce: Millis(251), ..Config::DEFAULT };
        assert_eq!(config.check(), Err(ConfigError::Debounce(Millis(251))));
    }
}
