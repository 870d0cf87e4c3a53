//! Nothing panics, whatever a map made at run time holds: only `check` tells a wrong table.

use evkit_modbus_registers::{
    Absent, Bank, Block, Decimal, Derived, Kind, Map, Quantity, Readable, Row, Scale, ScaleContent, Template,
    Value,
};
use proptest::prelude::*;

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Unsigned),
        Just(Kind::Signed),
        Just(Kind::Float),
        Just(Kind::Ascii),
        Just(Kind::WideAscii),
        Just(Kind::IskraT5),
        Just(Kind::IskraT6),
        Just(Kind::QuadrantPf),
    ]
}

fn absent() -> impl Strategy<Value = Absent> {
    prop_oneof![
        Just(Absent::Never),
        Just(Absent::Extreme),
        Just(Absent::SunSpec),
        Just(Absent::Zero),
        Just(Absent::CarloGavazzi),
        any::<i16>().prop_map(Absent::Raw),
    ]
}

fn scale() -> impl Strategy<Value = Scale> {
    prop_oneof![
        any::<i8>().prop_map(Scale::Pow10),
        (any::<u16>(), any::<i8>()).prop_map(|(address, pow10)| Scale::Exponent { address, pow10 }),
        any::<u16>().prop_map(|address| Scale::ExponentLowByte { address }),
        any::<u16>().prop_map(|address| Scale::Factor { address }),
    ]
}

fn row() -> impl Strategy<Value = Row> {
    let template = prop_oneof![
        Just(Template::holding()),
        Just(Template::input().low_word_first()),
        Just(Template::write_single()),
        Just(Template::write_multiple()),
    ];
    let address = prop_oneof![0u16..40, any::<u16>()];
    let words = prop_oneof![0u8..5, any::<u8>()];
    let quantity = prop::sample::select(&Quantity::ALL[..12]);
    (template, kind(), address, words, quantity, scale(), absent(), any::<[bool; 3]>()).prop_map(
        |(template, kind, address, words, quantity, scale, absent, [alternate, alone, negated])| {
            let mut row = template.absent(absent).row(kind, address, words, quantity).scaled_by(scale);
            if alternate {
                row = row.alternate();
            }
            if alone {
                row = row.alone();
            }
            if negated { row.negated() } else { row }
        },
    )
}

const PARTS: &[Quantity] = Quantity::ALL.split_at(3).0;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn a_wrong_table_does_no_harm(
        rows in prop::collection::vec(row(), 0..6),
        readable in prop::collection::vec((any::<u16>(), any::<u16>()), 0..3),
        max_words in any::<u8>(),
        base in any::<u16>(),
        registers in prop::collection::vec(any::<u16>(), 0..130),
        start in prop_oneof![0u16..40, any::<u16>()],
        mantissa in any::<i64>(),
        exponent in -18i32..=0,
    ) {
        let readable: Vec<_> = readable.into_iter().map(|(first, last)| Readable { first, last }).collect();
        let derived = [Derived::new(Quantity::EnergySession, PARTS, &[Quantity::CurrentL1])];
        let map = Map::new("any", "map", &rows).readable(&readable).derived(&derived).max_words(max_words).at(base);
        let right = map.check().is_ok();

        for read in map.plan(Quantity::ALL).take(50) {
            let words = vec![0; usize::from(read.words())];
            for reading in read.decode(&words[..]).into_iter().flatten() {
                prop_assert!(!right || reading.is_ok());
            }
        }
        let value = Value::Number(Decimal::new(mantissa, exponent).unwrap());
        for row in &rows {
            let _ = map.value(row, &Block::new(row.function(), start, &registers[..]));
            for scale in [ScaleContent::Exponent(i8::MIN), ScaleContent::Exponent(3), ScaleContent::Factor(0)] {
                let _ = map.encode(row, value, scale, &mut [0; 255]);
            }
            let _ = map.write(row.quantity(), Decimal::from_int(6_000), &mut [0; 255]);
        }
        let mut storage = vec![0; map.total_words()];
        if let Ok(mut bank) = Bank::new(&map, &mut storage) {
            for quantity in &Quantity::ALL[..12] {
                let _ = bank.set(*quantity, Decimal::new(mantissa, exponent).unwrap());
                let _ = bank.number(*quantity);
            }
            for row in &rows {
                let _ = bank.read(row.function(), start, row.words().min(125), &mut [0; 125]);
                let _ = bank.write(row.function(), row.address(), (&registers[..]).into());
            }
        }
    }
}
