//! The physical side of a station with two sockets.

mod car;
mod contactor;
mod socket;

pub(crate) use car::allowed;
pub use car::{Car, Kind};
pub use contactor::{Contactor, Wear};
pub use socket::{Leak, Socket, cable};

use evkit_plant_link::{Card, Outputs, SAMPLE_PERIOD_MS, Sample, ToBoard, Uid};

/// Sockets of a station.
pub const SOCKETS: usize = 2;
/// How often each socket is measured, in milliseconds: below the 37 ms from which on `evkit-hal` cannot tell a lone
/// disturbed sample any more.
pub const MEASURE_MS: u64 = 30;
const _: () = assert!(MEASURE_MS <= SAMPLE_PERIOD_MS as u64);

/// Two sockets, the cards held to their readers, and the numbers of messages.
#[derive(Debug)]
pub struct World {
    sockets: [Socket; SOCKETS],
    /// When each socket is measured next.
    due: [u64; SOCKETS],
    cards: Vec<(u8, Uid)>,
    number: u32,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// Two empty sockets.
    pub fn new() -> Self {
        Self { sockets: [Socket::new(), Socket::new()], due: [0; SOCKETS], cards: Vec::new(), number: 0 }
    }

    /// The socket of a connector, from 1.
    ///
    /// # Panics
    /// There is no such connector.
    pub fn socket(&mut self, connector: u8) -> &mut Socket {
        &mut self.sockets[usize::from(connector) - 1]
    }

    /// The number of the next message.
    pub const fn next_number(&self) -> u32 {
        self.number + 1
    }

    /// The station has started anew: its outputs are at rest.
    pub fn handle_restart(&mut self) {
        self.due = [0; SOCKETS];
        self.sockets.iter_mut().for_each(Socket::handle_restart);
    }

    /// The station has set a socket's outputs. It is measured again at once.
    pub fn handle_outputs(&mut self, now_ms: u64, outputs: &Outputs) {
        let index = usize::from(outputs.connector) - 1;
        let Some(socket) = self.sockets.get_mut(index) else { return };
        if socket.handle_outputs(now_ms, outputs) {
            self.due[index] = now_ms;
        }
    }

    /// Holds a card to the reader of a connector.
    pub fn present(&mut self, connector: u8, uid: Uid) {
        self.cards.push((connector, uid));
    }

    /// Lets the time pass up to `now_ms`, and returns what the station is told.
    pub fn step(&mut self, now_ms: u64) -> Vec<ToBoard> {
        let mut messages = Vec::new();
        for (reader, uid) in self.cards.drain(..) {
            self.number += 1;
            messages.push(ToBoard::Card(Card { number: self.number, reader, uid }));
        }
        for (index, socket) in self.sockets.iter_mut().enumerate() {
            let changed = socket.step(now_ms);
            if (changed || now_ms >= self.due[index]) && !socket.is_silent(now_ms) {
                self.due[index] = now_ms + MEASURE_MS;
                self.number += 1;
                let sample: Sample = socket.sample(self.number, index as u8 + 1);
                messages.push(ToBoard::Sample(sample));
            }
        }
        messages
    }
}
