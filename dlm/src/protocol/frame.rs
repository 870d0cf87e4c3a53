//! The two datagrams: a slave's report and the master's grant.
//!
//! Fixed layouts, big endian, one datagram each, closed by a CRC-32 against broken cables or, with a key that all
//! members share, by a keyed hash (HMAC-SHA-256, first 16 bytes) against strangers on the network.
//!
//! ```text
//!  0  2  "ek"            what this is           report                            grant
//!  2  1  version, 1                             12  4  member                     12  4  member
//!  3  1  1 report, 2 grant                      16  4  session                    16  4  session, echoed
//!  4  4  network                                20  4  counter                    20  4  counter, echoed
//!  8  4  epoch                                  24  4  master followed            24  4  master
//!                                               28  4  last grant accepted        28  4  number of this grant
//!                                               32  4  limit in force, mA         32  4  limit, mA
//!                                               36  1  terminals it is for        36  1  terminals it is for
//!                                               37  1  terminals in use           37  1  0 set, 1 keep
//!                                               38  1  flags
//!                                               39  4  disconnected limit, mA
//!                                               43 12  measured by terminal, mA
//! ```

use crate::phases::Terminals;
use crate::units::Milliamps;
use thiserror::Error;

/// The longest frame, closing included.
pub const MAX_FRAME: usize = 55 + MAX_CLOSING;
const MAX_CLOSING: usize = 16;
const MAGIC: [u8; 2] = *b"ek";
const VERSION: u8 = 1;
const CRC: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);

/// A bit of a report's flags byte each.
mod flag {
    pub(super) const PLUGGED: u8 = 1;
    pub(super) const WANTS: u8 = 2;
    pub(super) const STOPPED: u8 = 4;
    pub(super) const LED: u8 = 8;
    pub(super) const ALL: u8 = 15;
}

/// What a slave says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Report {
    /// Epoch of the master it follows; 0: it has heard of none.
    pub epoch: u32,
    /// Who it is.
    pub member: u32,
    /// Since when it runs: a number that differs after each start.
    pub session: u32,
    /// Number of this report in its session, from 1.
    pub counter: u32,
    /// The master it follows.
    pub master: u32,
    /// Number of the last grant it accepted in this epoch; 0: none.
    pub accepted: u32,
    /// Current it allows its car, by conductor.
    pub limit: Milliamps,
    /// Terminals the limit is for.
    pub granted: Terminals,
    /// Terminals its car uses, or all wired ones while that is not known.
    pub in_use: Terminals,
    /// Whether a car is plugged in.
    pub plugged: bool,
    /// Whether the car, or its user, wants current.
    pub wants: bool,
    /// Whether it stopped because the car drew more than allowed.
    pub stopped: bool,
    /// Whether it has heard its master within the lease.
    pub led: bool,
    /// What it falls to alone.
    pub disconnected: Milliamps,
    /// Currents by terminal.
    pub measured: [Milliamps; 3],
}

/// What a master allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grant {
    /// Epoch of the master.
    pub epoch: u32,
    /// Whom it is for.
    pub member: u32,
    /// Session and counter of the report it answers.
    pub session: u32,
    /// See [`session`](Self::session).
    pub counter: u32,
    /// Who grants.
    pub master: u32,
    /// Number of this grant, rising within an epoch.
    pub number: u32,
    /// Current by conductor.
    pub limit: Milliamps,
    /// Terminals it is for.
    pub terminals: Terminals,
    /// Nothing but "you are not alone, follow me": limit, terminals and lease stay as they are.
    pub keep: bool,
}

/// A datagram of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Frame {
    /// From a slave.
    Report(Report),
    /// From a master.
    Grant(Grant),
}

#[derive(Clone, Copy)]
enum Kind {
    Report,
    Grant,
}

/// Why a datagram is not for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// Something else arrived on this port.
    #[error("not a frame of this protocol")]
    Foreign,
    /// From a device with another firmware.
    #[error("version {0}, not 1")]
    Version(u8),
    /// From another installation on the same LAN.
    #[error("network {0}, not ours")]
    Network(u32),
    /// Cut off, or with something behind it.
    #[error("{length} bytes, not {expected}")]
    Length {
        /// As received.
        length: usize,
        /// By its type.
        expected: usize,
    },
    /// Damaged on the way, or made by a stranger.
    #[error("the closing does not match: damaged, or written with another key")]
    Closing,
    /// A member has a value that cannot be.
    #[error("byte {at}: a value that does not exist")]
    Value {
        /// Its place.
        at: usize,
    },
}

/// How frames of a network are closed, and which network that is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Seal {
    network: u32,
    #[cfg(feature = "hmac")]
    key: Option<[u8; 32]>,
}

impl core::fmt::Debug for Seal {
    /// Without the key.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Seal").field("network", &self.network).finish_non_exhaustive()
    }
}

impl Seal {
    /// Closed by a CRC: whoever can send to the port can speak for anyone.
    pub const fn open(network: u32) -> Self {
        Self {
            network,
            #[cfg(feature = "hmac")]
            key: None,
        }
    }

    /// Closed by a hash with this key.
    #[cfg(feature = "hmac")]
    pub const fn keyed(network: u32, key: [u8; 32]) -> Self {
        Self { network, key: Some(key) }
    }

    /// Writes a frame and returns its length.
    pub fn write(&self, frame: &Frame, out: &mut [u8; MAX_FRAME]) -> usize {
        let mut writer = Writer { out, at: 0 };
        let (kind, epoch) = match frame {
            Frame::Report(report) => (1, report.epoch),
            Frame::Grant(grant) => (2, grant.epoch),
        };
        writer.bytes(&MAGIC);
        writer.bytes(&[VERSION, kind]);
        writer.words(&[self.network, epoch]);
        match frame {
            Frame::Report(report) => report.write(&mut writer),
            Frame::Grant(grant) => grant.write(&mut writer),
        }
        let length = writer.at;
        // The writer stays within `out`.
        let (body, closing) = out.split_at_mut_checked(length).unwrap_or_default();
        length + self.close(body, closing)
    }

    /// Reads a datagram.
    ///
    /// # Errors
    /// [`FrameError`] if it is not a whole and genuine frame of this network.
    pub fn read(&self, datagram: &[u8]) -> Result<Frame, FrameError> {
        let (kind, epoch, mut reader) = self.unseal(datagram)?;
        match kind {
            Kind::Report => Report::read(epoch, &mut reader).map(Frame::Report),
            Kind::Grant => Grant::read(epoch, &mut reader).map(Frame::Grant),
        }
    }

    /// As [`read`](Self::read), for a slave: of a report nothing but the closing is looked at.
    pub(super) fn read_grant(&self, datagram: &[u8]) -> Result<Option<Grant>, FrameError> {
        match self.unseal(datagram)? {
            (Kind::Report, ..) => Ok(None),
            (Kind::Grant, epoch, mut reader) => Grant::read(epoch, &mut reader).map(Some),
        }
    }

    /// What the datagram is, its epoch, and what follows.
    fn unseal<'a>(&self, datagram: &'a [u8]) -> Result<(Kind, u32, Reader<'a>), FrameError> {
        let mut reader = Reader { rest: datagram };
        if reader.array() != Some(MAGIC) {
            return Err(FrameError::Foreign);
        }
        let [version, kind] = reader.array().ok_or(FrameError::Foreign)?;
        if version != VERSION {
            return Err(FrameError::Version(version));
        }
        let (kind, body) = match kind {
            1 => (Kind::Report, 55),
            2 => (Kind::Grant, 38),
            _ => return Err(FrameError::Value { at: 3 }),
        };
        let (length, expected) = (datagram.len(), body + self.closing_length());
        if length != expected {
            return Err(FrameError::Length { length, expected });
        }
        let network = reader.word()?;
        if network != self.network {
            return Err(FrameError::Network(network));
        }
        let (body, closing) = datagram.split_at(body);
        if !self.closes(body, closing) {
            return Err(FrameError::Closing);
        }
        Ok((kind, reader.word()?, reader))
    }

    #[cfg(feature = "hmac")]
    fn hash(key: &[u8; 32], body: &[u8]) -> hmac::Hmac<sha2::Sha256> {
        use hmac::{KeyInit, Mac};
        // A key shorter than the hash's block is filled up with zeros (RFC 2104).
        let mut block = [0; 64];
        block[..key.len()].copy_from_slice(key);
        let mut hash = hmac::Hmac::new(&block.into());
        hash.update(body);
        hash
    }

    fn closing_length(&self) -> usize {
        #[cfg(feature = "hmac")]
        if self.key.is_some() {
            return MAX_CLOSING;
        }
        4
    }

    fn close(&self, body: &[u8], out: &mut [u8]) -> usize {
        #[cfg(feature = "hmac")]
        if let Some(key) = &self.key {
            use hmac::Mac;
            let full = Self::hash(key, body).finalize().into_bytes();
            for (to, from) in out.iter_mut().zip(full.iter().take(MAX_CLOSING)) {
                *to = *from;
            }
            return MAX_CLOSING;
        }
        for (to, from) in out.iter_mut().zip(CRC.checksum(body).to_be_bytes()) {
            *to = from;
        }
        4
    }

    fn closes(&self, body: &[u8], closing: &[u8]) -> bool {
        #[cfg(feature = "hmac")]
        if let Some(key) = &self.key {
            use hmac::Mac;
            // In constant time, so that the answer's delay tells nothing.
            return Self::hash(key, body).verify_truncated_left(closing).is_ok();
        }
        CRC.checksum(body).to_be_bytes() == closing
    }
}

impl Report {
    fn write(&self, out: &mut Writer<'_>) {
        out.words(&[self.member, self.session, self.counter, self.master, self.accepted, self.limit.0]);
        let flags = [
            (self.plugged, flag::PLUGGED),
            (self.wants, flag::WANTS),
            (self.stopped, flag::STOPPED),
            (self.led, flag::LED),
        ];
        let flags = flags.iter().filter(|(set, _)| *set).fold(0, |all, (_, bit)| all | bit);
        out.bytes(&[self.granted.bits(), self.in_use.bits(), flags]);
        out.words(&[self.disconnected.0]);
        out.words(&self.measured.map(|current| current.0));
    }

    fn read(epoch: u32, from: &mut Reader<'_>) -> Result<Self, FrameError> {
        let [member, session, counter, master, accepted, limit] = from.words()?;
        let (granted, in_use) = (from.terminals(36)?, from.terminals(37)?);
        let flags = from.byte(38)?;
        if flags & !flag::ALL != 0 {
            return Err(FrameError::Value { at: 38 });
        }
        let has = |bit: u8| flags & bit != 0;
        let disconnected = Milliamps(from.word()?);
        let measured = from.words::<3>()?.map(Milliamps);
        let (plugged, wants, stopped) = (has(flag::PLUGGED), has(flag::WANTS), has(flag::STOPPED));
        let (led, limit) = (has(flag::LED), Milliamps(limit));
        Ok(Self {
            epoch,
            member,
            session,
            counter,
            master,
            accepted,
            limit,
            granted,
            in_use,
            plugged,
            wants,
            stopped,
            led,
            disconnected,
            measured,
        })
    }
}

impl Grant {
    fn write(&self, out: &mut Writer<'_>) {
        out.words(&[self.member, self.session, self.counter, self.master, self.number, self.limit.0]);
        out.bytes(&[self.terminals.bits(), self.keep.into()]);
    }

    fn read(epoch: u32, from: &mut Reader<'_>) -> Result<Self, FrameError> {
        let [member, session, counter, master, number, limit] = from.words()?;
        let terminals = from.terminals(36)?;
        let keep = match from.byte(37)? {
            0 => false,
            1 => true,
            _ => return Err(FrameError::Value { at: 37 }),
        };
        let limit = Milliamps(limit);
        Ok(Self { epoch, member, session, counter, master, number, limit, terminals, keep })
    }
}

/// Fills a buffer that has room for every frame.
struct Writer<'a> {
    out: &'a mut [u8; MAX_FRAME],
    at: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) {
        for (to, from) in self.out.iter_mut().skip(self.at).zip(bytes) {
            *to = *from;
        }
        self.at += bytes.len();
    }

    fn words(&mut self, words: &[u32]) {
        for word in words {
            self.bytes(&word.to_be_bytes());
        }
    }
}

/// Takes a datagram apart; its length was checked before.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*first)
    }

    fn word(&mut self) -> Result<u32, FrameError> {
        self.array().map(u32::from_be_bytes).ok_or(FrameError::Foreign)
    }

    fn words<const N: usize>(&mut self) -> Result<[u32; N], FrameError> {
        let mut words = [0; N];
        for word in &mut words {
            *word = self.word()?;
        }
        Ok(words)
    }

    fn byte(&mut self, at: usize) -> Result<u8, FrameError> {
        self.array::<1>().map(|[byte]| byte).ok_or(FrameError::Value { at })
    }

    fn terminals(&mut self, at: usize) -> Result<Terminals, FrameError> {
        Terminals::from_bits(self.byte(at)?).ok_or(FrameError::Value { at })
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use super::*;
    use alloc::vec::Vec;

    const SEAL: Seal = Seal::open(0x0A0B_0C0D);

    fn report() -> Report {
        Report {
            epoch: 3,
            member: 101,
            session: 0xDEAD_BEEF,
            counter: 7,
            master: 9,
            accepted: 12,
            limit: Milliamps(16_000),
            granted: Terminals::THREE,
            in_use: Terminals::ONE,
            plugged: true,
            wants: false,
            stopped: false,
            led: true,
            disconnected: Milliamps(8_000),
            measured: [Milliamps(15_900), Milliamps(1), Milliamps(0)],
        }
    }

    fn grant() -> Grant {
        Grant {
            epoch: 3,
            member: 101,
            session: 0xDEAD_BEEF,
            counter: 7,
            master: 9,
            number: 13,
            limit: Milliamps(6_000),
            terminals: Terminals::ONE,
            keep: false,
        }
    }

    fn written(seal: &Seal, frame: Frame) -> Vec<u8> {
        let mut out = [0; MAX_FRAME];
        let length = seal.write(&frame, &mut out);
        out[..length].to_vec()
    }

    #[test]
    fn a_grant_looks_like_this() {
        let bytes = written(&SEAL, Frame::Grant(grant()));
        let body = b"ek\x01\x02\x0A\x0B\x0C\x0D\0\0\0\x03\0\0\0\x65\xDE\xAD\xBE\xEF\0\0\0\x07\0\0\0\x09\0\0\0\x0D\0\0\x17\x70\x01\0";
        assert_eq!((&bytes[..38], bytes.len()), (&body[..], 42));
    }

    #[test]
    fn frames_come_back_as_they_went() {
        for frame in [Frame::Report(report()), Frame::Grant(grant())] {
            assert_eq!(SEAL.read(&written(&SEAL, frame)), Ok(frame));
        }
    }

    #[test]
    fn no_damaged_byte_and_no_cut_goes_through() {
        for frame in [Frame::Report(report()), Frame::Grant(grant())] {
            let bytes = written(&SEAL, frame);
            for at in 0..bytes.len() {
                let mut damaged = bytes.clone();
                damaged[at] ^= 0x10;
                assert!(SEAL.read(&damaged).is_err(), "byte {at}");
                assert!(SEAL.read(&bytes[..at]).is_err(), "cut at {at}");
            }
            let longer = [&bytes[..], &[0]].concat();
            let (length, expected) = (longer.len(), bytes.len());
            assert_eq!(SEAL.read(&longer), Err(FrameError::Length { length, expected }));
        }
    }

    #[test]
    fn others_on_the_same_port_are_told_apart() {
        let bytes = written(&Seal::open(1), Frame::Report(report()));
        assert_eq!(SEAL.read(&bytes), Err(FrameError::Network(1)));
        assert_eq!(SEAL.read(b"GET / HTTP/1.1"), Err(FrameError::Foreign));
        assert_eq!(SEAL.read(b"ek\x02\x01"), Err(FrameError::Version(2)));
    }

    #[cfg(feature = "hmac")]
    #[test]
    fn with_a_key_strangers_are_not_believed() {
        let ours = Seal::keyed(0x0A0B_0C0D, [7; 32]);
        let frame = Frame::Grant(grant());
        let bytes = written(&ours, frame);
        assert_eq!((ours.read(&bytes), bytes.len()), (Ok(frame), 38 + 16));
        let theirs = Seal::keyed(0x0A0B_0C0D, [8; 32]);
        assert_eq!(ours.read(&written(&theirs, frame)), Err(FrameError::Closing));
        let open = written(&SEAL, frame);
        assert_eq!(ours.read(&open), Err(FrameError::Length { length: 42, expected: 54 }));
        let shown = alloc::format!("{ours:?}");
        assert!(!shown.contains('7'), "the key is not shown: {shown}");
    }
}
