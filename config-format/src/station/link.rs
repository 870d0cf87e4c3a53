//! The OCPP link of a station: where to, in which version, how often.

use alloc::format;
use alloc::string::String;

use super::Setting;
use super::map::Written;
use super::read::Read;
use crate::finding::{Check, Finding};

/// The link to the back end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct BackEnd {
    /// Identity at the back end.
    pub identity: Option<Setting<String>>,
    /// Version and transport.
    pub protocol: Option<Setting<Protocol>>,
    /// Whether the scheme of the address is WebSocket's, where the file has the address as one URL.
    pub websocket: Option<Setting<bool>>,
    /// Whether the link is encrypted.
    pub encrypted: Option<Setting<bool>>,
    /// Host name or address.
    pub host: Option<Setting<String>>,
    /// TCP port.
    pub port: Option<Setting<u16>>,
    /// Path, without the slash in front.
    pub path: Option<Setting<String>>,
    /// OCPP security profile, 0 to 3.
    pub security_profile: Option<Setting<u8>>,
}

/// OCPP version and transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// OCPP 1.5 over SOAP.
    Ocpp15Soap,
    /// OCPP 1.5 over WebSocket.
    Ocpp15Json,
    /// OCPP 1.6 over SOAP.
    Ocpp16Soap,
    /// OCPP 1.6 over WebSocket.
    Ocpp16Json,
    /// OCPP 2.0.1 over WebSocket.
    Ocpp201Json,
    /// A word this crate does not know.
    Other,
}

impl Protocol {
    /// Whether messages travel over a WebSocket.
    #[must_use]
    pub const fn is_json(self) -> bool {
        matches!(self, Self::Ocpp15Json | Self::Ocpp16Json | Self::Ocpp201Json)
    }

    /// The same version over SOAP, where an EVlink station has it.
    pub(crate) const fn over_soap(self) -> Self {
        match self {
            Self::Ocpp15Json => Self::Ocpp15Soap,
            other => other,
        }
    }
}

impl BackEnd {
    /// Cuts a URL into its parts: `wss://host:port/path`.
    pub(crate) fn take_url(&mut self, read: &Read<'_, '_>) {
        let Some(url) = read.text() else { return };
        let Some((scheme, rest)) = url.value.split_once("://") else { return };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        // The last colon sets the port off, but not one inside the brackets of an IPv6 address.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().ok()),
            _ => (authority, None),
        };
        self.websocket = Some(read.setting(scheme.to_ascii_lowercase().starts_with("ws")));
        self.encrypted = Some(read.setting(scheme.to_ascii_lowercase().ends_with('s') && scheme.len() != 2));
        self.host = Some(read.setting(host.into()));
        self.port = port.map(|port| read.setting(port));
        self.path = (!path.is_empty()).then(|| read.setting(path.into()));
    }

    /// A scheme the OCPP version does not have, an address that is no host, a security profile without its TLS,
    /// an identity that cannot stand in front of a password.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> {
        [self.scheme(), self.host_only(), self.profile_without_tls(), self.identity()].into_iter().flatten()
    }

    /// OCPP 1.6 of these stations is JSON over WebSocket wherever the address is one URL.
    fn scheme(&self) -> Option<Finding> {
        let (protocol, websocket) = (self.protocol.as_ref()?, self.websocket.as_ref()?);
        let json = protocol.value.is_json();
        if json == websocket.value {
            return None;
        }
        let (right, wrong) = if json { ("ws:// or wss://", "http://") } else { ("http://", "ws://") };
        let message = format!(
            "`{}` starts with {wrong}, but {} asks for {right}",
            websocket.origin.key, protocol.origin
        );
        Some(websocket.origin.finding(Check::UrlScheme, message))
    }

    fn host_only(&self) -> Option<Finding> {
        let host = self.host.as_ref().filter(|host| host.value.contains(['/', ' ']))?;
        let message = format!(
            "`{}` is a host name or address alone; port, path and encryption are keys of their own",
            host.origin.key
        );
        Some(host.origin.finding(Check::UrlScheme, message))
    }

    /// Profiles 2 and 3 are TLS (OCPP 1.6 security whitepaper, section 3).
    fn profile_without_tls(&self) -> Option<Finding> {
        let profile = self.security_profile.as_ref().filter(|profile| profile.value >= 2)?;
        let open = self.encrypted.as_ref().filter(|encrypted| !encrypted.value)?;
        let message = format!(
            "`{}` {} is TLS, but {} switches it off; switch it on",
            profile.origin.key, profile.value, open.origin
        );
        Some(profile.origin.finding(Check::UrlScheme, message))
    }

    /// The identity is the user name of HTTP basic authentication, which ends at the first colon (RFC 7617).
    fn identity(&self) -> Option<Finding> {
        let identity = self.identity.as_ref()?;
        let wrong = identity.value.chars().find(|c| *c == ':' || c.is_control())?;
        let message = format!(
            "`{}` holds `{}`, which an identity at a back end may not; leave it out",
            identity.origin.key,
            wrong.escape_default()
        );
        Some(identity.origin.finding(Check::Name, message))
    }

    /// The address as one URL, with the keys it was joined from.
    pub(crate) fn written_url(&self) -> Option<Written> {
        let host = self.host.as_ref()?;
        let rest = [
            self.encrypted.as_ref().map(|part| &part.origin),
            self.port.as_ref().map(|part| &part.origin),
            self.path.as_ref().map(|part| &part.origin),
        ];
        let origins = core::iter::once(&host.origin).chain(rest.into_iter().flatten()).cloned().collect();
        Some(Written { origins, ..Written::of(host, self.url()?) })
    }

    /// The address as one URL, without the identity: `wss://host:port/path`. None without a host.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        let host = self.host.as_ref().map(|host| host.value.as_str()).filter(|host| !host.is_empty())?;
        let json = self.protocol.as_ref().is_none_or(|protocol| protocol.value.is_json());
        let encrypted = self.encrypted.as_ref().is_some_and(|encrypted| encrypted.value);
        let scheme = match (json, encrypted) {
            (true, true) => "wss",
            (true, false) => "ws",
            (false, true) => "https",
            (false, false) => "http",
        };
        let port = self.port.as_ref().map(|port| format!(":{}", port.value)).unwrap_or_default();
        let path = self.path.as_ref().map_or("", |path| path.value.as_str());
        Some(format!("{scheme}://{host}{port}/{path}"))
    }
}

/// Periods of the OCPP messages in s; 0 means off where the vendor says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Timings {
    /// Heartbeat.
    pub heartbeat: Option<Setting<u32>>,
    /// Sampled meter values.
    pub meter_sample: Option<Setting<u32>>,
    /// Clock-aligned meter values.
    pub clock_aligned: Option<Setting<u32>>,
    /// Time to plug in after an authorization (OCPP `ConnectionTimeOut`).
    pub connection: Option<Setting<u32>>,
    /// WebSocket ping.
    pub ping: Option<Setting<u32>>,
    /// Pause before a transaction message is sent again.
    pub transaction_retry: Option<Setting<u32>>,
    /// How often a transaction message is tried; a count, not a time.
    pub transaction_attempts: Option<Setting<u32>>,
    /// Shortest time a status must last to be reported.
    pub minimum_status: Option<Setting<u32>>,
    /// Rotation time of the waiting queue.
    pub queue_rotation: Option<Setting<u32>>,
}
