//! Reading and writing the bytes of protocol units, with errors that say how many there must be.

use super::PduError;
use crate::registers::Registers;

/// Bytes still to be read.
pub(super) struct In<'a> {
    pub(super) rest: &'a [u8],
    whole: usize,
}

impl<'a> In<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, whole: bytes.len() }
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], PduError> {
        match self.rest.split_at_checked(count) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(PduError::Length { want: self.whole - self.rest.len() + count, got: self.whole }),
        }
    }

    pub(super) fn u8(&mut self) -> Result<u8, PduError> {
        Ok(self.bytes(1)?.first().copied().unwrap_or_default())
    }

    pub(super) fn u16(&mut self) -> Result<u16, PduError> {
        Ok(u16::from_be_bytes([self.u8()?, self.u8()?]))
    }

    pub(super) fn register_bytes(&mut self, address: u16, words: u16) -> Result<Registers<'a>, PduError> {
        let (want, got) = (2 * usize::from(words), usize::from(self.u8()?));
        if want != got {
            return Err(PduError::ByteCount { address, want, got });
        }
        Ok(Registers::from_be_bytes(self.bytes(want)?))
    }

    pub(super) fn end(&self) -> Result<(), PduError> {
        match self.rest.len() {
            0 => Ok(()),
            surplus => Err(PduError::Length { want: self.whole - surplus, got: self.whole }),
        }
    }
}

/// A buffer being filled; counts on when it is full, so that the error can say what is needed.
pub(super) struct Out<'b> {
    buffer: &'b mut [u8],
    length: usize,
}

impl<'b> Out<'b> {
    pub(super) fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, length: 0 }
    }

    pub(super) fn u8(&mut self, byte: u8) -> &mut Self {
        if let Some(room) = self.buffer.get_mut(self.length) {
            *room = byte;
        }
        self.length += 1;
        self
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        bytes.iter().for_each(|&byte| {
            self.u8(byte);
        });
        self
    }

    pub(super) fn u16(&mut self, word: u16) -> &mut Self {
        self.bytes(&word.to_be_bytes())
    }

    pub(super) fn registers(&mut self, registers: Registers<'_>) -> &mut Self {
        registers.iter().for_each(|word| {
            self.u16(word);
        });
        self
    }

    pub(super) fn finish(self) -> Result<&'b [u8], PduError> {
        let Self { buffer, length } = self;
        buffer.get(..length).ok_or(PduError::NoRoom(length))
    }
}
