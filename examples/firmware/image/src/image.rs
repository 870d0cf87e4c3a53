//! A linked image: its sections, symbols, source lines, and calls.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use addr2line::Loader;
use anyhow::{Context as _, Result, anyhow};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _, SectionKind, SymbolKind};
use rustc_demangle::demangle;

use crate::origin::Origin;
use crate::thumb;

/// Names, without their module, of the functions of `core` that only panic.
const PANICS: [&str; 8] = [
    "expect_failed",
    "unwrap_failed",
    "slice_index_fail",
    "slice_error_fail",
    "len_mismatch_fail",
    "copy_from_slice_len_mismatch_fail",
    "panic_already_borrowed",
    "panic_already_mutably_borrowed",
];

pub(crate) struct Image {
    sections: Vec<Section>,
    symbols: Vec<Symbol>,
    /// Code between data, by the linker's mapping symbols: where it starts and its bytes.
    code: Vec<(u64, Vec<u8>)>,
    lines: Loader,
}

struct Section {
    name: String,
    size: u64,
    /// Occupies flash, as code, constants or start values.
    stored: bool,
    /// Occupies RAM.
    writable: bool,
}

struct Symbol {
    name: String,
    address: u64,
    size: u64,
    function: bool,
    variable: bool,
}

/// A call of a function that panics.
pub(crate) struct Panic {
    pub(crate) origin: Origin,
    /// The innermost line that is not of the standard library.
    line: String,
    function: String,
    panics_by: String,
}

impl Panic {
    /// The compiler's own, at the entry of an `async` function that has ended: `await` never polls one again.
    pub(crate) fn is_guard(&self) -> bool {
        self.panics_by.ends_with("::panic_const_async_fn_resumed")
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {} calls {}", self.line, self.function, self.panics_by)
    }
}

impl Image {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("{}", path.display()))?;
        let file = object::File::parse(&*bytes).context("not an ELF file")?;
        let lines = Loader::new(path).map_err(|error| anyhow!("no source lines: {error}"))?;
        let sections = file.sections().filter_map(|section| Section::of(&section)).collect();
        let symbols = file.symbols().filter_map(|symbol| Symbol::of(&symbol)).collect();
        Ok(Self { sections, symbols, code: code(&file)?, lines })
    }

    /// Names and sizes of what occupies flash or RAM.
    pub(crate) fn sections(&self) -> Vec<(String, u64)> {
        self.sections.iter().map(|section| (section.name.clone(), section.size)).collect()
    }

    pub(crate) fn flash(&self) -> u64 {
        self.sections.iter().filter(|section| section.stored).map(|section| section.size).sum()
    }

    /// With the stack, as far as the linker script reserves it as a section.
    pub(crate) fn ram(&self) -> u64 {
        self.sections.iter().filter(|section| section.writable).map(|section| section.size).sum()
    }

    /// Bytes of code by the crate that wrote it.
    pub(crate) fn code_by_origin(&self) -> Result<BTreeMap<String, u64>> {
        let mut sizes = BTreeMap::new();
        for (start, bytes) in &self.code {
            for offset in (0..bytes.len() as u64).step_by(2) {
                let (origin, _) = self.writer(start + offset)?;
                *sizes.entry(origin.name().to_owned()).or_default() += 2;
            }
        }
        Ok(sizes)
    }

    /// Bytes of variables by the crate that declares them.
    pub(crate) fn memory_by_crate(&self) -> BTreeMap<String, u64> {
        let mut sizes = BTreeMap::new();
        for symbol in self.symbols.iter().filter(|symbol| symbol.variable) {
            let path = symbol.name.trim_start_matches(['<', '&']);
            let name = path.split_once("::").map_or("(no path)", |(name, _)| name);
            *sizes.entry(name.to_owned()).or_default() += symbol.size;
        }
        sizes
    }

    pub(crate) fn largest_variables(&self, count: usize) -> Vec<(String, u64)> {
        let mut variables: Vec<_> = self.symbols.iter().filter(|symbol| symbol.variable).collect();
        variables.sort_by_key(|symbol| std::cmp::Reverse(symbol.size));
        variables.into_iter().take(count).map(|symbol| (symbol.name.clone(), symbol.size)).collect()
    }

    /// All calls of functions that only panic, outside of those.
    pub(crate) fn panics(&self) -> Result<Vec<Panic>> {
        let (mut targets, mut inside) = (BTreeMap::new(), Vec::new());
        for symbol in self.symbols.iter().filter(|symbol| symbol.function && symbol.panics()) {
            targets.insert(symbol.address, symbol.name.as_str());
            inside.push(symbol.address..symbol.address + symbol.size);
        }
        let mut panics = Vec::new();
        let calls = self.code.iter().flat_map(|(start, bytes)| thumb::branches(*start, bytes));
        for (from, to) in calls {
            let Some(target) = targets.get(&to) else { continue };
            if inside.iter().any(|range| range.contains(&from)) {
                continue;
            }
            let (origin, line) = self.writer(from)?;
            // A call that several inlined copies of one line share has the file of the function they are in, and no line.
            let origin = if line.ends_with(":0") { Origin::Unknown } else { origin };
            panics.push(Panic {
                origin,
                line,
                function: self.function(from).to_owned(),
                panics_by: (*target).to_owned(),
            });
        }
        Ok(panics)
    }

    /// The crate and line of an instruction: the innermost that is not of the standard library, if there is one.
    fn writer(&self, address: u64) -> Result<(Origin, String)> {
        let mut found = (Origin::Unknown, String::from("?"));
        let mut frames = self.lines.find_frames(address).map_err(|error| anyhow!("{error}"))?;
        while let Some(frame) = frames.next()? {
            let Some(location) = frame.location else { continue };
            let file = location.file.unwrap_or_default();
            let origin = Origin::of(file);
            if origin == Origin::Unknown {
                continue;
            }
            found = (origin, format!("{file}:{}", location.line.unwrap_or(0)));
            if found.0 != Origin::Standard {
                break;
            }
        }
        Ok(found)
    }

    fn function(&self, address: u64) -> &str {
        let holds = |symbol: &&Symbol| {
            symbol.function && (symbol.address..symbol.address + symbol.size).contains(&address)
        };
        self.symbols.iter().find(holds).map_or("?", |symbol| &symbol.name)
    }
}

impl Section {
    fn of(section: &object::Section<'_, '_>) -> Option<Self> {
        let (stored, writable) = match section.kind() {
            SectionKind::Text | SectionKind::ReadOnlyData | SectionKind::ReadOnlyString => (true, false),
            SectionKind::Data => (true, true),
            SectionKind::UninitializedData => (false, true),
            // Debug information and notes stay on the host.
            _ => return None,
        };
        let (name, size) = (section.name().ok()?.to_owned(), section.size());
        (size > 0).then_some(Self { name, size, stored, writable })
    }
}

impl Symbol {
    fn of(symbol: &object::Symbol<'_, '_>) -> Option<Self> {
        let name = format!("{:#}", demangle(symbol.name().ok()?));
        let writable = symbol.address() >= RAM;
        Some(Self {
            name,
            // The lowest bit of a function's address says that it is Thumb code.
            address: if symbol.kind() == SymbolKind::Text { symbol.address() & !1 } else { symbol.address() },
            size: symbol.size(),
            function: symbol.kind() == SymbolKind::Text && symbol.size() > 0,
            variable: symbol.kind() == SymbolKind::Data && writable,
        })
    }

    fn panics(&self) -> bool {
        let standard = self.name.starts_with("core::") || self.name.starts_with("alloc::");
        let name = self.name.rsplit("::").next().unwrap_or_default();
        standard && (self.name.starts_with("core::panicking::") || PANICS.contains(&name))
    }
}

/// Where RAM begins on every Cortex-M.
const RAM: u64 = 0x2000_0000;

/// The code of all sections with code, without the data between.
fn code(file: &object::File<'_>) -> Result<Vec<(u64, Vec<u8>)>> {
    // `$t` starts Thumb code, `$d` data.
    let mut marks: Vec<(u64, bool)> = file
        .symbols()
        .filter_map(|symbol| match symbol.name() {
            Ok(name) if name.starts_with("$t") => Some((symbol.address(), true)),
            Ok(name) if name.starts_with("$d") => Some((symbol.address(), false)),
            _ => None,
        })
        .collect();
    marks.sort_unstable();
    let mut code = Vec::new();
    for section in file.sections().filter(|section| section.kind() == SectionKind::Text) {
        let (start, bytes) = (section.address(), section.data()?);
        let end = start + bytes.len() as u64;
        let inside: Vec<_> = marks.iter().filter(|(address, _)| (start..end).contains(address)).collect();
        for (index, (from, is_code)) in inside.iter().enumerate() {
            let to = inside.get(index + 1).map_or(end, |(next, _)| *next);
            if *is_code && let Some(part) = bytes.get((from - start) as usize..(to - start) as usize) {
                code.push((*from, part.to_vec()));
            }
        }
    }
    Ok(code)
}
