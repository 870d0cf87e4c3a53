//! Over-current and overload: measured currents against what the vehicle was told, in bands of
//! tolerance and delay.
//!
//! A vehicle that was told less has [`VEHICLE_FOLLOWS`] to follow; until then the older limit counts.

use core::time::Duration;

use crate::pilot::timing::VEHICLE_FOLLOWS;
use crate::safety::Status;
use crate::units::{Instant, Milliamps};

/// What a band is measured against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// The current the vehicle was told.
    Offer,
    /// The current the connector is rated for.
    Rating,
}

/// Current above `reference` plus `percent` plus `offset` for `delay` is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// What the tolerance is relative to.
    pub reference: Reference,
    /// Tolerance in percent.
    pub percent: u16,
    /// Absolute tolerance on top.
    pub offset: Milliamps,
    /// How long the current may be above.
    pub delay: Duration,
}

const fn band(reference: Reference, percent: u16, offset_ma: u32, seconds: u64) -> Band {
    Band { reference, percent, offset: Milliamps(offset_ma), delay: Duration::from_secs(seconds) }
}

/// EVlink's three bands and the overload band, with the values of the maintenance report (annex,
/// `lowOvercurrentTolerance` and following). Units of the tolerances and delays are inferred, as is
/// that the overload is relative to the rating: 1010 in the first delay is taken as seconds, because
/// the steps would not be ordered otherwise.
pub const EVLINK: [Band; 4] = [
    band(Reference::Offer, 10, 0, 1_010),
    band(Reference::Offer, 25, 0, 5),
    band(Reference::Offer, 70, 0, 1),
    band(Reference::Rating, 18, 0, 90),
];

/// EVerest's single band: 10 % and 0.5 A for 7 s.
pub const EVEREST: [Band; 1] = [band(Reference::Offer, 10, 500, 7)];

/// A trip: which phase (0 to 2) was in which band for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trip {
    /// Phase, counted from 0.
    pub phase: u8,
    /// Index of the band.
    pub band: u8,
}

/// Over-current watch with `N` bands.
#[derive(Clone, Debug)]
pub struct OverCurrent<const N: usize> {
    bands: [Band; N],
    rating: Milliamps,
    /// What the vehicle is told, and what it was told before, until it has to have followed.
    offer: Milliamps,
    previous: Option<(Milliamps, Instant)>,
    since: [[Option<Instant>; 3]; N],
    trip: Option<Trip>,
}

impl<const N: usize> OverCurrent<N> {
    /// A watch for a connector rated for `rating`.
    pub const fn new(bands: [Band; N], rating: Milliamps) -> Self {
        Self { bands, rating, offer: Milliamps(0), previous: None, since: [[None; 3]; N], trip: None }
    }

    /// Sets what the vehicle is told now; the rating where that is not known (5 % duty).
    pub fn set_offer(&mut self, now: Instant, offer: Milliamps) {
        let effective = self.limit(now);
        if offer < effective && offer != self.offer {
            self.previous = Some((effective, now + VEHICLE_FOLLOWS));
        } else if offer >= effective {
            self.previous = None;
        }
        self.offer = offer;
    }

    /// Takes the currents of the three phases in, and tells what is too much.
    pub fn handle_currents(&mut self, now: Instant, currents: [Milliamps; 3]) {
        let limit = self.limit(now);
        for (index, (band, since)) in self.bands.iter().zip(&mut self.since).enumerate() {
            let threshold = band.threshold(limit, self.rating);
            for (phase, (current, since)) in currents.iter().zip(since).enumerate() {
                if *current <= threshold {
                    *since = None;
                    continue;
                }
                let since = *since.get_or_insert(now);
                if now.has_passed(since, band.delay) {
                    self.trip.get_or_insert(Trip { phase: phase as u8, band: index as u8 });
                }
            }
        }
    }

    /// Forgets a trip: the vehicle was unplugged.
    pub fn handle_unplugged(&mut self) {
        self.trip = None;
        self.since = [[None; 3]; N];
    }

    /// The trip that stands until the vehicle is unplugged.
    pub const fn trip(&self) -> Option<Trip> {
        self.trip
    }

    /// What the safety layer is told.
    pub const fn status(&self) -> Status {
        if self.trip.is_some() { Status::Tripped } else { Status::Clear }
    }

    /// The offer the vehicle is held to.
    fn limit(&self, now: Instant) -> Milliamps {
        match self.previous {
            Some((previous, until)) if now < until => previous.max(self.offer),
            _ => self.offer,
        }
    }
}

impl Band {
    /// The highest current that is not too much.
    pub fn threshold(&self, offer: Milliamps, rating: Milliamps) -> Milliamps {
        let Milliamps(reference) = match self.reference {
            Reference::Offer => offer,
            Reference::Rating => rating,
        };
        let tolerated = u64::from(reference) * u64::from(100 + self.percent) / 100;
        let tolerated = tolerated.saturating_add(u64::from(self.offset.0));
        Milliamps(u32::try_from(tolerated).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn watch() -> OverCurrent<4> {
        let mut watch = OverCurrent::new(EVLINK, Milliamps(32_000));
        watch.set_offer(at(0), Milliamps(16_000));
        watch
    }

    #[test]
    fn each_band_has_its_own_threshold_and_delay() {
        // 10 %, 25 %, 70 % of 16 A, and 18 % above the rating of 32 A.
        let rows = [(17_600, 1_010, 0), (20_000, 5, 1), (27_200, 1, 2), (37_760, 90, 3)];
        for (threshold, seconds, band) in rows {
            for (current, ms, trips) in [
                (threshold, seconds * 1_000 + 1, false),
                (threshold + 1, seconds * 1_000 - 1, false),
                (threshold + 1, seconds * 1_000, true),
            ] {
                let mut watch = watch();
                if band == 3 {
                    // Out of the other bands' way.
                    watch.set_offer(at(0), Milliamps(80_000));
                }
                watch.handle_currents(at(0), [Milliamps(0), Milliamps(current), Milliamps(0)]);
                watch.handle_currents(at(ms), [Milliamps(0), Milliamps(current), Milliamps(0)]);
                let trip = trips.then_some(Trip { phase: 1, band });
                assert_eq!(watch.trip().filter(|trip| trip.band == band), trip, "{current} mA, {ms} ms");
            }
        }
    }

    #[test]
    fn a_pause_below_the_threshold_starts_the_delay_again() {
        let mut watch = watch();
        for t in 0..100 {
            let current = if t % 4 == 3 { 16_000 } else { 24_000 };
            watch.handle_currents(at(t * 1_000), [Milliamps(current); 3]);
        }
        assert_eq!(watch.status(), Status::Clear);
    }

    #[test]
    fn a_vehicle_told_less_has_five_seconds_to_follow() {
        let mut watch = OverCurrent::new(EVEREST, Milliamps(32_000));
        watch.set_offer(at(0), Milliamps(32_000));
        watch.set_offer(at(10_000), Milliamps(10_000));
        watch.handle_currents(at(14_999), [Milliamps(32_000); 3]);
        watch.handle_currents(at(15_000), [Milliamps(32_000); 3]);
        watch.handle_currents(at(21_999), [Milliamps(32_000); 3]);
        assert_eq!(watch.status(), Status::Clear);
        watch.handle_currents(at(22_000), [Milliamps(32_000); 3]);
        assert_eq!(watch.trip(), Some(Trip { phase: 0, band: 0 }));
    }

    #[test]
    fn telling_less_again_and_again_does_not_extend_the_time() {
        let mut watch = OverCurrent::new(EVEREST, Milliamps(32_000));
        watch.set_offer(at(0), Milliamps(32_000));
        for t in 0..60 {
            watch.set_offer(at(t * 1_000), Milliamps(10_000));
            watch.handle_currents(at(t * 1_000), [Milliamps(32_000); 3]);
        }
        assert_eq!(watch.status(), Status::Tripped);
    }

    #[test]
    fn a_trip_stands_until_the_vehicle_is_unplugged() {
        let mut watch = watch();
        watch.handle_currents(at(0), [Milliamps(60_000); 3]);
        watch.handle_currents(at(1_000), [Milliamps(60_000); 3]);
        watch.handle_currents(at(2_000), [Milliamps(0); 3]);
        assert_eq!(watch.status(), Status::Tripped);
        watch.handle_unplugged();
        assert_eq!(watch.status(), Status::Clear);
    }

    #[test]
    fn thresholds_saturate() {
        let max = Milliamps(u32::MAX);
        assert_eq!(EVLINK[0].threshold(max, max), max);
    }
}
