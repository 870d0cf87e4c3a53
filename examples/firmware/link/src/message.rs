//! What goes over the line, as values.

use crate::decode::Fields;
use crate::encode::Line;

/// Something one side sends. The directions are different types, so an echo is refused and not taken for an answer.
pub trait Message: Sized {
    /// Reads the fields of a line whose checksum was right; `None` for another kind of message.
    #[doc(hidden)]
    fn read(fields: &mut Fields<'_>) -> Option<Self>;

    /// Appends the fields.
    #[doc(hidden)]
    fn write(&self, line: &mut Line);
}

/// From the plant to the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToBoard {
    /// Measurements of one connector.
    Sample(Sample),
    /// A card at a reader.
    Card(Card),
}

/// What the sensors of one connector show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Number of the message.
    pub number: u32,
    /// Connector, from 1.
    pub connector: u8,
    /// Pilot, top of the wave, in millivolts.
    pub high_mv: i16,
    /// Pilot, bottom of the wave, in millivolts; the same as the top without a wave.
    pub low_mv: i16,
    /// Resistance between proximity contact and earth in ohms; `None` without a plug.
    pub proximity_ohm: Option<u32>,
    /// Feedback contacts of the contactor.
    pub feedback: Relays,
    /// Feedback of the lock.
    pub bolt: Bolt,
    /// Whether the lock's supply holds enough to free the plug without mains.
    pub lock_supply: bool,
    /// Trip line of the residual current monitor for 6 mA direct current.
    pub trip_dc: bool,
    /// Trip line of the residual current monitor for 30 mA alternating current.
    pub trip_ac: bool,
    /// Temperature in tenths of a degree Celsius.
    pub temperature: i16,
    /// Mains between phase and neutral in volts; 0 without mains.
    pub mains_v: u16,
}

/// A card that was held to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// Number of the message.
    pub number: u32,
    /// Reader, from 1: that of the connector with the same number.
    pub reader: u8,
    /// What the card says it is.
    pub uid: Uid,
}

/// Identifier of a card, 1 to 10 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Uid {
    bytes: [u8; Self::MAX],
    length: u8,
}

impl Uid {
    /// The longest identifier of ISO/IEC 14443 in bytes.
    pub const MAX: usize = 10;
    /// Stands in for one that could not be read until its message is refused.
    const UNREADABLE: Self = Self { bytes: [0; Self::MAX], length: 1 };

    /// An identifier; `None` without a byte or with more than [`MAX`](Self::MAX).
    pub fn new(uid: &[u8]) -> Option<Self> {
        let mut bytes = [0; Self::MAX];
        bytes.get_mut(..uid.len())?.copy_from_slice(uid);
        let length = u8::try_from(uid.len()).ok().filter(|length| *length > 0)?;
        Some(Self { bytes, length })
    }

    /// An identifier written as [`Debug`](core::fmt::Debug) writes it.
    fn parse(digits: &[u8]) -> Option<Self> {
        let (pairs, []) = digits.as_chunks::<2>() else { return None };
        let mut bytes = [0; Self::MAX];
        let bytes = bytes.get_mut(..pairs.len())?;
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            *byte = u8::try_from(Fields::parse_hex(pair)?).ok()?;
        }
        Self::new(bytes)
    }

    /// The bytes as the card sent them.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl core::fmt::Debug for Uid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

/// From the board to the plant: what one connector's pins are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outputs {
    /// The board's monotonic clock in milliseconds since its start.
    pub at_ms: u64,
    /// Highest number the board has taken in for this connector since its start; 0 before the first.
    pub acknowledged: u32,
    /// Connector, from 1.
    pub connector: u8,
    /// Pilot generator.
    pub signal: Signal,
    /// Coils of the contactor.
    pub relays: Relays,
    /// Actuator of the lock.
    pub lock: Drive,
    /// Test input of the residual current monitor.
    pub residual_test: bool,
    /// Lamp at the connector.
    pub lamp: Lamp,
    /// Buzzer in hertz; 0 is silent.
    pub tone_hz: u16,
}

/// What the pilot generator puts on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Constant +12 V.
    Constant,
    /// 1 kHz square wave, high for this many ten thousandths of the period (0 to 10 000).
    Pwm(u16),
    /// Constant -12 V: state F.
    Negative,
    /// Disconnected from the line.
    Open,
}

/// Contacts of the contactor, one per phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relays(
    /// L1, L2 and L3; `true` is closed, or commanded closed.
    pub [bool; 3],
);

impl Relays {
    /// No phase.
    pub const OPEN: Self = Self([false; 3]);
    /// L1 alone.
    pub const ONE: Self = Self([true, false, false]);
    /// All phases.
    pub const THREE: Self = Self([true; 3]);

    /// Whether any contact is closed.
    pub const fn any(self) -> bool {
        let [l1, l2, l3] = self.0;
        l1 || l2 || l3
    }
}

/// Where the lock's bolt is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bolt {
    /// In the plug.
    Locked,
    /// Out of the plug.
    #[default]
    Unlocked,
    /// Neither contact shows.
    Between,
}

/// How the lock's actuator is driven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drive {
    /// Not at all.
    #[default]
    Rest,
    /// Towards locked.
    Lock,
    /// Towards unlocked.
    Unlock,
}

/// A lamp of three colours; blinking is seen over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lamp {
    /// Red is lit.
    pub red: bool,
    /// Green is lit.
    pub green: bool,
    /// Blue is lit.
    pub blue: bool,
}

/// Connector or reader 0 does not exist.
fn place(fields: &mut Fields<'_>, name: &'static str) -> u8 {
    let number = fields.number(name);
    if number == 0 {
        fields.refuse(name);
    }
    number
}

impl Message for ToBoard {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        match fields.text("kind") {
            b"S" => Some(Self::Sample(Sample::read(fields))),
            b"C" => Some(Self::Card(Card::read(fields))),
            _ => None,
        }
    }

    fn write(&self, line: &mut Line) {
        match self {
            Self::Sample(sample) => sample.write(line),
            Self::Card(card) => card.write(line),
        }
    }
}

impl Sample {
    fn read(fields: &mut Fields<'_>) -> Self {
        let number = fields.number("number");
        let connector = place(fields, "connector");
        let high_mv = fields.number("top of the pilot");
        let low_mv = fields.number("bottom of the pilot");
        let proximity_ohm = match fields.text("proximity") {
            b"-" => None,
            ohm => Some(fields.parse("proximity", ohm)),
        };
        let feedback = Relays(fields.flags("feedback", b"123"));
        let (bolt, supply) = match fields.text("lock") {
            [bolt, supply] => (*bolt, *supply),
            _ => (0, 0),
        };
        let bolt = match bolt {
            b'L' => Some(Bolt::Locked),
            b'U' => Some(Bolt::Unlocked),
            b'B' => Some(Bolt::Between),
            _ => None,
        };
        let lock_supply = match supply {
            b'S' => Some(true),
            b'.' => Some(false),
            _ => None,
        };
        let bolt = fields.value("lock", bolt, Bolt::Between);
        let lock_supply = fields.value("lock", lock_supply, false);
        let [trip_dc, trip_ac] = fields.flags("residual current", b"DA");
        let temperature = fields.number("temperature");
        let mains_v = fields.number("mains");
        Self {
            number,
            connector,
            high_mv,
            low_mv,
            proximity_ohm,
            feedback,
            bolt,
            lock_supply,
            trip_dc,
            trip_ac,
            temperature,
            mains_v,
        }
    }

    fn write(&self, line: &mut Line) {
        line.put(format_args!("S {} {} {} {} ", self.number, self.connector, self.high_mv, self.low_mv));
        match self.proximity_ohm {
            Some(ohm) => line.put(format_args!("{ohm} ")),
            None => line.put(format_args!("- ")),
        }
        line.flags(self.feedback.0, *b"123");
        let bolt = match self.bolt {
            Bolt::Locked => 'L',
            Bolt::Unlocked => 'U',
            Bolt::Between => 'B',
        };
        line.put(format_args!(" {bolt}"));
        line.flags([self.lock_supply], *b"S");
        line.put(format_args!(" "));
        line.flags([self.trip_dc, self.trip_ac], *b"DA");
        line.put(format_args!(" {} {}", self.temperature, self.mains_v));
    }
}

impl Card {
    fn read(fields: &mut Fields<'_>) -> Self {
        let number = fields.number("number");
        let reader = place(fields, "reader");
        let uid = Uid::parse(fields.text("card"));
        Self { number, reader, uid: fields.value("card", uid, Uid::UNREADABLE) }
    }

    fn write(&self, line: &mut Line) {
        line.put(format_args!("C {} {} {:?}", self.number, self.reader, self.uid));
    }
}

impl Message for Outputs {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        if fields.text("kind") != b"O" {
            return None;
        }
        let at_ms = fields.time("time");
        let acknowledged = fields.number("acknowledged");
        let connector = place(fields, "connector");
        let signal = match fields.text("signal") {
            b"+" => Signal::Constant,
            b"-" => Signal::Negative,
            b"x" => Signal::Open,
            duty => {
                let duty = fields.parse("signal", duty);
                if duty > 10_000 {
                    fields.refuse("signal");
                }
                Signal::Pwm(duty)
            }
        };
        let relays = Relays(fields.flags("relays", b"123"));
        let lock = match fields.text("lock") {
            b"." => Some(Drive::Rest),
            b"L" => Some(Drive::Lock),
            b"U" => Some(Drive::Unlock),
            _ => None,
        };
        let lock = fields.value("lock", lock, Drive::Rest);
        let [residual_test] = fields.flags("residual test", b"T");
        let [red, green, blue] = fields.flags("lamp", b"RGB");
        let tone_hz = fields.number("tone");
        let lamp = Lamp { red, green, blue };
        Some(Self { at_ms, acknowledged, connector, signal, relays, lock, residual_test, lamp, tone_hz })
    }

    fn write(&self, line: &mut Line) {
        // A board has a formatter for 32 bits already, and need not have another one for 16.
        line.put(format_args!("O {} {} {} ", self.at_ms, self.acknowledged, u32::from(self.connector)));
        match self.signal {
            Signal::Constant => line.put(format_args!("+ ")),
            Signal::Negative => line.put(format_args!("- ")),
            Signal::Open => line.put(format_args!("x ")),
            Signal::Pwm(duty) => line.put(format_args!("{} ", u32::from(duty))),
        }
        line.flags(self.relays.0, *b"123");
        let lock = match self.lock {
            Drive::Rest => ".",
            Drive::Lock => "L",
            Drive::Unlock => "U",
        };
        line.put(format_args!(" {lock} "));
        line.flags([self.residual_test], *b"T");
        line.put(format_args!(" "));
        line.flags([self.lamp.red, self.lamp.green, self.lamp.blue], *b"RGB");
        line.put(format_args!(" {}", u32::from(self.tone_hz)));
    }
}
