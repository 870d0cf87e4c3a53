//! A central system as a process of its own, and everything it heard and said.
//!
//! Two programs are known: `csms` of the examples, and the Python package `ocpp` in `.ci/peers/python_firmware.py`. They
//! take the same commands on standard input, say where they listen, and keep the same log of frames.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// How often a waiting test looks again.
const LOOK: Duration = Duration::from_millis(20);

/// A call of the station or of the central system, with its answer once that came.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Whether the station made it.
    pub by_station: bool,
    /// Name of the message.
    pub action: String,
    /// What was asked.
    pub request: Value,
    /// What was answered; the whole frame for an error.
    pub answer: Option<Value>,
    id: String,
}

/// A central system that runs. Dropping it ends it.
#[derive(Debug)]
pub struct BackEnd {
    child: Child,
    input: ChildStdin,
    log: BufReader<File>,
    unfinished: String,
    calls: Vec<Call>,
    port: u16,
    identity: String,
}

impl BackEnd {
    /// Starts a program for one station; its log goes to `log`.
    ///
    /// # Errors
    /// It does not start, or does not say where it listens.
    pub fn start(command: &[String], identity: &str, log: &Path) -> anyhow::Result<Self> {
        let (program, arguments) = command.split_first().context("no program")?;
        let errors = File::create(log.with_extension("errors"))?;
        let frames = File::create(log)?;
        let mut child = Command::new(program)
            .args(arguments)
            .args(["--listen", "127.0.0.1:0", "--log"])
            .arg(log)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .with_context(|| program.clone())?;
        let input = child.stdin.take().context("no way in")?;
        let output = child.stdout.take().context("no way out")?;
        let mut said = String::new();
        let mut output = BufReader::new(output);
        output.read_line(&mut said)?;
        let port = said.split("ws://127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next());
        let port =
            port.and_then(|port| port.parse().ok()).with_context(|| format!("{program} said: {said}"))?;
        // Whatever else it says is of no interest, and must not stop it.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        drop(frames);
        let log = BufReader::new(File::open(log)?);
        let identity = identity.to_owned();
        Ok(Self { child, input, log, unfinished: String::new(), calls: Vec::new(), port, identity })
    }

    /// Where it listens on the loopback interface.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Tells it to do something with the station.
    ///
    /// # Errors
    /// It has ended.
    pub fn command(&mut self, command: &str) -> anyhow::Result<()> {
        writeln!(self.input, "{} {command}", self.identity)?;
        Ok(self.input.flush()?)
    }

    /// All calls so far.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn calls(&mut self) -> anyhow::Result<&[Call]> {
        while self.log.read_line(&mut self.unfinished)? > 0 {
            if self.unfinished.ends_with('\n') {
                let line = std::mem::take(&mut self.unfinished);
                let line: Value = serde_json::from_str(&line).with_context(|| line.clone())?;
                self.note(&line);
            }
        }
        Ok(&self.calls)
    }

    fn note(&mut self, line: &Value) {
        let by_station = line["from"] == "station";
        let frame = &line["frame"];
        let id = frame[1].as_str().unwrap_or_default();
        match frame[0].as_i64() {
            Some(2) => self.calls.push(Call {
                by_station,
                action: frame[2].as_str().unwrap_or_default().to_owned(),
                request: frame[3].clone(),
                answer: None,
                id: id.to_owned(),
            }),
            Some(kind) => {
                let asked = |call: &&mut Call| {
                    call.by_station != by_station && call.id == id && call.answer.is_none()
                };
                if let Some(call) = self.calls.iter_mut().rev().find(asked) {
                    call.answer = Some(if kind == 3 { frame[2].clone() } else { frame.clone() });
                }
            }
            None => {}
        }
    }

    /// The station's calls of an action.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn heard(&mut self, action: &str) -> anyhow::Result<Vec<Value>> {
        let heard = |call: &&Call| call.by_station && call.action == action;
        Ok(self.calls()?.iter().filter(heard).map(|call| call.request.clone()).collect())
    }

    /// Waits for the station's call of an action for which `is` holds, among those after the first `skip`.
    ///
    /// # Errors
    /// It did not come in time.
    pub fn hear(
        &mut self,
        action: &str,
        skip: usize,
        within: Duration,
        is: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<Value> {
        let began = Instant::now();
        loop {
            let heard = self.heard(action)?;
            if let Some(found) = heard.iter().skip(skip).find(|request| is(request)) {
                return Ok(found.clone());
            }
            ensure!(began.elapsed() < within, "no such {action} within {within:?}, only {heard:?}");
            std::thread::sleep(LOOK);
        }
    }

    /// Waits for the answer to the newest call of an action that this side made after the first `skip` of them.
    ///
    /// # Errors
    /// It did not come in time.
    pub fn answered(&mut self, action: &str, skip: usize, within: Duration) -> anyhow::Result<Value> {
        let began = Instant::now();
        loop {
            let asked = |call: &&Call| !call.by_station && call.action == action;
            if let Some(answer) =
                self.calls()?.iter().filter(asked).nth(skip).and_then(|call| call.answer.clone())
            {
                return Ok(answer);
            }
            ensure!(began.elapsed() < within, "{action}: no answer within {within:?}");
            std::thread::sleep(LOOK);
        }
    }

    /// How often this side called an action.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn asked(&mut self, action: &str) -> anyhow::Result<usize> {
        let asked = |call: &&Call| !call.by_station && call.action == action;
        Ok(self.calls()?.iter().filter(asked).count())
    }
}

impl Drop for BackEnd {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
