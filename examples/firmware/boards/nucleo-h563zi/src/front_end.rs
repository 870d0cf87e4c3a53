//! The electronics of both sockets on the pins of the board: PWM and converter for the pilots, GPIO for the rest.
//!
//! Ticks and pilots come from the same clock, so a reading per tick would always hit the same point of the wave. A task
//! of its own reads all the time and keeps the ends of each period; a tick takes them. Which pin is which: `README.md`.

use core::cell::Cell;

use embassy_stm32::Peri;
use embassy_stm32::adc::{Adc, AdcChannel as _, SampleTime};
use embassy_stm32::gpio::{Input, Level, Output, OutputType, Pull, Speed};
use embassy_stm32::peripherals::{ADC1, GPDMA1_CH0, PA6, PB1, PC0, PC3, PE9, PE11, TIM1};
use embassy_stm32::time::khz;
use embassy_stm32::timer::low_level::CountingMode;
use embassy_stm32::timer::simple_pwm::{PwmPin, SimplePwm, SimplePwmChannel};
use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use evkit_firmware::board::{Driven, FrontEnd, SOCKETS, Sensed};
use evkit_hal::driver::{
    Calibration, ContactorPins, EndSwitches, Input as Active, LockPins, Motor, Output as Switched,
    PilotOutput, PilotWindow, Polarity, RcmPins,
};
use evkit_hal::pilot::Sample;
use evkit_hal::proximity::resistance;
use evkit_hal::safety::Protection;
use evkit_hal::units::{Instant, Millivolts, Ohms};

use crate::Irqs;

type Out = Output<'static>;
type In = Input<'static>;

/// Readings of a pilot that make a measurement: more than its period of 1 ms, at some 25 us each.
const WINDOW: u16 = 60;

/// What the converter measured since the last tick.
#[derive(Clone, Copy, Default)]
struct Measured {
    pilots: [Option<Sample>; SOCKETS],
    proximities: [Option<Ohms>; SOCKETS],
}

static MEASURED: Mutex<CriticalSectionRawMutex, Cell<Measured>> =
    Mutex::new(Cell::new(Measured { pilots: [None; SOCKETS], proximities: [None; SOCKETS] }));

/// Raw readings at -12 V and +12 V behind the divider of the README's wiring, 12 bits at 3.3 V. Inferred from the
/// nominal resistors; a product calibrates each board.
pub(crate) const PILOT: Option<Calibration> =
    Calibration::new((248, Millivolts(-12_000)), (3_847, Millivolts(12_000)));
/// From the proximity contact to the converter's reference.
const PROXIMITY_PULL_UP: Ohms = Ohms(1_000);
const REFERENCE: Millivolts = Millivolts(3_300);
const FULL_SCALE: i32 = 4_095;

/// Both sockets.
pub(crate) struct Sockets {
    sockets: [Socket; SOCKETS],
}

/// The pins of a socket. Active is high.
struct Socket {
    pilot: PilotOutput<SimplePwmChannel<'static, TIM1>, Out>,
    contactor: ContactorPins<Out, In>,
    residual: RcmPins<Out, In, In>,
    lock: LockPins<Out, Out, In, In>,
    /// Charging, shown on a lamp.
    lamp: Out,
}

/// What [`Sockets::new`] takes; each pin once.
pub(crate) struct Pins {
    pub(crate) coil: [Out; SOCKETS],
    pub(crate) feedback: [In; SOCKETS],
    pub(crate) test: [Out; SOCKETS],
    pub(crate) trip: [In; SOCKETS],
    pub(crate) lock: [Out; SOCKETS],
    pub(crate) unlock: [Out; SOCKETS],
    pub(crate) locked: [In; SOCKETS],
    pub(crate) lamp: [Out; SOCKETS],
}

/// An output that starts low.
pub(crate) fn output(pin: Peri<'static, impl embassy_stm32::gpio::Pin>) -> Out {
    Output::new(pin, Level::Low, Speed::Low)
}

/// An input that reads low, or open, when nothing is connected.
pub(crate) fn input(pin: Peri<'static, impl embassy_stm32::gpio::Pin>) -> In {
    Input::new(pin, Pull::Down)
}

impl Sockets {
    /// Starts with everything off, the pilots at -12 V; `None` when a pin fails, which those of the chip do not.
    pub(crate) fn new(pins: Pins, pilots: Pilots) -> Option<Self> {
        let pwm = SimplePwm::new(
            pilots.timer,
            Some(PwmPin::new(pilots.first, OutputType::PushPull)),
            Some(PwmPin::new(pilots.second, OutputType::PushPull)),
            None,
            None,
            khz(1),
            CountingMode::EdgeAlignedUp,
        );
        let mut channels = pwm.split();
        channels.ch1.enable();
        channels.ch2.enable();
        let mut pwm = [channels.ch1, channels.ch2].into_iter();
        let Pins { coil, feedback, test, trip, lock, unlock, locked, lamp } = pins;
        let mut parts =
            coil.into_iter().zip(feedback).zip(test).zip(trip).zip(lock).zip(unlock).zip(locked).zip(lamp);
        let mut socket = || {
            let (((((((coil, feedback), test), trip), lock), unlock), locked), lamp) = parts.next()?;
            let switched = |pin| Switched::new(pin, Polarity::ActiveHigh);
            let active = |pin| Active::new(pin, Polarity::ActiveHigh);
            Some(Socket {
                pilot: PilotOutput::new(pwm.next()?, None),
                contactor: ContactorPins::new(switched(coil), Some(active(feedback))).ok()?,
                residual: RcmPins::new(switched(test), active(trip), None),
                lock: LockPins::new(
                    Motor { lock: switched(lock), unlock: switched(unlock) },
                    EndSwitches { locked: active(locked), unlocked: None },
                )
                .ok()?,
                lamp,
            })
        };
        Some(Self { sockets: [socket()?, socket()?] })
    }
}

/// The timer of the pilots and its outputs.
pub(crate) struct Pilots {
    pub(crate) timer: Peri<'static, TIM1>,
    pub(crate) first: Peri<'static, PE9>,
    pub(crate) second: Peri<'static, PE11>,
}

/// The converter, its inputs and its DMA channel.
pub(crate) struct Converter {
    pub(crate) adc: Peri<'static, ADC1>,
    pub(crate) dma: Peri<'static, GPDMA1_CH0>,
    pub(crate) pilots: (Peri<'static, PA6>, Peri<'static, PC0>),
    pub(crate) proximities: (Peri<'static, PC3>, Peri<'static, PB1>),
}

impl Converter {
    /// Measures for good. Has to run at a priority above the tick's: what interrupted it at every tick would leave a
    /// hole at one point of the wave.
    pub(crate) async fn run(mut self, pilot: Calibration) {
        let mut converter = Adc::new(self.adc);
        let mut inputs = [
            self.pilots.0.degrade_adc(),
            self.pilots.1.degrade_adc(),
            self.proximities.0.degrade_adc(),
            self.proximities.1.degrade_adc(),
        ];
        let mut windows = [PilotWindow::new(pilot, WINDOW), PilotWindow::new(pilot, WINDOW)];
        loop {
            let mut readings = [0; 2 * SOCKETS];
            let sequence = inputs.iter_mut().map(|input| (input, SampleTime::CYCLES247_5));
            converter.read(self.dma.reborrow(), Irqs, sequence, &mut readings).await;
            let [first, second, proximities @ ..] = readings;
            let samples = [windows[0].push(first), windows[1].push(second)];
            MEASURED.lock(|measured| {
                let before = measured.get().pilots;
                let pilots = [samples[0].or(before[0]), samples[1].or(before[1])];
                measured.set(Measured { pilots, proximities: proximities.map(proximity) });
            });
        }
    }
}

impl FrontEnd for Sockets {
    const FITTED: &'static [Protection] =
        &[Protection::ResidualCurrent, Protection::OverCurrent, Protection::Lock];

    async fn sense(&mut self, _: Instant) -> [Sensed; SOCKETS] {
        let mut sensed = [Sensed::default(); SOCKETS];
        let measured = MEASURED.lock(|measured| measured.take());
        let converted = measured.pilots.into_iter().zip(measured.proximities);
        for (sensed, (pilot, proximity)) in sensed.iter_mut().zip(converted) {
            *sensed = Sensed { pilot, proximity, ..Sensed::default() };
        }
        for (socket, sensed) in self.sockets.iter_mut().zip(&mut sensed) {
            // A pin that fails is not handed on; the safety layer opens when it misses a reading.
            sensed.feedback = socket.contactor.feedback().ok().flatten();
            sensed.residual = socket.residual.lines().ok();
            // Without a buffer on the board, a locked plug stays locked when the mains fail.
            sensed.bolt = socket.lock.sensed().ok().map(|bolt| (bolt, true));
        }
        sensed
    }

    async fn drive(&mut self, _: Instant, outputs: &[Driven; SOCKETS]) {
        for (socket, output) in self.sockets.iter_mut().zip(outputs) {
            // The contactor first: nothing that fails after it may keep it closed.
            let switched = socket.contactor.apply(output.contactor).is_ok();
            let _ = socket.residual.apply(output.residual_test);
            let _ = socket.lock.apply(output.lock);
            if socket.pilot.apply(output.signal).is_err() || !switched {
                let _ = socket.contactor.apply(false);
            }
            socket.lamp.set_level(Level::from(output.contactor));
        }
    }
}

/// The resistance of the contact; `None` for a reading that cannot be.
fn proximity(raw: u16) -> Option<Ohms> {
    let reading = i32::from(raw) * REFERENCE.0 / FULL_SCALE;
    resistance(REFERENCE, PROXIMITY_PULL_UP, Millivolts(reading))
}
