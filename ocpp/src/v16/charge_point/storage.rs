//! Reading the journal at the start and keeping it up to date: one storage operation at a time.

use core::time::Duration;

use super::ChargePoint;
use super::outbox::{Answered, RunClock, Transaction, Wish};
use super::record::{Body, RECORD_MAX, Reader, Record, Writer};
use super::smart_charging::PROFILE_MAX;
use super::stop_data::STOP_DATA_MAX;
use crate::journal::{BLOB_MAX, SEAL_LEN, Store, StoreDone, StoreKey, StoreOp, seal, unseal};
use crate::rpc::timer::Deadline;
use crate::time::Instant;

/// Pause after a failed operation.
const RETRY: Duration = Duration::from_secs(10);

// A connector and a slot of a stack are numbered in one byte.
const _: () = assert!((2 + super::MAX_CONNECTORS) * super::STACK_DEPTH <= 256);

/// Kinds of values: the upper byte of a [`StoreKey`], the lower one says which.
const RUN: u16 = 0x0100;
const ANSWERED: u16 = 0x0200;
const CLOCK: u16 = 0x0300;
const AVAILABILITY: u16 = 0x0400;
const SETTING: u16 = 0x0500;
const PROFILE: u16 = 0x0600;
const LIST_VERSION: u16 = 0x0700;
const RESERVATION: u16 = 0x0800;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The journal has not been read.
    New,
    /// It has; the number of this run has not been written.
    Read,
    Ready,
}

/// The operation under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Job {
    Scan,
    Run,
    Outbox(Wish),
    Availability(u8),
    Setting(u8),
    Profile(u8),
    ListVersion,
    Reservation(u8),
}

#[derive(Debug)]
pub(super) struct Storage {
    phase: Phase,
    job: Option<Job>,
    retry: Deadline,
    /// An operation has failed and nobody was told.
    failed: bool,
    /// It was an append: the journal may be full, and only removals make room.
    full: bool,
    /// Number of this run: one more than any found in the journal.
    run: u32,
    buffer: [u8; BLOB_MAX],
}

impl Storage {
    pub(super) const fn new() -> Self {
        Self {
            phase: Phase::New,
            job: None,
            retry: Deadline::NEVER,
            failed: false,
            full: false,
            run: 1,
            buffer: [0; BLOB_MAX],
        }
    }

    /// Whether the journal has been read and takes records.
    pub(super) fn is_ready(&self) -> bool {
        self.phase == Phase::Ready
    }

    /// Whether the journal has been read.
    pub(super) fn is_read(&self) -> bool {
        self.phase != Phase::New
    }

    pub(super) fn deadline(&self) -> Deadline {
        self.retry
    }

    /// Whether a failed operation may be tried again.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        self.retry.take_due(now);
    }

    pub(super) fn take_failed(&mut self) -> bool {
        core::mem::take(&mut self.failed)
    }

    fn saw_run(&mut self, run: u32) {
        self.run = self.run.max(run.saturating_add(1));
    }
}

impl<const N: usize> Store for ChargePoint<'_, N> {
    fn poll_store(&mut self) -> Option<StoreOp<'_>> {
        let Storage { job, retry, full, .. } = &self.storage;
        let job = match (job, retry.is_set()) {
            (Some(_), _) => return None,
            (None, false) => self.next_job()?,
            (None, true) if *full => Job::Outbox(self.outbox.wish(&self.clock, false)?),
            (None, true) => return None,
        };
        self.storage.job = Some(job);
        let mut body = [0; BLOB_MAX];
        let mut writer = Writer::new(&mut body);
        self.encode_job(job, &mut writer);
        // Everything encoded fits: these are the longest.
        const { assert!(PROFILE_MAX + SEAL_LEN <= BLOB_MAX && RECORD_MAX + STOP_DATA_MAX <= BLOB_MAX) }
        let bytes = seal(writer.finish(), &mut self.storage.buffer).unwrap_or_default();
        let put = |kind: u16, which: u8| StoreOp::Put { key: StoreKey(kind | u16::from(which)), bytes };
        Some(match job {
            Job::Scan => StoreOp::Scan,
            Job::Run => put(RUN, 0),
            Job::Outbox(Wish::First) => StoreOp::First,
            Job::Outbox(Wish::Append(seq)) => StoreOp::Append { seq, bytes },
            Job::Outbox(Wish::Remove(up_to)) => StoreOp::Remove { up_to },
            Job::Outbox(Wish::Answered(lane)) => put(ANSWERED, lane as u8),
            Job::Outbox(Wish::Clock(_)) => put(CLOCK, 0),
            Job::Availability(connector) => put(AVAILABILITY, connector),
            Job::Setting(number) => put(SETTING, number),
            Job::Profile(slot) => put(PROFILE, slot),
            Job::ListVersion => put(LIST_VERSION, 0),
            Job::Reservation(connector) => put(RESERVATION, connector),
        })
    }

    fn handle_stored(&mut self, now: Instant, done: StoreDone<'_>) {
        match (self.storage.job, done) {
            (Some(Job::Scan), StoreDone::Value { key, bytes }) => self.restore_value(key, bytes),
            (Some(Job::Scan), StoreDone::Record { seq, bytes }) => self.restore_record(seq, bytes),
            (Some(Job::Outbox(Wish::First)), StoreDone::Record { seq, bytes }) => {
                self.storage.job = None;
                // Without the extension its records, left by another program, count as damaged.
                let known = |record: &Record| !record.is_of_security() || self.config.security.is_some();
                let found = unseal(bytes).ok().and_then(Record::decode);
                self.outbox.load(seq, found.filter(|(record, _)| known(record)));
            }
            (Some(Job::Outbox(Wish::First)), StoreDone::Empty) => self.finish_job(Job::Outbox(Wish::First)),
            (Some(Job::Scan), StoreDone::Scanned | StoreDone::Empty) => self.finish_job(Job::Scan),
            (Some(job), StoreDone::Written) => self.finish_job(job),
            (Some(job), StoreDone::Failed) => {
                self.storage.job = None;
                self.storage.retry = Deadline::after(now, RETRY);
                self.storage.failed = true;
                self.storage.full = matches!(job, Job::Outbox(Wish::Append(_)));
                self.fail_job(job);
            }
            _ => {}
        }
    }
}

impl<const N: usize> ChargePoint<'_, N> {
    /// See [`Store::poll_store`].
    #[must_use]
    pub fn poll_store(&mut self) -> Option<StoreOp<'_>> {
        Store::poll_store(self)
    }

    /// See [`Store::handle_stored`].
    pub fn handle_stored(&mut self, now: Instant, done: StoreDone<'_>) {
        Store::handle_stored(self, now, done);
    }

    pub(super) fn is_storing_list_version(&self) -> bool {
        self.storage.job == Some(Job::ListVersion)
    }

    /// Transactions first; what the blocks count as stored from here on is what is written.
    fn next_job(&mut self) -> Option<Job> {
        match self.storage.phase {
            Phase::New => return Some(Job::Scan),
            Phase::Read => return Some(Job::Run),
            Phase::Ready => {}
        }
        if let Some(wish) = self.outbox.wish(&self.clock, true) {
            return Some(Job::Outbox(wish));
        }
        if let Some(connector) = self.take_dirty_availability() {
            return Some(Job::Availability(connector));
        }
        if let Some(number) = self.settings.take_dirty() {
            return Some(Job::Setting(number));
        }
        if let Some(slot) = self.profiles.take_dirty() {
            return Some(Job::Profile(slot));
        }
        if let Some(connector) = self.take_dirty_reservation() {
            return Some(Job::Reservation(connector));
        }
        self.local_list.take_dirty().then_some(Job::ListVersion)
    }

    fn encode_job(&mut self, job: Job, writer: &mut Writer<'_>) {
        match job {
            Job::Scan | Job::Outbox(Wish::First | Wish::Remove(_)) => {}
            Job::Run => {
                writer.number(self.storage.run.into(), 4);
            }
            Job::Outbox(Wish::Append(seq)) => self.outbox.encode_pending(seq, writer),
            Job::Outbox(Wish::Answered(lane)) => self.outbox.encode_answered(lane, writer),
            Job::Outbox(Wish::Clock(RunClock { run, origin })) => {
                writer.number(run.into(), 4).number(origin as u64, 8);
            }
            Job::Availability(connector) => {
                writer.put(&[self.kept_availability(connector.into()).into()]);
            }
            Job::Setting(number) => {
                writer.number(self.settings.value(number) as u64, 4);
            }
            Job::Profile(slot) => self.profiles.encode(slot, writer),
            Job::ListVersion => {
                writer.number(self.local_list.version() as u64, 8);
            }
            Job::Reservation(connector) => self.encode_reservation(connector, writer),
        }
    }

    fn finish_job(&mut self, job: Job) {
        self.storage.job = None;
        match job {
            Job::Scan => self.storage.phase = Phase::Read,
            Job::Run => {
                self.storage.phase = Phase::Ready;
                self.outbox.begin_run(self.storage.run);
            }
            Job::Outbox(wish) => self.outbox.written(wish),
            Job::Availability(_)
            | Job::Setting(_)
            | Job::Profile(_)
            | Job::ListVersion
            | Job::Reservation(_) => {}
        }
    }

    fn fail_job(&mut self, job: Job) {
        match job {
            Job::Scan | Job::Run => {}
            Job::Outbox(wish) => self.outbox.failed(wish),
            Job::Availability(connector) => self.mark_dirty_availability(connector),
            Job::Setting(number) => self.settings.mark_dirty(number),
            Job::Profile(slot) => self.profiles.mark_dirty(slot),
            Job::ListVersion => self.local_list.mark_dirty(),
            Job::Reservation(connector) => self.mark_dirty_reservation(connector),
        }
    }

    /// A value found by the scan; damaged ones are as good as absent.
    fn restore_value(&mut self, key: StoreKey, bytes: &[u8]) {
        let Ok(body) = unseal(bytes) else { return };
        let mut reader = Reader::new(body);
        let which = (key.0 & 0xFF) as u8;
        match key.0 & 0xFF00 {
            RUN => {
                if let Some(run) = reader.last(4) {
                    self.storage.saw_run(run as u32);
                }
            }
            ANSWERED => {
                if let Some(answered) = Answered::decode(body) {
                    self.outbox.restore_answered(which.into(), answered);
                    if !answered.ended {
                        self.restore_transaction(which.into(), answered.transaction);
                    }
                }
            }
            CLOCK => {
                let run = reader.number(4) as u32;
                if let Some(origin) = reader.last(8) {
                    self.outbox.restore_clock(RunClock { run, origin: origin as i64 });
                }
            }
            AVAILABILITY => self.restore_availability(which.into(), body != [0]),
            SETTING => {
                if let Some(value) = reader.last(4) {
                    self.settings.restore(which, value as i32);
                }
            }
            PROFILE => self.profiles.restore(which, body),
            RESERVATION => self.restore_reservation(which, body),
            LIST_VERSION => {
                if let Some(version) = reader.last(8) {
                    self.local_list.restore(version as i64);
                }
            }
            _ => {}
        }
    }

    /// A record found by the scan: a start without its stop is a transaction that was interrupted.
    fn restore_record(&mut self, seq: u64, bytes: &[u8]) {
        self.storage.saw_run((seq >> 32) as u32);
        let Some((record, _)) = unseal(bytes).ok().and_then(Record::decode) else { return };
        let Some(index) = usize::from(record.connector).checked_sub(1) else { return };
        match record.body {
            Body::Start { id_tag, meter, .. } => {
                let transaction = Transaction {
                    local: record.transaction,
                    id_tag,
                    meter_start: meter,
                    started: record.stamp,
                };
                self.restore_transaction(index, transaction);
            }
            Body::Stop { .. } => self.forget_transaction(index, record.transaction),
            Body::Sample { .. } | Body::Security { .. } => {}
        }
    }
}
