//! The records of a transaction as they lie in the journal.
//!
//! A record is what one message will say, in a fixed binary layout per kind, little-endian:
//!
//! | bytes | all kinds |
//! |---|---|
//! | 1 | kind: 1 start, 2 sample, 3 stop, 4 security event |
//! | 1 | connector; 0 for a security event |
//! | 1 + 8 | stamp: 0 and milliseconds since the controller's start, or 1 and milliseconds of Unix time |
//! | 8 | transaction: the sequence number of its start record |
//!
//! then a start: register (8), identifier (1 + 20), reservation (1 + 8); a sample: context (1), readings (2),
//! register (8), values (8 × 4); a stop: reason (1), register (8), identifier (1 + 20, length 255: none), readings of the
//! transaction (see [`stop_data`](super::stop_data)); a security event: which (1), length (1) and 40 bytes of
//! information.

use super::metering::Readings;
use super::security::{SecurityEvent, TECH_INFO_MAX};
use crate::inline::Inline;
use crate::journal::SEAL_LEN;
use crate::units::WattHours;
use crate::v16::measurands::Measurands;
use crate::v16::{ID_TAG_MAX, IdTag, ReadingContext, Reason};

/// Longest record without its tail, with its seal.
pub(super) const RECORD_MAX: usize = 19 + 43 + SEAL_LEN;

/// When something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    /// Milliseconds on the monotonic clock of the run in which the record was made.
    SinceStart(u64),
    /// Milliseconds of Unix time.
    Utc(i64),
}

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) connector: u8,
    pub(super) stamp: Stamp,
    /// Sequence number of the transaction's start record: its name until the central system gives it one.
    pub(super) transaction: u64,
    pub(super) body: Body,
}

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Start { id_tag: IdTag, meter: WattHours, reservation: Option<i64> },
    Sample { context: ReadingContext, readings: Readings },
    Stop { reason: Reason, meter: WattHours, id_tag: Option<IdTag> },
    Security { event: SecurityEvent, tech_info: Inline<TECH_INFO_MAX> },
}

const REASONS: [Reason; 11] = [
    Reason::EmergencyStop,
    Reason::EvDisconnected,
    Reason::HardReset,
    Reason::Local,
    Reason::Other,
    Reason::PowerLoss,
    Reason::Reboot,
    Reason::Remote,
    Reason::SoftReset,
    Reason::UnlockCommand,
    Reason::DeAuthorized,
];

pub(super) const CONTEXTS: [ReadingContext; 8] = [
    ReadingContext::InterruptionBegin,
    ReadingContext::InterruptionEnd,
    ReadingContext::Other,
    ReadingContext::SampleClock,
    ReadingContext::SamplePeriodic,
    ReadingContext::TransactionBegin,
    ReadingContext::TransactionEnd,
    ReadingContext::Trigger,
];

const NO_TAG: u8 = u8::MAX;

impl Record {
    pub(super) fn is_of_security(&self) -> bool {
        matches!(self.body, Body::Security { .. })
    }

    /// Writes the record; with its seal it takes [`RECORD_MAX`] bytes at most.
    pub(super) fn encode(&self, writer: &mut Writer<'_>) {
        let kind = match self.body {
            Body::Start { .. } => 1,
            Body::Sample { .. } => 2,
            Body::Stop { .. } => 3,
            Body::Security { .. } => 4,
        };
        writer.put(&[kind, self.connector]).stamp(self.stamp).number(self.transaction, 8);
        match &self.body {
            Body::Start { id_tag, meter, reservation } => {
                writer.number(meter.0, 8).tag(Some(id_tag)).option(*reservation);
            }
            Body::Sample { context, readings } => {
                writer.put(&[index_of(&CONTEXTS, context)]).number(readings.contents.to_bits() as u64, 2);
                writer.number(readings.energy.0, 8);
                for value in readings.values {
                    writer.number(value as u64, 4);
                }
            }
            Body::Stop { reason, meter, id_tag } => {
                writer.put(&[index_of(&REASONS, reason)]).number(meter.0, 8).tag(id_tag.as_ref());
            }
            Body::Security { event, tech_info } => {
                let text = tech_info.as_str();
                writer.put(&[index_of(SecurityEvent::ALL, event), text.len() as u8]);
                writer.padded(text, TECH_INFO_MAX);
            }
        }
    }

    /// Reads a record and what lies behind it, which is nothing except behind a stop; `None` if it is not one.
    pub(super) fn decode(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let mut reader = Reader::new(bytes);
        let (kind, connector) = (reader.byte(), reader.byte());
        let stamp = reader.stamp()?;
        let transaction = reader.number(8);
        let body = match kind {
            1 => {
                let meter = WattHours(reader.number(8));
                let id_tag = reader.tag()?;
                Body::Start { id_tag, meter, reservation: reader.option() }
            }
            2 => {
                let context = reader.one_of(&CONTEXTS)?;
                let contents = Measurands::from_bits(reader.number(2) as i32);
                let energy = WattHours(reader.number(8));
                let values = [(); 8].map(|()| reader.number(4) as i32);
                Body::Sample { context, readings: Readings { contents, energy, values } }
            }
            3 => {
                let reason = reader.one_of(&REASONS)?;
                let meter = WattHours(reader.number(8));
                Body::Stop { reason, meter, id_tag: reader.optional_tag()? }
            }
            4 => {
                let event = reader.one_of(SecurityEvent::ALL)?;
                let len = reader.byte();
                let text = reader.padded(len, TECH_INFO_MAX)?;
                Body::Security { event, tech_info: Inline::cut(text) }
            }
            _ => return None,
        };
        let rest = reader.rest()?;
        let may_follow = matches!(body, Body::Stop { .. });
        (may_follow || rest.is_empty()).then_some((Self { connector, stamp, transaction, body }, rest))
    }
}

pub(super) fn index_of<T: PartialEq>(table: &[T], value: &T) -> u8 {
    table.iter().position(|known| known == value).unwrap_or(0) as u8
}

/// Appends to a buffer; what does not fit is cut, which the constant lengths rule out.
pub(super) struct Writer<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    pub(super) fn finish(self) -> &'a [u8] {
        self.out.get(..self.len).unwrap_or_default()
    }

    pub(super) fn stamp(&mut self, stamp: Stamp) -> &mut Self {
        match stamp {
            Stamp::SinceStart(millis) => self.put(&[0]).number(millis, 8),
            Stamp::Utc(millis) => self.put(&[1]).number(millis as u64, 8),
        }
    }

    pub(super) fn option(&mut self, value: Option<i64>) -> &mut Self {
        self.put(&[value.is_some().into()]).number(value.unwrap_or(0) as u64, 8)
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> &mut Self {
        let rest = self.out.get_mut(self.len..).unwrap_or_default();
        self.len += rest.iter_mut().zip(bytes).map(|(to, from)| *to = *from).count();
        self
    }

    /// The lowest bytes of a number.
    pub(super) fn number(&mut self, value: u64, len: usize) -> &mut Self {
        self.put(value.to_le_bytes().get(..len).unwrap_or_default())
    }

    /// A text in a place of `len` bytes, zeros behind it.
    fn padded(&mut self, text: &str, len: usize) -> &mut Self {
        self.put(text.as_bytes());
        for _ in text.len()..len {
            self.put(&[0]);
        }
        self
    }

    pub(super) fn tag(&mut self, tag: Option<&IdTag>) -> &mut Self {
        let text = tag.map_or("", IdTag::as_str);
        self.put(&[if tag.is_some() { text.len() as u8 } else { NO_TAG }]).padded(text, ID_TAG_MAX)
    }
}

/// Takes from the front. Where nothing is left it takes zeros: whether that happened is asked once, at the end.
pub(super) struct Reader<'a> {
    left: &'a [u8],
    short: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes, short: false }
    }

    /// What is left; `None` if more was taken than there was.
    pub(super) fn rest(&self) -> Option<&'a [u8]> {
        (!self.short).then_some(self.left)
    }

    fn bytes(&mut self, len: usize) -> &'a [u8] {
        let (taken, left) = self.left.split_at_checked(len).unwrap_or_else(|| {
            self.short = true;
            (&[], &[])
        });
        self.left = left;
        taken
    }

    /// A number of so many bytes, at most eight.
    pub(super) fn number(&mut self, len: usize) -> u64 {
        self.bytes(len).iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    pub(super) fn byte(&mut self) -> u8 {
        self.number(1) as u8
    }

    /// A number, if its bytes are just what is left.
    pub(super) fn last(&mut self, len: usize) -> Option<u64> {
        let number = self.number(len);
        self.rest()?.is_empty().then_some(number)
    }

    /// The entry of a table with the number that comes next.
    pub(super) fn one_of<T: Copy>(&mut self, table: &[T]) -> Option<T> {
        table.get(usize::from(self.byte())).copied()
    }

    pub(super) fn stamp(&mut self) -> Option<Stamp> {
        let kind = self.byte();
        let millis = self.number(8);
        match kind {
            0 => Some(Stamp::SinceStart(millis)),
            1 => Some(Stamp::Utc(millis as i64)),
            _ => None,
        }
    }

    pub(super) fn option(&mut self) -> Option<i64> {
        let some = self.byte() != 0;
        let value = self.number(8) as i64;
        some.then_some(value)
    }

    /// A text of `len` bytes in a place of `size`.
    fn padded(&mut self, len: u8, size: usize) -> Option<&'a str> {
        core::str::from_utf8(self.bytes(size).get(..len.into())?).ok()
    }

    /// An identifier that must be there.
    pub(super) fn tag(&mut self) -> Option<IdTag> {
        let len = self.byte();
        IdTag::new(self.padded(len, ID_TAG_MAX)?).ok()
    }

    /// The outer `None`: not an identifier; the inner: none was given.
    pub(super) fn optional_tag(&mut self) -> Option<Option<IdTag>> {
        if self.left.first() == Some(&NO_TAG) {
            self.bytes(1 + ID_TAG_MAX);
            return Some(None);
        }
        self.tag().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn encoded(record: &Record) -> Vec<u8> {
        let mut buffer = [0; RECORD_MAX];
        let mut writer = Writer::new(&mut buffer);
        record.encode(&mut writer);
        writer.finish().to_vec()
    }

    fn round_trip(body: Body, stamp: Stamp) {
        let record = Record { connector: 2, stamp, transaction: 0x1_0000_0007, body };
        let bytes = encoded(&record);
        assert!(bytes.len() + SEAL_LEN <= RECORD_MAX);
        assert_eq!(Record::decode(&bytes), Some((record, &[][..])));
        assert_eq!(Record::decode(&bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn every_kind_reads_back() {
        let id_tag = IdTag::new("04A2B3C4").unwrap();
        for reservation in [None, Some(-7)] {
            round_trip(Body::Start { id_tag, meter: WattHours(17), reservation }, Stamp::SinceStart(5));
        }
        for context in CONTEXTS {
            let readings = Readings {
                contents: Measurands::from_bits(0x1FF),
                energy: WattHours(u64::MAX),
                values: [-1, 2, 3, 4, 5, 6, 7, i32::MAX],
            };
            round_trip(Body::Sample { context, readings }, Stamp::Utc(-1));
        }
        for event in SecurityEvent::ALL {
            round_trip(Body::Security { event: *event, tech_info: Inline::cut("x") }, Stamp::Utc(1));
        }
        for reason in REASONS {
            for id_tag in [None, Some(id_tag)] {
                round_trip(Body::Stop { reason, meter: WattHours(3), id_tag }, Stamp::Utc(1_700_000_000_000));
            }
        }
    }

    #[test]
    fn a_start_has_the_documented_layout() {
        let record = Record {
            connector: 1,
            stamp: Stamp::Utc(0x0102),
            transaction: 3,
            body: Body::Start {
                id_tag: IdTag::new("AB").unwrap(),
                meter: WattHours(4),
                reservation: Some(5),
            },
        };
        #[rustfmt::skip]
        assert_eq!(encoded(&record), [
            1, 1, 1, 2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
            4, 0, 0, 0, 0, 0, 0, 0,
            2, b'A', b'B', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            1, 5, 0, 0, 0, 0, 0, 0, 0,
        ]);
    }

    #[test]
    fn unknown_kinds_reasons_and_contexts_are_no_records() {
        let record = Record {
            connector: 1,
            stamp: Stamp::Utc(0),
            transaction: 3,
            body: Body::Stop { reason: Reason::Local, meter: WattHours(0), id_tag: None },
        };
        let bytes = encoded(&record);
        for (at, value) in [(0, 0), (0, 5), (2, 2), (19, 11), (28, 21)] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            assert_eq!(Record::decode(&damaged), None, "byte {at}");
        }
    }
}
