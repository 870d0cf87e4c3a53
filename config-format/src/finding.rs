//! Findings: what is wrong in a file, where, and what would be right.
//!
//! A finding reads like a compiler's message: `12:21: error: ...`. The name of the file is the caller's to
//! put in front. Which check is an error, a warning or a note is data: [`Check::severity`].

use alloc::string::String;
use core::fmt;

use crate::document::Entry;
use crate::text::Span;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Probably not what is meant.
    Warning,
    /// The station will refuse, ignore or misread it.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// The checks. Their names are stable and used by tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Check {
    /// The file is UTF-16.
    Utf16,
    /// The file is an archive. The inner form of EVlink exports is not documented, so one may turn up.
    Archive,
    /// Bytes that are not UTF-8 and were read as Latin-1.
    Latin1,
    /// A control character or NUL.
    ControlCharacter,
    /// A line that is neither section, comment nor assignment.
    StrayLine,
    /// An assignment before the first section.
    NoSection,
    /// A section heading that stands twice.
    DuplicateSection,
    /// A key that stands twice in one section.
    DuplicateKey,
    /// A key the profile does not have.
    UnknownKey,
    /// A key recognised by another spelling.
    Spelling,
    /// A known key in another section than its own.
    WrongSection,
    /// A value that is none of the key's values.
    BadValue,
    /// A key that must be there and is not.
    MissingKey,
    /// A numbered key for a station or connector there is none of.
    Orphan,
    /// A limit above the one that binds it.
    LimitAboveLimit,
    /// A current below 6 A.
    BelowMinimum,
    /// A current below the floor under which the station lets nobody charge.
    BelowFloor,
    /// A current without master that is above the connector's own limit, or all of them above the common one.
    DisconnectedLimit,
    /// A DHCP server beside another.
    DhcpServer,
    /// An address outside its network, in one the station uses itself, or that another station has.
    Address,
    /// An address of the back end that does not fit the OCPP version or the security profile.
    UrlScheme,
    /// A name that cannot be used, or that another station has.
    Name,
    /// A password nobody has chosen.
    DefaultPassword,
    /// A token for charging without card that nobody has chosen.
    DefaultToken,
    /// A quotation mark without its partner.
    OpenQuote,
    /// A record with more or fewer fields than the heading.
    FieldCount,
    /// A Bender parameter file without its second line.
    NoSoftwareId,
}

/// Name and severity of every check.
const CHECKS: [(Check, &str, Severity); 27] = [
    (Check::Utf16, "utf-16", Severity::Error),
    (Check::Archive, "archive", Severity::Error),
    (Check::Latin1, "latin-1", Severity::Warning),
    (Check::ControlCharacter, "control-character", Severity::Warning),
    (Check::StrayLine, "stray-line", Severity::Error),
    (Check::NoSection, "no-section", Severity::Warning),
    (Check::DuplicateSection, "duplicate-section", Severity::Warning),
    (Check::DuplicateKey, "duplicate-key", Severity::Error),
    (Check::UnknownKey, "unknown-key", Severity::Warning),
    (Check::Spelling, "spelling", Severity::Warning),
    (Check::WrongSection, "wrong-section", Severity::Warning),
    (Check::BadValue, "bad-value", Severity::Error),
    (Check::MissingKey, "missing-key", Severity::Error),
    (Check::Orphan, "orphan", Severity::Warning),
    (Check::LimitAboveLimit, "limit-above-limit", Severity::Error),
    (Check::BelowMinimum, "below-minimum", Severity::Error),
    (Check::BelowFloor, "below-floor", Severity::Warning),
    (Check::DisconnectedLimit, "disconnected-limit", Severity::Error),
    (Check::DhcpServer, "dhcp-server", Severity::Error),
    (Check::Address, "address", Severity::Error),
    (Check::UrlScheme, "url-scheme", Severity::Error),
    (Check::Name, "name", Severity::Error),
    (Check::DefaultPassword, "default-password", Severity::Warning),
    (Check::DefaultToken, "default-token", Severity::Warning),
    (Check::OpenQuote, "open-quote", Severity::Error),
    (Check::FieldCount, "field-count", Severity::Error),
    (Check::NoSoftwareId, "no-software-id", Severity::Note),
];

impl Check {
    /// The name tools print, such as `unknown-key`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// How bad a finding of this check is.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.row().2
    }

    fn row(self) -> &'static (Self, &'static str, Severity) {
        const UNKNOWN: &(Check, &str, Severity) = &(Check::BadValue, "unnamed", Severity::Error);
        CHECKS.iter().find(|(check, ..)| *check == self).unwrap_or(UNKNOWN)
    }
}

/// One finding. It holds no secret: messages show values of keys that are known not to be secret, and no
/// others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which check found it.
    pub check: Check,
    /// How bad it is.
    pub severity: Severity,
    /// The file within a folder of files; none for a single file.
    pub file: Option<String>,
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// The bytes it is about.
    pub span: Span,
    /// The key as written; empty where no key is concerned.
    pub key: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl Finding {
    /// A finding about the value (or, with `key_span`, the key) of an entry.
    pub(crate) fn at(check: Check, entry: &Entry<'_>, span: Span, message: String) -> Self {
        Self {
            check,
            severity: check.severity(),
            file: entry.file.map(String::from),
            line: entry.line,
            column: entry.column(span.start),
            span,
            key: entry.key.decode(),
            message,
        }
    }
}

/// `line:column: severity: message`, with `file:` in front where the finding names one.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
        }
        write!(f, "{}:{}: {}: {}", self.line, self.column, self.severity, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_one_row_of_its_own() {
        for (index, (check, name, severity)) in CHECKS.iter().enumerate() {
            assert_eq!((check.name(), check.severity()), (*name, *severity));
            assert!(CHECKS.iter().skip(index + 1).all(|(other, twin, _)| other != check && twin != name));
        }
    }
}
