//! A station's one configuration file with everything that is known about it: KEBA's `.conf`, EVlink's `.cfg`.

use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::check;
use crate::document::Document;
use crate::file::File;
use crate::finding::Finding;
use crate::lex::Dialect;
use crate::profile::Profile;
use crate::station::StationModel;

/// A maker whose stations have one configuration file. Sealed: [`keba::Keba`](crate::keba::Keba) and
/// [`evlink::Evlink`](crate::evlink::Evlink).
pub trait Maker: sealed::Rules {}

impl<M: sealed::Rules> Maker for M {}

pub(crate) mod sealed {
    use super::{File, Finding, Profile, StationModel, Vec};

    /// What differs between the makers.
    pub trait Rules {
        /// The keys.
        const PROFILE: Profile<'static>;

        /// The station a file describes.
        fn model(file: &File<'_>) -> StationModel;

        /// What only this maker's files can have wrong.
        fn own_findings(_: &File<'_>, _: &StationModel) -> Vec<Finding> {
            Vec::new()
        }
    }
}

/// A configuration file of maker `M`; see [`keba::Config`](crate::keba::Config) and
/// [`evlink::Config`](crate::evlink::Config).
#[derive(Debug, Clone)]
pub struct Config<'a, M> {
    file: File<'a>,
    maker: PhantomData<M>,
}

impl<'a, M: Maker> Config<'a, M> {
    /// Reads a file. Any input parses; what is wrong with it is in [`Config::findings`].
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Self {
        Self { file: File::new(Document::parse(bytes, Dialect::Ini), M::PROFILE), maker: PhantomData }
    }

    /// Entries, typed values and changes.
    #[must_use]
    pub const fn file(&self) -> &File<'a> {
        &self.file
    }

    /// The station, or charging network, the file describes.
    #[must_use]
    pub fn station(&self) -> StationModel {
        M::model(&self.file)
    }

    /// Everything wrong with the file, in file order.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let model = self.station();
        check::file(&self.file, &model, M::own_findings(&self.file, &model))
    }
}
