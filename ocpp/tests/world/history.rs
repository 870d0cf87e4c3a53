//! What can befall both roles, as data: the property test draws histories, the fuzzer finds them.

use evkit_ocpp::v16::Reason;

use super::{CONNECTORS, World};

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Start(u8),
    Stop(u8),
    /// Energy in watt hours.
    Charge(u8, u64),
    /// Milliseconds.
    Wait(u64),
    Connect,
    Disconnect,
    RestartStation,
    RestartServer,
    /// The power goes at the change of storage after so many others, which is made before it goes, or not.
    CutPower(u32, bool),
    Latency(u64),
    /// Every so many-th frame is lost; 0: none.
    Loss(u64),
}

impl Op {
    pub(crate) fn apply(self, world: &mut World) {
        match self {
            Self::Start(connector) => world.start(connector),
            Self::Stop(connector) => world.stop(connector, Reason::Local),
            Self::Charge(connector, energy) => world.charge(connector, energy),
            Self::Wait(millis) => world.wait(millis),
            Self::Connect => world.connect(),
            Self::Disconnect => world.disconnect(),
            Self::RestartStation => world.restart_station(),
            Self::RestartServer => world.restart_server(),
            Self::CutPower(after, made) => {
                world.station.flash.cut_at = Some(world.station.flash.changes + 1 + after);
                world.station.flash.made = made;
            }
            Self::Latency(millis) => world.latency = millis,
            Self::Loss(loss) => world.loss = loss,
        }
    }

    /// Three bytes mean something whatever they are.
    fn of([kind, low, high]: [u8; 3]) -> Self {
        let connector = low % CONNECTORS as u8 + 1;
        let number = u64::from(u16::from_le_bytes([low, high]));
        match kind % 16 {
            0 | 1 => Self::Start(connector),
            2 | 3 => Self::Stop(connector),
            4 | 5 => Self::Charge(connector, number + 1),
            6..=8 => Self::Wait(number * 4 + 1),
            9 | 10 => Self::Connect,
            11 => Self::Disconnect,
            12 => Self::RestartStation,
            13 if high & 1 == 0 => Self::RestartServer,
            13 | 14 => Self::CutPower((low % 8).into(), high & 2 == 0),
            _ if high & 1 == 0 => Self::Latency(number % 40_000),
            // Without every second frame no question is ever answered, so at least every third arrives.
            _ => Self::Loss(u64::from(low % 8).saturating_add(u64::from(low % 8 != 0) * 2)),
        }
    }
}

/// The history that bytes mean.
pub(crate) fn history(data: &[u8]) -> impl Iterator<Item = Op> {
    data.chunks_exact(3).map(|op| Op::of([op[0], op[1], op[2]]))
}

/// Plays a history and checks that the books are right once network and power are well again.
pub(crate) fn play(resume: bool, ops: impl IntoIterator<Item = Op>) {
    let mut world = World::with(resume);
    // Lost notifications leave the two sides with different ideas of the status.
    world.server.strict_status = false;
    for op in ops {
        op.apply(&mut world);
    }
    world.latency = 20;
    world.heal();
    world.check_books();
}
