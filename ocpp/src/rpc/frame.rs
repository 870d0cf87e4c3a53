//! Frames: the JSON arrays around the payloads.

use core::fmt;

use super::{ErrorCode, MessageId};
use crate::json::{Json, Lexer, Quoted, Reason, Writer};
use crate::message::{EncodeError, Message, WriteMembers};
use crate::num::Decimal;
use crate::schema::{Object, Output, Version};
use crate::text::{Storage, Str};

/// A received frame. Payloads are JSON, complete, and not looked into yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// CALL, type 2: a request that must be answered.
    Call {
        /// Ties the answer to it.
        id: MessageId<'a>,
        /// The name of the action as written. A name with escapes in it is none of this crate's actions.
        action: &'a str,
        /// The request.
        payload: &'a str,
    },
    /// CALLRESULT, type 3: the answer to a call.
    Result {
        /// That of the call.
        id: MessageId<'a>,
        /// The response.
        payload: &'a str,
    },
    /// CALLERROR, type 4: a call was refused. In 2.1 also CALLRESULTERROR, type 5: an answer was.
    Error {
        /// That of the call.
        id: MessageId<'a>,
        /// Whether it refuses an answer (type 5) and not a call (type 4).
        of_result: bool,
        /// Why; `GenericError` if the peer uses a code no version has.
        code: ErrorCode,
        /// The same in the peer's own words, of any length.
        description: Str<'a>,
        /// More about it, an object without schema.
        details: &'a str,
    },
    /// SEND, type 6, 2.1 only: a request that must not be answered.
    Send {
        /// Of no use but for logs.
        id: MessageId<'a>,
        /// The name of the action as written.
        action: &'a str,
        /// The request.
        payload: &'a str,
    },
}

/// Who has to mend a frame that cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit {
    /// The peer sent something that is no frame.
    Peer,
    /// The peer may be right: this is a type of message that the version here does not have.
    Version,
}

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameFault {
    /// It is not JSON.
    Json(Reason),
    /// It is not an array.
    NotAnArray,
    /// The first element is not a whole number.
    MessageType,
    /// The number is none of the version's message types.
    UnknownMessageType(i64),
    /// The id is not a string or has more than 36 characters.
    MessageId,
    /// The name of the action is not a string.
    Action,
    /// The error code or its description is not a string.
    Error,
    /// An element is missing.
    TooShort,
    /// There is an element too many.
    TooLong,
}

impl fmt::Display for FrameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json(reason) => return write!(f, "{reason}"),
            Self::UnknownMessageType(number) => return write!(f, "unknown message type {number}"),
            Self::NotAnArray => "not an array",
            Self::MessageType => "message type is not an integer",
            Self::MessageId => "message id is not a string of at most 36 characters",
            Self::Action => "action is not a string",
            Self::Error => "error code or description is not a string",
            Self::TooShort => "an element is missing",
            Self::TooLong => "an element too many",
        })
    }
}

/// A text is no frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("frame: {fault} at byte {offset}")]
pub struct FrameError<'a> {
    /// What is wrong.
    pub fault: FrameFault,
    /// Where, as byte offset into the frame.
    pub offset: u32,
    /// The type of the message, if it could be read.
    pub message_type: Option<i64>,
    /// The id of the message, if it could be read.
    pub id: Option<MessageId<'a>>,
}

impl<'a> FrameError<'a> {
    /// The same error, borrowing nothing of the frame.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn into_owned(self) -> FrameError<'static> {
        FrameError {
            fault: self.fault,
            offset: self.offset,
            message_type: self.message_type,
            id: self.id.map(MessageId::into_owned),
        }
    }

    /// Who has to mend it.
    #[must_use]
    pub const fn culprit(&self) -> Culprit {
        match self.fault {
            FrameFault::UnknownMessageType(_) => Culprit::Version,
            _ => Culprit::Peer,
        }
    }

    /// The CALLERROR that has to be sent, if any: its id and its code.
    ///
    /// Only a call is answered; an answer that cannot be understood is dropped. 2.x answers a call without a readable id
    /// with the id `-1`, 1.6 cannot. Message types a version does not have are ignored, except in 2.0.1, which answers
    /// `MessageTypeNotSupported` (OCPP 2.0.1 part 4 §4.2.3; errata and 2.1 §4.1.3 say to ignore them).
    #[must_use]
    pub fn answer(&self, version: Version) -> Option<(MessageId<'a>, ErrorCode)> {
        let is_call = matches!(self.message_type, None | Some(CALL));
        let code = match (self.fault, version) {
            (FrameFault::UnknownMessageType(_), Version::V201) => ErrorCode::MessageTypeNotSupported,
            (FrameFault::UnknownMessageType(_), _) => return None,
            _ if !is_call => return None,
            (_, Version::V16) => ErrorCode::FormatViolation,
            _ => ErrorCode::RpcFrameworkError,
        };
        match (self.id.clone(), version) {
            (Some(id), _) => Some((id, code)),
            (None, Version::V16) => None,
            (None, _) => Some((MessageId::new("-1").ok()?, code)),
        }
    }
}

const CALL: i64 = 2;
const RESULT: i64 = 3;
const ERROR: i64 = 4;
const RESULT_ERROR: i64 = 5;
const SEND: i64 = 6;

impl<'a> Frame<'a> {
    /// Reads a frame.
    ///
    /// # Errors
    /// If the text is not exactly one frame of `version`.
    pub fn parse(text: &'a str, version: Version) -> Result<Self, FrameError<'a>> {
        let mut reader = Reader { lexer: Lexer::new(text), message_type: None, id: None, culprit: 0 };
        reader.frame(version).map_err(|fault| FrameError {
            fault,
            offset: match fault {
                // Where reading has stopped.
                FrameFault::Json(_) => reader.lexer.offset(),
                _ => reader.culprit,
            },
            message_type: reader.message_type,
            id: reader.id,
        })
    }

    /// The message id.
    #[must_use]
    pub const fn id(&self) -> &MessageId<'a> {
        match self {
            Self::Call { id, .. }
            | Self::Result { id, .. }
            | Self::Error { id, .. }
            | Self::Send { id, .. } => id,
        }
    }
}

impl From<Reason> for FrameFault {
    fn from(reason: Reason) -> Self {
        Self::Json(reason)
    }
}

struct Reader<'a> {
    lexer: Lexer<'a>,
    message_type: Option<i64>,
    id: Option<MessageId<'a>>,
    /// Where the element is that is not as it should be, if it is JSON.
    culprit: u32,
}

impl<'a> Reader<'a> {
    fn wrong<T>(&mut self, fault: FrameFault, offset: u32) -> Result<T, FrameFault> {
        self.culprit = offset;
        Err(fault)
    }

    fn frame(&mut self, version: Version) -> Result<Frame<'a>, FrameFault> {
        if self.lexer.kind()? != Json::Array {
            return self.wrong(FrameFault::NotAnArray, self.lexer.offset());
        }
        self.lexer.expect(b'[')?;
        if self.lexer.take(b']') {
            return self.wrong(FrameFault::TooShort, self.lexer.offset() - 1);
        }
        let (message_type, type_offset) = self.message_type()?;
        let known = match message_type {
            CALL | RESULT | ERROR => true,
            RESULT_ERROR | SEND => version == Version::V21,
            _ => false,
        };
        let id = self.next().and_then(|()| self.id());
        if !known {
            return self.wrong(FrameFault::UnknownMessageType(message_type), type_offset);
        }
        let id = id?;
        let frame = match message_type {
            CALL | SEND => {
                let action = self.text(FrameFault::Action)?.raw;
                let payload = self.value()?;
                if message_type == CALL {
                    Frame::Call { id, action, payload }
                } else {
                    Frame::Send { id, action, payload }
                }
            }
            RESULT => Frame::Result { id, payload: self.value()? },
            _ => {
                let code = self.text(FrameFault::Error)?;
                let description = Str::received(Storage::received(self.text(FrameFault::Error)?));
                let code = ErrorCode::from_text(code.raw).unwrap_or(ErrorCode::GenericError);
                let details = self.value()?;
                Frame::Error { id, of_result: message_type == RESULT_ERROR, code, description, details }
            }
        };
        let offset = self.lexer.offset();
        if self.lexer.more(b']')? {
            return self.wrong(FrameFault::TooLong, offset);
        }
        self.lexer.end()?;
        Ok(frame)
    }

    fn message_type(&mut self) -> Result<(i64, u32), FrameFault> {
        let kind = self.lexer.kind()?;
        let offset = self.lexer.offset();
        let number = match kind {
            Json::Number => self.lexer.number()?,
            _ => return self.wrong(FrameFault::MessageType, offset),
        };
        self.message_type =
            Decimal::from_json(number.text).filter(|_| number.whole).and_then(|number| number.floor(0));
        match self.message_type {
            Some(message_type) => Ok((message_type, offset)),
            None => self.wrong(FrameFault::MessageType, offset),
        }
    }

    /// Takes the comma in front of the next element.
    fn next(&mut self) -> Result<(), FrameFault> {
        let offset = self.lexer.offset();
        if self.lexer.more(b']')? { Ok(()) } else { self.wrong(FrameFault::TooShort, offset) }
    }

    fn id(&mut self) -> Result<MessageId<'a>, FrameFault> {
        let kind = self.lexer.kind()?;
        let offset = self.lexer.offset();
        if kind != Json::String {
            return self.wrong(FrameFault::MessageId, offset);
        }
        self.id = MessageId::received(self.lexer.string()?);
        match &self.id {
            Some(id) => Ok(id.clone()),
            None => self.wrong(FrameFault::MessageId, offset),
        }
    }

    fn text(&mut self, fault: FrameFault) -> Result<Quoted<'a>, FrameFault> {
        self.next()?;
        if self.lexer.kind()? != Json::String {
            return self.wrong(fault, self.lexer.offset());
        }
        Ok(self.lexer.string()?)
    }

    fn value(&mut self) -> Result<&'a str, FrameFault> {
        self.next()?;
        Ok(self.lexer.skip()?)
    }
}

/// Writes a CALL; its payload is checked like any other.
///
/// # Errors
/// If the buffer is too small or a value breaks the schema.
pub fn write_call<'b, 'm, M: Message<'m>>(
    buffer: &'b mut [u8],
    version: Version,
    id: &MessageId<'_>,
    action: &str,
    request: &M,
) -> Result<&'b str, EncodeError> {
    write_members(buffer, version, id, Some(action), request, M::SCHEMA)
}

/// Writes a CALL or, without an action, a CALLRESULT.
pub(crate) fn write_members<'b>(
    buffer: &'b mut [u8],
    version: Version,
    id: &MessageId<'_>,
    action: Option<&str>,
    message: &dyn WriteMembers,
    schema: &'static Object,
) -> Result<&'b str, EncodeError> {
    write(buffer, version, if action.is_some() { CALL } else { RESULT }, id, action, message, schema)
}

/// Writes a CALLRESULT; its payload is checked like any other.
///
/// # Errors
/// If the buffer is too small or a value breaks the schema.
pub fn write_result<'b, 'm, M: Message<'m>>(
    buffer: &'b mut [u8],
    version: Version,
    id: &MessageId<'_>,
    response: &M,
) -> Result<&'b str, EncodeError> {
    write_members(buffer, version, id, None, response, M::SCHEMA)
}

/// Writes a SEND of 2.1, a message nobody answers; its payload is checked like any other.
///
/// # Errors
/// If the buffer is too small or a value breaks the schema.
pub fn write_send<'b, 'm, M: Message<'m>>(
    buffer: &'b mut [u8],
    id: &MessageId<'_>,
    action: &str,
    message: &M,
) -> Result<&'b str, EncodeError> {
    write(buffer, Version::V21, SEND, id, Some(action), message, M::SCHEMA)
}

fn write<'b>(
    buffer: &'b mut [u8],
    version: Version,
    message_type: i64,
    id: &MessageId<'_>,
    action: Option<&str>,
    message: &dyn WriteMembers,
    schema: &'static Object,
) -> Result<&'b str, EncodeError> {
    let mut out = Output::new(buffer, version);
    begin(out.json(), message_type, id);
    if let Some(action) = action {
        out.json().string(action);
    }
    out.begin_payload();
    out.members(message, schema);
    out.json().end_array();
    out.finish(schema)
}

/// Writes a CALLERROR without details.
///
/// # Errors
/// If the buffer is too small.
pub fn write_error<'b>(
    buffer: &'b mut [u8],
    version: Version,
    id: &MessageId<'_>,
    code: ErrorCode,
    description: &Str<'_, 255>,
) -> Result<&'b str, EncodeError> {
    refusal(buffer, ERROR, id, code.as_str(version), description)
}

/// Writes a CALLRESULTERROR of 2.1 without details: it refuses an answer, which older versions only drop (2.1 part 4,
/// FR.06).
///
/// # Errors
/// If the buffer is too small.
pub fn write_result_error<'b>(
    buffer: &'b mut [u8],
    id: &MessageId<'_>,
    code: ErrorCode,
    description: &Str<'_, 255>,
) -> Result<&'b str, EncodeError> {
    refusal(buffer, RESULT_ERROR, id, code.as_str(Version::V21), description)
}

fn refusal<'b>(
    buffer: &'b mut [u8],
    message_type: i64,
    id: &MessageId<'_>,
    code: &str,
    description: &Str<'_, 255>,
) -> Result<&'b str, EncodeError> {
    let mut w = Writer::new(buffer);
    begin(&mut w, message_type, id);
    w.string(code);
    description.write(&mut w);
    w.begin_object();
    w.end_object();
    w.end_array();
    finish(w)
}

fn begin(w: &mut Writer<'_>, message_type: i64, id: &MessageId<'_>) {
    w.begin_array();
    w.integer(message_type);
    id.write(w);
}

fn finish(w: Writer<'_>) -> Result<&str, EncodeError> {
    w.finish().map_err(|needed| EncodeError::BufferTooSmall { needed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    fn parse(text: &str) -> Frame<'_> {
        Frame::parse(text, Version::V16).unwrap()
    }

    fn id(text: &str) -> MessageId<'_> {
        MessageId::new(text).unwrap()
    }

    #[test]
    fn the_three_types_of_1_6() {
        assert_eq!(
            parse(r#" [2, "19223201" ,"Heartbeat", { } ] "#),
            Frame::Call { id: id("19223201"), action: "Heartbeat", payload: "{ }" }
        );
        assert_eq!(
            parse(r#"[3,"19223201",{"a":[1]}]"#),
            Frame::Result { id: id("19223201"), payload: r#"{"a":[1]}"# }
        );
        assert_eq!(
            parse(r#"[4,"162376037","NotSupported","SetDisplay \"x\"",{}]"#),
            Frame::Error {
                id: id("162376037"),
                of_result: false,
                code: ErrorCode::NotSupported,
                description: Str::new("SetDisplay \"x\"").unwrap(),
                details: "{}"
            }
        );
    }

    #[test]
    fn types_5_and_6_are_of_2_1_only() {
        let send = r#"[6,"1","NotifyPeriodicEventStream",{}]"#;
        let error = r#"[5,"1","FormatViolation","",{}]"#;
        assert!(
            matches!(Frame::parse(send, Version::V21), Ok(Frame::Send { action, .. }) if action.starts_with("Notify"))
        );
        assert!(matches!(Frame::parse(error, Version::V21), Ok(Frame::Error { of_result: true, .. })));
        for version in [Version::V16, Version::V201] {
            for (text, number) in [(send, 6), (error, 5)] {
                assert_eq!(
                    Frame::parse(text, version).unwrap_err().fault,
                    FrameFault::UnknownMessageType(number)
                );
            }
        }
    }

    /// 1.6 and 2.1 ignore message types they do not have, 2.0.1 answers them.
    #[test]
    fn unknown_message_types() {
        let text = r#"[7,"abc",{"x":1}]"#;
        for (version, answer) in [
            (Version::V16, None),
            (Version::V201, Some((id("abc"), ErrorCode::MessageTypeNotSupported))),
            (Version::V21, None),
        ] {
            let error = Frame::parse(text, version).unwrap_err();
            assert_eq!(error.culprit(), Culprit::Version);
            assert_eq!(error.answer(version), answer);
        }
        // A type without readable id is answered with the id that stands for it.
        let error = Frame::parse("[7]", Version::V201).unwrap_err();
        assert_eq!(error.answer(Version::V201), Some((id("-1"), ErrorCode::MessageTypeNotSupported)));
    }

    /// Fault, offset and whether the id could be read.
    #[test]
    fn what_is_wrong_and_where() {
        let long = format!(r#"[2,"{}","Heartbeat",{{}}]"#, "x".repeat(37));
        for (text, fault, offset, id) in [
            ("", FrameFault::Json(Reason::End), 0, None),
            ("{}", FrameFault::NotAnArray, 0, None),
            ("[]", FrameFault::TooShort, 1, None),
            ("[2]", FrameFault::TooShort, 2, None),
            ("[2.0,\"1\"]", FrameFault::MessageType, 1, None),
            ("[\"2\",\"1\"]", FrameFault::MessageType, 1, None),
            ("[99999999999999999999,\"1\"]", FrameFault::MessageType, 1, None),
            ("[2,1,\"Heartbeat\",{}]", FrameFault::MessageId, 3, None),
            (long.as_str(), FrameFault::MessageId, 3, None),
            ("[2,\"1\"]", FrameFault::TooShort, 6, Some("1")),
            ("[2,\"1\",null,{}]", FrameFault::Action, 7, Some("1")),
            ("[2,\"1\",\"Heartbeat\"]", FrameFault::TooShort, 18, Some("1")),
            ("[2,\"1\",\"Heartbeat\",{}", FrameFault::Json(Reason::End), 21, Some("1")),
            ("[2,\"1\",\"Heartbeat\",{]", FrameFault::Json(Reason::Unexpected), 20, Some("1")),
            ("[2,\"1\",\"Heartbeat\",{},{}]", FrameFault::TooLong, 21, Some("1")),
            ("[2,\"1\",\"Heartbeat\",{}]]", FrameFault::Json(Reason::Trailing), 22, Some("1")),
            ("[3,\"1\"]", FrameFault::TooShort, 6, Some("1")),
            ("[4,\"1\",1,\"\",{}]", FrameFault::Error, 7, Some("1")),
            ("[4,\"1\",\"GenericError\",\"\"]", FrameFault::TooShort, 24, Some("1")),
        ] {
            let error = Frame::parse(text, Version::V16).unwrap_err();
            assert_eq!((error.fault, error.offset), (fault, offset), "{text}");
            assert_eq!(error.id.map(|id| id.to_string()).as_deref(), id, "{text}");
            assert!(!error.fault.to_string().is_empty());
        }
    }

    #[test]
    fn what_is_answered() {
        use ErrorCode::*;
        for (text, v16, v2) in [
            // A call with an id is answered.
            ("[2,\"1\",\"Heartbeat\",{},{}]", Some(("1", FormatViolation)), Some(("1", RpcFrameworkError))),
            // Without one, 2.x answers -1.
            ("[2,1,\"Heartbeat\",{}]", None, Some(("-1", RpcFrameworkError))),
            ("no JSON", None, Some(("-1", RpcFrameworkError))),
            // Answers are never answered.
            ("[3,\"1\"]", None, None),
            ("[4,\"1\",1,\"\",{}]", None, None),
        ] {
            for (version, expected) in [(Version::V16, v16), (Version::V201, v2), (Version::V21, v2)] {
                let error = Frame::parse(text, version).unwrap_err();
                let expected = expected.map(|(text, code)| (id(text), code));
                assert_eq!(error.answer(version), expected, "{text}");
            }
        }
    }

    #[test]
    fn ids_have_at_most_36_characters() {
        let widest = "\u{1f50c}".repeat(36);
        let text = format!(r#"[3,"{widest}",{{}}]"#);
        assert_eq!(parse(&text).id(), &id(&widest));
        let escaped = format!(r#"[3,"{}",{{}}]"#, "\\u0041".repeat(36));
        assert_eq!(parse(&escaped).id(), &id(&"A".repeat(36)));
        let text = format!(r#"[3,"{widest}x",{{}}]"#);
        assert_eq!(Frame::parse(&text, Version::V16).unwrap_err().fault, FrameFault::MessageId);
    }

    /// Codes are read in either spelling; one that no version has is a generic error.
    #[test]
    fn error_codes_of_any_spelling() {
        for (text, code) in [
            ("FormationViolation", ErrorCode::FormatViolation),
            ("FormatViolation", ErrorCode::FormatViolation),
            ("OccurenceConstraintViolation", ErrorCode::OccurrenceConstraintViolation),
            ("OccurrenceConstraintViolation", ErrorCode::OccurrenceConstraintViolation),
            ("SomethingElse", ErrorCode::GenericError),
        ] {
            let text = format!(r#"[4,"1","{text}","",{{}}]"#);
            assert!(matches!(parse(&text), Frame::Error { code: found, .. } if found == code), "{text}");
        }
    }

    #[test]
    fn hostile_nesting_is_refused() {
        let text = format!(r#"[2,"1","DataTransfer",{}"#, "[".repeat(100_000));
        assert_eq!(Frame::parse(&text, Version::V16).unwrap_err().fault, FrameFault::Json(Reason::Depth));
    }

    #[test]
    fn frames_of_2_1_are_read_back() {
        use crate::v2::ClearCacheRequest;
        let mut buffer = [0; 200];
        let text = write_send(&mut buffer, &id("8"), "ClearCache", &ClearCacheRequest { custom_data: None });
        assert_eq!(text, Ok(r#"[6,"8","ClearCache",{}]"#));
        let description = Str::new("no status").unwrap();
        let code = ErrorCode::OccurrenceConstraintViolation;
        let text = write_result_error(&mut buffer, &id("9"), code, &description).unwrap();
        assert_eq!(text, r#"[5,"9","OccurrenceConstraintViolation","no status",{}]"#);
        let frame = Frame::parse(text, Version::V21).unwrap();
        assert!(matches!(frame, Frame::Error { of_result: true, code: found, .. } if found == code));
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn errors_outlive_their_frame() {
        let text = format!(r#"[2,"{}","Heartbeat"]"#, "x".repeat(3));
        let error = Frame::parse(&text, Version::V16).unwrap_err().into_owned();
        drop(text);
        assert_eq!((error.fault, error.id), (FrameFault::TooShort, Some(id("xxx"))));
    }

    #[test]
    fn written_frames_are_read_back() {
        use crate::v16::{AuthorizeRequest, HeartbeatResponse};
        let mut buffer = [0; 200];
        let request = AuthorizeRequest { id_tag: crate::text::CiStr::new("a\"b").unwrap() };
        let text = write_call(&mut buffer, Version::V16, &id("7"), "Authorize", &request).unwrap();
        assert_eq!(text, r#"[2,"7","Authorize",{"idTag":"a\"b"}]"#);
        assert_eq!(parse(text).id(), &id("7"));
        let response =
            HeartbeatResponse { current_time: crate::time::parse_utc("2026-11-21T10:00:00Z").unwrap() };
        let text = write_result(&mut buffer, Version::V16, &id("7"), &response).unwrap();
        assert_eq!(text, r#"[3,"7",{"currentTime":"2026-11-21T10:00:00Z"}]"#);
        let description = Str::new("no such key").unwrap();
        let text = write_error(&mut buffer, Version::V16, &id("7"), ErrorCode::FormatViolation, &description)
            .unwrap();
        assert_eq!(text, r#"[4,"7","FormationViolation","no such key",{}]"#);
        assert_eq!(
            write_result(&mut [0; 20], Version::V16, &id("7"), &response),
            Err(EncodeError::BufferTooSmall { needed: 46 })
        );
    }
}
