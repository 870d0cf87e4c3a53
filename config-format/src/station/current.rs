//! Currents of a station, who binds whom, and what no current may be.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Setting, StationModel};
use crate::finding::{Check, Finding};
use crate::units::Milliamps;

/// One current of the file and what it bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// Who set the bound, or when it holds.
    pub role: Role,
    /// What it bounds.
    pub scope: Scope,
    /// If given, it holds for cars on so many phases only.
    pub phases: Option<u8>,
    /// If given, it holds for this supply line only (1 to 3); else for each phase.
    pub line: Option<u8>,
    /// The current per phase.
    pub setting: Setting<Milliamps>,
}

/// Who set a current, or when it holds. The first three are in the order of who binds whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// The maker's limit.
    Hardware,
    /// The electrician's limit.
    Installation,
    /// The operator's limit.
    Operator,
    /// Below this a session waits instead of charging.
    Minimum,
    /// Limit while master or energy manager cannot be reached; 0 stops.
    Disconnected,
    /// Limit while a load-shedding input is active; 0 stops.
    LoadShedding,
    /// Limit for cars that do not load all phases alike.
    Asymmetry,
}

/// What a current bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Scope {
    /// The main connection of the building.
    Main,
    /// The sub-distribution that feeds the stations.
    SubDistribution,
    /// All stations of a charging network or cluster together.
    Network,
    /// The whole station, or the one feed line of a double station.
    Station,
    /// Each connector alone.
    EachConnector,
    /// This connector, from 1.
    Connector(u16),
}

impl StationModel {
    /// The currents of one role.
    pub fn currents_of(&self, role: Role) -> impl Iterator<Item = &Current> {
        self.currents.iter().filter(move |current| current.role == role)
    }

    /// The lowest current of this role that holds for one connector alone, on all phases: its own or the one
    /// for each.
    #[must_use]
    pub fn connector_current(&self, role: Role, connector: u16) -> Option<&Current> {
        let holds = |current: &&Current| {
            let here =
                matches!(current.scope, Scope::EachConnector) || current.scope == Scope::Connector(connector);
            here && current.line.is_none() && current.phases.is_none_or(|phases| phases == 3)
        };
        self.currents_of(role).filter(holds).min_by_key(|current| current.setting.value)
    }

    /// The lowest limit for one connector: hardware, installation and operator limits of the connector and of
    /// the station.
    #[must_use]
    pub fn connector_limit(&self, connector: u16) -> Option<&Current> {
        let limits = [Role::Hardware, Role::Installation, Role::Operator];
        let own = limits.iter().filter_map(|&role| self.connector_current(role, connector));
        own.chain(self.station_limit()).min_by_key(|current| current.setting.value)
    }

    /// The lowest limit for the whole station on all phases.
    #[must_use]
    pub fn station_limit(&self) -> Option<&Current> {
        let limit = |current: &&Current| {
            current.scope == Scope::Station && current.role <= Role::Operator && current.line.is_none()
        };
        self.currents.iter().filter(limit).min_by_key(|current| current.setting.value)
    }

    /// Adds a current in place of an earlier one for the same: of duplicates the last one counts.
    pub(crate) fn put_current(&mut self, current: Option<Current>) {
        if let Some(current) = current {
            self.currents.retain(|other| other.subject() != current.subject());
            self.currents.push(current);
        }
    }
}

impl Current {
    /// What the current is about: everything but the number.
    fn subject(&self) -> (Role, Scope, Option<u8>, Option<u8>) {
        (self.role, self.scope, self.phases, self.line)
    }

    fn amount(&self) -> Milliamps {
        self.setting.value
    }

    /// Whether it bounds what cars may draw all the time.
    fn is_limit(&self) -> bool {
        self.role <= Role::Operator
    }

    fn is_for_connectors(&self) -> bool {
        matches!(self.scope, Scope::EachConnector | Scope::Connector(_))
    }

    /// Whether `other` must not exceed this limit: the same thing limited by somebody stronger, or a
    /// connector by its station.
    fn binds(&self, other: &Self) -> bool {
        let on_line = self.line.is_none_or(|line| other.line == Some(line));
        let each = self.scope == Scope::EachConnector && other.is_for_connectors();
        let stronger = (self.scope == other.scope || each) && self.role < other.role;
        let station = self.scope == Scope::Station && other.is_for_connectors() && self.role <= other.role;
        self.is_limit() && other.is_limit() && on_line && (stronger || station)
    }

    fn finding(&self, check: Check, message: String) -> Finding {
        self.setting.origin.finding(check, message)
    }
}

/// Compares currents with each other and with the 6 A of IEC 61851-1. `phases` is how the station is
/// connected.
pub(super) fn findings(currents: &[Current], phases: Option<u8>) -> Vec<Finding> {
    let each = currents.iter().flat_map(|current| {
        let above = above_limit(currents, current);
        above.into_iter().chain(below_minimum(current).or_else(|| below_floor(currents, current, phases)))
    });
    each.collect()
}

/// The order of limits is maker, electrician, operator; and no connector may have more than its station.
fn above_limit(currents: &[Current], low: &Current) -> Option<Finding> {
    let broken = currents.iter().filter(|high| high.binds(low) && low.amount() > high.amount());
    let high = broken.min_by_key(|high| high.amount())?;
    let (key, origin, most) = (&low.setting.origin.key, &high.setting.origin, high.amount());
    let message =
        format!("`{key}` is {}, more than the {most} of {origin}; set at most {most}", low.amount());
    Some(low.finding(Check::LimitAboveLimit, message))
}

/// A current that lets cars charge is at least 6 A, or 0 where 0 means stop.
fn below_minimum(current: &Current) -> Option<Finding> {
    let zero_stops = !matches!(current.role, Role::Hardware | Role::Installation | Role::Minimum);
    let amount = current.amount();
    let least = Milliamps::IEC_MINIMUM;
    if amount >= least || (zero_stops && amount == Milliamps(0)) {
        return None;
    }
    let (key, zero) = (&current.setting.origin.key, if zero_stops { "0 or " } else { "" });
    let message = format!(
        "`{key}` is {amount}, but IEC 61851-1 knows no current below {least}; set {zero}at least {least}"
    );
    Some(current.finding(Check::BelowMinimum, message))
}

/// A current below the station's own floor lets nobody charge.
fn below_floor(currents: &[Current], current: &Current, phases: Option<u8>) -> Option<Finding> {
    let amount = current.amount();
    let bounds = matches!(current.role, Role::Operator | Role::Disconnected | Role::LoadShedding);
    if !bounds || !current.is_for_connectors() || amount == Milliamps(0) {
        return None;
    }
    let applies = |floor: &&Current| {
        floor.role == Role::Minimum
            && floor.phases.is_none_or(|floor| current.phases.or(phases) == Some(floor))
    };
    let floor = currents.iter().filter(applies).max_by_key(|floor| floor.amount())?;
    if amount >= floor.amount() {
        return None;
    }
    let (key, origin, least) = (&current.setting.origin.key, &floor.setting.origin, floor.amount());
    let message = format!(
        "`{key}` is {amount}, but below the {least} of {origin} nobody charges; set 0 or at least {least}"
    );
    Some(current.finding(Check::BelowFloor, message))
}
