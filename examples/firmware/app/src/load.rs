//! Load management: each socket is a slave of the master's protocol, over one UDP socket.

use core::convert::Infallible;
use core::net::{Ipv4Addr, SocketAddrV4};

use embassy_futures::select::{Either, select};
use embassy_net::udp::{PacketMetadata, UdpMetadata, UdpSocket};
use embassy_net::{IpAddress, IpEndpoint, Stack};
use embassy_time::{Duration, Timer};
use evkit_dlm::phases::Terminals;
use evkit_dlm::protocol::{Car, MAX_FRAME, Seal, Slave, SlaveConfig, Timing, TimingError, To};
use evkit_dlm::units::{Instant, Milliamps};

use crate::board::SOCKETS;
use crate::clock;
use crate::log::log;
use crate::shared::{Shared, SocketShared, Task};
use crate::store::settings::{Setting, Settings};

/// Port of slaves and masters.
const PORT: u16 = 7_300;
/// Longest sleep, so that what a vehicle does is reported soon.
const BEAT: Duration = Duration::from_millis(250);
/// The least current worth signalling.
const MINIMUM: Milliamps = Milliamps(6_000);

type Address = SocketAddrV4;

/// Memory of the socket.
#[derive(Debug)]
pub(crate) struct Buffers {
    rx: [u8; 2 * MAX_FRAME],
    tx: [u8; 2 * MAX_FRAME],
    rx_meta: [PacketMetadata; 4],
    tx_meta: [PacketMetadata; 4],
}

impl Buffers {
    pub(crate) const fn new() -> Self {
        Self {
            rx: [0; 2 * MAX_FRAME],
            tx: [0; 2 * MAX_FRAME],
            rx_meta: [PacketMetadata::EMPTY; 4],
            tx_meta: [PacketMetadata::EMPTY; 4],
        }
    }
}

/// What a network of load management looks like from here; `None` without one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Membership {
    network: u32,
    member: u32,
    master: Option<Address>,
    disconnected: Milliamps,
    /// Differs from one start to the next.
    session: u32,
}

impl Membership {
    pub(crate) fn new(settings: &Settings, session: u32) -> Option<Self> {
        let network = settings.number(Setting::DlmNetwork);
        (network != 0).then(|| Self {
            network,
            member: settings.number(Setting::DlmMember),
            master: settings.address(Setting::DlmMaster),
            disconnected: Milliamps(settings.number(Setting::DisconnectedCurrent) * 1_000),
            session,
        })
    }

    fn slave(&self, socket: u32) -> Result<Slave<Address>, TimingError> {
        let config = SlaveConfig {
            member: self.member + socket,
            wired: Terminals::THREE,
            disconnected: self.disconnected,
            minimum: MINIMUM,
            timing: Timing::default(),
        };
        Slave::new(clock::dlm(), config, Seal::open(self.network), self.session, self.master)
    }
}

/// Obeys a master for good; without a network only says that it is alive.
pub(crate) async fn run(
    stack: Stack<'_>,
    shared: &Shared,
    membership: Option<Membership>,
    buffers: &mut Buffers,
) -> Infallible {
    let slaves = membership.as_ref().map(|membership| Ok([membership.slave(0)?, membership.slave(1)?]));
    let slaves: Option<Result<[_; SOCKETS], TimingError>> = slaves;
    let Some(Ok(mut slaves)) = slaves else { return idle(shared).await };
    let Buffers { rx, tx, rx_meta, tx_meta } = buffers;
    let mut udp = UdpSocket::new(stack, rx_meta, rx, tx_meta, tx);
    if udp.bind(PORT).is_err() {
        log!(shared, "load management: port {} cannot be bound", u32::from(PORT));
    }
    let mut datagram = [0; MAX_FRAME];
    loop {
        shared.alive(Task::Load);
        let due = turn(shared, &mut slaves, &udp).await;
        let sleep = Duration::from_millis(due.since(clock::dlm()).as_millis() as u64).min(BEAT);
        let received = select(udp.recv_from(&mut datagram), Timer::after(sleep)).await;
        let Either::First(Ok((length, UdpMetadata { endpoint, .. }))) = received else { continue };
        let (datagram, from) = (datagram.get(..length).unwrap_or_default(), v4(endpoint));
        for slave in &mut slaves {
            // Frames of others on the port are none of ours.
            let _ = slave.handle_datagram(clock::dlm(), from, datagram);
        }
    }
}

async fn idle(shared: &Shared) -> Infallible {
    loop {
        shared.alive(Task::Load);
        Timer::after_secs(1).await;
    }
}

/// Facts to the slaves, limits to the sockets, reports to the network; returns when the next is due.
async fn turn(shared: &Shared, slaves: &mut [Slave<Address>; SOCKETS], udp: &UdpSocket<'_>) -> Instant {
    let mut due = clock::dlm().after(core::time::Duration::from_secs(1));
    for (slave, socket) in slaves.iter_mut().zip(&shared.sockets) {
        let now = clock::dlm();
        slave.handle_car(now, car(socket));
        let limit = evkit_hal::units::Milliamps(slave.limit(now).0);
        if socket.managed.get() != Some(limit) {
            socket.managed.set(Some(limit));
            shared.changed.signal(());
        }
        let mut frame = [0; MAX_FRAME];
        while let Some((to, length)) = slave.poll_transmit(now, &mut frame) {
            let to = match to {
                To::Peer(peer) => peer,
                To::Everybody => Address::new(Ipv4Addr::BROADCAST, PORT),
            };
            // A report that is lost is sent again.
            let _ = udp.send_to(frame.get(..length).unwrap_or_default(), to).await;
        }
        due = due.min(slave.poll_timeout(now));
    }
    due
}

fn car(socket: &SocketShared) -> Car {
    let (view, measured) = (socket.view.get(), socket.measured.get());
    Car {
        plugged: view.plugged,
        wants: socket.wants.get(),
        terminals: None,
        measured: measured.currents.map(|current| Milliamps(current.0)),
    }
}

/// The stack is built for IPv4 alone.
fn v4(endpoint: IpEndpoint) -> Address {
    let IpAddress::Ipv4(address) = endpoint.addr;
    Address::new(address, endpoint.port)
}
