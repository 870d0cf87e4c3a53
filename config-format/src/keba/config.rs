//! The `.conf` file with everything that is known about it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{PROFILE, station};
use crate::check;
use crate::document::Document;
use crate::file::File;
use crate::finding::Finding;
use crate::lex::Dialect;
use crate::station::StationModel;
use crate::transfer::{self, Transfer};

/// A `.conf` file.
#[derive(Debug, Clone)]
pub struct Config<'a> {
    file: File<'a>,
}

impl<'a> Config<'a> {
    /// Reads a file. Any input parses; what is wrong with it is in [`Config::findings`].
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Self {
        Self { file: File::new(Document::parse(bytes, Dialect::Ini), PROFILE) }
    }

    /// Entries, typed values and changes.
    #[must_use]
    pub const fn file(&self) -> &File<'a> {
        &self.file
    }

    /// The station (or charging network) the file describes.
    #[must_use]
    pub fn station(&self) -> StationModel {
        station::model(&self.file)
    }

    /// Everything wrong with the file, in file order.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let model = self.station();
        check::file(&self.file, &model, station::orphans(&self.file, &model))
    }

    /// The file for another station, or for a network with so many stations, by KEBA's rule for cloning.
    /// `AmountConnectors` is set if the file has it; keys of stations beyond it stay and are reported by
    /// [`Config::findings`].
    #[must_use]
    pub fn transfer(&self, stations: u16) -> Transfer {
        transfer::transfer(&self.file, &[("AmountConnectors", &stations.to_string())])
    }
}

/// The name of a `.conf` file without the serial number of its station: a file with the number is taken by
/// that station only, one without by any. None if the name has no serial number.
#[must_use]
pub fn name_without_serial(name: &str) -> Option<String> {
    transfer::name_without_serial(name)
}
