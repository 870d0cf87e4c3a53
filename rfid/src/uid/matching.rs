//! What a lossy written form may stand for, and which card of a list it can only be.
//!
//! A form that pads, cuts or reverses does not name one UID. It is read into candidates, each with its reason, and
//! held against a list: one card fits, several do, or none.

use core::fmt;

use super::Uid;

/// Whole UIDs and parts of UIDs a lossy form may stand for, the likeliest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    items: [Option<Candidate>; Self::MAX],
}

/// One reading of a lossy form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What the form may stand for.
    pub reading: Reading,
    /// Which loss would have led to it.
    pub why: Why,
}

/// A whole UID or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// All bytes are known.
    Whole(Uid),
    /// Some bytes are lost.
    Part(Fragment),
}

/// Some neighbouring bytes of a longer UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The known bytes; a value that is not a whole UID, but of the same shape.
    known: Uid,
    place: Place,
}

/// Where the known bytes of a [`Fragment`] stand in the canonical order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// They are the first ones.
    Start,
    /// They are the last ones.
    End,
}

/// Why a form may stand for a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// Read as it stands.
    AsWritten,
    /// Bytes in the opposite order.
    Reversed,
    /// As it stands, and the second byte is a known maker of ISO 15693 tags.
    KnownMaker,
    /// Zero bytes at the end were padding.
    Padding {
        /// How many.
        bytes: u8,
    },
    /// The form ends where the UID may go on.
    Cut,
    /// As [`Why::Cut`], and with the bytes in opposite order.
    CutReversed,
}

/// What a lossy form means against a list of UIDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// No card of the list fits.
    None,
    /// Exactly one card fits.
    Unique {
        /// That card.
        uid: Uid,
        /// How it fits.
        why: Why,
    },
    /// Two different cards fit, perhaps more. Neither may be taken for the other.
    Ambiguous {
        /// The first that fits.
        first: Uid,
        /// Another that fits.
        second: Uid,
    },
}

impl Candidates {
    const MAX: usize = 4;

    /// The candidates, the likeliest first.
    pub fn iter(&self) -> impl Iterator<Item = &Candidate> {
        self.items.iter().flatten()
    }

    /// The candidates that are whole UIDs, the likeliest first.
    pub fn whole(&self) -> impl Iterator<Item = Uid> {
        self.iter().filter_map(|candidate| match candidate.reading {
            Reading::Whole(uid) => Some(uid),
            Reading::Part(_) => None,
        })
    }

    /// Whether the form stands for no card at all.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The reason `uid` may be meant, if it may.
    pub fn why(&self, uid: &Uid) -> Option<Why> {
        self.iter().find(|candidate| candidate.reading.fits(uid)).map(|candidate| candidate.why)
    }

    /// Holds the form against a list of UIDs; a UID listed twice counts once. Linear in the list.
    pub fn find_in(&self, list: impl IntoIterator<Item = Uid>) -> Match {
        let mut found = None;
        for uid in list {
            match (self.why(&uid), found) {
                (None, _) => {}
                (Some(why), None) => found = Some((uid, why)),
                (Some(_), Some((first, _))) if first == uid => {}
                (Some(_), Some((first, _))) => return Match::Ambiguous { first, second: uid },
            }
        }
        found.map_or(Match::None, |(uid, why)| Match::Unique { uid, why })
    }

    /// Adds a whole UID unless it is there already.
    pub(super) fn push_whole(&mut self, uid: Uid, why: Why) {
        self.push(Candidate { reading: Reading::Whole(uid), why });
    }

    /// Adds the known bytes of a longer UID unless they are there already.
    pub(super) fn push_part(&mut self, known: Uid, place: Place, why: Why) {
        self.push(Candidate { reading: Reading::Part(Fragment { known, place }), why });
    }

    fn push(&mut self, candidate: Candidate) {
        if self.iter().any(|known| known.reading == candidate.reading) {
            return;
        }
        if let Some(slot) = self.items.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some(candidate);
        }
    }
}

/// In words, for a report.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsWritten => f.write_str("as written"),
            Self::Reversed => f.write_str("bytes in opposite order"),
            Self::KnownMaker => f.write_str("as written, by a known maker of ISO 15693 tags"),
            Self::Padding { bytes: 1 } => f.write_str("without one zero byte of padding"),
            Self::Padding { bytes } => write!(f, "without {bytes} zero bytes of padding"),
            Self::Cut => f.write_str("part of a longer UID"),
            Self::CutReversed => f.write_str("part of a longer UID, bytes in opposite order"),
        }
    }
}

impl Reading {
    /// The bytes that are known, whole UID or not.
    pub fn known(&self) -> &Uid {
        match self {
            Self::Whole(uid) => uid,
            Self::Part(part) => &part.known,
        }
    }

    /// Whether `uid` may be the one that was written.
    pub fn fits(&self, uid: &Uid) -> bool {
        match self {
            Self::Whole(whole) => whole == uid,
            Self::Part(part) => part.fits(uid),
        }
    }
}

impl Fragment {
    /// The known bytes, in canonical order.
    pub fn as_bytes(&self) -> &[u8] {
        self.known.as_bytes()
    }

    /// Where they stand in the whole.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Whether `uid` is longer than the fragment and holds it in its place.
    pub fn fits(&self, uid: &Uid) -> bool {
        let (known, whole) = (self.as_bytes(), uid.as_bytes());
        whole.len() > known.len()
            && match self.place {
                Place::Start => whole.starts_with(known),
                Place::End => whole.ends_with(known),
            }
    }
}
