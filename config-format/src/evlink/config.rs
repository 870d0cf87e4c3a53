//! The `.cfg` file with everything that is known about it.

use alloc::vec::Vec;

use super::{PROFILE, station};
use crate::check;
use crate::document::Document;
use crate::file::File;
use crate::finding::Finding;
use crate::lex::Dialect;
use crate::station::StationModel;
use crate::transfer::{self, Transfer};

/// A `.cfg` file.
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

    /// The station the file describes.
    #[must_use]
    pub fn station(&self) -> StationModel {
        station::model(&self.file)
    }

    /// Everything wrong with the file, in file order.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        check::file(&self.file, &self.station(), Vec::new())
    }

    /// The file for another station: without what belongs to this one.
    #[must_use]
    pub fn transfer(&self) -> Transfer {
        transfer::transfer(&self.file, &[])
    }
}
