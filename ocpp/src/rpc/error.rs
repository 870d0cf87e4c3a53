//! Error codes of CALLERROR, and which one answers which broken rule.

use core::fmt;

use crate::schema::{Rule, Version};

/// Why a call was refused (OCPP-J 1.6 §4.2.3, OCPP 2.0.1 part 4 §4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    /// The action is not known.
    NotImplemented,
    /// The action is known but not supported.
    NotSupported,
    /// The receiver failed.
    InternalError,
    /// The payload is not complete.
    ProtocolError,
    /// A security problem, also for a call that came before its time in 2.x.
    SecurityError,
    /// The payload is malformed: `FormationViolation` in 1.6, `FormatViolation` in 2.x.
    FormatViolation,
    /// A value is not allowed.
    PropertyConstraintViolation,
    /// A member is missing or there are too few or too many: `OccurenceConstraintViolation` in 1.6,
    /// `OccurrenceConstraintViolation` in 2.x (sources differ whether 2.0.1 or 2.1 corrected it).
    OccurrenceConstraintViolation,
    /// A value has the wrong type.
    TypeConstraintViolation,
    /// Anything else.
    GenericError,
    /// The message type is not known; 2.x only.
    MessageTypeNotSupported,
    /// The frame is not a valid call, for instance its id cannot be read; 2.x only.
    RpcFrameworkError,
}

impl ErrorCode {
    /// All codes.
    pub const ALL: [Self; 12] = [
        Self::NotImplemented,
        Self::NotSupported,
        Self::InternalError,
        Self::ProtocolError,
        Self::SecurityError,
        Self::FormatViolation,
        Self::PropertyConstraintViolation,
        Self::OccurrenceConstraintViolation,
        Self::TypeConstraintViolation,
        Self::GenericError,
        Self::MessageTypeNotSupported,
        Self::RpcFrameworkError,
    ];

    /// The code as `version` spells it. What a version does not have reads `GenericError` there.
    #[must_use]
    pub const fn as_str(self, version: Version) -> &'static str {
        match (self, version) {
            (Self::NotImplemented, _) => "NotImplemented",
            (Self::NotSupported, _) => "NotSupported",
            (Self::InternalError, _) => "InternalError",
            (Self::ProtocolError, _) => "ProtocolError",
            (Self::SecurityError, _) => "SecurityError",
            (Self::FormatViolation, Version::V16) => "FormationViolation",
            (Self::FormatViolation, _) => "FormatViolation",
            (Self::PropertyConstraintViolation, _) => "PropertyConstraintViolation",
            (Self::OccurrenceConstraintViolation, Version::V16) => "OccurenceConstraintViolation",
            (Self::OccurrenceConstraintViolation, _) => "OccurrenceConstraintViolation",
            (Self::TypeConstraintViolation, _) => "TypeConstraintViolation",
            (Self::GenericError, _) => "GenericError",
            (Self::MessageTypeNotSupported | Self::RpcFrameworkError, Version::V16) => "GenericError",
            (Self::MessageTypeNotSupported, _) => "MessageTypeNotSupported",
            (Self::RpcFrameworkError, _) => "RpcFrameworkError",
        }
    }

    /// Reads a code in any version's spelling.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|code| [Version::V16, Version::V201].iter().any(|version| code.as_str(*version) == text))
    }
}

/// In the spelling of 2.x.
impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str(Version::V21))
    }
}

/// Which code answers which broken rule. Implementations disagree, so a session may be given another one than the
/// default of its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The payload is not JSON or not an object, or has a member it must not have, or one twice.
    pub form: ErrorCode,
    /// A required member is missing, or an array has too few or too many items.
    pub occurrence: ErrorCode,
    /// A value of another JSON type, `null` included.
    pub kind: ErrorCode,
    /// A value out of bounds: length, enumeration, range, multiple, time stamp.
    pub value: ErrorCode,
}

impl Policy {
    /// After the definitions in OCPP-J. The codes are those of all versions; their spelling differs.
    pub const STANDARD: Self = Self {
        form: ErrorCode::FormatViolation,
        occurrence: ErrorCode::OccurrenceConstraintViolation,
        kind: ErrorCode::TypeConstraintViolation,
        value: ErrorCode::PropertyConstraintViolation,
    };

    /// The code that answers `rule`.
    #[must_use]
    pub const fn code(self, rule: Rule) -> ErrorCode {
        match rule {
            Rule::Action => ErrorCode::NotImplemented,
            Rule::Json(_) | Rule::NotAnObject | Rule::Unknown | Rule::Duplicate => self.form,
            Rule::Missing | Rule::TooFew | Rule::TooMany => self.occurrence,
            Rule::Null | Rule::Type => self.kind,
            Rule::Length
            | Rule::Choice
            | Rule::Step
            | Rule::TooSmall
            | Rule::TooLarge
            | Rule::Size
            | Rule::DateTime => self.value,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::STANDARD
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Reason;

    #[test]
    fn spelling_by_version() {
        for (code, v16, v2) in [
            (ErrorCode::FormatViolation, "FormationViolation", "FormatViolation"),
            (
                ErrorCode::OccurrenceConstraintViolation,
                "OccurenceConstraintViolation",
                "OccurrenceConstraintViolation",
            ),
            (ErrorCode::MessageTypeNotSupported, "GenericError", "MessageTypeNotSupported"),
            (ErrorCode::RpcFrameworkError, "GenericError", "RpcFrameworkError"),
            (ErrorCode::NotImplemented, "NotImplemented", "NotImplemented"),
        ] {
            assert_eq!(code.as_str(Version::V16), v16);
            assert_eq!(code.as_str(Version::V201), v2);
            assert_eq!(code.as_str(Version::V21), v2);
        }
    }

    #[test]
    fn both_spellings_are_read() {
        for code in ErrorCode::ALL {
            for version in [Version::V16, Version::V201, Version::V21] {
                let text = code.as_str(version);
                let expected = if text == "GenericError" { ErrorCode::GenericError } else { code };
                assert_eq!(ErrorCode::from_text(text), Some(expected), "{text}");
            }
        }
        assert_eq!(ErrorCode::from_text("formationviolation"), None);
    }

    #[test]
    fn every_rule_has_its_code() {
        use ErrorCode::*;
        for (rule, code) in [
            (Rule::Action, NotImplemented),
            (Rule::Json(Reason::End), FormatViolation),
            (Rule::NotAnObject, FormatViolation),
            (Rule::Unknown, FormatViolation),
            (Rule::Duplicate, FormatViolation),
            (Rule::Missing, OccurrenceConstraintViolation),
            (Rule::TooFew, OccurrenceConstraintViolation),
            (Rule::TooMany, OccurrenceConstraintViolation),
            (Rule::Null, TypeConstraintViolation),
            (Rule::Type, TypeConstraintViolation),
            (Rule::Length, PropertyConstraintViolation),
            (Rule::Choice, PropertyConstraintViolation),
            (Rule::Step, PropertyConstraintViolation),
            (Rule::TooSmall, PropertyConstraintViolation),
            (Rule::TooLarge, PropertyConstraintViolation),
            (Rule::Size, PropertyConstraintViolation),
            (Rule::DateTime, PropertyConstraintViolation),
        ] {
            assert_eq!(Policy::STANDARD.code(rule), code, "{rule:?}");
        }
    }
}
