//! How a station gets its address, and where it gets the time.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::Ipv4Addr;

use super::Setting;
use crate::finding::{Check, Finding};
use crate::profile::Vendor;

/// The station on the local network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Network {
    /// Whether it asks a DHCP server for its address.
    pub dhcp_client: Option<Setting<bool>>,
    /// Whether it gives out addresses itself.
    pub dhcp_server: Option<Setting<bool>>,
    /// Its fixed IPv4 address.
    pub address: Option<Setting<String>>,
    /// The mask of its network.
    pub netmask: Option<Setting<String>>,
    /// The way out.
    pub gateway: Option<Setting<String>>,
    /// The name server.
    pub dns: Option<Setting<String>>,
}

/// Where a station gets the time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Time {
    /// Whether the clock is set from outside.
    pub automatic: Option<Setting<bool>>,
    /// The time server.
    pub server: Option<Setting<String>>,
    /// The zone, such as `Europe/Vienna`.
    pub zone: Option<Setting<String>>,
}

/// A network the station uses for itself.
struct Reserved {
    vendor: Vendor,
    prefix: [u8; 3],
    purpose: &'static str,
}

/// Networks that stations use for themselves (KEBA manual: addressing by DIP switch; Powerstation TWO manual:
/// DHCP server and service addresses).
const RESERVED: [Reserved; 5] = [
    Reserved { vendor: Vendor::Keba, prefix: [192, 168, 25], purpose: "addressing by DIP switch" },
    Reserved { vendor: Vendor::Bender, prefix: [172, 16, 23], purpose: "its own DHCP server" },
    Reserved { vendor: Vendor::Bender, prefix: [172, 42, 23], purpose: "its own DHCP server before 4.64" },
    Reserved { vendor: Vendor::Bender, prefix: [192, 168, 123], purpose: "service over USB" },
    Reserved { vendor: Vendor::Bender, prefix: [192, 168, 124], purpose: "service over Ethernet" },
];

impl Network {
    /// What contradicts itself: a DHCP server beside the one that must exist, an address outside its network.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        [self.server_beside_router(), self.mask(), self.gateway_outside()].into_iter().flatten()
    }

    /// A network with a gateway has a router, and routers give out addresses.
    fn server_beside_router(&self) -> Option<Finding> {
        let server = self.dhcp_server.as_ref().filter(|server| server.value)?;
        let gateway =
            self.gateway.as_ref().filter(|gateway| ip(&gateway.value) != Some(Ipv4Addr::UNSPECIFIED))?;
        let message = format!(
            "`{}` makes the station a DHCP server, but {} names a router, and two servers give out the same addresses twice; switch one off",
            server.origin.key, gateway.origin
        );
        Some(server.origin.finding(Check::DhcpServer, message))
    }

    fn mask(&self) -> Option<Finding> {
        let mask = self.netmask.as_ref()?;
        let bits = u32::from(ip(&mask.value)?);
        let message = format!(
            "`{}` is `{}`, which is no mask: all ones stand in front of all zeros; 255.255.255.0 is usual",
            mask.origin.key, mask.value
        );
        let right = bits.leading_ones() + bits.trailing_zeros() == u32::BITS && bits != 0;
        (!right).then(|| mask.origin.finding(Check::Address, message))
    }

    fn gateway_outside(&self) -> Option<Finding> {
        let gateway = self.gateway.as_ref()?;
        let number = |setting: &Setting<String>| ip(&setting.value).map(u32::from);
        let (own, mask) = (self.address.as_ref().and_then(number)?, self.netmask.as_ref().and_then(number)?);
        let there = number(gateway).filter(|there| *there != 0)?;
        let first = Ipv4Addr::from(own & mask);
        let message = format!(
            "`{}` is `{}`, which the station cannot reach from its network {first}/{}; name an address of that network",
            gateway.origin.key,
            gateway.value,
            mask.leading_ones()
        );
        (there & mask != own & mask).then(|| gateway.origin.finding(Check::Address, message))
    }
}

/// Addresses in a network that the station uses for itself.
pub(super) fn reserved<'s>(
    vendor: Vendor,
    addresses: impl Iterator<Item = &'s Setting<String>>,
) -> Vec<Finding> {
    let finding = |setting: &Setting<String>| {
        let [a, b, c, _] = ip(&setting.value)?.octets();
        let mut own = RESERVED.iter().filter(|own| own.vendor == vendor);
        let own = own.find(|own| own.prefix == [a, b, c])?;
        let message = format!(
            "`{}` is `{}`, but the station uses {a}.{b}.{c}.x for {}; choose another network",
            setting.origin.key, setting.value, own.purpose
        );
        Some(setting.origin.finding(Check::Address, message))
    };
    addresses.filter_map(finding).collect()
}

fn ip(text: &str) -> Option<Ipv4Addr> {
    text.parse().ok()
}
