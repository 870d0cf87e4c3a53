//! Which device is this? A list of questions from the surest to the weakest, and candidates with the evidence
//! for each.
//!
//! Order: SunSpec marker, identification functions, vendor registers that hold a text or a code, and only if
//! nothing was found, maps whose voltage and frequency look right. A plausible voltage alone cannot tell meters
//! of one family apart; such candidates are marked as merely [`Strength::Possible`].
//!
//! Sources: the identification registers each vendor documents, named beside each question in the `probes`
//! table.

mod probes;

use crate::decode::Block;
use crate::map::Map;
use crate::pdu::{Request, Response};
use crate::plan::Read;
use crate::quantity::Quantity;
use crate::registers::Registers;
use crate::row::Function;
use crate::sunspec::{Discovery, Model};
use crate::value::{Decimal, Text};

use probes::{Ask, PROBES};

/// Most candidates kept.
pub const MAX_CANDIDATES: usize = 8;

/// How much a candidate is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Its values look right; so may those of others.
    Possible,
    /// A code says so that other devices might hold by chance, or one that names only the family.
    Likely,
    /// A text or standard identification names it.
    Certain,
}

/// Why a device is a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// A SunSpec model was found.
    SunSpec(Model),
    /// The answer to function 17, report server identifier.
    ServerId(u8),
    /// The answer to function 43, read device identification.
    DeviceId,
    /// A text in the registers from here on.
    Text {
        /// First register.
        address: u16,
    },
    /// A code in the registers from here on.
    Code {
        /// First register.
        address: u16,
        /// The code.
        code: u32,
    },
    /// Voltage and frequency are plausible when read with this map.
    Plausible {
        /// Voltage of L1, V.
        voltage: Decimal,
    },
}

/// A device it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate<'a> {
    /// How to read it: the registers, and for some the word order found.
    pub map: Map<'a>,
    /// How much the evidence is worth.
    pub strength: Strength,
    /// The evidence.
    pub evidence: Evidence,
}

/// The candidates found so far, each device once with its best evidence.
#[derive(Clone, Debug, Default)]
struct Candidates<'a> {
    found: [Option<Candidate<'a>>; MAX_CANDIDATES],
}

impl<'a> Candidates<'a> {
    fn add(&mut self, map: Map<'a>, strength: Strength, evidence: Evidence) {
        let candidate = Candidate { map, strength, evidence };
        let same = |found: &Candidate<'_>| {
            found.map.manufacturer() == map.manufacturer() && found.map.model() == map.model()
        };
        if let Some(known) = self.found.iter_mut().flatten().find(|found| same(found)) {
            if known.strength < strength {
                *known = candidate;
            }
            return;
        }
        if let Some(free) = self.found.iter_mut().find(|found| found.is_none()) {
            *free = Some(candidate);
        }
    }

    fn iter(&self) -> impl Iterator<Item = &Candidate<'a>> {
        self.found.iter().flatten()
    }
}

/// A search for the map of a device.
///
/// Send what [`Identify::poll_request`] hands out and report the outcome, until it hands out nothing more.
#[derive(Clone, Debug)]
pub struct Identify<'a> {
    step: Step,
    plausible: &'a [&'a Map<'a>],
    candidates: Candidates<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    SunSpec(Discovery),
    Probe(usize),
    /// Trying the map with this index; so many of its reads are done, with this voltage.
    Plausible {
        map: usize,
        reads: usize,
        voltage: Option<Decimal>,
    },
    Done,
}

/// What makes a reading plausible.
const WANTED: &[Quantity] = &[Quantity::VoltageL1N, Quantity::Frequency];

impl<'a> Identify<'a> {
    /// A search that falls back to the maps in `plausible`, tried in this order, if the device does not say
    /// what it is. Maps without voltage of L1 and frequency are passed over.
    pub const fn new(plausible: &'a [&'a Map<'a>]) -> Self {
        Self {
            step: Step::SunSpec(Discovery::new()),
            plausible,
            candidates: Candidates { found: [None; MAX_CANDIDATES] },
        }
    }

    /// The request to send next; `None` when the search is over.
    #[must_use]
    pub fn poll_request(&mut self) -> Option<Request<'static>> {
        loop {
            match self.step {
                Step::SunSpec(discovery) => match discovery.poll_read() {
                    Some((address, words)) => return Some(Request::ReadHolding { address, words }),
                    None => self.step = Step::Probe(0),
                },
                Step::Probe(index) => match PROBES.get(index) {
                    Some(probe) => return Some(probe.ask.request()),
                    None => self.begin_plausible(),
                },
                Step::Plausible { map, reads, .. } => match self.plausible.get(map) {
                    Some(_) => match self.plausible_read(map, reads) {
                        Some(read) => {
                            return Request::read(read.function(), read.address(), read.words());
                        }
                        None => self.next_plausible(map),
                    },
                    None => self.step = Step::Done,
                },
                Step::Done => return None,
            }
        }
    }

    /// Takes the answer to [`Identify::poll_request`].
    pub fn handle_response(&mut self, response: &Response<'_>) {
        match self.step {
            Step::SunSpec(mut discovery) => {
                if let Response::Registers { registers, .. } = *response {
                    if let Some(model) = discovery.handle_registers(registers) {
                        self.add_model(model);
                    }
                } else {
                    discovery.handle_failure();
                }
                self.step = Step::SunSpec(discovery);
            }
            Step::Probe(index) => {
                if let Some(probe) = PROBES.get(index) {
                    (probe.judge)(&Answer { ask: probe.ask, response: *response }, &mut self.candidates);
                }
                self.step = Step::Probe(index + 1);
            }
            Step::Plausible { map, reads, voltage } => match *response {
                Response::Registers { registers, .. } => self.judge_plausible(map, reads, voltage, registers),
                _ => self.next_plausible(map),
            },
            Step::Done => {}
        }
    }

    /// The device refused or did not answer [`Identify::poll_request`].
    pub fn handle_failure(&mut self) {
        match self.step {
            Step::SunSpec(mut discovery) => {
                discovery.handle_failure();
                self.step = Step::SunSpec(discovery);
            }
            Step::Probe(index) => self.step = Step::Probe(index + 1),
            Step::Plausible { map, .. } => self.next_plausible(map),
            Step::Done => {}
        }
    }

    /// What was found so far, in the order it was found. The application chooses; see [`Identify::best`].
    pub fn candidates(&self) -> impl Iterator<Item = &Candidate<'a>> {
        self.candidates.iter()
    }

    /// The strongest candidate, the first one found among equals.
    pub fn best(&self) -> Option<&Candidate<'a>> {
        self.candidates().reduce(|best, other| if other.strength > best.strength { other } else { best })
    }

    fn add_model(&mut self, model: Model) {
        if let Some(map) = model.map().filter(|_| model.id != 1) {
            self.candidates.add(map, Strength::Certain, Evidence::SunSpec(model));
        }
    }

    fn begin_plausible(&mut self) {
        self.step = match self.candidates.iter().next() {
            Some(_) => Step::Done,
            None => Step::Plausible { map: 0, reads: 0, voltage: None },
        };
    }

    fn next_plausible(&mut self, map: usize) {
        self.step = Step::Plausible { map: map + 1, reads: 0, voltage: None };
    }

    fn plausible_read(&self, map: usize, reads: usize) -> Option<Read<'a>> {
        let map = self.plausible.get(map)?;
        WANTED.iter().all(|&quantity| map.has(quantity)).then(|| map.plan(WANTED).nth(reads))?
    }

    fn judge_plausible(
        &mut self,
        map: usize,
        reads: usize,
        voltage: Option<Decimal>,
        registers: Registers<'_>,
    ) {
        let mut voltage = voltage;
        let read = self.plausible_read(map, reads);
        let Some(Ok(readings)) = read.map(|read| read.decode(registers)) else {
            return self.next_plausible(map);
        };
        for reading in readings {
            let number = reading.and_then(|reading| Ok((reading.quantity, reading.number()?)));
            match number {
                Ok((Quantity::VoltageL1N, volts)) if within(volts, 80, 300) => voltage = Some(volts),
                Ok((Quantity::Frequency, hertz)) if within(hertz, 45, 65) => {}
                _ => return self.next_plausible(map),
            }
        }
        if self.plausible_read(map, reads + 1).is_some() {
            self.step = Step::Plausible { map, reads: reads + 1, voltage };
            return;
        }
        if let (Some(map), Some(voltage)) = (self.plausible.get(map), voltage) {
            self.candidates.add(**map, Strength::Possible, Evidence::Plausible { voltage });
        }
        self.next_plausible(map);
    }
}

fn within(number: Decimal, low: i64, high: i64) -> bool {
    Decimal::from_int(low) <= number && number <= Decimal::from_int(high)
}

/// An answer with its question.
struct Answer<'r> {
    ask: Ask,
    response: Response<'r>,
}

impl<'r> Answer<'r> {
    fn address(&self) -> u16 {
        match self.ask {
            Ask::Read(_, address, _) => address,
            Ask::ServerId | Ask::DeviceId => 0,
        }
    }

    /// The registers, if there are as many as asked for.
    fn registers(&self) -> Option<Registers<'r>> {
        match (self.ask, self.response) {
            (Ask::Read(_, _, words), Response::Registers { registers, .. }) => {
                (registers.len() == usize::from(words)).then_some(registers)
            }
            _ => None,
        }
    }

    fn text(&self) -> Option<Text<'r>> {
        Some(Text::new(self.registers()?, false))
    }

    /// One or two registers as a number.
    fn code(&self) -> Option<u32> {
        let registers = self.registers()?;
        Some(registers.iter().fold(0, |code, word| code << 16 | u32::from(word)))
    }

    /// The reading of a quantity of `map` in the registers.
    fn number(&self, map: &Map<'_>, quantity: Quantity) -> Option<Decimal> {
        let Ask::Read(function, address, _) = self.ask else { return None };
        let block = Block::new(function, address, self.registers()?);
        map.value(map.row(quantity)?, &block).ok()?.number()
    }

    fn text_evidence(&self) -> Evidence {
        Evidence::Text { address: self.address() }
    }

    fn code_evidence(&self) -> Evidence {
        Evidence::Code { address: self.address(), code: self.code().unwrap_or(0) }
    }
}

impl Ask {
    fn request(self) -> Request<'static> {
        match self {
            Self::Read(Function::ReadInput, address, words) => Request::ReadInput { address, words },
            Self::Read(_, address, words) => Request::ReadHolding { address, words },
            Self::ServerId => Request::ReportServerId,
            Self::DeviceId => Request::ReadDeviceId { level: 1, object: 0 },
        }
    }
}
