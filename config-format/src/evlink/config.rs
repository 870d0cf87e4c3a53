//! The `.cfg` file.

use alloc::vec::Vec;

use super::{PROFILE, station};
use crate::config::{self, sealed::Rules};
use crate::defaults;
use crate::file::File;
use crate::finding::Finding;
use crate::profile::Profile;
use crate::station::StationModel;
use crate::transfer::{self, Transfer};

/// EVlink as the maker of a [`Config`].
#[derive(Debug, Clone, Copy)]
pub enum Evlink {}

/// A `.cfg` file.
pub type Config<'a> = config::Config<'a, Evlink>;

impl Rules for Evlink {
    const PROFILE: Profile<'static> = PROFILE;

    fn model(file: &File<'_>) -> StationModel {
        station::model(file)
    }

    fn own_findings(file: &File<'_>, model: &StationModel) -> Vec<Finding> {
        let mut findings = station::unset_passwords(file);
        let stands = file.entry(Some("OCPP"), "defaultIdTag").is_some();
        findings.extend(defaults::token(model, "defaultIdTag", None).filter(|_| stands));
        findings
    }
}

impl Config<'_> {
    /// The file for another station: without what belongs to this one.
    #[must_use]
    pub fn transfer(&self) -> Transfer {
        transfer::transfer(self.file(), &[])
    }
}
