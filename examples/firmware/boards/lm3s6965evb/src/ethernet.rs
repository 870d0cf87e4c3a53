//! The Ethernet controller as a driver of `embassy-net`.
//!
//! A frame lies in the FIFO as words, led by 16 bits of length: on receiving the bytes from that
//! length to the checksum, on sending those after the Ethernet header. Two frames' room is the
//! price of a stack that answers while it reads.

use core::task::Context;

use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use embassy_sync::waitqueue::AtomicWaker;
use lm3s6965::interrupt;
use static_cell::ConstStaticCell;

use crate::chip::{Block, mac_address};

const INTERRUPTS: usize = 0x00;
const INTERRUPT_MASK: usize = 0x04;
const RECEIVE_CONTROL: usize = 0x08;
const TRANSMIT_CONTROL: usize = 0x0C;
const DATA: usize = 0x10;
const ADDRESS_LOW: usize = 0x14;
const ADDRESS_HIGH: usize = 0x18;
const WAITING_FRAMES: usize = 0x34;
const TRANSMIT_REQUEST: usize = 0x38;

const RECEIVED: u32 = 1 << 0;
const SENT: u32 = 1 << 2;
const OVERRUN: u32 = 1 << 3;

const RECEIVER_ON: u32 = 1 << 0;
const RESET_FIFO: u32 = 1 << 4;
const TRANSMITTER_ON: u32 = 1 << 0;
const PAD: u32 = 1 << 1;
const ADD_CHECKSUM: u32 = 1 << 2;
const FULL_DUPLEX: u32 = 1 << 4;

/// The largest frame without its checksum: header and 1 KiB, of 1500 bytes that Ethernet allows. TCP tells its peers,
/// and no datagram of ours is longer.
const FRAME: usize = HEADER + 1024;
const HEADER: usize = 14;
const LENGTH: usize = 2;
const CHECKSUM: usize = 4;
/// A frame in the FIFO, with length and checksum, in whole words.
const ROOM: usize = (LENGTH + FRAME + CHECKSUM).next_multiple_of(4);

static ROOMS: ConstStaticCell<[[u8; ROOM]; 2]> = ConstStaticCell::new([[0; ROOM]; 2]);
static WAKER: AtomicWaker = AtomicWaker::new();

/// The network port.
pub struct Ethernet {
    receive_room: &'static mut [u8; ROOM],
    transmit_room: &'static mut [u8; ROOM],
}

impl Ethernet {
    /// Sets the address and starts both directions; `None` at a second call.
    pub(crate) fn start() -> Option<Self> {
        let [a, b, c, d, e, f] = mac_address();
        let ethernet = Block::Ethernet;
        ethernet.write(INTERRUPT_MASK, 0);
        ethernet.write(ADDRESS_LOW, u32::from_le_bytes([a, b, c, d]));
        ethernet.write(ADDRESS_HIGH, u32::from_le_bytes([e, f, 0, 0]));
        ethernet.write(RECEIVE_CONTROL, RESET_FIFO);
        ethernet.write(TRANSMIT_CONTROL, FULL_DUPLEX | ADD_CHECKSUM | PAD | TRANSMITTER_ON);
        ethernet.write(RECEIVE_CONTROL, RECEIVER_ON);
        let [receive_room, transmit_room] = ROOMS.try_take()?;
        Some(Self { receive_room, transmit_room })
    }

    /// Clears what caused the last interrupt, then arms it for `cx`.
    fn wait(cx: &Context<'_>, interrupts: u32) {
        WAKER.register(cx.waker());
        Block::Ethernet.write(INTERRUPTS, interrupts);
        critical_section::with(|_| Block::Ethernet.change(INTERRUPT_MASK, 0, interrupts));
    }

    fn frame_waits() -> bool {
        if Block::Ethernet.read(INTERRUPTS) & OVERRUN != 0 {
            // What lies in the FIFO cannot be trusted any more.
            Block::Ethernet.write(RECEIVE_CONTROL, RESET_FIFO | RECEIVER_ON);
            Block::Ethernet.write(INTERRUPTS, OVERRUN);
            Block::Ethernet.write(RECEIVE_CONTROL, RECEIVER_ON);
        }
        Block::Ethernet.read(WAITING_FRAMES) != 0
    }

    fn may_send() -> bool {
        Block::Ethernet.read(TRANSMIT_REQUEST) & 1 == 0
    }
}

#[interrupt]
fn ETHERNET() {
    // The cause stays up until the driver has looked; masked, it does not come back.
    critical_section::with(|_| Block::Ethernet.write(INTERRUPT_MASK, 0));
    WAKER.wake();
}

impl Driver for Ethernet {
    type RxToken<'a> = Received<'a>;
    type TxToken<'a> = ToSend<'a>;

    fn receive(&mut self, cx: &mut Context<'_>) -> Option<(Received<'_>, ToSend<'_>)> {
        if !Self::frame_waits() {
            Self::wait(cx, RECEIVED | OVERRUN);
            // One that came before the cause was cleared.
            if !Self::frame_waits() {
                return None;
            }
        }
        if !Self::may_send() {
            Self::wait(cx, SENT);
            if !Self::may_send() {
                return None;
            }
        }
        Some((Received(self.receive_room), ToSend(self.transmit_room)))
    }

    fn transmit(&mut self, cx: &mut Context<'_>) -> Option<ToSend<'_>> {
        if !Self::may_send() {
            Self::wait(cx, SENT);
            if !Self::may_send() {
                return None;
            }
        }
        Some(ToSend(self.transmit_room))
    }

    /// Always up: what is sent without a link is lost like any frame, and QEMU has no PHY to ask.
    fn link_state(&mut self, _: &mut Context<'_>) -> LinkState {
        LinkState::Up
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = FRAME;
        capabilities.max_burst_size = Some(1);
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet(mac_address())
    }
}

/// A frame in the receive FIFO.
pub struct Received<'a>(&'a mut [u8; ROOM]);

impl Received<'_> {
    /// Reads the frame; a longer one than the room is read to its end and cut: its checksum of a higher layer fails.
    fn read(&mut self) -> &mut [u8] {
        let (words, _) = self.0.as_chunks_mut::<4>();
        let first = Block::Ethernet.read(DATA).to_le_bytes();
        let length = usize::from(u16::from_le_bytes([first[0], first[1]]));
        let mut room = words.iter_mut();
        if let Some(word) = room.next() {
            *word = first;
        }
        for _ in 1..length.div_ceil(4) {
            let data = Block::Ethernet.read(DATA).to_le_bytes();
            if let Some(word) = room.next() {
                *word = data;
            }
        }
        let end = length.saturating_sub(CHECKSUM).min(LENGTH + FRAME);
        self.0.get_mut(LENGTH..end).unwrap_or_default()
    }
}

impl RxToken for Received<'_> {
    fn consume<R, F>(mut self, use_frame: F) -> R
    where
        F: FnOnce(&mut [u8]) -> R,
    {
        use_frame(self.read())
    }
}

/// The transmit FIFO, empty.
pub struct ToSend<'a>(&'a mut [u8; ROOM]);

impl ToSend<'_> {
    /// Sends what lies in the room. Not inlined: the network stack sends from several places.
    #[inline(never)]
    fn send(self, length: usize) {
        let payload = length.saturating_sub(HEADER) as u16;
        if let Some(room) = self.0.first_chunk_mut() {
            *room = payload.to_le_bytes();
        }
        let (words, _) = self.0.as_chunks::<4>();
        for word in words.iter().take((LENGTH + length).div_ceil(4)) {
            Block::Ethernet.write(DATA, u32::from_le_bytes(*word));
        }
        Block::Ethernet.write(TRANSMIT_REQUEST, 1);
    }
}

impl TxToken for ToSend<'_> {
    /// Frames are at most as long as [`Driver::capabilities`] says, so the room is enough.
    fn consume<R, F>(self, length: usize, make_frame: F) -> R
    where
        F: FnOnce(&mut [u8]) -> R,
    {
        let result = make_frame(self.0.get_mut(LENGTH..LENGTH + length).unwrap_or_default());
        self.send(length);
        result
    }
}
