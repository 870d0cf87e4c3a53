//! Currents that stations take while their master is lost: each within its own limit, and all together within
//! what feeds them.
//!
//! Without the master nobody divides the current, so the sum over all connectors must fit.

use alloc::format;

use super::{Current, Role, Scope, StationModel};
use crate::finding::{Check, Finding};
use crate::units::Milliamps;

pub(super) fn findings(model: &StationModel) -> impl Iterator<Item = Finding> {
    let own = model.currents_of(Role::Disconnected).filter_map(|current| above_own_limit(model, current));
    own.chain(above_common_limit(model))
}

/// A connector may not take more without its master than with it.
fn above_own_limit(model: &StationModel, current: &Current) -> Option<Finding> {
    let connector = match current.scope {
        Scope::Connector(number) => number,
        Scope::EachConnector => 1,
        _ => return None,
    };
    let amount = current.setting.value;
    let limit = model.connector_limit(connector).filter(|limit| limit.setting.value < amount)?;
    let (key, most, origin) = (&current.setting.origin.key, limit.setting.value, &limit.setting.origin);
    let message = format!("`{key}` is {amount}, more than the {most} of {origin}; set at most {most}");
    Some(current.setting.origin.finding(Check::DisconnectedLimit, message))
}

/// All connectors together may not take more than the network, or the line that feeds them, may carry.
fn above_common_limit(model: &StationModel) -> Option<Finding> {
    let connectors = model.connectors.as_ref().map_or(1, |connectors| connectors.value);
    let shares = (1..=connectors).filter_map(|number| model.connector_current(Role::Disconnected, number));
    let (mut sum, mut count, mut last) = (0_u32, 0_u16, None);
    for share in shares.filter(|share| share.setting.value > Milliamps(0)) {
        sum = sum.saturating_add(share.setting.value.0);
        count += 1;
        last = Some(share);
    }
    let last = last.filter(|_| count > 1)?;
    let feeds = |current: &&Current| {
        current.role <= Role::Operator
            && matches!(current.scope, Scope::Main | Scope::SubDistribution | Scope::Network | Scope::Station)
    };
    let limit = model.currents.iter().filter(feeds).min_by_key(|current| current.setting.value)?;
    let (most, origin, sum) = (limit.setting.value, &limit.setting.origin, Milliamps(sum));
    let share = Milliamps(most.0 / u32::from(count) / 1000 * 1000);
    let least = Milliamps::IEC_MINIMUM;
    let right = if share < least { "set some to 0".into() } else { format!("set at most {share} each") };
    let message = format!(
        "without master {count} connectors take {sum} together, more than the {most} of {origin}; {right}"
    );
    (sum > most).then(|| last.setting.origin.finding(Check::DisconnectedLimit, message))
}
