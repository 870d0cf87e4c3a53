//! Starting and stopping transactions, and what the central system says about them (OCPP 1.6 §4.8, §4.10).
//!
//! A transaction exists from the moment its start record is handed to storage. It needs no connection: its messages
//! wait in the journal, stamped with the time they arose at.

use super::event::Subject;
use super::metering::{Loose, Readings, next_aligned};
use super::outbox::{Outgoing, Place, Transaction};
use super::record::{Body, Record, Stamp};
use super::security::Notification;
use super::{ActionError, ChargePoint, Event};
use crate::list::List;
use crate::message::EncodeError;
use crate::rpc::timer::Deadline;
use crate::rpc::{ErrorCode, Failure};
use crate::schema::{Members, Violation};
use crate::time::{Instant, from_unix_millis};
use crate::units::WattHours;
use crate::v16::keys::Key;
use crate::v16::measurands::Measurands;
use crate::v16::{
    Action, IdTag, MeterValue, MeterValuesRequest, ReadingContext, Reason, StartTransactionRequest,
    StartTransactionResponse, StopTransactionRequest, StopTransactionResponse,
};

/// A running transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// The identifier it was started with.
    pub id_tag: IdTag,
    /// The register at its start.
    pub meter_start: WattHours,
    /// Its number, once the central system has given one.
    pub transaction: Option<i64>,
}

/// The transaction block of a connector.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    running: Option<Transaction>,
    /// Found in the journal at the start of the program and not to be continued.
    interrupted: bool,
    sample: Deadline,
}

impl Slot {
    pub(super) const NONE: Self = Self { running: None, interrupted: false, sample: Deadline::NEVER };

    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Whether there is a transaction to be ended at this register. A register below its start is not a reading yet.
    pub(super) fn is_interrupted_before(&self, meter: WattHours) -> bool {
        self.interrupted && self.running.is_some_and(|running| running.meter_start <= meter)
    }

    pub(super) fn deadline(&self) -> Deadline {
        self.sample
    }

    pub(super) fn started(&self) -> Option<(u64, Stamp)> {
        self.running.map(|running| (running.local, running.started))
    }
}

impl<const N: usize> ChargePoint<'_, N> {
    /// Starts a transaction. Whether `id_tag` may charge was decided before; `reservation` is the id of the
    /// reservation it uses.
    ///
    /// # Errors
    ///
    /// [`ActionError::TransactionRunning`]; [`ActionError::JournalBusy`] before the journal has been read or while it
    /// has not yet taken the end of the last transaction; [`ActionError::NoConnector`].
    pub fn start_transaction(
        &mut self,
        now: Instant,
        connector: u8,
        id_tag: IdTag,
        meter: WattHours,
        reservation: Option<i64>,
    ) -> Result<(), ActionError> {
        let index = self.index(connector)?;
        let outlet = self.connectors.get_mut(index).ok_or(ActionError::NoConnector(connector))?;
        if outlet.transaction.is_running() {
            return Err(ActionError::TransactionRunning);
        }
        if !self.storage.is_ready() || self.outbox.is_pending(index) {
            return Err(ActionError::JournalBusy);
        }
        let started = self.clock.stamp(now);
        let body = Body::Start { id_tag, meter, reservation };
        let local =
            self.outbox.push(index, Place::Start, started, None, body).ok_or(ActionError::JournalBusy)?;
        self.outbox.begin_stop_data(index);
        outlet.transaction = Slot {
            running: Some(Transaction { local, id_tag, meter_start: meter, started }),
            interrupted: false,
            sample: Deadline::after_secs(now, self.settings.get(Key::MeterValueSampleInterval)),
        };
        outlet.connector.awaiting = Deadline::NEVER;
        outlet.connector.finishing = false;
        outlet.connector.requested = outlet.connector.facts.requesting && outlet.connector.facts.offering;
        self.gather(now, index, ReadingContext::TransactionBegin, meter);
        if let Some(reservation) = reservation {
            self.end_reservation_of(now, reservation);
        }
        self.refresh(now, index);
        Ok(())
    }

    /// Stops the transaction of a connector. `id_tag`: who stopped it, if that is known.
    ///
    /// # Errors
    ///
    /// [`ActionError::NoTransaction`], [`ActionError::NoConnector`].
    pub fn stop_transaction(
        &mut self,
        now: Instant,
        connector: u8,
        reason: Reason,
        meter: WattHours,
        id_tag: Option<IdTag>,
    ) -> Result<(), ActionError> {
        let index = self.index(connector)?;
        let outlet = self.connectors.get_mut(index).ok_or(ActionError::NoConnector(connector))?;
        let Some(running) = outlet.transaction.running else { return Err(ActionError::NoTransaction) };
        let body = Body::Stop { reason, meter, id_tag };
        self.outbox
            .push(index, Place::Stop, self.clock.stamp(now), Some(running.local), body)
            .ok_or(ActionError::JournalBusy)?;
        outlet.transaction = Slot::NONE;
        outlet.connector.finishing = outlet.connector.facts.plugged;
        self.gather(now, index, ReadingContext::TransactionEnd, meter);
        self.profiles.end_transaction(index);
        self.apply_scheduled(index);
        self.refresh(now, index);
        Ok(())
    }

    /// The running transaction of a connector.
    #[must_use]
    pub fn transaction(&self, connector: u8) -> Option<Running> {
        let index = self.index(connector).ok()?;
        let running = self.connectors.get(index)?.transaction.running?;
        let transaction = self.outbox.id(index, &running);
        Some(Running { id_tag: running.id_tag, meter_start: running.meter_start, transaction })
    }

    /// The connector on which the central system's transaction runs.
    pub(super) fn connector_of(&self, transaction: i64) -> Option<u8> {
        (1..=N as u8).find(|connector| {
            self.transaction(*connector).is_some_and(|running| running.transaction == Some(transaction))
        })
    }

    /// Whether everything there is to say about transactions is durable, delivered and answered, so that a restart
    /// interrupts nothing.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.storage.is_ready() && self.outbox.is_empty()
    }

    /// A transaction was found in the journal.
    pub(super) fn restore_transaction(&mut self, index: usize, transaction: Transaction) {
        let resume = self.config.resume_transactions;
        if let Some(outlet) = self.connectors.get_mut(index) {
            outlet.transaction =
                Slot { running: Some(transaction), interrupted: !resume, sample: Deadline::NEVER };
            outlet.availability.interrupted = true;
        }
    }

    /// The end of the transaction was found in the journal, too.
    pub(super) fn forget_transaction(&mut self, index: usize, local: u64) {
        if let Some(outlet) = self.connectors.get_mut(index) {
            if outlet.transaction.running.is_some_and(|running| running.local == local) {
                outlet.transaction = Slot::NONE;
                outlet.availability.interrupted = false;
            }
        }
    }

    // ---- metering ----

    /// Takes the samples that are due.
    pub(super) fn take_samples(&mut self, now: Instant) {
        let interval = self.settings.get(Key::MeterValueSampleInterval);
        for index in 0..N {
            let Some(slot) = self.connectors.get_mut(index).map(|outlet| &mut outlet.transaction) else {
                break;
            };
            if slot.sample.take_due(now) {
                slot.sample = Deadline::after_secs(now, interval);
                self.sample(now, index, Place::Sample, ReadingContext::SamplePeriodic);
            }
        }
        if self.aligned.take_due(now) {
            for index in 0..N {
                self.sample(now, index, Place::Aligned, ReadingContext::SampleClock);
            }
            self.align(now);
        }
    }

    /// Reads a meter: into the journal during a transaction, otherwise to be sent at once or never.
    pub(super) fn sample(&mut self, now: Instant, index: usize, place: Place, context: ReadingContext) {
        let key = match context {
            ReadingContext::SampleClock => Key::MeterValuesAlignedData,
            _ => Key::MeterValuesSampledData,
        };
        let wanted = Measurands::from_bits(self.settings.get(key));
        // §4.2: before it is accepted a station says only what it was asked to.
        let may_send = self.is_online() || (context == ReadingContext::Trigger && self.link.is_open());
        let Some(outlet) = self.connectors.get_mut(index) else { return };
        if outlet.transaction.interrupted || !outlet.connector.known {
            return;
        }
        let meter = &outlet.connector.facts.meter;
        let (energy, readings) = (meter.energy, meter.readings(wanted));
        match outlet.transaction.running {
            None if readings.contents.is_empty() => {}
            Some(running) => {
                if context != ReadingContext::Trigger {
                    self.gather(now, index, context, energy);
                }
                if readings.contents.is_empty() {
                    return;
                }
                let body = Body::Sample { context, readings };
                self.outbox.push(index, place, self.clock.stamp(now), Some(running.local), body);
            }
            None if may_send => outlet.loose = Some(Loose { at: now, context, readings }),
            None => {}
        }
    }

    /// Reads a meter for the end of the transaction (`transactionData`). Its register shows `energy`.
    fn gather(&mut self, now: Instant, index: usize, context: ReadingContext, energy: WattHours) {
        let key = match context {
            ReadingContext::SampleClock => Key::StopTxnAlignedData,
            _ => Key::StopTxnSampledData,
        };
        let wanted = Measurands::from_bits(self.settings.get(key));
        if let Some(outlet) = self.connectors.get(index) {
            let readings = Readings { energy, ..outlet.connector.facts.meter.readings(wanted) };
            self.outbox.add_stop_data(index, now, context, &readings);
        }
    }

    /// Sets the next clock-aligned moment.
    pub(super) fn align(&mut self, now: Instant) {
        self.aligned = next_aligned(&self.clock, now, self.settings.get(Key::ClockAlignedDataInterval));
    }

    /// Sets the next samples after their interval has changed.
    pub(super) fn restart_samples(&mut self, now: Instant) {
        let interval = self.settings.get(Key::MeterValueSampleInterval);
        for outlet in &mut self.connectors {
            if outlet.transaction.is_running() {
                outlet.transaction.sample = Deadline::after_secs(now, interval);
            }
        }
    }

    /// A transaction that goes on after an interruption is sampled again once its meter is known.
    pub(super) fn resume_samples(&mut self, now: Instant, index: usize) {
        let interval = self.settings.get(Key::MeterValueSampleInterval);
        if let Some(slot) = self.connectors.get_mut(index).map(|outlet| &mut outlet.transaction) {
            if slot.is_running() && !slot.sample.is_set() {
                slot.sample = Deadline::after_secs(now, interval);
            }
        }
    }

    // ---- sending ----

    /// Calls `send` with the message of a record.
    pub(super) fn write_record<'b>(
        &self,
        now: Instant,
        buffer: &'b mut [u8],
    ) -> Option<Result<&'b str, EncodeError>> {
        let Outgoing { record, unix_millis, transaction, tail } = self.outbox.outgoing(now)?;
        let timestamp = from_unix_millis(unix_millis).unwrap_or_default();
        let link = &self.link;
        let connector_id = i64::from(record.connector);
        Some(match &record.body {
            Body::Start { id_tag, meter, reservation } => {
                let request = StartTransactionRequest {
                    connector_id,
                    id_tag: id_tag.token(),
                    meter_start: signed(*meter),
                    reservation_id: *reservation,
                    timestamp,
                };
                link.write_call(&request, buffer)
            }
            Body::Sample { context, readings } => readings.with_values(*context, |values| {
                let meter_value = [MeterValue { timestamp, sampled_value: List::new(values) }];
                let request = MeterValuesRequest {
                    connector_id,
                    transaction_id: Some(transaction),
                    meter_value: List::new(&meter_value),
                };
                link.write_call(&request, buffer)
            }),
            Body::Stop { reason, meter, id_tag } => tail.with_values(unix_millis, |readings| {
                let request = StopTransactionRequest {
                    id_tag: id_tag.as_ref().map(IdTag::token),
                    meter_stop: signed(*meter),
                    timestamp,
                    transaction_id: transaction,
                    reason: Some(*reason),
                    transaction_data: readings.map(List::new),
                };
                link.write_call(&request, buffer)
            }),
            Body::Security { event, tech_info } => {
                let tech_info = tech_info.as_str();
                let notification = Notification::Event { event: *event, timestamp, tech_info };
                self.config.security?.notify(link, notification, buffer)
            }
        })
    }

    /// The answer to the oldest record.
    pub(super) fn on_record<'f>(
        &mut self,
        members: &mut Members<'f, '_>,
    ) -> Result<Option<Event<'f>>, Violation> {
        let Some(action) = self.outbox.head().map(action_of) else { return Ok(None) };
        Ok(match action {
            Action::StartTransaction => {
                let answer: StartTransactionResponse<'f> = self.read(members)?;
                let connector = self.outbox.settle(Some(answer.transaction_id));
                connector.map(|connector| self.on_start_answer(connector, answer))
            }
            Action::StopTransaction => {
                let answer: StopTransactionResponse<'f> = self.read(members)?;
                let id_tag_info = answer.id_tag_info;
                let connector = self.outbox.settle(None);
                connector.map(|connector| Event::TransactionEnded { connector, id_tag_info })
            }
            // Nothing is in the answers to the others.
            _ => {
                self.outbox.settle(None);
                None
            }
        })
    }

    fn on_start_answer<'f>(&self, connector: u8, answer: StartTransactionResponse<'f>) -> Event<'f> {
        let transaction = self.transaction(connector);
        Event::TransactionAccepted {
            connector,
            transaction: answer.transaction_id,
            running: transaction.is_some_and(|running| running.transaction == Some(answer.transaction_id)),
            id_tag_info: answer.id_tag_info,
        }
    }

    /// The oldest record was refused or not answered.
    pub(super) fn on_record_failed(&mut self, now: Instant, failure: &Failure) -> Option<Subject> {
        if matches!(failure, Failure::Dropped) {
            return None;
        }
        // What the central system does not have it will not have a minute later either. Starts and stops are worth the
        // attempts all the same.
        let unknown =
            matches!(failure, Failure::Refused(ErrorCode::NotImplemented | ErrorCode::NotSupported));
        let record = self.outbox.head()?;
        let (connector, action) = (record.connector, action_of(record));
        let optional = matches!(action, Action::MeterValues | Action::SecurityEventNotification);
        let attempts =
            if unknown && optional { 1 } else { self.settings.get(Key::TransactionMessageAttempts) };
        let interval = self.settings.get(Key::TransactionMessageRetryInterval);
        let refused = !matches!(failure, Failure::TimedOut);
        let given_up = self.outbox.attempt_failed(now, refused, attempts, interval);
        given_up.then_some(Subject::GivenUp { connector, action })
    }
}

fn signed(meter: WattHours) -> i64 {
    i64::try_from(meter.0).unwrap_or(i64::MAX)
}

fn action_of(record: &Record) -> Action {
    match record.body {
        Body::Start { .. } => Action::StartTransaction,
        Body::Sample { .. } => Action::MeterValues,
        Body::Stop { .. } => Action::StopTransaction,
        Body::Security { .. } => Action::SecurityEventNotification,
    }
}
