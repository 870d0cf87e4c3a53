//! `evkit card convert`: a card list of one vendor for the station of another.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use evkit_rfid::{
    AnyCard, Badge, BenderList, Exchange, ImportError, JoinedList, KebaCard, Loss, Losses, Refusal, Role,
    Row, Sheet, SheetCard, Store, UidFormat, WhitelistEntry, WhitelistId, convert_list, decode, write_joined,
    write_new_sheet,
};
use serde::Serialize;

use super::Form;
use crate::tool::{Outcome, read};

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    /// Format of FILE
    #[arg(long, value_enum)]
    from: Format,
    /// Format of the new list
    #[arg(long, value_enum)]
    to: Format,
    /// Serial number of the station the new list is for, where cards are limited to stations
    #[arg(long)]
    station: Option<String>,
    /// "RFID tag letter case" of the Bender controller; its byte order is believed
    #[arg(long, value_enum, default_value = "lower")]
    form: Form,
    /// Sign between an identifier and its connector in a Bender list
    #[arg(long, default_value_t = BenderList::default().connector_sign)]
    connector_sign: char,
    /// The list, or - for standard input
    file: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Card list of a KEBA station
    Keba,
    /// Badge list of an EVlink station
    Evlink,
    /// White list of a Bender controller, as a table
    Bender,
    /// White list of a Bender controller, UIDs joined by colons
    BenderLegacy,
}

const NO_MAC: &str = "the new list has no place for the address of a car";

/// A card of the old list, and what became of it.
#[derive(Serialize)]
struct Report<'t> {
    line: u32,
    id: String,
    name: Option<String>,
    expires: Option<chrono::NaiveDate>,
    status: &'t str,
    role: &'static str,
    stations: Vec<&'t str>,
    connector: Option<u8>,
    number: Option<u32>,
    /// Whether the new list has it.
    converted: bool,
    lost: Vec<String>,
    error: Option<String>,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let content = read(&arguments.file)?;
    let text = decode(&content).map_err(|error| arguments.unusable(error))?;
    let bender = arguments.bender();
    let job = Job { arguments, json };
    match arguments.from {
        Format::Keba => job.convert_sheet::<KebaCard<'_>>(text, ()),
        Format::Evlink => job.convert_sheet::<Badge<'_>>(text, ()),
        Format::Bender => job.convert_sheet::<WhitelistEntry>(text, bender),
        Format::BenderLegacy => job.convert_rows(JoinedList::new(text, bender).rows()),
    }
}

impl Arguments {
    fn bender(&self) -> BenderList {
        BenderList { letter_case: self.form.into(), connector_sign: self.connector_sign }
    }

    fn unusable(&self, error: ImportError) -> anyhow::Error {
        let ImportError { line, column, problem } = error;
        anyhow::anyhow!("{}:{line}:{column}: {problem}", self.file.display())
    }
}

#[derive(Clone, Copy)]
struct Job<'a> {
    arguments: &'a Arguments,
    json: bool,
}

/// The cards of a list, and the line of each.
struct Source<A> {
    cards: Vec<A>,
    lines: Vec<u32>,
}

impl Job<'_> {
    fn convert_sheet<'t, A: SheetCard<'t> + Exchange<'t>>(
        self,
        text: &'t str,
        settings: A::Settings,
    ) -> anyhow::Result<Outcome> {
        let sheet = Sheet::<A>::open(text, settings).map_err(|error| self.arguments.unusable(error))?;
        self.convert_rows(sheet.rows())
    }

    /// Takes the old list by the rules of its vendor, and goes on to the new one.
    fn convert_rows<'t, A: Exchange<'t>>(
        self,
        rows: impl Iterator<Item = Result<Row<A>, ImportError>> + Clone,
    ) -> anyhow::Result<Outcome> {
        let count = rows.clone().count();
        let (mut cards, mut index) = (vec![None; count], vec![None; count]);
        let mut store = Store::new(&mut cards, &mut index);
        store.replace_all(rows.clone()).map_err(|error| self.arguments.unusable(error))?;
        let lines = rows.flatten().map(|row| row.line).collect();
        let source = Source { cards: store.iter().copied().collect(), lines };
        let bender = self.arguments.bender();
        match self.arguments.to {
            Format::Keba => {
                self.convert(&source, |store, out| write_new_sheet::<KebaCard<'_>, _>(store, (), out))
            }
            Format::Evlink => {
                self.convert(&source, |store, out| write_new_sheet::<Badge<'_>, _>(store, (), out))
            }
            Format::Bender => {
                self.convert(&source, |store, out| write_new_sheet::<WhitelistEntry, _>(store, bender, out))
            }
            Format::BenderLegacy => self.convert(&source, |store: &Store<'_, WhitelistEntry>, out| {
                write_joined(store.iter(), bender, out).map(drop)
            }),
        }
    }
    fn convert<'t, A: Exchange<'t>, B: Exchange<'t>>(
        self,
        source: &Source<A>,
        write: impl FnOnce(&Store<'_, B>, &mut String) -> std::fmt::Result,
    ) -> anyhow::Result<Outcome> {
        let count = source.cards.len();
        let (mut cards, mut index) = (vec![None; count], vec![None; count]);
        let mut store = Store::new(&mut cards, &mut index);
        let all: Vec<_> = source.cards.iter().map(Exchange::describe).collect();
        let mut reports: Vec<_> =
            all.iter().zip(&source.lines).map(|(card, line)| Report::new(card, *line)).collect();
        let station = self.arguments.station.as_deref();
        convert_list(&source.cards, &mut store, station, |at, _, lost, result| {
            reports[at].note(lost, result.err());
        });
        if let Format::BenderLegacy = self.arguments.to {
            for (report, card) in reports.iter_mut().zip(&all) {
                report.leave_out_mac(card);
            }
        }
        let mut list = String::new();
        write(&store, &mut list)?;
        self.print(&reports, &list)
    }

    fn print(self, reports: &[Report<'_>], list: &str) -> anyhow::Result<Outcome> {
        let mut out = std::io::stdout().lock();
        if self.json {
            for report in reports {
                writeln!(out, "{}", serde_json::to_string(report)?)?;
            }
        } else {
            out.write_all(list.as_bytes())?;
        }
        let file = self.arguments.file.display();
        for report in reports {
            if let Some(finding) = report.finding() {
                eprintln!("{file}:{}:1: {finding}", report.line);
            }
        }
        let left_out = reports.iter().filter(|report| !report.converted).count();
        let lossy = reports.iter().filter(|report| report.converted && !report.lost.is_empty()).count();
        eprintln!("{} cards, {lossy} lost something, {left_out} left out", reports.len());
        Ok(if lossy + left_out == 0 { Outcome::Fine } else { Outcome::Findings })
    }
}

impl<'t> Report<'t> {
    fn new(card: &'t AnyCard<'t>, line: u32) -> Self {
        Self {
            line,
            id: match card.id {
                WhitelistId::Card(uid) => uid.text(UidFormat::UPPER).to_string(),
                WhitelistId::Mac(mac) => mac.to_string(),
            },
            name: (!card.name.is_empty()).then(|| card.name.to_string()),
            expires: card.expires,
            status: card.status.as_str(),
            role: match card.role {
                Role::User => "user",
                Role::Vip => "vip",
                Role::Admin => "admin",
                Role::Master => "master",
            },
            stations: card.stations.iter().collect(),
            connector: card.connector,
            number: card.number,
            converted: true,
            lost: Vec::new(),
            error: None,
        }
    }

    fn note(&mut self, lost: Losses, refusal: Option<Refusal>) {
        self.lost = lost.iter().map(|loss| loss.to_string()).collect();
        self.error = match refusal {
            Some(refusal) => Some(refusal.to_string()),
            None if lost.iter().any(|loss| loss == Loss::Mac) => Some(NO_MAC.to_owned()),
            None if lost.widen() => Some("it could charge where it could not before".to_owned()),
            None => None,
        };
        self.converted = self.error.is_none();
    }

    /// Joined by colons, a list has cards only.
    fn leave_out_mac(&mut self, card: &AnyCard<'_>) {
        if let WhitelistId::Mac(_) = card.id {
            self.lost.push(Loss::Mac.to_string());
            self.error = Some(NO_MAC.to_owned());
            self.converted = false;
        }
    }

    /// What there is to say about the card.
    fn finding(&self) -> Option<String> {
        let lost = self.lost.join(", ");
        match &self.error {
            Some(error) if self.lost.is_empty() => Some(format!("left out: {error}")),
            Some(error) => Some(format!("left out: without {lost}, {error}")),
            None => (!self.lost.is_empty()).then(|| format!("without {lost}")),
        }
    }
}
