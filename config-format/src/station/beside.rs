//! Stations beside each other: what is right for each file and wrong for the site.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Setting, StationModel};
use crate::finding::{Check, Finding};

/// A station of a site, under the name by which a finding about another one refers to it.
#[derive(Debug, Clone, Copy)]
pub struct Neighbour<'s> {
    /// Name for people, such as the file's.
    pub name: &'s str,
    /// Its settings.
    pub station: &'s StationModel,
}

/// What stations of one local network contradict each other in, with the position of the station among
/// `site`: a second DHCP server, an address or an identity at the back end that another one has.
#[must_use]
pub fn beside(site: &[Neighbour<'_>]) -> Vec<(usize, Finding)> {
    let mut findings = Vec::new();
    let mut server = None;
    let (mut addresses, mut identities) = (BTreeMap::new(), BTreeMap::new());
    for (index, Neighbour { name, station }) in site.iter().enumerate() {
        if let Some(setting) = station.network.dhcp_server.as_ref().filter(|server| server.value) {
            let (first_index, first) = *server.get_or_insert((index, *name));
            if first_index != index {
                let message = format!(
                    "`{}` makes the station a DHCP server, but {first} is one already; only one of a network may be",
                    setting.origin.key
                );
                findings.push((index, setting.origin.finding(Check::DhcpServer, message)));
            }
        }
        let mut taken = |what: &Option<Setting<String>>, first: &mut BTreeMap<_, _>, check| {
            let Some(setting) = what.clone() else { return };
            let (owner_index, owner) = *first.entry(setting.value.clone()).or_insert((index, *name));
            if owner_index != index {
                let (key, value) = (&setting.origin.key, &setting.value);
                let message = format!("`{key}` is `{value}`, which {owner} has already; give each its own");
                findings.push((index, setting.origin.finding(check, message)));
            }
        };
        taken(&station.network.address, &mut addresses, Check::Address);
        taken(&station.back_end.identity, &mut identities, Check::Name);
    }
    findings
}
