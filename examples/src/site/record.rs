//! What a run leaves behind: everything `report.html` and `sessions.csv` are made from.

use chrono::{DateTime, TimeDelta, Utc};

/// Facts of a whole run. Times are virtual milliseconds since the start.
#[derive(Debug)]
pub struct Record {
    /// Name of the site.
    pub site: String,
    /// UTC at the start of the run.
    pub start: DateTime<Utc>,
    /// Length in milliseconds.
    pub length_ms: u64,
    /// Seed used.
    pub seed: u64,
    /// Supply nodes, parents first.
    pub nodes: Vec<NodeRecord>,
    /// EVSEs in the order of every per-EVSE list below.
    pub evses: Vec<EvseRecord>,
    /// Samples in order of time.
    pub samples: Vec<Sample>,
    /// Cars in order of arrival.
    pub cars: Vec<CarRecord>,
    /// Spans in which something was away.
    pub outages: Vec<Outage>,
    /// Log of noteworthy events.
    pub events: Vec<EventRow>,
    /// Transactions as the central system stored them, checked against the stations' own meters.
    pub transactions: Vec<TransactionRow>,
    /// CALLERRORs and refused or lost messages.
    pub ocpp_errors: Vec<EventRow>,
    /// Frames on the wires, by sender.
    pub frames: FrameCount,
    /// Problems that make the run fail, in words.
    pub failures: Vec<String>,
}

/// A supply node and how far it was used.
#[derive(Debug)]
pub struct NodeRecord {
    /// Name.
    pub name: String,
    /// Index of the parent.
    pub parent: Option<usize>,
    /// What set its limit, for the table: scenario, or file and key.
    pub source: String,
    /// Limit per phase in milliamperes.
    pub limit_ma: [u32; 3],
    /// Largest load per phase in milliamperes, from the referee.
    pub peak_ma: [u32; 3],
}

/// An EVSE and the settings its vendor's file gave it.
#[derive(Debug)]
pub struct EvseRecord {
    /// Station identity and connector, such as `DEPOT-NORD-01#2`.
    pub id: String,
    /// Vendor and model line.
    pub vendor: &'static str,
    /// Index of the node that feeds it.
    pub node: usize,
    /// Wiring by name, such as `STR`.
    pub rotation: String,
    /// Largest current in milliamperes.
    pub max_ma: u32,
    /// Smallest current in milliamperes.
    pub min_ma: u32,
    /// Current without the load manager in milliamperes.
    pub disconnected_ma: u32,
    /// Where these come from: file, line and key.
    pub source: String,
}

/// One instant.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Time.
    pub at_ms: u64,
    /// Load of every node per phase in milliamperes, as it really flowed.
    pub load_ma: Vec<[u32; 3]>,
    /// The building alone per phase in milliamperes.
    pub base_ma: [u32; 3],
    /// Offer per EVSE in milliamperes.
    pub offer_ma: Vec<u32>,
    /// Draw per EVSE and terminal in milliamperes.
    pub draw_ma: Vec<[u32; 3]>,
    /// EVSEs that want current and wait for it.
    pub queued: Vec<bool>,
}

/// A car's visit.
#[derive(Debug)]
pub struct CarRecord {
    /// Name.
    pub name: String,
    /// Index of its EVSE.
    pub evse: usize,
    /// Phases its charger uses.
    pub phases: u8,
    /// Time of arrival.
    pub arrived_ms: u64,
    /// Time it left.
    pub left_ms: u64,
    /// Energy it wanted in watt hours.
    pub wanted_wh: u64,
    /// Energy it got in watt hours.
    pub got_wh: u64,
    /// Time spent waiting in the queue in milliseconds.
    pub queued_ms: u64,
    /// One of VIP, free, remote, refused … in words.
    pub note: String,
}

/// Something was away for a while.
#[derive(Debug)]
pub struct Outage {
    /// What: "central system", "meter".
    pub what: &'static str,
    /// Start.
    pub from_ms: u64,
    /// End.
    pub to_ms: u64,
    /// What happened meanwhile, in sentences.
    pub story: Vec<String>,
}

/// A line of an event log.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Time.
    pub at_ms: u64,
    /// Who: a station, an EVSE, the load manager.
    pub who: String,
    /// What, in words.
    pub what: String,
}

/// A transaction with both sides' view.
#[derive(Debug)]
pub struct TransactionRow {
    /// Station identity.
    pub station: String,
    /// Connector, from 1.
    pub connector: u32,
    /// Id given by the central system.
    pub id: i64,
    /// Card or `idTag`.
    pub card: String,
    /// Start.
    pub start: DateTime<Utc>,
    /// End; none if never closed.
    pub end: Option<DateTime<Utc>>,
    /// Energy by the meter values of the messages, in watt hours.
    pub energy_wh: i64,
    /// Stop reason.
    pub reason: String,
    /// Did its messages wait for the central system to come back?
    pub offline: bool,
}

/// Frames by direction.
#[derive(Debug, Clone, Copy, Default)]
pub struct FrameCount {
    /// Sent by stations.
    pub from_stations: u64,
    /// Sent by the central system.
    pub from_back_end: u64,
    /// That failed validation.
    pub invalid: u64,
}

impl Record {
    /// UTC of a virtual time.
    pub fn utc(&self, at_ms: u64) -> DateTime<Utc> {
        self.start + TimeDelta::milliseconds(i64::try_from(at_ms).unwrap_or(i64::MAX))
    }

    /// Time of day for tables, such as `07:05:30`.
    pub fn clock(&self, at_ms: u64) -> String {
        self.utc(at_ms).format("%H:%M:%S").to_string()
    }

    /// Largest load ÷ limit over all nodes and phases, in per mille, with the node and phase (from 1).
    pub fn tightest(&self) -> Option<(u32, &NodeRecord, usize)> {
        let ratios = self
            .nodes
            .iter()
            .flat_map(|n| (0..3).map(move |p| (ratio(n.peak_ma[p], n.limit_ma[p]), n, p + 1)));
        ratios.max_by_key(|(ratio, ..)| *ratio)
    }
}

/// Load ÷ limit in per mille; a load without a limit counts as full.
pub fn ratio(load_ma: u32, limit_ma: u32) -> u32 {
    match limit_ma {
        0 if load_ma == 0 => 0,
        0 => 1000,
        limit => u32::try_from(u64::from(load_ma) * 1000 / u64::from(limit)).unwrap_or(u32::MAX),
    }
}
