//! KEBA KeContact P30 and P40: the `.conf` file of the USB stick, card lists.
//!
//! The file is INI text with `[CONFIGURATION]`, `[LOADMANAGEMENT]`, `[NETWORK]` and perhaps more sections; currents are in mA, booleans
//! have any letter case (KEBA P30 x-series configuration manual V4.11 and V4.20). A station ignores wrong values without a word, so a
//! writer must check first. Encoding, line ends and comment sign are not documented.

mod keys;
#[cfg(feature = "alloc")]
mod station;
pub mod udp;

pub use keys::PROFILE;

#[cfg(feature = "alloc")]
pub use config::{Config, name_without_serial};
#[cfg(feature = "alloc")]
pub(crate) use station::MAP;

#[cfg(feature = "alloc")]
mod config {
    use alloc::string::{String, ToString};
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
            let station = self.station();
            check::file(&self.file, &station, super::station::orphans(&self.file, &station))
        }

        /// The file for another station or network with so many stations, by KEBA's rule for cloning. `AmountConnectors` is set if
        /// the file has it; keys of stations beyond it stay and are reported by [`Config::findings`].
        ///
        /// # Errors
        /// None for any input; the type is that of edits in general.
        pub fn transfer(&self, stations: u16) -> Result<Transfer, EditError> {
            transfer::transfer(&self.file, &[("AmountConnectors", &stations.to_string())])
        }
    }
    /// The name of a `.conf` file without the serial number of its station: a file with the number is taken by that station only, one
    /// without by any. None if the name has no serial number.
    #[must_use]
    pub fn name_without_serial(name: &str) -> Option<String> {
        transfer::name_without_serial(name)
    }
}
