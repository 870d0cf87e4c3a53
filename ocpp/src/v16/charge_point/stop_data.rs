//! What StopTransaction tells about the whole transaction: `transactionData` (OCPP 1.6 §6.49, keys
//! `StopTxnSampledData` and `StopTxnAlignedData` of §9.1).
//!
//! The readings are gathered in memory and become durable with the stop record, behind which they lie. After an
//! interruption of the program only what came after it is told; every sample was sent as MeterValues besides. There is
//! room for ten readings of the register or three of everything; when it is full, every other reading is dropped and
//! from then on only every second one is kept, so that what is left is spread over the whole transaction. The readings
//! at its beginning and its end are always among them.
//!
//! | bytes | |
//! |---|---|
//! | 4 | milliseconds from the first reading to the stop |
//!
//! then for each reading: milliseconds since the first one (4), context (1), contents (2), register (8, if contained)
//! and every other value contained (4 each), little-endian.

use super::metering::{MAX_VALUES, Readings, Sheet};
use super::record::{CONTEXTS, Reader, Writer, index_of};
use crate::list::List;
use crate::time::{Instant, from_unix_millis};
use crate::units::WattHours;
use crate::v16::measurands::{self, Measurands};
use crate::v16::{MeterValue, ReadingContext};

/// Bytes for readings.
const ROOM: usize = 160;

/// Longest tail of a stop record.
pub(super) const STOP_DATA_MAX: usize = 4 + ROOM;

/// A reading of everything.
const LONGEST: usize = 7 + 8 + 4 * (MAX_VALUES - 1);

/// Most readings there is room for: of one value of four bytes each.
const READINGS: usize = ROOM / (7 + 4);

// All values have room: none is shorter than four bytes, and nine come with a head of seven and a register.
const _: () =
    assert!(ROOM / LONGEST * MAX_VALUES + (ROOM % LONGEST) / 4 <= Sheet::ROOM && READINGS <= Sheet::ROOM);

/// The readings of one transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct StopData {
    /// Of the first reading.
    origin: Instant,
    /// Milliseconds from there to the end.
    age: u32,
    bytes: [u8; ROOM],
    len: u8,
    /// Every so many-th periodic reading is kept.
    stride: u16,
    /// Periodic readings so far.
    count: u16,
}

impl StopData {
    pub(super) const EMPTY: Self =
        Self { origin: Instant::ZERO, age: 0, bytes: [0; ROOM], len: 0, stride: 1, count: 0 };

    /// Adds a reading. One in the middle of a transaction is kept if it is its turn.
    pub(super) fn add(&mut self, now: Instant, context: ReadingContext, readings: &Readings) {
        if readings.contents.is_empty() {
            return;
        }
        let last = context == ReadingContext::TransactionEnd;
        if !last && context != ReadingContext::TransactionBegin {
            self.count = self.count.wrapping_add(1);
            if !self.count.is_multiple_of(self.stride) {
                return;
            }
        }
        if self.len == 0 {
            self.origin = now;
        }
        let length = length(readings.contents);
        // Between two readings that must not go room is kept for the last one.
        let reserved = if last { 0 } else { length };
        while usize::from(self.len) + length + reserved > ROOM && self.thin() {}
        let room = self.bytes.get_mut(self.len.into()..).unwrap_or_default();
        if length <= room.len() {
            let mut writer = Writer::new(room);
            writer.number(millis(self.origin, now).into(), 4);
            encode(context, readings, &mut writer);
            self.len += length as u8;
        }
    }

    /// Drops every other reading but the first; whether there was one to drop.
    fn thin(&mut self) -> bool {
        let end = usize::from(self.len);
        let (mut from, mut to, mut number) = (0, 0, 0);
        while from < end {
            let mut reading = Reader::new(self.bytes.get(from + 5..end).unwrap_or_default());
            let next = from + length(Measurands::from_bits(reading.number(2) as i32));
            while from < next {
                if let (0, Some(byte)) = (number % 2, self.bytes.get(from).copied()) {
                    if let Some(room) = self.bytes.get_mut(to) {
                        *room = byte;
                    }
                    to += 1;
                }
                from += 1;
            }
            number += 1;
        }
        self.len = to as u8;
        self.stride = self.stride.saturating_mul(2);
        number > 1
    }

    fn used(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The transaction has ended.
    pub(super) fn finish(&mut self, now: Instant) {
        self.age = millis(self.origin, now);
    }

    /// Writes the tail of a stop record; nothing if there are no readings.
    pub(super) fn encode(&self, writer: &mut Writer<'_>) {
        if self.len != 0 {
            writer.number(self.age.into(), 4).put(self.used());
        }
    }
}

/// Milliseconds between two moments, 49 days at most.
fn millis(from: Instant, to: Instant) -> u32 {
    u32::try_from(to.as_millis().saturating_sub(from.as_millis())).unwrap_or(u32::MAX)
}

/// Bytes of a reading with these contents.
fn length(contents: Measurands) -> usize {
    let register = if contents.contains(measurands::Reading::Energy) { 4 } else { 0 };
    7 + 4 * contents.to_bits().count_ones() as usize + register
}

fn encode(context: ReadingContext, readings: &Readings, writer: &mut Writer<'_>) {
    writer.put(&[index_of(&CONTEXTS, &context)]).number(readings.contents.to_bits() as u64, 2);
    if readings.contents.contains(measurands::Reading::Energy) {
        writer.number(readings.energy.0, 8);
    }
    for (_, value) in readings.iter().filter(|(kind, _)| readings.contents.contains(*kind)) {
        writer.number(value as u64, 4);
    }
}

fn decode(reader: &mut Reader<'_>) -> Option<(ReadingContext, Readings)> {
    let context = reader.one_of(&CONTEXTS)?;
    let contents = Measurands::from_bits(reader.number(2) as i32);
    let mut readings = Readings { contents, ..Readings::EMPTY };
    if contents.contains(measurands::Reading::Energy) {
        readings.energy = WattHours(reader.number(8));
    }
    for (_, value) in readings.slots().filter(|(kind, _)| contents.contains(*kind)) {
        *value = reader.number(4) as i32;
    }
    reader.rest().map(|_| (context, readings))
}

/// One reading of a tail.
struct Reading {
    /// Milliseconds since the first one.
    offset: u32,
    context: ReadingContext,
    readings: Readings,
}

impl Reading {
    fn take(rest: &mut Reader<'_>) -> Option<Self> {
        let offset = rest.number(4) as u32;
        let (context, readings) = decode(rest)?;
        Some(Self { offset, context, readings })
    }
}

/// The tail of a stop record, as it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail {
    bytes: [u8; STOP_DATA_MAX],
    len: u8,
}

impl Tail {
    pub(super) const EMPTY: Self = Self { bytes: [0; STOP_DATA_MAX], len: 0 };

    /// What does not fit is no tail of this program.
    pub(super) fn of(tail: &[u8]) -> Self {
        let mut copy = Self::EMPTY;
        if let Some(room) = copy.bytes.get_mut(..tail.len()) {
            room.copy_from_slice(tail);
            copy.len = tail.len() as u8;
        }
        copy
    }

    /// Calls `send` with the readings as a message has them, `stopped` being the end in milliseconds of Unix time.
    pub(super) fn with_values<R>(
        &self,
        stopped: i64,
        send: impl FnOnce(Option<&[MeterValue<'_>]>) -> R,
    ) -> R {
        if self.len < 4 {
            return send(None);
        }
        let mut rest = Reader::new(self.bytes.get(..usize::from(self.len)).unwrap_or_default());
        let first = stopped.saturating_sub(rest.number(4) as i64);
        let mut sheet = Sheet::new();
        let mut rows = [const { (0, 0..0) }; READINGS];
        let mut count = 0;
        while let (Some(row), Some(reading)) = (rows.get_mut(count), Reading::take(&mut rest)) {
            *row =
                (first.saturating_add(reading.offset.into()), sheet.add(reading.context, &reading.readings));
            count += 1;
        }
        let values = sheet.values();
        let meter_values = rows.map(|(at, range)| MeterValue {
            timestamp: from_unix_millis(at).unwrap_or_default(),
            sampled_value: List::new(values.get(range).unwrap_or_default()),
        });
        send(meter_values.get(..count))
    }
}

#[cfg(test)]
mod tests {
    use super::super::metering::Meter;
    use super::*;
    use crate::units::{Milliamps, Millivolts, WattHours, Watts};
    use alloc::vec::Vec;

    const ALL: &str =
        "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered,Voltage";

    fn meter(energy: u64) -> Meter {
        Meter {
            energy: WattHours(energy),
            power: Some(Watts(11_000)),
            currents: [Some(Milliamps(16_000)); 3],
            voltages: [Some(Millivolts(230_000)); 3],
            offered: Some(Milliamps(16_000)),
        }
    }

    /// Seconds of the readings and how many values each has, after a transaction of so many readings a minute apart.
    fn told(wanted: &str, minutes: u64) -> Vec<(i64, usize)> {
        let wanted = Measurands::parse(wanted).unwrap();
        let mut data = StopData::EMPTY;
        for minute in 0..=minutes {
            let context = match minute {
                0 => ReadingContext::TransactionBegin,
                _ if minute == minutes => ReadingContext::TransactionEnd,
                _ => ReadingContext::SamplePeriodic,
            };
            data.add(Instant::from_secs(100 + minute * 60), context, &meter(minute).readings(wanted));
        }
        let mut buffer = [0; STOP_DATA_MAX];
        let mut writer = Writer::new(&mut buffer);
        data.finish(Instant::from_secs(100 + minutes * 60));
        data.encode(&mut writer);
        let end = (minutes * 60_000) as i64;
        Tail::of(writer.finish()).with_values(end, |values| {
            let seconds = |value: &MeterValue<'_>| (value.timestamp.timestamp(), value.sampled_value.len());
            values.unwrap_or_default().iter().map(seconds).collect()
        })
    }

    #[test]
    fn the_first_and_the_last_reading_are_always_told_and_the_others_are_spread() {
        assert_eq!(told("", 5), []);
        assert_eq!(told("Energy.Active.Import.Register", 3), [(0, 1), (60, 1), (120, 1), (180, 1)]);
        for wanted in
            ["Energy.Active.Import.Register", "Current.Import.L1", ALL, "Voltage,Power.Active.Import"]
        {
            for minutes in 1..300 {
                let told = told(wanted, minutes);
                let end = (minutes * 60) as i64;
                assert_eq!((told[0].0, told[told.len() - 1].0), (0, end), "{wanted} {minutes}");
                let widest = told.windows(2).map(|pair| pair[1].0 - pair[0].0).max().unwrap();
                assert!(widest <= end / told.len() as i64 * 4 + 60, "{wanted} {minutes}: {told:?}");
            }
        }
        assert!(told("Energy.Active.Import.Register", 200).len() >= 5);
        assert!(told(ALL, 200).len() >= 2);
    }

    #[test]
    fn a_tail_of_anything_is_told_as_far_as_it_can_be_read() {
        for len in 0..=STOP_DATA_MAX + 1 {
            for byte in [0, 1, 0x55, 0xFF] {
                let bytes: Vec<u8> = (0..len).map(|at| byte ^ (at % 7) as u8).collect();
                Tail::of(&bytes)
                    .with_values(i64::MAX, |values| assert!(values.unwrap_or_default().len() <= READINGS));
            }
        }
    }
}
