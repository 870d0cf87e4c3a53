//! What a full snapshot of each meter costs that the chargers' manuals name: the table of `FIGURES.md`, and the proof
//! that no choice of reads needs fewer requests.

use evkit_modbus_registers::Quantity::{self, *};
use evkit_modbus_registers::devices::{
    abb, carlo_gavazzi, eastron, gossen_metrawatt, herholdt, janitza, phoenix_contact, schneider, siemens,
    sunspec, tq,
};
use evkit_modbus_registers::map::Framing;
use evkit_modbus_registers::rtu::Timing;
use evkit_modbus_registers::{Map, Read};

/// Meters of the lists of KEBA, EVlink and Bender, and the one most often built in.
const NAMED: &[&Map<'static>] = &[
    &abb::B23,
    &abb::M2M,
    &abb::M4M_20,
    &abb::M4M_30,
    &carlo_gavazzi::EM24,
    &carlo_gavazzi::EM24_E1,
    &eastron::SDM630,
    &sunspec::FRONIUS_TS65A_203,
    &sunspec::FRONIUS_TS65A_213,
    &sunspec::FRONIUS_DATAMANAGER_203,
    &sunspec::FRONIUS_DATAMANAGER_213,
    &gossen_metrawatt::EM228X,
    &gossen_metrawatt::EM238X,
    &herholdt::ECSEM113,
    &herholdt::ECSEM114MID,
    &janitza::EVLINK_EXAMPLE,
    &janitza::B23,
    &janitza::UMG_801,
    &phoenix_contact::EEM_MA371,
    &phoenix_contact::EEM_MB371,
    &schneider::IEM3X55,
    &schneider::IEM2155,
    &siemens::PAC2200,
    &siemens::PAC1200,
    &tq::KSEM,
    &tq::EM300_LR,
    &tq::B_CONTROL_EM300,
    &tq::EM420,
    &tq::KECONTACT_E10,
];

/// Voltages, currents, powers of each phase and in total, power factors, energies, frequency.
const SNAPSHOT: &[Quantity] = &[
    VoltageL1N,
    VoltageL2N,
    VoltageL3N,
    CurrentL1,
    CurrentL2,
    CurrentL3,
    PowerActiveL1,
    PowerActiveL2,
    PowerActiveL3,
    PowerActiveTotal,
    PowerReactiveL1,
    PowerReactiveL2,
    PowerReactiveL3,
    PowerReactiveTotal,
    PowerApparentL1,
    PowerApparentL2,
    PowerApparentL3,
    PowerApparentTotal,
    PowerFactorL1,
    PowerFactorL2,
    PowerFactorL3,
    PowerFactorTotal,
    EnergyActiveImportTotal,
    EnergyActiveExportTotal,
    Frequency,
];

/// Requests, bytes on the line in both directions, and time at 9,600 and 19,200 bit/s in milliseconds.
#[derive(Debug, Default)]
struct Cost {
    requests: usize,
    bytes: u32,
    slow_ms: u64,
    fast_ms: u64,
}

impl Cost {
    fn of<'p>(reads: impl Iterator<Item = Read<'p>>) -> Self {
        let words: Vec<_> = reads.map(|read| read.words()).collect();
        let ms = |baud| {
            let timing = Timing::new(baud, Framing::N81);
            let us: u64 = words.iter().map(|&words| timing.exchange_us(words, 0)).sum();
            us.div_ceil(1_000)
        };
        let bytes = words.iter().map(|&words| 8 + 5 + 2 * u32::from(words)).sum();
        Self { requests: words.len(), bytes, slow_ms: ms(9_600), fast_ms: ms(19_200) }
    }
}

fn table() -> String {
    let mut text = String::from(
        "# What a snapshot costs

Written by `cargo test -p evkit-modbus-registers --test figures`, which fails when it is out of date. A snapshot is voltage,
current, active, reactive and apparent power and power factor of each phase, the totals, both energies and the frequency,
as far as the meter has them (`values`). RTU frames of 8 data bits without parity in both directions and the silences
between them, for a meter that answers at once; the real delay adds to every request.

| meter | values | requests | bytes | ms at 9,600 | ms at 19,200 | one per value: requests | bytes | ms at 9,600 | ms at 19,200 |
|---|---|---|---|---|---|---|---|---|---|
",
    );
    for map in NAMED {
        let values: Vec<_> = SNAPSHOT.iter().filter(|&&quantity| map.has(quantity)).collect();
        let planned = Cost::of(map.plan(SNAPSHOT));
        let single = values.iter().fold(Cost::default(), |sum, &quantity| {
            let one = Cost::of(map.plan(core::slice::from_ref(quantity)));
            Cost {
                requests: sum.requests + one.requests,
                bytes: sum.bytes + one.bytes,
                slow_ms: sum.slow_ms + one.slow_ms,
                fast_ms: sum.fast_ms + one.fast_ms,
            }
        });
        let cells =
            |cost: &Cost| format!("{} | {} | {} | {}", cost.requests, cost.bytes, cost.slow_ms, cost.fast_ms);
        let name = format!("{} {}", map.manufacturer(), map.model());
        text += &format!("| {name} | {} | {} | {} |\n", values.len(), cells(&planned), cells(&single));
    }
    text
}

#[test]
fn the_table_is_up_to_date() {
    let table = table();
    assert!(include_str!("../FIGURES.md") == table, "FIGURES.md should be:\n{table}");
}

/// From each read of the plan one value: if no two of them fit into one read, every plan needs as many reads.
#[test]
fn no_plan_for_a_named_meter_has_fewer_requests() {
    for map in NAMED {
        let firsts: Vec<_> = map
            .plan(SNAPSHOT)
            .map(|read| {
                let registers = vec![0; read.words().into()];
                // The values of a read, by where they begin.
                let readings = read.decode(&registers[..]).unwrap().map(Result::unwrap);
                readings.min_by_key(|reading| reading.address).unwrap().quantity
            })
            .collect();
        for (index, &one) in firsts.iter().enumerate() {
            for &other in &firsts[index + 1..] {
                assert_eq!(map.plan(&[one, other]).count(), 2, "{}: {one} and {other}", map.model());
            }
        }
    }
}
