//! Settings of the station: a table of names, forms and defaults; texts in memory and in the store.
//!
//! Those of OCPP itself are the session's; these are what a person sets on the console, or the central system by
//! ChangeConfiguration under the same names. They take effect at the next start.

use core::fmt;
use core::net::SocketAddrV4;

use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_ocpp::journal::{StoreKey, StoreOp};

use super::{Store, StoreError};

/// Longest value.
pub(crate) const VALUE: usize = 48;

/// The value of a setting.
pub(crate) type Value = heapless::String<VALUE>;

/// Store keys of settings begin here.
const FIRST_KEY: u16 = 0x0010;

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Text of so many characters at least.
    Text(usize),
    /// A text that is never shown.
    Secret,
    /// `true` or `false`.
    Switch,
    /// A whole number from the first to the second.
    Number(u32, u32),
    /// Address and port of IPv4, or nothing.
    Address,
    /// Address, port and path of a WebSocket.
    Url,
}

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Name on the console and in OCPP.
    pub(crate) name: &'static str,
    /// What values are taken.
    pub(crate) form: Form,
    /// Before anything is set.
    pub(crate) default: &'static str,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $form:expr, $default:literal;)*) => {
        /// A setting.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Setting {
            $($(#[$doc])* $name,)*
        }

        impl Setting {
            /// All settings.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What there is to know about it.
            pub(crate) const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row { name: stringify!($name), form: $form, default: $default },)*
                }
            }
        }
    };
}

settings! {
    /// Identity for the central system.
    Identity: Form::Text(1), "EVKIT-1";
    /// Address, port and path of the central system; the identity is appended.
    CentralSystem: Form::Url, "10.0.2.100:9000/";
    /// Password for the central system (OCPP security profile 1); empty: none.
    AuthorizationKey: Form::Secret, "";
    /// Plugging in is enough.
    FreeCharging: Form::Switch, "false";
    /// A transaction goes on after a power cut instead of ending with `PowerLoss`.
    ResumeTransactions: Form::Switch, "false";
    /// What the installation carries per socket and phase, in amperes.
    MaxCurrent: Form::Number(6, 32), "32";
    /// Number of the load management network; 0: none.
    DlmNetwork: Form::Number(0, u32::MAX), "0";
    /// Number of the first socket in its master's list; the others follow.
    DlmMember: Form::Number(1, 9_999), "1";
    /// Address of its master; empty: found by broadcast.
    DlmMaster: Form::Address, "";
    /// What a socket may use without its master, in amperes.
    DisconnectedCurrent: Form::Number(0, 32), "0";
    /// Modbus address of the first socket's meter; the others follow. 0: no meters.
    MeterUnit: Form::Number(0, 240), "1";
}

/// Why a value is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused(Form);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Form::Text(least) => write!(f, "takes {least} to {VALUE} plain characters"),
            Form::Secret => write!(f, "takes up to {VALUE} plain characters"),
            Form::Switch => f.write_str("is true or false"),
            Form::Number(least, most) => write!(f, "is a whole number from {least} to {most}"),
            Form::Address => f.write_str("is an address such as 192.168.1.2:7300, or empty"),
            Form::Url => f.write_str("is an address and a path such as 192.168.1.2:9000/ocpp"),
        }
    }
}

impl Setting {
    /// The setting with this name; case does not matter, as with keys of OCPP.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|setting| setting.row().name.eq_ignore_ascii_case(name)).copied()
    }

    /// Whether it is never shown.
    pub(crate) const fn is_secret(self) -> bool {
        matches!(self.row().form, Form::Secret)
    }

    /// A value in the right form.
    ///
    /// # Errors
    ///
    /// What would be right.
    pub(crate) fn check(self, text: &str) -> Result<Value, Refused> {
        let form = self.row().form;
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        let right = match form {
            Form::Text(least) => text.len() >= least,
            Form::Secret => true,
            Form::Switch => matches!(text, "true" | "false"),
            Form::Number(least, most) => {
                text.parse().is_ok_and(|number: u32| (least..=most).contains(&number))
            }
            Form::Address => text.is_empty() || text.parse::<SocketAddrV4>().is_ok(),
            Form::Url => Url::parse(text).is_some(),
        };
        Value::try_from(text).ok().filter(|_| right && plain).ok_or(Refused(form))
    }

    const fn key(self) -> u16 {
        FIRST_KEY + self as u16
    }
}

/// Where the central system is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Url<'a> {
    pub(crate) address: SocketAddrV4,
    /// The address as it was written.
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
}

impl<'a> Url<'a> {
    /// The parts of `10.0.2.100:9000/ocpp`.
    fn parse(text: &'a str) -> Option<Self> {
        let (host, path) = text.split_at_checked(text.find('/')?)?;
        Some(Self { address: host.parse().ok()?, host, path })
    }
}

/// The values of all settings.
#[derive(Clone, Debug)]
pub(crate) struct Settings([Value; Setting::ALL.len()]);

impl Settings {
    /// The defaults.
    pub(crate) fn new() -> Self {
        let mut values = [const { Value::new() }; Setting::ALL.len()];
        for (value, setting) in values.iter_mut().zip(Setting::ALL) {
            // Defaults are short.
            let _ = value.push_str(setting.row().default);
        }
        Self(values)
    }

    /// The value of a setting.
    pub(crate) fn get(&self, setting: Setting) -> &str {
        self.0.get(setting as usize).map_or("", Value::as_str)
    }

    pub(crate) fn set(&mut self, setting: Setting, value: Value) {
        if let Some(slot) = self.0.get_mut(setting as usize) {
            *slot = value;
        }
    }

    /// Takes over what was kept; what is no setting, or wrong, changes nothing.
    pub(super) fn restore(&mut self, key: u16, bytes: &[u8]) {
        let setting = Setting::ALL.iter().find(|setting| setting.key() == key);
        let text = str::from_utf8(bytes).ok();
        if let (Some(setting), Some(text)) = (setting, text)
            && let Ok(value) = setting.check(text)
        {
            self.set(*setting, value);
        }
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, setting: Setting) -> bool {
        self.get(setting) == "true"
    }

    /// A number. Values were checked when they were set.
    pub(crate) fn number(&self, setting: Setting) -> u32 {
        self.get(setting).parse().unwrap_or(0)
    }

    /// An address, if one is set.
    pub(crate) fn address(&self, setting: Setting) -> Option<SocketAddrV4> {
        self.get(setting).parse().ok()
    }

    /// Where the central system is. The value was checked when it was set.
    pub(crate) fn central_system(&self) -> Option<Url<'_>> {
        Url::parse(self.get(Setting::CentralSystem))
    }
}

impl<F: MultiwriteNorFlash> Store<F> {
    /// Keeps the value of a setting.
    ///
    /// # Errors
    ///
    /// If the memory fails or is full.
    pub(crate) async fn keep(&mut self, setting: Setting, value: &Value) -> Result<(), StoreError<F>> {
        self.change(&StoreOp::Put { key: StoreKey(setting.key()), bytes: value.as_bytes() }).await
    }
}

#[cfg(test)]
mod tests {
    use core::net::Ipv4Addr;

    use super::*;

    #[test]
    fn every_default_is_in_its_own_form() {
        for setting in Setting::ALL {
            let default = setting.row().default;
            assert_eq!(setting.check(default).unwrap().as_str(), default, "{setting:?}");
            assert_eq!(Settings::new().get(*setting), default);
            assert_eq!(Setting::find(&setting.row().name.to_ascii_uppercase()), Some(*setting));
        }
        assert_eq!(Setting::find("Nothing"), None);
    }

    #[test]
    fn wrong_values_are_refused_with_what_would_be_right() {
        let refused = |setting: Setting, text: &str| setting.check(text).unwrap_err().to_string();
        assert_eq!(refused(Setting::MaxCurrent, "33"), "is a whole number from 6 to 32");
        assert_eq!(refused(Setting::FreeCharging, "yes"), "is true or false");
        assert_eq!(refused(Setting::Identity, ""), "takes 1 to 48 plain characters");
        assert_eq!(refused(Setting::Identity, "a b"), "takes 1 to 48 plain characters");
        assert_eq!(refused(Setting::Identity, &"x".repeat(49)), "takes 1 to 48 plain characters");
        assert!(refused(Setting::CentralSystem, "example.org/ocpp").starts_with("is an address and a path"));
        assert!(refused(Setting::DlmMaster, "10.0.0.1").starts_with("is an address such as"));
    }

    #[test]
    fn an_address_and_a_path_are_read() {
        let mut settings = Settings::new();
        settings.set(Setting::CentralSystem, Setting::CentralSystem.check("10.1.2.3:80/a/b").unwrap());
        let address = SocketAddrV4::new(Ipv4Addr::new(10, 1, 2, 3), 80);
        assert_eq!(settings.central_system(), Some(Url { address, host: "10.1.2.3:80", path: "/a/b" }));
        assert_eq!(settings.address(Setting::DlmMaster), None);
    }
}
