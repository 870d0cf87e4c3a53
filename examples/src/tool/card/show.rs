//! `evkit card show`: what an identifier may stand for.

use std::io::Write as _;

use clap::Args;
use evkit_rfid::{
    ByteOrder, Candidates, ContractId, FacilityCard, KebaTag, MacAddress, Reading, Technology, Uid, UidError,
    UidFormat,
};
use serde::Serialize;

use super::Form;
use crate::tool::Outcome;

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    /// Identifiers as written in a list, in a log or on a card
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// Written form of the UIDs in the output
    #[arg(long, value_enum, default_value = "upper")]
    form: Form,
}

#[derive(Serialize)]
struct Row<'a> {
    input: &'a str,
    canonical: Option<String>,
    technology: Option<&'static str>,
    candidates: Vec<Candidate>,
    error: Option<String>,
}

#[derive(Serialize)]
struct Candidate {
    canonical: String,
    reason: String,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let form = arguments.form.into();
    let mut outcome = Outcome::Fine;
    let mut out = std::io::stdout().lock();
    for id in &arguments.ids {
        let row = Row::of(id, form);
        if row.error.is_some() {
            outcome = Outcome::Findings;
        }
        if json {
            writeln!(out, "{}", serde_json::to_string(&row)?)?;
        } else {
            row.print(&mut out)?;
        }
    }
    Ok(outcome)
}

impl<'a> Row<'a> {
    fn of(input: &'a str, form: UidFormat) -> Self {
        let candidates = candidates(input, form);
        let (canonical, technology, error) = match identify(input, form) {
            Ok((canonical, technology)) => (Some(canonical), Some(technology), None),
            Err(error) => (None, None, Some(error.to_string())),
        };
        Self { input, canonical, technology, candidates, error }
    }

    fn print(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        match (&self.canonical, self.technology, &self.error) {
            (Some(canonical), Some(technology), _) => {
                writeln!(out, "{}: {canonical} ({technology})", self.input)?;
            }
            (_, _, Some(error)) => writeln!(out, "{}: {error}", self.input)?,
            _ => {}
        }
        for Candidate { canonical, reason } in &self.candidates {
            writeln!(out, "  {canonical:<20}  {reason}")?;
        }
        Ok(())
    }
}

/// The canonical form and what kind of identifier it is: a UID, or else the other two that lists and back ends hold.
fn identify(input: &str, form: UidFormat) -> Result<(String, &'static str), UidError> {
    match Uid::parse(input) {
        Ok(uid) => {
            let technology = match uid.technology() {
                Technology::Iso14443 => "iso14443",
                Technology::Iso15693 => "iso15693",
                _ => "unknown",
            };
            Ok((uid.text(form).to_string(), technology))
        }
        Err(error) => {
            let mac = MacAddress::parse(input.strip_prefix("VID:").unwrap_or(input));
            let contract = ContractId::parse(input);
            match (mac, contract) {
                (Ok(mac), _) => Ok((mac.to_string(), "mac")),
                (_, Ok(contract)) => Ok((contract.to_string(), "contract")),
                _ => Err(error),
            }
        }
    }
}

/// Every reading by a form that loses something, the form's name in front of the reason.
fn candidates(input: &str, form: UidFormat) -> Vec<Candidate> {
    let digits = input.bytes().all(|byte| byte.is_ascii_digit());
    let register = input.parse().ok().filter(|_| digits);
    let forms = [
        ("hexadecimal", Uid::parse(input).ok().map(Candidates::exact_or_reversed)),
        ("KEBA list or UDP", Candidates::from_keba(input).ok()),
        ("KEBA register 1500", register.map(Candidates::from_keba_register)),
        ("printed number", FacilityCard::parse(input).ok().map(FacilityCard::candidates)),
    ];
    let readings = forms.iter().flat_map(|(name, candidates)| {
        let readings = candidates.iter().flat_map(Candidates::iter);
        readings.map(move |found| {
            let random = matches!(found.reading, Reading::Whole(uid) if uid.is_random());
            let note = if random { ", drawn at random, names no card" } else { "" };
            (*found.reading.known(), format!("{name}: {}{note}", found.why))
        })
    });
    let decimal = [(ByteOrder::Canonical, "first"), (ByteOrder::Reversed, "last")];
    let decimal = decimal.into_iter().filter_map(|(order, place)| {
        let reason = format!("ten decimal digits: most significant byte {place}");
        Uid::from_decimal10(input, order).ok().map(|uid| (uid, reason))
    });
    let tag = serial(input).and_then(|serial| {
        let token = KebaTag::split(input, &[serial]).token;
        Uid::parse(token).ok().map(|uid| (uid, format!("KEBA tag: if {serial} is a station's serial number")))
    });
    readings
        .chain(decimal)
        .chain(tag)
        .map(|(uid, reason)| Candidate { canonical: uid.text(form).to_string(), reason })
        .collect()
}

/// What may be the serial number of a station behind a token.
fn serial(input: &str) -> Option<&str> {
    input.rsplit_once('_').map(|(_, tail)| tail)
}
