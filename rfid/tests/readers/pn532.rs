//! The PN532.

use embedded_hal_mock::eh1::delay::NoopDelay;
use embedded_hal_mock::eh1::spi::{Mock, Transaction};
use evkit_rfid::asynchronous;
use evkit_rfid::blocking::{CardReader as _, Pn532I2c, Pn532Spi};

use super::*;

/// A chip on I2C that answers commands; `answers` are those to InListPassiveTarget, one after the other.
struct Chip {
    answers: Vec<Vec<u8>>,
    out: Vec<Vec<u8>>,
    commands: Vec<u8>,
    /// Never ready, as if nothing were connected that answers.
    mute: bool,
}

fn frame(command: u8, data: &[u8]) -> Vec<u8> {
    let len = data.len() as u8 + 2;
    let body: Vec<u8> = [0xD5, command].iter().chain(data).copied().collect();
    let sum = body.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    let head = [0x00, 0x00, 0xFF, len, len.wrapping_neg()];
    head.into_iter().chain(body).chain([sum.wrapping_neg(), 0x00]).collect()
}

impl i2c::ErrorType for &mut Chip {
    type Error = BusFault;
}

impl i2c::I2c for &mut Chip {
    fn transaction(&mut self, address: u8, operations: &mut [i2c::Operation<'_>]) -> Result<(), BusFault> {
        assert_eq!(address, 0x24);
        match operations {
            [i2c::Operation::Write(bytes)] => {
                let [0x00, 0x00, 0xFF, _, _, 0xD4, command, data @ .., _, 0x00] = *bytes else {
                    panic!("no frame: {bytes:02X?}");
                };
                self.commands.push(*command);
                let answer = match (*command, data) {
                    (0x14, [0x01, 0x00, _]) | (0x32, [0x05, 0xFF, 0x01, 0x00]) => vec![],
                    (0x4A, [0x01, 0x00]) => self.answers.remove(0),
                    (0x52, [0x00]) => vec![0x00],
                    other => panic!("{other:02X?}"),
                };
                self.out = vec![vec![0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00], frame(command + 1, &answer)];
            }
            // The status byte alone.
            [i2c::Operation::Read(bytes)] => bytes[0] = u8::from(!self.mute),
            [i2c::Operation::Read(_), i2c::Operation::Read(bytes)] => {
                let frame = self.out.remove(0);
                bytes.iter_mut().zip(frame).for_each(|(to, byte)| *to = byte);
            }
            other => panic!("{other:?}"),
        }
        Ok(())
    }
}

fn chip(answers: &[&[u8]]) -> Chip {
    let answers = answers.iter().map(|answer| answer.to_vec()).collect();
    Chip { answers, out: Vec::new(), commands: Vec::new(), mute: false }
}

#[test]
fn a_card_is_found_and_released() {
    let mut chip = chip(&[
        &[0x00],
        &[
            0x01, 0x01, 0x03, 0x44, 0x20, 0x07, 0x04, 0x56, 0x7D, 0xAA, 0x5F, 0x35, 0x80, 0x06, 0x75, 0x77,
            0x81, 0x02, 0x80,
        ],
        &[0x01, 0x01, 0x00],
    ]);
    let mut reader = Pn532I2c::new(&mut chip, Delay::default()).unwrap();
    assert_eq!(reader.find_card(), Ok(None));
    let card = FoundCard { uid: uid("04567DAA5F3580"), atqa: Atqa(0x0344), sak: Sak(0x20) };
    assert_eq!(reader.find_card(), Ok(Some(card)));
    assert_eq!(reader.find_card(), Err(ReaderError::Card(SelectError::Length)));
    reader.release();
    assert_eq!(chip.commands, [0x14, 0x32, 0x4A, 0x4A, 0x52, 0x4A]);
}

#[test]
fn a_chip_that_does_not_answer_ends_in_an_error() {
    let mut chip = chip(&[]);
    chip.mute = true;
    assert!(matches!(Pn532I2c::new(&mut chip, Delay::default()), Err(ReaderError::NoReader)));
}

#[test]
fn an_asynchronous_i2c_bus_finds_the_same_card() {
    use asynchronous::CardReader as _;
    let mut chip = chip(&[&[0x00], &[0x01, 0x01, 0x00, 0x04, 0x08, 0x04, 0x0A, 0x0E, 0x9B, 0x83]]);
    let bus = Ready(&mut chip);
    let mut reader = run(asynchronous::Pn532I2c::new(bus, Ready(Delay::default()))).unwrap();
    assert_eq!(run(reader.find_card()), Ok(None));
    let card = FoundCard { uid: uid("0A0E9B83"), atqa: Atqa(0x0004), sak: Sak(0x08) };
    assert_eq!(run(reader.find_card()), Ok(Some(card)));
}

fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte.reverse_bits()).collect()
}

/// A question on SPI and its answer, after a status that says "not yet": frames as the user manual prints them (§6.2.1,
/// §7.2.10, §7.3.1, §7.3.5, §7.3.11), every byte with its lowest bit first.
fn dialogue(question: &[u8], answer: &[u8]) -> Vec<Transaction<u8>> {
    let ask = |ready: u8| {
        [
            Transaction::transaction_start(),
            Transaction::transfer_in_place(vec![0x40, 0x00], vec![0x00, ready.reverse_bits()]),
            Transaction::transaction_end(),
        ]
    };
    let read = |frame: &[u8]| {
        [
            Transaction::transaction_start(),
            Transaction::write(0xC0),
            Transaction::read_vec(reversed(frame)),
            Transaction::transaction_end(),
        ]
    };
    let mut steps = vec![
        Transaction::transaction_start(),
        Transaction::write(0x80),
        Transaction::write_vec(reversed(question)),
        Transaction::transaction_end(),
    ];
    steps.extend(ask(0));
    steps.extend(ask(1));
    steps.extend(read(&[0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00]));
    steps.extend(ask(1));
    steps.extend(read(answer));
    steps
}

/// Start, one look with a MIFARE Classic card, one without.
fn whole_dialogue() -> Vec<Transaction<u8>> {
    // As many bytes as the longest answer would have are read; behind the frame there is nothing.
    let padded = |frame: &[u8], len: usize| {
        let mut frame = frame.to_vec();
        frame.resize(len, 0x00);
        frame
    };
    let card = [
        0x00, 0x00, 0xFF, 0x0C, 0xF4, 0xD5, 0x4B, 0x01, 0x01, 0x00, 0x04, 0x08, 0x04, 0x0A, 0x0E, 0x9B, 0x83,
        0x98, 0x00,
    ];
    let list = [0x00, 0x00, 0xFF, 0x04, 0xFC, 0xD4, 0x4A, 0x01, 0x00, 0xE1, 0x00];
    [
        dialogue(
            &[0x00, 0x00, 0xFF, 0x05, 0xFB, 0xD4, 0x14, 0x01, 0x00, 0x00, 0x17, 0x00],
            &[0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD5, 0x15, 0x16, 0x00],
        ),
        dialogue(
            &[0x00, 0x00, 0xFF, 0x06, 0xFA, 0xD4, 0x32, 0x05, 0xFF, 0x01, 0x00, 0xF5, 0x00],
            &[0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD5, 0x33, 0xF8, 0x00],
        ),
        dialogue(&list, &padded(&card, 49)),
        dialogue(
            &[0x00, 0x00, 0xFF, 0x03, 0xFD, 0xD4, 0x52, 0x00, 0xDA, 0x00],
            &[0x00, 0x00, 0xFF, 0x03, 0xFD, 0xD5, 0x53, 0x00, 0xD8, 0x00],
        ),
        dialogue(&list, &padded(&[0x00, 0x00, 0xFF, 0x03, 0xFD, 0xD5, 0x4B, 0x00, 0xE0, 0x00], 49)),
    ]
    .concat()
}

#[test]
fn the_same_dialogue_on_spi_blocking_and_asynchronous() {
    let card = FoundCard { uid: uid("0A0E9B83"), atqa: Atqa(0x0004), sak: Sak(0x08) };
    let mut bus = Mock::new(&whole_dialogue());
    let mut reader = Pn532Spi::new(bus.clone(), NoopDelay::new()).unwrap();
    assert_eq!([reader.find_card(), reader.find_card()], [Ok(Some(card)), Ok(None)]);
    bus.done();

    use asynchronous::CardReader as _;
    let mut bus = Mock::new(&whole_dialogue());
    let mut reader = run(asynchronous::Pn532Spi::new(bus.clone(), NoopDelay::new())).unwrap();
    assert_eq!([run(reader.find_card()), run(reader.find_card())], [Ok(Some(card)), Ok(None)]);
    bus.done();
}
