//! Frames: the JSON arrays around the payloads.

use core::fmt;

use super::{ErrorCode, MessageId};
use crate::json::{Json, Lexer, Number, Quoted, Reason, SyntaxError, Writer};
use crate::message::{EncodeError, Message};
use crate::schema::{self, Version};
use crate::text::Str;

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
        let mut reader = Reader { lexer: Lexer::new(text), message_type: None, id: None };
        reader.frame(version).map_err(|(fault, offset)| FrameError {
            fault,
            offset,
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

type Fault = (FrameFault, u32);

struct Reader<'a> {
    lexer: Lexer<'a>,
    message_type: Option<i64>,
    id: Option<MessageId<'a>>,
}

fn syntax(error: SyntaxError) -> Fault {
    (FrameFault::Json(error.reason), error.offset)
}

impl<'a> Reader<'a> {
    fn frame(&mut self, version: Version) -> Result<Frame<'a>, Fault> {
        if self.lexer.kind().map_err(syntax)? != Json::Array {
            return Err((FrameFault::NotAnArray, self.lexer.offset()));
        }
        self.lexer.expect(b'[').map_err(syntax)?;
        if self.lexer.take(b']') {
            return Err((FrameFault::TooShort, self.lexer.offset() - 1));
        }
        let (message_type, type_offset) = self.message_type()?;
        let known = match message_type {
            CALL | RESULT | ERROR => true,
            RESULT_ERROR | SEND => version == Version::V21,
            _ => false,
        };
        let id = self.next().and_then(|()| self.id());
        if !known {
            return Err((FrameFault::UnknownMessageType(message_type), type_offset));
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
                let description = Str::received(self.text(FrameFault::Error)?);
                let code = ErrorCode::from_text(code.raw).unwrap_or(ErrorCode::GenericError);
                let details = self.value()?;
                Frame::Error { id, of_result: message_type == RESULT_ERROR, code, description, details }
            }
        };
        let offset = self.lexer.offset();
        if self.lexer.more(b']').map_err(syntax)? {
            return Err((FrameFault::TooLong, offset));
        }
        self.lexer.end().map_err(syntax)?;
        Ok(frame)
    }

    fn message_type(&mut self) -> Result<(i64, u32), Fault> {
        let kind = self.lexer.kind().map_err(syntax)?;
        let offset = self.lexer.offset();
        let number = match kind {
            Json::Number => self.lexer.number().map_err(syntax)?,
            _ => return Err((FrameFault::MessageType, offset)),
        };
        let whole = |number: Number<'_>| number.text.parse().ok().filter(|_| number.whole);
        let message_type = whole(number).ok_or((FrameFault::MessageType, offset))?;
        self.message_type = Some(message_type);
        Ok((message_type, offset))
    }

    /// Takes the comma in front of the next element.
    fn next(&mut self) -> Result<(), Fault> {
        let offset = self.lexer.offset();
        if self.lexer.more(b']').map_err(syntax)? { Ok(()) } else { Err((FrameFault::TooShort, offset)) }
    }

    fn id(&mut self) -> Result<MessageId<'a>, Fault> {
        let kind = self.lexer.kind().map_err(syntax)?;
        let offset = self.lexer.offset();
        if kind != Json::String {
            return Err((FrameFault::MessageId, offset));
        }
        let quoted = self.lexer.string().map_err(syntax)?;
        self.id = MessageId::received(quoted);
        self.id.clone().ok_or((FrameFault::MessageId, offset))
    }

    fn text(&mut self, fault: FrameFault) -> Result<Quoted<'a>, Fault> {
        self.next()?;
        let kind = self.lexer.kind().map_err(syntax)?;
        if kind != Json::String {
            return Err((fault, self.lexer.offset()));
        }
        self.lexer.string().map_err(syntax)
    }

    fn value(&mut self) -> Result<&'a str, Fault> {
        self.next()?;
        self.lexer.skip().map_err(syntax)
    }
}

/// Writes a CALL; its payload is checked like any other.
///
/// # Errors
/// If the buffer is too small or a value breaks the schema.
pub fn write_call<'b, 'm>(
    buffer: &'b mut [u8],
    version: Version,
    id: &MessageId<'_>,
    action: &str,
    request: &impl Message<'m>,
) -> Result<&'b str, EncodeError> {
    write(buffer, version, CALL, id, Some(action), request)
}

/// Writes a CALLRESULT; its payload is checked like any other.
///
/// # Errors
/// If the buffer is too small or a value breaks the schema.
pub fn write_result<'b, 'm>(
    buffer: &'b mut [u8],
    version: Version,
    id: &MessageId<'_>,
    response: &impl Message<'m>,
) -> Result<&'b str, EncodeError> {
    write(buffer, version, RESULT, id, None, response)
}

fn write<'b, 'm, M: Message<'m>>(
    buffer: &'b mut [u8],
    version: Version,
    message_type: i64,
    id: &MessageId<'_>,
    action: Option<&str>,
    message: &M,
) -> Result<&'b str, EncodeError> {
    let mut w = Writer::new(buffer);
    begin(&mut w, message_type, id);
    if let Some(action) = action {
        w.string(action);
    }
    let payload = w.len() + 1;
    message.write(&mut w);
    w.end_array();
    let frame = finish(w)?;
    let payload = frame.get(payload..frame.len() - 1).unwrap_or_default();
    schema::check(payload, M::SCHEMA, version)?;
    Ok(frame)
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
    let mut w = Writer::new(buffer);
    begin(&mut w, ERROR, id);
    w.string(code.as_str(version));
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
