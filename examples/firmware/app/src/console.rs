//! The console: lines of text for people. What happens is written as it happens; commands come in between.

use core::convert::Infallible;
use core::fmt::{self, Write as _};

use embassy_futures::select::{Either, select};
use embassy_time::{Duration, with_timeout};
use embedded_io_async::{Read, Write};

use crate::board::Health;
use crate::log::log;
use crate::shared::{Level, Request, Shared, Task};
use crate::store::settings::{Setting, Settings, Value};

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
        console.print_log(&mut port).await;
        let event = with_timeout(BEAT, select(port.read(&mut bytes), shared.log.changed())).await;
        let Ok(Either::First(Ok(count))) = event else { continue };
        for byte in bytes.iter().take(count) {
            if let Some(command) = editor.push(*byte) {
                console.obey(&mut port, &command).await;
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
    /// Prints what is new in the log.
    async fn print_log<C: Write>(&mut self, port: &mut C) {
        while let Some((line, next)) = self.shared.log.line(self.printed) {
            self.printed = next;
            print(port, format_args!("{line}")).await;
        }
    }

    async fn obey<C: Write>(&mut self, port: &mut C, command: &str) {
        let mut words = command.split_ascii_whitespace();
        match (words.next(), words.next(), words.next(), words.next()) {
            (None, ..) => {}
            (Some("help"), None, ..) => print(port, format_args!("{HELP}")).await,
            (Some("status"), None, ..) => self.status(port).await,
            (Some("get"), None, ..) => {
                for setting in Setting::ALL {
                    self.show(port, *setting).await;
                }
            }
            (Some("get"), Some(name), None, _) => match Setting::find(name) {
                Some(setting) => self.show(port, setting).await,
                None => print(port, format_args!("no setting {name}; get shows all")).await,
            },
            (Some("set"), Some(name), value, None) => self.set(port, name, value.unwrap_or("")).await,
            (Some("log"), None, ..) => {
                self.printed = self.shared.log.start();
            }
            (Some("clear"), Some(number), None, _) => self.clear(port, number).await,
            (Some("restart"), None, ..) => self.shared.restart.signal(()),
            _ => print(port, format_args!("not a command; {HELP}")).await,
        }
    }

    async fn show<C: Write>(&self, port: &mut C, setting: Setting) {
        let value = if setting.is_secret() { "(secret)" } else { self.settings.get(setting) };
        print(port, format_args!("{} = {value}", setting.row().name)).await;
    }

    async fn set<C: Write>(&self, port: &mut C, name: &str, value: &str) {
        let Some(setting) = Setting::find(name) else {
            return print(port, format_args!("no setting {name}; get shows all")).await;
        };
        // A value that is too long cannot be right.
        let checked = setting.check(value).map(|value: Value| Request { setting, value });
        match checked {
            Ok(request) => self.shared.requests.send(request).await,
            Err(refused) => print(port, format_args!("{} {refused}", setting.row().name)).await,
        }
    }

    /// A person looked at a contactor that did not obey.
    async fn clear<C: Write>(&self, port: &mut C, number: &str) {
        let index = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match index.and_then(|index| self.shared.sockets.get(index)) {
            Some(socket) => {
                socket.orders.update(|orders| orders.clears = orders.clears.wrapping_add(1));
                log!(self.shared, "socket {number}: fault of the contactor cleared by a person");
            }
            None => print(port, format_args!("no socket {number}")).await,
        }
    }

    async fn status<C: Write>(&self, port: &mut C) {
        for (number, socket) in (1_u8..).zip(&self.shared.sockets) {
            let (view, orders, measured) = (socket.view.get(), socket.orders.get(), socket.measured.get());
            let state = view.state.map_or("?", |state| state.evlink_name());
            let contactor = if view.closed { "closed" } else { "open" };
            let lock = if view.locked { "locked" } else { "free" };
            let fault = view.fault.map_or("none", |fault| fault.entry().appeared);
            print(
                port,
                format_args!("socket {number}: {state}, contactor {contactor}, plug {lock}, fault: {fault}"),
            )
            .await;
            let permission = if orders.permission { "permitted" } else { "not permitted" };
            print(
                port,
                format_args!(
                    "  {permission}, offer {} mA, told {} mA, {} W, {} Wh",
                    orders.offer.0, view.advertised.0, measured.power_w, measured.energy_wh
                ),
            )
            .await;
        }
        let Health { stack_used, stack_size, load_permille, cause } = self.health.get();
        let (load, tenth) = (load_permille / 10, load_permille % 10);
        print(
            port,
            format_args!(
                "stack {stack_used} of {stack_size} bytes, load {load}.{tenth} %, started by {cause}"
            ),
        )
        .await;
    }
}

/// Collects bytes to lines.
struct Editor {
    line: heapless::String<COMMAND>,
    /// The line is longer than a command; it is dropped as a whole.
    spoilt: bool,
}

impl Editor {
    const fn new() -> Self {
        Self { line: heapless::String::new(), spoilt: false }
    }

    /// Takes a byte in; a whole line comes out.
    fn push(&mut self, byte: u8) -> Option<heapless::String<COMMAND>> {
        match byte {
            b'\r' | b'\n' => {
                let line = core::mem::take(&mut self.line);
                return (!core::mem::take(&mut self.spoilt)).then_some(line);
            }
            0x08 | 0x7F => _ = self.line.pop(),
            b' '..=b'~' => self.spoilt |= self.line.push(char::from(byte)).is_err(),
            // Garbage spoils the line it is in.
            _ => self.spoilt = true,
        }
        None
    }
}

/// Writes a line. A port that fails or takes nothing loses it.
async fn print<C: Write>(port: &mut C, text: fmt::Arguments<'_>) {
    let mut line = heapless::String::<160>::new();
    // What does not fit is cut.
    let _ = line.write_fmt(text);
    let _ = line.push_str("\r\n");
    let _ = with_timeout(BEAT, port.write_all(line.as_bytes())).await;
}

#[cfg(test)]
mod tests {
    use super::*;

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
