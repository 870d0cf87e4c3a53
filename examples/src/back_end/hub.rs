//! What a central system remembers and decides, independent of any connection.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use evkit_ocpp::rpc::Trial;
use evkit_ocpp::v16::csms::{Stopped, Transactions};
use evkit_ocpp::v16::{Reason, StartTransactionRequest, StopTransactionRequest};
use serde::Serialize;

use crate::password::Password;

/// What the back end thinks of an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// May charge.
    Accepted,
    /// Known and barred.
    Blocked,
    /// Not known here.
    Invalid,
}

/// An identifier and its group.
#[derive(Debug, Clone)]
pub struct Account {
    /// Group identifier (`parentIdTag`).
    pub parent: Option<String>,
    /// Barred?
    pub blocked: bool,
}

/// A station as the central system sees it.
#[derive(Debug, Default, Clone, Serialize)]
pub struct StationView {
    /// Is a WebSocket open?
    pub online: bool,
    /// Vendor and model of the last BootNotification.
    pub model: String,
    /// Last status per connector.
    pub connectors: BTreeMap<u32, String>,
    /// Frames received and sent.
    pub frames: (u64, u64),
}

/// A transaction as the central system stores it.
#[derive(Debug, Clone, Serialize)]
pub struct Transaction {
    /// Id given here.
    pub id: i64,
    /// Identity of the station.
    pub station: String,
    /// Connector.
    pub connector: u32,
    /// Identifier that started it.
    pub id_tag: String,
    /// Start by the station's clock.
    pub start: DateTime<Utc>,
    /// Meter at the start in watt hours.
    pub meter_start: i64,
    /// Time the start was received here.
    pub received: DateTime<Utc>,
    /// End, if it has ended.
    pub stop: Option<Stop>,
    /// MeterValues messages received for it.
    pub meter_values: u32,
    /// Times a start or stop came again after its answer was lost.
    pub repeats: u32,
}

/// How a transaction ended.
#[derive(Debug, Clone, Serialize)]
pub struct Stop {
    /// End by the station's clock.
    pub at: DateTime<Utc>,
    /// Meter at the end in watt hours.
    pub meter: i64,
    /// Reason, `Local` if none was given.
    pub reason: String,
    /// Time it was received here.
    pub received: DateTime<Utc>,
}

/// Something that should not have happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Anomaly {
    /// A StopTransaction for a transaction that is not known.
    UnknownTransaction {
        /// Station.
        station: String,
        /// Id.
        id: i64,
    },
    /// A second, different StopTransaction.
    StoppedTwice {
        /// Id.
        id: i64,
    },
}

/// The central system's memory. Survives the loss of every connection.
#[derive(Debug, Default)]
pub struct Hub {
    accounts: HashMap<String, Account>,
    stations: BTreeMap<String, StationView>,
    transactions: Vec<Transaction>,
    /// What each station has sent, to recognize what it sends again: its messages come in order, so the last
    /// transaction of every connector would do.
    sent: HashMap<String, Transactions<16>>,
    anomalies: Vec<Anomaly>,
    accept_everyone: bool,
    /// Passwords of stations that were given one of their own, and those they had before.
    passwords: HashMap<String, Trial<Option<Password>>>,
}

impl Hub {
    /// A hub that knows these identifiers (compared without case, OCPP 1.6 §7.28).
    pub fn new(accounts: impl IntoIterator<Item = (String, Account)>) -> Self {
        let accounts =
            accounts.into_iter().map(|(id_tag, account)| (id_tag.to_ascii_uppercase(), account)).collect();
        Self { accounts, ..Self::default() }
    }

    /// A hub that accepts every identifier, for development.
    pub fn open() -> Self {
        Self { accept_everyone: true, ..Self::default() }
    }

    /// May this identifier charge, and to which group does it belong?
    pub fn authorize(&self, id_tag: &str) -> (Verdict, Option<&str>) {
        match self.accounts.get(&id_tag.to_ascii_uppercase()) {
            Some(account) if account.blocked => (Verdict::Blocked, account.parent.as_deref()),
            Some(account) => (Verdict::Accepted, account.parent.as_deref()),
            None if self.accept_everyone => (Verdict::Accepted, None),
            None => (Verdict::Invalid, None),
        }
    }

    /// A station has accepted a password of its own. Until it shows it, the one before counts too.
    pub fn propose_password(&mut self, identity: &str, password: Password) {
        let given = self.passwords.entry(identity.to_owned()).or_insert(Trial::new(None));
        given.propose(Some(password));
    }

    /// Whether a station shows a password it may have; `common` is that of all stations without one of their own.
    pub fn admits(&mut self, identity: &str, common: &[u8], shows: impl Fn(&[u8]) -> bool) -> bool {
        let Some(given) = self.passwords.get_mut(identity) else { return shows(common) };
        let shown = |password: &Option<Password>| shows(password.as_ref().map_or(common, |own| &own.0));
        if shown(given.current()) {
            given.succeeded();
            return true;
        }
        shown(given.proven())
    }

    /// The station's view, made on first sight.
    pub fn station(&mut self, identity: &str) -> &mut StationView {
        self.stations.entry(identity.to_owned()).or_default()
    }

    /// All stations.
    pub fn stations(&self) -> &BTreeMap<String, StationView> {
        &self.stations
    }

    /// Stores a start and gives its id. The same start sent again (its answer was lost) gives the same id.
    pub fn start(
        &mut self,
        station: &str,
        received: DateTime<Utc>,
        request: &StartTransactionRequest<'_>,
    ) -> i64 {
        let next = i64::try_from(self.transactions.len()).unwrap_or(i64::MAX - 1) + 1;
        let sent = self.sent.entry(station.to_owned()).or_default();
        let started = sent.start(request, || next);
        if started.repeated {
            if let Some(known) = numbered(&mut self.transactions, started.id) {
                known.repeats += 1;
            }
        } else {
            self.transactions.push(Transaction {
                id: started.id,
                station: station.to_owned(),
                connector: u32::try_from(request.connector_id).unwrap_or(0),
                id_tag: request.id_tag.to_string(),
                start: request.timestamp,
                meter_start: request.meter_start,
                received,
                stop: None,
                meter_values: 0,
                repeats: 0,
            });
        }
        started.id
    }

    /// Stores a stop. The same stop sent again changes nothing.
    pub fn stop(&mut self, station: &str, received: DateTime<Utc>, request: &StopTransactionRequest<'_>) {
        let id = request.transaction_id;
        let known = numbered(&mut self.transactions, id).filter(|known| known.station == station);
        match (self.sent.entry(station.to_owned()).or_default().stop(request), known) {
            (Stopped::Now(_), Some(transaction)) => {
                let reason = request.reason.unwrap_or(Reason::Local).as_str().to_owned();
                let stop = Stop { at: request.timestamp, meter: request.meter_stop, reason, received };
                transaction.stop = Some(stop);
            }
            (Stopped::Repeated(before), Some(transaction)) => {
                transaction.repeats += 1;
                if before.meter_stop != Some(request.meter_stop) {
                    self.anomalies.push(Anomaly::StoppedTwice { id });
                }
            }
            _ => self.anomalies.push(Anomaly::UnknownTransaction { station: station.to_owned(), id }),
        }
    }

    /// Counts meter values of a transaction.
    pub fn meter_values(&mut self, id: i64) {
        if let Some(transaction) = numbered(&mut self.transactions, id) {
            transaction.meter_values += 1;
        }
    }

    /// The open transaction of a connector.
    pub fn open_transaction(&self, station: &str, connector: u32) -> Option<&Transaction> {
        self.transactions
            .iter()
            .rev()
            .find(|t| t.station == station && t.connector == connector && t.stop.is_none())
    }

    /// All transactions in the order they were received.
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// What should not have happened.
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.anomalies
    }
}

/// The transaction of a number; they are numbered from 1 in the order they were received.
fn numbered(transactions: &mut [Transaction], id: i64) -> Option<&mut Transaction> {
    transactions.get_mut(usize::try_from(id).ok()?.checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use evkit_ocpp::text::CiStr;

    use super::*;

    fn started(id_tag: &str, meter_start: i64) -> StartTransactionRequest<'_> {
        StartTransactionRequest {
            connector_id: 1,
            id_tag: CiStr::new(id_tag).unwrap(),
            meter_start,
            reservation_id: None,
            timestamp: DateTime::UNIX_EPOCH,
        }
    }

    fn stopped(transaction_id: i64, meter_stop: i64) -> StopTransactionRequest<'static> {
        StopTransactionRequest {
            id_tag: None,
            meter_stop,
            timestamp: DateTime::UNIX_EPOCH,
            transaction_id,
            reason: None,
            transaction_data: None,
        }
    }

    #[test]
    fn a_start_sent_again_is_the_same_transaction() {
        let mut hub = Hub::open();
        assert_eq!(hub.start("S1", DateTime::UNIX_EPOCH, &started("0A0E9B83", 100)), 1);
        assert_eq!(
            hub.start("S1", DateTime::UNIX_EPOCH, &started("0a0e9b83", 100)),
            1,
            "identifiers have no case"
        );
        assert_eq!(hub.start("S1", DateTime::UNIX_EPOCH, &started("0A0E9B83", 101)), 2);
        assert_eq!(hub.start("S2", DateTime::UNIX_EPOCH, &started("0A0E9B83", 100)), 3, "another station");
        assert_eq!(hub.transactions().len(), 3);
        assert_eq!(hub.transactions()[0].repeats, 1);
    }

    #[test]
    fn a_stop_sent_again_is_fine_and_a_different_one_is_an_anomaly() {
        let mut hub = Hub::open();
        let id = hub.start("S1", DateTime::UNIX_EPOCH, &started("0A0E9B83", 100));
        hub.stop("S1", DateTime::UNIX_EPOCH, &stopped(id, 200));
        hub.stop("S1", DateTime::UNIX_EPOCH, &stopped(id, 200));
        assert!(hub.anomalies().is_empty());
        hub.stop("S1", DateTime::UNIX_EPOCH, &stopped(id, 201));
        assert_eq!(hub.anomalies(), [Anomaly::StoppedTwice { id }]);
        hub.stop("S2", DateTime::UNIX_EPOCH, &stopped(id, 200));
        assert_eq!(hub.anomalies()[1], Anomaly::UnknownTransaction { station: "S2".into(), id });
    }

    #[test]
    fn identifiers_are_compared_without_case() {
        let hub =
            Hub::new([("0A0E9B83".to_owned(), Account { parent: Some("POOL".into()), blocked: false })]);
        assert_eq!(hub.authorize("0a0e9b83"), (Verdict::Accepted, Some("POOL")));
        assert_eq!(hub.authorize("0a0e9b84"), (Verdict::Invalid, None));
    }

    #[test]
    fn a_station_s_own_password_replaces_the_common_one_once_it_was_shown() {
        let mut hub = Hub::open();
        let admits = |hub: &mut Hub, password: &[u8]| hub.admits("S1", b"common", |known| known == password);
        assert!(admits(&mut hub, b"common") && !admits(&mut hub, b"own"));
        hub.propose_password("S1", Password(b"own".to_vec()));
        assert!(admits(&mut hub, b"common"), "it may not have taken it");
        assert!(admits(&mut hub, b"own") && !admits(&mut hub, b"common"));
        assert!(hub.admits("S2", b"common", |known| known == b"common"));
    }
}
