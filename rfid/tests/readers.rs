//! The drivers against simulated chips with simulated cards in their field.
#![cfg(all(feature = "mfrc522", feature = "pn532"))]

use core::cell::RefCell;

use embedded_hal::delay::DelayNs;
use embedded_hal::{i2c, spi};
use evkit_rfid::*;

/// Counts the time that was waited.
#[derive(Default)]
struct Delay(u64);

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        self.0 += u64::from(ns);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BusFault;

impl spi::Error for BusFault {
    fn kind(&self) -> spi::ErrorKind {
        spi::ErrorKind::Other
    }
}

impl i2c::Error for BusFault {
    fn kind(&self) -> i2c::ErrorKind {
        i2c::ErrorKind::Other
    }
}

fn uid(text: &str) -> Uid {
    Uid::parse(text).unwrap()
}

fn crc_a(bytes: &[u8]) -> [u8; 2] {
    let crc = bytes.iter().fold(0x6363_u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0x8408 } else { 0 })
    });
    crc.to_le_bytes()
}

mod mfrc522 {
    use super::*;

    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Behaviour {
        Normal,
        /// Says after each level that another follows.
        Endless,
        /// Is gone when it is selected.
        Leaves,
        /// Sends a wrong CRC.
        Garbles,
    }

    struct Card {
        uid: Uid,
        sak: u8,
        behaviour: Behaviour,
        /// Cascade levels selected so far, `None` while it takes no part.
        levels: Option<usize>,
    }

    /// Registers and FIFO of the chip, and the cards before it.
    struct Chip {
        registers: [u8; 64],
        fifo: Vec<u8>,
        cards: Vec<Card>,
        /// Every register reads as this if set: a chip that is not there.
        stuck: Option<u8>,
        broken_bus: bool,
        transactions: usize,
    }

    impl Chip {
        fn with(cards: &[(&str, u8, Behaviour)]) -> RefCell<Self> {
            let cards = cards.iter().map(|(text, sak, behaviour)| Card {
                uid: uid(text),
                sak: *sak,
                behaviour: *behaviour,
                levels: None,
            });
            let mut registers = [0; 64];
            registers[0x37] = 0x92;
            RefCell::new(Self {
                registers,
                fifo: Vec::new(),
                cards: cards.collect(),
                stuck: None,
                broken_bus: false,
                transactions: 0,
            })
        }

        fn write(&mut self, register: u8, value: u8) {
            match register {
                0x09 => self.fifo.push(value),
                0x0A if value & 0x80 != 0 => self.fifo.clear(),
                // Interrupt flags are cleared by writing ones, bit 7 clear.
                0x04 => self.registers[0x04] &= !value,
                0x0D if value & 0x80 != 0 && self.registers[0x01] == 0x0C => {
                    self.exchange(value & 7, value >> 4 & 7);
                }
                _ => self.registers[usize::from(register)] = value,
            }
        }

        fn read(&mut self, register: u8) -> u8 {
            match (self.stuck, register) {
                (Some(value), _) => value,
                (None, 0x09) if !self.fifo.is_empty() => self.fifo.remove(0),
                (None, 0x0A) => self.fifo.len() as u8,
                (None, register) => self.registers[usize::from(register)],
            }
        }

        /// Sends what is in the FIFO and puts there what comes back.
        fn exchange(&mut self, last_bits: u8, align: u8) {
            let frame = core::mem::take(&mut self.fifo);
            self.registers[0x06] = 0;
            self.registers[0x0C] = 0;
            match self.answer(&frame, last_bits, align) {
                None => self.registers[0x04] |= 0x01,
                Some((answer, clash)) => {
                    self.fifo = answer;
                    self.registers[0x04] |= 0x20;
                    if let Some(bit) = clash {
                        self.registers[0x04] |= 0x02;
                        self.registers[0x06] = 0x08;
                        self.registers[0x0E] = (bit as u8 + 1) & 0x1F;
                    }
                }
            }
        }

        /// What the cards say to a frame, and the bit at which they collide, from 0.
        fn answer(&mut self, frame: &[u8], last_bits: u8, align: u8) -> Option<(Vec<u8>, Option<usize>)> {
            match *frame {
                [0x52] if last_bits == 7 && align == 0 => {
                    self.cards.iter_mut().for_each(|card| card.levels = Some(0));
                    let lengths = self.cards.iter().map(|card| card.uid.as_bytes().len());
                    let atqa = lengths
                        .map(|len| 0x04 | if len == 4 { 0 } else { 0x40 })
                        .fold(0, |all, one| all | one);
                    (atqa != 0).then(|| (vec![atqa, 0x03], None))
                }
                [0x50, 0x00, 0x57, 0xCD] => {
                    self.cards.iter_mut().for_each(|card| card.levels = None);
                    None
                }
                [command @ (0x93 | 0x95 | 0x97), valid, ..] => {
                    let level = usize::from(command - 0x93) / 2;
                    if valid == 0x70 {
                        self.select(frame, level)
                    } else {
                        self.anticollide(frame, level, valid, align)
                    }
                }
                _ => None,
            }
        }

        fn level_bytes(card: &Card, level: usize) -> Option<[u8; 5]> {
            match card.behaviour {
                Behaviour::Endless => Some([0x88, 1, 2, 3, 0x88]),
                _ => card.uid.cascade().unwrap()[level],
            }
        }

        fn select(&mut self, frame: &[u8], level: usize) -> Option<(Vec<u8>, Option<usize>)> {
            assert_eq!(frame[7..], crc_a(&frame[..7]), "the reader appends a CRC");
            let mut answer = None;
            for card in &mut self.cards {
                let mine = card.levels == Some(level)
                    && Self::level_bytes(card, level).is_some_and(|bytes| bytes == frame[2..7]);
                card.levels = mine.then_some(level + 1);
                if mine {
                    let more = card.behaviour == Behaviour::Endless
                        || card.uid.cascade().unwrap().get(level + 1).is_some_and(Option::is_some);
                    let sak = if more { 0x04 } else { card.sak };
                    let [low, high] = crc_a(&[sak]);
                    answer = match card.behaviour {
                        Behaviour::Leaves => None,
                        Behaviour::Garbles => Some((vec![sak, low, high ^ 1], None)),
                        _ => Some((vec![sak, low, high], None)),
                    };
                }
            }
            answer
        }

        fn anticollide(
            &mut self,
            frame: &[u8],
            level: usize,
            valid: u8,
            align: u8,
        ) -> Option<(Vec<u8>, Option<usize>)> {
            assert_eq!(align, valid & 7, "the answer goes on where the question ended");
            let known = usize::from(valid >> 4) * 8 - 16 + usize::from(valid & 7);
            let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (at % 8) & 1;
            let here = self.cards.iter().filter(|card| card.levels == Some(level));
            let here: Vec<_> = here
                .filter_map(|card| Self::level_bytes(card, level))
                .filter(|bytes| (0..known).all(|at| bit(bytes, at) == bit(&frame[2..], at)))
                .collect();
            let first = here.first()?;
            let clash = (known..40).find(|at| here.iter().any(|bytes| bit(bytes, *at) != bit(first, *at)));
            let mut answer = first[known / 8..].to_vec();
            answer[0] &= !((1_u8 << (known % 8)).wrapping_sub(1));
            if let Some(at) = clash {
                answer.truncate(at / 8 - known / 8 + 1);
            }
            Some((answer, clash))
        }
    }

    struct Bus<'c>(&'c RefCell<Chip>);

    impl spi::ErrorType for Bus<'_> {
        type Error = BusFault;
    }

    impl spi::SpiDevice for Bus<'_> {
        fn transaction(&mut self, operations: &mut [spi::Operation<'_, u8>]) -> Result<(), BusFault> {
            let mut chip = self.0.borrow_mut();
            chip.transactions += 1;
            if chip.broken_bus {
                return Err(BusFault);
            }
            let mut address = None;
            for operation in operations {
                match operation {
                    spi::Operation::Write(bytes) => {
                        let mut bytes = bytes.iter();
                        if address.is_none() {
                            address = bytes.next().copied();
                        }
                        let address = address.expect("an address");
                        for byte in bytes {
                            assert_eq!(address & 0x80, 0, "written to an address for reading");
                            chip.write(address >> 1 & 0x3F, *byte);
                        }
                    }
                    spi::Operation::Read(bytes) | spi::Operation::TransferInPlace(bytes) => {
                        let address = address.expect("an address");
                        assert_eq!(address & 0x81, 0x80);
                        bytes.iter_mut().for_each(|byte| *byte = chip.read(address >> 1 & 0x3F));
                    }
                    other => panic!("{other:?}"),
                }
            }
            Ok(())
        }
    }

    fn reader(chip: &RefCell<Chip>) -> Mfrc522<Bus<'_>, Delay> {
        Mfrc522::new(Bus(chip), Delay::default()).expect("a chip")
    }

    #[test]
    fn an_empty_field() {
        let chip = Chip::with(&[]);
        let mut reader = reader(&chip);
        assert_eq!(reader.find_card(), Ok(None));
        assert_eq!(reader.find_card(), Ok(None));
    }

    #[test]
    fn cards_of_every_length_are_found_again_and_again() {
        for (text, atqa, sak) in [
            ("0A0E9B83", 0x0304, 0x08),
            ("04567DAA5F3580", 0x0344, 0x20),
            ("0102030405060708090A", 0x0344, 0x20),
        ] {
            let chip = Chip::with(&[(text, sak, Behaviour::Normal)]);
            let mut reader = reader(&chip);
            let card = FoundCard { uid: uid(text), atqa: Atqa(atqa), sak: Sak(sak) };
            assert_eq!([reader.find_card(), reader.find_card()], [Ok(Some(card)); 2], "{text}");
        }
    }

    #[test]
    fn one_of_two_cards_is_found() {
        for others in ["0A0E9B82", "8A0E9B83", "0A0E9B03", "04567DAA5F3580", "0B0E9B83"] {
            let chip =
                Chip::with(&[("0A0E9B83", 0x08, Behaviour::Normal), (others, 0x20, Behaviour::Normal)]);
            let found = reader(&chip).find_card().unwrap().unwrap().uid;
            assert!([uid("0A0E9B83"), uid(others)].contains(&found), "{others}: {found:?}");
        }
    }

    #[test]
    fn a_card_cannot_stop_the_reader() {
        for (behaviour, error) in [
            (Behaviour::Endless, ReaderError::Card(SelectError::Cascade)),
            (Behaviour::Garbles, ReaderError::Card(SelectError::Crc)),
            (Behaviour::Leaves, ReaderError::CardLost),
        ] {
            let chip = Chip::with(&[("04567DAA5F3580", 0x20, behaviour)]);
            let mut reader = reader(&chip);
            assert_eq!(reader.find_card(), Err(error));
            chip.borrow_mut().cards[0].behaviour = Behaviour::Normal;
            assert_eq!(
                reader.find_card().unwrap().unwrap().uid,
                uid("04567DAA5F3580"),
                "the next call starts anew"
            );
        }
    }

    #[test]
    fn a_chip_that_is_gone_ends_in_an_error() {
        for value in [0x00, 0xFF] {
            let chip = Chip::with(&[]);
            chip.borrow_mut().stuck = Some(value);
            assert!(
                matches!(Mfrc522::new(Bus(&chip), Delay::default()), Err(ReaderError::NoReader)),
                "{value}"
            );
            let chip = Chip::with(&[]);
            let mut reader = reader(&chip);
            chip.borrow_mut().stuck = Some(value);
            assert!(reader.find_card().is_err(), "{value}");
            let (_, delay) = reader.release();
            assert!(delay.0 <= 51_000_000, "waits for about 50 ms");
        }
        let chip = Chip::with(&[]);
        chip.borrow_mut().broken_bus = true;
        assert!(matches!(Mfrc522::new(Bus(&chip), Delay::default()), Err(ReaderError::Bus(BusFault))));
        assert_eq!(chip.borrow().transactions, 1);
    }

    #[test]
    fn faults_of_the_chip_are_reported() {
        struct Hot<'c>(Bus<'c>);
        impl spi::ErrorType for Hot<'_> {
            type Error = BusFault;
        }
        impl spi::SpiDevice for Hot<'_> {
            fn transaction(&mut self, operations: &mut [spi::Operation<'_, u8>]) -> Result<(), BusFault> {
                let error_register = matches!(operations, [spi::Operation::Write([0x8C]), _]);
                self.0.transaction(operations)?;
                if let (true, [_, spi::Operation::Read(bytes)]) = (error_register, operations) {
                    bytes.fill(0x40);
                }
                Ok(())
            }
        }
        let chip = Chip::with(&[]);
        let mut reader = Mfrc522::new(Hot(Bus(&chip)), Delay::default()).expect("a chip");
        assert_eq!(reader.find_card(), Err(ReaderError::Reader(0x40)), "too hot");
    }
}

mod pn532 {
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
        fn transaction(
            &mut self,
            address: u8,
            operations: &mut [i2c::Operation<'_>],
        ) -> Result<(), BusFault> {
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
                0x01, 0x01, 0x03, 0x44, 0x20, 0x07, 0x04, 0x56, 0x7D, 0xAA, 0x5F, 0x35, 0x80, 0x06, 0x75,
                0x77, 0x81, 0x02, 0x80,
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
}
