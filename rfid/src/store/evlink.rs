//! The badge list of an EVlink station (commissioning guide, "Authentification").
//!
//! Number, identifier, type and comment are documented fields. The words of the header and of the types are *inferred*,
//! and the vendor says that a list edited outside the station is refused on import, so the real file is protected in
//! some way nobody has described: a file written here is for other uses unless that is shown to work.

use core::fmt;

use super::{Card, Refusal, Store};
use crate::csv::Label;
use crate::policy::{Listed, Role, Status};
use crate::sheet::{Column, ImportError, Line, Problem, SheetCard};
use crate::uid::{Uid, UidFormat};

/// A badge of an EVlink station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge<'t> {
    /// Number the station gave it.
    pub number: u32,
    /// Its UID.
    pub uid: Uid,
    /// What it may do.
    pub kind: BadgeKind,
    /// Comment of at most 50 characters, shown in the charge history.
    pub comment: Label<'t>,
}

/// What a badge may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BadgeKind {
    /// Charge.
    User,
    /// Charge with precedence, in a cluster.
    Vip,
    /// Add and remove user badges and end any session, but never charge.
    Admin,
}

impl BadgeKind {
    const WORDS: [(&'static str, Self); 4] =
        [("User", Self::User), ("VIP", Self::Vip), ("Admin", Self::Admin), ("Utilisateur", Self::User)];

    fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

impl Badge<'_> {
    /// Most characters of a comment.
    pub const COMMENT_MAX: usize = 50;

    /// A badge without comment.
    pub const fn new(number: u32, uid: Uid, kind: BadgeKind) -> Self {
        Self { number, uid, kind, comment: Label::EMPTY }
    }

    /// What the policy has to know.
    pub fn listed(&self) -> Listed {
        let role = match self.kind {
            BadgeKind::User => Role::User,
            BadgeKind::Vip => Role::Vip,
            BadgeKind::Admin => Role::Admin,
        };
        Listed { status: Status::Accepted, role }
    }
}

/// What teach-in at the reader does to the list.
impl Store<'_, Badge<'_>> {
    /// Adds a badge as a user badge without comment and returns the number it got, the one after the highest.
    ///
    /// # Errors
    ///
    /// [`Refusal`]; the list is then unchanged.
    pub fn learn(&mut self, uid: Uid) -> Result<u32, Refusal> {
        let highest = self.iter().map(|badge| badge.number).max().unwrap_or_default();
        let number = highest.saturating_add(1);
        self.insert(Badge::new(number, uid, BadgeKind::User))?;
        Ok(number)
    }

    /// Takes a user badge out of the list and returns whether it was one; badges of the other kinds are managed on the web
    /// page only.
    pub fn forget(&mut self, uid: &Uid) -> bool {
        self.get(uid).is_some_and(|badge| badge.kind == BadgeKind::User) && self.remove(uid).is_some()
    }
}

impl Card for Badge<'_> {
    type Key = Uid;

    /// The guide names no limit.
    const LIMIT: usize = usize::MAX;

    fn key(&self) -> Uid {
        self.uid
    }

    fn check(&self) -> Result<(), Refusal> {
        let length = self.comment.chars().count();
        if self.uid.is_random() {
            Err(Refusal::RandomUid)
        } else if length > Self::COMMENT_MAX {
            Err(Refusal::CommentTooLong { length, max: Self::COMMENT_MAX })
        } else {
            Ok(())
        }
    }
}

const NUMBER: usize = 0;
const ID: usize = 1;
const KIND: usize = 2;
const COMMENT: usize = 3;

impl<'t> SheetCard<'t> for Badge<'t> {
    type Settings = ();

    const SEPARATOR: char = ';';

    const COLUMNS: &'static [Column] = &[
        Column {
            name: "number",
            aliases: &["no", "badge number", "numéro", "numéro de badge"],
            required: true,
        },
        Column { name: "id", aliases: &["identifier", "uid", "badge id", "identifiant"], required: true },
        Column { name: "type", aliases: &["badge type"], required: true },
        Column { name: "comment", aliases: &["commentaire"], required: false },
    ];

    fn read(line: &Line<'t>, (): ()) -> Result<Self, ImportError> {
        let count = "a number";
        let number = line.plain(NUMBER, count)?.parse().map_err(|_| line.error(NUMBER, count))?;
        let uid = Uid::parse(line.plain(ID, "a UID in hexadecimal")?);
        Ok(Self {
            number,
            uid: uid.map_err(|error| line.problem(ID, Problem::Uid(error)))?,
            kind: line.word(KIND, &BadgeKind::WORDS, "User, VIP or Admin")?,
            comment: line.get(COMMENT),
        })
    }

    fn write(&self, column: usize, (): (), out: &mut dyn fmt::Write) -> fmt::Result {
        match column {
            NUMBER => write!(out, "{}", self.number),
            ID => out.write_str(&self.uid.text(UidFormat::UPPER)),
            KIND => out.write_str(self.kind.as_str()),
            COMMENT => write!(out, "{}", self.comment),
            _ => Ok(()),
        }
    }

    fn same(&self, other: &Self, column: usize) -> bool {
        match column {
            NUMBER => self.number == other.number,
            ID => self.uid == other.uid,
            KIND => self.kind == other.kind,
            COMMENT => self.comment == other.comment,
            _ => true,
        }
    }

    fn is_absent(&self, column: usize) -> bool {
        column == COMMENT && self.comment.is_empty()
    }
}
