//! Both directions of the line, with literal lines, any message and any bytes.

use evkit_plant_link::{
    Bolt, Card, Decoder, Drive, Lamp, LineError, MAX_LINE, Message, Outputs, Relays, Sample, Signal, ToBoard,
    Uid, encode,
};
use proptest::array::uniform3;
use proptest::prelude::*;

fn decode<M: Message>(bytes: &[u8]) -> Vec<Result<M, LineError>> {
    let mut decoder = Decoder::new();
    bytes.iter().filter_map(|byte| decoder.push(*byte)).collect()
}

/// A line with these fields and the right checksum, computed apart from the crate.
fn sealed(fields: &str) -> Vec<u8> {
    let crc = fields.bytes().fold(0xFFFF_u16, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    });
    format!("{fields}*{crc:04X}\n").into_bytes()
}

const SAMPLE: Sample = Sample {
    number: 17,
    connector: 1,
    high_mv: 9_000,
    low_mv: -12_000,
    proximity_ohm: Some(220),
    feedback: Relays::OPEN,
    bolt: Bolt::Locked,
    lock_supply: true,
    trip_dc: false,
    trip_ac: false,
    temperature: 250,
    mains_v: 230,
};

const OUTPUTS: Outputs = Outputs {
    at_ms: 1_234,
    acknowledged: 17,
    connector: 1,
    signal: Signal::Pwm(2_666),
    relays: Relays::ONE,
    lock: Drive::Rest,
    residual_test: false,
    lamp: Lamp { red: false, green: true, blue: false },
    tone_hz: 0,
};

#[test]
fn lines_are_as_documented() {
    let card = Card { number: 18, reader: 2, uid: Uid::new(&[0x04, 0xA2, 0x24, 0xB2]).unwrap() };
    let rows = [
        (encode(&ToBoard::Sample(SAMPLE)), "S 17 1 9000 -12000 220 ... LS .. 250 230*16D0\n"),
        (encode(&ToBoard::Card(card)), "C 18 2 04A224B2*4441\n"),
        (encode(&OUTPUTS), "O 1234 17 1 2666 1.. . . .G. 0*82DE\n"),
    ];
    for (line, expected) in rows {
        assert_eq!(format!("{line:?}"), expected);
    }
}

#[test]
fn the_longest_messages_fit_a_line() {
    let sample = Sample {
        number: u32::MAX,
        connector: u8::MAX,
        high_mv: i16::MIN,
        low_mv: i16::MIN,
        proximity_ohm: Some(u32::MAX),
        feedback: Relays::THREE,
        temperature: i16::MIN,
        mains_v: u16::MAX,
        ..SAMPLE
    };
    let card = Card { number: u32::MAX, reader: u8::MAX, uid: Uid::new(&[0xFF; Uid::MAX]).unwrap() };
    let outputs = Outputs {
        at_ms: u64::MAX,
        acknowledged: u32::MAX,
        connector: u8::MAX,
        signal: Signal::Pwm(10_000),
        tone_hz: u16::MAX,
        ..OUTPUTS
    };
    for line in [encode(&ToBoard::Sample(sample)), encode(&ToBoard::Card(card)), encode(&outputs)] {
        assert!(line.as_bytes().len() <= MAX_LINE);
        assert!(line.as_bytes().ends_with(b"\n"), "{line:?}");
    }
}

#[test]
fn each_refusal_names_its_field() {
    let rows = [
        ("S x 1 9000 -12000 220 ... LS .. 250 230", LineError::Field("number")),
        ("S 17 0 9000 -12000 220 ... LS .. 250 230", LineError::Field("connector")),
        ("S 17 1 90000 -12000 220 ... LS .. 250 230", LineError::Field("top of the pilot")),
        ("S 17 1 9000 - 220 ... LS .. 250 230", LineError::Field("bottom of the pilot")),
        ("S 17 1 9000 -12000 -1 ... LS .. 250 230", LineError::Field("proximity")),
        ("S 17 1 9000 -12000 220 .1. LS .. 250 230", LineError::Field("feedback")),
        ("S 17 1 9000 -12000 220 ... XS .. 250 230", LineError::Field("lock")),
        ("S 17 1 9000 -12000 220 ... LX .. 250 230", LineError::Field("lock")),
        ("S 17 1 9000 -12000 220 ... LS . 250 230", LineError::Field("residual current")),
        ("S 17 1 9000 -12000 220 ... LS .. 1e3 230", LineError::Field("temperature")),
        ("S 17 1 9000 -12000 220 ... LS .. 250", LineError::Field("mains")),
        ("S 17 1 9000 -12000 220 ... LS .. 250 230 ", LineError::Trailing),
        ("C 1 0 04", LineError::Field("reader")),
        ("C 1 1 4", LineError::Field("card")),
        ("C 1 1 ", LineError::Field("card")),
        ("C 1 1 0g", LineError::Field("card")),
        ("C 1 1 0102030405060708090A0B", LineError::Field("card")),
        ("O 1 1 1 + ... . . ... 0", LineError::Kind),
    ];
    for (fields, expected) in rows {
        assert_eq!(decode::<ToBoard>(&sealed(fields)), [Err(expected)], "{fields}");
    }
    let rows = [
        ("O -1 1 1 + ... . . ... 0", LineError::Field("time")),
        ("O 1 1 1 10001 ... . . ... 0", LineError::Field("signal")),
        ("O 1 1 1 + 12 . . ... 0", LineError::Field("relays")),
        ("O 1 1 1 + ... u . ... 0", LineError::Field("lock")),
        ("O 1 1 1 + ... . t ... 0", LineError::Field("residual test")),
        ("O 1 1 1 + ... . . BGR 0", LineError::Field("lamp")),
        ("O 1 1 1 + ... . . ... 65536", LineError::Field("tone")),
        ("S 17 1 9000 -12000 220 ... LS .. 250 230", LineError::Kind),
        ("", LineError::Kind),
    ];
    for (fields, expected) in rows {
        assert_eq!(decode::<Outputs>(&sealed(fields)), [Err(expected)], "{fields}");
    }
}

#[test]
fn a_line_that_is_too_long_costs_itself_and_nothing_else() {
    let mut bytes = vec![b'S'; 1_000];
    bytes.push(b'\n');
    bytes.extend(encode(&ToBoard::Sample(SAMPLE)).as_bytes());
    assert_eq!(decode(&bytes), [Err(LineError::TooLong), Ok(ToBoard::Sample(SAMPLE))]);
    let full = [b'S'; MAX_LINE];
    assert_eq!(decode::<ToBoard>(&[&full[..], b"\n"].concat()), [Err(LineError::Checksum)]);
}

fn sample() -> impl Strategy<Value = Sample> {
    let bolt = prop_oneof![Just(Bolt::Locked), Just(Bolt::Unlocked), Just(Bolt::Between)];
    let sensors = (any::<(i16, i16)>(), any::<Option<u32>>(), any::<[bool; 3]>(), bolt);
    (any::<(u32, bool, bool, bool, i16, u16)>(), 1..=u8::MAX, sensors).prop_map(
        |((number, lock_supply, trip_dc, trip_ac, temperature, mains_v), connector, sensors)| {
            let ((high_mv, low_mv), proximity_ohm, feedback, bolt) = sensors;
            Sample {
                number,
                connector,
                high_mv,
                low_mv,
                proximity_ohm,
                feedback: Relays(feedback),
                bolt,
                lock_supply,
                trip_dc,
                trip_ac,
                temperature,
                mains_v,
            }
        },
    )
}

fn to_board() -> impl Strategy<Value = ToBoard> {
    let uid = proptest::collection::vec(any::<u8>(), 1..=Uid::MAX);
    let card = (any::<u32>(), 1..=u8::MAX, uid).prop_map(|(number, reader, uid)| Card {
        number,
        reader,
        uid: Uid::new(&uid).unwrap(),
    });
    prop_oneof![sample().prop_map(ToBoard::Sample), card.prop_map(ToBoard::Card)]
}

fn outputs() -> impl Strategy<Value = Outputs> {
    let signal = prop_oneof![
        Just(Signal::Constant),
        Just(Signal::Negative),
        Just(Signal::Open),
        (0..=10_000_u16).prop_map(Signal::Pwm)
    ];
    let lock = prop_oneof![Just(Drive::Rest), Just(Drive::Lock), Just(Drive::Unlock)];
    let lights = (uniform3(any::<bool>()), any::<bool>(), any::<u16>());
    (any::<(u64, u32, [bool; 3])>(), 1..=u8::MAX, signal, lock, lights).prop_map(
        |((at_ms, acknowledged, relays), connector, signal, lock, lights)| {
            let ([red, green, blue], residual_test, tone_hz) = lights;
            let (relays, lamp) = (Relays(relays), Lamp { red, green, blue });
            Outputs { at_ms, acknowledged, connector, signal, relays, lock, residual_test, lamp, tone_hz }
        },
    )
}

proptest! {
    #[test]
    fn any_message_survives_the_line(to_board in to_board(), outputs in outputs()) {
        prop_assert_eq!(decode(encode(&to_board).as_bytes()), [Ok(to_board)]);
        prop_assert_eq!(decode(encode(&outputs).as_bytes()), [Ok(outputs)]);
    }

    #[test]
    fn any_bytes_cost_at_most_the_line_they_are_in(garbage in any::<Vec<u8>>(), sample in sample()) {
        let mut bytes = garbage;
        bytes.push(b'\n');
        bytes.extend(encode(&ToBoard::Sample(sample)).as_bytes());
        let decoded = decode(&bytes);
        prop_assert_eq!(decoded.last(), Some(&Ok(ToBoard::Sample(sample))));
        prop_assert!(decoded[..decoded.len() - 1].iter().all(Result::is_err));
    }

    #[test]
    fn a_flipped_bit_is_never_another_message(
        sample in sample(), at in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let message = ToBoard::Sample(sample);
        let mut bytes = encode(&message).as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        bytes.push(b'\n');
        prop_assert!(decode::<ToBoard>(&bytes).iter().all(|line| line.is_err() || *line == Ok(message)));
    }
}
