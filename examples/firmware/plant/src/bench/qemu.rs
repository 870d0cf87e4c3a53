//! A board in QEMU: sockets for its serial lines, its console kept, and never left running.

use std::fs::File;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use super::{Wire, Wires};

/// How long QEMU may take to connect its lines.
const CONNECTS: Duration = Duration::from_secs(20);
/// How often a waiting test looks at the console again.
const LOOK: Duration = Duration::from_millis(10);

/// What to run.
#[derive(Clone, Debug)]
pub struct Image {
    /// Program that runs an image, with the arguments `ELF [MORE…]` and `$EEPROM`.
    pub runner: PathBuf,
    /// The firmware.
    pub elf: PathBuf,
    /// Content of the EEPROM; made when missing.
    pub eeprom: PathBuf,
    /// Arguments for the network.
    pub network: String,
}

/// A board that runs. Dropping it takes its power away.
#[derive(Debug)]
pub struct Machine {
    child: Child,
    input: ChildStdin,
    console: Arc<Mutex<String>>,
}

impl Machine {
    /// Starts an image. The console is also written to `log`.
    ///
    /// # Errors
    /// QEMU does not start, or does not connect its lines.
    pub fn start(image: &Image, log: &Path) -> anyhow::Result<(Self, Wires)> {
        // The emulator ends with this program, however this program ends.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]).arg(&image.runner).arg(&image.elf).env("EEPROM", &image.eeprom);
        let mut listeners = Vec::new();
        for name in ["plant", "bus"] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let port = listener.local_addr()?.port();
            let line = format!("socket,id={name},host=127.0.0.1,port={port},nodelay=on");
            command.args(["-chardev", &line, "-serial", &format!("chardev:{name}")]);
            listeners.push(listener);
        }
        command.args(["-nic", &image.network]);
        let errors = File::options().create(true).append(true).open(log.with_extension("qemu"))?;
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).spawn();
        let mut child = child.with_context(|| image.runner.display().to_string())?;
        let input = child.stdin.take().context("no way to the console")?;
        let output = child.stdout.take().context("no way from the console")?;
        let console = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&console);
        let log = File::options().create(true).append(true).open(log)?;
        std::thread::spawn(move || keep(output, &kept, log));
        let mut machine = Self { child, input, console };
        let mut wires = Vec::new();
        for listener in listeners {
            wires.push(machine.accept(&listener)?);
        }
        let bus = wires.pop();
        let link = wires.pop().context("two lines were made")?;
        Ok((machine, Wires { link, bus }))
    }

    fn accept(&mut self, listener: &TcpListener) -> anyhow::Result<Wire> {
        listener.set_nonblocking(true)?;
        let began = Instant::now();
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false)?;
                    stream.set_nodelay(true)?;
                    return Ok(Wire::new(stream.try_clone()?, stream));
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("QEMU ended with {status}: {}", self.console());
            }
            ensure!(began.elapsed() < CONNECTS, "QEMU does not connect its lines");
            std::thread::sleep(LOOK);
        }
    }

    /// Everything the console has said since this start.
    pub fn console(&self) -> String {
        self.console.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Types a line, or anything, on the console.
    ///
    /// # Errors
    /// QEMU has ended.
    pub fn type_in(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.input.write_all(bytes)?;
        Ok(self.input.flush()?)
    }

    /// Waits for a text on the console and returns the line it is in.
    ///
    /// # Errors
    /// It did not come in time.
    pub fn hear(&self, text: &str, within: Duration) -> anyhow::Result<String> {
        self.hear_after(0, text, within)
    }

    /// Waits for a text that the console says behind the first `from` bytes, and returns the line it is in.
    ///
    /// # Errors
    /// It did not come in time.
    pub fn hear_after(&self, from: usize, text: &str, within: Duration) -> anyhow::Result<String> {
        let began = Instant::now();
        loop {
            let console = self.console();
            let news = console.get(from..).unwrap_or_default();
            if let Some(line) = news.lines().find(|line| line.contains(text)) {
                return Ok(line.to_owned());
            }
            ensure!(
                began.elapsed() < within,
                "the console did not say `{text}` within {within:?}:\n{console}"
            );
            std::thread::sleep(LOOK);
        }
    }

    /// Takes the power away.
    ///
    /// # Errors
    /// The process cannot be ended.
    pub fn cut(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn keep(mut output: impl std::io::Read, console: &Mutex<String>, mut log: File) {
    let mut buffer = [0; 1024];
    while let Ok(length @ 1..) = output.read(&mut buffer) {
        // The log is for people; a full disk is no reason to stop.
        let _ = log.write_all(&buffer[..length]);
        let text = String::from_utf8_lossy(&buffer[..length]);
        console.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
    }
}
