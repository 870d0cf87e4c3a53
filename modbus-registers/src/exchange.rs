//! One request and its answer, and nothing else: late answers of earlier requests are dropped.
//!
//! A response does not say which registers it holds. Over TCP the transaction identifier tells; on a serial
//! line only unit, function and length do, and a late answer of the right length would pass for the new one. So
//! after a timeout the line has to stay silent for as long as the device may still be answering ([`Quiet`]).

use crate::mbap;
use crate::pdu::{PduError, Request, Response};
use crate::rtu;

/// A request on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange<'q> {
    /// Over TCP: chosen by the client, different from the last ones. On a serial line: not used.
    pub transaction: u16,
    /// The device.
    pub unit: u8,
    /// What it is asked.
    pub request: Request<'q>,
}

impl<'q> Exchange<'q> {
    /// An exchange over TCP.
    pub const fn tcp(transaction: u16, unit: u8, request: Request<'q>) -> Self {
        Self { transaction, unit, request }
    }

    /// An exchange on a serial line.
    pub const fn rtu(unit: u8, request: Request<'q>) -> Self {
        Self { transaction: 0, unit, request }
    }

    /// Judges a frame from the TCP connection: `None` if it belongs to another exchange and is to be dropped.
    ///
    /// # Errors
    ///
    /// As [`Request::response`]. With the right transaction identifier even a wrong answer is the answer.
    pub fn handle_tcp<'r>(&self, frame: &mbap::Frame<'r>) -> Option<Result<Response<'r>, PduError>> {
        let ours = frame.transaction == self.transaction && frame.unit == self.unit;
        ours.then(|| self.request.response(frame.pdu))
    }

    /// Judges a frame from the serial line: `None` if it answers another request and is to be dropped.
    ///
    /// # Errors
    ///
    /// As [`Request::response`], without [`PduError::Function`] and [`PduError::ByteCount`], which show a late
    /// answer.
    pub fn handle_rtu<'r>(&self, frame: &rtu::Frame<'r>) -> Option<Result<Response<'r>, PduError>> {
        if frame.unit != self.unit {
            return None;
        }
        match self.request.response(frame.pdu) {
            Err(PduError::Function { .. } | PduError::ByteCount { .. } | PduError::Echo { .. }) => None,
            outcome => Some(outcome),
        }
    }
}

/// A point in time, in microseconds of any clock that only goes forward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// `micros` after the clock's zero.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds after the clock's zero.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    const fn after(self, micros: u64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

/// When a serial line is free for the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    timing: rtu::Timing,
    free_at: Instant,
    /// How long the line must be silent now.
    silence_us: u64,
}

impl Quiet {
    /// A line that is free at once.
    pub const fn new(timing: rtu::Timing) -> Self {
        Self { timing, free_at: Instant(0), silence_us: timing.inter_frame_us() }
    }

    /// Bytes came in or went out.
    pub fn handle_activity(&mut self, now: Instant) {
        self.free_at = self.free_at.max(now.after(self.silence_us));
    }

    /// The answer came and was taken: the silence between frames is enough again.
    pub fn handle_answer(&mut self, now: Instant) {
        self.silence_us = self.timing.inter_frame_us();
        self.free_at = now.after(self.silence_us);
    }

    /// No answer came. Until the line was silent for `latest_us`, the longest the device may take, one could
    /// still come.
    pub fn handle_timeout(&mut self, now: Instant, latest_us: u64) {
        self.silence_us = self.timing.inter_frame_us().max(latest_us);
        self.free_at = now.after(self.silence_us);
    }

    /// When the next request may be sent; in the past if it may be sent now.
    #[must_use]
    pub const fn poll_free_at(&self) -> Instant {
        self.free_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::Framing;

    const READ: Request<'_> = Request::ReadInput { address: 13, words: 2 };
    const ANSWER: &[u8] = &[4, 4, 0x41, 0x80, 0, 0];

    #[test]
    fn tcp_answers_are_matched_by_transaction_and_unit() {
        let exchange = Exchange::tcp(7, 255, READ);
        let frame = mbap::Frame { transaction: 7, unit: 255, pdu: ANSWER };
        assert!(matches!(exchange.handle_tcp(&frame), Some(Ok(Response::Registers { .. }))));
        assert_eq!(exchange.handle_tcp(&mbap::Frame { transaction: 6, ..frame }), None);
        assert_eq!(exchange.handle_tcp(&mbap::Frame { unit: 1, ..frame }), None);
        let wrong = mbap::Frame { pdu: &[4, 2, 0, 0], ..frame };
        assert_eq!(
            exchange.handle_tcp(&wrong),
            Some(Err(PduError::ByteCount { address: 13, want: 4, got: 2 }))
        );
    }

    #[test]
    fn a_late_serial_answer_is_dropped() {
        // SmartEVSE issue 11: a late answer was taken for the answer to the next request.
        let exchange = Exchange::rtu(1, READ);
        let drop = |unit, pdu| assert_eq!(exchange.handle_rtu(&rtu::Frame { unit, pdu }), None);
        drop(2, ANSWER);
        drop(1, &[3, 4, 0x41, 0x80, 0, 0]);
        drop(1, &[4, 8, 0x41, 0x80, 0, 0, 0, 0, 0, 0]);
        assert!(exchange.handle_rtu(&rtu::Frame { unit: 1, pdu: ANSWER }).is_some());
        let refused = exchange.handle_rtu(&rtu::Frame { unit: 1, pdu: &[0x84, 2] });
        assert!(matches!(refused, Some(Err(PduError::Exception { .. }))));
    }

    #[test]
    fn after_a_timeout_the_line_is_drained() {
        // A late answer with unit, function and length of the new request could not be told apart.
        let timing = rtu::Timing::new(9_600, Framing::N81);
        let mut quiet = Quiet::new(timing);
        let at = Instant::from_micros;
        quiet.handle_timeout(at(1_000_000), 200_000);
        assert_eq!(quiet.poll_free_at(), at(1_200_000));
        quiet.handle_activity(at(1_150_000));
        assert_eq!(quiet.poll_free_at(), at(1_350_000));
        quiet.handle_answer(at(2_000_000));
        assert_eq!(quiet.poll_free_at(), at(2_003_646));
        quiet.handle_activity(at(2_001_000));
        assert_eq!(quiet.poll_free_at(), at(2_004_646));
    }
}
