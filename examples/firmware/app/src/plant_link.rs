//! A front end over a serial port: the sockets' electronics are played, or measured on a bench, by a plant program.
//!
//! No emulated board has the analog side of a charging station. The line is that of `evkit-plant-link`; on a real board
//! it serves as a link to a test bench.

use embedded_io::{ReadReady, WriteReady};
use embedded_io_async::{Read, Write};
use evkit_hal::contactor::Feedback;
use evkit_hal::driver::rgb;
use evkit_hal::lock::{self, Position};
use evkit_hal::pilot;
use evkit_hal::rcm::Lines;
use evkit_hal::safety::Protection;
use evkit_hal::units::{DeciCelsius, Instant, Millivolts, Ohms};
use evkit_plant_link::{
    Bolt, Card, Decoder, Drive, Lamp, Line, OUTPUTS_PERIOD_MS, Outputs, Relays, Sample, Signal, ToBoard,
    encode,
};
use evkit_rfid::Uid;

use crate::board::{Driven, FrontEnd, SOCKETS, Sensed};

/// Bytes taken in during one tick. More than a second of the line at 115 200 baud would be; the rest waits, so that a
/// flood of bytes takes no more than a fraction of a millisecond.
const BYTES_PER_TICK: usize = 256;

/// A plant at the two halves of a serial port.
#[derive(Debug)]
pub struct PlantLink<R, W> {
    rx: R,
    tx: W,
    decoder: Decoder<ToBoard>,
    /// Lines that were no message.
    refused: u32,
    sockets: [Told; SOCKETS],
    /// The line on its way, and how much of it has left.
    sending: Option<(Line, usize)>,
}

/// What the plant was told about a socket.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    outputs: Option<Outputs>,
    at_ms: u64,
    /// Newest number taken in for it: that of the other socket says nothing about a line that was lost.
    acknowledged: u32,
    /// A sample waits to be acknowledged.
    due: bool,
}

impl<R: Read + ReadReady, W: Write + WriteReady> PlantLink<R, W> {
    /// A link that has heard nothing yet.
    pub fn new(rx: R, tx: W) -> Self {
        Self {
            rx,
            tx,
            decoder: Decoder::new(),
            refused: 0,
            sockets: [Told::default(); SOCKETS],
            sending: None,
        }
    }

    /// Lines that were refused since the start.
    pub const fn refused(&self) -> u32 {
        self.refused
    }

    fn take(&mut self, message: ToBoard, sensed: &mut [Sensed; SOCKETS]) {
        let (number, connector) = match &message {
            ToBoard::Sample(sample) => (sample.number, sample.connector),
            ToBoard::Card(card) => (card.number, card.reader),
        };
        let index = usize::from(connector).wrapping_sub(1);
        let (Some(sensed), Some(told)) = (sensed.get_mut(index), self.sockets.get_mut(index)) else { return };
        told.acknowledged = told.acknowledged.max(number);
        match message {
            ToBoard::Sample(sample) => {
                *sensed = Sensed { card: sensed.card, ..measured(&sample) };
                told.due = true;
            }
            ToBoard::Card(Card { uid, .. }) => sensed.card = Uid::from_bytes(uid.as_bytes()).ok(),
        }
    }

    /// Sends as much as the port takes at once.
    async fn send(&mut self) {
        while let Some((line, sent)) = &mut self.sending {
            let rest = line.as_bytes().get(*sent..).unwrap_or_default();
            if rest.is_empty() {
                self.sending = None;
            } else if let Ok(true) = self.tx.write_ready() {
                // A port that fails loses the line; the next one is sent whole.
                *sent += self.tx.write(rest).await.unwrap_or(rest.len());
            } else {
                break;
            }
        }
    }
}

impl<R: Read + ReadReady, W: Write + WriteReady> FrontEnd for PlantLink<R, W> {
    const FITTED: &'static [Protection] = &[
        Protection::ResidualCurrent,
        Protection::OverCurrent,
        Protection::Lock,
        Protection::Temperature,
        Protection::Mains,
    ];

    async fn sense(&mut self, _: Instant) -> [Sensed; SOCKETS] {
        let mut sensed = [Sensed::default(); SOCKETS];
        let (mut left, mut bytes) = (BYTES_PER_TICK, [0; 32]);
        while left > 0 && matches!(self.rx.read_ready(), Ok(true)) {
            let Ok(length) = self.rx.read(&mut bytes).await else { break };
            left = left.saturating_sub(length.max(1));
            for byte in bytes.iter().take(length) {
                match self.decoder.push(*byte) {
                    Some(Ok(message)) => self.take(message, &mut sensed),
                    Some(Err(_)) => self.refused = self.refused.saturating_add(1),
                    None => {}
                }
            }
        }
        sensed
    }

    async fn drive(&mut self, now: Instant, driven: &[Driven; SOCKETS]) {
        self.send().await;
        for index in 0..SOCKETS {
            if self.sending.is_some() {
                return;
            }
            let (Some(driven), Some(told), Ok(connector)) =
                (driven.get(index), self.sockets.get_mut(index), u8::try_from(index + 1))
            else {
                return;
            };
            let now_ms = now.as_millis();
            let outputs = Outputs { at_ms: 0, acknowledged: 0, ..outputs(connector, driven) };
            let late = now_ms.saturating_sub(told.at_ms) >= u64::from(OUTPUTS_PERIOD_MS);
            if told.due || late || told.outputs != Some(outputs) {
                *told = Told { outputs: Some(outputs), at_ms: now_ms, due: false, ..*told };
                let line = Outputs { at_ms: now_ms, acknowledged: told.acknowledged, ..outputs };
                self.sending = Some((encode(&line), 0));
                self.send().await;
            }
        }
    }
}

fn measured(sample: &Sample) -> Sensed {
    let bolt = match sample.bolt {
        Bolt::Locked => Some(Position::Locked),
        Bolt::Unlocked => Some(Position::Unlocked),
        // On its way; one that stays there is noticed because it is not reported any more.
        Bolt::Between => None,
    };
    let millivolts = |mv: i16| Millivolts(mv.into());
    Sensed {
        pilot: Some(pilot::Sample { high: millivolts(sample.high_mv), low: millivolts(sample.low_mv) }),
        proximity: Some(sample.proximity_ohm.map_or(Ohms(u32::MAX), Ohms)),
        feedback: Some(if sample.feedback.any() { Feedback::Closed } else { Feedback::Open }),
        bolt: bolt.map(|at| (lock::Sensed::At(at), sample.lock_supply)),
        residual: Some(Lines { dc: sample.trip_dc, ac: sample.trip_ac }),
        temperature: Some(DeciCelsius(sample.temperature)),
        mains: Some(Millivolts(i32::from(sample.mains_v) * 1_000)),
        card: None,
    }
}

fn outputs(connector: u8, driven: &Driven) -> Outputs {
    let signal = match driven.signal {
        pilot::Signal::Constant => Signal::Constant,
        pilot::Signal::Pwm(duty) => Signal::Pwm(duty.basis_points()),
        pilot::Signal::Negative => Signal::Negative,
        pilot::Signal::Open => Signal::Open,
    };
    let drive = match driven.lock {
        lock::Drive::Off => Drive::Rest,
        lock::Drive::Lock => Drive::Lock,
        lock::Drive::Unlock => Drive::Unlock,
    };
    let [red, green, blue] = rgb(driven.light.segment(1)).map(|shade| shade > 0);
    Outputs {
        at_ms: 0,
        acknowledged: 0,
        connector,
        signal,
        relays: if driven.contactor { Relays::THREE } else { Relays::OPEN },
        lock: drive,
        residual_test: driven.residual_test,
        lamp: Lamp { red, green, blue },
        tone_hz: driven.tone_hz,
    }
}
