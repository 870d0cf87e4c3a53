//! The four files a run leaves: two logs written on the way, two results written at the end.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use chrono::SecondsFormat;

use super::SiteError;
use super::record::Record;
use super::report;

/// The logs that grow while the site runs.
#[derive(Debug)]
pub struct Files {
    /// `ocpp.jsonl`.
    pub ocpp: BufWriter<File>,
    /// `dlm.jsonl`.
    pub dlm: BufWriter<File>,
    folder: PathBuf,
}

impl Files {
    /// Makes the folder and the logs in it.
    ///
    /// # Errors
    /// The folder or a file cannot be made.
    pub fn create(folder: &Path) -> Result<Self, SiteError> {
        std::fs::create_dir_all(folder).map_err(|source| SiteError::Write { path: folder.into(), source })?;
        let create = |name: &str| {
            let path = folder.join(name);
            File::create(&path).map(BufWriter::new).map_err(|source| SiteError::Write { path, source })
        };
        Ok(Self { ocpp: create("ocpp.jsonl")?, dlm: create("dlm.jsonl")?, folder: folder.into() })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Writes `sessions.csv` and `report.html`.
///
/// # Errors
/// A file cannot be written.
pub fn write_results(folder: &Path, record: &Record) -> Result<(), SiteError> {
    let path = folder.join("sessions.csv");
    sessions(&path, record).map_err(|source| SiteError::Write { path, source })?;
    let page = report::render(record).map_err(SiteError::Report)?;
    let path = folder.join("report.html");
    File::create(&path)
        .and_then(|mut file| file.write_all(page.as_bytes()))
        .map_err(|source| SiteError::Write { path, source })
}

fn sessions(path: &Path, record: &Record) -> std::io::Result<()> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record([
        "station",
        "connector",
        "transaction id",
        "card",
        "start",
        "end",
        "energy in Wh",
        "stop reason",
    ])?;
    for t in &record.transactions {
        let text = |time: &chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        out.write_record([
            t.station.clone(),
            t.connector.to_string(),
            t.id.to_string(),
            t.card.clone(),
            text(&t.start),
            t.end.as_ref().map(text).unwrap_or_default(),
            t.energy_wh.to_string(),
            t.reason.clone(),
        ])?;
    }
    out.flush()
}
