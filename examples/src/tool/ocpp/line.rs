//! One line of a log: what it is, and what is wrong with it.

use std::collections::HashMap;
use std::fmt;

use evkit_ocpp::json::{Json, Lexer, Reason, SyntaxError};
use evkit_ocpp::rpc::{ErrorCode, Frame, FrameError, FrameFault, Policy};
use evkit_ocpp::schema::{Leniency, Object, Path, Rule, Tolerance, Version, Violation, check_with};

use super::action::{Action, UNANSWERED, UNANSWERED_SCHEMA};
use super::version_name;

/// What is wrong with a line.
pub(super) struct Problem {
    pub(super) code: &'static str,
    pub(super) rule: &'static str,
    pub(super) path: Place,
    pub(super) message: String,
    /// Byte offset into the line.
    pub(super) offset: usize,
}

/// Where it is wrong: in the payload, or in what is around it.
pub(super) enum Place {
    Payload(Box<Path>),
    Around(&'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payload(path) => path.fmt(f),
            Self::Around(path) => f.write_str(path),
        }
    }
}

/// An object around a message or a frame.
#[derive(Default)]
struct Envelope<'a> {
    version: Option<&'a str>,
    action: Option<&'a str>,
    direction: Option<&'a str>,
    payload: Option<&'a str>,
    station: Option<&'a str>,
    from: Option<&'a str>,
    frame: Option<&'a str>,
}

/// Calls without answer so far, by station, calling side and message id. Of a log with calls that nobody answers it keeps
/// the newest ones, between one and two [`GENERATION`](Self::GENERATION)s.
#[derive(Default)]
struct Pending {
    young: HashMap<String, Action>,
    old: HashMap<String, Action>,
}

impl Pending {
    /// Far more than the calls all stations of a large site have under way at once: each has one in each direction.
    const GENERATION: usize = 1 << 16;

    fn insert(&mut self, key: String, action: Action) {
        if self.young.len() == Self::GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, action);
    }

    fn remove(&mut self, key: &str) -> Option<Action> {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }
}

/// Checks line after line and remembers the calls that wait for their answers.
pub(super) struct Checker {
    /// The version of lines that name none.
    default: Version,
    /// The version of the newest line.
    version: Version,
    lenient: Leniency,
    pending: Pending,
    key: String,
    /// What the newest line was forgiven.
    pub(super) forgiven: Leniency,
}

impl Checker {
    pub(super) fn new(version: Version, lenient: Leniency) -> Self {
        let (pending, key) = (Pending::default(), String::new());
        Self { default: version, version, lenient, pending, key, forgiven: Leniency::STRICT }
    }

    /// Forgets the calls, for the next file.
    pub(super) fn forget(&mut self) {
        self.pending = Pending::default();
    }

    pub(super) fn check(&mut self, line: &[u8]) -> Result<(), Problem> {
        self.forgiven = Leniency::STRICT;
        self.version = self.default;
        let text = match std::str::from_utf8(line) {
            Ok(text) => text,
            Err(e) => return Err(self.form("Json", "$", "not UTF-8".to_owned(), e.valid_up_to())),
        };
        if !text.trim_start().starts_with('{') {
            return self.frame(text, text, &Envelope::default());
        }
        let envelope = Envelope::read(text).map_err(|e| self.syntax(e))?;
        if let Some(name) = envelope.version {
            self.version = self.named(name, place_of(text, name))?;
        }
        match envelope.frame {
            Some(frame) => self.frame(text, frame, &envelope),
            None => self.message(text, &envelope),
        }
    }

    fn frame(&mut self, line: &str, text: &str, around: &Envelope<'_>) -> Result<(), Problem> {
        let frame =
            Frame::parse(text, self.version).map_err(|e| self.broken_frame(&e, place_of(line, text)))?;
        let caller = |answers| match (around.from, answers) {
            (Some("csms"), true) => "station",
            (Some("station"), true) => "csms",
            (from, _) => from.unwrap_or_default(),
        };
        match &frame {
            Frame::Call { id, action, payload } => {
                let known = self.action(action, "$[2]", place_of(line, action))?;
                self.remember(around.station, caller(false), id);
                self.pending.insert(self.key.clone(), known);
                self.payload(line, payload, known.request_schema())
            }
            Frame::Send { action: UNANSWERED, payload, .. } => self.payload(line, payload, UNANSWERED_SCHEMA),
            Frame::Send { action, .. } => {
                let mut problem = self.no_action(action, "$[2]", place_of(line, action));
                problem.message += " to send without answer";
                Err(problem)
            }
            Frame::Result { id, payload } => {
                self.remember(around.station, caller(true), id);
                let Some(action) = self.pending.remove(&self.key) else {
                    let message = "an answer, but no call with this message id before it".to_owned();
                    let code = ErrorCode::GenericError.as_str(self.version);
                    let path = Place::Around("$[1]");
                    return Err(Problem {
                        code,
                        rule: "Unmatched",
                        path,
                        message,
                        offset: place_of(line, text),
                    });
                };
                self.payload(line, payload, action.response_schema())
            }
            Frame::Error { id, of_result, .. } => {
                self.remember(around.station, caller(!of_result), id);
                self.pending.remove(&self.key);
                Ok(())
            }
        }
    }

    /// Puts the key of a call into `self.key`.
    fn remember(&mut self, station: Option<&str>, caller: &str, id: &evkit_ocpp::rpc::MessageId<'_>) {
        use fmt::Write as _;
        self.key.clear();
        // Writing to a string does not fail.
        let _ = write!(self.key, "{}\n{caller}\n{}", station.unwrap_or_default(), id.text());
    }

    fn message(&mut self, line: &str, envelope: &Envelope<'_>) -> Result<(), Problem> {
        let missing = |path, name: &str| self.form("Missing", path, format!("{name} is missing"), 0);
        let name = envelope.action.ok_or_else(|| missing("$.action", "action"))?;
        let direction = envelope.direction.ok_or_else(|| missing("$.direction", "direction"))?;
        let payload = envelope.payload.ok_or_else(|| missing("$.payload", "payload"))?;
        if (name, direction, self.version) == (UNANSWERED, "request", Version::V21) {
            return self.payload(line, payload, UNANSWERED_SCHEMA);
        }
        let action = self.action(name, "$.action", place_of(line, name))?;
        let schema = match direction {
            "request" => action.request_schema(),
            "response" => action.response_schema(),
            other => {
                let message = format!("{other:?} is neither \"request\" nor \"response\"");
                return Err(self.form("Choice", "$.direction", message, place_of(line, other)));
            }
        };
        self.payload(line, payload, schema)
    }

    fn named(&self, name: &str, offset: usize) -> Result<Version, Problem> {
        let all = [Version::V16, Version::V201, Version::V21];
        all.into_iter().find(|version| version_name(*version) == name).ok_or_else(|| {
            let message = format!("there is no version {name:?}, only \"1.6\", \"2.0.1\" and \"2.1\"");
            self.form("Version", "$.version", message, offset)
        })
    }

    fn action(&self, name: &str, path: &'static str, offset: usize) -> Result<Action, Problem> {
        Action::from_text(name, self.version).ok_or_else(|| self.no_action(name, path, offset))
    }

    #[cold]
    fn no_action(&self, name: &str, path: &'static str, offset: usize) -> Problem {
        Problem {
            code: ErrorCode::NotImplemented.as_str(self.version),
            rule: "Action",
            path: Place::Around(path),
            message: format!("OCPP {} has no action {name:?}", version_name(self.version)),
            offset,
        }
    }

    fn payload(&mut self, line: &str, payload: &str, schema: &'static Object) -> Result<(), Problem> {
        let mut tolerance = Tolerance::new(self.lenient);
        let result = check_with(payload, schema, self.version, &mut tolerance);
        self.forgiven = tolerance.forgiven();
        result.map_err(|violation| self.violation(&violation, place_of(line, payload)))
    }

    #[cold]
    fn violation(&self, violation: &Violation, start: usize) -> Problem {
        // The library prints path and byte offset around the message; both have fields of their own here.
        let text = violation.to_string();
        let path = violation.path().to_string();
        let message = text.strip_prefix(&path).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&text);
        let message = message.rsplit_once(" (byte ").map_or(message, |(message, _)| message);
        Problem {
            code: Policy::STANDARD.code(violation.rule()).as_str(self.version),
            rule: rule_name(violation.rule()),
            path: Place::Payload(Box::new(*violation.path())),
            message: message.to_owned(),
            offset: start + violation.offset() as usize,
        }
    }

    #[cold]
    fn broken_frame(&self, error: &FrameError<'_>, start: usize) -> Problem {
        let code = match error.fault {
            FrameFault::UnknownMessageType(_) => ErrorCode::MessageTypeNotSupported,
            _ if self.version == Version::V16 => ErrorCode::FormatViolation,
            _ => ErrorCode::RpcFrameworkError,
        };
        Problem {
            code: code.as_str(self.version),
            rule: if matches!(error.fault, FrameFault::Json(_)) { "Json" } else { "Frame" },
            path: Place::Around("$"),
            message: error.fault.to_string(),
            offset: start + error.offset as usize,
        }
    }

    fn syntax(&self, error: SyntaxError) -> Problem {
        self.form("Json", "$", error.reason.to_string(), error.offset as usize)
    }

    #[cold]
    fn form(&self, rule: &'static str, path: &'static str, message: String, offset: usize) -> Problem {
        let code = ErrorCode::FormatViolation.as_str(self.version);
        Problem { code, rule, path: Place::Around(path), message, offset }
    }
}

impl<'a> Envelope<'a> {
    /// Reads the members it knows; whatever else there is, is skipped.
    fn read(text: &'a str) -> Result<Self, SyntaxError> {
        let mut lexer = Lexer::new(text);
        Self::read_from(&mut lexer).map_err(|reason| lexer.error(reason))
    }

    fn read_from(lexer: &mut Lexer<'a>) -> Result<Self, Reason> {
        let mut envelope = Self::default();
        lexer.expect(b'{')?;
        let mut more = !lexer.take(b'}');
        while more {
            let name = lexer.key()?;
            let slot = match name.raw {
                "version" => &mut envelope.version,
                "action" => &mut envelope.action,
                "direction" => &mut envelope.direction,
                "station" => &mut envelope.station,
                "from" => &mut envelope.from,
                "payload" | "frame" => {
                    let value = lexer.skip()?;
                    let slot = if name.raw == "frame" { &mut envelope.frame } else { &mut envelope.payload };
                    *slot = Some(value);
                    more = lexer.more(b'}')?;
                    continue;
                }
                _ => &mut None,
            };
            if lexer.kind()? == Json::String {
                *slot = Some(lexer.string()?.raw);
            } else {
                lexer.skip()?;
            }
            more = lexer.more(b'}')?;
        }
        lexer.end()?;
        Ok(envelope)
    }
}

/// Where in `line` the text `part`, which was taken out of it, begins.
fn place_of(line: &str, part: &str) -> usize {
    (part.as_ptr() as usize).checked_sub(line.as_ptr() as usize).filter(|at| *at <= line.len()).unwrap_or(0)
}

const fn rule_name(rule: Rule) -> &'static str {
    match rule {
        Rule::Action => "Action",
        Rule::Json(Reason::Depth) => "Depth",
        Rule::Json(_) => "Json",
        Rule::NotAnObject => "NotAnObject",
        Rule::Unknown => "Unknown",
        Rule::Duplicate => "Duplicate",
        Rule::Missing => "Missing",
        Rule::Null => "Null",
        Rule::Type => "Type",
        Rule::Length => "Length",
        Rule::Choice => "Choice",
        Rule::Step => "Step",
        Rule::TooSmall => "TooSmall",
        Rule::TooLarge => "TooLarge",
        Rule::Size => "Size",
        Rule::TooFew => "TooFew",
        Rule::TooMany => "TooMany",
        Rule::DateTime => "DateTime",
        _ => "Other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_nobody_answers_do_not_pile_up() {
        let action = Action::from_text("Heartbeat", Version::V16).expect("an action");
        let mut pending = Pending::default();
        let calls = 3 * Pending::GENERATION;
        for call in 0..calls {
            pending.insert(call.to_string(), action);
        }
        assert!(pending.young.len() + pending.old.len() <= 2 * Pending::GENERATION);
        assert!(pending.remove("0").is_none());
        assert!(pending.remove(&(calls - Pending::GENERATION).to_string()).is_some());
    }
}
