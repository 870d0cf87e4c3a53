//! A charge point session whose central system is the test itself, frame by frame.

use evkit_ocpp::journal::{MemJournal, drive_blocking};
use evkit_ocpp::time::Instant;
use evkit_ocpp::v16::charge_point::{self, ChargePoint};

use crate::world::identity;

/// A session and its journal.
pub(crate) struct Bare {
    pub(crate) session: ChargePoint<'static, 1>,
    journal: MemJournal<4096>,
}

impl Bare {
    pub(crate) fn new() -> Self {
        Self::with(charge_point::Config::new(identity(), 7).with_security())
    }

    pub(crate) fn with(config: charge_point::Config<'static>) -> Self {
        let session = ChargePoint::new(config);
        let mut bare = Self { session, journal: MemJournal::new() };
        bare.store(Instant::ZERO);
        bare.session.handle_open(Instant::ZERO);
        bare
    }

    pub(crate) fn store(&mut self, now: Instant) {
        drive_blocking(now, &mut self.session, &mut self.journal);
    }

    /// The frames to be sent.
    pub(crate) fn sent(&mut self, now: Instant) -> Vec<String> {
        self.store(now);
        let mut buffer = [0; 2048];
        let mut frames = Vec::new();
        while let Some(text) = self.session.poll_transmit(now, &mut buffer).unwrap() {
            frames.push(text.to_owned());
        }
        frames
    }

    /// Answers the call just sent.
    pub(crate) fn answer(&mut self, now: Instant, payload: &str) {
        let frames = self.sent(now);
        let id = frames.last().unwrap().split('"').nth(1).unwrap().to_owned();
        self.session.handle_frame(now, &format!("[3,\"{id}\",{payload}]")).unwrap();
    }

    /// Registered at second 0, at 2026-01-01, with nothing left to say.
    pub(crate) fn accepted() -> Self {
        Self::new().accept()
    }

    pub(crate) fn accept(self) -> Self {
        let (mut bare, now) = (self, Instant::ZERO);
        bare.answer(now, r#"{"status":"Accepted","currentTime":"2026-01-01T00:00:00Z","interval":3600}"#);
        for _ in 0..2 {
            bare.answer(now, "{}");
        }
        assert_eq!(bare.sent(now), [""; 0]);
        bare
    }
}
