//! What a vendor's files make of a station.
//!
//! The one place where `evkit-config-format` (what the file says) meets `evkit-rfid` (who may charge), `evkit-dlm`
//! (how much) and the station program.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use evkit_config_format::finding::{Check, Finding, Severity};
use evkit_config_format::station::{Current, Role, Scope, StationModel};
use evkit_config_format::{bender, evlink, keba};
use evkit_rfid::{
    Badge, BenderList, Card, ImportError, JoinedList, KebaCard, KebaOnline, KebaSettings, Listed, Policy,
    Row, SettingError, Sheet, Slot, Store, Uid, UidFormat, WhitelistEntry, WhitelistId,
};

use super::wiring::Wiring;

/// Whose files describe a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// KEBA KeContact P30.
    Keba,
    /// Schneider Electric EVlink.
    Evlink,
    /// Bender CC612/CC613.
    Bender,
}

impl Vendor {
    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keba => "KEBA P30",
            Self::Evlink => "EVlink",
            Self::Bender => "Bender CC61x",
        }
    }
}

/// A current and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Milliamperes per phase.
    pub ma: u32,
    /// File, line and key, or what is assumed.
    pub source: String,
    /// The role of the limit in the chain maker, installer, operator.
    pub role: LimitRole,
}

/// Who set a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitRole {
    /// The maker.
    Hardware,
    /// The electrician.
    Installation,
    /// The operator.
    Operator,
}

/// One EVSE of a station.
#[derive(Debug, Clone)]
pub struct ConnectorConfig {
    /// Largest current.
    pub limit: Setting,
    /// Smallest current worth offering, for cars on one phase and on more, in milliamperes.
    pub minimum_ma: (u32, u32),
    /// Current without the load manager, in milliamperes; 0 stops.
    pub disconnected_ma: u32,
    /// Wiring, if the files hold it.
    pub wiring: Option<Wiring>,
    /// The cards that count at this connector.
    pub cards: HashMap<Uid, Listed>,
}

/// A station as its files describe it.
#[derive(Debug, Clone)]
pub struct StationConfig {
    /// OCPP identity.
    pub identity: String,
    /// Whose station it is.
    pub vendor: Vendor,
    /// Its EVSEs.
    pub connectors: Vec<ConnectorConfig>,
    /// Limit of all EVSEs together.
    pub limit: Option<Setting>,
    /// Who may charge.
    pub policy: Policy,
    /// How card UIDs are written for the back end.
    pub uid_format: UidFormat,
    /// Identifier of sessions without a card.
    pub default_token: Option<String>,
    /// Seconds between meter values, if configured.
    pub meter_interval_s: Option<u32>,
    /// Seconds a session may wait before others get its place, if configured.
    pub queue_turn_s: Option<u32>,
    /// Findings that do not stop the start.
    pub warnings: Vec<String>,
}

/// Why a station's files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The configuration has findings a station would pass over in silence.
    #[error("{}", .0.join("\n"))]
    Findings(
        /// One line each, with file, line, column and what would be right.
        Vec<String>,
    ),
    /// A card list is wrong.
    #[error("{path}:{}:{}: error: {}", .source.line, .source.column, .source.problem)]
    Cards {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: ImportError,
    },
    /// An authorization setting is wrong.
    #[error("{path}: error: {source}")]
    Setting {
        /// The file or folder.
        path: PathBuf,
        /// Which key, and what it may be.
        source: SettingError,
    },
    /// Something a station cannot do without is missing.
    #[error("{path}: error: {what}")]
    Missing {
        /// The file or folder.
        path: PathBuf,
        /// What is missing.
        what: &'static str,
    },
}

/// The files of a station, in memory.
#[derive(Debug)]
struct Files {
    path: PathBuf,
    /// Name and content; one file without a name for KEBA and EVlink.
    contents: Vec<(String, Vec<u8>)>,
}

impl StationConfig {
    /// A station without files: 32 A sockets, cards judged by the central system, nothing accepted without it.
    pub fn plain(identity: &str, connectors: u16) -> Self {
        let policy =
            KebaSettings { authorization: true, online: KebaOnline::FirstOnline, ..KebaSettings::default() };
        let connector = ConnectorConfig {
            limit: Setting {
                ma: 32_000,
                source: "rating of a Type 2 socket".to_owned(),
                role: LimitRole::Hardware,
            },
            minimum_ma: (6_000, 6_000),
            disconnected_ma: 0,
            wiring: None,
            cards: HashMap::new(),
        };
        Self {
            identity: identity.to_owned(),
            vendor: Vendor::Keba,
            connectors: vec![connector; usize::from(connectors)],
            limit: None,
            policy: Policy::from(&policy),
            uid_format: UidFormat::UPPER,
            default_token: None,
            meter_interval_s: None,
            queue_turn_s: None,
            warnings: Vec::new(),
        }
    }

    /// Reads a station's configuration and card list. `sockets` counts where the files do not say how many connectors
    /// there are; `today` decides which cards have expired.
    ///
    /// # Errors
    /// Unreadable files; findings that would make a real station do something else than the file says; wrong cards.
    pub fn load(
        vendor: Vendor,
        config: &Path,
        cards: Option<&Path>,
        sockets: u16,
        today: NaiveDate,
    ) -> Result<Self, ConfigError> {
        let files = Files::read(vendor, config)?;
        let (model, findings, policy) = files.parse(vendor)?;
        let warnings = stop_or_warn(config, &findings)?;
        let missing = |what| ConfigError::Missing { path: config.into(), what };
        let identity =
            model.back_end.identity.as_ref().ok_or_else(|| missing("no identity for the back end"))?;
        let uid_format =
            model.authorization.uid_form.as_ref().map_or(UidFormat::UPPER, |form| form.value.into());
        let count = model.connectors.as_ref().map_or(sockets, |c| c.value);
        let lists = card_lists(vendor, cards, &model, count, uid_format, today)?;
        let connectors =
            (1..=count).zip(lists).map(|(number, cards)| connector(&model, config, number, cards));
        let connectors = connectors.collect::<Option<_>>();
        Ok(Self {
            identity: identity.value.clone(),
            vendor,
            connectors: connectors.ok_or_else(|| missing("no current limit for a connector"))?,
            limit: model.currents.iter().filter_map(|c| station_limit(c, config)).min_by_key(|s| s.ma),
            policy,
            uid_format,
            default_token: model.authorization.default_token.as_ref().map(|t| t.value.clone()),
            meter_interval_s: model.timings.meter_sample.as_ref().map(|t| t.value),
            queue_turn_s: model.timings.queue_rotation.as_ref().map(|t| t.value),
            warnings,
        })
    }
}

impl Files {
    fn read(vendor: Vendor, path: &Path) -> Result<Self, ConfigError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| ConfigError::Read { path, source }
        };
        if vendor != Vendor::Bender {
            let content = std::fs::read(path).map_err(failed(path))?;
            return Ok(Self { path: path.into(), contents: vec![(String::new(), content)] });
        }
        let mut contents = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed(path))? {
            let file = entry.map_err(failed(path))?.path();
            let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            contents.push((name, std::fs::read(&file).map_err(failed(&file))?));
        }
        contents.sort();
        Ok(Self { path: path.into(), contents })
    }

    fn parse(&self, vendor: Vendor) -> Result<(StationModel, Vec<Finding>, Policy), ConfigError> {
        let setting = |source| ConfigError::Setting { path: self.path.clone(), source };
        let content = self.contents.first().map_or(&[][..], |(_, content)| content);
        match vendor {
            Vendor::Keba => {
                let config = keba::Config::parse(content);
                let settings = config.card_settings().map_err(setting)?;
                Ok((config.station(), config.findings(), Policy::from(&settings)))
            }
            Vendor::Evlink => {
                let config = evlink::Config::parse(content);
                let settings = config.card_settings().map_err(setting)?;
                Ok((config.station(), config.findings(), Policy::from(&settings)))
            }
            Vendor::Bender => {
                let files = self.contents.iter().map(|(name, content)| (name.as_str(), content.as_slice()));
                let folder = bender::Folder::parse(files);
                Ok((folder.station(), folder.findings(), Policy::from(&folder.card_settings())))
            }
        }
    }
}

/// Splits findings into what stops the start and what is only said.
///
/// A real station ignores what it does not understand, so everything that would make it do something else than
/// the file says stops the start here, whatever its severity.
fn stop_or_warn(path: &Path, findings: &[Finding]) -> Result<Vec<String>, ConfigError> {
    let silent = |check: Check| {
        use Check::{DuplicateSection, Latin1, NoSection, Spelling, UnknownKey, WrongSection};
        matches!(check, DuplicateSection | Latin1 | NoSection | Spelling | UnknownKey | WrongSection)
    };
    let line = |finding: &Finding| match &finding.file {
        Some(_) => format!("{}/{finding}", path.display()),
        None => format!("{}:{finding}", path.display()),
    };
    let (stopping, harmless): (Vec<_>, Vec<_>) =
        findings.iter().partition(|f| f.severity == Severity::Error || silent(f.check));
    if stopping.is_empty() {
        Ok(harmless.into_iter().filter(|f| f.severity == Severity::Warning).map(line).collect())
    } else {
        Err(ConfigError::Findings(stopping.into_iter().map(line).collect()))
    }
}

fn setting(current: &Current, path: &Path) -> Setting {
    let origin = &current.setting.origin;
    let name = origin
        .file
        .clone()
        .unwrap_or_else(|| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default());
    let role = match current.role {
        Role::Hardware => LimitRole::Hardware,
        Role::Operator => LimitRole::Operator,
        _ => LimitRole::Installation,
    };
    Setting { ma: current.setting.value.0, source: format!("{name}:{} {}", origin.line, origin.key), role }
}

/// A limit for all EVSEs of the identity together: one feed line, one station, or KEBA's local network.
fn station_limit(current: &Current, path: &Path) -> Option<Setting> {
    let shared = matches!(current.scope, Scope::Station | Scope::Network);
    let limit = matches!(current.role, Role::Hardware | Role::Installation | Role::Operator);
    (shared && limit && current.line.is_none()).then(|| setting(current, path))
}

fn connector(
    model: &StationModel,
    path: &Path,
    number: u16,
    cards: HashMap<Uid, Listed>,
) -> Option<ConnectorConfig> {
    let shared = model.currents.iter().filter_map(|c| station_limit(c, path)).min_by_key(|s| s.ma);
    let own = model.connector_limit(number).map(|c| setting(c, path));
    // A KEBA P30 x is built for 32 A; its file only says what the network may draw.
    let built =
        Setting { ma: 32_000, source: "rating of a Type 2 socket".to_owned(), role: LimitRole::Hardware };
    let limit = [own, shared, Some(built)].into_iter().flatten().min_by_key(|s| s.ma)?;
    let holds = |role: Role, phases: u8| {
        let of = |c: &&Current| {
            let here = matches!(c.scope, Scope::EachConnector | Scope::Station | Scope::Network)
                || c.scope == Scope::Connector(number);
            here && c.phases.is_none_or(|p| p == phases)
        };
        model.currents_of(role).find(of).map(|c| c.setting.value.0)
    };
    let wiring = model.rotations.iter().find(|r| r.connector == Some(number));
    Some(ConnectorConfig {
        limit,
        minimum_ma: (holds(Role::Minimum, 1).unwrap_or(6_000), holds(Role::Minimum, 3).unwrap_or(6_000)),
        disconnected_ma: holds(Role::Disconnected, 3).unwrap_or(0),
        wiring: wiring.and_then(|r| Wiring::from_file(r.setting.value)),
        cards,
    })
}

/// The card list of each connector.
fn card_lists(
    vendor: Vendor,
    path: Option<&Path>,
    model: &StationModel,
    connectors: u16,
    uid_format: UidFormat,
    today: NaiveDate,
) -> Result<Vec<HashMap<Uid, Listed>>, ConfigError> {
    let Some(path) = path else { return Ok(vec![HashMap::new(); usize::from(connectors)]) };
    let bytes = std::fs::read(path).map_err(|source| ConfigError::Read { path: path.into(), source })?;
    let wrong = |source| ConfigError::Cards { path: path.into(), source };
    let text = evkit_rfid::decode(&bytes).map_err(wrong)?;
    let list = BenderList { letter_case: uid_format, ..BenderList::default() };
    let joined = !text.lines().next().unwrap_or_default().contains(',');
    let of = |connector| match vendor {
        Vendor::Keba => {
            let serial = model.serials.iter().find(|s| s.connector == Some(connector));
            let serial = serial.map_or("", |s| s.setting.value.as_str());
            import(Sheet::<KebaCard<'_>>::open(text, ())?.rows(), |s| {
                s.iter().map(|card| (card.uid, card.listed(serial, today))).collect()
            })
        }
        Vendor::Evlink => import(Sheet::<Badge<'_>>::open(text, ())?.rows(), |s| {
            s.iter().map(|badge| (badge.uid, badge.listed())).collect()
        }),
        Vendor::Bender if joined => import(JoinedList::new(text, list).rows(), |s| whitelist(s, connector)),
        Vendor::Bender => {
            import(Sheet::<WhitelistEntry>::open(text, list)?.rows(), |s| whitelist(s, connector))
        }
    };
    (1..=connectors).map(|connector| of(connector).map_err(wrong)).collect()
}

fn whitelist(store: &Store<'_, WhitelistEntry>, connector: u16) -> HashMap<Uid, Listed> {
    let connector = u8::try_from(connector).unwrap_or(u8::MAX);
    let cards = store.iter().filter_map(|entry| match entry.id {
        WhitelistId::Card(uid) => Some((uid, store.listed(entry.id, connector)?)),
        WhitelistId::Mac(_) => None,
    });
    cards.collect()
}

/// Imports a list by its vendor's rules (all or nothing), then takes out what the policy asks for.
fn import<C: Card>(
    rows: impl Iterator<Item = Result<Row<C>, ImportError>> + Clone,
    take: impl FnOnce(&Store<'_, C>) -> HashMap<Uid, Listed>,
) -> Result<HashMap<Uid, Listed>, ImportError>
where
    Slot<C::Key>: Clone,
{
    let room = rows.clone().count();
    let mut cards: Vec<Option<C>> = vec![None; room];
    let mut index: Vec<Option<Slot<C::Key>>> = vec![None; room];
    let mut store = Store::new(&mut cards, &mut index);
    store.replace_all(rows)?;
    Ok(take(&store))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(vendor: Vendor, config: &str, cards: Option<&str>) -> Result<StationConfig, ConfigError> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("site");
        let today = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let cards = cards.map(|c| folder.join(c));
        StationConfig::load(vendor, &folder.join(config), cards.as_deref(), 2, today)
    }

    #[test]
    fn a_keba_master_speaks_for_its_whole_network() {
        let station = load(Vendor::Keba, "keba/keba-p30-depot.conf", Some("keba/cards.csv")).unwrap();
        assert_eq!(station.identity, "DEPOT-NORD-01");
        assert_eq!(station.connectors.len(), 5, "AmountConnectors");
        let limit = station.limit.unwrap();
        assert_eq!((limit.ma, limit.role), (40_000, LimitRole::Installation), "MaxAvailableCurrent");
        assert!(
            limit.source.starts_with("keba-p30-depot.conf:")
                && limit.source.ends_with(" MaxAvailableCurrent")
        );
        let currents: Vec<_> = station.connectors.iter().map(|c| (c.limit.ma, c.disconnected_ma)).collect();
        assert_eq!(currents, [(32_000, 6_000), (32_000, 6_000), (32_000, 0), (32_000, 0), (32_000, 0)]);
        assert_eq!(station.connectors[1].wiring, Some(Wiring::STR), "ConnectorPhaseRotation");
        let card = Uid::parse("E3F76B8D").unwrap();
        let status = |c: usize| station.connectors[c].cards[&card].status;
        assert_eq!(status(0), evkit_rfid::Status::Accepted);
        assert_eq!(status(3), evkit_rfid::Status::NotHere, "the card names two stations");
    }

    #[test]
    fn a_bender_pair_shares_one_feed_line() {
        let station = load(Vendor::Bender, "bender/pair", Some("bender/pair-whitelist.csv")).unwrap();
        assert_eq!(station.connectors.len(), 2);
        assert_eq!(station.limit.unwrap().ma, 32_000, "FeedLineCapacity with OneFeedLine");
        assert_eq!(station.connectors[0].limit.ma, 32_000);
        assert_eq!(station.connectors[1].limit.ma, 20_000, "OperatorCurrentLimit of connector 2");
        assert_eq!(station.connectors[1].minimum_ma, (8_000, 8_000));
        assert_eq!(station.connectors[1].wiring, Some(Wiring::TRS));
        assert_eq!(station.uid_format, UidFormat::LOWER);
    }

    #[test]
    fn a_bender_station_reads_its_white_list_in_its_own_letter_case_and_order() {
        let station = load(Vendor::Bender, "bender/single", Some("bender/single-whitelist.txt")).unwrap();
        assert_eq!(station.uid_format, UidFormat::UPPER_REVERSED);
        assert!(station.connectors[0].cards.contains_key(&Uid::parse("1E2D3C4B").unwrap()));
        assert_eq!(station.connectors[0].limit.ma, 16_000, "the operator's limit is below the installer's");
    }

    #[test]
    fn an_evlink_parking_has_two_sockets_and_its_own_minima() {
        let station = load(Vendor::Evlink, "evlink/parking.cfg", Some("evlink/badges.csv")).unwrap();
        assert_eq!(station.identity, "EVL-PARKING-02");
        assert_eq!(station.connectors.len(), 2, "the file does not say, so the plan counts");
        assert_eq!(station.limit.as_ref().unwrap().ma, 40_000, "maxIntensityStation");
        assert_eq!(station.connectors[0].minimum_ma, (8_000, 14_000));
        assert_eq!(station.meter_interval_s, Some(300));
    }
}
