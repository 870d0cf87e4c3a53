//! A view of 16-bit registers, as numbers or as the bytes of a response.

/// Registers read from a device: either numbers, or the big-endian bytes of a response, without copying.
#[derive(Clone, Copy, Debug)]
pub struct Registers<'a>(Storage<'a>);

#[derive(Clone, Copy, Debug)]
enum Storage<'a> {
    Words(&'a [u16]),
    /// An even number of bytes.
    Bytes(&'a [u8]),
}

impl<'a> Registers<'a> {
    /// Registers in the order and form they have on the wire, high byte first. A last odd byte is not a
    /// register and left out; [`crate::pdu`] refuses such a response before.
    pub fn from_be_bytes(bytes: &'a [u8]) -> Self {
        let even = bytes.len() & !1;
        Self(Storage::Bytes(bytes.get(..even).unwrap_or_default()))
    }

    /// Number of registers.
    pub const fn len(self) -> usize {
        match self.0 {
            Storage::Words(words) => words.len(),
            Storage::Bytes(bytes) => bytes.len() / 2,
        }
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Register number `index`, counted from 0.
    pub fn get(self, index: usize) -> Option<u16> {
        match self.0 {
            Storage::Words(words) => words.get(index).copied(),
            Storage::Bytes(bytes) => {
                let start = index.checked_mul(2)?;
                let pair = bytes.get(start..)?.first_chunk::<2>()?;
                Some(u16::from_be_bytes(*pair))
            }
        }
    }

    /// `count` registers from `start` on.
    pub fn slice(self, start: usize, count: usize) -> Option<Self> {
        let end = start.checked_add(count)?;
        Some(Self(match self.0 {
            Storage::Words(words) => Storage::Words(words.get(start..end)?),
            Storage::Bytes(bytes) => Storage::Bytes(bytes.get(start.checked_mul(2)?..end.checked_mul(2)?)?),
        }))
    }

    /// All registers in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = u16> + 'a {
        // `get` answers for every index below the length.
        (0..self.len()).map(move |index| self.get(index).unwrap_or_default())
    }
}

impl PartialEq for Registers<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Registers<'_> {}

impl<'a> From<&'a [u16]> for Registers<'a> {
    fn from(words: &'a [u16]) -> Self {
        Self(Storage::Words(words))
    }
}

impl<'a, const N: usize> From<&'a [u16; N]> for Registers<'a> {
    fn from(words: &'a [u16; N]) -> Self {
        Self(Storage::Words(words))
    }
}

#[cfg(feature = "alloc")]
impl<'a> From<&'a alloc::vec::Vec<u16>> for Registers<'a> {
    fn from(words: &'a alloc::vec::Vec<u16>) -> Self {
        Self(Storage::Words(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_wire_bytes_are_the_same_registers() {
        let words = Registers::from(&[0x1234u16, 0x5678]);
        let wire = Registers::from_be_bytes(&[0x12, 0x34, 0x56, 0x78]);
        assert_eq!(words, wire);
        assert_eq!(wire.slice(1, 1), Some(Registers::from(&[0x5678u16])));
        assert_eq!(wire.slice(1, 2), None);
        assert_eq!(wire.slice(usize::MAX, 2), None);
        assert_eq!(wire.get(2), None);
    }
}
