//! A station's settings as configuration of the load manager of `evkit-dlm` (feature `dlm`).
//!
//! Roles keep their names: maker, electrician and operator bind in the same order there. What a file does not say is
//! left as the load manager has it.

use evkit_dlm::controller::{EvseConfig, Minimum};
use evkit_dlm::limits::{self, Limit, LimitSet, LimitSetFull};
use evkit_dlm::phases::{self, Phase, Terminals};
use evkit_dlm::units;

use crate::station::{Current, Role, Rotation, Scope, StationModel};

/// The load manager's name of a role that limits all the time; the others are no limits there.
const fn role(role: Role) -> Option<limits::Role> {
    match role {
        Role::Hardware => Some(limits::Role::Hardware),
        Role::Installation => Some(limits::Role::Installation),
        Role::Operator => Some(limits::Role::Operator),
        _ => None,
    }
}

const fn amps(current: &Current) -> units::Milliamps {
    units::Milliamps(current.setting.value.0)
}

impl StationModel {
    /// Connector `connector` (from 1) as an EVSE on node `node`: limits, least currents, wiring, and what it falls to
    /// without the load manager, which is nothing where the file does not say.
    ///
    /// # Errors
    /// [`LimitSetFull`] if the load manager has fewer places than there are roles.
    pub fn evse(&self, connector: u16, node: u16) -> Result<EvseConfig, LimitSetFull> {
        let mut evse = EvseConfig::on(node);
        for own in [Role::Hardware, Role::Installation, Role::Operator] {
            if let Some((current, role)) = self.connector_current(own, connector).zip(role(own)) {
                evse.limits.set(Limit::new(role, amps(current)))?;
            }
        }
        let least = |phases| self.current_for(Role::Minimum, connector, phases);
        evse.minimum = Minimum {
            single_phase: least(1).unwrap_or(evse.minimum.single_phase),
            multi_phase: least(3).unwrap_or(evse.minimum.multi_phase),
        };
        evse.disconnected = self.current_for(Role::Disconnected, connector, 3).unwrap_or(evse.disconnected);
        let wiring = self.rotations.iter().find(|wiring| wiring.connector.is_none_or(|own| own == connector));
        if let Some(wiring) = wiring {
            let Rotation(lines) = wiring.setting.value;
            evse.rotation = wiring.setting.value.into();
            evse.wired = Terminals::from_flags(lines.map(|line| line.is_some()));
        }
        Ok(evse)
    }

    /// The limits of what feeds the stations: one set for a node of the load manager's tree.
    ///
    /// # Errors
    /// [`LimitSetFull`] if the load manager has fewer places than there are roles.
    pub fn node_limits(&self, scope: Scope) -> Result<LimitSet, LimitSetFull> {
        let mut set = LimitSet::default();
        for own in [Role::Hardware, Role::Installation, Role::Operator] {
            let here = || self.currents_of(own).filter(|current| current.scope == scope);
            let Some(role) = role(own).filter(|_| here().next().is_some()) else { continue };
            // Lines the file does not name are not limited.
            let line = |number: u8| {
                let holds = here().filter(|current| current.line.is_none_or(|line| line == number));
                holds.map(amps).min().unwrap_or(units::Milliamps(u32::MAX))
            };
            set.set(Limit::per_phase(role, [line(1), line(2), line(3)]))?;
        }
        Ok(set)
    }

    /// The current of a role for cars on so many phases.
    fn current_for(&self, role: Role, connector: u16, phases: u8) -> Option<units::Milliamps> {
        let holds = |current: &&Current| {
            let here = current.scope == Scope::EachConnector || current.scope == Scope::Connector(connector);
            here && current.phases.is_none_or(|own| own == phases)
        };
        self.currents_of(role).filter(holds).map(amps).min()
    }
}

/// Terminals that are not wired take the lines left over, in their order; no current flows there.
impl From<Rotation> for phases::Rotation {
    fn from(Rotation(lines): Rotation) -> Self {
        let mut left = [1, 2, 3].into_iter().filter(|line| !lines.contains(&Some(*line)));
        let wiring = lines.map(|line| match line.or_else(|| left.next()) {
            Some(1) => Phase::L1,
            Some(2) => Phase::L2,
            _ => Phase::L3,
        });
        Self::from_wiring(wiring).unwrap_or(Self::Unknown)
    }
}
