//! Meters: the plan of a snapshot, and decoding a response of as many registers as one can carry.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evkit_modbus_registers::devices::{carlo_gavazzi, janitza, siemens};
use evkit_modbus_registers::{Map, Quantity, Row, Template};

/// 62 floats: with one register between 124 and 125 unused, the longest response there is.
fn floats() -> Vec<Row> {
    let rows = Quantity::ALL.iter().zip((0..124).step_by(2));
    rows.map(|(&quantity, address)| Template::holding().f32(address, quantity)).collect()
}

/// 62 integers in tenths.
fn integers() -> Vec<Row> {
    let rows = Quantity::ALL.iter().zip((0..124).step_by(2));
    rows.map(|(&quantity, address)| Template::holding().i32(address, quantity).e(-1)).collect()
}

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode one response");
    let (floats, integers) = (floats(), integers());
    let synthetic = [Map::new("", "62 floats", &floats), Map::new("", "62 integers", &integers)];
    for map in synthetic.iter().chain([&janitza::UMG_96RM, &carlo_gavazzi::EM340]) {
        let read = map.plan(Quantity::ALL).max_by_key(|read| read.words()).expect("a read");
        // 230.5 as a float, and some integer.
        let words: Vec<u16> = [0x4366, 0x8000].into_iter().cycle().take(read.words().into()).collect();
        group.throughput(Throughput::Elements(words.len() as u64));
        group.bench_function(format!("{}, {} registers", map.model(), words.len()), |bencher| {
            bencher.iter(|| {
                let readings = read.decode(black_box(&words[..])).expect("the right length");
                readings.map(|reading| reading.expect("a number").number().is_ok()).filter(|ok| *ok).count()
            });
        });
    }
    group.finish();
}

fn plan(criterion: &mut Criterion) {
    let wanted = [Quantity::CurrentL1, Quantity::CurrentL2, Quantity::CurrentL3, Quantity::PowerActiveTotal];
    criterion.bench_function("plan three currents and a power of a 7KM2200", |bencher| {
        bencher.iter(|| siemens::PAC2200.plan(black_box(&wanted)).count());
    });
}

criterion_group!(benches, decode, plan);
criterion_main!(benches);
