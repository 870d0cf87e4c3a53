//! The log: what happened, kept in memory and read by the console.
//!
//! Lines are formatted by whoever writes them and copied in under a critical section of a few microseconds, so the
//! power loop may log as well as any other task.

use core::cell::RefCell;
use core::fmt::{self, Write as _};

use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;

use crate::clock;
use crate::shared::Shared;

/// Longest line; the rest of a longer one is cut off.
pub const LINE: usize = 160;
/// Bytes kept.
const RING: usize = 1_024;

/// A line of the log or the console, with room for the two characters that end it.
pub type Line = heapless::String<{ LINE + 2 }>;

/// The newest lines, each closed by a line feed. See the [module](self).
pub struct Log {
    ring: Mutex<CriticalSectionRawMutex, RefCell<Ring>>,
    written: Signal<CriticalSectionRawMutex, ()>,
}

struct Ring {
    bytes: [u8; RING],
    /// Bytes ever written; the newest one lies in front of this modulo the size.
    end: u32,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").finish_non_exhaustive()
    }
}

/// Writes a line to the log, as `format!` would.
macro_rules! log {
    ($shared:expr, $($arguments:tt)*) => {
        $crate::log::write($shared, format_args!($($arguments)*))
    };
}
pub(crate) use log;

/// Writes a line about a socket to the log.
macro_rules! log_socket {
    ($shared:expr, $number:expr, $($arguments:tt)*) => {
        $crate::log::write_socket($shared, $number, format_args!($($arguments)*))
    };
}
pub(crate) use log_socket;

/// What [`log!`] calls. Not inlined, as that is done from many places.
#[inline(never)]
pub(crate) fn write(shared: &Shared, text: fmt::Arguments<'_>) {
    shared.log.write(text);
}

/// What [`log_socket!`] calls; as above.
#[inline(never)]
pub(crate) fn write_socket(shared: &Shared, number: u8, text: fmt::Arguments<'_>) {
    write(shared, format_args!("socket {}: {text}", u32::from(number)));
}

impl Log {
    /// An empty log.
    pub const fn new() -> Self {
        let ring = Ring { bytes: [0; RING], end: 0 };
        Self { ring: Mutex::new(RefCell::new(ring)), written: Signal::new() }
    }

    /// Writes a line, with the milliseconds since the start in front.
    pub fn write(&self, text: fmt::Arguments<'_>) {
        let line = line(format_args!("[{:>8}] {text}", clock::millis()));
        self.ring.lock(|ring| {
            // Nobody else has it: every look at it ends before its lock does.
            if let Ok(mut ring) = ring.try_borrow_mut() {
                ring.push(line.as_bytes());
            }
        });
        self.written.signal(());
    }

    /// Where the next line will begin.
    pub fn end(&self) -> u32 {
        self.look(|ring| ring.end)
    }

    /// Where the oldest line begins that is still there.
    pub fn start(&self) -> u32 {
        self.look(Ring::start)
    }

    /// The line that begins at `from`, and where the next one does; `None` at the end. What has been overwritten
    /// meanwhile is passed over.
    pub fn line(&self, from: u32) -> Option<(Line, u32)> {
        self.look(|ring| ring.line(from))
    }

    fn look<R: Default>(&self, look: impl FnOnce(&Ring) -> R) -> R {
        // As above.
        self.ring.lock(|ring| ring.try_borrow().map(|ring| look(&ring)).unwrap_or_default())
    }

    /// Waits for the next line. For one reader.
    pub async fn changed(&self) {
        self.written.wait().await;
    }
}

impl Default for Log {
    fn default() -> Self {
        Self::new()
    }
}

impl Ring {
    const SIZE: u32 = RING as u32;

    fn push(&mut self, line: &[u8]) {
        for byte in line.iter().chain(b"\n") {
            if let Some(slot) = self.bytes.get_mut((self.end % Self::SIZE) as usize) {
                *slot = *byte;
            }
            self.end = self.end.wrapping_add(1);
        }
    }

    fn at(&self, at: u32) -> u8 {
        self.bytes.get((at % Self::SIZE) as usize).copied().unwrap_or_default()
    }

    /// Behind the first line feed that is still there, unless the very first line is.
    fn start(&self) -> u32 {
        let Some(oldest) = self.end.checked_sub(Self::SIZE) else { return 0 };
        (oldest..self.end).find(|at| self.at(*at) == b'\n').map_or(self.end, |at| at + 1)
    }

    fn line(&self, from: u32) -> Option<(Line, u32)> {
        let from = from.max(self.start());
        let end = (from..self.end).find(|at| self.at(*at) == b'\n')?;
        let mut line = Line::new();
        // Non-ASCII text of others is shown byte by byte; a line is never longer than it was written.
        (from..end).for_each(|at| _ = line.push(char::from(self.at(at))));
        Some((line, end + 1))
    }
}

/// Text as a line, cut where it is too long and without what a terminal would take for more than text.
pub(crate) fn line(text: fmt::Arguments<'_>) -> Line {
    let mut line = Cut(Line::new());
    // `Cut` never fails.
    let _ = line.write_fmt(text);
    line.0
}

/// Takes what fits and drops the rest.
struct Cut(Line);

impl fmt::Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let shown = if character.is_ascii_graphic() || character == ' ' { character } else { '?' };
            if self.0.len() < LINE {
                let _ = self.0.push(shown);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(log: &Log) -> Vec<String> {
        let mut at = log.start();
        core::iter::from_fn(|| {
            let (line, next) = log.line(at)?;
            at = next;
            Some(line.as_str().to_owned())
        })
        .collect()
    }

    #[test]
    fn lines_come_back_in_order() {
        let log = Log::new();
        log.write(format_args!("first {}", 1));
        log.write(format_args!("second"));
        let lines = lines(&log);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].ends_with("] first 1"), "{lines:?}");
        assert!(lines[1].ends_with("] second"), "{lines:?}");
    }

    #[test]
    fn the_oldest_lines_go_first_and_no_line_is_torn() {
        let log = Log::new();
        for number in 0..500 {
            log.write(format_args!("line number {number} with some text behind it"));
        }
        let lines = lines(&log);
        assert!(lines.len() > 10, "{}", lines.len());
        for (line, number) in lines.iter().rev().zip((0..500).rev()) {
            assert!(line.ends_with(&format!("] line number {number} with some text behind it")), "{line}");
        }
    }

    #[test]
    fn a_long_line_is_cut_and_strange_characters_do_not_reach_a_terminal() {
        let log = Log::new();
        log.write(format_args!("{}\n\u{1b}[2J\u{e4}{}", "a", "x".repeat(300)));
        let lines = lines(&log);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].len(), LINE);
        assert!(lines[0].contains("] a??[2J?xxx"), "{lines:?}");
    }
}
