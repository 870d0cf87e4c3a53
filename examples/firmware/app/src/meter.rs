//! The sockets' meters: Eastron SDM630 on one RS-485 line, asked one after the other by Modbus RTU.
//!
//! Frames end where their content says. What is no answer to the question is dropped: noise, other devices' frames,
//! late answers. After a timeout the line must have been silent for as long as a device may still be answering.

use core::convert::Infallible;
use core::mem;

use embassy_time::{Duration, Instant, Timer, with_deadline, with_timeout};
use embedded_io_async::{Read, Write};
use evkit_hal::units::Milliamps;
use evkit_modbus_registers::devices::eastron::SDM630;
use evkit_modbus_registers::exchange::{self, Exchange, Quiet};
use evkit_modbus_registers::map::Framing;
use evkit_modbus_registers::pdu::{Request, Response};
use evkit_modbus_registers::rtu::{Frame, Timing, response_length};
use evkit_modbus_registers::{Map, Quantity, Read as Planned, Reading};

use crate::clock;
use crate::log::log_socket;
use crate::shared::{Measured, Shared, SocketShared, Task};

/// The meters' kind.
const MAP: Map<'static> = SDM630;
/// Speed of the line.
pub const BAUD: u32 = 9_600;
/// Every meter is read this often.
const PERIOD: Duration = Duration::from_millis(1_000);
/// How long a meter may take to answer, transfer included.
const PATIENCE: Duration = Duration::from_millis(300);
/// Registers read at once; an answer of so many takes 90 ms and fits into [`FRAME`].
const WORDS: u8 = 40;
const FRAME: usize = 5 + 2 * WORDS as usize;

/// What is read, the first three of each kind by phase.
const WANTED: [Quantity; 8] = [
    Quantity::VoltageL1N,
    Quantity::VoltageL2N,
    Quantity::VoltageL3N,
    Quantity::CurrentL1,
    Quantity::CurrentL2,
    Quantity::CurrentL3,
    Quantity::PowerActiveTotal,
    Quantity::EnergyActiveImportTotal,
];

/// Why there is no reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MeterError {
    /// The port.
    Port,
    /// Nothing that answers the question.
    Silent,
    /// The meter refuses, or its registers hold no number.
    Wrong,
}

/// Reads the meters for good. `first` is the Modbus address of the first socket's meter, 0 for none.
pub(crate) async fn run<B: Read + Write>(mut bus: B, shared: &Shared, first: u32) -> Infallible {
    let mut quiet = Quiet::new(Timing::new(BAUD, Framing::N81));
    let mut working = [true; crate::board::SOCKETS];
    loop {
        let begun = Instant::now();
        for (((unit, number), socket), works) in (first..).zip(1_u8..).zip(&shared.sockets).zip(&mut working)
        {
            shared.alive(Task::Meter);
            let Some(unit) = u8::try_from(unit).ok().filter(|_| first > 0) else { continue };
            let result = read(&mut bus, &mut quiet, unit, socket).await;
            if result.is_ok() {
                shared.changed.signal(());
            }
            if *works != result.is_ok() {
                *works = result.is_ok();
                match result {
                    Ok(()) => log_socket!(shared, number, "the meter answers"),
                    Err(error) => log_socket!(shared, number, "no reading of the meter, {error:?}"),
                }
            }
        }
        Timer::at(begun + PERIOD).await;
    }
}

/// Reads everything of one meter; nothing is taken over unless all of it was read.
async fn read<B: Read + Write>(
    bus: &mut B,
    quiet: &mut Quiet,
    unit: u8,
    socket: &SocketShared,
) -> Result<(), MeterError> {
    let before = socket.measured.get();
    let mut measured = Measured { at: Some(clock::hal()), ..before };
    for read in MAP.plan(&WANTED).max_words(WORDS) {
        ask(bus, quiet, unit, &read, &mut measured).await?;
    }
    // A register that ran backwards is another meter, or a fault; the back end must never see it.
    measured.energy_wh = measured.energy_wh.max(before.energy_wh);
    socket.measured.set(measured);
    Ok(())
}

async fn ask<B: Read + Write>(
    bus: &mut B,
    quiet: &mut Quiet,
    unit: u8,
    read: &Planned<'_>,
    measured: &mut Measured,
) -> Result<(), MeterError> {
    silence(bus, quiet).await;
    let request = Request::read(read.function(), read.address(), read.words()).ok_or(MeterError::Wrong)?;
    let (mut pdu, mut frame) = ([0; 5], [0; 8]);
    let pdu = request.encode(&mut pdu).map_err(|_| MeterError::Wrong)?;
    let frame = Frame { unit, pdu }.encode(&mut frame).map_err(|_| MeterError::Wrong)?;
    bus.write_all(frame).await.map_err(|_| MeterError::Port)?;
    bus.flush().await.map_err(|_| MeterError::Port)?;
    let mut answer = [0; FRAME];
    let exchange = Exchange::rtu(unit, request);
    let heard = with_timeout(PATIENCE, receive(bus, &exchange, read, measured, &mut answer)).await;
    match heard {
        Ok(result) => {
            quiet.handle_answer(now());
            result
        }
        Err(_) => {
            quiet.handle_timeout(now(), PATIENCE.as_micros());
            Err(MeterError::Silent)
        }
    }
}

/// Drops what comes until the line is free, for as long as an answer may take at most: on a line that is never silent
/// the checksum has to tell.
async fn silence<B: Read>(bus: &mut B, quiet: &mut Quiet) {
    let latest = Instant::now() + PATIENCE;
    let mut waste = [0; 16];
    loop {
        let free = Instant::from_micros(quiet.poll_free_at().as_micros()).min(latest);
        if Instant::now() >= free {
            return;
        }
        if let Ok(Ok(_)) = with_deadline(free, bus.read(&mut waste)).await {
            quiet.handle_activity(now());
        }
    }
}

/// Waits for the answer to the question and takes its values over.
async fn receive<B: Read>(
    bus: &mut B,
    exchange: &Exchange<'_>,
    read: &Planned<'_>,
    measured: &mut Measured,
    answer: &mut [u8; FRAME],
) -> Result<(), MeterError> {
    let mut length = 0;
    loop {
        let free = answer.get_mut(length..).unwrap_or_default();
        match bus.read(free).await {
            Ok(0) | Err(_) => return Err(MeterError::Port),
            Ok(count) => length += count,
        }
        // What cannot be a frame loses its first byte, until something can or nothing is left.
        while let Some(heard) = answer.get_mut(..length).filter(|heard| !heard.is_empty()) {
            let wanted = match response_length(heard) {
                Some(wanted) => wanted,
                None if heard.len() < 3 => break,
                None => FRAME + 1,
            };
            if let Some(frame) = heard.get(..wanted).and_then(|frame| Frame::decode(frame).ok()) {
                if let Some(outcome) = exchange.handle_rtu(&frame) {
                    return match outcome {
                        Ok(Response::Registers { registers, .. }) => take(read, registers, measured),
                        _ => Err(MeterError::Wrong),
                    };
                }
            } else if wanted <= FRAME && heard.len() < wanted {
                break;
            }
            heard.iter_mut().rev().fold(0, |byte, place| mem::replace(place, byte));
            length = length.saturating_sub(1);
        }
    }
}

fn take<'r>(
    read: &Planned<'_>,
    registers: impl Into<evkit_modbus_registers::Registers<'r>>,
    measured: &mut Measured,
) -> Result<(), MeterError> {
    for reading in read.decode(registers).map_err(|_| MeterError::Wrong)? {
        let reading = reading.map_err(|_| MeterError::Wrong)?;
        place(&reading, measured).ok_or(MeterError::Wrong)?;
    }
    Ok(())
}

/// Puts a reading where it belongs; `None` if it is no plausible number.
fn place(reading: &Reading<'_>, measured: &mut Measured) -> Option<()> {
    let milli = reading.number().ok()?.milli()?;
    let position = WANTED.iter().position(|wanted| *wanted == reading.quantity)?;
    match position {
        0..3 => *measured.voltages_mv.get_mut(position)? = u32::try_from(milli).ok()?,
        // A current has no sign here: its direction is that of the power.
        3..6 => {
            let current = u32::try_from(milli.unsigned_abs()).ok()?;
            *measured.currents.get_mut(position - 3)? = Milliamps(current);
        }
        6 => measured.power_w = i32::try_from(milli / 1_000).ok()?,
        _ => measured.energy_wh = u64::try_from(milli / 1_000).ok()?,
    }
    Some(())
}

fn now() -> exchange::Instant {
    exchange::Instant::from_micros(Instant::now().as_micros())
}
