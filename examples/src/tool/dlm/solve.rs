//! `evkit dlm solve`: recorded allocation problems, and what the library makes of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;
use evkit_dlm::allocate::{Demand, HeapMemory, Node, PoolSet, Problem, Share, allocate};
use evkit_dlm::phases::{Phase, Rotation, Terminals};
use evkit_dlm::units::Milliamps;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::tool::Outcome;

/// A line may be the instance itself or an object that holds it beside other things.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    instance: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Instance {
    id: String,
    fairness: Fairness,
    nodes: Vec<NodeRow>,
    evses: Vec<EvseRow>,
    #[serde(default)]
    pools: Vec<PoolRow>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fairness {
    Pooled,
    ByClass,
}

#[derive(Deserialize)]
struct NodeRow {
    parent: Option<u16>,
    #[serde(rename = "limit_mA")]
    limit: [u32; 3],
    #[serde(rename = "base_mA")]
    base: [u32; 3],
    #[serde(rename = "imbalance_mA")]
    imbalance: Option<u32>,
}

#[derive(Deserialize)]
struct EvseRow {
    node: u16,
    rotation: Option<[u8; 3]>,
    car_phases: Vec<u8>,
    #[serde(rename = "min_mA")]
    min: u32,
    #[serde(rename = "max_mA")]
    max: u32,
    priority: u16,
    weight: u16,
}

#[derive(Deserialize)]
struct PoolRow {
    members: Vec<usize>,
    #[serde(rename = "limit_phase_mA")]
    limit: u32,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    #[serde(rename = "currents_mA")]
    currents: Vec<u32>,
    served: Vec<usize>,
    #[serde(rename = "levels_mA")]
    levels: Vec<Level>,
    reasons: Vec<String>,
}

/// Current by weight: a whole number wherever it is one.
#[derive(Serialize)]
#[serde(untagged)]
enum Level {
    Whole(u32),
    Fraction(f64),
}

pub(super) fn run(file: &Path, json: bool) -> anyhow::Result<Outcome> {
    let mut input = open(file)?;
    let mut line = Vec::new();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut outcome = Outcome::Fine;
    for number in 1_u64.. {
        line.clear();
        let read = input.read_until(b'\n', &mut line);
        if read.with_context(|| file.display().to_string())? == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse(&line).and_then(|instance| {
            let shares = instance.solve().map_err(|e| (1, format!("{}: {e:#}", instance.id)))?;
            Ok((instance, shares))
        }) {
            Ok((instance, shares)) if json => {
                serde_json::to_writer(&mut out, &instance.answer(&shares)).map_err(std::io::Error::from)?;
                out.write_all(b"\n")?;
            }
            Ok((instance, shares)) => instance.print(&shares, &mut out)?,
            Err((column, message)) => {
                out.flush()?;
                eprintln!("{}:{number}:{column}: {message}", file.display());
                outcome = Outcome::Findings;
            }
        }
    }
    out.flush()?;
    Ok(outcome)
}

/// A file, or standard input for -; a recording may be longer than memory.
fn open(file: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let opened = File::open(file).with_context(|| file.display().to_string())?;
    Ok(Box::new(BufReader::new(opened)))
}

/// Reads one line; an error comes with its column.
fn parse(line: &[u8]) -> Result<Instance, (usize, String)> {
    let text = std::str::from_utf8(line).map_err(|e| (e.valid_up_to() + 1, "not UTF-8".to_owned()))?;
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|e| (e.column(), plain(&e)))?;
    let inner = envelope.instance.map_or(text, RawValue::get);
    let start = inner.as_ptr() as usize - text.as_ptr() as usize;
    serde_json::from_str(inner).map_err(|e| (start + e.column(), plain(&e)))
}

/// The message without the position `serde_json` appends: it counts from where it began, we from the file.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

impl Instance {
    fn solve(&self) -> anyhow::Result<Vec<Share>> {
        let nodes: Vec<Node> = self.nodes.iter().map(NodeRow::node).collect();
        let pools: Vec<Milliamps> = self.pools.iter().map(|pool| Milliamps(pool.limit)).collect();
        let demands: Vec<Demand> = (self.evses.iter().enumerate())
            .map(|(index, row)| {
                row.demand(self.pools_of(index), self.fairness).with_context(|| format!("$.evses[{index}]"))
            })
            .collect::<anyhow::Result<_>>()?;
        for (index, pool) in self.pools.iter().enumerate() {
            if let Some(member) = pool.members.iter().find(|member| **member >= demands.len()) {
                anyhow::bail!("$.pools[{index}].members: there is no EVSE {member}, only {}", demands.len());
            }
        }
        let problem = Problem { nodes: &nodes, demands: &demands, pools: &pools };
        let mut memory = HeapMemory::new(nodes.len(), demands.len());
        let mut shares = vec![Share::NONE; demands.len()];
        allocate(&problem, memory.scratch(), &mut shares)?;
        Ok(shares)
    }

    fn pools_of(&self, evse: usize) -> PoolSet {
        // A pool beyond the last possible one is refused by the library, which counts them.
        (0..=u8::MAX)
            .zip(&self.pools)
            .filter(|(_, pool)| pool.members.contains(&evse))
            .fold(PoolSet::NONE, |set, (index, _)| set.with(index))
    }

    fn answer(&self, shares: &[Share]) -> Answer<'_> {
        Answer {
            id: &self.id,
            currents: shares.iter().map(|share| share.current.0).collect(),
            served: self.served(shares),
            levels: self.levels(shares),
            reasons: shares.iter().map(reason).collect(),
        }
    }

    /// Number served of each priority there is, lowest number first.
    fn served(&self, shares: &[Share]) -> Vec<usize> {
        let mut classes = BTreeMap::new();
        for (row, share) in self.evses.iter().zip(shares) {
            *classes.entry(row.priority).or_default() += usize::from(share.is_served());
        }
        classes.into_values().collect()
    }

    /// Current by weight, ascending; class by class if that is how they share.
    fn levels(&self, shares: &[Share]) -> Vec<Level> {
        let class = |row: &EvseRow| if self.fairness == Fairness::ByClass { row.priority } else { 0 };
        let mut levels: Vec<(u16, u32, u16)> = self
            .evses
            .iter()
            .zip(shares)
            .map(|(row, share)| (class(row), share.current.0, row.weight))
            .collect();
        levels.sort_by(|a, b| {
            // As fractions, so that no rounding reorders them.
            let across = |x: &(u16, u32, u16), y: &(u16, u32, u16)| u64::from(x.1) * u64::from(y.2);
            a.0.cmp(&b.0).then_with(|| across(a, b).cmp(&across(b, a)))
        });
        let level = |(_, current, weight): (u16, u32, u16)| match current % u32::from(weight) {
            0 => Level::Whole(current / u32::from(weight)),
            _ => Level::Fraction(f64::from(current) / f64::from(weight)),
        };
        levels.into_iter().map(level).collect()
    }

    fn print(&self, shares: &[Share], out: &mut impl Write) -> std::io::Result<()> {
        let served = shares.iter().filter(|share| share.is_served()).count();
        writeln!(out, "{}: {served} of {} served", self.id, shares.len())?;
        for (index, share) in shares.iter().enumerate() {
            writeln!(out, "  EVSE {index:<4} {:>12}  {}", share.current.to_string(), reason(share))?;
        }
        Ok(())
    }
}

impl NodeRow {
    fn node(&self) -> Node {
        Node {
            parent: self.parent,
            limit: self.limit.map(Milliamps),
            base: self.base.map(Milliamps),
            imbalance: self.imbalance.map(Milliamps),
        }
    }
}

impl EvseRow {
    fn demand(&self, pools: PoolSet, fairness: Fairness) -> anyhow::Result<Demand> {
        let rotation = self.rotation.map_or(Some(Rotation::Unknown), rotation);
        let rotation = rotation.context("rotation: wanted null or an order of 1, 2 and 3")?;
        let terminals = terminals(&self.car_phases).context("car_phases: wanted [1], [1,2] or [1,2,3]")?;
        Ok(Demand {
            node: self.node,
            phases: rotation.phases(terminals),
            conductors: terminals.len() as u8,
            min: Milliamps(self.min),
            max: Milliamps(self.max),
            priority: self.priority,
            tier: if fairness == Fairness::ByClass { self.priority } else { 0 },
            weight: self.weight,
            pools,
        })
    }
}

fn rotation(order: [u8; 3]) -> Option<Rotation> {
    let phase = |number: u8| Phase::ALL.get(usize::from(number).checked_sub(1)?).copied();
    Rotation::from_wiring([phase(order[0])?, phase(order[1])?, phase(order[2])?])
}

fn terminals(numbers: &[u8]) -> Option<Terminals> {
    match numbers {
        [1] => Some(Terminals::ONE),
        [1, 2] => Some(Terminals::TWO),
        [1, 2, 3] => Some(Terminals::THREE),
        _ => None,
    }
}

fn reason(share: &Share) -> String {
    let prefix = if share.is_served() { "" } else { "not admitted: " };
    format!("{prefix}{}", share.bound)
}
