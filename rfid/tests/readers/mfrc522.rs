//! The MFRC522.

use evkit_rfid::asynchronous;
use evkit_rfid::blocking::{CardReader as _, Mfrc522};

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
                let atqa =
                    lengths.map(|len| 0x04 | if len == 4 { 0 } else { 0x40 }).fold(0, |all, one| all | one);
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
    for (text, atqa, sak) in
        [("0A0E9B83", 0x0304, 0x08), ("04567DAA5F3580", 0x0344, 0x20), ("0102030405060708090A", 0x0344, 0x20)]
    {
        let chip = Chip::with(&[(text, sak, Behaviour::Normal)]);
        let mut reader = reader(&chip);
        let card = FoundCard { uid: uid(text), atqa: Atqa(atqa), sak: Sak(sak) };
        assert_eq!([reader.find_card(), reader.find_card()], [Ok(Some(card)); 2], "{text}");
    }
}

#[test]
fn one_of_two_cards_is_found() {
    for others in ["0A0E9B82", "8A0E9B83", "0A0E9B03", "04567DAA5F3580", "0B0E9B83"] {
        let chip = Chip::with(&[("0A0E9B83", 0x08, Behaviour::Normal), (others, 0x20, Behaviour::Normal)]);
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
        assert!(matches!(Mfrc522::new(Bus(&chip), Delay::default()), Err(ReaderError::NoReader)), "{value}");
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

#[test]
fn an_asynchronous_bus_finds_the_same_cards() {
    use asynchronous::CardReader as _;
    let chip = Chip::with(&[("04567DAA5F3580", 0x20, Behaviour::Normal)]);
    let bus = Ready(Bus(&chip));
    let mut reader = run(asynchronous::Mfrc522::new(bus, Ready(Delay::default()))).expect("a chip");
    let card = FoundCard { uid: uid("04567DAA5F3580"), atqa: Atqa(0x0344), sak: Sak(0x20) };
    assert_eq!([run(reader.find_card()), run(reader.find_card())], [Ok(Some(card)); 2]);
    chip.borrow_mut().cards.clear();
    assert_eq!(run(reader.find_card()), Ok(None));
    chip.borrow_mut().stuck = Some(0x00);
    assert_eq!(run(reader.find_card()), Err(ReaderError::NoReader));
}

/// A card comes, answers wrongly for a while, stays for the two seconds of Bender and goes.
#[test]
fn events_of_a_card_on_either_kind_of_bus() {
    use asynchronous::CardReader as _;
    let card = uid("04567DAA5F3580");
    let chip = Chip::with(&[("04567DAA5F3580", 0x20, Behaviour::Garbles)]);
    let time = core::cell::Cell::new(0);
    let now = || {
        time.set(time.get() + 100);
        if time.get() == 300 {
            chip.borrow_mut().cards[0].behaviour = Behaviour::Normal;
        }
        if time.get() == 3_000 {
            chip.borrow_mut().cards.clear();
        }
        Instant::from_millis(time.get())
    };
    let events = [PresenceEvent::Presented(card), PresenceEvent::Removed(card)];
    let mut presence = CardPresence::BENDER;
    let mut reader = reader(&chip);
    assert_eq!([(); 2].map(|()| reader.next_event(&mut presence, now)), events.map(Ok));
    assert_eq!(time.get(), 3_500, "500 ms after it was last seen, at 3000");

    time.set(0);
    *chip.borrow_mut() = Chip::with(&[("04567DAA5F3580", 0x20, Behaviour::Garbles)]).into_inner();
    let bus = Ready(Bus(&chip));
    let mut reader = run(asynchronous::Mfrc522::new(bus, Ready(Delay::default()))).expect("a chip");
    assert_eq!([(); 2].map(|()| run(reader.next_event(&mut presence, now))), events.map(Ok));
    chip.borrow_mut().broken_bus = true;
    assert_eq!(run(reader.next_event(&mut presence, now)), Err(ReaderError::Bus(BusFault)));
}
