//! Values to lines.

use core::fmt::{self, Write as _};

use crate::message::Message;
use crate::{MAX_LINE, checksum};

/// A line ready to be sent, with its line feed.
#[derive(Clone)]
pub struct Line {
    bytes: [u8; MAX_LINE],
    length: usize,
}

impl Line {
    /// The bytes to send.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Appends text. No message is longer than a line (tested with the longest of each); one that were would lose its
    /// checksum, and the other side would refuse it.
    pub(crate) fn put(&mut self, text: fmt::Arguments<'_>) {
        let _ = self.write_fmt(text);
    }

    /// Appends a letter for each flag that is set, and a dot for each that is not.
    pub(crate) fn flags<const N: usize>(&mut self, flags: [bool; N], letters: [u8; N]) {
        for (set, letter) in flags.into_iter().zip(letters) {
            let _ = self.write_char(if set { char::from(letter) } else { '.' });
        }
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(self.as_bytes()).unwrap_or_default())
    }
}

/// The line of a message.
pub fn encode<M: Message>(message: &M) -> Line {
    let mut line = Line { bytes: [0; MAX_LINE], length: 0 };
    message.write(&mut line);
    let sum = checksum(line.as_bytes());
    line.put(format_args!("*{sum:04X}\n"));
    line
}
