//! A serial line: bytes in both directions, never waiting.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use anyhow::Context as _;
use serial2::SerialPort;

/// Speed of the plant's line on a real board.
const BAUD: u32 = 115_200;

/// A line whose ends are served by threads of their own: an emulator stands still while nobody reads what it writes.
#[derive(Debug)]
pub struct Wire {
    received: Receiver<Vec<u8>>,
    send: Sender<Vec<u8>>,
}

impl Wire {
    /// A line over any stream; it ends when the stream does.
    pub fn new(reader: impl Read + Send + 'static, writer: impl Write + Send + 'static) -> Self {
        let (sender, received) = channel();
        let (send, to_send) = channel();
        std::thread::spawn(move || read(reader, &sender));
        std::thread::spawn(move || write(writer, &to_send));
        Self { received, send }
    }

    /// The serial port of a real board.
    ///
    /// # Errors
    /// The port cannot be opened.
    pub fn port(path: &str) -> anyhow::Result<Self> {
        let mut port = SerialPort::open(path, BAUD).with_context(|| path.to_owned())?;
        port.set_read_timeout(Duration::from_secs(3_600)).with_context(|| path.to_owned())?;
        let reader = port.try_clone().with_context(|| path.to_owned())?;
        Ok(Self::new(reader, port))
    }

    /// What has arrived.
    pub fn take(&mut self) -> Vec<u8> {
        self.received.try_iter().flatten().collect()
    }

    /// Sends, or loses the bytes when the other end has gone.
    pub fn send(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            let _ = self.send.send(bytes.to_vec());
        }
    }
}

fn read(mut reader: impl Read, sender: &Sender<Vec<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = reader.read(&mut buffer) {
        if sender.send(buffer[..length].to_vec()).is_err() {
            return;
        }
    }
}

fn write(mut writer: impl Write, to_send: &Receiver<Vec<u8>>) {
    for bytes in to_send {
        if writer.write_all(&bytes).and_then(|()| writer.flush()).is_err() {
            return;
        }
    }
}
