//! The way between a station and its back end, which can be cut.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;

/// Passes connections on to a port of this machine, while it is up.
#[derive(Debug)]
pub struct Relay {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    up: bool,
    target: u16,
    streams: Vec<TcpStream>,
}

impl Relay {
    /// A relay at a free port of the loopback interface, up.
    ///
    /// # Errors
    /// No port to be had.
    pub fn start(target: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("relay")?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(Mutex::new(State { up: true, target, streams: Vec::new() }));
        let shared = Arc::clone(&state);
        // Ends with the process.
        std::thread::spawn(move || {
            for station in listener.incoming().map_while(Result::ok) {
                let mut state = lock(&shared);
                if state.up {
                    // A back end that is not there is a connection that ends.
                    let _ = pass(&mut state, station);
                }
            }
        });
        Ok(Self { port, state })
    }

    /// Where stations connect.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Cuts every connection and refuses new ones, or accepts them again.
    pub fn set_up(&self, up: bool) {
        let mut state = lock(&self.state);
        state.up = up;
        if !up {
            for stream in state.streams.drain(..) {
                // One that has ended needs no end.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

fn pass(state: &mut State, station: TcpStream) -> std::io::Result<()> {
    let back_end = TcpStream::connect((Ipv4Addr::LOCALHOST, state.target))?;
    for (from, to) in [(&station, &back_end), (&back_end, &station)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        std::thread::spawn(move || copy(from, to));
    }
    state.streams.extend([station, back_end]);
    Ok(())
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    // However it ends, both directions do.
    let _ = std::io::copy(&mut from, &mut to);
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Passes standard input and output on to a port of this machine until either end closes: what QEMU starts for every
/// connection the station makes.
///
/// # Errors
/// Nobody listens at the port.
pub fn pipe(port: u16) -> anyhow::Result<()> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("port {port}"))?;
    let mut down = stream.try_clone()?;
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        let mut output = std::io::stdout();
        while let Ok(length @ 1..) = down.read(&mut buffer) {
            if output.write_all(&buffer[..length]).and_then(|()| output.flush()).is_err() {
                break;
            }
        }
        std::process::exit(0);
    });
    let _ = std::io::copy(&mut std::io::stdin(), &mut &stream);
    let _ = stream.shutdown(Shutdown::Both);
    Ok(())
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_passes_on_until_it_is_cut() {
        let back_end = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let relay = Relay::start(back_end.local_addr().unwrap().port()).unwrap();
        let connect = || TcpStream::connect((Ipv4Addr::LOCALHOST, relay.port())).unwrap();
        let mut station = connect();
        let (mut served, _) = back_end.accept().unwrap();
        let mut byte = [0];
        station.write_all(b"a").unwrap();
        served.read_exact(&mut byte).unwrap();
        served.write_all(b"b").unwrap();
        station.read_exact(&mut byte).unwrap();
        assert_eq!(byte, *b"b");
        relay.set_up(false);
        assert_eq!(station.read(&mut byte).unwrap_or(0), 0);
        assert_eq!(connect().read(&mut byte).unwrap_or(0), 0, "refused");
        relay.set_up(true);
        connect().write_all(b"c").unwrap();
        back_end.accept().unwrap().0.read_exact(&mut byte).unwrap();
        assert_eq!(byte, *b"c");
    }
}
