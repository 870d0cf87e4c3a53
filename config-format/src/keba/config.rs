//! The `.conf` file.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{PROFILE, station};
use crate::config::{self, sealed::Rules};
use crate::defaults;
use crate::file::File;
use crate::finding::Finding;
use crate::profile::Profile;
use crate::station::StationModel;
use crate::transfer::{self, Transfer};

/// KEBA as the maker of a [`Config`].
#[derive(Debug, Clone, Copy)]
pub enum Keba {}

/// A `.conf` file.
pub type Config<'a> = config::Config<'a, Keba>;

impl Rules for Keba {
    const PROFILE: Profile<'static> = PROFILE;

    fn model(file: &File<'_>) -> StationModel {
        station::model(file)
    }

    fn own_findings(file: &File<'_>, model: &StationModel) -> Vec<Finding> {
        let mut findings = station::orphans(file, model);
        findings.extend(station::lonely_server(model));
        findings.extend(defaults::token(model, "DefaultTokenID", Some("predefinedTokenId")));
        findings
    }
}

impl Config<'_> {
    /// The file for another station, or for a network with so many stations, by KEBA's rule for cloning.
    /// `AmountConnectors` is set if the file has it; keys of stations beyond it stay and are reported by
    /// [`findings`](config::Config::findings).
    #[must_use]
    pub fn transfer(&self, stations: u16) -> Transfer {
        transfer::transfer(self.file(), &[("AmountConnectors", &stations.to_string())])
    }
}

/// The name of a `.conf` file without the serial number of its station: a file with the number is taken by
/// that station only, one without by any. None if the name has no serial number.
#[must_use]
pub fn name_without_serial(name: &str) -> Option<String> {
    transfer::name_without_serial(name)
}
