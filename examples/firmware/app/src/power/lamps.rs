//! What lamps and buzzer show: the signs of KEBA's stations, whose error display needs no more than one lamp.

use evkit_hal::fault::Fault;
pub(crate) use evkit_hal::indicator::keba::Sign;
use evkit_hal::indicator::tone::{FALLING, Pitch, RISING};
use evkit_hal::indicator::{Colours, Light, Player};
use evkit_hal::units::Instant;

use crate::shared::Orders;

/// Lamps and buzzer of one socket.
pub(super) struct Lamps {
    light: Player<Light>,
    tone: Player<Pitch>,
    /// Counts of cards that were shown already.
    refused: u8,
    accepted: u8,
}

impl Lamps {
    pub(super) const fn new() -> Self {
        Self { light: Player::new(), tone: Player::new(), refused: 0, accepted: 0 }
    }

    /// What is shown now: light, and pitch of the buzzer in hertz.
    pub(super) fn show(&mut self, now: Instant, orders: &Orders, fault: Option<Fault>) -> (Light, u16) {
        self.light.show(now, orders.sign.pattern());
        if orders.refused != self.refused {
            self.refused = orders.refused;
            self.light.show(now, Sign::CardRejected.pattern());
            self.tone.show(now, FALLING);
        }
        if orders.accepted != self.accepted {
            self.accepted = orders.accepted;
            self.tone.show(now, RISING);
        }
        let light = match fault {
            Some(_) => Light::all(Colours::RED),
            None => self.light.at(now).map_or(Light::OFF, |(light, _)| light),
        };
        let pitch = self.tone.at(now).and_then(|(pitch, _)| pitch);
        (light, pitch.unwrap_or(0))
    }
}
