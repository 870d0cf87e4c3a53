//! Which family a card may belong to, from what it says before any key is used.
//!
//! ATQA and SAK tell air-interface features, not products: most values stand for several families, so the answer is a
//! set. ATS and GetVersion narrow it where the reader asks for them. The families are those a Bender controller lists
//! as compatible (manual 5.3); the values follow NXP's application note AN10833 and libnfc. Rows marked *inferred* rest
//! on neither.

use crate::iso14443::{Atqa, Sak};
use crate::uid::Uid;

/// A card family of the Bender manual 5.3, where Classic 1K and 4K share a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CardFamily {
    /// MIFARE Classic 1K.
    Classic1K,
    /// MIFARE Classic 4K.
    Classic4K,
    /// MIFARE Ultralight, EV1 included.
    Ultralight,
    /// MIFARE Ultralight C.
    UltralightC,
    /// MIFARE Plus S.
    PlusS,
    /// MIFARE Plus X.
    PlusX,
    /// MIFARE Plus SE.
    PlusSe,
    /// MIFARE Plus EV2.
    PlusEv2,
    /// MIFARE DESFire, first generation.
    Desfire,
    /// MIFARE DESFire EV1.
    DesfireEv1,
    /// MIFARE DESFire EV2.
    DesfireEv2,
    /// MIFARE DESFire EV3.
    DesfireEv3,
    /// MIFARE 2GO, a card in a phone.
    Mifare2Go,
    /// MIFARE on a SmartMX controller.
    SmartMx,
}

use CardFamily::{
    Classic1K, Classic4K, Desfire, DesfireEv1, DesfireEv2, DesfireEv3, Mifare2Go, PlusEv2, PlusS, PlusSe,
    PlusX, SmartMx, Ultralight, UltralightC,
};

/// What a card of ISO 14443 type A answers when it is selected.
#[derive(Clone, Copy, Debug)]
pub struct CardAnswer<'a> {
    /// Answer to request.
    pub atqa: Atqa,
    /// Select acknowledge.
    pub sak: Sak,
    /// The UID, if known; its length and first byte exclude families.
    pub uid: Option<Uid>,
    /// The ATS with its length byte, if the card was asked for it (ISO 14443-4 §5.2).
    pub ats: Option<&'a [u8]>,
    /// The first part of the answer to GetVersion (hardware: vendor, type, subtype, major, minor …), if asked.
    pub version: Option<&'a [u8]>,
}

/// A set of families.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FamilySet(u16);

impl FamilySet {
    const ALL: [CardFamily; 14] = [
        Classic1K,
        Classic4K,
        Ultralight,
        UltralightC,
        PlusS,
        PlusX,
        PlusSe,
        PlusEv2,
        Desfire,
        DesfireEv1,
        DesfireEv2,
        DesfireEv3,
        Mifare2Go,
        SmartMx,
    ];

    const fn of(families: &[CardFamily]) -> Self {
        let (mut bits, mut rest) = (0, families);
        while let [family, others @ ..] = rest {
            bits |= 1 << *family as u16;
            rest = others;
        }
        Self(bits)
    }

    /// The families, in the order of the manual.
    pub fn iter(self) -> impl Iterator<Item = CardFamily> {
        Self::ALL.into_iter().filter(move |family| self.contains(*family))
    }

    /// Whether the card may belong to a family.
    pub fn contains(self, family: CardFamily) -> bool {
        self.0 & 1 << family as u16 != 0
    }

    /// Whether the card belongs to none of the families.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many families are possible.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl core::fmt::Debug for FamilySet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Families that answer with an ATQA and a SAK.
struct Row {
    atqa: u16,
    /// Bits of the ATQA that count. `FF0F` leaves the size of the UID open.
    mask: u16,
    sak: Option<u8>,
    families: FamilySet,
}

const fn row(atqa: u16, mask: u16, sak: Option<u8>, families: &[CardFamily]) -> Row {
    Row { atqa, mask, sak, families: FamilySet::of(families) }
}

/// Security levels of MIFARE Plus answer like Classic (1), with a SAK of their own (2), or as ISO 14443-4 (3).
const PLUS: &[CardFamily] = &[PlusS, PlusX, PlusSe, PlusEv2];
const PLUS_LEVEL_2: &[CardFamily] = &[PlusS, PlusX];
const DESFIRE: &[CardFamily] = &[Desfire, DesfireEv1, DesfireEv2, DesfireEv3];

const TABLE: &[Row] = &[
    row(0x0004, 0xFF0F, Some(0x08), &[Classic1K]),
    row(0x0002, 0xFF0F, Some(0x18), &[Classic4K]),
    row(0x0044, 0xFFFF, Some(0x00), &[Ultralight, UltralightC]),
    row(0x0004, 0xFF0F, Some(0x08), PLUS),
    row(0x0002, 0xFF0F, Some(0x08), PLUS),
    // Plus SE has no 4 KB variant and no level 2 (inferred).
    row(0x0004, 0xFF0F, Some(0x18), &[PlusS, PlusX, PlusEv2]),
    row(0x0002, 0xFF0F, Some(0x18), &[PlusS, PlusX, PlusEv2]),
    row(0x0004, 0xFF0F, Some(0x10), PLUS_LEVEL_2),
    row(0x0002, 0xFF0F, Some(0x10), PLUS_LEVEL_2),
    row(0x0004, 0xFF0F, Some(0x11), PLUS_LEVEL_2),
    row(0x0002, 0xFF0F, Some(0x11), PLUS_LEVEL_2),
    row(0x0004, 0xFF0F, Some(0x20), PLUS),
    row(0x0002, 0xFF0F, Some(0x20), PLUS),
    // With a random UID the size bits say four bytes: 0304 (inferred from their meaning).
    row(0x0304, 0xFF0F, Some(0x20), DESFIRE),
    // A phone answers with any ATQA (inferred).
    row(0x0000, 0x0000, Some(0x20), &[Mifare2Go]),
    row(0x0004, 0xF0FF, None, &[SmartMx]),
    row(0x0002, 0xF0FF, None, &[SmartMx]),
    row(0x0048, 0xF0FF, None, &[SmartMx]),
];

/// Historical bytes of an ATS that name a family.
const HISTORICAL: &[(&[u8], FamilySet)] = &[
    (&[0xC1, 0x05, 0x2F, 0x2F, 0x00, 0x35, 0xC7], FamilySet::of(&[PlusS])),
    (&[0xC1, 0x05, 0x2F, 0x2F, 0x01, 0xBC, 0xD6], FamilySet::of(&[PlusX])),
    (&[0xC1, 0x05, 0x21, 0x30, 0x00, 0xF6, 0xD1], FamilySet::of(&[PlusSe])),
    (&[0xC1, 0x05, 0x21, 0x30, 0x10, 0xF6, 0xD1], FamilySet::of(&[PlusSe])),
    // Seen on SE and on later generations.
    (&[0xC1, 0x05, 0x21, 0x30, 0x00, 0x77, 0xC1], FamilySet::of(&[PlusSe, PlusEv2])),
    (&[0x80], FamilySet::of(&[Desfire, DesfireEv1, DesfireEv2, DesfireEv3, Mifare2Go, SmartMx])),
];

impl CardAnswer<'_> {
    /// All families the card may belong to; none if it is something else, for instance a bank card.
    ///
    /// ```
    /// use evkit_rfid::{Atqa, CardAnswer, CardFamily, Sak};
    ///
    /// let mut card = CardAnswer { atqa: Atqa(0x0344), sak: Sak(0x20), uid: None, ats: None, version: None };
    /// assert!(card.families().contains(CardFamily::DesfireEv1) && card.families().len() > 1);
    /// card.version = Some(&[0x04, 0x01, 0x01, 0x33, 0x00, 0x18, 0x05]);
    /// assert_eq!(card.families().iter().collect::<Vec<_>>(), [CardFamily::DesfireEv3]);
    /// ```
    pub fn families(&self) -> FamilySet {
        let rows = TABLE.iter().filter(|row| {
            self.atqa.0 & row.mask == row.atqa & row.mask && row.sak.is_none_or(|sak| sak == self.sak.0)
        });
        let answers = FamilySet(rows.fold(0, |bits, row| bits | row.families.0));
        answers.and(self.by_uid()).and(self.by_ats()).and(self.by_version())
    }

    /// Ultralight and DESFire have seven bytes; later generations of DESFire may draw four at random instead, and phones
    /// always do (inferred).
    fn by_uid(&self) -> FamilySet {
        match self.uid {
            None => FamilySet(u16::MAX),
            Some(uid) if uid.is_random() => FamilySet(!FamilySet::of(&[Ultralight, UltralightC, Desfire]).0),
            Some(uid) if uid.as_bytes().len() == 4 => {
                FamilySet(!FamilySet::of(&[Ultralight, UltralightC, Mifare2Go]).0 & !FamilySet::of(DESFIRE).0)
            }
            Some(_) => FamilySet(!FamilySet::of(&[Mifare2Go]).0),
        }
    }

    fn by_ats(&self) -> FamilySet {
        let historical = self.ats.and_then(historical_bytes);
        let known = HISTORICAL.iter().find(|(bytes, _)| Some(*bytes) == historical);
        known.map_or(FamilySet(u16::MAX), |(_, families)| *families)
    }

    /// The type byte: low half the product, high half whether it is a chip (0), an implementation on a controller (8), an
    /// applet (9) or a phone (A). The major version tells the generation.
    fn by_version(&self) -> FamilySet {
        let Some([vendor, kind, _subtype, major, ..]) = self.version else { return FamilySet(u16::MAX) };
        match (vendor, kind >> 4, kind & 0x0F, major) {
            (0x04, 0xA, _, _) => FamilySet::of(&[Mifare2Go]),
            (0x04, 0x8 | 0x9, _, _) => FamilySet::of(&[SmartMx, Mifare2Go]),
            (0x04, 0, 1, 0x00) => FamilySet::of(&[Desfire]),
            (0x04, 0, 1, 0x01) => FamilySet::of(&[DesfireEv1]),
            (0x04, 0, 1, 0x12 | 0x22) => FamilySet::of(&[DesfireEv2]),
            (0x04, 0, 1, 0x33) => FamilySet::of(&[DesfireEv3]),
            (0x04, 0, 2, 0x22) => FamilySet::of(&[PlusEv2]),
            (0x04, 0, 3, _) => FamilySet::of(&[Ultralight]),
            _ => FamilySet(0),
        }
    }
}

/// What follows the interface bytes in an ATS; `None` if it is shorter than it says (ISO 14443-4 §5.2).
fn historical_bytes(ats: &[u8]) -> Option<&[u8]> {
    let ats = ats.get(..usize::from(*ats.first()?))?;
    let interface_bytes = ats.get(1).map_or(0, |format| (format >> 4 & 0b111).count_ones() as usize);
    Some(ats.get(2 + interface_bytes..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn families(
        atqa: u16,
        sak: u8,
        uid: &str,
        ats: Option<&[u8]>,
        version: Option<&[u8]>,
    ) -> Vec<CardFamily> {
        let uid = Uid::parse(uid).ok();
        CardAnswer { atqa: Atqa(atqa), sak: Sak(sak), uid, ats, version }.families().iter().collect()
    }

    const SEVEN: &str = "04567DAA5F3580";

    #[test]
    fn atqa_and_sak_give_the_rows_of_the_manual() {
        let by_answer = |atqa, sak, uid| families(atqa, sak, uid, None, None);
        let plus_desfire = [PlusS, PlusX, PlusSe, PlusEv2];
        assert_eq!(by_answer(0x0004, 0x08, "0A0E9B83"), [Classic1K, PlusS, PlusX, PlusSe, PlusEv2, SmartMx]);
        assert_eq!(by_answer(0x0044, 0x08, SEVEN), [Classic1K, PlusS, PlusX, PlusSe, PlusEv2]);
        assert_eq!(by_answer(0x0002, 0x18, "0A0E9B83"), [Classic4K, PlusS, PlusX, PlusEv2, SmartMx]);
        assert_eq!(by_answer(0x0042, 0x18, SEVEN), [Classic4K, PlusS, PlusX, PlusEv2]);
        assert_eq!(by_answer(0x0044, 0x00, SEVEN), [Ultralight, UltralightC]);
        assert_eq!(by_answer(0x0044, 0x10, SEVEN), [PlusS, PlusX]);
        assert_eq!(by_answer(0x0042, 0x11, SEVEN), [PlusS, PlusX]);
        assert_eq!(by_answer(0x0044, 0x20, SEVEN), plus_desfire);
        assert_eq!(by_answer(0x0344, 0x20, SEVEN), [Desfire, DesfireEv1, DesfireEv2, DesfireEv3]);
        assert_eq!(
            by_answer(0x0304, 0x20, "08A1B2C3"),
            [DesfireEv1, DesfireEv2, DesfireEv3, Mifare2Go, SmartMx]
        );
        assert_eq!(by_answer(0x0304, 0x20, "18A1B2C3"), [SmartMx], "a fixed single UID is no DESFire");
        assert_eq!(by_answer(0x0048, 0x20, SEVEN), [SmartMx]);
        assert_eq!(by_answer(0x0344, 0x20, "").len(), 5, "without a UID a phone is possible");
        assert_eq!(by_answer(0x0008, 0x28, "0A0E9B83"), []);
    }

    #[test]
    fn the_ats_tells_the_plus_generations() {
        let by_ats = |ats: &[u8]| families(0x0044, 0x20, SEVEN, Some(ats), None);
        assert_eq!(
            by_ats(&[0x0C, 0x75, 0x77, 0x80, 0x02, 0xC1, 0x05, 0x2F, 0x2F, 0x01, 0xBC, 0xD6]),
            [PlusX]
        );
        assert_eq!(
            by_ats(&[0x0C, 0x75, 0x77, 0x80, 0x02, 0xC1, 0x05, 0x2F, 0x2F, 0x00, 0x35, 0xC7]),
            [PlusS]
        );
        assert_eq!(
            by_ats(&[0x0C, 0x75, 0x77, 0x80, 0x02, 0xC1, 0x05, 0x21, 0x30, 0x00, 0xF6, 0xD1]),
            [PlusSe]
        );
        assert_eq!(by_ats(&[0x0C, 0x75, 0x77]), [PlusS, PlusX, PlusSe, PlusEv2], "too short: says nothing");
        let desfire = families(0x0344, 0x20, SEVEN, Some(&[0x06, 0x75, 0x77, 0x81, 0x02, 0x80]), None);
        assert_eq!(desfire, [Desfire, DesfireEv1, DesfireEv2, DesfireEv3]);
        assert_eq!(historical_bytes(&[]), None);
        assert_eq!(historical_bytes(&[1]), Some(&[][..]));
        assert_eq!(historical_bytes(&[3, 0x00, 0x80]), Some(&[0x80][..]));
    }

    #[test]
    fn get_version_tells_the_generation() {
        let desfire =
            |kind, major| families(0x0344, 0x20, SEVEN, None, Some(&[0x04, kind, 0x01, major, 0x00]));
        assert_eq!(desfire(0x01, 0x00), [Desfire]);
        assert_eq!(desfire(0x01, 0x01), [DesfireEv1]);
        assert_eq!(desfire(0x01, 0x12), [DesfireEv2]);
        assert_eq!(desfire(0x01, 0x22), [DesfireEv2]);
        assert_eq!(desfire(0x01, 0x33), [DesfireEv3]);
        assert_eq!(desfire(0x01, 0xA0), [], "a generation the manual does not list");
        assert_eq!(families(0x0304, 0x20, "08A1B2C3", None, Some(&[0x04, 0xA1, 1, 0x12])), [Mifare2Go]);
        assert_eq!(
            families(0x0304, 0x20, "08A1B2C3", None, Some(&[0x04, 0x81, 1, 0x42])),
            [Mifare2Go, SmartMx]
        );
        assert_eq!(families(0x0044, 0x20, SEVEN, None, Some(&[0x04, 0x02, 1, 0x22])), [PlusEv2]);
        assert_eq!(families(0x0044, 0x00, SEVEN, None, Some(&[0x04, 0x03, 1, 0x01])), [Ultralight]);
        assert_eq!(families(0x0344, 0x20, SEVEN, None, Some(&[0x05, 0x01, 1, 0x01])), [], "another maker");
        assert_eq!(families(0x0344, 0x20, SEVEN, None, Some(&[0x04])).len(), 4, "too short: says nothing");
    }
}
