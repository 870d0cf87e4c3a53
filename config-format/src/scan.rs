//! Where the bytes are that cut a file: line ends and signs.
//!
//! Lines of these files are short, so a search for the next byte costs more to start than to run. Instead 64 bytes
//! are compared at a time, in a loop compilers turn into vector instructions, and the answer is a mask of 64 bits.

/// Bytes looked at in one go: the bits of a mask.
const BLOCK: usize = 64;

/// Iterator of the offsets of CR, LF and one more byte, in order.
#[derive(Clone)]
pub(crate) struct Marks<'a> {
    bytes: &'a [u8],
    sign: u8,
    /// Offset behind the block the mask is about.
    behind: usize,
    /// Where in that block marks are still to be handed out.
    mask: u64,
}

impl<'a> Marks<'a> {
    pub(crate) const fn new(bytes: &'a [u8], sign: u8) -> Self {
        Self { bytes, sign, behind: 0, mask: 0 }
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            let rest = self.bytes.get(self.behind..).filter(|rest| !rest.is_empty())?;
            self.mask = match rest.first_chunk() {
                Some(block) => mask(block, self.sign),
                None => short(rest, self.sign),
            };
            self.behind += BLOCK;
        }
        let at = self.behind - BLOCK + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(at)
    }
}

/// The mask of the last block: what it lacks is filled with a byte that is no mark.
fn short(rest: &[u8], sign: u8) -> u64 {
    let mut block = [0; BLOCK];
    block.iter_mut().zip(rest).for_each(|(filled, byte)| *filled = *byte);
    mask(&block, sign)
}

/// Bit by bit whether a byte of the block is a mark.
fn mask(block: &[u8; BLOCK], sign: u8) -> u64 {
    let mut found = [[0; 8]; BLOCK / 8];
    for (found, &byte) in found.as_flattened_mut().iter_mut().zip(block) {
        *found = u8::from((byte == sign) | (byte == b'\n') | (byte == b'\r'));
    }
    (0..).step_by(8).zip(found).fold(0, |mask, (at, eight)| {
        // Moves the lowest bit of byte n to bit 56 + n.
        let gathered = u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080);
        mask | gathered >> 56 << at
    })
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn marks_are_where_a_walk_finds_them(bytes in prop::collection::vec(prop::sample::select(&b"=\n\r:a<\x0b\x0c\xbd"[..]), 0..300)) {
            let walked = |sign| bytes.iter().enumerate().filter(move |&(_, &b)| b == sign || b == b'\n' || b == b'\r');
            for sign in [b'=', b':'] {
                let walked: Vec<_> = walked(sign).map(|(at, _)| at).collect();
                prop_assert_eq!(Marks::new(&bytes, sign).collect::<Vec<_>>(), walked);
            }
        }
    }
}
