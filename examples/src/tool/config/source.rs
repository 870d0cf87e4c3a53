//! The files of stations, read and parsed.

use std::path::{Path, PathBuf};

use evkit_config_format::document::Entry;
use evkit_config_format::finding::Finding;
use evkit_config_format::profile::{Known, Profile};
use evkit_config_format::station::StationModel;
use evkit_config_format::{bender, evlink, keba};

use super::{Files, Vendor};
use crate::tool::read;

/// A file as it lies on the disk.
pub(super) struct Source {
    pub(super) path: PathBuf,
    /// The last part of the path: a parameter's name in a Bender folder.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl Source {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { path: path.to_owned(), name, bytes: read(path)? })
    }
}

/// The files of each station: one file each, or for Bender all of them together.
pub(super) fn stations(files: &Files) -> anyhow::Result<Vec<Vec<Source>>> {
    let vendor = files.maker.vendor;
    if let Vendor::Bender = vendor {
        let read: Result<Vec<_>, _> = files.files.iter().map(|path| station(vendor, path)).collect();
        return Ok(vec![read?.into_iter().flatten().collect()]);
    }
    files.files.iter().map(|path| station(vendor, path)).collect()
}

/// The files of the station behind one path, which for Bender may be a folder.
pub(super) fn station(vendor: Vendor, path: &Path) -> anyhow::Result<Vec<Source>> {
    if !(matches!(vendor, Vendor::Bender) && path.is_dir()) {
        return Ok(vec![Source::read(path)?]);
    }
    let unreadable = |error| anyhow::anyhow!("{}: {error}", path.display());
    let mut paths = Vec::new();
    for file in std::fs::read_dir(path).map_err(unreadable)? {
        let file = file.map_err(unreadable)?.path();
        if file.is_file() {
            paths.push(file);
        }
    }
    paths.sort();
    paths.iter().map(|path| Source::read(path)).collect()
}

/// A station's files, parsed.
pub(super) enum Config<'a> {
    Keba(keba::Config<'a>),
    Evlink(evlink::Config<'a>),
    Bender(bender::Folder<'a>),
}

impl<'a> Config<'a> {
    pub(super) fn parse(vendor: Vendor, sources: &'a [Source]) -> Self {
        let bytes = sources.first().map_or(&[][..], |source| &source.bytes);
        match vendor {
            Vendor::Keba => Self::Keba(keba::Config::parse(bytes)),
            Vendor::Evlink => Self::Evlink(evlink::Config::parse(bytes)),
            Vendor::Bender => {
                let files = sources.iter().map(|source| (source.name.as_str(), source.bytes.as_slice()));
                Self::Bender(bender::Folder::parse(files))
            }
        }
    }

    pub(super) fn profile(&self) -> Profile<'a> {
        match self {
            Self::Keba(config) => config.file().profile(),
            Self::Evlink(config) => config.file().profile(),
            Self::Bender(folder) => folder.profile(),
        }
    }

    pub(super) fn entries(&self) -> Vec<(Entry<'a>, Option<Known<'a>>)> {
        match self {
            Self::Keba(config) => config.file().entries().collect(),
            Self::Evlink(config) => config.file().entries().collect(),
            Self::Bender(folder) => folder.entries().collect(),
        }
    }

    /// The setting of this name; see [`evkit_config_format::File::entry`].
    pub(super) fn entry(&self, section: Option<&str>, key: &str) -> Option<(Entry<'a>, Option<Known<'a>>)> {
        match self {
            Self::Keba(config) => config.file().entry(section, key),
            Self::Evlink(config) => config.file().entry(section, key),
            Self::Bender(folder) => folder.entries().find(|(entry, _)| entry.key == key),
        }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        match self {
            Self::Keba(config) => config.findings(),
            Self::Evlink(config) => config.findings(),
            Self::Bender(folder) => folder.findings(),
        }
    }

    pub(super) fn model(&self) -> StationModel {
        match self {
            Self::Keba(config) => config.station(),
            Self::Evlink(config) => config.station(),
            Self::Bender(folder) => folder.station(),
        }
    }
}

/// The path of the file among `sources` that something of a station is about.
pub(super) fn path_of<'s>(sources: &'s [Source], file: Option<&str>) -> &'s Path {
    let named = sources.iter().find(|source| file.is_none_or(|name| source.name == name));
    named.map_or(Path::new(""), |source| &source.path)
}
