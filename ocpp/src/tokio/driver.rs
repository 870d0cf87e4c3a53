//! The loop around a session: one task per connection.

use alloc::string::String;
use core::future::Future;
use core::pin::pin;
use core::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::websocket::{Closed, Received, Socket};
use crate::rpc::{Keepalive, Pulse};
use crate::time::Instant;

/// Longest time a frame may take to leave; a peer that does not read for so long is given up.
const SEND_PATIENCE: Duration = Duration::from_secs(30);

/// Longest wait for the peer's goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Deadlines are looked at so often at least: a clock need not run at the pace of tokio's.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A session and its application: what [`drive`] drives.
///
/// Every method may change anything; after each the outlet is drained.
pub trait Endpoint {
    /// What the rest of the program can tell it to do; `Infallible` if nothing.
    type Command;

    /// The connection is open.
    fn handle_open(&mut self, now: Instant);

    /// The connection has ended.
    fn handle_close(&mut self, now: Instant);

    /// A text frame has arrived.
    fn handle_frame(&mut self, now: Instant, text: &str);

    /// The rest of the program wants something.
    fn handle_command(&mut self, now: Instant, command: Self::Command);

    /// A deadline may have passed.
    fn handle_timeout(&mut self, now: Instant);

    /// The next frame to send; it is on its way when this is called again.
    fn poll_transmit(&mut self, now: Instant) -> Option<String>;

    /// When `handle_timeout` is to be called.
    fn poll_timeout(&self) -> Option<Instant>;

    /// How often to send a ping; zero: never.
    fn ping_interval(&self) -> Duration {
        Duration::ZERO
    }
}

/// How a connection has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// The peer closed it, or it broke.
    Closed(Closed),
    /// The peer was silent for longer than the ping interval.
    Silent,
    /// The peer did not read.
    Stuck,
    /// It was told to stop, and has said goodbye.
    Stopped,
}

/// Runs a connection to its end: frames, commands, deadlines and pings, each as it comes.
///
/// `now` is the session's clock. When `stop` is ready, what is ready to be sent is sent, the connection is closed with a
/// goodbye, and the future ends; dropping the future instead breaks the connection. A closed `commands` channel ends
/// nothing.
pub async fn drive<E: Endpoint, S: Socket>(
    endpoint: &mut E,
    socket: &mut S,
    commands: &mut mpsc::Receiver<E::Command>,
    now: impl Fn() -> Instant,
    stop: impl Future<Output = ()>,
) -> End {
    endpoint.handle_open(now());
    let end = run(endpoint, socket, commands, &now, stop).await;
    if end == End::Stopped {
        // The connection ends either way.
        let _ = timeout(GOODBYE, socket.close()).await;
    }
    endpoint.handle_close(now());
    end
}

async fn run<E: Endpoint, S: Socket>(
    endpoint: &mut E,
    socket: &mut S,
    commands: &mut mpsc::Receiver<E::Command>,
    now: &impl Fn() -> Instant,
    stop: impl Future<Output = ()>,
) -> End {
    let mut stop = pin!(stop);
    let mut keepalive = Keepalive::new(now(), endpoint.ping_interval());
    loop {
        while let Some(text) = endpoint.poll_transmit(now()) {
            match timeout(SEND_PATIENCE, socket.send(text)).await {
                Ok(Ok(())) => {}
                Ok(Err(closed)) => return End::Closed(closed),
                Err(_) => return End::Stuck,
            }
        }
        keepalive.set_interval(now(), endpoint.ping_interval());
        match keepalive.poll(now()) {
            Pulse::Rest => {}
            Pulse::Dead => return End::Silent,
            Pulse::Ping => match timeout(SEND_PATIENCE, socket.ping()).await {
                Ok(Ok(())) => {}
                Ok(Err(closed)) => return End::Closed(closed),
                Err(_) => return End::Stuck,
            },
        }
        let deadline = [endpoint.poll_timeout(), keepalive.poll_timeout()].into_iter().flatten().min();
        let pause = deadline.map_or(LONGEST_SLEEP, |deadline| deadline.since(now()).min(LONGEST_SLEEP));
        tokio::select! {
            biased;
            () = &mut stop => return End::Stopped,
            received = socket.receive() => match received {
                Ok(Received::Text(text)) => {
                    keepalive.handle_received();
                    endpoint.handle_frame(now(), &text);
                }
                Ok(Received::Alive) => keepalive.handle_received(),
                Err(closed) => return End::Closed(closed),
            },
            Some(command) = commands.recv() => endpoint.handle_command(now(), command),
            () = sleep(pause) => {
                if endpoint.poll_timeout().is_some_and(|deadline| deadline <= now()) {
                    endpoint.handle_timeout(now());
                }
            }
        }
    }
}
