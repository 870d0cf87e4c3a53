//! A contactor: it follows its coils a little later, or does not.

use evkit_plant_link::Relays;
use serde::Deserialize;

/// Time from the coil to the contacts in milliseconds.
const MOVES_MS: u64 = 15;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wear {
    /// Nothing.
    #[default]
    None,
    /// Closed contacts do not open any more.
    Welded,
    /// Open contacts do not close any more.
    Stuck,
}

/// Three contacts behind their coils.
#[derive(Clone, Debug, Default)]
pub struct Contactor {
    /// What is wrong with it.
    pub wear: Wear,
    coils: Relays,
    changed_ms: u64,
    contacts: Relays,
}

impl Contactor {
    /// The coils are set.
    pub fn command(&mut self, now_ms: u64, coils: Relays) {
        if coils != self.coils {
            (self.coils, self.changed_ms) = (coils, now_ms);
        }
    }

    /// Lets the time pass; says whether a contact moved.
    pub fn step(&mut self, now_ms: u64) -> bool {
        if now_ms.saturating_sub(self.changed_ms) < MOVES_MS {
            return false;
        }
        let mut contacts = self.contacts;
        for (contact, coil) in contacts.0.iter_mut().zip(self.coils.0) {
            *contact = match self.wear {
                Wear::None => coil,
                Wear::Welded => *contact || coil,
                Wear::Stuck => *contact && coil,
            };
        }
        let moved = contacts != self.contacts;
        self.contacts = contacts;
        moved
    }

    /// The contacts, as their feedback shows them.
    pub const fn contacts(&self) -> Relays {
        self.contacts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_follow_late_or_not_at_all() {
        for (wear, closes, opens) in [(Wear::None, true, true), (Wear::Stuck, false, true)] {
            let mut contactor = Contactor { wear, ..Contactor::default() };
            contactor.command(100, Relays::THREE);
            assert!(!contactor.step(114));
            assert_eq!((contactor.step(115), contactor.contacts().any()), (closes, closes));
            contactor.command(200, Relays::OPEN);
            contactor.step(215);
            assert_eq!(!contactor.contacts().any(), opens);
        }
        let mut contactor = Contactor::default();
        contactor.command(100, Relays::ONE);
        contactor.step(115);
        contactor.wear = Wear::Welded;
        contactor.command(200, Relays::OPEN);
        assert!(!contactor.step(1_000));
        assert_eq!(contactor.contacts(), Relays::ONE);
    }
}
