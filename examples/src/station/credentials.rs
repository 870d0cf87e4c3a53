//! What a station proves its identity with: its password and security profile, and how the central system changes them
//! over the very connection that depends on them (OCPP 1.6 security white paper, `AuthorizationKey` and
//! `SecurityProfile`).
//!
//! A new password is used from the next connection on, a raised profile from the next restart on. Either counts for good
//! once a connection was made with it; after three that could not be made the one before is used again. What is being
//! tried is kept beside what is proven, so that a power cut in between locks nobody out.

use evkit_ocpp::rpc::Trial;
use serde::{Deserialize, Serialize};

use crate::password::Password;

/// Connections tried with something new before it is given up.
const ATTEMPTS: u8 = 3;

/// What the next connection is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Security profile, 0 to 3.
    pub profile: u8,
    /// Password; only profiles 1 and 2 show it.
    pub password: Option<Password>,
}

/// What is there for the profiles beside the password, by the command line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Equipment {
    /// An address that speaks TLS.
    pub tls: bool,
    /// A root certificate of the central system.
    pub root: bool,
    /// A certificate of the station.
    pub certificate: bool,
}

/// What a connection that could not be made has given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GivenUp {
    Password,
    /// With the profile that is used again.
    Profile(u8),
}

/// Password and security profile of a station, in use and tried.
#[derive(Debug)]
pub struct Credentials {
    equipment: Equipment,
    profile: Trial<u8>,
    password: Trial<Option<Password>>,
}

/// What is kept over a power cut; the profile being tried is a configuration key, which the session keeps.
#[derive(Serialize, Deserialize)]
struct Kept {
    profile: u8,
    password: Option<Password>,
    new_password: Option<Password>,
}

impl Credentials {
    /// What a station starts with that has kept nothing.
    pub fn new(access: Access, equipment: Equipment) -> Self {
        Self { equipment, profile: Trial::new(access.profile), password: Trial::new(access.password) }
    }

    /// Neither password nor certificates.
    pub fn none() -> Self {
        Self::new(Access { profile: 0, password: None }, Equipment::default())
    }

    /// What was kept goes before the command line, except that the latter may raise the profile.
    pub(super) fn restore(&mut self, kept: &[u8]) -> Result<(), serde_json::Error> {
        let kept: Kept = serde_json::from_slice(kept)?;
        self.profile = Trial::new(kept.profile.max(self.profile()));
        if kept.password.is_some() {
            self.password = Trial::new(kept.password);
        }
        if kept.new_password.is_some() {
            self.password.propose(kept.new_password);
        }
        Ok(())
    }

    /// What [`restore`](Self::restore) takes.
    pub(super) fn to_kept(&self) -> Vec<u8> {
        let new_password = self.password.is_trying().then(|| self.password.current().clone()).flatten();
        let kept =
            Kept { profile: *self.profile.proven(), password: self.password.proven().clone(), new_password };
        serde_json::to_vec(&kept).expect("numbers and bytes")
    }

    pub(super) fn access(&self) -> Access {
        Access { profile: self.profile(), password: self.password.current().clone() }
    }

    /// The profile of the next connection.
    pub(super) fn profile(&self) -> u8 {
        *self.profile.current()
    }

    /// Highest profile there is everything for; `root` and `certificate`: the central system has installed one, or
    /// signed one for this station.
    pub(super) fn highest_profile(&self, root: bool, certificate: bool) -> u8 {
        let Equipment { tls, root: given_root, certificate: given_certificate } = self.equipment;
        let (trusts, password) = (tls && (root || given_root), self.password.current().is_some());
        let highest = match (trusts, certificate || given_certificate, password) {
            (true, true, _) => 3,
            (true, false, true) => 2,
            (false, _, true) => 1,
            (_, _, false) => 0,
        };
        highest.max(self.profile())
    }

    /// Takes a new password; says whether a connection has to be made with it.
    pub(super) fn set_password(&mut self, password: Password) -> bool {
        let shown = matches!(self.profile(), 1 | 2);
        if shown {
            self.password.propose(Some(password));
        } else {
            self.password = Trial::new(Some(password));
        }
        shown
    }

    /// Uses another profile from the next connection on.
    pub(super) fn set_profile(&mut self, profile: u8) {
        if profile != self.profile() {
            self.profile.propose(profile);
        }
    }

    /// A connection was made: says whether that has proven something new.
    pub(super) fn succeeded(&mut self) -> bool {
        let password = self.password.succeeded().is_some();
        self.profile.succeeded().is_some() || password
    }

    /// A connection could not be made.
    pub(super) fn failed(&mut self) -> Option<GivenUp> {
        if let Some(_profile) = self.profile.failed(ATTEMPTS) {
            return Some(GivenUp::Profile(self.profile()));
        }
        self.password.failed(ATTEMPTS).map(|_| GivenUp::Password)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn old() -> Password {
        Password(b"0123456789abcdef".to_vec())
    }

    fn new() -> Password {
        Password(b"fedcba9876543210".to_vec())
    }

    fn credentials() -> Credentials {
        Credentials::new(Access { profile: 1, password: Some(old()) }, Equipment::default())
    }

    #[test]
    fn profiles_need_what_they_show() {
        let highest = |tls, root, certificate, password: Option<Password>| {
            let equipment = Equipment { tls, root, certificate };
            let access = Access { profile: 0, password };
            Credentials::new(access, equipment).highest_profile(false, false)
        };
        assert_eq!(highest(false, false, false, None), 0);
        assert_eq!(highest(true, true, false, None), 0);
        assert_eq!(highest(false, true, true, Some(old())), 1, "no address for TLS");
        assert_eq!(highest(true, false, true, Some(old())), 1, "nobody to trust");
        assert_eq!(highest(true, true, false, Some(old())), 2);
        assert_eq!(highest(true, true, true, None), 3);
        let equipment = Equipment { tls: true, ..Equipment::default() };
        let installed = Credentials::new(Access { profile: 1, password: Some(old()) }, equipment);
        assert_eq!(installed.highest_profile(true, false), 2);
        assert_eq!(installed.highest_profile(true, true), 3);
    }

    #[test]
    fn a_power_cut_forgets_neither_the_old_nor_the_new_password() {
        let mut credentials = credentials();
        assert!(credentials.set_password(new()));
        let kept = credentials.to_kept();
        let mut after = self::credentials();
        after.restore(&kept).unwrap();
        assert_eq!(after.access().password, Some(new()));
        assert_eq!((after.failed(), after.failed(), after.failed()), (None, None, Some(GivenUp::Password)));
        assert_eq!(after.access().password, Some(old()));
        // Once it has worked there is only the new one.
        assert!(credentials.succeeded());
        let mut after = self::credentials();
        after.restore(&credentials.to_kept()).unwrap();
        assert_eq!((after.access().password, after.failed()), (Some(new()), None));
    }

    #[test]
    fn a_password_that_is_not_shown_needs_no_proof() {
        let mut credentials = Credentials::none();
        assert!(!credentials.set_password(new()));
        assert_eq!(credentials.access().password, Some(new()));
        assert!(!credentials.succeeded());
        assert_eq!(credentials.highest_profile(false, false), 1);
    }
}
