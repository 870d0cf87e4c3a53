//! KEBA KeContact P30 and P40: the `.conf` file of the USB stick, card lists.
//!
//! The file is INI text with `[CONFIGURATION]`, `[LOADMANAGEMENT]`, `[NETWORK]` and perhaps more sections; currents are in mA, booleans
//! have any letter case (KEBA P30 x-series configuration manual V4.11 and V4.20). A station ignores wrong values without a word, so a
//! writer must check first. Encoding, line ends and comment sign are not documented.

mod keys;
#[cfg(feature = "alloc")]
mod station;

pub use keys::PROFILE;

#[cfg(feature = "alloc")]
pub use config::Config;

#[cfg(feature = "alloc")]
mod config {
    use alloc::vec::Vec;

    use super::PROFILE;
    use crate::check;
    use crate::document::Document;
    use crate::file::File;
    use crate::finding::Finding;
    use crate::lex::Dialect;
    use crate::station::StationModel;

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
            super::station::model(&self.file)
        }

        /// Everything wrong with the file, in file order.
        #[must_use]
        pub fn findings(&self) -> Vec<Finding> {
            let mut findings = check::file(&self.file);
            findings.extend(super::station::orphans(&self.file));
            findings.extend(self.station().findings());
            findings.sort_by_key(|finding| (finding.line, finding.column));
            findings
        }
    }
}
