//! Offers in the steps a station can signal.
//!
//! A register in whole amperes, a PWM duty cycle of 0.1 % (60 mA) or a web interface with one decimal:
//! rounding an offer down is always safe, rounding a minimum down never is.

use crate::units::Milliamps;

/// The largest multiple of `step` not above `current`; a step of 0 leaves it alone.
pub const fn down(current: Milliamps, step: Milliamps) -> Milliamps {
    if step.0 == 0 { current } else { Milliamps(current.0 - current.0 % step.0) }
}

/// The smallest multiple of `step` not below `current`, or the largest multiple there is.
pub const fn up(current: Milliamps, step: Milliamps) -> Milliamps {
    down(current.saturating_add(Milliamps(step.0.saturating_sub(1))), step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_go_down_and_minima_up() {
        let step = Milliamps(100);
        assert_eq!(down(Milliamps(10_667), step), Milliamps(10_600));
        assert_eq!(up(Milliamps(10_601), step), Milliamps(10_700));
        assert_eq!(up(Milliamps(10_600), step), Milliamps(10_600));
        assert_eq!(down(Milliamps(10_667), Milliamps::ZERO), Milliamps(10_667));
        assert_eq!(up(Milliamps::MAX, step), Milliamps(4_294_967_200));
    }
}
