//! One socket: connector, protections, lamps.

use core::fmt;

use evkit_hal::contactor;
use evkit_hal::evse::{self, Config, Event, Evse, Inputs};
use evkit_hal::fault::{Entry, Fault, FaultLog};
use evkit_hal::lock::{LockFault, Position};
use evkit_hal::pilot::{self, WakeUp};
use evkit_hal::rcm::RcmFault;
use evkit_hal::safety::Protection;
use evkit_hal::units::{Instant, Milliamps};
use static_cell::StaticCell;

use super::lamps::Lamps;
use super::protections::Protections;
use crate::board::{Driven, Sensed};
use crate::log::log_socket;
use crate::shared::{Orders, Shared, View};

/// What the sockets are built for.
pub(crate) const RATING: Milliamps = Milliamps(32_000);

/// Settings of a machine that are not possible. They are constants, so the cause is found by the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketError {
    /// Of the connector.
    Connector,
    /// Of the lock.
    Lock,
    /// The memory was handed over before.
    Memory,
}

impl fmt::Display for SocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connector => "a setting of the connector is not possible",
            Self::Lock => "a setting of the lock is not possible",
            Self::Memory => "the memory is in use",
        })
    }
}

impl core::error::Error for SocketError {}

pub(crate) struct Socket {
    evse: Evse,
    protections: Protections,
    faults: FaultLog<8>,
    lamps: Lamps,
    /// What was told last, and what was asked for last.
    view: View,
    orders: Option<Orders>,
    /// What the connector was told the station can spare.
    offer: Option<Milliamps>,
}

impl Socket {
    /// Starts a socket in its memory: it is too large for a future that is handed around on the stack.
    #[inline(never)]
    pub(super) fn start(
        memory: &'static StaticCell<Self>,
        now: Instant,
        fitted: &[Protection],
    ) -> Result<&'static mut Self, SocketError> {
        let config = Config {
            pilot: pilot::Config { wake_up: WakeUp::EVEREST, ..pilot::Config::DEFAULT },
            contactor: contactor::Config::DEFAULT,
            rating: RATING,
            fitted,
            ..Config::DEFAULT
        };
        Ok(memory.try_uninit().ok_or(SocketError::Memory)?.write(Self {
            evse: Evse::new(now, &config).map_err(|_| SocketError::Connector)?,
            protections: Protections::new(now, RATING).map_err(|_| SocketError::Lock)?,
            faults: FaultLog::new(),
            lamps: Lamps::new(),
            view: View::UNKNOWN,
            orders: None,
            offer: None,
        }))
    }

    /// One tick of socket `number`: sensors and orders in, outputs out, what changed into `shared`.
    pub(super) fn tick(&mut self, now: Instant, sensed: &Sensed, number: u8, shared: &Shared) -> Driven {
        let Some(shared_socket) = shared.sockets.get(usize::from(number) - 1) else { return Driven::REST };
        let orders = shared_socket.orders.get();
        self.obey(now, &orders, number, shared);
        self.measure(now, sensed, &shared_socket.measured.get());
        while let Some(event) = self.evse.poll_event() {
            self.protections.handle_event(now, event);
            self.tell(now, event, number, shared);
        }
        self.protections.follow(now, &self.evse, orders.permission);
        let view = self.look(sensed);
        if view != self.view {
            self.view = view;
            shared_socket.view.set(view);
            shared.changed.signal(());
        }
        self.outputs(now, &orders)
    }

    /// Takes over what the program wants. Every part of it is only a permission.
    fn obey(&mut self, now: Instant, orders: &Orders, number: u8, shared: &Shared) {
        let offer = self.protections.limit(now, orders.offer).filter(|offer| *offer > Milliamps(0));
        if offer != self.offer {
            self.offer = offer;
            self.evse.set_offer(now, offer);
        }
        if self.orders.as_ref() == Some(orders) {
            return;
        }
        let before = self.orders.replace(*orders).unwrap_or(Orders { available: true, ..*orders });
        self.evse.set_permission(now, orders.permission);
        if before.available != orders.available {
            self.evse.set_available(now, orders.available);
        }
        if before.unlocks != orders.unlocks && !self.protections.force_unlock(now, self.is_live()) {
            log_socket!(shared, number, "the plug stays locked, it may be live");
        }
        if before.clears != orders.clears {
            self.evse.clear_contactor_fault(now);
        }
    }

    /// Whether the socket is, or may be, live; a welded contactor counts.
    fn is_live(&self) -> bool {
        self.evse.is_closed() || self.faults.stands(Fault::ContactorWelded)
    }

    fn measure(&mut self, now: Instant, sensed: &Sensed, measured: &crate::shared::Measured) {
        self.protections.handle(now, sensed, measured, &mut self.evse);
        let inputs = Inputs { pilot: sensed.pilot, proximity: sensed.proximity, feedback: sensed.feedback };
        if inputs != Inputs::default() {
            self.evse.handle_inputs(now, inputs);
        } else if self.evse.poll_timeout().is_some_and(|due| due <= now) {
            self.evse.handle_timeout(now);
        }
    }

    /// Puts an event into the log and into the view.
    fn tell(&mut self, now: Instant, event: Event, number: u8, shared: &Shared) {
        match event {
            Event::Plugged => {
                self.view.visits = self.view.visits.wrapping_add(1);
                log_socket!(shared, number, "vehicle plugged in");
            }
            Event::Unplugged => log_socket!(shared, number, "no vehicle"),
            Event::Closed => log_socket!(shared, number, "contactor closed"),
            Event::Opened(opening) => log_socket!(shared, number, "contactor opened, {}", opening.reason),
            Event::NotClosed(refusal) => log_socket!(shared, number, "contactor stays open, {refusal}"),
            Event::WakeUp => log_socket!(shared, number, "waking a sleeping vehicle"),
            Event::Fault(hazard) => {
                let fault = self.precise(hazard.into());
                if self.faults.raise(now, fault) {
                    // Taken apart, so that only what is used lies in flash.
                    let Entry { stops_transaction, appeared, remedy, .. } = fault.entry();
                    self.view.stops = self.view.stops.wrapping_add(u16::from(stops_transaction));
                    log_socket!(shared, number, "fault, {appeared} ({hazard}); {remedy}");
                }
            }
            Event::Cleared(hazard) => {
                for fault in Self::meanings(hazard.into()) {
                    if self.faults.clear(now, *fault) {
                        let Entry { gone, .. } = fault.entry();
                        log_socket!(shared, number, "{gone}");
                    }
                }
            }
            Event::State(_) | Event::Cable(_) | Event::Requested | Event::RequestEnded => {}
        }
    }

    /// The safety layer knows that a protection tripped; the protection knows why.
    fn precise(&self, fault: Fault) -> Fault {
        match fault {
            Fault::ResidualCurrent if self.protections.rcm().fault() == Some(RcmFault::SelfTest) => {
                Fault::RcmSelfTest
            }
            Fault::LockFailed => self.protections.lock().fault().map_or(fault, Fault::from),
            other => other,
        }
    }

    /// Everything [`precise`](Self::precise) may have made of a fault.
    fn meanings(fault: Fault) -> &'static [Fault] {
        match fault {
            Fault::ResidualCurrent => &[Fault::ResidualCurrent, Fault::RcmSelfTest],
            Fault::LockFailed => &[Fault::LockFailed, Fault::LockStuck, Fault::LockAbsent, Fault::Supply],
            Fault::ContactorWelded => &[Fault::ContactorWelded],
            Fault::ContactorNotClosing => &[Fault::ContactorNotClosing],
            Fault::OverCurrent => &[Fault::OverCurrent],
            Fault::Temperature => &[Fault::Temperature],
            Fault::Mains => &[Fault::Mains],
            Fault::Diode => &[Fault::Diode],
            Fault::VehicleSignal => &[Fault::VehicleSignal],
            Fault::PilotShort => &[Fault::PilotShort],
            Fault::PilotGenerator => &[Fault::PilotGenerator],
            Fault::Ventilation => &[Fault::Ventilation],
            Fault::SensorSilent => &[Fault::SensorSilent],
            _ => &[],
        }
    }

    fn look(&self, sensed: &Sensed) -> View {
        let outputs = self.evse.outputs();
        View {
            state: self.evse.state(),
            plugged: self.evse.connected() == Some(true),
            empty: self.evse.connected() == Some(false),
            closed: outputs.contactor,
            offering: outputs.signal.is_pwm(),
            advertised: self.evse.advertised(),
            fault: self.standing(),
            locked: self.protections.lock().position() == Some(Position::Locked),
            cards: self.view.cards.wrapping_add(u16::from(sensed.card.is_some())),
            card: sensed.card.or(self.view.card),
            ..self.view
        }
    }

    /// The fault people have to act on first. A lock that does not hold the plug trips nothing, it only keeps the
    /// contactor open, and is told all the same.
    fn standing(&self) -> Option<Fault> {
        let lock = self.protections.lock().fault().filter(|fault| *fault != LockFault::NotCharged);
        self.faults.worst().or(lock.map(Fault::from))
    }

    fn outputs(&mut self, now: Instant, orders: &Orders) -> Driven {
        let evse::Outputs { signal, contactor } = self.evse.outputs();
        let (light, tone_hz) = self.lamps.show(now, orders, self.view.fault);
        Driven {
            signal,
            contactor,
            lock: self.protections.lock().drive(),
            residual_test: self.protections.residual_test(),
            light,
            tone_hz,
        }
    }
}
