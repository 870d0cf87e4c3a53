//! Files the central system asks for or offers: logs and firmware (OCPP 1.6 §5.9, §5.19; security white paper §4.9,
//! §4.13).
//!
//! Here is what happens when and what the central system is told; the bytes are moved by whoever drives the station,
//! errand by errand. There is one upload and one update at a time: a new one takes the place of an old one.

use chrono::{DateTime, Utc};
use evkit_ocpp::v16::charge_point::SecurityEvent;
use evkit_ocpp::v16::{
    DiagnosticsStatus, FirmwareStatus, GetDiagnosticsRequest, GetLogRequest, LogParameters, LogType,
    SignedFirmwareStatus, SignedUpdateFirmwareRequest, UpdateFirmwareRequest, UploadLogStatus,
};

use super::program::Program;

/// How long the simulated installation takes.
const INSTALLATION_MS: u64 = 1_000;
/// Pause between attempts if the central system names none.
const RETRY_S: i64 = 60;
/// Lines of a log that are kept; the oldest make room.
const LINES: usize = 1_000;

/// Who moves the bytes understands this, in the words of `SupportedFileTransferProtocols`.
pub(super) const PROTOCOLS: &str = "HTTP";

/// Bytes to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// Put a file into a directory.
    Upload {
        /// The directory's address.
        directory: String,
        /// The file's name.
        name: String,
        /// The file.
        content: Vec<u8>,
    },
    /// Fetch a file.
    Download {
        /// Its address.
        url: String,
    },
}

/// What became of an errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The file is there.
    Uploaded,
    /// It is not, with the reason.
    NotUploaded(String),
    /// The file.
    Downloaded(Vec<u8>),
    /// There is none, with the reason.
    NotDownloaded(String),
}

/// A line of a log and when it was written.
#[derive(Debug, Clone)]
struct Line {
    at: Option<DateTime<Utc>>,
    text: String,
}

/// What the station writes down for its maker and for those who look after its security.
#[derive(Debug, Default)]
pub(super) struct Logs {
    diagnostics: Vec<Line>,
    security: Vec<Line>,
}

impl Logs {
    pub(super) fn write(&mut self, at: Option<DateTime<Utc>>, text: String) {
        push(&mut self.diagnostics, Line { at, text });
    }

    pub(super) fn write_security(&mut self, at: Option<DateTime<Utc>>, text: String) {
        push(&mut self.security, Line { at, text });
    }

    /// The lines of a stretch of time; those from before the time was known are always among them.
    fn text(&self, which: LogType, from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Vec<u8> {
        let lines = if which == LogType::SecurityLog { &self.security } else { &self.diagnostics };
        let wanted = |line: &&Line| {
            line.at.is_none_or(|at| from.is_none_or(|from| from <= at) && to.is_none_or(|to| at <= to))
        };
        let mut text = String::new();
        for line in lines.iter().filter(wanted) {
            let at = line.at.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339());
            text.push_str(&format!("{at} {}\n", line.text));
        }
        text.into_bytes()
    }
}

fn push(lines: &mut Vec<Line>, line: Line) {
    if lines.len() == LINES {
        lines.remove(0);
    }
    lines.push(line);
}

/// When to try, and how often again.
#[derive(Debug)]
struct Attempts {
    left: i64,
    pause_s: i64,
    /// Monotonic milliseconds; none while one is under way.
    next_ms: Option<u64>,
}

impl Attempts {
    fn new(now_ms: u64, retries: Option<i64>, pause_s: Option<i64>) -> Self {
        Self { left: retries.unwrap_or(0), pause_s: pause_s.unwrap_or(RETRY_S), next_ms: Some(now_ms) }
    }

    fn is_due(&self, now_ms: u64) -> bool {
        self.next_ms.is_some_and(|next| next <= now_ms)
    }

    /// One has failed; whether there will be another.
    fn failed(&mut self, now_ms: u64) -> bool {
        self.left -= 1;
        let again = self.left >= 0;
        let pause_ms = u64::try_from(self.pause_s).unwrap_or(0).saturating_mul(1_000);
        self.next_ms = again.then_some(now_ms.saturating_add(pause_ms));
        again
    }
}

/// A log on its way.
#[derive(Debug)]
pub(super) struct Upload {
    /// The request of GetLog; none for GetDiagnostics.
    request: Option<i64>,
    directory: String,
    name: String,
    content: Vec<u8>,
    attempts: Attempts,
}

/// A firmware update.
#[derive(Debug)]
pub(super) struct Update {
    signed: Option<Signed>,
    url: String,
    retrieve_at: DateTime<Utc>,
    install_at: Option<DateTime<Utc>>,
    attempts: Attempts,
    stage: Stage,
}

#[derive(Debug)]
struct Signed {
    request: i64,
    /// PEM.
    certificate: String,
    /// Base64.
    signature: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// To be fetched, or being fetched.
    Fetch,
    /// On the station, and waiting for its time and for the end of transactions.
    Wait,
    /// Being installed until then.
    Install { until_ms: u64 },
}

/// Where an update stands. The unsigned form has no word for some of it.
#[derive(Debug, Clone, Copy)]
enum Progress {
    Scheduled,
    Downloading,
    Downloaded,
    DownloadFailed,
    Verified,
    InvalidSignature,
    InstallScheduled,
    Installing,
    Installed,
}

impl Progress {
    fn words(self) -> (Option<FirmwareStatus>, SignedFirmwareStatus) {
        use {FirmwareStatus as F, SignedFirmwareStatus as S};
        match self {
            Self::Scheduled => (None, S::DownloadScheduled),
            Self::Downloading => (Some(F::Downloading), S::Downloading),
            Self::Downloaded => (Some(F::Downloaded), S::Downloaded),
            Self::DownloadFailed => (Some(F::DownloadFailed), S::DownloadFailed),
            Self::Verified => (None, S::SignatureVerified),
            Self::InvalidSignature => (Some(F::InstallationFailed), S::InvalidSignature),
            Self::InstallScheduled => (None, S::InstallScheduled),
            Self::Installing => (Some(F::Installing), S::Installing),
            Self::Installed => (Some(F::Installed), S::Installed),
        }
    }
}

/// A status the central system is to be told, each in its turn.
#[derive(Debug, Clone, Copy)]
pub(super) enum Status {
    Firmware(FirmwareStatus),
    SignedFirmware(SignedFirmwareStatus, i64),
    Diagnostics(DiagnosticsStatus),
    Log(UploadLogStatus, i64),
}

/// Whether something new took the place of something old.
pub(super) type Replaced = bool;

impl<const N: usize> Program<N> {
    // ---- uploads ----

    pub(super) fn get_diagnostics(&mut self, now_ms: u64, request: &GetDiagnosticsRequest<'_>) -> String {
        let content = self.logs.text(LogType::DiagnosticsLog, request.start_time, request.stop_time);
        let name = format!("{}-diagnostics.txt", self.config.identity);
        let attempts = Attempts::new(now_ms, request.retries, request.retry_interval);
        let directory = request.location.to_string();
        self.begin_upload(Upload { request: None, directory, name: name.clone(), content, attempts });
        name
    }

    pub(super) fn get_log(&mut self, now_ms: u64, request: &GetLogRequest<'_>) -> (Replaced, String) {
        let LogParameters { remote_location, oldest_timestamp, latest_timestamp } = &request.log;
        let content = self.logs.text(request.log_type, *oldest_timestamp, *latest_timestamp);
        let kind = if request.log_type == LogType::SecurityLog { "security" } else { "diagnostics" };
        let name = format!("{}-{kind}.txt", self.config.identity);
        let attempts = Attempts::new(now_ms, request.retries, request.retry_interval);
        let replaced = self.begin_upload(Upload {
            request: Some(request.request_id),
            directory: remote_location.to_string(),
            name: name.clone(),
            content,
            attempts,
        });
        (replaced, name)
    }

    fn begin_upload(&mut self, upload: Upload) -> Replaced {
        let request = upload.request;
        let replaced = self.upload.replace(upload).is_some();
        self.tell_upload(request, DiagnosticsStatus::Uploading, UploadLogStatus::Uploading);
        replaced
    }

    fn tell_upload(&mut self, request: Option<i64>, plain: DiagnosticsStatus, log: UploadLogStatus) {
        self.statuses.push_back(match request {
            None => Status::Diagnostics(plain),
            Some(request) => Status::Log(log, request),
        });
    }

    /// Hands statuses to the session, which would otherwise tell only the latest.
    pub(super) fn tell_statuses(&mut self) {
        while self.session.is_progress_told() {
            match self.statuses.pop_front() {
                None => return,
                Some(Status::Firmware(status)) => self.session.set_firmware_status(status),
                Some(Status::Diagnostics(status)) => self.session.set_diagnostics_status(status),
                Some(Status::Log(status, request)) => self.session.set_log_status(status, Some(request)),
                Some(Status::SignedFirmware(status, request)) => {
                    self.session.set_signed_firmware_status(status, Some(request));
                }
            }
        }
    }

    fn uploaded(&mut self, now_ms: u64, problem: Option<&str>) {
        let Some(upload) = &mut self.upload else { return };
        let (request, name) = (upload.request, upload.name.clone());
        match problem {
            None => {
                self.upload = None;
                self.note_station(format!("{name} was uploaded"));
                self.tell_upload(request, DiagnosticsStatus::Uploaded, UploadLogStatus::Uploaded);
            }
            Some(problem) => {
                let again = upload.attempts.failed(now_ms);
                self.note_station(format!("{name} was not uploaded: {problem}"));
                if !again {
                    self.upload = None;
                    self.tell_upload(
                        request,
                        DiagnosticsStatus::UploadFailed,
                        UploadLogStatus::UploadFailure,
                    );
                }
            }
        }
    }

    // ---- firmware ----

    pub(super) fn update_firmware(&mut self, now_ms: u64, request: &UpdateFirmwareRequest<'_>) {
        self.update = Some(Update {
            signed: None,
            url: request.location.to_string(),
            retrieve_at: request.retrieve_date,
            install_at: None,
            attempts: Attempts::new(now_ms, request.retries, request.retry_interval),
            stage: Stage::Fetch,
        });
    }

    pub(super) fn update_signed_firmware(
        &mut self,
        now_ms: u64,
        request: &SignedUpdateFirmwareRequest<'_>,
    ) -> Replaced {
        let firmware = &request.firmware;
        let update = Update {
            signed: Some(Signed {
                request: request.request_id,
                certificate: firmware.signing_certificate.to_string(),
                signature: firmware.signature.to_string(),
            }),
            url: firmware.location.to_string(),
            retrieve_at: firmware.retrieve_date_time,
            install_at: firmware.install_date_time,
            attempts: Attempts::new(now_ms, request.retries, request.retry_interval),
            stage: Stage::Fetch,
        };
        let replaced = self.update.replace(update).is_some();
        if self.utc(now_ms).is_some_and(|utc| utc < firmware.retrieve_date_time) {
            self.tell_update(Progress::Scheduled);
        }
        replaced
    }

    fn tell_update(&mut self, progress: Progress) {
        let (plain, signed) = progress.words();
        let request =
            self.update.as_ref().and_then(|update| update.signed.as_ref()).map(|signed| signed.request);
        self.statuses.extend(match request {
            Some(request) => Some(Status::SignedFirmware(signed, request)),
            None => plain.map(Status::Firmware),
        });
        self.note_station(format!("firmware: {}", signed.as_str()));
    }

    fn fail_update(&mut self, progress: Progress) {
        self.tell_update(progress);
        self.update = None;
    }

    fn downloaded(&mut self, now_ms: u64, content: &[u8]) {
        let Some(update) = self.update.as_mut().filter(|update| update.stage == Stage::Fetch) else { return };
        update.stage = Stage::Wait;
        let install_at = update.install_at;
        let genuine = update
            .signed
            .as_ref()
            .map(|signed| self.certificates.is_signed_by(content, &signed.certificate, &signed.signature));
        self.tell_update(Progress::Downloaded);
        match genuine {
            Some(false) => {
                self.security_event(now_ms, SecurityEvent::InvalidFirmwareSignature, "");
                return self.fail_update(Progress::InvalidSignature);
            }
            Some(true) => self.tell_update(Progress::Verified),
            None => {}
        }
        if install_at.is_some_and(|at| self.utc(now_ms).is_none_or(|utc| utc < at)) {
            self.tell_update(Progress::InstallScheduled);
        }
    }

    fn not_downloaded(&mut self, now_ms: u64, problem: &str) {
        self.note_station(format!("firmware was not fetched: {problem}"));
        let Some(update) = &mut self.update else { return };
        if !update.attempts.failed(now_ms) {
            self.fail_update(Progress::DownloadFailed);
        }
    }

    /// Goes on with an update whose next step depends on the time.
    pub(super) fn continue_update(&mut self, now_ms: u64) {
        let utc = self.utc(now_ms);
        let idle = self.seats.iter().all(|seat| seat.access.is_none());
        let Some(update) = &mut self.update else { return };
        match update.stage {
            Stage::Wait if idle && update.install_at.is_none_or(|at| utc.is_some_and(|utc| at <= utc)) => {
                update.stage = Stage::Install { until_ms: now_ms + INSTALLATION_MS };
                self.tell_update(Progress::Installing);
            }
            Stage::Install { until_ms } if until_ms <= now_ms => {
                self.tell_update(Progress::Installed);
                self.update = None;
                self.security_event(now_ms, SecurityEvent::FirmwareUpdated, "simulated");
            }
            _ => {}
        }
    }

    // ---- the driver's side ----

    /// The next bytes to be moved.
    pub(super) fn next_errand(&mut self, now_ms: u64) -> Option<Errand> {
        if let Some(upload) = self.upload.as_mut().filter(|upload| upload.attempts.is_due(now_ms)) {
            upload.attempts.next_ms = None;
            let (directory, name) = (upload.directory.clone(), upload.name.clone());
            return Some(Errand::Upload { directory, name, content: upload.content.clone() });
        }
        let utc = self.utc(now_ms)?;
        let update = self.update.as_mut().filter(|update| {
            update.stage == Stage::Fetch && update.retrieve_at <= utc && update.attempts.is_due(now_ms)
        })?;
        update.attempts.next_ms = None;
        let url = update.url.clone();
        self.tell_update(Progress::Downloading);
        Some(Errand::Download { url })
    }

    pub(super) fn errand_done(&mut self, now_ms: u64, outcome: Outcome) {
        match outcome {
            Outcome::Uploaded => self.uploaded(now_ms, None),
            Outcome::NotUploaded(problem) => self.uploaded(now_ms, Some(&problem)),
            Outcome::Downloaded(content) => self.downloaded(now_ms, &content),
            Outcome::NotDownloaded(problem) => self.not_downloaded(now_ms, &problem),
        }
    }
}
