//! `evkit meters read`: the values of a meter, once or again and again.

use std::io::Write;
use std::time::Duration;

use anyhow::Context as _;
use chrono::SecondsFormat;
use clap::Args;
use evkit_modbus_registers::pdu::{Request, Response};
use evkit_modbus_registers::{DecodeError, Learned, Map, Poll, Read, Reading};
use serde::Serialize;

use super::{Selection, place::Place};
use crate::net::clock::Clock;
use crate::net::modbus::{Fault, Link};
use crate::tool::Outcome;

/// From the end of one snapshot to the next.
const PERIOD: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    place: Place,
    /// Read again every second until stopped
    #[arg(long)]
    watch: bool,
}

/// A value. There is a number or text, or else the reason why not.
#[derive(Serialize)]
struct Line<'t> {
    /// When the snapshot began; only if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'t str>,
    quantity: &'static str,
    value: Option<String>,
    unit: &'static str,
    address: u16,
    error: Option<String>,
}

impl<'t> Line<'t> {
    fn new(reading: &Reading<'_>, time: Option<&'t str>) -> Self {
        let error = match reading.number() {
            Err(error @ DecodeError::Absent { .. }) => Some(error.to_string()),
            _ => None,
        };
        Self {
            time,
            quantity: reading.quantity.name(),
            value: error.is_none().then(|| reading.value.to_string()),
            unit: reading.quantity.unit().symbol(),
            address: reading.address,
            error,
        }
    }

    fn print(&self, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
        let Self { quantity, unit, .. } = self;
        match (&self.value, &self.error) {
            _ if json => writeln!(out, "{}", serde_json::to_string(self)?)?,
            (Some(value), _) => {
                writeln!(out, "{}", format!("{quantity:<40} {value:>14} {unit}").trim_end())?;
            }
            (None, error) => {
                writeln!(out, "{quantity:<40} {:>14}  {}", "-", error.as_deref().unwrap_or_default())?;
            }
        }
        Ok(())
    }
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let selection = &arguments.selection;
    let missing = selection.report_missing();
    let reads = async {
        let endpoint = selection.map.endpoint();
        let link = arguments.place.link(selection.map.line(), endpoint.map(|endpoint| endpoint.unit))?;
        let mut reader = Reader { link, selection, learned: Learned::new(), json };
        loop {
            let time =
                arguments.watch.then(|| Clock::real().utc().to_rfc3339_opts(SecondsFormat::Millis, true));
            let outcome = reader.snapshot(time.as_deref()).await?;
            if !arguments.watch {
                return Ok(outcome);
            }
            tokio::time::sleep(PERIOD).await;
        }
    };
    let outcome: anyhow::Result<Outcome> = super::block_on(reads)?;
    Ok(if missing == Outcome::Findings { missing } else { outcome? })
}

struct Reader<'s> {
    link: Link,
    selection: &'s Selection,
    /// What the device refused, so that it is not asked again.
    learned: Learned<16>,
    json: bool,
}

impl Reader<'_> {
    /// Reads everything once. What fails is named on standard error with its register; only a connection that does
    /// not work ends it.
    async fn snapshot(&mut self, time: Option<&str>) -> anyhow::Result<Outcome> {
        let map: &Map<'_> = self.selection.map;
        let mut out = std::io::stdout().lock();
        if let (Some(time), false) = (time, self.json) {
            writeln!(out, "{time}")?;
        }
        let mut outcome = Outcome::Fine;
        let mut poll = Poll::new(map, self.selection.wanted(), &mut self.learned);
        while let Some(read) = poll.poll_read() {
            let pause = Duration::from_millis(map.pace().read_ms.into());
            let readings = match self.link.exchange(&request(&read)?).await {
                Ok(Response::Registers { registers, .. }) => poll.handle_registers(registers),
                Ok(_) => anyhow::bail!("register {}: the answer holds no registers", read.address()),
                Err(error) => {
                    match error.fault {
                        Fault::Io(_) => return Err(error.into()),
                        Fault::Refused(code) => poll.handle_exception(code),
                        _ => poll.handle_failure(),
                    }
                    eprintln!("{error}");
                    outcome = Outcome::Findings;
                    tokio::time::sleep(pause).await;
                    continue;
                }
            };
            for reading in readings? {
                match reading {
                    Ok(reading) => Line::new(&reading, time).print(self.json, &mut out)?,
                    Err(error) => {
                        eprintln!("{error}");
                        outcome = Outcome::Findings;
                    }
                }
            }
            tokio::time::sleep(pause).await;
        }
        out.flush()?;
        Ok(outcome)
    }
}

fn request(read: &Read<'_>) -> anyhow::Result<Request<'static>> {
    Request::read(read.function(), read.address(), read.words()).context("a plan reads")
}
