//! What the scenario does to the site, and when.

use super::scenario::{EventEntry, Scenario};
use crate::back_end::Command;

/// What the scenario does at a time.
#[derive(Debug, Clone)]
pub enum Deed {
    /// The central system goes away or comes back.
    BackEnd {
        /// Is it away from now on?
        away: bool,
    },
    /// The meter goes silent or comes back.
    Meter {
        /// Is it silent from now on?
        away: bool,
    },
    /// The meter answers garbage, or properly again.
    Garbage(bool),
    /// The energy manager gives the site a limit in milliamperes, or none.
    Available(Option<u32>),
    /// The central system calls a station.
    Command(String, Command),
}

/// What the scenario does, the next deed last. Nothing starts in the last minute; what is away comes back before the end.
pub fn agenda(scenario: &Scenario) -> Vec<(u64, Deed)> {
    let end = u64::from(scenario.minutes) * 60_000;
    let ms = |minute: u32| u64::from(minute) * 60_000;
    let mut deeds = Vec::new();
    let mut span = |at: u32, minutes: u32, begin: Deed, finish: Deed| {
        if ms(at) < end {
            deeds.push((ms(at), begin));
            deeds.push((ms(at + minutes).min(end), finish));
        }
    };
    for event in &scenario.event {
        match event {
            EventEntry::BackEndLoss { at, minutes } => {
                span(*at, *minutes, Deed::BackEnd { away: true }, Deed::BackEnd { away: false });
            }
            EventEntry::MeterLoss { at, minutes } => {
                span(*at, *minutes, Deed::Meter { away: true }, Deed::Meter { away: false });
            }
            EventEntry::MeterGarbage { at, minutes } => {
                span(*at, *minutes, Deed::Garbage(true), Deed::Garbage(false));
            }
            EventEntry::EnergyManager { at, minutes, limit } => {
                span(*at, *minutes, Deed::Available(Some(limit * 1000)), Deed::Available(None));
            }
            _ => {}
        }
    }
    let commands = scenario.event.iter().filter_map(command).filter(|(at, ..)| ms(*at) < end);
    deeds.extend(commands.map(|(at, station, command)| (ms(at), Deed::Command(station, command))));
    deeds.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    deeds
}

fn command(event: &EventEntry) -> Option<(u32, String, Command)> {
    Some(match event {
        EventEntry::RemoteStart { at, station, connector, id_tag } => {
            (*at, station.clone(), Command::RemoteStart { connector: *connector, id_tag: id_tag.clone() })
        }
        EventEntry::RemoteStop { at, station, connector } => {
            (*at, station.clone(), Command::RemoteStop { connector: *connector })
        }
        EventEntry::ChargingProfile { at, station, connector, limit, minutes } => {
            let command = Command::Limit { connector: *connector, amps: *limit, seconds: *minutes * 60 };
            (*at, station.clone(), command)
        }
        EventEntry::UnsupportedCall { at, station } => (*at, station.clone(), Command::Unsupported),
        _ => return None,
    })
}
