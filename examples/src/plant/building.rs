//! The building's own load.

/// The building's load: per phase a bounded, seeded random walk with a limited rate of change.
#[derive(Debug)]
pub struct Building {
    mean_ma: [u32; 3],
    swing_ma: u32,
    slew_ma: u32,
    target_ma: [u32; 3],
    now_ma: [u32; 3],
    rng: fastrand::Rng,
}

impl Building {
    /// A building at its mean load; rates are per second.
    pub fn new(mean_ma: [u32; 3], swing_ma: u32, slew_ma: u32, seed: u64) -> Self {
        let rng = fastrand::Rng::with_seed(seed ^ 0xB01D);
        Self { mean_ma, swing_ma, slew_ma, target_ma: mean_ma, now_ma: mean_ma, rng }
    }

    /// Current per grid phase in milliamperes.
    pub fn load_ma(&self) -> [u32; 3] {
        self.now_ma
    }

    /// One second passes.
    pub fn second(&mut self) {
        for p in 0..3 {
            if self.now_ma[p] == self.target_ma[p] {
                let low = self.mean_ma[p].saturating_sub(self.swing_ma);
                self.target_ma[p] = self.rng.u32(low..=self.mean_ma[p] + self.swing_ma);
            }
            let (now, target) = (self.now_ma[p], self.target_ma[p]);
            self.now_ma[p] = if now < target {
                target.min(now + self.slew_ma)
            } else {
                target.max(now.saturating_sub(self.slew_ma))
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_building_stays_in_its_band_and_below_its_slew() {
        let mut building = Building::new([27_000, 31_000, 24_000], 9_000, 150, 7);
        let mut before = building.load_ma();
        for _ in 0..7_200 {
            building.second();
            let load = building.load_ma();
            for p in 0..3 {
                assert!(load[p].abs_diff(before[p]) <= 150);
                assert!(load[p].abs_diff([27_000, 31_000, 24_000][p]) <= 9_000);
            }
            before = load;
        }
    }
}
