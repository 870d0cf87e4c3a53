//! Plans of small random maps, against every possible choice of reads.

use evkit_modbus_registers::map::MAX_READ_WORDS;
use evkit_modbus_registers::{Derived, Function, Map, Quantity, Readable, Row, Scale, Template};
use proptest::prelude::*;

/// A map small enough to try every plan.
#[derive(Clone, Debug)]
struct Device {
    rows: Vec<Row>,
    readable: Vec<Readable>,
    derived: Vec<Derived>,
    max_words: u8,
    max_hole: u8,
    base: u16,
}

const QUANTITIES: &[Quantity] = &[
    Quantity::VoltageL1N,
    Quantity::VoltageL2N,
    Quantity::VoltageL3N,
    Quantity::CurrentL1,
    Quantity::CurrentL2,
    Quantity::CurrentL3,
    Quantity::PowerActiveL1,
    Quantity::PowerActiveL2,
];

/// What a derived quantity may be made of.
const PAIR: &[Quantity] = &[Quantity::CurrentL1, Quantity::CurrentL2];

impl Device {
    fn map(&self) -> Map<'_> {
        Map::new("Test", "device", &self.rows)
            .readable(&self.readable)
            .derived(&self.derived)
            .max_words(self.max_words)
            .at(self.base)
    }

    /// Spans, without base, that must come in one read, of `function`.
    fn items(&self, wanted: &[Quantity], function: Function) -> Vec<(u32, u32)> {
        let span = |row: &Row| {
            let (start, end) = (u32::from(row.address()), u32::from(row.address() + row.words()));
            match row.scale().registers() {
                Some((at, words)) => (start.min(at.into()), end.max(u32::from(at + words))),
                None => (start, end),
            }
        };
        let rows = || self.rows.iter().filter(|row| row.function() == function);
        let mut items: Vec<_> = rows().filter(|row| wanted.contains(&row.quantity())).map(span).collect();
        for derived in self.derived.iter().filter(|derived| wanted.contains(&derived.quantity())) {
            let parts: Vec<_> =
                rows().filter(|row| derived.parts().any(|part| part == row.quantity())).collect();
            if parts.len() == derived.parts().count() {
                let start = parts.iter().map(|row| span(row).0).min().unwrap();
                items.push((start, parts.iter().map(|row| span(row).1).max().unwrap()));
            }
        }
        items.sort_unstable();
        items.dedup();
        items
    }

    /// Whether a device answers a read from `start` to before `end`, and the limits allow it.
    fn allows(&self, function: Function, start: u32, end: u32) -> bool {
        let listed = |register: u32| {
            self.rows.iter().any(|row| {
                let row_start = u32::from(row.address());
                row.function() == function
                    && (row_start..row_start + u32::from(row.words())).contains(&register)
            })
        };
        let answers = |register: u32| {
            self.readable.iter().any(|range| (range.first.into()..=range.last.into()).contains(&register))
        };
        let mut hole = 0;
        for register in start..end {
            hole = if listed(register) { 0 } else { hole + 1 };
            if hole > u32::from(self.max_hole) || (hole > 0 && !answers(register)) {
                return false;
            }
        }
        end - start <= u32::from(self.max_words)
    }

    /// Whether the table is right and the caller's limit on holes leaves every value readable. A value that is
    /// not is read all the same, alone.
    fn reads_every_item(&self) -> bool {
        let mut all = QUANTITIES.to_vec();
        all.push(Quantity::CurrentSum);
        let readable = |function| {
            self.items(&all, function).into_iter().all(|(start, end)| self.allows(function, start, end))
        };
        self.map().check().is_ok() && readable(Function::ReadHolding) && readable(Function::ReadInput)
    }

    /// The fewest reads for `wanted`, by trying every way to group the items.
    fn fewest(&self, wanted: &[Quantity], function: Function) -> u32 {
        let items = self.items(wanted, function);
        let all = (1usize << items.len()) - 1;
        let together = |group: usize| {
            let chosen: Vec<_> =
                (0..items.len()).filter(|bit| group >> bit & 1 == 1).map(|bit| items[bit]).collect();
            let start = chosen.iter().map(|span| span.0).min().unwrap();
            let end = chosen.iter().map(|span| span.1).max().unwrap();
            self.allows(function, start, end)
        };
        let mut fewest = vec![u32::MAX; all + 1];
        fewest[0] = 0;
        for set in 1..=all {
            let mut group = set;
            while group > 0 {
                if fewest[set & !group] < u32::MAX && together(group) {
                    fewest[set] = fewest[set].min(fewest[set & !group] + 1);
                }
                group = (group - 1) & set;
            }
        }
        fewest[all]
    }
}

fn device() -> impl Strategy<Value = Device> {
    let row = (0u16..4, 1u8..=4, any::<bool>(), 0u8..4);
    let rows = prop::collection::vec(row, 1..=QUANTITIES.len());
    let readable = prop::collection::vec((0u16..30, 0u16..12), 0..3);
    (rows, readable, 8u8..20, 0u8..5, any::<bool>(), 0u16..100).prop_filter_map(
        "a table that is right",
        |(rows, readable, max_words, max_hole, derive, base)| {
            let mut next = [0u16; 2];
            let mut made: Vec<Row> = Vec::new();
            for ((gap, words, input, scaled), quantity) in rows.into_iter().zip(QUANTITIES) {
                let template = if input { Template::input() } else { Template::holding() };
                let address = &mut next[usize::from(input)];
                *address += gap;
                let mut row =
                    template.row(evkit_modbus_registers::Kind::Unsigned, *address, words, *quantity);
                *address += u16::from(words);
                let same_function = |other: &&Row| other.function() == row.function();
                if let (0, Some(scale)) =
                    (scaled, made.iter().filter(same_function).find(|row| row.words() == 1))
                {
                    row = row.scaled_by(Scale::ExponentLowByte { address: scale.address() });
                }
                made.push(row);
            }
            made.sort_by_key(|row| (row.function(), row.address()));
            let readable =
                readable.into_iter().map(|(first, more)| Readable { first, last: first + more }).collect();
            let derived =
                if derive { vec![Derived::new(Quantity::CurrentSum, PAIR, &[])] } else { Vec::new() };
            let device = Device { rows: made, readable, derived, max_words, max_hole, base };
            device.reads_every_item().then_some(device)
        },
    )
}

fn wanted() -> impl Strategy<Value = Vec<Quantity>> {
    let mut all = QUANTITIES.to_vec();
    all.push(Quantity::CurrentSum);
    let count = all.len();
    prop::sample::subsequence(all, 0..=count)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn no_choice_of_reads_is_smaller(device in device(), wanted in wanted()) {
        let map = device.map();
        let reads: Vec<_> = map.plan(&wanted).max_hole(device.max_hole).collect();
        for function in [Function::ReadHolding, Function::ReadInput] {
            let planned = reads.iter().filter(|read| read.function() == function).count();
            prop_assert_eq!(u32::try_from(planned).unwrap(), device.fewest(&wanted, function));
        }
    }

    #[test]
    fn reads_keep_the_rules_and_bring_everything_once(device in device(), wanted in wanted()) {
        let map = device.map();
        let mut delivered = Vec::new();
        for read in map.plan(&wanted).max_hole(device.max_hole) {
            prop_assert!(read.words() <= u16::from(device.max_words));
            let start = u32::from(read.address() - device.base);
            let end = start + u32::from(read.words());
            for row in device.rows.iter().filter(|row| row.function() == read.function()) {
                let (row_start, row_end) = (u32::from(row.address()), u32::from(row.address() + row.words()));
                prop_assert!(row_end <= start || end <= row_start || (start <= row_start && row_end <= end), "cut");
            }
            prop_assert!(device.allows(read.function(), start, end));
            let registers = [0u16; MAX_READ_WORDS as usize];
            let readings = read.decode(&registers[..usize::from(read.words())]).unwrap();
            delivered.extend(readings.map(|reading| reading.unwrap().quantity));
        }
        let mut expected: Vec<_> = wanted.iter().copied().filter(|&quantity| map.has(quantity)).collect();
        expected.sort_unstable();
        delivered.sort_unstable();
        prop_assert_eq!(delivered, expected);
    }
}
