//! `ocpp.jsonl` and the check of every frame on every wire.
//!
//! This looks at the text that really crosses the socket, from outside: it does not ask either session.

use std::collections::HashMap;
use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use evkit_ocpp::rpc::Frame;
use evkit_ocpp::schema::Version;
use evkit_ocpp::v16::{self, Action};
use serde::Serialize;
use serde_json::value::RawValue;

use super::record::FrameCount;

/// Who sent a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The charge point.
    Station,
    /// The central system.
    Csms,
}

/// What a frame turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    /// A valid request or answer.
    Valid,
    /// A valid CALLERROR: code and what was refused.
    Refusal {
        /// Its code.
        code: &'static str,
        /// The action it refuses, if the call was seen.
        action: Option<String>,
    },
    /// Something that must not be on the wire, in words.
    Invalid(String),
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    station: &'a str,
    from: Side,
    frame: &'a RawValue,
}

/// Logs and checks frames.
pub struct Wire<W> {
    out: W,
    /// Calls without an answer: station, who called, message id.
    open: HashMap<(String, Side, String), String>,
    count: FrameCount,
}

impl<W: Write> Wire<W> {
    /// Writes the log to `out`.
    pub fn new(out: W) -> Self {
        Self { out, open: HashMap::new(), count: FrameCount::default() }
    }

    /// Takes a frame that was sent.
    ///
    /// # Errors
    /// The log cannot be written.
    pub fn frame(
        &mut self,
        at: DateTime<Utc>,
        station: &str,
        from: Side,
        text: &str,
    ) -> std::io::Result<Seen> {
        let escaped;
        let frame = match serde_json::from_str::<&RawValue>(text) {
            Ok(frame) => frame,
            Err(_) => {
                // Not JSON: logged as a string, so that the log stays JSON.
                escaped = serde_json::value::to_raw_value(text)?;
                &*escaped
            }
        };
        let line = Line { time: at.to_rfc3339_opts(SecondsFormat::Millis, true), station, from, frame };
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")?;
        match from {
            Side::Station => self.count.from_stations += 1,
            Side::Csms => self.count.from_back_end += 1,
        }
        let seen = self.check(station, from, text);
        if matches!(seen, Seen::Invalid(_)) {
            self.count.invalid += 1;
        }
        Ok(seen)
    }

    /// Frames so far.
    pub fn count(&self) -> FrameCount {
        self.count
    }

    /// Writes out what is buffered.
    ///
    /// # Errors
    /// The log cannot be written.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }

    fn check(&mut self, station: &str, from: Side, text: &str) -> Seen {
        let frame = match Frame::parse(text, Version::V16) {
            Ok(frame) => frame,
            Err(error) => return Seen::Invalid(error.to_string()),
        };
        let other = if from == Side::Station { Side::Csms } else { Side::Station };
        match frame {
            Frame::Call { id, action, payload } => {
                self.open.insert((station.to_owned(), from, id.to_string()), action.to_owned());
                match Action::from_text(action) {
                    Some(known) => verdict(action, v16::check_request(known, payload)),
                    None => Seen::Invalid(format!("{action} is no action of OCPP 1.6")),
                }
            }
            Frame::Result { id, payload } => {
                let Some(action) = self.open.remove(&(station.to_owned(), other, id.to_string())) else {
                    return Seen::Invalid(format!("an answer to {id}, which nobody asked"));
                };
                match Action::from_text(&action) {
                    Some(known) => verdict(&action, v16::check_response(known, payload)),
                    None => Seen::Invalid(format!("an answer to the unknown action {action}")),
                }
            }
            Frame::Error { id, code, .. } => {
                let action = self.open.remove(&(station.to_owned(), other, id.to_string()));
                Seen::Refusal { code: code.as_str(Version::V16), action }
            }
            Frame::Send { .. } => Seen::Invalid("OCPP 1.6 has no SEND".to_owned()),
        }
    }
}

fn verdict(action: &str, result: Result<(), evkit_ocpp::schema::Violation>) -> Seen {
    match result {
        Ok(()) => Seen::Valid,
        Err(violation) => Seen::Invalid(format!("{action}: {violation}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(wire: &mut Wire<Vec<u8>>, from: Side, text: &str) -> Seen {
        wire.frame(DateTime::UNIX_EPOCH, "S1", from, text).unwrap()
    }

    #[test]
    fn an_answer_is_checked_by_the_action_it_answers() {
        let mut wire = Wire::new(Vec::new());
        assert_eq!(see(&mut wire, Side::Station, r#"[2,"1","Heartbeat",{}]"#), Seen::Valid);
        let answer = r#"[3,"1",{"currentTime":"2026-03-02T06:30:00Z"}]"#;
        assert_eq!(see(&mut wire, Side::Csms, answer), Seen::Valid);
        assert!(matches!(see(&mut wire, Side::Csms, answer), Seen::Invalid(_)), "answered twice");
        assert_eq!(see(&mut wire, Side::Station, r#"[2,"2","Heartbeat",{}]"#), Seen::Valid);
        assert!(matches!(see(&mut wire, Side::Csms, r#"[3,"2",{"currentTime":"today"}]"#), Seen::Invalid(_)));
        assert_eq!(wire.count().invalid, 2);
    }

    #[test]
    fn a_refusal_names_what_it_refuses() {
        let mut wire = Wire::new(Vec::new());
        let call = r#"[2,"9","GetDiagnostics",{"location":"ftp://localhost/"}]"#;
        assert_eq!(see(&mut wire, Side::Csms, call), Seen::Valid);
        let seen = see(&mut wire, Side::Station, r#"[4,"9","NotSupported","",{}]"#);
        assert_eq!(seen, Seen::Refusal { code: "NotSupported", action: Some("GetDiagnostics".into()) });
    }

    #[test]
    fn the_log_stays_json_whatever_is_sent() {
        let mut wire = Wire::new(Vec::new());
        assert!(matches!(see(&mut wire, Side::Csms, "garbage \" \u{1}"), Seen::Invalid(_)));
        let line: serde_json::Value = serde_json::from_slice(&wire.out).unwrap();
        assert_eq!(line["frame"], "garbage \" \u{1}");
        assert_eq!(line["from"], "csms");
        assert_eq!(line["time"], "1970-01-01T00:00:00.000Z");
    }
}
