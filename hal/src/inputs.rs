//! Contacts, buttons and switches a station reads: enable input X1, load shedding, delayed start,
//! key lock, front and service button, DIP switches.

use core::time::Duration;

use crate::safety::Status;
use crate::units::{Instant, Milliamps, Phases};

/// How a contact is wired.
///
/// The choice decides what a cut wire means: a normally closed contact then counts as active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wiring {
    /// Active when closed (24 V at EVlink's inputs).
    #[default]
    NormallyOpen,
    /// Active when open (0 V).
    NormallyClosed,
}

/// A debounced contact.
#[derive(Clone, Debug)]
pub struct Contact {
    wiring: Wiring,
    debounce: Duration,
    active: bool,
    changing: Option<Instant>,
}

impl Contact {
    /// Usual debounce of a dry contact (inferred).
    pub const DEBOUNCE: Duration = Duration::from_millis(50);

    /// A contact that is inactive until read.
    pub const fn new(wiring: Wiring, debounce: Duration) -> Self {
        Self { wiring, debounce, active: false, changing: None }
    }

    /// Takes the contact's state in; returns the new activity when it changed.
    pub fn handle_level(&mut self, now: Instant, closed: bool) -> Option<bool> {
        let active = closed == (self.wiring == Wiring::NormallyOpen);
        if active == self.active {
            self.changing = None;
            return None;
        }
        let since = *self.changing.get_or_insert(now);
        if !now.has_passed(since, self.debounce) {
            return None;
        }
        self.active = active;
        self.changing = None;
        Some(active)
    }

    /// Whether the contact is active.
    pub const fn is_active(&self) -> bool {
        self.active
    }
}

/// What an enable input (KEBA X1, EVlink's conditional line) tells the safety layer.
pub const fn enabled_when_active(contact: &Contact) -> Status {
    if contact.is_active() { Status::Clear } else { Status::NotReady }
}

/// What the feedback of a breaker, a residual current device or an emergency stop tells it.
pub const fn tripped_when_active(contact: &Contact) -> Status {
    if contact.is_active() { Status::Tripped } else { Status::Clear }
}

/// What a blocking input (EVlink's delayed start, a key lock) tells the safety layer.
pub const fn blocked_when_active(contact: &Contact) -> Status {
    if contact.is_active() { Status::NotReady } else { Status::Clear }
}

/// The current EVlink stations work with under a temporary or derated limit: below 8 A with one phase
/// and below 14 A with three they do not charge (EVlink manual, load shedding; the vehicles of the
/// EV/ZE Ready label ask for it).
pub const fn evlink_floor(limit: Milliamps, phases: Phases) -> Option<Milliamps> {
    let floor = match phases {
        Phases::One => 8_000,
        Phases::Three => 14_000,
    };
    if limit.0 < floor { None } else { Some(limit) }
}

/// What a button did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Press {
    /// It has been held long enough for the step with this index: time for a tone.
    Reached(usize),
    /// It was released; `None` before the first step was reached.
    Released(Option<usize>),
}

/// A button whose meaning grows with the time it is held.
#[derive(Clone, Debug)]
pub struct Button<const N: usize> {
    steps: [Duration; N],
    contact: Contact,
    pressed: Option<Instant>,
    reached: usize,
}

/// Steps of KEBA's service button: one second restarts the station, ten erase the cards (KEBA manual
/// 3.2 and 5.2.3). A tone sounds at each.
pub const SERVICE_BUTTON: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(10)];

/// The front button of EVlink stations: a press stops or restarts charging.
pub const FRONT_BUTTON: [Duration; 1] = [Duration::from_millis(100)];

impl<const N: usize> Button<N> {
    /// A released button with these steps, shortest first.
    pub const fn new(steps: [Duration; N]) -> Self {
        let contact = Contact::new(Wiring::NormallyOpen, Duration::from_millis(20));
        Self { steps, contact, pressed: None, reached: 0 }
    }

    /// Takes the button in; to be called regularly while it is held.
    pub fn handle_level(&mut self, now: Instant, down: bool) -> Option<Press> {
        match self.contact.handle_level(now, down) {
            Some(true) => {
                self.pressed = Some(now);
                self.reached = 0;
                None
            }
            Some(false) => {
                self.pressed = None;
                Some(Press::Released(self.reached.checked_sub(1)))
            }
            None => self.reach(now),
        }
    }

    fn reach(&mut self, now: Instant) -> Option<Press> {
        let step = self.steps.get(self.reached)?;
        if !now.has_passed(self.pressed?, *step) {
            return None;
        }
        self.reached += 1;
        Some(Press::Reached(self.reached - 1))
    }
}

/// KEBA's two banks of eight DIP switches, read at start: changes count only after a restart.
///
/// Only the switches named in the configuration manuals have a method; the table of currents and
/// addresses is in the installation manual, which is not public, and stays with the vendor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DipSwitches {
    /// DSW1, switch 1 in the lowest bit.
    pub dsw1: u8,
    /// DSW2, switch 1 in the lowest bit.
    pub dsw2: u8,
}

impl DipSwitches {
    /// Whether switch `number` (1 to 8) of a bank is on; `false` for a number that does not exist.
    const fn is_on(bank: u8, number: u8) -> bool {
        number >= 1 && number <= 8 && bank & (1 << (number - 1)) != 0
    }

    /// DSW2.5: the station takes part in a charging network (KEBA manual 3.2).
    pub const fn communicates(self) -> bool {
        Self::is_on(self.dsw2, 5)
    }

    /// DSW1.2 off and DSW1.3 on: output X2 drives the phase switch S10 (KEBA manual 5.6).
    pub const fn switches_phases(self) -> bool {
        !Self::is_on(self.dsw1, 2) && Self::is_on(self.dsw1, 3)
    }

    /// The switches from `first` to `last` of DSW1 or DSW2 as a number, `first` in the lowest bit.
    /// What a vendor's tables of currents and addresses are indexed with.
    pub const fn field(bank: u8, first: u8, last: u8) -> u8 {
        let mut value = 0;
        let mut number = first;
        while number <= last && number <= 8 {
            if Self::is_on(bank, number) {
                value |= 1 << (number - first);
            }
            number += 1;
        }
        value
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::vec::Vec;

    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    #[test]
    fn wiring_decides_what_a_cut_wire_means() {
        for (wiring, closed, active) in [
            (Wiring::NormallyOpen, true, true),
            (Wiring::NormallyOpen, false, false),
            (Wiring::NormallyClosed, true, false),
            (Wiring::NormallyClosed, false, true),
        ] {
            let mut contact = Contact::new(wiring, Duration::from_millis(50));
            contact.handle_level(at(0), closed);
            contact.handle_level(at(50), closed);
            assert_eq!(contact.is_active(), active);
        }
    }

    #[test]
    fn a_bouncing_contact_waits() {
        let mut contact = Contact::new(Wiring::NormallyOpen, Duration::from_millis(50));
        assert_eq!(contact.handle_level(at(0), true), None);
        assert_eq!(contact.handle_level(at(40), false), None);
        assert_eq!(contact.handle_level(at(45), true), None);
        assert_eq!(contact.handle_level(at(94), true), None);
        assert_eq!(contact.handle_level(at(95), true), Some(true));
        assert_eq!(contact.handle_level(at(96), true), None);
        assert_eq!(enabled_when_active(&contact), Status::Clear);
        assert_eq!(blocked_when_active(&contact), Status::NotReady);
        assert_eq!(tripped_when_active(&contact), Status::Tripped);
    }

    #[test]
    fn evlink_does_not_charge_below_its_floors() {
        let rows = [
            (7_999, Phases::One, None),
            (8_000, Phases::One, Some(8_000)),
            (13_999, Phases::Three, None),
            (14_000, Phases::Three, Some(14_000)),
        ];
        for (limit, phases, expected) in rows {
            assert_eq!(evlink_floor(Milliamps(limit), phases), expected.map(Milliamps));
        }
    }

    #[test]
    fn the_service_button_tells_its_steps_and_where_it_was_released() {
        for (held, steps, released) in [
            (900, 0, Press::Released(None)),
            (5_000, 1, Press::Released(Some(0))),
            (12_000, 2, Press::Released(Some(1))),
        ] {
            let mut button = Button::new(SERVICE_BUTTON);
            let mut presses = Vec::new();
            for t in (0..held + 100).step_by(10) {
                presses.extend(button.handle_level(at(t), t < held));
            }
            let expected: Vec<_> = (0..steps).map(Press::Reached).chain([released]).collect();
            assert_eq!(presses, expected);
        }
    }

    #[test]
    fn switches_are_counted_from_one() {
        let switches = DipSwitches { dsw1: 0b0000_0100, dsw2: 0b0001_0000 };
        assert!(switches.switches_phases());
        assert!(switches.communicates());
        assert!(!DipSwitches { dsw1: 0b0000_0110, dsw2: 0 }.switches_phases());
        assert_eq!(DipSwitches::field(0b1010_0000, 6, 8), 0b101);
        assert_eq!(DipSwitches::field(0xFF, 1, 4), 0b1111);
        assert_eq!(DipSwitches::field(0xFF, 7, 200), 0b11);
    }
}
