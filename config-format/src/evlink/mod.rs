//! Schneider EVlink Smart Wallbox, Parking and City: the configuration text, badge lists.
//!
//! The text has four blocks, each opened by a comment line such as `# Evse Conf`, with 24 sections and 190 keys (commissioning tool guide,
//! annex A). Values may be padded into a column, unset values are empty, `0` or `UNDEFINED`, booleans have two spellings in one file. That
//! the `.cfg` export is this text is inferred.

mod keys;
#[cfg(feature = "alloc")]
mod repair;
#[cfg(feature = "html-report")]
pub mod report;
#[cfg(feature = "alloc")]
mod station;

pub use keys::{PROFILE, block};

#[cfg(feature = "alloc")]
pub use config::Config;
#[cfg(feature = "alloc")]
pub use repair::{Decision, Repair, Verdict, repair};
#[cfg(feature = "alloc")]
pub(crate) use station::MAP;

#[cfg(feature = "alloc")]
mod config {
    use alloc::vec::Vec;

    use super::PROFILE;
    use crate::check;
    use crate::document::Document;
    use crate::edit::EditError;
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
            super::station::model(&self.file)
        }

        /// Everything wrong with the file, in file order.
        #[must_use]
        pub fn findings(&self) -> Vec<Finding> {
            let station = self.station();
            check::file(&self.file, &station, Vec::new())
        }

        /// The file for another station: without what belongs to this one.
        ///
        /// # Errors
        /// None for any input; the type is that of edits in general.
        pub fn transfer(&self) -> Result<Transfer, EditError> {
            transfer::transfer(&self.file, &[])
        }
    }
}
