//! Progress of firmware updates and uploads: the latest status is told, earlier ones that had no chance are not
//! (OCPP 1.6 §4.4, §4.5, security white paper).

use super::ChargePoint;
use super::security::Notification;
use crate::message::EncodeError;
use crate::v16::{
    DiagnosticsStatus, DiagnosticsStatusNotificationRequest, FirmwareStatus,
    FirmwareStatusNotificationRequest, SignedFirmwareStatus, UploadLogStatus,
};

/// Which of the four notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Firmware,
    SignedFirmware,
    Diagnostics,
    Log,
}

/// A status and whether it is to be told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<S> {
    status: S,
    dirty: bool,
    triggered: bool,
}

impl<S: Copy> Told<S> {
    const fn new(status: S) -> Self {
        Self { status, dirty: false, triggered: false }
    }

    fn set(&mut self, status: S) {
        self.status = status;
        self.dirty = true;
    }

    pub(super) fn trigger(&mut self) {
        self.triggered = true;
    }

    fn is_due(&self, accepted: bool) -> bool {
        self.triggered || (accepted && self.dirty)
    }

    fn sent(&mut self) {
        self.dirty = false;
        self.triggered = false;
    }
}

#[derive(Debug)]
pub(super) struct Statuses {
    pub(super) firmware: Told<FirmwareStatus>,
    pub(super) signed: Told<(SignedFirmwareStatus, Option<i64>)>,
    pub(super) diagnostics: Told<DiagnosticsStatus>,
    pub(super) log: Told<(UploadLogStatus, Option<i64>)>,
}

impl Statuses {
    pub(super) const fn new() -> Self {
        Self {
            firmware: Told::new(FirmwareStatus::Idle),
            signed: Told::new((SignedFirmwareStatus::Idle, None)),
            diagnostics: Told::new(DiagnosticsStatus::Idle),
            log: Told::new((UploadLogStatus::Idle, None)),
        }
    }

    pub(super) fn next(&self, accepted: bool) -> Option<Progress> {
        [
            (self.firmware.is_due(accepted), Progress::Firmware),
            (self.signed.is_due(accepted), Progress::SignedFirmware),
            (self.diagnostics.is_due(accepted), Progress::Diagnostics),
            (self.log.is_due(accepted), Progress::Log),
        ]
        .into_iter()
        .find_map(|(due, progress)| due.then_some(progress))
    }

    pub(super) fn sent(&mut self, progress: Progress) {
        match progress {
            Progress::Firmware => self.firmware.sent(),
            Progress::SignedFirmware => self.signed.sent(),
            Progress::Diagnostics => self.diagnostics.sent(),
            Progress::Log => self.log.sent(),
        }
    }

    /// A notification had no answer: tell it again.
    pub(super) fn failed(&mut self, progress: Progress) {
        match progress {
            Progress::Firmware => self.firmware.dirty = true,
            Progress::SignedFirmware => self.signed.dirty = true,
            Progress::Diagnostics => self.diagnostics.dirty = true,
            Progress::Log => self.log.dirty = true,
        }
    }
}

impl<const N: usize> ChargePoint<'_, N> {
    /// Reports how a firmware update goes on (§4.5).
    pub fn set_firmware_status(&mut self, status: FirmwareStatus) {
        self.progress.firmware.set(status);
    }

    /// Reports how a signed firmware update goes on; `request`: its request id. Nobody is told without
    /// [`Config::with_security`](super::Config::with_security).
    pub fn set_signed_firmware_status(&mut self, status: SignedFirmwareStatus, request: Option<i64>) {
        if self.config.security.is_some() {
            self.progress.signed.set((status, request));
        }
    }

    /// Reports how an upload of diagnostics goes on (§4.4).
    pub fn set_diagnostics_status(&mut self, status: DiagnosticsStatus) {
        self.progress.diagnostics.set(status);
    }

    /// Reports how an upload of a log goes on; `request`: its request id. Nobody is told without
    /// [`Config::with_security`](super::Config::with_security).
    pub fn set_log_status(&mut self, status: UploadLogStatus, request: Option<i64>) {
        if self.config.security.is_some() {
            self.progress.log.set((status, request));
        }
    }

    /// Whether every status given to the four functions above was told, or replaced by a later one. A station that wants
    /// each of them to be told waits for this before it gives the next.
    #[must_use]
    pub fn is_progress_told(&self) -> bool {
        self.progress.next(true).is_none()
    }

    pub(super) fn write_progress<'b>(
        &self,
        progress: Progress,
        buffer: &'b mut [u8],
    ) -> Result<Option<&'b str>, EncodeError> {
        let notification = match progress {
            Progress::Firmware => {
                let request = FirmwareStatusNotificationRequest { status: self.progress.firmware.status };
                return self.link.write_call(&request, buffer).map(Some);
            }
            Progress::Diagnostics => {
                let request =
                    DiagnosticsStatusNotificationRequest { status: self.progress.diagnostics.status };
                return self.link.write_call(&request, buffer).map(Some);
            }
            Progress::SignedFirmware => {
                let (status, request) = self.progress.signed.status;
                Notification::SignedFirmware(status, request)
            }
            Progress::Log => {
                let (status, request) = self.progress.log.status;
                Notification::Log(status, request)
            }
        };
        let Some(extension) = self.config.security else { return Ok(None) };
        extension.notify(&self.link, notification, buffer).map(Some)
    }
}
