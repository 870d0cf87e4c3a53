//! The load management protocol over UDP: datagrams and timers for both roles, in real time.

use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use evkit_dlm::controller::{Controller, EvseFacts};
use evkit_dlm::protocol::{Car, Event, MAX_FRAME, Master, Slave, Standing, To};
use evkit_dlm::units::{Instant, Milliamps};
use tokio::net::UdpSocket;
use tokio::time::{sleep, timeout};

/// Members a master process has room for.
pub const MEMBERS: usize = 16;

/// Milliseconds since this process began: monotonic, and no other device's.
#[derive(Debug, Clone, Copy)]
struct Monotonic(std::time::Instant);

impl Monotonic {
    fn now(self) -> Instant {
        Instant::from_millis(self.0.elapsed().as_millis() as u64)
    }

    /// Sleeps until `at`; for ever if there is nothing to wait for.
    async fn sleep_until(self, at: Option<Instant>) {
        match at {
            Some(at) => sleep(at.since(self.now())).await,
            None => pending().await,
        }
    }
}

/// The master's last epoch, one number in a file.
#[derive(Debug)]
pub struct EpochFile(pub PathBuf);

impl EpochFile {
    /// The stored epoch; 0 if there is no file yet.
    ///
    /// # Errors
    /// If the file cannot be read or holds something else.
    pub fn read(&self) -> anyhow::Result<u32> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => text.trim().parse().map_err(|_| {
                anyhow::anyhow!("{}: {text:?} is not an epoch, a whole number", self.0.display())
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(anyhow::anyhow!("{}: {error}", self.0.display())),
        }
    }

    /// Beside the old one first, so that a power cut leaves one of the two.
    fn write(&self, epoch: u32) -> std::io::Result<()> {
        let beside: &Path = &self.0.with_extension("new");
        std::fs::write(beside, epoch.to_string())?;
        std::fs::File::open(beside)?.sync_all()?;
        std::fs::rename(beside, &self.0)
    }
}

/// Runs a master behind a load manager with one supply node, until the socket fails.
///
/// # Errors
/// What the socket or the epoch's file says.
pub async fn run_master(
    socket: UdpSocket,
    mut master: Master<SocketAddr, 1, MEMBERS>,
    mut manager: Controller<1, MEMBERS>,
    store: &EpochFile,
) -> anyhow::Result<()> {
    let clock = Monotonic(std::time::Instant::now());
    let mut buffer = [0; 2048];
    loop {
        let now = clock.now();
        if let Some(epoch) = master.poll_store() {
            store.write(epoch)?;
            master.handle_stored(now, epoch);
            println!("epoch {epoch}");
        }
        manager.tick(now);
        for member in 0..MEMBERS {
            let offer = manager.offer(member as u16).map_or(Milliamps::ZERO, |offer| offer.current);
            // Slots without a member have no target.
            let _ = master.set_target(member, offer);
        }
        let mut out = [0; MAX_FRAME];
        while let Some((to, length)) = master.poll_transmit(now, &mut out) {
            // A datagram that cannot be sent is a lost one.
            let _ = socket.send_to(&out[..length], to).await;
        }
        let next = [master.poll_timeout(now), manager.poll_timeout()].into_iter().flatten().min();
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                let Ok((length, from)) = received else { continue };
                let now = clock.now();
                if let Err(error) = master.handle_datagram(now, from, &buffer[..length]) {
                    println!("{from}: {error}");
                }
                match master.poll_event() {
                    Some(Event::Report { member, car, .. }) => {
                        let measured = Some(car.measured);
                        let facts = EvseFacts {
                            plugged: car.plugged, wants_current: car.wants, measured, ..EvseFacts::IDLE
                        };
                        let _ = manager.handle_evse(member as u16, now, facts);
                    }
                    Some(Event::Stranger { id }) => println!("stranger {id} at {from}"),
                    Some(Event::Rival { id, epoch }) => println!("rival {id} in epoch {epoch}"),
                    _ => {}
                }
            }
            () = clock.sleep_until(next) => {}
        }
    }
}

/// Runs a slave and hands every change of its limit to `signal`, which says what the car makes of it, until the socket
/// fails.
///
/// # Errors
/// What the socket says.
pub async fn run_slave(
    socket: UdpSocket,
    everybody: SocketAddr,
    make: impl FnOnce(Instant) -> anyhow::Result<Slave<SocketAddr>>,
    mut signal: impl FnMut(Milliamps, Standing) -> Car,
) -> anyhow::Result<()> {
    let clock = Monotonic(std::time::Instant::now());
    let mut slave = make(clock.now())?;
    if matches!(everybody.ip(), std::net::IpAddr::V4(Ipv4Addr::BROADCAST)) {
        socket.set_broadcast(true)?;
    }
    let mut buffer = [0; 2048];
    let mut last = None;
    loop {
        let now = clock.now();
        let mut out = [0; MAX_FRAME];
        while let Some((to, length)) = slave.poll_transmit(now, &mut out) {
            let to = match to {
                To::Peer(peer) => peer,
                To::Everybody => everybody,
            };
            let _ = socket.send_to(&out[..length], to).await;
        }
        let state = (slave.limit(now), slave.standing(now));
        if last != Some(state) {
            slave.handle_car(now, signal(state.0, state.1));
            last = Some(state);
        }
        let wait = slave.poll_timeout(now).since(now).max(Duration::from_millis(1));
        if let Ok(Ok((length, from))) = timeout(wait, socket.recv_from(&mut buffer)).await
            && let Err(error) = slave.handle_datagram(clock.now(), from, &buffer[..length])
        {
            eprintln!("{from}: {error}");
        }
    }
}
