//! From the journal to the central system: one record at a time, in order, each until it is answered.
//!
//! OCPP 1.6 §3.7 and §4.8 ff.: transaction messages are delivered in the order they arose, also after a restart. A
//! record is sent only once its append is durable, and removed only once it is answered (or given up). The number the
//! central system gives a transaction is not known when its records are made: it is kept per connector and
//! filled in when they are sent.

use super::clock::Clock;
use super::metering::Readings;
use super::record::{Body, Reader, Record, Stamp, Writer};
use super::stop_data::{StopData, Tail};
use crate::rpc::timer::Deadline;
use crate::time::Instant;
use crate::units::WattHours;
use crate::v16::{IdTag, ReadingContext};

/// A transaction as the session remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Transaction {
    /// Sequence number of the start record.
    pub(super) local: u64,
    pub(super) id_tag: IdTag,
    pub(super) meter_start: WattHours,
    pub(super) started: Stamp,
}

/// What the central system made of the last start record of a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answered {
    pub(super) transaction: Transaction,
    /// Its number; `None`: the start was given up.
    pub(super) id: Option<i64>,
    /// Whether the stop has been answered, too.
    pub(super) ended: bool,
}

impl Answered {
    pub(super) fn encode(&self, writer: &mut Writer<'_>) {
        let Transaction { local, id_tag, meter_start, started } = &self.transaction;
        writer.number(*local, 8).tag(Some(id_tag)).number(meter_start.0, 8).stamp(*started);
        writer.option(self.id).put(&[self.ended.into()]);
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let local = reader.number(8);
        let id_tag = reader.tag()?;
        let meter_start = WattHours(reader.number(8));
        let transaction = Transaction { local, id_tag, meter_start, started: reader.stamp()? };
        let id = reader.option();
        let ended = reader.byte() != 0;
        reader.rest().map(|_| Self { transaction, id, ended })
    }
}

/// Which place a record has while it is not yet durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Start,
    Sample,
    Aligned,
    Stop,
    /// Of the station, not of a connector.
    Security,
}

/// Records not yet durable; they become so in the order of their sequence numbers.
#[derive(Debug, Clone, Copy)]
struct Pending([Option<(u64, Record)>; 4]);

impl Pending {
    const NONE: Self = Self([None; 4]);

    fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// The oldest of these and `other`.
    // Not inlined: events and the records of every connector go through it.
    #[inline(never)]
    fn first<'a>(&'a self, other: Option<&'a (u64, Record)>) -> Option<&'a (u64, Record)> {
        let mut first = other;
        for record in self.0.iter().filter_map(Option::as_ref) {
            if first.is_none_or(|(seq, _)| record.0 < *seq) {
                first = Some(record);
            }
        }
        first
    }

    #[inline(never)]
    fn forget(&mut self, seq: u64) {
        for slot in &mut self.0 {
            slot.take_if(|(pending, _)| *pending == seq);
        }
    }
}

/// The part of the outbox that belongs to one connector.
#[derive(Debug, Clone, Copy)]
struct Lane {
    /// By [`Place`].
    pending: Pending,
    answered: Option<Answered>,
    /// Whether `answered` differs from what is stored.
    dirty: bool,
    /// Of the running transaction, and of the one before until its end is durable.
    stop_data: StopData,
}

/// The oldest record.
#[derive(Debug, Clone, Copy)]
enum Head {
    /// Not looked at yet.
    Unknown,
    /// There is none.
    None,
    Loaded(Loaded),
    /// Answered or given up; to be removed.
    Done(u64),
}

#[derive(Debug, Clone, Copy)]
struct Loaded {
    seq: u64,
    record: Record,
    /// Unix time in milliseconds that its stamp means.
    unix_millis: Option<i64>,
    /// Failed attempts.
    attempts: i32,
    not_before: Deadline,
    /// Whether the central system has answered something else since the last attempt.
    peer_alive: bool,
}

/// A record ready to be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outgoing<'a> {
    pub(super) record: &'a Record,
    pub(super) unix_millis: i64,
    /// The transaction's number; −1 if its start was given up.
    pub(super) transaction: i64,
    /// What lies behind a stop.
    pub(super) tail: &'a Tail,
}

/// Start of the monotonic clock of one run in Unix time, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunClock {
    pub(super) run: u32,
    pub(super) origin: i64,
}

/// What the outbox wants stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Append(u64),
    Answered(usize),
    Clock(RunClock),
    Remove(u64),
    First,
}

/// The queue of transaction messages of a station with `N` connectors.
#[derive(Debug)]
pub(super) struct Outbox<const N: usize> {
    /// Number of this run of the program: the upper half of all sequence numbers made in it, so that they ascend over
    /// restarts and never repeat.
    run: u32,
    count: u32,
    lanes: [Lane; N],
    /// Security events not yet durable.
    events: Pending,
    head: Head,
    /// What lies behind the oldest record.
    tail: Tail,
    stored_clock: Option<RunClock>,
    /// Records lost since last asked: damaged in storage, or no room for them.
    lost: u16,
}

impl<const N: usize> Outbox<N> {
    #[inline(never)]
    pub(super) fn new() -> Self {
        Self {
            run: 0,
            count: 0,
            lanes: [Lane { pending: Pending::NONE, answered: None, dirty: false, stop_data: StopData::EMPTY };
                N],
            events: Pending::NONE,
            head: Head::Unknown,
            tail: Tail::EMPTY,
            stored_clock: None,
            lost: 0,
        }
    }

    /// Begins a run after the journal has been read.
    pub(super) fn begin_run(&mut self, run: u32) {
        self.run = run;
    }

    pub(super) fn restore_answered(&mut self, lane: usize, answered: Answered) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.answered = Some(answered);
        }
    }

    pub(super) fn restore_clock(&mut self, clock: RunClock) {
        self.stored_clock = Some(clock);
    }

    /// Adds a record and returns its sequence number; `None` if the place is still taken.
    ///
    /// `transaction`: the sequence number of the start record; for a start record it is the record's own.
    pub(super) fn push(
        &mut self,
        lane: usize,
        place: Place,
        stamp: Stamp,
        transaction: Option<u64>,
        body: Body,
    ) -> Option<u64> {
        let slot = match place {
            Place::Security => self.events.0.iter_mut().find(|slot| slot.is_none())?,
            _ => self.lanes.get_mut(lane)?.pending.0.get_mut(place as usize)?,
        };
        if slot.is_some() {
            if matches!(place, Place::Sample | Place::Aligned) {
                self.lost = self.lost.saturating_add(1);
            }
            return None;
        }
        let seq = u64::from(self.run) << 32 | u64::from(self.count);
        let transaction = transaction.unwrap_or(seq);
        let connector = if place == Place::Security { 0 } else { lane as u8 + 1 };
        *slot = Some((seq, Record { connector, stamp, transaction, body }));
        self.count += 1;
        Some(seq)
    }

    /// A transaction begins: nothing has been read in it.
    pub(super) fn begin_stop_data(&mut self, lane: usize) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.stop_data = StopData::EMPTY;
        }
    }

    /// Adds a reading to what the stop of the running transaction will tell.
    pub(super) fn add_stop_data(
        &mut self,
        lane: usize,
        now: Instant,
        context: ReadingContext,
        readings: &Readings,
    ) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.stop_data.add(now, context, readings);
            lane.stop_data.finish(now);
        }
    }

    /// Whether records of the connector wait to become durable.
    pub(super) fn is_pending(&self, lane: usize) -> bool {
        self.lanes.get(lane).is_some_and(|lane| !lane.pending.is_empty())
    }

    /// Whether everything is durable, sent and answered.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.head, Head::None) && self.first_pending().is_none()
    }

    /// What the central system calls the transaction.
    pub(super) fn id(&self, lane: usize, transaction: &Transaction) -> Option<i64> {
        let answered = self.lanes.get(lane)?.answered.as_ref()?;
        if answered.transaction.local == transaction.local { answered.id } else { None }
    }

    /// Whether a record was made in this run.
    pub(super) fn is_of_this_run(&self, seq: u64) -> bool {
        run_of(seq) == self.run
    }

    pub(super) fn take_lost(&mut self) -> u16 {
        core::mem::take(&mut self.lost)
    }

    // ---- storage ----

    /// The next storage operation; nothing changes until its report. Without `appends`, what there is to do while no
    /// record can be added.
    pub(super) fn wish(&self, clock: &Clock, appends: bool) -> Option<Wish> {
        if let Some((seq, _)) = self.first_pending().filter(|_| appends) {
            return Some(Wish::Append(*seq));
        }
        if let Some(lane) = self.lanes.iter().position(|lane| lane.dirty) {
            return Some(Wish::Answered(lane));
        }
        match &self.head {
            Head::Unknown => Some(Wish::First),
            Head::Done(seq) => Some(Wish::Remove(*seq)),
            Head::Loaded(Loaded { seq, record, unix_millis: None, .. }) => {
                let stored = self.stored_clock.is_some_and(|stored| stored.run >= run_of(*seq));
                let origin =
                    clock.origin().filter(|_| !stored && matches!(record.stamp, Stamp::SinceStart(_)))?;
                Some(Wish::Clock(RunClock { run: self.run, origin }))
            }
            _ => None,
        }
    }

    fn first_pending(&self) -> Option<&(u64, Record)> {
        self.lanes.iter().fold(self.events.first(None), |first, lane| lane.pending.first(first))
    }

    fn pending(&self, seq: u64) -> Option<&Record> {
        self.first_pending().filter(|(first, _)| *first == seq).map(|(_, record)| record)
    }

    /// Writes a record that waits to become durable, and what lies behind it.
    pub(super) fn encode_pending(&self, seq: u64, writer: &mut Writer<'_>) {
        let Some(record) = self.pending(seq) else { return };
        record.encode(writer);
        if let (Body::Stop { .. }, Some(lane)) = (&record.body, self.lane(record)) {
            lane.stop_data.encode(writer);
        }
    }

    /// Writes the state of a connector to be stored; from here on it counts as stored.
    pub(super) fn encode_answered(&mut self, lane: usize, writer: &mut Writer<'_>) {
        let Some(lane) = self.lanes.get_mut(lane) else { return };
        lane.dirty = false;
        if let Some(answered) = &lane.answered {
            answered.encode(writer);
        }
    }

    /// A wish has become durable.
    pub(super) fn written(&mut self, wish: Wish) {
        match wish {
            Wish::Append(seq) => {
                self.forget_pending(seq);
                if matches!(self.head, Head::None) {
                    self.head = Head::Unknown;
                }
            }
            Wish::Clock(clock) => {
                self.stored_clock = Some(clock);
                self.resolve();
            }
            Wish::Remove(_) => self.head = Head::Unknown,
            Wish::First => self.head = Head::None,
            Wish::Answered(_) => {}
        }
    }

    /// A wish could not be fulfilled; it will be wished again, except for a sample: starts and stops must not wait
    /// behind it.
    pub(super) fn failed(&mut self, wish: Wish) {
        match wish {
            Wish::Answered(lane) => {
                if let Some(lane) = self.lanes.get_mut(lane) {
                    lane.dirty = true;
                }
            }
            Wish::Append(seq)
                if self.pending(seq).is_some_and(|record| matches!(record.body, Body::Sample { .. })) =>
            {
                self.forget_pending(seq);
                self.lost = self.lost.saturating_add(1);
            }
            _ => {}
        }
    }

    fn forget_pending(&mut self, seq: u64) {
        self.lanes.iter_mut().for_each(|lane| lane.pending.forget(seq));
        self.events.forget(seq);
    }

    /// The oldest record, as asked for by [`Wish::First`]; `None`: damaged.
    pub(super) fn load(&mut self, seq: u64, found: Option<(Record, &[u8])>) {
        let Some((record, tail)) = found else {
            self.lost = self.lost.saturating_add(1);
            self.head = Head::Done(seq);
            return;
        };
        self.tail = Tail::of(tail);
        self.head = if self.is_settled(&record) {
            Head::Done(seq)
        } else {
            Head::Loaded(Loaded {
                seq,
                record,
                unix_millis: None,
                attempts: 0,
                not_before: Deadline::NEVER,
                peer_alive: false,
            })
        };
        self.resolve();
    }

    /// Whether the record was answered before a restart, or its transaction cannot be named.
    fn is_settled(&self, record: &Record) -> bool {
        let answered = self.lane(record).and_then(|lane| lane.answered.as_ref());
        let own = answered.filter(|answered| answered.transaction.local == record.transaction);
        match record.body {
            Body::Start { .. } => own.is_some(),
            Body::Sample { .. } => own.is_none_or(|answered| answered.id.is_none()),
            Body::Stop { .. } => own.is_some_and(|answered| answered.ended),
            Body::Security { .. } => false,
        }
    }

    fn lane(&self, record: &Record) -> Option<&Lane> {
        self.lanes.get(usize::from(record.connector).checked_sub(1)?)
    }

    /// Finds out what the stamp of the oldest record means. A stamp of a run that never learnt the time of day is put
    /// at the start of the first later run that did.
    fn resolve(&mut self) {
        let stored = self.stored_clock;
        let Head::Loaded(loaded) = &mut self.head else { return };
        loaded.unix_millis = match loaded.record.stamp {
            Stamp::Utc(millis) => Some(millis),
            Stamp::SinceStart(millis) => {
                let run = run_of(loaded.seq);
                stored.filter(|stored| stored.run >= run).map(|stored| {
                    if stored.run == run {
                        stored.origin.saturating_add_unsigned(millis)
                    } else {
                        stored.origin
                    }
                })
            }
        };
    }

    // ---- sending ----

    /// The oldest record, if it may be sent now.
    pub(super) fn outgoing(&self, now: Instant) -> Option<Outgoing<'_>> {
        let Head::Loaded(loaded) = &self.head else { return None };
        if loaded.not_before.is_set() && !loaded.not_before.is_due(now) {
            return None;
        }
        let answered = self.lane(&loaded.record).and_then(|lane| lane.answered.as_ref());
        let own = answered.filter(|answered| answered.transaction.local == loaded.record.transaction);
        Some(Outgoing {
            record: &loaded.record,
            unix_millis: loaded.unix_millis?,
            transaction: own.and_then(|answered| answered.id).unwrap_or(-1),
            tail: &self.tail,
        })
    }

    /// The oldest record.
    pub(super) fn head(&self) -> Option<&Record> {
        match &self.head {
            Head::Loaded(loaded) => Some(&loaded.record),
            _ => None,
        }
    }

    /// When the oldest record may be sent again.
    pub(super) fn deadline(&self) -> Deadline {
        match &self.head {
            Head::Loaded(loaded) => loaded.not_before,
            _ => Deadline::NEVER,
        }
    }

    /// The oldest record was answered or is given up: notes what is known from it. `id` is the number of the transaction
    /// that a start was answered with. Returns the record's connector.
    pub(super) fn settle(&mut self, id: Option<i64>) -> Option<u8> {
        let Head::Loaded(Loaded { seq, record, .. }) = &self.head else { return None };
        let connector = record.connector;
        let lane = usize::from(connector).checked_sub(1).and_then(|index| self.lanes.get_mut(index));
        match (&record.body, lane) {
            (Body::Start { id_tag, meter, .. }, Some(lane)) => {
                let transaction = Transaction {
                    local: record.transaction,
                    id_tag: *id_tag,
                    meter_start: *meter,
                    started: record.stamp,
                };
                lane.answered = Some(Answered { transaction, id, ended: false });
                lane.dirty = true;
            }
            (Body::Stop { .. }, Some(Lane { answered: Some(answered), dirty, .. })) => {
                answered.ended |= answered.transaction.local == record.transaction;
                *dirty = true;
            }
            _ => {}
        }
        self.head = Head::Done(*seq);
        Some(connector)
    }

    /// The central system answered some other call: it is there.
    pub(super) fn peer_answered(&mut self) {
        if let Head::Loaded(loaded) = &mut self.head {
            loaded.peer_alive = true;
        }
    }

    /// An attempt failed: refused (`refused`) or not answered in time. Whether the record is given up.
    ///
    /// A refusal counts against `attempts` (`TransactionMessageAttempts`); silence counts only if the central system
    /// answered something else meanwhile, so that an outage of its services costs no record. The pause before the
    /// next attempt is `interval` seconds for every failure so far, and at least one second.
    pub(super) fn attempt_failed(
        &mut self,
        now: Instant,
        refused: bool,
        attempts: i32,
        interval: i32,
    ) -> bool {
        let Head::Loaded(loaded) = &mut self.head else { return false };
        if refused || loaded.peer_alive {
            loaded.attempts = loaded.attempts.saturating_add(1);
        }
        loaded.peer_alive = false;
        if loaded.attempts >= attempts {
            self.settle(None);
            return true;
        }
        let pause = interval.max(1).saturating_mul(loaded.attempts.max(1));
        loaded.not_before = Deadline::after_secs(now, pause);
        false
    }
}

fn run_of(seq: u64) -> u32 {
    (seq >> 32) as u32
}
