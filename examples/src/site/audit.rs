//! The accounts at the end: does the central system know every session exactly once, with the right energy?

use crate::back_end::hub::{Hub, Transaction};
use crate::station::Finished;

use super::record::TransactionRow;

/// A message that comes this much later than what it reports had to wait for the central system, in milliseconds.
const LATE_MS: i64 = 30_000;

/// Compares what the stations' own meters say with what the central system stored. Returns what does not fit, in words.
pub fn compare(finished: &[(String, Finished)], hub: &Hub) -> Vec<String> {
    let mut failures = Vec::new();
    for transaction in hub.transactions() {
        let id = transaction.id;
        match &transaction.stop {
            None => failures.push(format!("transaction {id} of {} was never closed", transaction.station)),
            Some(_) if finished.iter().any(|(station, session)| is_same(station, session, transaction)) => {}
            Some(_) => {
                failures.push(format!("transaction {id} of {} is no session there", transaction.station));
            }
        }
    }
    for (station, session) in finished {
        let count = hub.transactions().iter().filter(|t| is_same(station, session, t)).count();
        if count != 1 {
            failures.push(format!(
                "{station}#{}: the session from {} to {} Wh is stored {count} times",
                session.connector, session.start_wh, session.stop_wh
            ));
        }
    }
    failures.extend(hub.anomalies().iter().map(|anomaly| format!("central system: {anomaly:?}")));
    failures
}

fn is_same(station: &str, session: &Finished, transaction: &Transaction) -> bool {
    transaction.station == station
        && transaction.connector == session.connector
        && transaction.id_tag.eq_ignore_ascii_case(&session.id_tag)
        && transaction.meter_start == session.start_wh
        && transaction.stop.as_ref().is_some_and(|stop| stop.meter == session.stop_wh)
}

/// The rows of the report and of `sessions.csv`.
pub fn rows(hub: &Hub) -> Vec<TransactionRow> {
    let row = |t: &Transaction| {
        let waited = |at: chrono::DateTime<chrono::Utc>, received: chrono::DateTime<chrono::Utc>| {
            (received - at).num_milliseconds() > LATE_MS
        };
        TransactionRow {
            station: t.station.clone(),
            connector: t.connector,
            id: t.id,
            card: t.id_tag.clone(),
            start: t.start,
            end: t.stop.as_ref().map(|stop| stop.at),
            energy_wh: t.stop.as_ref().map_or(0, |stop| stop.meter - t.meter_start),
            reason: t.stop.as_ref().map_or_else(String::new, |stop| stop.reason.clone()),
            offline: waited(t.start, t.received) || t.stop.as_ref().is_some_and(|s| waited(s.at, s.received)),
        }
    };
    hub.transactions().iter().map(row).collect()
}
