//! Moving cards from one vendor's list to another's, with a report of what does not come along.
//!
//! No two lists say the same: KEBA knows an expiry date and stations, EVlink a type, Bender a connector. Whatever
//! the target cannot hold is named. Some losses only lose information; others would let a card charge where it could
//! not before, as a blocked card in a white list would. [`Converted::safe`] leaves such cards out.

use core::fmt;

use chrono::NaiveDate;

use crate::csv::Label;
use crate::policy::Role;
use crate::store::{
    Badge, BadgeKind, Card, KebaCard, KebaStatus, Refusal, Stations, Store, WhitelistEntry, WhitelistId,
};
use crate::uid::Why;

/// A card as all three lists together could describe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnyCard<'t> {
    /// What it is known by.
    pub id: WhitelistId,
    /// Name or comment.
    pub name: Label<'t>,
    /// Last day it is valid.
    pub expires: Option<NaiveDate>,
    /// Whether it may charge at all.
    pub status: KebaStatus<'t>,
    /// What it may do.
    pub role: Role,
    /// Where it may charge.
    pub stations: Stations<'t>,
    /// The only connector it may charge at.
    pub connector: Option<u8>,
    /// Number in the list.
    pub number: Option<u32>,
}

/// What a target list cannot say about a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// Its name or comment.
    Name,
    /// Its number in the list.
    Number,
    /// Its precedence.
    Priority,
    /// That it is the master card; it becomes an ordinary one.
    Master,
    /// That it may teach in and stop but not charge.
    Admin,
    /// The end of its validity.
    Expiry,
    /// That it is blocked.
    Blocked,
    /// The stations it is limited to.
    Stations,
    /// The connector it is limited to.
    Connector,
    /// Itself: the list holds cards only, and this is the address of a car.
    Mac,
}

impl Loss {
    const ALL: [Self; 10] = [
        Self::Name,
        Self::Number,
        Self::Priority,
        Self::Master,
        Self::Admin,
        Self::Expiry,
        Self::Blocked,
        Self::Stations,
        Self::Connector,
        Self::Mac,
    ];

    /// Whether the card could charge where it could not before.
    pub fn widens(self) -> bool {
        matches!(self, Self::Admin | Self::Expiry | Self::Blocked | Self::Stations | Self::Connector)
    }
}

/// One word, for a report.
impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Number => "number",
            Self::Priority => "priority",
            Self::Master => "master",
            Self::Admin => "admin",
            Self::Expiry => "expiry",
            Self::Blocked => "blocked",
            Self::Stations => "stations",
            Self::Connector => "connector",
            Self::Mac => "mac",
        })
    }
}

/// A set of losses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Losses(u16);

impl Losses {
    /// The losses, in the order of [`Loss`].
    pub fn iter(self) -> impl Iterator<Item = Loss> {
        Loss::ALL.into_iter().filter(move |loss| self.0 & 1 << *loss as u16 != 0)
    }

    /// Whether nothing is lost.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the card could charge where it could not before.
    pub fn widen(self) -> bool {
        self.iter().any(Loss::widens)
    }

    fn note(&mut self, loss: Loss, happens: bool) {
        self.0 |= u16::from(happens) << loss as u16;
    }
}

/// A card in the target's terms, and what it lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted<C> {
    /// The card; `None` if the target has no way to name it.
    pub card: Option<C>,
    /// What is lost.
    pub lost: Losses,
}

impl<C> Converted<C> {
    /// The card, unless the conversion would let it charge where it could not before.
    pub fn safe(self) -> Option<C> {
        self.card.filter(|_| !self.lost.widen())
    }
}

/// A vendor's card that can be described in the terms of all.
pub trait Exchange<'t>: Card {
    /// Everything the list says about the card.
    fn describe(&self) -> AnyCard<'t>;

    /// The card for a list of this vendor. `station` is the serial number of the station the list is for, which decides
    /// about cards limited to stations where the list itself cannot; `number` is free in the list.
    fn adopt(card: &AnyCard<'t>, station: Option<&str>, number: u32) -> Converted<Self>;
}

impl<'t> Exchange<'t> for KebaCard<'t> {
    fn describe(&self) -> AnyCard<'t> {
        AnyCard {
            id: WhitelistId::Card(self.uid),
            name: self.name,
            expires: self.expires,
            status: self.status,
            role: if self.master { Role::Master } else { Role::User },
            stations: self.stations,
            connector: None,
            number: None,
        }
    }

    fn adopt(card: &AnyCard<'t>, _station: Option<&str>, _number: u32) -> Converted<Self> {
        let mut lost = Losses::default();
        lost.note(Loss::Number, card.number.is_some());
        lost.note(Loss::Priority, card.role == Role::Vip);
        lost.note(Loss::Admin, card.role == Role::Admin);
        lost.note(Loss::Connector, card.connector.is_some());
        let WhitelistId::Card(uid) = card.id else { return without_card(lost) };
        let adopted = Self {
            uid,
            why: Why::AsWritten,
            name: card.name,
            expires: card.expires,
            master: card.role == Role::Master,
            status: card.status,
            stations: card.stations,
        };
        Converted { card: Some(adopted), lost }
    }
}

impl<'t> Exchange<'t> for Badge<'t> {
    fn describe(&self) -> AnyCard<'t> {
        AnyCard {
            id: WhitelistId::Card(self.uid),
            name: self.comment,
            expires: None,
            status: KebaStatus::Accepted,
            role: self.listed().role,
            stations: Stations::ALL,
            connector: None,
            number: Some(self.number),
        }
    }

    fn adopt(card: &AnyCard<'t>, station: Option<&str>, number: u32) -> Converted<Self> {
        let mut lost = restrictions(card, station);
        let fits = card.name.chars().count() <= Self::COMMENT_MAX;
        lost.note(Loss::Name, !fits);
        lost.note(Loss::Number, card.number.is_some_and(|old| old != number));
        lost.note(Loss::Master, card.role == Role::Master);
        lost.note(Loss::Connector, card.connector.is_some());
        let WhitelistId::Card(uid) = card.id else { return without_card(lost) };
        let kind = match card.role {
            Role::User | Role::Master => BadgeKind::User,
            Role::Vip => BadgeKind::Vip,
            Role::Admin => BadgeKind::Admin,
        };
        let comment = if fits { card.name } else { Label::EMPTY };
        Converted { card: Some(Self { number, uid, kind, comment }), lost }
    }
}

impl<'t> Exchange<'t> for WhitelistEntry {
    fn describe(&self) -> AnyCard<'t> {
        AnyCard {
            id: self.id,
            name: Label::EMPTY,
            expires: None,
            status: KebaStatus::Accepted,
            role: Role::User,
            stations: Stations::ALL,
            connector: self.connector,
            number: None,
        }
    }

    fn adopt(card: &AnyCard<'t>, station: Option<&str>, _number: u32) -> Converted<Self> {
        let mut lost = restrictions(card, station);
        lost.note(Loss::Name, !card.name.is_empty());
        lost.note(Loss::Number, card.number.is_some());
        lost.note(Loss::Priority, card.role == Role::Vip);
        lost.note(Loss::Master, card.role == Role::Master);
        lost.note(Loss::Admin, card.role == Role::Admin);
        Converted { card: Some(Self { id: card.id, connector: card.connector }), lost }
    }
}

/// What a list without status, date and stations loses. A limit that allows the target's own station loses nothing there.
fn restrictions(card: &AnyCard<'_>, station: Option<&str>) -> Losses {
    let mut lost = Losses::default();
    lost.note(Loss::Expiry, card.expires.is_some());
    lost.note(Loss::Blocked, card.status != KebaStatus::Accepted);
    let allowed = card.stations.is_all() || station.is_some_and(|serial| card.stations.allow(serial));
    lost.note(Loss::Stations, !allowed);
    lost
}

fn without_card<C>(mut lost: Losses) -> Converted<C> {
    lost.note(Loss::Mac, true);
    Converted { card: None, lost }
}

/// Adds the cards of one list to another as far as that is [safe](Converted::safe). `report` hears of every card that loses
/// something or is refused, with its position in `from`, from 0; numbers continue those of the target.
pub fn convert_list<'a, 't: 'a, A: Exchange<'t> + 'a, B: Exchange<'t>>(
    from: impl IntoIterator<Item = &'a A>,
    to: &mut Store<'_, B>,
    station: Option<&str>,
    mut report: impl FnMut(usize, &A, Losses, Result<(), Refusal>),
) -> usize {
    let mut number = to.iter().filter_map(|card| card.describe().number).max().unwrap_or(0);
    let mut added = 0;
    for (at, card) in from.into_iter().enumerate() {
        let next = number.saturating_add(1);
        let converted = B::adopt(&card.describe(), station, next);
        let result = match converted.safe() {
            Some(adopted) => to.insert(adopted).map(|()| {
                number = next;
                added += 1;
            }),
            None => Ok(()),
        };
        if !converted.lost.is_empty() || result.is_err() {
            report(at, card, converted.lost, result);
        }
    }
    added
}
