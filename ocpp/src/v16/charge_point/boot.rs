//! Registration and heartbeats (OCPP 1.6 §4.2, §4.6).
//!
//! Until it is accepted a charge point says nothing on its own but BootNotification; while `Pending` it also sends
//! what it is triggered to. Registration outlives a lost connection: only a restart asks for it again.

use core::time::Duration;

use super::{ChargePoint, Event};
use crate::rpc::Failure;
use crate::rpc::timer::Deadline;
use crate::time::Instant;
use crate::v16::keys::Key;
use crate::v16::{BootNotificationResponse, HeartbeatResponse, RegistrationStatus};

/// Pause before the next attempt if the central system names none or does not answer.
const RETRY: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Boot {
    status: Option<RegistrationStatus>,
    /// When to send BootNotification.
    attempt: Deadline,
    heartbeat: Deadline,
    triggered: bool,
    heartbeat_triggered: bool,
}

impl Boot {
    pub(super) const fn new() -> Self {
        Self {
            status: None,
            attempt: Deadline::at(Instant::ZERO),
            heartbeat: Deadline::NEVER,
            triggered: false,
            heartbeat_triggered: false,
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.status == Some(RegistrationStatus::Accepted)
    }

    /// Whether triggered messages may be sent.
    pub(super) fn may_obey(&self) -> bool {
        matches!(self.status, Some(RegistrationStatus::Accepted | RegistrationStatus::Pending))
    }

    pub(super) fn trigger(&mut self) {
        self.triggered = true;
    }

    pub(super) fn trigger_heartbeat(&mut self) {
        self.heartbeat_triggered = true;
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.attempt.is_due(now) || (self.triggered && self.may_obey())
    }

    pub(super) fn is_heartbeat_due(&self, now: Instant) -> bool {
        (self.heartbeat_triggered && self.may_obey()) || (self.is_accepted() && self.heartbeat.is_due(now))
    }

    /// What to wait for while nothing else is under way.
    pub(super) fn deadline(&self) -> Deadline {
        self.attempt.min(if self.is_accepted() { self.heartbeat } else { Deadline::NEVER })
    }

    /// A BootNotification went out.
    pub(super) fn sent(&mut self) {
        self.attempt = Deadline::NEVER;
        self.triggered = false;
    }

    pub(super) fn heartbeat_sent(&mut self) {
        self.heartbeat_triggered = false;
        self.heartbeat = Deadline::NEVER;
    }

    /// The BootNotification has no usable answer. If the connection was lost it goes first over the next one.
    pub(super) fn failed(&mut self, now: Instant, failure: &Failure) {
        if !self.is_accepted() {
            let pause = if matches!(failure, Failure::Dropped) { Duration::ZERO } else { RETRY };
            self.attempt = Deadline::after(now, pause);
        }
    }
}

impl<const N: usize> ChargePoint<'_, N> {
    pub(super) fn on_boot<'f>(&mut self, now: Instant, answer: &BootNotificationResponse) -> Event<'f> {
        self.set_clock(now, answer.current_time);
        let newly = !self.is_accepted() && answer.status == RegistrationStatus::Accepted;
        self.boot.status = Some(answer.status);
        if newly {
            // §4.2: then the status of every connector and of the station is told.
            self.station.reporter.forget();
            self.connectors.iter_mut().for_each(|outlet| outlet.connector.reporter.forget());
        }
        let interval = i32::try_from(answer.interval).unwrap_or(i32::MAX).max(0);
        if answer.status == RegistrationStatus::Accepted {
            self.boot.attempt = Deadline::NEVER;
            if interval > 0 {
                self.settings.override_value(Key::HeartbeatInterval, interval);
            }
            self.postpone_heartbeat(now);
        } else {
            let pause =
                if interval == 0 { RETRY } else { Duration::from_secs(interval.unsigned_abs().into()) };
            self.boot.attempt = Deadline::after(now, pause);
        }
        Event::Registered { status: answer.status, interval: answer.interval }
    }

    pub(super) fn on_heartbeat(&mut self, now: Instant, answer: &HeartbeatResponse) {
        self.set_clock(now, answer.current_time);
    }

    /// Any answered call shows both sides that the connection lives; the next heartbeat is due an interval later.
    pub(super) fn postpone_heartbeat(&mut self, now: Instant) {
        self.boot.heartbeat = Deadline::after_secs(now, self.settings.get(Key::HeartbeatInterval));
    }

    /// Whether the central system has accepted the charge point.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.boot.is_accepted()
    }

    /// Whether there is a connection and the central system has accepted the charge point.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.link.is_open() && self.is_accepted()
    }

    /// The time of day, if the central system has ever told it in this run.
    #[must_use]
    pub fn utc(&self, now: Instant) -> Option<crate::time::DateTime<crate::time::Utc>> {
        self.clock.utc(now)
    }

    fn set_clock(&mut self, now: Instant, utc: crate::time::DateTime<crate::time::Utc>) {
        self.clock.set(now, utc);
        self.align(now);
        self.arm_reservations(now);
    }
}
