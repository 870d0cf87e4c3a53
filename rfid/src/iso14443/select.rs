//! Anticollision and selection of one card (ISO 14443-3 §6.5.3), without a reader chip.
//!
//! The machine says what to send and takes what came back; whoever owns the chip carries it over. It ends after at most
//! three levels of 33 frames each, whatever the card answers.

use super::{Atqa, CASCADE_TAG, Sak, block_check};
use crate::uid::Uid;

/// A card as the anticollision finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FoundCard {
    /// Its UID.
    pub uid: Uid,
    /// Answer to request.
    pub atqa: Atqa,
    /// Select acknowledge of the last level.
    pub sak: Sak,
}

/// Why no card was selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SelectError {
    /// The card's answer has the wrong length, or bits where none belong.
    #[error("an answer of the wrong length")]
    Length,
    /// The block check of a level is wrong.
    #[error("the block check of a cascade level is wrong")]
    BlockCheck,
    /// The CRC of a select acknowledge is wrong.
    #[error("the CRC of a select acknowledge is wrong")]
    Crc,
    /// Cascade tag and cascade bit of the SAK contradict each other.
    #[error("cascade tag and cascade bit contradict each other")]
    Cascade,
    /// The reader cannot tell where cards collide, or they collide where they did before.
    #[error("a collision that cannot be resolved")]
    Collision,
}

/// A frame for the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectFrame {
    bytes: [u8; 9],
    len: usize,
    /// Bits of the last byte to send, 0 for all eight. The first received bit then belongs at this position of its byte.
    pub last_bits: u8,
}

impl SelectFrame {
    /// The bytes to send; of the last one [`SelectFrame::last_bits`] bits.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&self.bytes)
    }
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectAnswer<'a> {
    /// Whole bytes; the first byte may begin with bits that were sent, see [`SelectFrame::last_bits`].
    Bytes(&'a [u8]),
    /// Bytes up to a collision. `bit` counts the bits of the level from 1 to 32, the sent ones included.
    Collision {
        /// What was received, placed as in [`SelectAnswer::Bytes`].
        bytes: &'a [u8],
        /// The first bit two cards disagree about, `None` if the reader cannot tell.
        bit: Option<u8>,
    },
}

/// The selection of one card, after it has answered a request with its ATQA.
///
/// ```
/// use evkit_rfid::{Atqa, SelectAnswer, Selection, Uid};
///
/// let mut selection = Selection::new(Atqa(0x0004));
/// assert_eq!(selection.frame().as_bytes(), [0x93, 0x20]);
/// assert_eq!(selection.handle_answer(SelectAnswer::Bytes(&[0x0A, 0x0E, 0x9B, 0x83, 0x1C])), Ok(None));
/// assert_eq!(selection.frame().as_bytes(), [0x93, 0x70, 0x0A, 0x0E, 0x9B, 0x83, 0x1C, 0xE0, 0xE7]);
/// let card = selection.handle_answer(SelectAnswer::Bytes(&[0x08, 0xB6, 0xDD]))?.expect("complete");
/// assert_eq!(card.uid, Uid::from([0x0A, 0x0E, 0x9B, 0x83]));
/// # Ok::<(), evkit_rfid::SelectError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Selection {
    atqa: Atqa,
    /// Bytes of the levels before this one, without cascade tags.
    before: [[u8; 3]; 2],
    level: usize,
    /// The four bytes of this level, as far as known.
    bytes: [u8; 4],
    /// Bits known of it, 32 once the answer was complete.
    known: u8,
}

impl Selection {
    const SELECT: [u8; 3] = [0x93, 0x95, 0x97];
    const ALL: u8 = 32;

    /// Begins with the ATQA a card has answered.
    pub fn new(atqa: Atqa) -> Self {
        Self { atqa, before: [[0; 3]; 2], level: 0, bytes: [0; 4], known: 0 }
    }

    /// The frame to send now. Asking again gives the same frame.
    pub fn frame(&self) -> SelectFrame {
        let command = Self::SELECT.get(self.level).copied().unwrap_or_default();
        let [a, b, c, d] = self.bytes;
        if self.known == Self::ALL {
            let select = [command, 0x70, a, b, c, d, block_check(self.bytes)];
            let [low, high] = crc_a(&select);
            let [s0, s1, s2, s3, s4, s5, s6] = select;
            return SelectFrame { bytes: [s0, s1, s2, s3, s4, s5, s6, low, high], len: 9, last_bits: 0 };
        }
        let (whole, last_bits) = (self.known / 8, self.known % 8);
        // "Number of valid bits": whole bytes with the two in front, then bits.
        let valid = (2 + whole) << 4 | last_bits;
        let len = 2 + usize::from(self.known.div_ceil(8));
        SelectFrame { bytes: [command, valid, a, b, c, d, 0, 0, 0], len, last_bits }
    }

    /// Takes the answer to the frame: `Some` card when the selection is complete, `None` when another frame follows.
    ///
    /// # Errors
    ///
    /// [`SelectError`]; the selection is then over and another one begins with a new request.
    pub fn handle_answer(&mut self, answer: SelectAnswer<'_>) -> Result<Option<FoundCard>, SelectError> {
        match answer {
            SelectAnswer::Bytes(bytes) if self.known == Self::ALL => self.acknowledged(bytes),
            SelectAnswer::Bytes(bytes) => self.answered(bytes).map(|()| None),
            SelectAnswer::Collision { bytes, bit } => self.collided(bytes, bit).map(|()| None),
        }
    }

    /// The rest of the level and its block check.
    fn answered(&mut self, received: &[u8]) -> Result<(), SelectError> {
        let whole = usize::from(self.known / 8);
        if received.len() != 5 - whole {
            return Err(SelectError::Length);
        }
        let Some((&check, rest)) = received.split_last() else { return Err(SelectError::Length) };
        self.fill(rest);
        if check != block_check(self.bytes) {
            return Err(SelectError::BlockCheck);
        }
        self.known = Self::ALL;
        Ok(())
    }

    /// Two cards disagree about a bit: goes on with those that have a one there.
    fn collided(&mut self, received: &[u8], bit: Option<u8>) -> Result<(), SelectError> {
        let bit =
            bit.filter(|bit| (1..=Self::ALL).contains(bit) && *bit > self.known && self.known < Self::ALL);
        let bit = bit.ok_or(SelectError::Collision)?;
        self.fill(received);
        let last = bit - 1;
        let at = usize::from(last / 8);
        for (index, byte) in self.bytes.iter_mut().enumerate().skip(at) {
            // Bits behind the collision are a mixture of both cards.
            let keep = if index == at { (1_u8 << (last % 8)).wrapping_sub(1) } else { 0 };
            *byte = *byte & keep | if index == at { 1 << (last % 8) } else { 0 };
        }
        // All 32 bits may be known without a block check: then the select frame asks for exactly this card.
        self.known = bit;
        Ok(())
    }

    /// Puts received bytes behind the known bits.
    fn fill(&mut self, received: &[u8]) {
        let sent = (1_u8 << (self.known % 8)).wrapping_sub(1);
        let places = self.bytes.iter_mut().skip(usize::from(self.known / 8));
        for ((place, byte), keep) in
            places.zip(received).zip(core::iter::once(sent).chain(core::iter::repeat(0)))
        {
            *place = *place & keep | byte & !keep;
        }
    }

    /// Select acknowledge with its CRC.
    fn acknowledged(&mut self, received: &[u8]) -> Result<Option<FoundCard>, SelectError> {
        let &[sak, low, high] = received else { return Err(SelectError::Length) };
        if [low, high] != crc_a(&[sak]) {
            return Err(SelectError::Crc);
        }
        let sak = Sak(sak);
        let [first, b, c, d] = self.bytes;
        if sak.is_incomplete() != (first == CASCADE_TAG) {
            return Err(SelectError::Cascade);
        }
        if sak.is_incomplete() {
            let place = self.before.get_mut(self.level).ok_or(SelectError::Cascade)?;
            *place = [b, c, d];
            self.level += 1;
            self.bytes = [0; 4];
            self.known = 0;
            return Ok(None);
        }
        let [[e, f, g], [h, i, j]] = self.before;
        let uid = match self.level {
            0 => Uid::from(self.bytes),
            1 => Uid::from([e, f, g, first, b, c, d]),
            _ => Uid::from([e, f, g, h, i, j, first, b, c, d]),
        };
        Ok(Some(FoundCard { uid, atqa: self.atqa, sak }))
    }
}

/// CRC_A of ISO 14443-3 annex B, low byte first.
pub(crate) fn crc_a(bytes: &[u8]) -> [u8; 2] {
    let mut crc = 0x6363_u16;
    for byte in bytes {
        crc ^= u16::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 };
        }
    }
    crc.to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn crc_vectors_of_the_standard() {
        // Annex B: 00 00 gives A0 1E, 12 34 gives 26 CF. HLTA is 50 00 with 57 CD.
        assert_eq!(crc_a(&[0x00, 0x00]), [0xA0, 0x1E]);
        assert_eq!(crc_a(&[0x12, 0x34]), [0x26, 0xCF]);
        assert_eq!(crc_a(&[0x50, 0x00]), [0x57, 0xCD]);
    }

    /// Cards in a field: answers frames the way a reader without collisions in its way would report it.
    fn field_answer(cards: &[Uid], frame: &SelectFrame) -> (Vec<u8>, Option<u8>) {
        let bytes = frame.as_bytes();
        let level = Selection::SELECT.iter().position(|command| *command == bytes[0]).unwrap();
        let levels = |uid: &Uid| uid.cascade().unwrap()[level];
        let known = if bytes[1] == 0x70 {
            32
        } else {
            usize::from(bytes[1] >> 4) * 8 - 16 + usize::from(bytes[1] & 7)
        };
        let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (at % 8) & 1;
        let matching: Vec<_> = cards
            .iter()
            .filter_map(|uid| levels(uid).map(|level| (uid, level)))
            .filter(|(_, level)| (0..known).all(|at| bit(level, at) == bit(&bytes[2..], at)))
            .collect();
        if bytes[1] == 0x70 {
            let (uid, _) = matching[0];
            let sak =
                if uid.cascade().unwrap().get(level + 1).is_some_and(Option::is_some) { 0x04 } else { 0x08 };
            let [low, high] = crc_a(&[sak]);
            return (Vec::from([sak, low, high]), None);
        }
        let all: Vec<_> = matching.iter().map(|(_, level)| level).collect();
        let clash = (known..40).find(|at| all.iter().any(|level| bit(*level, *at) != bit(all[0], *at)));
        let mut answer = all[0][known / 8..].to_vec();
        // The reader leaves the sent bits of the first byte alone.
        answer[0] &= !((1_u8 << (known % 8)).wrapping_sub(1));
        match clash {
            Some(at) => {
                answer.truncate(at / 8 - known / 8 + 1);
                (answer, Some(at as u8 + 1))
            }
            None => (answer, None),
        }
    }

    fn select(cards: &[Uid]) -> Result<FoundCard, SelectError> {
        let mut selection = Selection::new(Atqa(0x0044));
        for _ in 0..3 * 33 + 3 {
            let (bytes, clash) = field_answer(cards, &selection.frame());
            let answer = match clash {
                Some(bit) => SelectAnswer::Collision { bytes: &bytes, bit: Some(bit) },
                None => SelectAnswer::Bytes(&bytes),
            };
            if let Some(card) = selection.handle_answer(answer)? {
                return Ok(card);
            }
        }
        panic!("no end");
    }

    #[test]
    fn every_length_is_selected() {
        let uids =
            ["0A0E9B83", "04567DAA5F3580", "0102030405060708090A"].map(|text| Uid::parse(text).unwrap());
        for uid in uids {
            assert_eq!(select(&[uid]), Ok(FoundCard { uid, atqa: Atqa(0x0044), sak: Sak(0x08) }));
        }
    }

    #[test]
    fn one_of_several_cards_is_selected() {
        let field = [
            "0A0E9B83",
            "0A0E9B82",
            "8A0E9B83",
            "0A0E9BC3",
            "04567DAA5F3580",
            "04567DAA5F3581",
            "04567D2A5F3580",
        ]
        .map(|text| Uid::parse(text).unwrap());
        for count in 1..=field.len() {
            for rotation in 0..count {
                let mut cards = Vec::from(&field[..count]);
                cards.rotate_left(rotation);
                let found = select(&cards).unwrap().uid;
                assert!(cards.contains(&found), "{found:?}");
            }
        }
    }

    #[test]
    fn wrong_answers_end_it() {
        let start = || Selection::new(Atqa(0x0004));
        let bytes =
            |mut selection: Selection, bytes: &[u8]| selection.handle_answer(SelectAnswer::Bytes(bytes));
        assert_eq!(bytes(start(), &[]), Err(SelectError::Length));
        assert_eq!(bytes(start(), &[1, 2, 3, 4]), Err(SelectError::Length));
        assert_eq!(bytes(start(), &[1, 2, 3, 4, 5]), Err(SelectError::BlockCheck));
        let selected = |first: u8| {
            let mut selection = start();
            selection.handle_answer(SelectAnswer::Bytes(&[first, 2, 3, 4, first ^ 2 ^ 3 ^ 4])).unwrap();
            selection
        };
        let acknowledge = |sak: u8| [[sak].as_slice(), crc_a(&[sak]).as_slice()].concat();
        assert_eq!(bytes(selected(1), &[0x08, 0, 0]), Err(SelectError::Crc));
        assert_eq!(bytes(selected(1), &acknowledge(0x04)), Err(SelectError::Cascade), "no cascade tag");
        assert_eq!(
            bytes(selected(0x88), &acknowledge(0x08)),
            Err(SelectError::Cascade),
            "cascade tag, but complete"
        );
        let clash = |bit| start().handle_answer(SelectAnswer::Collision { bytes: &[1], bit });
        assert_eq!([clash(None), clash(Some(0)), clash(Some(33))], [Err(SelectError::Collision); 3]);
    }

    #[test]
    fn a_fourth_level_is_refused() {
        let mut selection = Selection::new(Atqa(0x0084));
        let incomplete = [0x04, 0xDA, 0x17];
        assert_eq!(crc_a(&[0x04]), [0xDA, 0x17]);
        let mut last = Ok(None);
        for _ in 0..3 {
            selection.handle_answer(SelectAnswer::Bytes(&[0x88, 1, 2, 3, 0x88])).unwrap();
            last = selection.handle_answer(SelectAnswer::Bytes(&incomplete));
        }
        assert_eq!(last, Err(SelectError::Cascade));
    }
}
