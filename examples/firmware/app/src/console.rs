//! The console: lines of text for people. What happens is written as it happens; commands come in between.

use core::convert::Infallible;

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{Read, Write};

use crate::board::Health;
use crate::log::{Line, line, log_socket};
use crate::shared::{Level, Request, Shared, Task};
use crate::store::settings::{Setting, Settings};

/// Longest command.
const COMMAND: usize = 96;
/// The console says that it is alive at least this often.
const BEAT: Duration = Duration::from_secs(2);

const HELP: &str = "help | status | get [NAME] | set NAME [VALUE] | log | clear SOCKET | restart";

/// Serves the console for good.
pub(crate) async fn run<C: Read + Write>(
    mut port: C,
    shared: &Shared,
    settings: &Settings,
    health: &Level<Health>,
) -> Infallible {
    let mut console = Console { shared, settings, health, printed: shared.log.start() };
    let mut editor = Editor::new();
    let mut bytes = [0; 16];
    loop {
        shared.alive(Task::Console);
        while let Some(text) = console.news() {
            print(&mut port, text).await;
        }
        let event = with_timeout(BEAT, select(port.read(&mut bytes), shared.log.changed())).await;
        let Ok(Either::First(Ok(count))) = event else { continue };
        for byte in bytes.iter().take(count) {
            let Some(command) = editor.push(*byte) else { continue };
            let mut row = 0;
            while let Some(text) = console.answer(&command, row) {
                print(&mut port, text).await;
                row += 1;
            }
        }
    }
}

struct Console<'a> {
    shared: &'a Shared,
    settings: &'a Settings,
    health: &'a Level<Health>,
    /// The log is printed up to here.
    printed: u32,
}

impl Console<'_> {
    /// What is new in the log.
    fn news(&mut self) -> Option<Line> {
        let (text, next) = self.shared.log.line(self.printed)?;
        self.printed = next;
        Some(text)
    }

    /// A row of the answer to a command, from 0 on; what it asks for is done with the first one.
    fn answer(&mut self, command: &str, row: usize) -> Option<Line> {
        let mut words = command.split_ascii_whitespace();
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("status"), None, ..) => self.status(row),
            (Some("get"), None, ..) => Setting::ALL.get(row).map(|setting| self.show(*setting)),
            _ if row > 0 => None,
            (None, ..) => None,
            (Some("help"), None, ..) => Some(line(format_args!("{HELP}"))),
            (Some("get"), Some(name), None, _) => Some(match Setting::find(name) {
                Some(setting) => self.show(setting),
                None => unknown(name),
            }),
            (Some("set"), Some(name), value, None) => self.set(name, value.unwrap_or("")),
            (Some("log"), None, ..) => {
                self.printed = self.shared.log.start();
                None
            }
            (Some("clear"), Some(number), None, _) => self.clear(number),
            (Some("restart"), None, ..) => {
                self.shared.restart.set(true);
                self.shared.changed.signal(());
                None
            }
            _ => Some(line(format_args!("not a command; {HELP}"))),
        }
    }

    fn show(&self, setting: Setting) -> Line {
        let value = if setting.is_secret() { "(secret)" } else { self.settings.get(setting) };
        line(format_args!("{} = {value}", setting.row().name))
    }

    /// What became of it is in the log.
    fn set(&self, name: &str, value: &str) -> Option<Line> {
        let Some(setting) = Setting::find(name) else { return Some(unknown(name)) };
        let name = setting.row().name;
        match setting.check(value) {
            Ok(value) => {
                let taken = self.shared.ask(Request { setting, value });
                (!taken).then(|| line(format_args!("{name} has to wait for the last change; try again")))
            }
            Err(refused) => Some(line(format_args!("{name} {refused}"))),
        }
    }

    /// A person looked at a contactor that did not obey.
    fn clear(&self, number: &str) -> Option<Line> {
        let mut sockets = (1..).zip(&self.shared.sockets);
        let asked = number.parse::<u32>().ok();
        let Some((number, socket)) = sockets.find(|(one, _)| asked == Some(u32::from(*one))) else {
            return Some(line(format_args!("no socket {number}")));
        };
        socket.orders.update(|orders| orders.clears = orders.clears.wrapping_add(1));
        log_socket!(self.shared, number, "fault of the contactor cleared by a person");
        None
    }

    /// Two rows for each socket, and one for the board.
    fn status(&self, row: usize) -> Option<Line> {
        let number = row / 2 + 1;
        let Some(socket) = self.shared.sockets.get(row / 2) else {
            return (row == 2 * self.shared.sockets.len()).then(|| self.board());
        };
        let (view, orders, measured) = (socket.view.get(), socket.orders.get(), socket.measured.get());
        if row.is_multiple_of(2) {
            let state = view.state.map_or("?", |state| state.evlink_name());
            let contactor = if view.closed { "closed" } else { "open" };
            let lock = if view.locked { "locked" } else { "free" };
            let fault = view.fault.map_or("none", |fault| fault.entry().appeared);
            return Some(line(format_args!(
                "socket {number}: {state}, contactor {contactor}, plug {lock}, fault: {fault}"
            )));
        }
        let permission = if orders.permission { "permitted" } else { "not permitted" };
        Some(line(format_args!(
            "  {permission}, offer {} mA, told {} mA, {} W, {} Wh",
            orders.offer.0,
            view.advertised.0,
            i64::from(measured.power_w),
            measured.energy_wh
        )))
    }

    fn board(&self) -> Line {
        let Health { stack_used, stack_size, load_permille, cause } = self.health.get();
        let load = u32::from(load_permille);
        let (load, tenth) = (load / 10, load % 10);
        line(format_args!(
            "stack {stack_used} of {stack_size} bytes, load {load}.{tenth} %, started by {cause}"
        ))
    }
}

fn unknown(name: &str) -> Line {
    line(format_args!("no setting {name}; get shows all"))
}

/// Writes a line. A port that fails or takes nothing loses it.
async fn print<C: Write>(port: &mut C, mut text: Line) {
    let _ = text.push_str("\r\n");
    let _ = with_timeout(BEAT, port.write_all(text.as_bytes())).await;
}

/// Collects bytes to lines.
struct Editor {
    line: heapless::Vec<u8, COMMAND>,
    /// The line is longer than a command; it is dropped as a whole.
    spoilt: bool,
}

impl Editor {
    const fn new() -> Self {
        Self { line: heapless::Vec::new(), spoilt: false }
    }

    /// Takes a byte in; a whole line comes out.
    fn push(&mut self, byte: u8) -> Option<heapless::String<COMMAND>> {
        match byte {
            b'\r' | b'\n' => {
                let line = core::mem::take(&mut self.line);
                let whole = !core::mem::take(&mut self.spoilt);
                return heapless::String::from_utf8(line).ok().filter(|_| whole);
            }
            0x08 | 0x7F => _ = self.line.pop(),
            b' '..=b'~' => self.spoilt |= self.line.push(byte).is_err(),
            // Garbage spoils the line it is in.
            _ => self.spoilt = true,
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_an_answer_is_given_once() {
        let (settings, health) = (Settings::new(), Level::new(Health::default()));
        let shared = Shared::leaked();
        let mut console = Console { shared, settings: &settings, health: &health, printed: 0 };
        let mut rows = |command| (0..).map_while(|row| console.answer(command, row)).collect::<Vec<_>>();
        assert_eq!(rows("status").len(), 2 * shared.sockets.len() + 1);
        assert_eq!(rows("get").len(), Setting::ALL.len());
        assert_eq!(rows("get maxcurrent"), ["MaxCurrent = 32"]);
        assert_eq!(rows("set MaxCurrent 33"), ["MaxCurrent is a whole number from 6 to 32"]);
        assert_eq!(rows("set MaxCurrent 16").len(), 0);
        assert_eq!(rows("set MaxCurrent 10"), ["MaxCurrent has to wait for the last change; try again"]);
        assert_eq!(rows("set Nothing 1"), ["no setting Nothing; get shows all"]);
        assert_eq!(rows("clear 3"), ["no socket 3"]);
        assert_eq!(rows("clear 1").len() + rows("log").len() + rows("").len(), 0);
        assert_eq!(shared.sockets[0].orders.get().clears, 1);
        assert_eq!(rows("open the contactor"), [line(format_args!("not a command; {HELP}"))]);
    }

    fn lines(bytes: &[u8]) -> Vec<String> {
        let mut editor = Editor::new();
        bytes.iter().filter_map(|byte| editor.push(*byte)).map(|line| line.as_str().to_owned()).collect()
    }

    #[test]
    fn lines_end_with_either_character_and_can_be_corrected() {
        assert_eq!(lines(b"status\r\nhelx\x08p\n"), ["status", "", "help"]);
    }

    #[test]
    fn a_line_with_garbage_or_without_end_is_dropped_and_the_next_one_is_whole() {
        let mut bytes = b"\xFF\x00restart\nstatus\n".to_vec();
        bytes.extend([b'x'; 200]);
        bytes.extend(b"\nhelp\n");
        assert_eq!(lines(&bytes), ["status", "help"]);
    }
}
